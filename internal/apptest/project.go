package apptest

import (
	"github.com/google/uuid"

	"intendant/internal/directory"
	"intendant/internal/store"
)

// Project puts a project with its facts into an account, at the root, without history:
// for tests of what is begun from projects. Of each place the project, the key and the
// beginning are filled in.
func (w *World) Project(account directory.Account, project directory.Project, places ...directory.Place) directory.Project {
	w.T.Helper()
	w.Must(w.DB.Update(w.Context(), []directory.AccountID{account.ID}, func(tx *store.Tx) error {
		key, err := tx.NextKeys(w.Context(), account.ID, 1+len(places))
		if err != nil {
			return err
		}
		project.ID, project.UUID, project.Parent, project.Level = directory.UnitID(key), uuid.NewString(), account.Root, "project"
		if project.TimeZone == "" {
			project.TimeZone = "Europe/Paris"
		}
		for i := range places {
			places[i].ID, places[i].Project, places[i].From = directory.PlaceID(key+int64(i)+1), project.ID, tx.Now
		}
		return tx.Apply(w.Context(), store.Write{Changes: []store.Change{
			store.InsertUnits{Account: account.ID, Units: []directory.Unit{project.Unit}},
			store.InsertProjects{Account: account.ID, Projects: []directory.Project{project}},
			store.InsertPlaces{Account: account.ID, Places: places},
		}})
	}))
	return project
}

// Role is the role of an account of a kind and code, "level" and "executive" for one.
func (w *World) Role(account directory.Account, kind directory.RoleKind, code string) directory.Role {
	w.T.Helper()
	var found directory.Role
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		roles, err := r.Roles(w.Context(), account.ID)
		for _, o := range roles {
			if o.Kind == kind && o.Code == code {
				found = o
			}
		}
		return err
	}))
	if found.ID == 0 {
		w.T.Fatalf("account %s has no %s %s", account.Number, kind, code)
	}
	return found
}
