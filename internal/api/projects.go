package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A Project is a project as a list has it.
type Project struct {
	ID       string     `json:"id" doc:"Public id; it never changes." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Name     string     `json:"name" example:"Îlot Kestner"`
	External string     `json:"external_id" doc:"The id by which products know it, or empty." example:"P-2041"`
	Number   string     `json:"number" doc:"Unique in the account, but for case and blanks; or empty." example:"2026-041"`
	Type     string     `json:"type" doc:"Public id of the project type, or empty."`
	TypeName string     `json:"type_name" example:"Logement neuf"`
	Address  string     `json:"address" example:"12 rue des Carmes, 44000 Nantes"`
	TimeZone string     `json:"time_zone" example:"Europe/Paris"`
	First    string     `json:"first_day" doc:"In the project's time zone; empty for none." example:"2026-03-01"`
	Last     string     `json:"last_day" doc:"Empty for none." example:"2027-09-30"`
	Products []string   `json:"products" nullable:"false" doc:"Switched on; the base product always is." example:"[\"plans\",\"site\"]"`
	Members  int64      `json:"members" doc:"How many have a place in it." example:"42"`
	Mine     bool       `json:"mine" doc:"The technical user has a place in it."`
	Live     bool       `json:"live" doc:"Neither it nor a unit above it is archived."`
	Archived *time.Time `json:"archived_at,omitempty"`
	Version  string     `json:"version" doc:"For If-Match or \"version\" of a change." example:"3"`
}

func projectOf(p directory.Project, t directory.ProjectType) Project {
	return Project{ID: p.UUID, Name: p.Name, External: p.External, Number: p.Number, Type: t.UUID, TypeName: t.Name, Address: p.Address, TimeZone: p.TimeZone,
		First: p.Starts.ISO(), Last: p.Ends.ISO(), Products: list(p.Products), Members: p.Members, Archived: moment(p.Archived),
		Version: strconv.FormatInt(p.Revision, 10)}
}

// ShownProject is a project by itself, with what a place in it can be.
type ShownProject struct {
	Project
	Parent    string            `json:"parent" doc:"Public id of the unit above; empty: the account itself."`
	Base      string            `json:"base_product" doc:"Who loses it leaves the project; empty for none." example:"plans"`
	Levels    []string          `json:"access_levels" nullable:"false" doc:"Codes of the access levels of projects, from least to most." example:"[\"project-member\",\"project-administrator\"]"`
	Functions []string          `json:"functions" nullable:"false" doc:"Codes of the functions that can be held in projects." example:"[\"architect\"]"`
	Companies []ProjectEmployer `json:"companies" nullable:"false" doc:"Those of its members, with how many each has."`
	LeftOut   []Verdict         `json:"left_out,omitempty" nullable:"false" doc:"Of a project just made: who was not copied, and why."`
}

// A ProjectEmployer is how many members of a project a company has.
type ProjectEmployer struct {
	ID      string `json:"id" doc:"Public id; empty for those without a company."`
	Name    string `json:"name" example:"Maraval Travaux"`
	Members int64  `json:"members" example:"12"`
}

func codes(roles []directory.Role) []string {
	all := make([]string, len(roles))
	for i, o := range roles {
		all[i] = o.Code
	}
	return all
}

func shownProject(p app.Project) ShownProject {
	shown := ShownProject{Project: projectOf(p.Project, p.Type), Base: p.Base, Levels: codes(p.Levels), Functions: codes(p.Functions), Companies: []ProjectEmployer{}}
	shown.Mine, shown.Live = p.Mine, p.Live
	if n := len(p.Path); n > 0 {
		shown.Parent = p.Path[n-1].UUID
	}
	for _, c := range p.Companies {
		shown.Companies = append(shown.Companies, ProjectEmployer{ID: c.Company.UUID, Name: c.Company.Name, Members: c.Members})
	}
	return shown
}

// ProjectList is one page of projects.
type ProjectList struct {
	Items []Project `json:"items" nullable:"false"`
	Next  string    `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
	Total *int64    `json:"total,omitempty" doc:"Exactly how many were found, when asked for."`
}

