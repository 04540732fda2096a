package companies_test

import (
	"testing"

	"intendant/internal/app/companies"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
)

func TestCompaniesTakenBack(t *testing.T) { // PLAN-2, COMP-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		want := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
			}
		}
		back := func(by authz.Actor, entries []audit.Entry) string {
			t.Helper()
			return w.TakenBack(companies.Opposites(), by, entries...)
		}
		rename := func(from, to string) []audit.Entry {
			t.Helper()
			return w.Written(h.account.ID, func() {
				c := h.named(from)
				_, err := w.Companies.Rename(w.Context(), h.admin, h.account.ID, c.UUID, companies.Naming{Name: to, Version: c.Version})
				w.Must(err)
			})
		}
		h.hires("Vinci", 3)
		renamed := rename("Vinci", "Eiffage")
		undone := w.Written(h.account.ID, func() { want("renamed", back(h.admin, renamed), "changed") })
		h.sorted()
		want("again", back(h.admin, renamed), "unchanged")
		want("undo of undo", back(h.admin, undone), "changed")
		want("undone again", back(h.admin, renamed), "changed")
		renamed = rename("Vinci", "Eiffage")
		made, err := w.Companies.Create(w.Context(), h.admin, h.account.ID, "VINCI")
		w.Must(err)
		want("a name taken since", back(h.admin, renamed), "refused name company.name_taken")
		stranger := w.Person("passant@exemple.example")
		want("a stranger", back(stranger, renamed), "refused account.not_found")
		w.Must(h.merge(made.Name, "Eiffage"))
		want("merged since", back(h.admin, renamed), "refused company.merged")
	})
}
