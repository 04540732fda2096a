package app_test

import (
	"errors"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

func TestProjectProfile(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := newCollege(w)
		var ids []string
		for _, email := range apptest.Addresses(7, "maraval.example") {
			ids = append(ids, c.place(app.NewPlace{NewMember: app.NewMember{Email: email, First: "Prénom", Last: email}}))
		}
		p, err := c.Projects.Profile(c.Context(), c.admin, c.at, ids[4], app.ProjectMemberQuery{Size: 2})
		w.Must(err)
		if !p.Found || p.Position != 5 || p.Previous != ids[3] || p.Next != ids[5] || len(p.Page.Rows) != 2 || p.Page.From != 5 || p.Page.Found != 7 || p.Page.Prev == "" {
			t.Errorf("LIST-7 position %d, %s before, %s after, page from %d of %d with %d rows, found %v", p.Position, p.Previous, p.Next, p.Page.From, p.Page.Found, len(p.Page.Rows), p.Found)
		}
		for _, q := range []app.ProjectMemberQuery{{Size: 2, After: p.Page.Next}, {Size: 2, Before: p.Page.Prev}} {
			beside, err := c.Projects.Members(c.Context(), c.admin, c.at, q)
			w.Must(err)
			if first := map[bool]string{true: ids[6], false: ids[2]}[q.After != ""]; beside.Rows[0].Member.UUID != first {
				t.Errorf("LIST-6 the page beside begins with %s, want %s", beside.Rows[0].Member.UUID, first)
			}
		}
		out, err := c.Projects.Profile(c.Context(), c.admin, c.at, ids[4], app.ProjectMemberQuery{Search: "nom1"})
		w.Must(err)
		if out.Found || out.Person.Email == "" || len(out.Page.Rows) != 1 {
			t.Errorf("LIST-7 a member that the view does not find: %+v", out.Found)
		}
		plain, m := w.Member(c.account, "camille.aubrac@maraval.example")
		if _, err := c.Projects.Profile(c.Context(), plain, c.at, ids[0], app.ProjectMemberQuery{}); w.Code(err) != "project.not_found" {
			t.Errorf("PROJ-11 %v", err)
		}
		if _, err := c.Projects.Profile(c.Context(), c.admin, c.at, m.UUID, app.ProjectMemberQuery{}); w.Code(err) != "place.not_found" {
			t.Errorf("PROJ-11 who is in the account alone: %v", err)
		}
		c.place(app.NewPlace{NewMember: app.NewMember{Email: "camille.aubrac@maraval.example"}})
		if _, err := c.Projects.Profile(c.Context(), plain, c.at, ids[0], app.ProjectMemberQuery{}); w.Code(err) != "denied.permission" {
			t.Errorf("LIST-8 a plain member opens a profile: %v", err)
		}
		if _, err := c.Projects.Selected(c.Context(), plain, c.at, app.ProjectSelection{Members: ids}); w.Code(err) != "denied.permission" {
			t.Errorf("LIST-8 a plain member selects: %v", err)
		}
	})
}

