package past_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A yard is an account with two divisions, each with people, and a project in one.
type yard struct {
	*apptest.World
	account     directory.Account
	admin       authz.Actor
	nord, sud   directory.Unit
	karim, zoe  directory.Member // at home in Nord, in Sud
	karimActs   authz.Actor
	project     directory.Project
	first, last directory.Day
}

func newYard(w *apptest.World) *yard {
	w.T.Helper()
	y := &yard{World: w, account: w.AccountOf("204817", "construction")}
	y.admin = w.Administrator(y.account, "helene.castaing@maraval.example")
	y.first = directory.DayOf(w.Now(), time.UTC)
	var err error
	y.nord, err = w.Units.Add(w.Context(), y.admin, y.account.ID, app.NewUnit{Level: "division", Name: "Nord"})
	w.Must(err)
	y.sud, err = w.Units.Add(w.Context(), y.admin, y.account.ID, app.NewUnit{Level: "division", Name: "Sud"})
	w.Must(err)
	y.karimActs, y.karim = w.Member(y.account, "karim.haddad@maraval.example")
	_, y.zoe = w.Member(y.account, "zoe.perrin@maraval.example")
	w.Must(apptest.ErrOf(w.Members.MoveHome(w.Context(), y.admin, y.account.ID, app.Of(y.karim.UUID), y.nord.UUID)))
	w.Must(apptest.ErrOf(w.Members.MoveHome(w.Context(), y.admin, y.account.ID, app.Of(y.zoe.UUID), y.sud.UUID)))
	name := "Halle"
	y.project, _, err = w.Projects.Create(w.Context(), y.admin, y.account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}, Under: y.sud.UUID})
	w.Must(err)
	y.put(y.zoe)
	y.give("manager", y.sud.UUID, y.zoe)
	w.Pass(24 * time.Hour)
	y.last = directory.DayOf(w.Now(), time.UTC)
	return y
}

func (y *yard) put(who directory.Member) {
	y.T.Helper()
	_, err := y.Projects.Add(y.Context(), y.admin, app.ProjectAt{Account: y.account.ID, Project: y.project.UUID},
		[]app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: y.email(who)}, Level: "project-member"}}, app.PlaceOptions{Silent: true})
	y.Must(err)
}

func (y *yard) email(who directory.Member) string {
	y.T.Helper()
	record, err := y.Members.Record(y.Context(), y.admin, y.account.ID, who.UUID)
	y.Must(err)
	return record.Person.Email
}

func (y *yard) give(role, unit string, who directory.Member) {
	y.T.Helper()
	done, err := y.Grants.Give(y.Context(), y.admin, y.account.ID, app.Giving{Who: app.Of(who.UUID), Role: role, Units: []string{unit}})
	y.Must(err)
	if done[0].Refusal != nil {
		y.T.Fatal(done[0].Refusal)
	}
}

// auditor lets Karim read the history of Nord, and no more.
func (y *yard) auditor() {
	y.T.Helper()
	role, err := y.Roles.Create(y.Context(), y.admin, y.account.ID, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"fr": "Veille"}, Permissions: []string{"history.view"}})
	y.Must(err)
	y.give(role.UUID, y.nord.UUID, y.karim)
}

func (y *yard) names(actor authz.Actor, day directory.Day) []string {
	y.T.Helper()
	var names []string
	page, err := y.Past.State(y.Context(), actor, y.account.ID, app.PastQuery{Day: day})
	y.Must(err)
	for _, m := range page.Members {
		name, _, _ := strings.Cut(m.Person.Email, ".")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// TestBadDays: there is no past before the account, and none of tomorrow; a day of
// either is refused at its field.
func TestBadDays(t *testing.T) { // HIST-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		before := directory.DayOf(y.first.UTC().AddDate(0, 0, -1), time.UTC)
		tomorrow := directory.DayOf(y.last.UTC().AddDate(0, 0, 1), time.UTC)
		for day, code := range map[directory.Day]string{before: "past.before_account", tomorrow: "past.not_yet", {}: "field.required"} {
			if _, err := y.Past.State(y.Context(), y.admin, y.account.ID, app.PastQuery{Day: day}); y.Code(err) != code {
				t.Errorf("%s: %v, want %s", day.ISO(), err, code)
			}
			if _, err := y.Past.Difference(y.Context(), y.admin, y.account.ID, app.DifferenceQuery{From: y.first, To: day}); y.Code(err) != code {
				t.Errorf("differences up to %s: %v, want %s", day.ISO(), err, code)
			}
		}
		if _, err := y.Past.Difference(y.Context(), y.admin, y.account.ID, app.DifferenceQuery{From: y.last, To: y.first}); y.Code(err) != "past.order" {
			t.Errorf("the wrong way round: %v", err)
		}
		for _, cursor := range []string{"x", "eyJVbml0cyI6LTF9"} {
			if _, err := y.Past.Difference(y.Context(), y.admin, y.account.ID, app.DifferenceQuery{From: y.first, To: y.last, After: cursor}); y.Code(err) != "list.bad_cursor" {
				t.Errorf("cursor %s: %v", cursor, err)
			}
		}
	})
}

