package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A ProjectType is a line of the account's list of project types.
type ProjectType struct {
	ID       string     `json:"id" example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Name     string     `json:"name" example:"Logement neuf"`
	Archived *time.Time `json:"archived_at,omitempty" doc:"Off the list it is chosen from; projects of it keep it."`
	Version  string     `json:"version" example:"2"`
}

func projectTypeOf(t directory.ProjectType) ProjectType {
	return ProjectType{ID: t.UUID, Name: t.Name, Archived: moment(t.Archived), Version: strconv.FormatInt(t.Version, 10)}
}

// ListedProjectType is a project type with how many projects are of it.
type ListedProjectType struct {
	ProjectType
	Projects int64 `json:"projects" doc:"How many projects in use are of it." example:"12"`
}

// ProjectTypeList is every project type of the account.
type ProjectTypeList struct {
	Items []ListedProjectType `json:"items" nullable:"false"`
	Total int64               `json:"total" doc:"Exactly how many there are." example:"6"`
}

type archivedQuery struct {
	InAccount
	Archived bool `query:"archived" doc:"Archived ones too."`
}

type projectTypesAnswer struct{ Body ProjectTypeList }

type projectTypeAnswer struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a type just made: where it is."`
	Body     ProjectType
}

// OfProjectType is an address of one project type.
type OfProjectType struct {
	InAccount
	Type string `path:"type" maxLength:"64" doc:"Public id of the project type." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (f *Face) projectTypes() {
	tag := []string{"library"}
	const all, one = "/accounts/{account}/project-types", "/accounts/{account}/project-types/{type}"
	operation(f, huma.Operation{OperationID: "list-project-types", Method: http.MethodGet, Path: all, Tags: tag,
		Summary: "List project types", Description: "All of them: an account has 500 at most. Needs library.manage at the account, as all of the library does."}, f.listProjectTypes)
	operation(f, huma.Operation{OperationID: "get-project-type", Method: http.MethodGet, Path: one, Tags: tag, Summary: "Read one project type"}, f.getProjectType)
	operation(f, huma.Operation{OperationID: "create-project-type", Method: http.MethodPost, Path: all, Tags: tag, DefaultStatus: http.StatusCreated,
		Summary: "Add a project type", Description: "A name that differs by case, accents or blanks only is taken, an archived type's too."}, f.createProjectType)
	operation(f, huma.Operation{OperationID: "rename-project-type", Method: http.MethodPatch, Path: one, Tags: tag,
		Summary: "Rename a project type, in all projects of it", Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.renameProjectType)
	operation(f, huma.Operation{OperationID: "archive-project-type", Method: http.MethodPost, Path: one + "/archive", Tags: tag,
		Summary: "Take a project type off the list it is chosen from"}, f.archiveProjectType)
	operation(f, huma.Operation{OperationID: "restore-project-type", Method: http.MethodPost, Path: one + "/restore", Tags: tag,
		Summary: "Put a project type back on the list"}, f.restoreProjectType)
}

func (f *Face) listProjectTypes(ctx context.Context, v visit, in *archivedQuery) (*projectTypesAnswer, error) {
	found, err := f.App.Library.Types(ctx, v.actor, v.id())
	if err != nil {
		return nil, err
	}
	answer := ProjectTypeList{Items: []ListedProjectType{}}
	for _, t := range found {
		if in.Archived || t.Archived.IsZero() {
			answer.Items = append(answer.Items, ListedProjectType{projectTypeOf(t.ProjectType), t.Projects})
		}
	}
	answer.Total = int64(len(answer.Items))
	return &projectTypesAnswer{Body: answer}, nil
}

func (f *Face) getProjectType(ctx context.Context, v visit, in *OfProjectType) (*projectTypeAnswer, error) {
	found, err := f.App.Library.Types(ctx, v.actor, v.id())
	if err != nil {
		return nil, err
	}
	for _, t := range found {
		if t.UUID == in.Type {
			return projectTypeAnswered(t.ProjectType, nil)
		}
	}
	return nil, directory.Refuse(directory.NotFound, "project_type.not_found")
}

func projectTypeAnswered(t directory.ProjectType, err error) (*projectTypeAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &projectTypeAnswer{ETag: quoted(strconv.FormatInt(t.Version, 10)), Body: projectTypeOf(t)}, nil
}

type createProjectType struct {
	InAccount
	Body struct {
		Name string `json:"name" example:"Logement neuf"`
	}
}

func (f *Face) createProjectType(ctx context.Context, v visit, in *createProjectType) (*projectTypeAnswer, error) {
	answer, err := projectTypeAnswered(f.App.Library.CreateType(ctx, v.actor, v.id(), in.Body.Name))
	if err == nil {
		answer.Location = f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/project-types/" + answer.Body.ID
	}
	return answer, err
}

type renameProjectType struct {
	OfProjectType
	Conditional
	Body struct {
		AtVersion
		Name string `json:"name" example:"Logement neuf"`
	}
}

func (f *Face) renameProjectType(ctx context.Context, v visit, in *renameProjectType) (*projectTypeAnswer, error) {
	version, err := f.number(v, in.Conditional, in.Body.Version)
	if err != nil {
		return nil, err
	}
	after, err := f.App.Library.RenameType(ctx, v.actor, v.id(), in.Type, app.LibraryNaming{Name: in.Body.Name, Version: version})
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return projectTypeAnswered(after, nil)
}

func (f *Face) archiveProjectType(ctx context.Context, v visit, in *OfProjectType) (*projectTypeAnswer, error) {
	return projectTypeAnswered(f.App.Library.ArchiveType(ctx, v.actor, v.id(), in.Type))
}

func (f *Face) restoreProjectType(ctx context.Context, v visit, in *OfProjectType) (*projectTypeAnswer, error) {
	return projectTypeAnswered(f.App.Library.RestoreType(ctx, v.actor, v.id(), in.Type))
}