type projectsQuery struct {
	InAccount
	Paging
	Search   string `query:"search" maxLength:"1000" doc:"A part of name or number; case and accents do not matter."`
	External string `query:"external_id" maxLength:"1000" doc:"The id by which products know it, whole: the one project that has it, archived or not."`
	Number   string `query:"number" maxLength:"1000" doc:"The number, whole but for case and blanks: the one project that has it, archived or not."`
	Mine     bool   `query:"mine" doc:"Only those the technical user has a place in."`
	Archived string `query:"archived" enum:"false,true,only" default:"false" doc:"Archived ones too, or only those."`
	Type     string `query:"type" maxLength:"64" doc:"Public id of a project type."`
	Sort     string `query:"sort" enum:"name,number,members,first_day,-name,-number,-members,-first_day" default:"name" doc:"With a minus the other way round."`
}

func (in projectsQuery) query() app.ProjectQuery {
	q := app.ProjectQuery{Search: in.Search, Mine: in.Mine, Archived: in.Archived == "only", Type: in.Type, External: in.External, Number: in.Number,
		After: in.Cursor, Size: in.Limit}
	q.Whatever = in.Archived == "true" || !q.Archived && in.External+in.Number != ""
	q.Sort, q.Descending = strings.CutPrefix(in.Sort, "-")
	if q.Sort == "first_day" {
		q.Sort = "starts"
	}
	return q
}

type projectsAnswer struct{ Body ProjectList }

type projectAnswer struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a project just made: where it is."`
	Body     ShownProject
}

