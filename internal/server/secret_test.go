package server

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"intendant/internal/config"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// start opens an installation and closes it again.
func start(t *testing.T, c config.Config) error {
	t.Helper()
	i, err := Open(t.Context(), Options{Config: c, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return i.Close()
}

func holdData(c config.Config) (func() error, error) { return store.HoldFolder(c.Data) }

// TestSecretIsGuarded: only a new installation makes a secret; every other start
// with none, or with another one, is refused and changes nothing.
func TestSecretIsGuarded(t *testing.T) { // SIGN-6, MAIL-3
	t.Parallel()
	c := settings(t, nil)
	if err := start(t, c); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(SecretPath(c))
	if err != nil {
		t.Fatalf("a new installation made no secret: %v", err)
	}
	if err := os.Remove(SecretPath(c)); err != nil {
		t.Fatal(err)
	}
	if got := code(start(t, c)); got != "secret.missing" {
		t.Errorf("start without the secret: %q", got)
	}
	if _, err := os.Lstat(SecretPath(c)); err == nil {
		t.Error("a secret was made where one is missing")
	}
	other := c
	other.Secret = strings.Repeat("another secret ", 3)
	if got := code(start(t, other)); got != "secret.other" {
		t.Errorf("start with another secret: %q", got)
	}
	if err := os.WriteFile(SecretPath(c), kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := start(t, c); err != nil {
		t.Errorf("start with the right secret: %v", err)
	}
	if err := os.Remove(SecretPath(c)); err != nil {
		t.Fatal(err)
	}
	if err := AcceptSecret(t.Context(), c, time.Now, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if err := start(t, c); err != nil {
		t.Errorf("start after another secret was accepted: %v", err)
	}
	if now, err := os.ReadFile(SecretPath(c)); err != nil || bytes.Equal(now, kept) {
		t.Errorf("no new secret was made: %v", err)
	}
}

// TestSecretOfOlderDatabases: one that was made before marks were left takes the
// secret that opens what is sealed in it.
func TestSecretOfOlderDatabases(t *testing.T) { // SIGN-6, KEY-5
	t.Parallel()
	for _, sealed := range []bool{true, false} {
		c := settings(t, nil)
		i := open(t, Options{Config: c})
		if sealed {
			customer(t, i, "1") // its keys wait, sealed, in a letter
		}
		if err := i.Close(); err != nil {
			t.Fatal(err)
		}
		forget(t, c)
		other := c
		other.Secret = strings.Repeat("another secret ", 3)
		if got := code(start(t, other)); sealed && got != "secret.other" {
			t.Errorf("an older database took a secret that opens nothing: %q", got)
		} else if !sealed && got != "" {
			t.Errorf("an older database in which nothing is sealed refused a secret: %q", got)
		}
		if !sealed {
			continue
		}
		if err := start(t, c); err != nil {
			t.Errorf("an older database refused its secret: %v", err)
		}
		if got := code(start(t, other)); got != "secret.other" {
			t.Errorf("after the first start: %q", got)
		}
	}
}

// forget takes the secret's mark out of a database.
func forget(t *testing.T, c config.Config) {
	t.Helper()
	pool, err := sql.Open("sqlite", filepath.Join(c.Data, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.ExecContext(t.Context(), "DELETE FROM secret_mark"); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSecretOfNodes: of two nodes that start at once with secrets of their own
// on a new database one does not start.
func TestSecretOfNodes(t *testing.T) { // SIGN-6
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			if kind == "sqlite" {
				t.Skip("an embedded database has one folder, and one secret in it")
			}
			address := storetest.Address(t, kind)
			nodes := []config.Config{settings(t, nil), settings(t, nil)}
			ended := make(chan error)
			for _, c := range nodes {
				c.Database = address
				go func() {
					i, err := Open(context.WithoutCancel(t.Context()), Options{Config: c, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
					if err == nil {
						err = i.Close()
					}
					ended <- err
				}()
			}
			// Who comes late finds sealed rows and no secret beside them.
			codes := code(<-ended) + code(<-ended)
			if codes != "secret.other" && codes != "secret.missing" {
				t.Errorf("two nodes with two secrets ended with %q, want one refused", codes)
			}
		})
	}
}