func TestProjectSelection(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := newCollege(w)
		a := c.place(worker("ana@maraval.example", "site-manager", "Maraval"))
		c.place(worker("bo@kestner.example", "architect", ""))
		all := app.ProjectSelection{All: &app.ProjectMemberQuery{}, Count: 2}
		chosen, err := c.Projects.Selected(c.Context(), c.admin, c.at, all)
		w.Must(err)
		if chosen.Count != 2 || len(chosen.First) != 2 || len(chosen.Choices.Project.Levels) != 2 {
			t.Errorf("BULK-1 %d chosen, %d named", chosen.Count, len(chosen.First))
		}
		c.place(worker("cid@ferrand.example", "architect", ""))
		if _, err := c.Projects.RemovePlaces(c.Context(), c.admin, c.at, all); w.Code(err) != "selection.changed" {
			t.Errorf("PLAN-4 acts on more than was confirmed: %v", err)
		}
		if _, err := c.Projects.Selected(c.Context(), c.admin, c.at, app.ProjectSelection{Members: []string{"nobody"}}); w.Code(err) != "selection.empty" {
			t.Errorf("nobody selected: %v", err)
		}
		before, err := c.Projects.Profile(c.Context(), c.admin, c.at, a, app.ProjectMemberQuery{})
		w.Must(err)
		change := app.PlaceChange{Access: map[string]string{"takeoff": directory.MemberAccess}, Seen: before.Since.ID}
		for i, want := range []string{"", "stale"} {
			verdicts, err := c.Projects.ChangePlaces(c.Context(), c.admin, c.at, app.ProjectSelection{Members: []string{a}}, change)
			if got := w.Code(apptest.ErrOf(verdicts, err)); got != want {
				t.Errorf("PLAN-4 change %d: %q, want %q", i, got, want)
			}
		}
		same, err := c.Projects.ChangePlaces(c.Context(), c.admin, c.at, app.ProjectSelection{Members: []string{a}}, app.PlaceChange{Access: change.Access})
		w.Must(err)
		if same.Count(app.Unchanged) != 1 {
			t.Errorf("BULK-3 a place that is so already: %q", same[0].Outcome)
		}
		long := strings.Repeat("a", 20_000)
		_, err = c.Projects.ChangePlaces(c.Context(), c.admin, c.at, app.ProjectSelection{Members: []string{a}}, app.PlaceChange{Company: &long})
		var refusal *directory.Error
		if !errors.As(err, &refusal) || refusal.Field != "company" {
			t.Errorf("DOOR-6 a company of %d letters: %v", len(long), err)
		}
		uses, err := c.Projects.Usage(c.Context(), c.admin, c.at)
		w.Must(err)
		for _, use := range uses.Uses {
			if want := map[string]int64{"plans": 3, "analytics": 3, "site": 1, "budget": 1, "takeoff": 1, "model": 2}[use.Product.ID]; use.Members != want {
				t.Errorf("PROJ-4 %s: %d members, want %d", use.Product.ID, use.Members, want)
			}
		}
	})
}

func TestProjectBlank(t *testing.T) { // PROJ-1, PROJ-9, ACC-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := newCollege(w)
		division, err := c.Units.Add(c.Context(), c.admin, c.account.ID, app.NewUnit{Level: "division", Name: "Ouest"})
		w.Must(err)
		other := c.project("Entrepôt Liège 2")
		blank, err := c.Projects.Blank(c.Context(), c.admin, c.account.ID, "")
		w.Must(err)
		if len(blank.Under) != 2 || blank.Under[1].UUID != division.UUID || len(blank.Sources) != 2 || blank.Base != "plans" || blank.TimeZone == "" {
			t.Errorf("PROJ-1 under %v, sources %d, base %q", blank.Under, len(blank.Sources), blank.Base)
		}
		chief, _ := w.Member(c.account, "fatou.diarra@maraval.example")
		if _, err := c.Projects.Blank(c.Context(), chief, c.account.ID, ""); w.Code(err) != "denied.permission" {
			t.Errorf("PROJ-1 a plain member: %v", err)
		}
		c.place(worker("fatou.diarra@maraval.example", "project-manager", ""))
		blank, err = c.Projects.Blank(c.Context(), chief, c.account.ID, other.Project)
		w.Must(err)
		if len(blank.Under) != 1 || len(blank.Sources) != 1 || blank.Sources[0].UUID != c.at.Project {
			t.Errorf("PROJ-7 a project administrator is offered %v and %v", blank.Under, blank.Sources)
		}
		settings, err := c.Accounts.Settings(c.Context(), c.admin, c.account.ID)
		w.Must(err)
		settings.AccountSettings.CreateProjects = false
		w.Must(c.Accounts.ChangeSettings(c.Context(), c.admin, c.account.ID, settings.AccountSettings))
		if _, err := c.Projects.Blank(c.Context(), chief, c.account.ID, ""); w.Code(err) != "project.creation_off" {
			t.Errorf("ACC-8 switched off: %v", err)
		}
		if _, err := c.Projects.Editing(c.Context(), chief, other); w.Code(err) != "project.not_found" {
			t.Errorf("PROJ-7 another project: %v", err)
		}
		editing, err := c.Projects.Editing(c.Context(), chief, c.at)
		w.Must(err)
		if !editing.May.Change {
			t.Error("PROJ-7 a project administrator changes their project")
		}
	})
}
