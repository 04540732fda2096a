package projects_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/app/gate"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A leaf is a page of a list: its rows by a name of their own, and where it stands.
type leaf struct {
	rows  []string
	found int64
	gate.Span
}

// walks goes through a list page by page, forward to its end and back, and holds the
// pages against the list in one: each row once, in the same order, each page where it
// says it is, and always the exact number.
func (f firm) walks(name string, whole []string, read func(after, before string) leaf) {
	f.t.Helper()
	var forward [][]string
	from, last := int64(1), leaf{}
	for after := ""; ; after = last.Next {
		last = read(after, "")
		if last.found != int64(len(whole)) || last.From != from || (last.Prev == "") != (from == 1) {
			f.t.Fatalf("LIST-9 %s: a page from %d of %d, want %d of %d", name, last.From, last.found, from, len(whole))
		}
		forward, from = append(forward, last.rows), from+int64(len(last.rows))
		if last.Next == "" || len(forward) > len(whole) {
			break
		}
	}
	if got := slices.Concat(forward...); !slices.Equal(got, whole) {
		f.t.Fatalf("LIST-6 %s: page by page\n%q, want\n%q", name, got, whole)
	}
	for i := len(forward) - 2; i >= 0; i-- {
		from -= int64(len(last.rows))
		if last = read("", last.Prev); !slices.Equal(last.rows, forward[i]) || last.found != int64(len(whole)) {
			f.t.Fatalf("LIST-6 %s: back on page %d\n%q, want\n%q", name, i+1, last.rows, forward[i])
		}
	}
	if last.Prev != "" || last.From != 1 {
		f.t.Errorf("LIST-6 %s: back at the beginning from %d, and before it %q", name, last.From, last.Prev)
	}
}

// TestMemberWalk: the members of a project by every sort, both ways, filtered and not,
// page by page, with many who are alike in what is sorted by.
func TestMemberWalk(t *testing.T) { // LIST-6, LIST-9, PROJ-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		var rows []row
		for i := range 23 {
			n := row{NewMember: app.NewMember{Email: fmt.Sprintf("someone.n%02d@maraval.example", (i*7)%23), First: "Camille", Last: fmt.Sprintf("Aubrac%d", i%4)}}
			n.Company = []string{"", "Kestner Bau", "école", "Ferrand"}[i%4]
			n.Level = []string{works, leads}[i%3/2]
			rows = append(rows, n)
		}
		f.Must(apptest.ErrOf(f.try(f.admin, project, app.PlaceOptions{}, rows...)))
		off := app.Of(f.members(project, app.ProjectMemberQuery{}).Rows[3].Member.UUID)
		f.Must(apptest.ErrOf(f.Members.Deactivate(f.Context(), f.admin, f.account.ID, off)))
		sorts := []string{"", store.PlacesByName, store.PlacesByEmail, store.PlacesByStatus, store.PlacesByCompany, store.PlacesByLevel}
		for i := range 2 * len(sorts) {
			for _, q := range []app.ProjectMemberQuery{{}, {Levels: []string{works}}, {Search: "aubrac1"}, {Product: "site"}, {Companies: []string{"none"}},
				{Statuses: []directory.Status{directory.Invited}}} {
				q.Sort, q.Descending = sorts[i/2], i%2 > 0
				page := func(after, before string, size int) leaf {
					q.After, q.Before, q.Size = after, before, size
					found := f.members(project, q)
					l := leaf{found: found.Found, Span: found.Span}
					for _, m := range found.Rows {
						l.rows = append(l.rows, m.Person.Email)
					}
					return l
				}
				name := fmt.Sprintf("%+v", q)
				f.walks(name, page("", "", 200).rows, func(after, before string) leaf { return page(after, before, 4) })
			}
		}
		first := f.members(project, app.ProjectMemberQuery{Size: 4, Sort: store.PlacesByEmail})
		_, err := f.Projects.Members(f.Context(), f.admin, f.at(project), app.ProjectMemberQuery{Size: 4, After: first.Next})
		f.refused("LIST-6 a cursor of another sort", err, "list.bad_cursor")
	})
}

