package projects_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestToldOfPlaces: whoever is added hears of it once, nobody does who has left again
// by then, and the person's own data name the places they had.
func TestToldOfPlaces(t *testing.T) { // MAIL-1, MAIL-4, USER-7, PROJ-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.AccountOf("204817", "construction")
		helene := w.Administrator(account, "helene@maraval.example")
		camille, _ := w.Member(account, "camille@maraval.example")
		_, zoe := w.Member(account, "zoe@maraval.example")
		name := "Collège des Sablons"
		made, _, err := w.Projects.Create(w.Context(), helene, account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
		w.Must(err)
		at := app.ProjectAt{Account: account.ID, Project: made.UUID}
		verdicts, err := w.Projects.Add(w.Context(), helene, at, []app.NewPlace{
			{NewMember: app.NewMember{Row: 1, Email: "camille@maraval.example", Company: "Kestner Bau", Functions: []string{"project-manager"}}},
			{NewMember: app.NewMember{Row: 2, Email: "zoe@maraval.example"}}, {NewMember: app.NewMember{Row: 3, Email: "helene@maraval.example"}},
		}, app.PlaceOptions{})
		w.Must(err)
		w.Must(verdicts.FirstRefusal())
		w.Must(apptest.ErrOf(w.Projects.RemovePlaces(w.Context(), helene, at, app.ProjectSelection{Members: []string{zoe.UUID}})))
		told := map[string]string{}
		w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
			mails, err := r.MailQueue(w.Context(), store.MailFilter{}, store.MailPlace{}, 100)
			for _, m := range mails {
				if m.Kind == directory.MailProjectAdded && m.State == directory.MailWaiting {
					told[m.Address] = m.Path
				}
			}
			return err
		}))
		if len(told) != 1 || told["camille@maraval.example"] != "/accounts/204817/projects/"+made.UUID {
			t.Errorf("MAIL-4 told are %v, want camille alone", told)
		}
		export, err := w.Users.Export(w.Context(), camille, camille.User)
		w.Must(err)
		if places := export.Memberships[0].Projects; len(places) != 1 || places[0].Project != name || places[0].Company != "Kestner Bau" ||
			places[0].Access["plans"] != directory.MemberAccess || places[0].To != nil || places[0].Level == "" || len(places[0].Roles) != 1 {
			t.Errorf("USER-7 the export has %+v", places)
		}
	})
}
