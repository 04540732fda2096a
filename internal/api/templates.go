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

// A Template is what new projects can begin with.
type Template struct {
	ID       string     `json:"id" example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Name     string     `json:"name" example:"Logement type"`
	Type     string     `json:"type" doc:"Public id of the project type, or empty."`
	Products []string   `json:"products" nullable:"false" doc:"Switched on from the beginning." example:"[\"plans\",\"site\"]"`
	Members  int64      `json:"members" doc:"How many members a project begins with." example:"4"`
	Archived *time.Time `json:"archived_at,omitempty" doc:"No choice for new projects any more."`
	Version  string     `json:"version" example:"2"`
}

func templateOf(t app.ListedTemplate) Template {
	return Template{ID: t.UUID, Name: t.Name, Type: t.Of.UUID, Products: list(t.Products), Members: t.Members, Archived: moment(t.Archived),
		Version: strconv.FormatInt(t.Version, 10)}
}

// A TemplateMember is somebody new projects begin with.
type TemplateMember struct {
	Member    string            `json:"member" doc:"Public id of the member."`
	Name      string            `json:"name" example:"Karim Haddad"`
	Company   string            `json:"company" doc:"Name of the company, or empty." example:"Maraval Travaux"`
	Level     string            `json:"access_level" doc:"Code of the access level, or empty." example:"project-member"`
	Functions []string          `json:"functions" nullable:"false" doc:"Codes." example:"[\"architect\"]"`
	Products  map[string]string `json:"products" nullable:"false" doc:"What the place gives of each product: member or administrator." example:"{\"plans\":\"member\"}"`
	LeftOut   bool              `json:"left_out" doc:"Switched off in the account: new projects begin without."`
}

// ShownTemplate is a template with whom projects begin.
type ShownTemplate struct {
	Template
	People []TemplateMember `json:"people" nullable:"false"`
}

// TemplateList is every template of the account.
type TemplateList struct {
	Items []Template `json:"items" nullable:"false"`
	Total int64      `json:"total" doc:"Exactly how many there are." example:"3"`
}

type templatesAnswer struct{ Body TemplateList }

type templateAnswer struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a template just made: where it is."`
	Body     ShownTemplate
}

