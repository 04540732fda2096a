package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

type putProject struct {
	InAccount
	Conditional
	External string `path:"external_id" maxLength:"400" doc:"The id by which products know the project." example:"P-2041"`
	Body     struct {
		AtVersion
		ProjectTexts
		Name     *string `json:"name,omitempty" example:"Îlot Kestner"`
		Parent   string  `json:"parent,omitempty" maxLength:"64" doc:"Of a new one, public id of the unit above; absent: the account itself."`
		Template string  `json:"template,omitempty" maxLength:"64" doc:"Of a new one, public id of a template whose type, products and, if wanted, members it begins with."`
		From     string  `json:"from_project,omitempty" maxLength:"64" doc:"Of a new one, public id of a project, in place of a template."`
		Members  bool    `json:"with_members,omitempty" doc:"Of a new one, with the members of the template or project."`
	}
}

type putProjectAnswer struct {
	Status   int
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a project just made: where it is."`
	Body     ShownProject
}

func (f *Face) projectsByExternal() {
	const path = "/accounts/{account}/external/projects/{external_id}"
	operation(f, huma.Operation{OperationID: "put-project", Method: http.MethodPut, Path: path, Tags: []string{"projects"}, Summary: "Create or update a project",
		Description: "Makes the project of that id (201), or changes the one there is (200); what is absent stays. Where a project stands and what it begins with counts for a new one only. Sent again it changes nothing; with a version it makes nothing.",
		Errors:      []int{http.StatusPreconditionFailed}}, f.putProject)
	f.describeMade(path)
}

func (f *Face) putProject(ctx context.Context, v visit, in *putProject) (*putProjectAnswer, error) {
	b := in.Body
	version, err := f.given(v, in.Conditional, b.Version)
	if err != nil {
		return nil, err
	}
	change, err := b.change()
	if err != nil {
		return nil, err
	}
	if change.External != nil && *change.External != in.External {
		return nil, directory.InvalidField("external_id", "project.external_differs", nil)
	}
	change.Version, change.Name = version, b.Name
	put, err := f.App.Projects.Put(ctx, v.actor, v.id(), in.External,
		app.NewProject{Change: change, Under: b.Parent, Template: b.Template, From: b.From, Members: b.Members})
	if err != nil {
		return nil, f.projectFault(v, f.stale(v, in.Conditional, err))
	}
	if put.New {
		answer, err := f.madeProject(ctx, v, put.Project, put.Verdicts)
		if err != nil {
			return nil, err
		}
		return &putProjectAnswer{http.StatusCreated, answer.ETag, answer.Location, answer.Body}, nil
	}
	answer, err := f.project(ctx, v, app.ProjectAt{Account: v.id(), Project: put.UUID})
	if err != nil {
		return nil, err
	}
	return &putProjectAnswer{Status: http.StatusOK, ETag: answer.ETag, Body: answer.Body}, nil
}

// projectAddress is where a project is.
func (f *Face) projectAddress(v visit, project string) string {
	return f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/projects/" + url.PathEscape(project)
}
