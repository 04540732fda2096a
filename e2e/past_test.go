package e2e

import (
	"testing"
	"time"

	"intendant/internal/app"
)

// TestPastDay tells how an administrator looks at a day, at one person and one unit on
// it and at what became otherwise, without a script too, and comes back to today.
func TestPastDay(t *testing.T) { // HIST-5, REP-3
	each(t, func(w *world) {
		s := w.maraval("construction")
		unit, err := w.server.App.Units.Add(t.Context(), operator(), w.account, app.NewUnit{Level: "division", Name: "Nord"})
		if err != nil {
			t.Fatal(err)
		}
		verdicts, err := w.server.App.Members.Add(t.Context(), operator(), w.account, []app.NewMember{{Row: 1, Email: "nolwenn.riou@maraval.example", First: "Nolwenn", Last: "Riou",
			Company: "Maraval Travaux", Functions: []string{"engineer"}}}, app.AddOptions{Silent: true, Home: unit.UUID})
		if err != nil || verdicts.FirstRefusal() != nil {
			t.Fatal(err, verdicts.FirstRefusal())
		}
		day := time.Now().In(time.FixedZone("Paris", 3600)).Format(time.DateOnly)
		s.Open(network + "/members")
		s.Click("css:.in-head .in-filter summary")
		s.Fill("Jour", day)
		s.Click("Voir ce jour")
		s.See("Revenir à aujourd’hui")
		s.See("Nolwenn Riou")
		s.LooksRight("past-members")
		s.Click("Nolwenn Riou")
		s.See("Maraval Travaux")
		s.LooksRight("past-person")
		s.WithoutScript(true)
		s.Click("Nord")
		s.See("Qui y tenait un rôle")
		s.See("Hélène Garrec")
		s.WithoutScript(false)
		s.Reload()
		s.LooksRight("past-unit")
		s.Click("Différences")
		s.See("Rien n’a changé")
		s.LooksRight("past-differences")
		s.Open(network + "/rights?on=" + day)
		s.See("Vous regardez le")
		s.LooksRight("past-tree")
		s.Click("Revenir à aujourd’hui")
		s.DontSee("Vous regardez le")
		s.Allow("status 422")
		s.Open(network + "/past?on=2001-01-01")
		s.See("le premier jour possible")
	})
}