// OfTemplate is an address of one template.
type OfTemplate struct {
	InAccount
	Template string `path:"template" maxLength:"64" doc:"Public id of the template." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (f *Face) templates() {
	tag := []string{"library"}
	const all, one = "/accounts/{account}/project-templates", "/accounts/{account}/project-templates/{template}"
	operation(f, huma.Operation{OperationID: "list-project-templates", Method: http.MethodGet, Path: all, Tags: tag,
		Summary: "List templates of projects", Description: "All of them, without their members: an account has 500 at most."}, f.listTemplates)
	operation(f, huma.Operation{OperationID: "get-project-template", Method: http.MethodGet, Path: one, Tags: tag, Summary: "Read one template, with its members"}, f.getTemplate)
	operation(f, huma.Operation{OperationID: "create-project-template", Method: http.MethodPost, Path: all, Tags: tag, DefaultStatus: http.StatusCreated,
		Summary: "Make a template without members", Description: "The base product is switched on by itself."}, f.createTemplate)
	operation(f, huma.Operation{OperationID: "save-project-template", Method: http.MethodPost, Path: all + "/from-project", Tags: tag, DefaultStatus: http.StatusCreated,
		Summary: "Make a template of a project", Description: "Of its type, its products and, if wanted, its members. Needs projects.manage in the project too; 409 template.too_many_members with more than 500."}, f.saveTemplate)
	operation(f, huma.Operation{OperationID: "edit-project-template", Method: http.MethodPatch, Path: one, Tags: tag,
		Summary: "Change a template", Description: "Projects that began with it stay as they are. What is absent stays.",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.editTemplate)
	operation(f, huma.Operation{OperationID: "archive-project-template", Method: http.MethodPost, Path: one + "/archive", Tags: tag,
		Summary: "Take a template off the list new projects begin from"}, f.archiveTemplate)
	operation(f, huma.Operation{OperationID: "restore-project-template", Method: http.MethodPost, Path: one + "/restore", Tags: tag,
		Summary: "Put a template back on the list"}, f.restoreTemplate)
	operation(f, huma.Operation{OperationID: "remove-template-member", Method: http.MethodDelete, Path: one + "/members/{member}", Tags: tag,
		DefaultStatus: http.StatusNoContent, Summary: "Take a member out of a template", Description: "Projects that began with it keep them."}, f.removeTemplateMember)
}

func (f *Face) listTemplates(ctx context.Context, v visit, in *archivedQuery) (*templatesAnswer, error) {
	found, err := f.App.Library.Templates(ctx, v.actor, v.id())
	if err != nil {
		return nil, err
	}
	answer := TemplateList{Items: []Template{}}
	for _, t := range found {
		if in.Archived || t.Archived.IsZero() {
			answer.Items = append(answer.Items, templateOf(t))
		}
	}
	answer.Total = int64(len(answer.Items))
	return &templatesAnswer{Body: answer}, nil
}

func (f *Face) getTemplate(ctx context.Context, v visit, in *OfTemplate) (*templateAnswer, error) {
	return f.template(ctx, v, in.Template)
}

// template answers a template as it is now.
func (f *Face) template(ctx context.Context, v visit, id string) (*templateAnswer, error) {
	found, err := f.App.Library.Template(ctx, v.actor, v.id(), id)
	if err != nil {
		return nil, err
	}
	shown := ShownTemplate{Template: templateOf(found.ListedTemplate), People: []TemplateMember{}}
	for _, p := range found.People {
		m := TemplateMember{Member: p.Member, Name: p.Name, Company: p.Company, Level: p.Level.Code, Functions: []string{}, Products: map[string]string{}, LeftOut: p.LeftOut}
		for _, o := range p.Functions {
			m.Functions = append(m.Functions, o.Code)
		}
		for _, product := range p.Access.Products() {
			m.Products[product] = p.Access.Of(product)
		}
		shown.People = append(shown.People, m)
	}
	return &templateAnswer{ETag: quoted(shown.Version), Body: shown}, nil
}

// made answers a template that was just made.
func (f *Face) made(ctx context.Context, v visit, t directory.Template, err error) (*templateAnswer, error) {
	if err != nil {
		return nil, err
	}
	answer, err := f.template(ctx, v, t.UUID)
	if err != nil {
		return nil, err
	}
	answer.Location = f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/project-templates/" + t.UUID
	return answer, nil
}

type createTemplate struct {
	InAccount
	Body struct {
		Name     string   `json:"name" example:"Logement type"`
		Type     string   `json:"type,omitempty" maxLength:"64" doc:"Public id of a project type."`
		Products []string `json:"products,omitempty" nullable:"false" maxItems:"500" example:"[\"plans\",\"site\"]"`
	}
}

func (f *Face) createTemplate(ctx context.Context, v visit, in *createTemplate) (*templateAnswer, error) {
	t, err := f.App.Library.CreateTemplate(ctx, v.actor, v.id(), app.NewProjectTemplate{Name: in.Body.Name, Type: in.Body.Type, Products: in.Body.Products})
	return f.made(ctx, v, t, err)
}

type saveTemplate struct {
	InAccount
	Body struct {
		Name    string `json:"name" example:"Logement type"`
		Project string `json:"project" maxLength:"64" doc:"Public id of the project."`
		Members bool   `json:"members,omitempty" doc:"With its members, and their company, functions, level and products."`
	}
}

func (f *Face) saveTemplate(ctx context.Context, v visit, in *saveTemplate) (*templateAnswer, error) {
	t, err := f.App.Library.SaveTemplate(ctx, v.actor, v.id(), app.ProjectSaving{Project: in.Body.Project, Name: in.Body.Name, Members: in.Body.Members})
	return f.made(ctx, v, t, err)
}

type editTemplate struct {
	OfTemplate
	Conditional
	Body struct {
		AtVersion
		Name     *string   `json:"name,omitempty" example:"Logement type"`
		Type     *string   `json:"type,omitempty" maxLength:"64" doc:"Public id of a project type; empty: none."`
		Products *[]string `json:"products,omitempty" nullable:"false" maxItems:"500" doc:"All of them."`
	}
}

func (f *Face) editTemplate(ctx context.Context, v visit, in *editTemplate) (*templateAnswer, error) {
	b := in.Body
	version, err := f.number(v, in.Conditional, b.Version)
	if err != nil {
		return nil, err
	}
	_, err = f.App.Library.EditTemplate(ctx, v.actor, v.id(), in.Template, app.TemplateChange{Version: version, Name: b.Name, Type: b.Type, Products: b.Products})
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.template(ctx, v, in.Template)
}

func (f *Face) archiveTemplate(ctx context.Context, v visit, in *OfTemplate) (*templateAnswer, error) {
	if _, err := f.App.Library.ArchiveTemplate(ctx, v.actor, v.id(), in.Template); err != nil {
		return nil, err
	}
	return f.template(ctx, v, in.Template)
}

func (f *Face) restoreTemplate(ctx context.Context, v visit, in *OfTemplate) (*templateAnswer, error) {
	if _, err := f.App.Library.RestoreTemplate(ctx, v.actor, v.id(), in.Template); err != nil {
		return nil, err
	}
	return f.template(ctx, v, in.Template)
}

type ofTemplateMember struct {
	OfTemplate
	Member string `path:"member" maxLength:"64" doc:"Public id of the member." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (f *Face) removeTemplateMember(ctx context.Context, v visit, in *ofTemplateMember) (*removed, error) {
	return &removed{}, f.App.Library.RemoveMember(ctx, v.actor, v.id(), in.Template, in.Member)
}
