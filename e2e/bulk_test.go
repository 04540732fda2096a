package e2e

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/browsertest"
	"intendant/internal/directory"
)

// TestActingOnMany tells the daily work on many: four hundred people chosen by a filter,
// looked at before, edited, two of them refused, all brought back but the one whom
// somebody edited meanwhile.
func TestActingOnMany(t *testing.T) { // BULK-1, BULK-3, PLAN-1, PLAN-2, PLAN-4, REP-2
	each(t, func(w *world) {
		s := w.maraval("construction")
		w.employs(1300, 400)
		w.buys(directory.Offer{Product: "takeoff"}, 398)
		s.Open(network + "/members?company=" + w.company("Kestner Bau"))
		s.See("400 sur 1 301")
		s.Click("Tout cocher")
		s.Click("Cocher les 400 trouvés")
		s.Click("Modifier")
		s.Fill("Poste", "Équipe de nuit")
		s.Choose("Affecter un produit", "Métré")
		s.Click("Aperçu")
		s.See("Rien n’est encore fait")
		s.Screenshot("bulk-2")
		s.Click("Modifier 400 membres")
		s.See("Il ne reste aucune licence de Métré")
		s.Screenshot("bulk-3")
		w.meanwhile("personne.0007@maraval.example")
		s.Click("Annuler cette action")
		s.See("Voici ce qui serait rendu")
		s.Screenshot("bulk-5")
		s.Click("Confirmer l’annulation")
		s.See("Ce qui est resté est nommé")
		s.Screenshot("bulk-6")
		s.Row("Personne 0007").See("modifié depuis, laissé tel quel")
		if jobs := w.jobs(); jobs != "Équipe de jour 1" {
			w.t.Errorf("PLAN-2 after the undo: %s", jobs)
		}
		s.Viewport(390, 844)
		s.NoSidewaysScroll()
		s.Viewport(1280, 800)
		w.takesAlong(s)
	})
}

// meanwhile somebody else edits one of them.
func (w *world) meanwhile(email string) {
	w.t.Helper()
	found, err := w.server.App.Members.List(w.t.Context(), operator(), w.account, app.MemberQuery{Emails: []string{email}})
	if err != nil || len(found.Rows) != 1 {
		w.t.Fatal(found, err)
	}
	job := "Équipe de jour"
	verdicts, err := w.server.App.Members.EditMembers(w.t.Context(), operator(), w.account, app.Of(found.Rows[0].UUID),
		app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &job}})
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// jobs are the job titles of everybody, with how many have each.
func (w *world) jobs() string {
	w.t.Helper()
	var texts []string
	err := w.server.App.Past.EachMember(w.t.Context(), operator(), w.account, directory.Day{}, func(part []app.PastMember) error {
		for _, m := range part {
			if m.JobTitle != "" {
				texts = append(texts, m.JobTitle)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%s %d", strings.Join(slices.Compact(slices.Sorted(slices.Values(texts))), ", "), len(texts))
}

// takesAlong exports the members of a project and pastes their addresses into another.
func (w *world) takesAlong(s *browsertest.Story) {
	w.t.Helper()
	tower, station := w.builds("Tour Lafayette"), w.builds("Gare du Nord")
	w.fillsProject(station)
	s.Open(network + "/projects/" + station + "/members/export")
	s.Screenshot("bulk-7")
	s.Click("Texte (CSV)")
	s.Click("Lancer l’export")
	s.See("Prêt")
	s.Screenshot("bulk-8")
	text, err := os.ReadFile(s.Download("Télécharger"))
	if err != nil {
		w.t.Fatal(err)
	}
	table := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	table.Comma = ';'
	rows, err := table.ReadAll()
	if err != nil || len(rows) < 3 {
		w.t.Fatal(rows, err)
	}
	column := slices.Index(rows[0], "E-mail")
	var addresses []string
	for _, row := range rows[1:] {
		addresses = append(addresses, row[column])
	}
	s.Open(network + "/projects/" + tower + "/add")
	s.Fill("Adresses e-mail", strings.Join(addresses, "\n"))
	s.Click("Ajouter au tableau")
	s.See(fmt.Sprintf("%d adresses lues", len(addresses)))
	s.Row("jonas.weiss@kestner-bau.example").See("Kestner")
}

// company is the public id of a company of the account.
func (w *world) company(name string) string {
	w.t.Helper()
	found, err := w.server.App.Companies.List(w.t.Context(), operator(), w.account, app.CompanyQuery{Search: name})
	if err != nil || len(found.Rows) != 1 {
		w.t.Fatal(found, err)
	}
	return found.Rows[0].UUID
}

// employs brings people in, the first of them by another company.
func (w *world) employs(all, kestner int) {
	w.t.Helper()
	rows := make([]app.NewMember, all)
	for i := range rows {
		rows[i] = app.NewMember{Row: i + 1, Email: fmt.Sprintf("personne.%04d@maraval.example", i), First: "Prénom", Last: fmt.Sprintf("Personne %04d", i), Company: "Maraval Construction"}
		if i < kestner {
			rows[i].Company = "Kestner Bau"
		}
	}
	verdicts, err := w.server.App.Members.Add(w.t.Context(), operator(), w.account, rows, app.AddOptions{Silent: true})
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
