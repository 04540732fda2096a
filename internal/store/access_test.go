package store_test

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestAccessByName: the log of sign-ins is asked by what was typed, in any case, or by
// who somebody is, without going through it.
func TestAccessByName(t *testing.T) { // HIST-1, LIST-10
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			var asked []string
			address := storetest.Address(t, kind)
			db, err := store.Open(t.Context(), address, store.Options{Deadlines: storetest.Patient(), Now: func() time.Time { return storetest.Noon }, Trips: func(statements ...string) { asked = append(asked, statements...) }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				if err := tx.Apply(t.Context(), store.Write{Changes: []store.Change{store.InsertUsers{{ID: 4, UUID: "5c1f0e0e-6d7c-4a57-9a43-1d0f3a0e7b11", UserName: "p.domange",
					Email: "p.domange@maraval.example", Language: "fr", Password: directory.PasswordNone}}}}); err != nil {
					return err
				}
				for _, a := range []store.Access{{User: 4, Outcome: "signed_in"}, {Name: "P.Domange", Outcome: "sign_in.wrong"}, {Name: "else", Outcome: "sign_in.wrong"}, {Outcome: "signed_in"}} {
					if err := tx.LogAccess(t.Context(), a); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			asked = nil
			for who, want := range map[string]int64{"p.domange": 2, "P.DOMANGE@maraval.example": 1, "5c1f0e0e-6d7c-4a57-9a43-1d0f3a0e7b11": 1, "else": 1, "nobody": 0} {
				if err := db.View(t.Context(), func(r *store.Reader) error {
					lines, total, err := r.AccessLog(t.Context(), store.AccessFilter{Who: who}, 0, 10)
					if total != want || int64(len(lines)) != want {
						t.Errorf("%s: %d lines of %d, want %d", who, len(lines), total, want)
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
			if kind != "sqlite" {
				return
			}
			if walks := storetest.Walks(t, address, asked); len(walks) > 0 {
				t.Errorf("LIST-10 %s", strings.Join(walks, "\n"))
			}
		})
	}
}

// TestSecretIsTriedOnTheNewest: of many second factors a start reads the newest few.
func TestSecretIsTriedOnTheNewest(t *testing.T) { // MAIL-3, LIST-10
	var asked []string
	address := storetest.Address(t, "sqlite")
	db, err := store.Open(t.Context(), address, store.Options{Now: func() time.Time { return storetest.Noon }, Trips: func(statements ...string) { asked = append(asked, statements...) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.View(t.Context(), func(r *store.Reader) error {
		_, err := r.SecretUse(t.Context())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, walk := range storetest.Walks(t, address, asked, "secret_mark", "one_time_secret_newest", "admin_key", "recovery_code", "letter", "mail") {
		t.Error("LIST-10", walk)
	}
}
