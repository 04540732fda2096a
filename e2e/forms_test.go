package e2e

import (
	"strings"
	"testing"

	"intendant/internal/browsertest"
)

// TestFormsTell types several things wrong and is told of all of them at once, with a
// script and without; then two windows edit the same person, and the second is told what
// the first changed.
func TestFormsTell(t *testing.T) { // API-3, PLAN-4
	each(t, func(w *world) {
		s := w.maraval("company-network")
		s.Open(network + "/members?q=garrec")
		s.Click(".in-who a")
		s.In(".in-panel").See(helene)
		own, _, _ := strings.Cut(s.Path(), "?")
		w.tellsOfAll(s, own)
		plain := w.scriptless()
		w.signIn(plain, helene)
		w.tellsOfAll(plain, own)
		s.LooksRight("form tells all")
		other := w.window()
		w.signIn(other, helene)
		other.Open(own + "/edit")
		s.Open(own + "/edit")
		s.Fill("Téléphone", "01 11")
		s.Fill("Poste", "Cheffe de chantier")
		s.In(".in-foot").Click("Enregistrer")
		s.See("Cheffe de chantier")
		other.Allow("status 4")
		other.Fill("Téléphone", "02 22")
		other.In(".in-foot").Click("Enregistrer")
		other.See("a modifié ces données")
		other.See("repris ici puisque vous n’y aviez rien changé")
		other.LooksRight("form changed meanwhile")
		other.In(".in-foot").Click("Enregistrer")
		other.See("02 22")
		other.See("Cheffe de chantier")
		s.Allow("status 4")
		s.Open(network + "/roles/new?kind=function")
		s.Click("css:.in-formstack button.btn-primary")
		s.In(".in-errors").See("Ce champ est obligatoire")
		s.LooksRight("role tells all")
		s.Open("/profile")
		s.Choose("Langue des pages et des e-mails", "English")
		s.Click("Enregistrer")
		s.See("Your profile is saved")
		s.Open(network + "/roles/new?kind=function")
		s.Click("css:.in-formstack button.btn-primary")
		s.In(".in-errors").See("Name in every language: This field is required.")
		s.LooksRight("role tells all in English")
	})
}

// tellsOfAll edits a member with several things wrong.
func (w *world) tellsOfAll(s *browsertest.Story, member string) {
	w.t.Helper()
	s.Allow("status 4")
	s.Open(member + "/edit")
	s.Fill("Téléphone", strings.Repeat("1", 120))
	s.Fill("Société", strings.Repeat("x", 220))
	s.In(".in-foot").Click("Enregistrer")
	s.In(".in-errors").See("2 choses sont à corriger")
	s.In(".in-errors").See("Téléphone")
	s.In(".in-errors").See("Société")
}
