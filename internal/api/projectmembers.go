package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
)

// A ProjectMember is somebody's place in a project.
type ProjectMember struct {
	Member        string                       `json:"member" doc:"Public id of the member." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Name          string                       `json:"name" example:"Karim Haddad"`
	Email         string                       `json:"email" doc:"Empty for a technical user." example:"karim.haddad@maraval.example"`
	Status        string                       `json:"status" enum:"active,invited,inactive" example:"active"`
	Company       string                       `json:"company" doc:"For whom they are there, by name; empty for none." example:"Maraval Travaux"`
	Functions     []string                     `json:"functions" nullable:"false" doc:"Codes." example:"[\"architect\"]"`
	Level         string                       `json:"access_level" doc:"Code." example:"project-member"`
	Administrator bool                         `json:"administrator" doc:"Of the project: has all products at the highest."`
	Access        map[string]string            `json:"access" nullable:"false" doc:"Of each product that is switched on: none, member or administrator, as it counts." example:"{\"plans\":\"member\",\"site\":\"none\"}"`
	Unseated      []string                     `json:"products_without_seat" nullable:"false" doc:"Products they have access to here that take a seat, and of which they hold none." example:"[\"site\"]"`
	Tools         map[string]map[string]string `json:"tools" nullable:"false" doc:"By product and tool the level, as it counts; tools without levels are absent." example:"{\"plans\":{\"files\":\"view\"}}"`
	Left          bool                         `json:"left,omitempty" doc:"Of a change: they lost the base product and are in the project no more."`
	Version       string                       `json:"version" doc:"Of the place, for If-Match or \"version\" of a change." example:"4711"`
}

func projectMemberOf(m app.ProjectMember, switched []catalogue.Product) ProjectMember {
	one := ProjectMember{Member: m.Member.UUID, Name: m.Name(), Email: m.Person.Email, Status: m.Status().String(), Company: m.Company.Name,
		Functions: codes(m.Functions), Level: m.Level.Code, Administrator: m.Administrator, Unseated: list(m.Unseated),
		Access: map[string]string{}, Tools: map[string]map[string]string{}, Version: strconv.FormatInt(int64(m.Since.ID), 10)}
	for _, product := range switched {
		one.Access[product.ID] = m.Access.Of(product.ID)
		given, is := m.Access[product.ID]
		if !is {
			continue
		}
		levels := map[string]string{}
		for _, tool := range product.Tools {
			if level := tool.Level(given); level != "" {
				levels[tool.ID] = level
			}
		}
		if len(levels) > 0 {
			one.Tools[product.ID] = levels
		}
	}
	return one
}

// ProjectMemberList is one page of the members of a project.
type ProjectMemberList struct {
	Items []ProjectMember `json:"items" nullable:"false"`
	Next  string          `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
	Total *int64          `json:"total,omitempty" doc:"Exactly how many were found, when asked for."`
}

type projectMembersQuery struct {
	OfProject
	Paging
	Search   string   `query:"search" maxLength:"1000" doc:"A part of name, user name or address; case and accents do not matter."`
	Status   []string `query:"status" enum:"active,invited,inactive" maxItems:"3" doc:"One of these."`
	Company  []string `query:"company" maxItems:"100" doc:"Public ids of companies, or \"none\"."`
	Function []string `query:"function" maxItems:"100" doc:"Codes of functions." example:"architect"`
	Level    []string `query:"access_level" maxItems:"100" doc:"Codes of access levels." example:"project-administrator"`
	Product  string   `query:"product" maxLength:"200" doc:"Only who has it here." example:"site"`
	Sort     string   `query:"sort" enum:"name,email,status,company,level,-name,-email,-status,-company,-level" default:"name" doc:"A column; with a minus the other way round."`
}

func (in projectMembersQuery) query() app.ProjectMemberQuery {
	q := app.ProjectMemberQuery{Search: in.Search, Companies: in.Company, Functions: in.Function, Levels: in.Level, Product: in.Product, After: in.Cursor, Size: in.Limit}
	for _, name := range in.Status {
		if status, ok := directory.ParseStatus(name); ok {
			q.Statuses = append(q.Statuses, status)
		}
	}
	q.Sort, q.Descending = strings.CutPrefix(in.Sort, "-")
	return q
}

type projectMembersAnswer struct{ Body ProjectMemberList }

type projectMemberAnswer struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body ProjectMember
}

