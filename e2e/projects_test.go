package e2e

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/browsertest"
)

// TestProject tells how Hélène creates a project, switches products on and off in its
// table, and takes somebody out of it by its base product, with scripts and without.
func TestProject(t *testing.T) { // PROJ-1, PROJ-4, PROJ-5
	each(t, func(w *world) {
		s := w.maraval("construction")
		s.Open(network + "/projects/new")
		s.Fill("Nom", "Collège des Sablons")
		s.Fill("Numéro", "P-2026-018")
		s.Click("Créer le projet")
		s.See("Le projet Collège des Sablons est créé")
		at := s.Path()
		w.works(at)
		s.Open(at)
		s.Click("Cocher Diarra Fatou")
		s.Click("Métré pour Camille Aubrac")
		s.See("Camille Aubrac a accès à Métré")
		if n := s.Count("tbody .c-tick input:checked"); n != 1 {
			w.t.Errorf("%d rows are ticked after a switch, want the one before", n)
		}
		w.switches(s)
		plain := w.scriptless()
		w.signIn(plain, helene)
		plain.Open(at)
		w.switches(plain)
		plain.Click("Plans pour Camille Aubrac")
		plain.Click("Retirer du projet")
		plain.See("Camille Aubrac n’est plus dans le projet")
	})
}

// works brings two people into the project at an address.
func (w *world) works(address string) {
	w.t.Helper()
	at := app.ProjectAt{Account: w.account, Project: address[len(network+"/projects/"):]}
	verdicts, err := w.server.App.Projects.Add(w.t.Context(), operator(), at, []app.NewPlace{
		{NewMember: app.NewMember{Row: 1, Email: "fatou.diarra@maraval.example", First: "Fatou", Last: "Diarra"}},
		{NewMember: app.NewMember{Row: 2, Email: "camille.aubrac@maraval.example", First: "Camille", Last: "Aubrac"}},
	}, app.PlaceOptions{})
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// switches gives somebody a product and takes it back, and asks to take the base
// product without doing it.
func (w *world) switches(s *browsertest.Story) {
	w.t.Helper()
	s.Click("Chantier pour Camille Aubrac")
	s.See("Camille Aubrac a accès à Chantier")
	s.Click("Annuler")
	s.See("Annuler cette action")
	s.Click("Confirmer l’annulation")
	s.See("Annulé : 1 rétabli")
	s.Click("Plans pour Camille Aubrac")
	s.See("Retirer Camille Aubrac du projet")
	s.Click("Garder Plans")
	s.DontSee("Garder Plans")
	s.See("1–2 sur 2 membres")
}
