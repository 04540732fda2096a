// Package storetest gives tests a migrated database of their own, on SQLite and
// on PostgreSQL. It migrates once for each state of the schema and copies.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"intendant/internal/store"
)

// Server is the environment variable with the address of a PostgreSQL server
// whose user may create databases.
const Server = "INTENDANT_TEST_POSTGRES"

// Noon is what the clock of every test database says unless Options.Now is set.
var Noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Kinds returns the databases this run can test: always "sqlite", and
// "postgres" when Server is set. Under CI=true a missing server fails the test.
func Kinds(t testing.TB) []string {
	t.Helper()
	if os.Getenv(Server) == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		return []string{"sqlite"}
	}
	return []string{"sqlite", "postgres"}
}

const missing = Server + " is not set: give it the address of a PostgreSQL server whose user may create databases, " +
	"such as postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable, or run make test, which starts one"

// Each runs test as the parallel subtests "sqlite" and "postgres", each with a
// database of its own. Without a PostgreSQL server the second one is skipped,
// or fails under CI=true.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, kind))
		})
	}
}

// Open returns an empty, migrated database of kind "sqlite" or "postgres" whose
// clock stands at Noon. It is closed and removed when the test ends.
func Open(t testing.TB, kind string) *store.DB {
	t.Helper()
	return OpenWith(t, kind, store.Options{})
}

// OpenWith is Open with options; without a clock it stands at Noon.
func OpenWith(t testing.TB, kind string, o store.Options) *store.DB {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return Noon }
	}
	if o.Deadlines == (store.Deadlines{}) {
		o.Deadlines = Patient()
	}
	db, err := store.Open(context.Background(), Address(t, kind), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

// Patient are deadlines of tests that are not about them: they run on machines
// that do ten other things.
func Patient() store.Deadlines {
	return store.Deadlines{Connect: 5 * time.Minute, Lock: 5 * time.Minute, Statement: 5 * time.Minute, Question: 5 * time.Minute,
		Change: 5 * time.Minute, LookUp: 5 * time.Minute, Ready: time.Minute}
}

// Address returns the address of a new migrated database, for tests that open
// it themselves. It is removed when the test ends.
func Address(t testing.TB, kind string) string {
	t.Helper()
	digest, err := store.SchemaDigest()
	if err != nil {
		t.Fatal(err)
	}
	var address string
	switch kind {
	case "sqlite":
		address, err = copyFile(t, digest)
	case "postgres":
		if os.Getenv(Server) == "" && os.Getenv("CI") != "true" {
			t.Skip(missing)
		}
		address, err = copyDatabase(t, digest)
	default:
		err = fmt.Errorf("unknown kind %q", kind)
	}
	if err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	return address
}

// copyFile copies the migrated file of digest, made on the first call.
func copyFile(t testing.TB, digest string) (string, error) {
	template := filepath.Join(os.TempDir(), fmt.Sprintf("intendant-test-%d-%s.db", os.Getuid(), digest))
	content, err := os.ReadFile(template)
	if errors.Is(err, os.ErrNotExist) {
		fresh := filepath.Join(t.TempDir(), "template.db")
		if err := migrate("sqlite:" + fresh); err != nil {
			return "", err
		}
		if content, err = os.ReadFile(fresh); err != nil {
			return "", err
		}
		// Renamed into place, so that nobody reads half a file.
		partial := template + "." + rand.Text()
		if err := os.WriteFile(partial, content, 0o600); err != nil {
			return "", err
		}
		err = os.Rename(partial, template)
	}
	if err != nil {
		return "", err
	}
	path := filepath.Join(t.TempDir(), "intendant.db")
	return "sqlite:" + path, os.WriteFile(path, content, 0o600)
}

// copyDatabase makes a database from the migrated template of digest, which is
// made on the first call, and drops it when the test ends.
func copyDatabase(t testing.TB, digest string) (string, error) {
	server := os.Getenv(Server)
	if server == "" {
		return "", errors.New(missing)
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { _ = admin.Close() })
	ctx := context.Background()
	template := "intendant_template_" + digest
	if err := makeTemplate(ctx, admin, template); err != nil {
		return "", err
	}
	name := "intendant_test_" + strings.ToLower(rand.Text())
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return "", err
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return inDatabase(server, name)
}

// makeTemplate makes the migrated database template unless it exists. Test
// binaries run side by side: one makes it, the others wait for the lock.
func makeTemplate(ctx context.Context, admin *sql.DB, template string) (err error) {
	exists := func() (found bool, err error) {
		err = admin.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", template).Scan(&found)
		return found, err
	}
	if found, err := exists(); found || err != nil {
		return err
	}
	conn, err := admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", template); err != nil {
		return err
	}
	defer func() {
		_, unlocking := conn.ExecContext(ctx, "SELECT pg_advisory_unlock(hashtext($1))", template)
		err = errors.Join(err, unlocking)
	}()
	if found, err := exists(); found || err != nil {
		return err
	}
	// Renamed when ready: a run that is killed leaves no half-migrated template.
	partial := template + "_partial"
	if _, err := conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+partial+" WITH (FORCE)"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "CREATE DATABASE "+partial+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	address, err := inDatabase(os.Getenv(Server), partial)
	if err != nil {
		return err
	}
	if err := migrate(address); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+partial+" RENAME TO "+template)
	return err
}

// inDatabase returns server's address with another database name.
func inDatabase(server, name string) (string, error) {
	address, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	address.Path = "/" + name
	return address.String(), nil
}

// migrate brings the database at address to the newest schema and leaves it.
func migrate(address string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, address, store.Options{Now: func() time.Time { return Noon }})
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx), db.Close())
}
