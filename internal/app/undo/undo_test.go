package undo_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/app/roster"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestEdits takes edits of members back, one and many.
func TestEdits(t *testing.T) { // PLAN-2, HIST-6, BULK-3
	testEach(t, "construction", func(t *testing.T, f firm) {
		people := f.people(3)
		was := f.state()
		change := app.MemberChange{Company: text("Maraval"), Functions: &[]string{"architect"}, PlaceTexts: directory.PlaceTexts[*string]{JobTitle: text("Chef")}}
		f.edit(change, people[0])
		is := f.state()
		f.undoes(f.entry(audit.MemberChanged))
		f.same("PLAN-2 an edit taken back", was)
		f.undoes(f.entry(audit.MemberChanged))
		f.same("PLAN-2 an undo taken back", is)
		f.undoes(f.entry(audit.MemberChanged))
		f.same("PLAN-2 and again", was)

		f.edit(change, people...)
		act := f.act(audit.MemberChanged)
		f.edit(app.MemberChange{Company: text("Kestner Bau")}, people[1])
		f.wants("PLAN-2 what was changed since is left, the rest restored", act, "changed; changed left company; changed")
		f.wants("PLAN-2 once is enough", act, "undo.already")
	})
}

// TestOpposites holds what the table of kinds promises about undo against what there is.
func TestOpposites(t *testing.T) { // PLAN-2
	w := apptest.New(t, "sqlite")
	missing, given := w.Undo.Missing()
	for _, kind := range w.Undo.Unsaid() {
		t.Errorf("%s has an opposite that the table does not know", kind)
	}
	for _, kind := range missing {
		if given || roster.Undoes(kind) {
			t.Errorf("nothing takes back %s", kind)
		}
	}
}

// TestReferentReplaced: who looks after a unit goes as another comes; undone, the former
// is back and the other is not.
func TestReferentReplaced(t *testing.T) { // PLAN-2, SEAT-7
	testEach(t, "fleet", func(t *testing.T, f firm) {
		people := f.people(2)
		name := func(who directory.Member) {
			t.Helper()
			_, err := f.Contracts.Name(f.Context(), f.admin, f.account.ID, app.ContractNaming{Part: directory.ReferentPart, Member: who.UUID})
			f.Must(err)
			f.Pass(1000)
		}
		referent := func() directory.UserID {
			t.Helper()
			var at directory.UserID
			f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
				account, err := r.Account(f.Context(), f.account.ID)
				at = account.Referent
				return err
			}))
			return at
		}
		name(people[0])
		name(people[1])
		f.undoes(f.entry(audit.ReferentNamed))
		if got := referent(); got != people[0].User {
			t.Errorf("PLAN-2 the referent is %d, want the former, %d", got, people[0].User)
		}
	})
}
