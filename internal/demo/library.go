package demo

import (
	"intendant/internal/app"
	"intendant/internal/directory"
)

// tellLibrary lets who administers the standards of the large account set up what its
// projects begin with.
func (b *builder) tellLibrary(account *directory.Account) {
	b.ago(899, "the library of Groupe Maraval", func() error {
		fatou, kinds := b.users["fatou.diarra@maraval.example"], map[string]string{}
		for _, name := range []string{"Construction neuve", "Réhabilitation", "Logement", "Ouvrage d’art", "Réseaux", "Industrie", "Aménagement"} {
			made, err := b.App.Library.CreateType(b.ctx, fatou, account.ID, name)
			if err != nil {
				return err
			}
			kinds[name] = made.UUID
		}
		for _, t := range []app.NewProjectTemplate{
			{Name: "Logement, corps d’état séparés", Type: kinds["Logement"], Products: []string{"plans", "site", "budget", "analytics"}},
			{Name: "Réhabilitation en site occupé", Type: kinds["Réhabilitation"], Products: []string{"plans", "site"}},
			{Name: "Ouvrage d’art", Type: kinds["Ouvrage d’art"], Products: []string{"plans", "site", "model", "takeoff"}},
		} {
			if _, err := b.App.Library.CreateTemplate(b.ctx, fatou, account.ID, t); err != nil {
				return err
			}
		}
		old, err := b.App.Library.CreateType(b.ctx, fatou, account.ID, "Travaux divers")
		if err == nil {
			_, err = b.App.Library.ArchiveType(b.ctx, fatou, account.ID, old.UUID)
		}
		return err
	})
}