// OfProject is an address of one project.
type OfProject struct {
	InAccount
	Project string `path:"project" maxLength:"64" doc:"Public id of the project." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (in OfProject) at(v visit) app.ProjectAt {
	return app.ProjectAt{Account: v.id(), Project: in.Project}
}

func (f *Face) projects() {
	tag := []string{"projects"}
	const all, one = "/accounts/{account}/projects", "/accounts/{account}/projects/{project}"
	conditional := []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}
	operation(f, huma.Operation{OperationID: "list-projects", Method: http.MethodGet, Path: all, Tags: tag,
		Summary: "List projects", Description: "Those in the technical user's sight. With external_id or number it finds the one that a program knows by it, to create it or to change it."}, f.listProjects)
	operation(f, huma.Operation{OperationID: "get-project", Method: http.MethodGet, Path: one, Tags: tag,
		Summary: "Read one project", Description: "With the codes that a place in it can have."}, f.getProject)
	operation(f, huma.Operation{OperationID: "create-project", Method: http.MethodPost, Path: all, Tags: tag, DefaultStatus: http.StatusCreated,
		Summary:     "Create a project",
		Description: "Needs projects.manage at the unit above, or to administer a project where the account lets its administrators create more; these become administrators of the new one, which a token made before does not open. Products that are not said are those of the template or project it begins with, else all of the account."}, f.createProject)
	operation(f, huma.Operation{OperationID: "edit-project", Method: http.MethodPatch, Path: one, Tags: tag,
		Summary: "Change a project", Description: "What is absent stays; an empty text takes the value away. Switching a product off takes it from nobody: who had it has it again when it is switched on.",
		Errors: conditional}, f.editProject)
	operation(f, huma.Operation{OperationID: "archive-project", Method: http.MethodPost, Path: one + "/archive", Tags: tag,
		Summary: "Archive a project", Description: "Nothing in it changes any more, and its people keep their places.", Errors: conditional}, f.archiveProject)
	operation(f, huma.Operation{OperationID: "restore-project", Method: http.MethodPost, Path: one + "/restore", Tags: tag,
		Summary: "Bring an archived project back as it was", Errors: conditional}, f.restoreProject)
}

func (f *Face) listProjects(ctx context.Context, v visit, in *projectsQuery) (*projectsAnswer, error) {
	found, err := f.App.Projects.List(ctx, v.actor, v.id(), in.query())
	if err != nil {
		return nil, err
	}
	page := ProjectList{Items: make([]Project, len(found.Rows)), Next: found.Next}
	for i, row := range found.Rows {
		page.Items[i] = projectOf(row.Project, typeIn(found.Types, row.Type))
		page.Items[i].Mine, page.Items[i].Live = row.Mine, row.Live
	}
	if in.Total {
		page.Total = &found.Found
	}
	return &projectsAnswer{Body: page}, nil
}

func (f *Face) getProject(ctx context.Context, v visit, in *OfProject) (*projectAnswer, error) {
	return f.project(ctx, v, in.at(v))
}

// project answers a project as it is now.
func (f *Face) project(ctx context.Context, v visit, at app.ProjectAt) (*projectAnswer, error) {
	found, err := f.App.Projects.Open(ctx, v.actor, at)
	if err != nil {
		return nil, err
	}
	shown := shownProject(found)
	return &projectAnswer{ETag: quoted(shown.Version), Body: shown}, nil
}

// ProjectTexts are what is said about a project when it is made or changed.
type ProjectTexts struct {
	External *string   `json:"external_id,omitempty" doc:"The id by which products know it." example:"P-2041"`
	Number   *string   `json:"number,omitempty" doc:"Unique in the account, but for case and blanks." example:"2026-041"`
	Type     *string   `json:"type,omitempty" maxLength:"64" doc:"Public id of a project type; empty: none."`
	Address  *string   `json:"address,omitempty" example:"12 rue des Carmes, 44000 Nantes"`
	TimeZone *string   `json:"time_zone,omitempty" doc:"Of a new one, absent: the account's." example:"Europe/Paris"`
	First    *string   `json:"first_day,omitempty" doc:"A day; empty: none." example:"2026-03-01"`
	Last     *string   `json:"last_day,omitempty" doc:"A day, not before the first; empty: none." example:"2027-09-30"`
	Products *[]string `json:"products,omitempty" nullable:"false" maxItems:"500" doc:"All that are switched on, the base product among them." example:"[\"plans\",\"site\"]"`
}

func (t ProjectTexts) change() (app.ProjectChange, error) {
	c := app.ProjectChange{External: t.External, Number: t.Number, Type: t.Type, Address: t.Address, TimeZone: t.TimeZone, Products: t.Products}
	var err error
	if c.Starts, err = dayGiven("first_day", t.First); err != nil {
		return c, err
	}
	c.Ends, err = dayGiven("last_day", t.Last)
	return c, err
}

type createProject struct {
	InAccount
	Body struct {
		ProjectTexts
		Name     string `json:"name" example:"Îlot Kestner"`
		Parent   string `json:"parent,omitempty" maxLength:"64" doc:"Public id of the unit above; absent: the account itself."`
		Template string `json:"template,omitempty" maxLength:"64" doc:"Public id of a template whose type, products and, if wanted, members it begins with."`
		From     string `json:"from_project,omitempty" maxLength:"64" doc:"Public id of a project, in place of a template."`
		Members  bool   `json:"with_members,omitempty" doc:"With the members of the template or project. Of a project it needs members.manage there."`
	}
}

func (f *Face) createProject(ctx context.Context, v visit, in *createProject) (*projectAnswer, error) {
	b := in.Body
	change, err := b.change()
	if err != nil {
		return nil, err
	}
	change.Name = &b.Name
	made, copied, err := f.App.Projects.Create(ctx, v.actor, v.id(), app.NewProject{Change: change, Under: b.Parent, Template: b.Template, From: b.From, Members: b.Members})
	if err != nil {
		return nil, f.projectFault(v, err)
	}
	answer, err := f.madeProject(ctx, v, made, copied)
	if err == nil && answer.Body.Parent == "" {
		answer.Body.Parent = b.Parent
	}
	return answer, err
}

// madeProject answers a project that was just made, with those who could not come along.
func (f *Face) madeProject(ctx context.Context, v visit, made directory.Project, copied app.Verdicts) (*projectAnswer, error) {
	answer, err := f.project(ctx, v, app.ProjectAt{Account: v.id(), Project: made.UUID})
	if refusedWith(err, "project.not_found") { // a token opens no more than was given when it was made
		answer, err = f.unseen(ctx, v, made)
	}
	if err != nil {
		return nil, err
	}
	answer.Location = f.projectAddress(v, made.UUID)
	for _, one := range f.verdicts(v, copied, false).Body.Verdicts {
		if one.Problem != nil {
			answer.Body.LeftOut = append(answer.Body.LeftOut, one)
		}
	}
	return answer, nil
}

// unseen answers a project that was just made and that the token does not open.
func (f *Face) unseen(ctx context.Context, v visit, made directory.Project) (*projectAnswer, error) {
	known, err := f.App.Projects.List(ctx, v.actor, v.id(), app.ProjectQuery{Size: 1})
	shown := shownProject(app.Project{Project: made, Type: typeIn(known.Types, made.Type), Mine: true, Live: true})
	return &projectAnswer{ETag: quoted(shown.Version), Body: shown}, err
}

// typeIn is the type of a project, the zero one of one without.
func typeIn(types []directory.ProjectType, key directory.ProjectTypeID) directory.ProjectType {
	if at := slices.IndexFunc(types, func(t directory.ProjectType) bool { return key != 0 && t.ID == key }); at >= 0 {
		return types[at]
	}
	return directory.ProjectType{}
}

type editProject struct {
	OfProject
	Conditional
	Body struct {
		AtVersion
		ProjectTexts
		Name *string `json:"name,omitempty" example:"Îlot Kestner"`
	}
}

func (f *Face) editProject(ctx context.Context, v visit, in *editProject) (*projectAnswer, error) {
	version, err := f.number(v, in.Conditional, in.Body.Version)
	if err != nil {
		return nil, err
	}
	change, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	change.Version, change.Name = version, in.Body.Name
	if _, err := f.App.Projects.Edit(ctx, v.actor, in.at(v), change); err != nil {
		return nil, f.projectFault(v, f.stale(v, in.Conditional, err))
	}
	return f.project(ctx, v, in.at(v))
}

type projectAtVersion struct {
	OfProject
	Conditional
	Body *AtVersion `required:"false"`
}

func (f *Face) archiveProject(ctx context.Context, v visit, in *projectAtVersion) (*projectAnswer, error) {
	return f.turnProject(ctx, v, in, f.App.Projects.Archive)
}

func (f *Face) restoreProject(ctx context.Context, v visit, in *projectAtVersion) (*projectAnswer, error) {
	return f.turnProject(ctx, v, in, f.App.Projects.Restore)
}

// A projectTurn archives a project, or is the way back.
type projectTurn func(ctx context.Context, actor authz.Actor, at app.ProjectAt, version int64) error

// turnProject archives a project or brings it back.
func (f *Face) turnProject(ctx context.Context, v visit, in *projectAtVersion, turn projectTurn) (*projectAnswer, error) {
	said := ""
	if in.Body != nil {
		said = in.Body.Version
	}
	version, err := f.number(v, in.Conditional, said)
	if err != nil {
		return nil, err
	}
	if err := turn(ctx, v.actor, in.at(v), version); err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.project(ctx, v, in.at(v))
}

// projectFault is a refusal about what was said of a project, with the field by the
// name it has in the request.
func (f *Face) projectFault(v visit, err error) error {
	var refusal *directory.Error
	names := map[string]string{"under": "parent", "from": "from_project", "starts": "first_day", "ends": "last_day"}
	if !errors.As(err, &refusal) || names[refusal.Field] == "" {
		return err
	}
	p := f.refusal(v, refusal)
	p.Field = names[refusal.Field]
	return p
}