// TestLevelsInOrder: by level the members stand in the order of the names that the
// levels have in the account's language, and a role that somebody has in the account
// and in projects has one holder.
func TestLevelsInOrder(t *testing.T) { // LIST-3, PROJ-2, ROLE-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		level := func(names map[string]string) directory.Role {
			role, err := f.Roles.Create(f.Context(), f.Operator(), f.account.ID, app.NewRole{Kind: directory.Level, Place: directory.AtProject, Names: names,
				Permissions: []string{string(authz.ViewMembers)}})
			f.Must(err)
			return role
		}
		late := level(map[string]string{"fr": "Zone", "en": "Area"})
		early := level(map[string]string{"fr": "Aire", "en": "Zenith"})
		project := f.create(f.admin, "Collège des Sablons")
		for email, role := range map[string]directory.Role{"late@maraval.example": late, "early@maraval.example": early} {
			f.add(f.admin, project, row{NewMember: app.NewMember{Email: email}, Level: role.Code})
		}
		order := func() (emails []string) {
			for _, m := range f.members(project, app.ProjectMemberQuery{Sort: store.PlacesByLevel, Levels: []string{late.Code, early.Code}}).Rows {
				emails = append(emails, m.Person.Email)
			}
			return emails
		}
		if got := order(); !slices.Equal(got, []string{"early@maraval.example", "late@maraval.example"}) {
			t.Errorf("LIST-3 in French: %q", got)
		}
		f.Must(f.DB.View(f.Context(), func(r *store.Reader) (err error) {
			f.account, err = r.Account(f.Context(), f.account.ID)
			return err
		}))
		_, err := f.Accounts.Change(f.Context(), f.Operator(), f.account.ID, app.AccountChange{Name: f.account.Name, Number: f.account.Number,
			ServiceLevel: f.account.ServiceLevel, Language: "en", TimeZone: f.account.TimeZone, Version: f.account.Version})
		f.Must(err)
		if got := order(); !slices.Equal(got, []string{"late@maraval.example", "early@maraval.example"}) {
			t.Errorf("LIST-3 in English: %q", got)
		}
		f.hire("both@maraval.example", "", "engineer")
		f.add(f.admin, project, row{NewMember: app.NewMember{Email: "both@maraval.example", Functions: []string{"engineer"}}})
		roles, err := f.Roles.List(f.Context(), f.admin, f.account.ID)
		f.Must(err)
		for _, o := range roles.Roles {
			if o.Code == "engineer" && o.Holders != 1 {
				t.Errorf("ROLE-1 one person in the account and in a project: %d holders", o.Holders)
			}
		}
	})
}

// TestProjectWalk: the projects of an account by every sort, both ways, page by page,
// with many that have no number and no date.
func TestProjectWalk(t *testing.T) { // LIST-6, LIST-9, PROJ-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		worker, _ := f.hire("camille.aubrac@maraval.example", "")
		for i := range 17 {
			change := app.ProjectChange{Name: text(fmt.Sprintf("Chantier %02d", (i*5)%17))}
			if i%3 == 0 {
				change.Number = text(fmt.Sprintf("P-%02d", 40-i))
			}
			if i%2 == 0 {
				change.Starts = &directory.Day{Year: 2026, Month: time.Month(1 + i%4), Day: 1}
			}
			made, _, err := f.Projects.Create(f.Context(), f.admin, f.account.ID, app.NewProject{Change: change})
			f.Must(err)
			if i%4 != 1 {
				f.add(f.admin, made.UUID, mail("camille.aubrac@maraval.example"))
			}
			if i%6 == 5 {
				f.Must(f.Projects.Archive(f.Context(), f.admin, f.at(made.UUID), made.Revision))
			}
		}
		sorts := []string{"", store.ProjectsByName, store.ProjectsByNumber, store.ProjectsByMembers, store.ProjectsByStart}
		for i := range 2 * len(sorts) {
			for _, q := range []app.ProjectQuery{{}, {Mine: true}, {Archived: true}, {Whatever: true}, {Search: "chantier 1"}} {
				q.Sort, q.Descending = sorts[i/2], i%2 > 0
				for by, actor := range map[string]authz.Actor{"administrator": f.admin, "worker": worker} {
					page := func(after, before string, size int) leaf {
						q.After, q.Before, q.Size = after, before, size
						found, err := f.Projects.List(f.Context(), actor, f.account.ID, q)
						f.Must(err)
						l := leaf{found: found.Found, Span: found.Span}
						for _, p := range found.Rows {
							l.rows = append(l.rows, p.Name)
						}
						return l
					}
					if whole := page("", "", 200).rows; len(whole) > 0 {
						f.walks(fmt.Sprintf("%s %+v", by, q), whole, func(after, before string) leaf { return page(after, before, 3) })
					}
				}
			}
		}
	})
}