// TestPartOfAUnit: who reads the history of one unit sees the past of its people and
// of what is held there, and nothing of the others; a stranger and another customer
// learn nothing at all.
func TestPartOfAUnit(t *testing.T) { // HIST-2, HIST-5, USER-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		if _, err := y.Past.State(y.Context(), y.karimActs, y.account.ID, app.PastQuery{Day: y.first}); y.Code(err) != "denied.permission" {
			t.Errorf("without the right: %v", err)
		}
		y.auditor()
		if got := y.names(y.karimActs, y.first); !slices.Equal(got, []string{"karim"}) {
			t.Errorf("Karim sees %v on a day before he had the right, want himself", got)
		}
		if got := y.names(y.admin, y.first); len(got) != 3 {
			t.Errorf("the administrator sees %v", got)
		}
		for what, err := range map[string]error{
			"a person":        second(y.Past.Person(y.Context(), y.karimActs, y.account.ID, y.first, y.zoe.UUID)),
			"a person's tree": second(y.Past.Tree(y.Context(), y.karimActs, y.account.ID, y.first, y.zoe.UUID)),
			"a person's why":  second(y.Past.Why(y.Context(), y.karimActs, y.account.ID, y.first, app.WhyQuery{Person: y.zoe.UUID})),
			"differences":     second(y.Past.Difference(y.Context(), y.karimActs, y.account.ID, app.DifferenceQuery{From: y.first, To: y.last, Member: y.zoe.UUID})),
		} {
			if y.Code(err) != "member.not_found" {
				t.Errorf("%s out of sight: %v", what, err)
			}
		}
		for _, unit := range []string{y.sud.UUID, y.project.UUID, "nothing"} {
			if _, err := y.Past.Unit(y.Context(), y.karimActs, y.account.ID, app.PastUnitQuery{Day: y.first, Unit: unit}); y.Code(err) != "unit.not_found" {
				t.Errorf("a unit out of sight: %v", err)
			}
		}
		y.give("basic-user", y.sud.UUID, y.karim)
		p, err := y.Past.Person(y.Context(), y.karimActs, y.account.ID, y.last, y.karim.UUID)
		y.Must(err)
		if len(p.Grants) != 1 || p.Grants[0].Unit.ID != y.nord.ID {
			t.Errorf("Karim sees %d of his roles in the past of Nord, want the one there", len(p.Grants))
		}
		d, err := y.Past.Difference(y.Context(), y.karimActs, y.account.ID, app.DifferenceQuery{From: y.first, To: y.last})
		y.Must(err)
		if len(d.People) != 1 || len(d.People[0].Changes) != 1 || len(d.Units) != 0 {
			t.Errorf("differences: %+v", d.People)
		}
		stranger, elsewhere := w.Person("ophelie@atelier.example"), w.Account("117402")
		other := w.Administrator(elsewhere, "blanche@ardoises.example")
		for _, who := range []authz.Actor{stranger, other} {
			if _, err := y.Past.State(y.Context(), who, y.account.ID, app.PastQuery{Day: y.first}); y.Code(err) != "account.not_found" {
				t.Errorf("somebody from outside: %v", err)
			}
		}
		if _, err := y.Past.Person(y.Context(), other, elsewhere.ID, y.last, y.karim.UUID); y.Code(err) != "member.not_found" {
			t.Errorf("a member of another customer: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestWallOfAProjectStandsInThePast: who sees no project today sees none of its past,
// whatever history they read; who does, sees all of it.
func TestWallOfAProjectStandsInThePast(t *testing.T) { // PROJ-11
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		role, err := w.Roles.Create(w.Context(), y.admin, y.account.ID, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"fr": "Veille"}, Permissions: []string{"history.view", "members.view"}})
		w.Must(err)
		root, err := w.Units.List(w.Context(), y.admin, y.account.ID, app.UnitQuery{})
		w.Must(err)
		y.give(role.UUID, root.Root.UUID, y.karim)
		p, err := w.Past.Person(w.Context(), y.karimActs, y.account.ID, y.first, y.zoe.UUID)
		w.Must(err)
		if len(p.Places) != 0 || len(p.Grants) != 1 {
			t.Errorf("%d places and %d grants of Zoé, want no place behind the wall and her grant", len(p.Places), len(p.Grants))
		}
		if _, err := w.Past.Unit(w.Context(), y.karimActs, y.account.ID, app.PastUnitQuery{Day: y.first, Unit: y.project.UUID}); w.Code(err) != "unit.not_found" {
			t.Errorf("the project: %v", err)
		}
		why, err := w.Past.Why(w.Context(), y.karimActs, y.account.ID, y.first, app.WhyQuery{Person: y.zoe.UUID})
		w.Must(err)
		for _, u := range why.Units {
			if u.ID == y.project.ID {
				t.Error("the project is among the units to ask about")
			}
		}
		y.Pass(24 * time.Hour)
		y.put(y.karim) // sees it from now on
		today := directory.DayOf(w.Now(), time.UTC)
		d, err := w.Past.Difference(w.Context(), y.karimActs, y.account.ID, app.DifferenceQuery{From: y.first, To: today})
		w.Must(err)
		if len(d.People) != 1 || !slices.ContainsFunc(d.People[0].Changes, func(c app.PastChange) bool { return c.What == app.PastPlaced }) {
			t.Errorf("differences: %+v, want his place", d.People)
		}
		p, err = w.Past.Person(w.Context(), y.karimActs, y.account.ID, y.first, y.zoe.UUID)
		w.Must(err)
		if len(p.Places) != 1 {
			t.Errorf("%d places of Zoé for who is in the project today, want one", len(p.Places))
		}
	})
}

