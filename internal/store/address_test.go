package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// oldUser is a user of a database made before addresses had a form and a proof.
type oldUser struct {
	key                          int64
	userName, email, state, kind string // kind of the one history entry about them, or empty
}

// before takes the database back to what it was before the migration, with
// users of then, and migrates it again.
func before(t *testing.T, db *store.DB, users []oldUser) {
	t.Helper()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Pool().ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`DROP TABLE address_unsettled`)
	exec(`ALTER TABLE "user" DROP COLUMN proved_at`)
	exec(`ALTER TABLE "user" DROP COLUMN password_by`)
	for n, u := range users {
		exec(`INSERT INTO "user" (key, uuid, kind, user_name, email, email_folded, civility, first_name, last_name, language, phone, staff,
			password_hash, password_state, created_at, version) VALUES ($1, $2, 'person', $3, $4, $5, '', '', '', 'fr', '', '', '', $6, 7, 1)`,
			u.key, strings.ReplaceAll(u.userName, "@", " at "), u.userName, u.email, strings.ToLower(u.email), u.state)
		names := map[string]bool{directory.Fold(u.userName): true, directory.Fold(u.email): true}
		for name := range names {
			exec(`INSERT INTO sign_in_name (folded, user_key) VALUES ($1, $2)`, name, u.key)
		}
		if u.kind != "" {
			exec(`INSERT INTO entry (account_key, n, at, batch, actor_kind, door, kind, subject_key, facts, digest, hash)
				VALUES (0, $1, 1, '', 'person', 'page', $2, $3, '{}', $4, $4)`, 9000+n, u.kind, u.key, []byte{1})
		}
	}
	text, err := os.ReadFile(filepath.Join("migrations", db.Dialect(), "0016_proved_addresses.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for statement := range strings.SplitSeq(string(text), ";\n") {
		if strings.TrimSpace(statement) != "" {
			exec(statement)
		}
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAddressesOfOldDatabases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		before(t, db, []oldUser{
			{1, "Jean@Maraval.FR", "Jean@Maraval.FR", "own", "user.registered"},
			{2, "invited", "invited@maraval.fr", "own", ""},
			{3, "puppet", "puppet@maraval.fr", "own", "user.password_provisional"},
			{4, "staff", "staff@maraval.fr", "own", "user.created"},
			{5, "moved", "moved@maraval.fr", "own", "user.email_changed"},
			{6, "nobody", "nobody@maraval.fr", "none", ""},
			{7, "a@Cafe\u0301.fr", "a@Cafe\u0301.fr", "own", ""},
			{8, "future@maraval.fr", "thief@maraval.fr", "own", ""},
			{9, "kelvin", "\u212aopf@maraval.fr", "own", ""},
			{10, "puny", "B@xn--caf-dma.fr", "own", ""},
			{11, "b@caf\u00e9.fr", "b@caf\u00e9.fr", "own", ""},
		})
		for _, test := range []struct {
			name                   string
			key                    directory.UserID
			userName, email, signs string
			proved                 bool
		}{
			{"USER-8 registered", 1, "jean@maraval.fr", "jean@maraval.fr", "JEAN@maraval.fr", true},
			{"USER-8 accepted by a link", 2, "invited", "invited@maraval.fr", "invited", true},
			{"USER-8 had a provisional password", 3, "puppet", "puppet@maraval.fr", "puppet", false},
			{"USER-8 made by the vendor", 4, "staff", "staff@maraval.fr", "staff", false},
			{"USER-8 confirmed a new address", 5, "moved", "moved@maraval.fr", "moved", true},
			{"USER-8 never came", 6, "nobody", "nobody@maraval.fr", "nobody", false},
			{"USER-9 takes its form", 7, "a@xn--caf-dma.fr", "a@xn--caf-dma.fr", "A@CAF\u00c9.fr", true},
			{"USER-9 a user name that was another's address", 8, "thief@maraval.fr", "thief@maraval.fr", "thief@maraval.fr", true},
			{"USER-9 has no form", 9, "kelvin", "\u212aopf@maraval.fr", "kelvin", false},
			{"USER-9 had the form already", 10, "puny", "b@xn--caf-dma.fr", "b@caf\u00e9.fr", true},
			{"USER-9 the form is somebody else's already", 11, "b at caf\u00e9.fr", "b@caf\u00e9.fr", "b at caf\u00e9.fr", false},
		} {
			t.Run(test.name, func(t *testing.T) {
				err := db.View(t.Context(), func(r *store.Reader) error {
					u, err := r.User(t.Context(), test.key)
					if err != nil {
						return err
					}
					if u.UserName != test.userName || u.Email != test.email || u.Proved.IsZero() == test.proved {
						t.Errorf("user name %q, address %q, proved %v; want %q, %q, %v", u.UserName, u.Email, !u.Proved.IsZero(), test.userName, test.email, test.proved)
					}
					if u, err = r.UserBySignInName(t.Context(), test.signs); err == nil && u.ID != test.key {
						t.Errorf("%q signs in user %d, want %d", test.signs, u.ID, test.key)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		err := db.View(t.Context(), func(r *store.Reader) error {
			left, err := r.OneInt(t.Context(), `SELECT count(*) FROM address_unsettled`, nil)
			if left != 0 {
				t.Errorf("%d people are left unsettled", left)
			}
			if _, err := r.UserByAddress(t.Context(), "future@maraval.fr"); err == nil {
				t.Error("USER-9 a user name is taken for an address")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
