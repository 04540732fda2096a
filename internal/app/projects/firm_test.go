package projects_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A firm is an account whose type has projects, with its administrator.
type firm struct {
	*apptest.World
	t       testing.TB
	account directory.Account
	admin   authz.Actor
}

func newFirm(t testing.TB, w *apptest.World) firm {
	t.Helper()
	return firmOf(t, w, "204 817", "helene.castaing@maraval.example")
}

// firmOf is a firm with a number and an administrator of its own.
func firmOf(t testing.TB, w *apptest.World, number, admin string) firm {
	t.Helper()
	f := firm{World: w, t: t, account: w.AccountOf(number, "construction")}
	f.admin = w.Administrator(f.account, admin)
	return f
}

// at is a project's address.
func (f firm) at(project string) app.ProjectAt {
	return app.ProjectAt{Account: f.account.ID, Project: project}
}

// text is a text that a change says.
func text[T any](value T) *T { return &value }

// create makes a project as somebody, and answers its public id.
func (f firm) create(by authz.Actor, name string) string {
	f.t.Helper()
	made, _, err := f.Projects.Create(f.Context(), by, f.account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
	f.Must(err)
	return made.UUID
}

// shown is a project as the administrator sees it.
func (f firm) shown(project string) app.Project {
	f.t.Helper()
	p, err := f.Projects.Open(f.Context(), f.admin, f.at(project))
	f.Must(err)
	return p
}

// edit changes a project over what the administrator sees.
func (f firm) edit(by authz.Actor, project string, change app.ProjectChange) error {
	f.t.Helper()
	change.Version = f.shown(project).Revision
	_, err := f.Projects.Edit(f.Context(), by, f.at(project), change)
	return err
}

// hire adds somebody to the account, active and without access level, with a company
// and functions.
func (f firm) hire(email, company string, functions ...string) (authz.Actor, directory.Member) {
	f.t.Helper()
	actor, m := f.Member(f.account, email)
	if company != "" || len(functions) > 0 {
		verdicts, err := f.Members.EditMembers(f.Context(), f.admin, f.account.ID, app.Of(m.UUID), app.MemberChange{Company: &company, Functions: &functions})
		f.Must(apptest.ErrOf(verdicts, err))
	}
	return actor, m
}

// A row is one line of people to be added to a project.
type row = app.NewPlace

// add brings one person into a project, and fails the test if that is refused.
func (f firm) add(by authz.Actor, project string, n row) app.Verdict {
	f.t.Helper()
	verdicts, err := f.try(by, project, app.PlaceOptions{}, n)
	f.Must(apptest.ErrOf(verdicts, err))
	return verdicts[0]
}

// try brings people into a project, rows numbered from 1.
func (f firm) try(by authz.Actor, project string, o app.PlaceOptions, rows ...row) (app.Verdicts, error) {
	for i := range rows {
		rows[i].Row = i + 1
	}
	return f.Projects.Add(f.Context(), by, f.at(project), rows, o)
}

// mail is a row that says an address and nothing else.
func mail(email string) row { return row{NewMember: app.NewMember{Email: email}} }

// at the level of a project administrator.
func leading(email string) row {
	return row{NewMember: app.NewMember{Email: email}, Level: "project-administrator"}
}

// leader makes somebody who administers a project, and is nothing else in the account.
func (f firm) leader(project, email string) (authz.Actor, directory.Member) {
	f.t.Helper()
	actor, m := f.hire(email, "")
	f.add(f.admin, project, leading(email))
	return actor, m
}

// change changes one place.
func (f firm) change(by authz.Actor, project string, m directory.Member, c app.PlaceChange) error {
	return apptest.ErrOf(f.Projects.ChangePlaces(f.Context(), by, f.at(project), app.ProjectSelection{Members: []string{m.UUID}}, c))
}

// leave takes one person out of a project.
func (f firm) leave(by authz.Actor, project string, m directory.Member) error {
	return apptest.ErrOf(f.Projects.RemovePlaces(f.Context(), by, f.at(project), app.ProjectSelection{Members: []string{m.UUID}}))
}

// members are who is in a project, as the administrator sees them.
func (f firm) members(project string, q app.ProjectMemberQuery) app.ProjectMemberPage {
	f.t.Helper()
	page, err := f.Projects.Members(f.Context(), f.admin, f.at(project), q)
	f.Must(err)
	return page
}

// in is somebody's row of a project's members.
func (f firm) in(project string, m directory.Member) app.ProjectMember {
	f.t.Helper()
	for _, row := range f.members(project, app.ProjectMemberQuery{Size: 200}).Rows {
		if row.Member.ID == m.ID {
			return row
		}
	}
	f.t.Fatalf("member %d is not in project %s", m.ID, project)
	return app.ProjectMember{}
}

// said is a row in one line: company, functions, level, access as it counts.
func said(m app.ProjectMember) string {
	functions := make([]string, len(m.Functions))
	for i, o := range m.Functions {
		functions[i] = o.Code
	}
	access := make([]string, 0, len(m.Access))
	for _, product := range m.Access.Products() {
		word := product
		if m.Access[product].Administrator {
			word += "*"
		}
		access = append(access, word)
	}
	return fmt.Sprintf("%s | %s | %s | %s", m.Company.Name, strings.Join(functions, "+"), m.Level.Code, strings.Join(access, " "))
}

// wants holds somebody's row against what it should be.
func (f firm) wants(rule, project string, m directory.Member, want string) {
	f.t.Helper()
	if got := said(f.in(project, m)); got != want {
		f.t.Errorf("%s: %s, want %s", rule, got, want)
	}
}

// refused fails the test unless something was refused with that code.
func (f firm) refused(rule string, err error, code string) {
	f.t.Helper()
	if got := f.Code(err); got != code {
		f.t.Errorf("%s: %q, want %q", rule, got, code)
	}
}

// entries are what history has of some kinds, newest first.
func (f firm) entries(kinds ...audit.Kind) (found []audit.Entry) {
	f.t.Helper()
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		all, err := r.Entries(f.Context(), store.EntryFilter{}, store.EntryPlace{}, 1_000_000)
		for _, e := range all {
			if slices.Contains(kinds, e.Kind) {
				found = append(found, e)
			}
		}
		return err
	}))
	return found
}

// memberOf is who somebody is in the account.
func (f firm) memberOf(actor authz.Actor) (m directory.Member) {
	f.t.Helper()
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) (err error) {
		m, err = r.MemberOf(f.Context(), f.account.ID, actor.User)
		return err
	}))
	return m
}
