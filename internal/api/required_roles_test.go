package api_test

import (
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestRequiredRolesByAPI: programs bring people into an account that requires
// roles, are told what is lacked, and find who lacks one.
func TestRequiredRolesByAPI(t *testing.T) { // ROLE-3, API-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		fleet, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "300 500", Name: "Groupe Ferrand", Type: "fleet",
			ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "1 quai", PostalCode: "44000", City: "Nantes", Country: "FR"}})
		w.Must(err)
		admin := w.Administrator(fleet, "odile.ferrand@ferrand.example")
		_, err = w.Accounts.SeedUnits(w.Context(), fleet.ID, []app.SeedUnit{{Name: "Nord", Level: "group"}})
		w.Must(err)
		robot, _ := s.robotOf(fleet, admin)
		w.Must(w.Members.NameAdministrator(w.Context(), admin, fleet.ID, robot.UUID))
		s.token = s.tokenOf(fleet, admin, robot, 24*time.Hour).Secret
		const members = "/accounts/300500/members"

		made := s.post(members, `{"email":"karim.haddad@ferrand.example","invite":"none"}`).is(201, "")
		if got := made.text("lacks_role_at"); got != `[{"level":"group"}]` {
			t.Errorf("ROLE-3 one person lacks %s", got)
		}
		nord := s.get("/accounts/300500/units?search=nord").text("items.0.id")
		batch := s.post(members+"/batch", `{"members":[{"email":"lea.fontanel@ferrand.example","home_unit":"`+nord+`"}],"invite":"none"}`).is(200, "")
		if got := batch.text("verdicts.0.lacks_role_at.0.name"); got != "Nord" || batch.text("verdicts.0.outcome") != "added" || batch.text("verdicts.0.lacks_role_at.0.unit") != nord {
			t.Errorf("ROLE-3 of a batch: %s", batch.body)
		}
		found := s.get(members+"?lacks_role=true&total=true").is(200, "")
		if found.text("total") != "3" {
			t.Errorf("ROLE-3 lacking: %s", found.body)
		}
		lea := batch.text("verdicts.0.member")
		grant := `{"role":"basic-user","members":["` + lea + `"],"units":["` + nord + `"]}`
		given := s.post("/accounts/300500/grants", grant).is(200, "")
		if got := given.text("verdicts.0.lacks_role_at"); got != "" || s.get(members+"?lacks_role=true&total=true").text("total") != "2" {
			t.Errorf("ROLE-3 after it was given: %s", given.body)
		}
		if got := s.get(members + "/" + lea).text("lacks_role_at"); got != "[]" {
			t.Errorf("ROLE-3 a record lacks %s", got)
		}
		ended := s.post("/accounts/300500/grants/end", grant).is(200, "")
		if ended.text("verdicts.0.outcome") != "changed" || ended.text("verdicts.0.lacks_role_at.0.level") != "group" {
			t.Errorf("ROLE-3 the last one taken back: %s", ended.body)
		}
		if got := s.get(members + "?lacks_role=perhaps").status; got != 422 {
			t.Errorf("no truth: %d", got)
		}
		s.token = s.tokenOf(s.account, s.admin, s.robot, 24*time.Hour).Secret
		if got := s.get(s.path("/members?lacks_role=true&total=true")).is(200, "").text("total"); got != "0" {
			t.Errorf("ROLE-3 where none is required %s lack one", got)
		}
	})
}