// TestErasedStaysErased: whoever is erased is there on the days they were, with what
// they held and without a word about them.
func TestErasedStaysErased(t *testing.T) { // USER-7, HIST-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		title := "Cheffe de chantier"
		c := app.MemberChange{}
		c.JobTitle = &title
		w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), y.admin, y.account.ID, app.Of(y.zoe.UUID), c)))
		w.Pass(24 * time.Hour)
		w.Must(w.Users.Erase(w.Context(), w.Operator(), y.zoe.User))
		p, err := w.Past.Person(w.Context(), y.admin, y.account.ID, y.last, y.zoe.UUID)
		w.Must(err)
		if !p.There || !p.Erased || p.JobTitle != "" || p.Person.Email != "" || len(p.Grants) != 1 || p.Home.ID != y.sud.ID || p.Status != directory.Active {
			t.Errorf("%+v", p)
		}
	})
}

// TestRightsOfADay: effective rights say who might do what where, direct and inherited,
// with where they came from; all of them in parts, and of one member or unit by page.
func TestRightsOfADay(t *testing.T) { // REP-3, ROLE-9
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		_, err := w.Grants.End(w.Context(), y.admin, y.account.ID, app.Giving{Who: app.Of(y.zoe.UUID), Role: "manager", Units: []string{y.sud.UUID}})
		w.Must(err)
		of := func(day directory.Day, units ...string) (found []string) {
			w.Must(w.Past.EachRight(w.Context(), y.admin, y.account.ID, app.PastRightsQuery{Day: day, Units: units}, func(part []app.PastRight) error {
				for _, r := range part {
					if r.Member.ID == y.zoe.ID && r.Role.Kind == directory.RightsRole {
						found = append(found, r.Role.Code+" of "+r.At.Name+" at "+r.Unit.Name)
					}
				}
				return nil
			}))
			return found
		}
		if got := of(y.first); !slices.Equal(got, []string{"manager of Sud at Sud"}) {
			t.Errorf("held on the first day: %v", got)
		}
		if got := of(y.last); got != nil {
			t.Errorf("held on the day it was taken back: %v", got)
		}
		if got := of(y.first, y.nord.UUID); got != nil {
			t.Errorf("counted in Nord: %v", got)
		}
		u, err := w.Past.Unit(w.Context(), y.admin, y.account.ID, app.PastUnitQuery{Day: y.first, Unit: y.sud.UUID})
		w.Must(err)
		if len(u.Holders) != 2 || u.Holders[0].Inherited || !u.Holders[1].Inherited || u.Holders[1].Role.Code != directory.AdminLevel {
			t.Errorf("who held what in Sud: %+v", u.Holders)
		}
		all := ""
		for after := ""; ; {
			page, err := w.Past.Rights(w.Context(), y.admin, y.account.ID, app.PastRightsQuery{Day: y.first, Units: []string{y.sud.UUID}, After: after, Size: 1})
			w.Must(err)
			for _, r := range page.Rights {
				all += r.Role.Code + " "
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if all != "manager administrator " {
			t.Errorf("page by page: %s", all)
		}
		members := 0
		w.Must(w.Past.EachMember(w.Context(), y.admin, y.account.ID, directory.Day{}, func(part []app.PastMember) error {
			members += len(part)
			return nil
		}))
		if members != 3 {
			t.Errorf("%d members today, want 3", members)
		}
	})
}