// OfProjectMember is an address of somebody's place in a project.
type OfProjectMember struct {
	OfProject
	Member string `path:"member" maxLength:"64" doc:"Public id of the member." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (f *Face) projectMembers() {
	tag := []string{"projects"}
	const all, one = "/accounts/{account}/projects/{project}/members", "/accounts/{account}/projects/{project}/members/{member}"
	operation(f, huma.Operation{OperationID: "list-project-members", Method: http.MethodGet, Path: all, Tags: tag,
		Summary: "List who works in a project", Description: "Several values of one filter are \"or\", filters among each other \"and\"."}, f.listProjectMembers)
	operation(f, huma.Operation{OperationID: "add-project-members", Method: http.MethodPost, Path: all, Tags: tag,
		Summary:     "Bring people into a project, or change their places",
		Description: "Each row has values of its own; what it leaves out is as it is for that person in the account. Each is added, left as it is, changed where \"change\" says so, or refused with the reason; a refusal leaves the others done. People who are new to the account come into it too, where it lets the technical user. Needs members.manage in the project, as all below does."}, f.addProjectMembers)
	operation(f, huma.Operation{OperationID: "copy-project-members", Method: http.MethodPost, Path: all + "/copy", Tags: tag,
		Summary: "Copy members of another project", Description: "As they are there: company, functions, level, products. Needs members.manage in both projects; 422 project.too_many_copied with more than 2,000. Who is in this project already stays as they are."}, f.copyProjectMembers)
	operation(f, huma.Operation{OperationID: "get-project-member", Method: http.MethodGet, Path: one, Tags: tag, Summary: "Read one place in a project"}, f.getProjectMember)
	operation(f, huma.Operation{OperationID: "edit-project-member", Method: http.MethodPatch, Path: one, Tags: tag,
		Summary: "Change one place in a project", Description: "What is absent stays. Functions bring level and access along where these are not said. Without the base product nobody stays: it takes \"leave\" too, else it is refused with place.base_off (409).",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.editProjectMember)
	operation(f, huma.Operation{OperationID: "remove-project-member", Method: http.MethodDelete, Path: one, Tags: tag, DefaultStatus: http.StatusNoContent,
		Summary: "Take somebody out of a project", Description: "They stay in the account."}, f.removeProjectMember)
}

func (f *Face) listProjectMembers(ctx context.Context, v visit, in *projectMembersQuery) (*projectMembersAnswer, error) {
	found, err := f.App.Projects.Members(ctx, v.actor, in.at(v), in.query())
	if err != nil {
		return nil, err
	}
	page := ProjectMemberList{Items: make([]ProjectMember, len(found.Rows)), Next: found.Next}
	for i, row := range found.Rows {
		page.Items[i] = projectMemberOf(row, found.Project.Switched)
	}
	if in.Total {
		page.Total = &found.Found
	}
	return &projectMembersAnswer{Body: page}, nil
}

func (f *Face) getProjectMember(ctx context.Context, v visit, in *OfProjectMember) (*projectMemberAnswer, error) {
	found, err := f.App.Projects.Profile(ctx, v.actor, in.at(v), in.Member, app.ProjectMemberQuery{Size: 1})
	if err != nil {
		return nil, err
	}
	one := projectMemberOf(found.Member, found.Page.Project.Switched)
	return &projectMemberAnswer{ETag: quoted(one.Version), Body: one}, nil
}

// PlaceValues are what a row or a change can say of a place in a project.
type PlaceValues struct {
	Company   *string                      `json:"company,omitempty" doc:"For whom they are there, by name; one that is not there is made. Empty for none." example:"Maraval Travaux"`
	Functions *[]string                    `json:"functions,omitempty" nullable:"false" maxItems:"50" doc:"Codes of functions, all of them." example:"[\"architect\"]"`
	Level     *string                      `json:"access_level,omitempty" doc:"Code of an access level of projects." example:"project-member"`
	Access    map[string]string            `json:"access,omitempty" doc:"By product: none, member or administrator; products that are absent stay." example:"{\"site\":\"administrator\"}"`
	Tools     map[string]map[string]string `json:"tools,omitempty" doc:"By product and tool the level; an empty one takes it back to what is usual." example:"{\"plans\":{\"files\":\"edit\"}}"`
}

type editProjectMember struct {
	OfProjectMember
	Conditional
	Body struct {
		AtVersion
		PlaceValues
		Leave bool `json:"leave,omitempty" doc:"Confirms that who loses the base product leaves the project with it."`
	}
}

func (f *Face) editProjectMember(ctx context.Context, v visit, in *editProjectMember) (*projectMemberAnswer, error) {
	b := in.Body
	seen, err := f.number(v, in.Conditional, b.Version)
	if err == nil && seen < 1 {
		err = f.stale(v, in.Conditional, directory.Refuse(directory.Conflict, "stale"))
	}
	if err != nil {
		return nil, err
	}
	var before *projectMemberAnswer
	if b.Leave { // there is nothing to read afterwards
		if before, err = f.getProjectMember(ctx, v, &in.OfProjectMember); err != nil {
			return nil, err
		}
	}
	change := app.PlaceChange{Company: b.Company, Functions: b.Functions, Level: b.Level, Access: b.Access, Tools: b.Tools, Leave: b.Leave, Seen: directory.PlaceID(seen)}
	if err := one(f.App.Projects.ChangePlaces(ctx, v.actor, in.at(v), app.ProjectSelection{Members: []string{in.Member}}, change)); err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	after, err := f.getProjectMember(ctx, v, &in.OfProjectMember)
	if !b.Leave || !refusedWith(err, "place.not_found") && !refusedWith(err, "project.not_found") { // who left themselves sees it no more
		return after, err
	}
	gone := before.Body
	gone.Left, gone.Access, gone.Tools, gone.Unseated = true, map[string]string{}, map[string]map[string]string{}, []string{}
	return &projectMemberAnswer{Body: gone}, nil
}

// refusedWith reports whether something was refused with that code.
func refusedWith(err error, code string) bool {
	var refusal *directory.Error
	return errors.As(err, &refusal) && refusal.Code == code
}

func (f *Face) removeProjectMember(ctx context.Context, v visit, in *OfProjectMember) (*removed, error) {
	return &removed{}, one(f.App.Projects.RemovePlaces(ctx, v.actor, in.at(v), app.ProjectSelection{Members: []string{in.Member}}))
}

// A NewProjectMember is one person to bring into a project.
type NewProjectMember struct {
	Email     string            `json:"email" maxLength:"254" example:"karim.haddad@maraval.example"`
	FirstName string            `json:"first_name,omitempty" doc:"Of somebody new: a suggestion until the person has a profile." example:"Karim"`
	LastName  string            `json:"last_name,omitempty" example:"Haddad"`
	Civility  string            `json:"civility,omitempty" enum:",mrs,mr" example:"mr"`
	Language  string            `json:"language,omitempty" doc:"Of somebody new; absent: the account's." example:"fr"`
	Company   string            `json:"company,omitempty" doc:"For whom they are there, by name; one that is not there is made. Absent: as in the account." example:"Maraval Travaux"`
	Functions []string          `json:"functions,omitempty" nullable:"false" maxItems:"50" doc:"Codes of functions; absent: as in the account." example:"[\"architect\"]"`
	Level     string            `json:"access_level,omitempty" doc:"Code of an access level of projects; absent: what the functions bring along." example:"project-member"`
	Access    map[string]string `json:"access,omitempty" doc:"By product: none, member or administrator; absent: what the functions bring along." example:"{\"site\":\"member\"}"`
}

func (n NewProjectMember) row(number int) app.NewPlace {
	return app.NewPlace{NewMember: app.NewMember{Row: number, Email: n.Email, First: n.FirstName, Last: n.LastName, Civility: n.Civility, Language: n.Language,
		Company: n.Company, Functions: n.Functions}, Level: n.Level, Access: n.Access}
}

type addProjectMembers struct {
	OfProject
	Body struct {
		Members []NewProjectMember `json:"members" nullable:"false" minItems:"1" maxItems:"500" doc:"At most 500."`
		Change  bool               `json:"change,omitempty" doc:"What a row says replaces what somebody has who is there already; else they stay as they are."`
		Invite  string             `json:"invite,omitempty" enum:"all,none" default:"all" doc:"Whom mails go to: everybody who was not invited yet, or nobody."`
		Preview bool               `json:"preview,omitempty" doc:"Say what would be, and write nothing."`
	}
}

func (f *Face) addProjectMembers(ctx context.Context, v visit, in *addProjectMembers) (*verdictsAnswer, error) {
	rows := make([]app.NewPlace, len(in.Body.Members))
	for i, n := range in.Body.Members {
		rows[i] = n.row(i + 1)
	}
	verdicts, err := f.App.Projects.Add(ctx, v.actor, in.at(v), rows, app.PlaceOptions{Change: in.Body.Change, Silent: in.Body.Invite == inviteNone, Preview: in.Body.Preview})
	if err != nil {
		return nil, err
	}
	return f.verdicts(v, verdicts, in.Body.Preview), nil
}

type copyProjectMembers struct {
	OfProject
	Body struct {
		From    string   `json:"from" maxLength:"64" doc:"Public id of the other project." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
		Only    []string `json:"only,omitempty" nullable:"false" maxItems:"2000" doc:"Public ids of those of its members; absent: all."`
		Preview bool     `json:"preview,omitempty" doc:"Say what would be, and write nothing."`
	}
}

