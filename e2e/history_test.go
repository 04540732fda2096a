package e2e

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/browsertest"
)

// TestHistory tells how the vendor's staff act inside an account for all to
// see, and how its administrators read what happened.
func TestHistory(t *testing.T) { // VEND-2, HIST-1 to HIST-4
	each(t, func(w *world) {
		administrator := w.maraval("company-network")
		w.enters()
		w.reads(administrator)
		w.whole()
	})
}

// enters goes into the account with a reason, changes something and leaves.
func (w *world) enters() {
	w.t.Helper()
	s := w.window()
	w.signIn(s, maelle)
	s.Open("/vendor/customers")
	s.Click(company)
	s.Click("Agir dans ce compte")
	s.Allow("status 422")
	s.Fill("Motif", "aide")
	s.Click("Entrer pour 60 minutes")
	s.See("Dix caractères au moins")
	s.Fill("Motif", "Appel de Hélène Garrec : ajouter un collègue")
	s.Click("Entrer pour 60 minutes")
	s.At(network)
	s.See("Vous agissez dans le compte d’un client.")
	s.See("Appel de Hélène Garrec")
	s.Open(network + "/members/add/quick")
	s.See("Vous agissez dans le compte d’un client.")
	s.Fill("Adresses e-mail", "nolwenn.riou@maraval.example")
	s.Click("Ajouter ces personnes")
	s.See("1 personne ajoutée")
	s.Click("Quitter le compte")
	s.See("Vous avez quitté " + company)
	s.See("Appel de Hélène Garrec")
	s.DontSee("Vous agissez dans le compte d’un client.")
	w.mailed(helene, "a ouvert le compte "+company)
}

// reads finds the stay in the account's history and filters it.
func (w *world) reads(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/history")
	s.See("Maëlle Corvaisier a commencé une intervention dans le compte")
	s.See("Appel de Hélène Garrec")
	s.See("Maëlle Corvaisier a ajouté nolwenn.riou@maraval.example au compte")
	s.See("Maëlle Corvaisier a terminé son intervention dans le compte")
	s.See("a pris en main le compte")
	s.Click("css:.in-filter:has(select[name=kind]) summary")
	s.Choose("Genre", "Membres")
	s.Click("Appliquer")
	s.See("Maëlle Corvaisier a ajouté")
	s.DontSee("a pris en main le compte")
	at := s.Path()
	s.Reload()
	s.At(at)
	s.See("Maëlle Corvaisier a ajouté")
	s.DontSee("a pris en main le compte")
	s.Click("Retirer le filtre Genre")
	s.See("a pris en main le compte")
}

// whole follows every chain of the installation, as the command verify does.
func (w *world) whole() {
	w.t.Helper()
	chains := 0
	err := w.server.App.History.Verify(w.t.Context(), operator(), nil, func(c app.ChainCheck) error {
		chains++
		if c.Break != app.Whole || c.Entries == 0 {
			w.t.Errorf("chain of account %d: %d entries, broken at %d: %q", c.Account, c.Entries, c.N, c.Break)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if chains != 2 {
		w.t.Errorf("%d chains, want the installation's and the account's", chains)
	}
}