func (f *Face) copyProjectMembers(ctx context.Context, v visit, in *copyProjectMembers) (*verdictsAnswer, error) {
	verdicts, err := f.App.Projects.CopyMembers(ctx, v.actor, in.at(v), app.ProjectCopying{From: in.Body.From, Only: in.Body.Only, Preview: in.Body.Preview})
	if err != nil {
		return nil, err
	}
	answer := f.verdicts(v, verdicts, false)
	inOrder(answer.Body.Verdicts, in.Body.Only)
	return answer, nil
}

// inOrder gives verdicts on ids that were sent the place of their id. Those that name
// nobody are on what is left over.
func inOrder(verdicts []Verdict, sent []string) {
	if len(sent) == 0 {
		return
	}
	at := make(map[string]int, len(sent))
	for i, id := range sent {
		if _, again := at[id]; !again {
			at[id] = i + 1
		}
	}
	for i, one := range verdicts {
		if row, named := at[one.Member]; named {
			verdicts[i].Row = row
			delete(at, one.Member)
		}
	}
	left := make([]int, 0, len(at))
	for _, row := range at {
		left = append(left, row)
	}
	slices.Sort(left)
	for i, one := range verdicts {
		if one.Member == "" && len(left) > 0 {
			verdicts[i].Row, left = left[0], left[1:]
		}
	}
	slices.SortStableFunc(verdicts, func(x, y Verdict) int { return x.Row - y.Row })
}
