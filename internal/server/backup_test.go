package server

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/config"
)

// put restores a backup into an installation.
func put(t *testing.T, to config.Config, path string) (Restored, error) {
	t.Helper()
	return Restore(t.Context(), Restoring{Config: to, Path: path, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
}

// customer makes an account.
func customer(t *testing.T, i *Installation, number string) {
	t.Helper()
	_, err := i.App.Accounts.Create(t.Context(), operator(), app.NewAccount{Number: number, Name: "A", Type: "licences", ServiceLevel: "contract", Language: "fr"})
	if err != nil {
		t.Fatal(err)
	}
}

// backedUp is an installation with one account, its backup, and its settings.
func backedUp(t *testing.T) (from config.Config, path string) {
	t.Helper()
	from, path = settings(t, nil), filepath.Join(t.TempDir(), "backup.db")
	i := open(t, Options{Config: from})
	customer(t, i, "1")
	if err := i.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	return from, path
}

// moveSecret gives an installation the secret of another.
func moveSecret(t *testing.T, from, to config.Config) {
	t.Helper()
	content, err := os.ReadFile(SecretPath(from))
	if err == nil {
		err = os.MkdirAll(to.Data, 0o700)
	}
	if err == nil {
		err = os.WriteFile(SecretPath(to), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// names are the files in a folder, the secret and the workers' lock apart.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		if e.Name() != secretFile && !strings.HasSuffix(e.Name(), "-workers") {
			found = append(found, e.Name())
		}
	}
	return strings.Join(found, " ")
}

func TestBackupAndRestore(t *testing.T) { // HIST-3
	t.Parallel()
	from, path := backedUp(t)
	i := open(t, Options{Config: from})
	if got := code(i.Backup(t.Context(), path)); got != "backup.exists" {
		t.Errorf("backup over a file: %q", got)
	}
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := put(t, from, path); code(err) != "restore.exists" {
		t.Errorf("restore over a database: %v", err)
	}
	to := settings(t, nil)
	if _, err := put(t, to, filepath.Join(t.TempDir(), "none")); code(err) != "restore.no_file" {
		t.Errorf("restore of nothing: %v", err)
	}
	done, err := put(t, to, path)
	if err != nil || done.Histories != 2 || done.Entries == 0 || code(done.Secret) != "secret.missing" {
		t.Fatalf("restored %+v, %v, want two histories, and that the secret is missing", done, err)
	}
	if got := names(t, to.Data); got != databaseFile {
		t.Errorf("left in the folder: %s", got)
	}
	moveSecret(t, from, to)
	restored := open(t, Options{Config: to})
	defer restored.Close()
	if _, err := restored.App.Accounts.Open(t.Context(), operator(), "1"); err != nil {
		t.Errorf("the account after the restore: %v", err)
	}
}

// TestRestoreRefuses: nothing that is not a whole backup comes into an empty
// place, and nothing at all into one that is not.
func TestRestoreRefuses(t *testing.T) { // HIST-3
	t.Parallel()
	_, path := backedUp(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// tampered is the backup after a statement.
	tampered := func(statement string) func(t *testing.T) []byte {
		return func(t *testing.T) []byte {
			t.Helper()
			part := filepath.Join(t.TempDir(), "part")
			if err := os.WriteFile(part, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			pool, err := sql.Open("sqlite", part)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pool.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			if err := pool.Close(); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(part)
			if err != nil {
				t.Fatal(err)
			}
			return content
		}
	}
	bytesOf := func(content []byte) func(*testing.T) []byte { return func(*testing.T) []byte { return content } }
	damaged := bytes.Clone(whole)
	for n := len(damaged) / 3; n < len(damaged)*2/3; n++ {
		damaged[n] ^= 0x5a
	}
	for _, test := range []struct {
		name, want string
		content    func(t *testing.T) []byte
	}{
		{"an empty file", "restore.not_sqlite", bytesOf(nil)},
		{"something else", "restore.not_sqlite", bytesOf([]byte("no database"))},
		{"a first page alone", "restore.broken", bytesOf(whole[:4096])},
		{"half a file", "restore.broken", bytesOf(whole[:len(whole)/2])},
		{"all but the last byte", "restore.broken", bytesOf(whole[:len(whole)-1])},
		{"pages written over", "restore.broken", bytesOf(damaged)},
		{"the database of another program", "restore.not_sqlite", tampered("DROP TABLE ledger")},
		{"NODE-5 one that a newer program has migrated", "schema.newer", tampered("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")},
		{"HIST-3 a history that lost its last entry", "restore.chain", tampered("UPDATE ledger SET entries = entries + 1 WHERE account_key = 0")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			to, file := settings(t, nil), filepath.Join(t.TempDir(), "copy.db")
			if err := os.WriteFile(file, test.content(t), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := put(t, to, file); code(err) != test.want {
				t.Errorf("restore: %v, want %s", err, test.want)
			}
			if got := names(t, to.Data); got != "" {
				t.Errorf("left in the folder: %s", got)
			}
		})
	}
	t.Run("HIST-3 a broken history, when it is said", func(t *testing.T) {
		t.Parallel()
		to, file := settings(t, nil), filepath.Join(t.TempDir(), "copy.db")
		content := tampered("UPDATE ledger SET entries = entries + 1 WHERE account_key = 0")(t)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		done, err := Restore(t.Context(), Restoring{Config: to, Path: file, Now: time.Now, Log: slog.New(slog.DiscardHandler), EvenBroken: true})
		if err != nil || done.Broken != 1 || names(t, to.Data) != databaseFile {
			t.Errorf("restored %+v, %v", done, err)
		}
	})
	t.Run("a copy that was made in use", func(t *testing.T) {
		t.Parallel()
		to, file := settings(t, nil), filepath.Join(t.TempDir(), "copy.db")
		for name, content := range map[string][]byte{file: whole, file + "-wal": []byte("what was written last")} {
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := put(t, to, file); code(err) != "restore.with_log" {
			t.Errorf("restore: %v", err)
		}
	})
}

// TestRestoreBesideWhatWasLeft: a killed server leaves its log. Moving its
// database away alone and restoring beside the log would write that log into
// what was restored.
func TestRestoreBesideWhatWasLeft(t *testing.T) { // HIST-3
	t.Parallel()
	from, path := backedUp(t)
	for _, left := range logs() {
		t.Run(left, func(t *testing.T) {
			t.Parallel()
			to := settings(t, nil)
			moveSecret(t, from, to)
			i := open(t, Options{Config: to})
			customer(t, i, "2")
			place := filepath.Join(to.Data, databaseFile)
			log, err := os.ReadFile(place + "-wal") // as it lies there while the server lives
			if err != nil || len(log) == 0 {
				t.Fatalf("no log: %d bytes, %v", len(log), err)
			}
			if err := i.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(place, place+".old"); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(place+left, log, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := put(t, to, path); code(err) != "restore.left_over" {
				t.Errorf("restore beside %s: %v", left, err)
			}
			if err := os.Remove(place + left); err != nil {
				t.Fatal(err)
			}
			if _, err := put(t, to, path); err != nil {
				t.Errorf("restore without it: %v", err)
			}
		})
	}
}

// TestRestoreWhileServing: also when the file was moved away under the server.
func TestRestoreWhileServing(t *testing.T) { // HIST-3
	t.Parallel()
	_, path := backedUp(t)
	to := settings(t, nil)
	i := open(t, Options{Config: to})
	for _, end := range append(logs(), "") {
		place := filepath.Join(to.Data, databaseFile) + end
		if err := os.Rename(place, place+".old"); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if _, err := put(t, to, path); code(err) != "database.in_use" {
		t.Errorf("restore under a server: %v", err)
	}
	_ = i.Close() // its files are elsewhere
	release, err := holdData(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Config: to, Now: time.Now, Log: slog.New(slog.DiscardHandler)}); code(err) != "database.restoring" {
		t.Errorf("start while a backup is put back: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

// What tells the test binary to be the process that is killed: where it restores
// to, or backs up from, and the file.
const (
	killedRestore = "INTENDANT_TEST_KILLED_RESTORE"
	killedBackup  = "INTENDANT_TEST_KILLED_BACKUP"
	killedFile    = "INTENDANT_TEST_KILLED_FILE"
)

// TestCopyToBeKilled is the process that is killed.
func TestCopyToBeKilled(t *testing.T) {
	file := os.Getenv(killedFile)
	if file == "" {
		t.Skip("run by TestCopiesSurviveKill")
	}
	if data := os.Getenv(killedRestore); data != "" {
		fmt.Println("running")
		if _, err := put(t, settings(t, map[string]string{"data": data}), file); err != nil {
			t.Fatal(err)
		}
		return
	}
	i := open(t, Options{Config: settings(t, map[string]string{"data": os.Getenv(killedBackup)})})
	fmt.Println("running")
	if err := i.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
}

// TestCopiesSurviveKill kills a backup, and a restore, at random moments. Under
// the name there is a whole database or none, and the next try succeeds.
func TestCopiesSurviveKill(t *testing.T) { // HIST-3
	t.Parallel()
	from, path := backedUp(t)
	kills := 30
	if testing.Short() {
		kills = 8
	}
	var none, there int
	for n := range kills {
		to, copied := settings(t, nil), filepath.Join(t.TempDir(), "copy.db")
		moveSecret(t, from, to)
		killCopy(t, killedBackup+"="+from.Data, killedFile+"="+copied)
		if _, err := os.Lstat(copied); err != nil {
			none++
			copied = path
		}
		killCopy(t, killedRestore+"="+to.Data, killedFile+"="+copied)
		if _, err := os.Lstat(filepath.Join(to.Data, databaseFile)); err == nil {
			there++
		} else if _, err := put(t, to, copied); err != nil {
			t.Fatalf("kill %d: the next restore: %v", n, err)
		}
		i := open(t, Options{Config: to})
		err := i.App.History.Verify(t.Context(), operator(), nil, func(c app.ChainCheck) error {
			if c.Break != app.Whole {
				t.Errorf("kill %d: HIST-3 account %d breaks at %d", n, c.Account, c.N)
			}
			return nil
		})
		if err != nil {
			t.Errorf("kill %d: %v", n, err)
		}
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("of %d kills %d left no backup, %d a restored database", kills, none, there)
}

// killCopy runs a copy in a process of its own and kills it after a while.
func killCopy(t *testing.T, environ ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestCopyToBeKilled$")
	command.Env = append(os.Environ(), environ...)
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadFull(out, make([]byte, 7)) // it says when the work begins
	time.Sleep(rand.N(150 * time.Millisecond))
	_ = command.Process.Kill() // it may have ended
	if err := command.Wait(); err != nil && command.ProcessState.Exited() {
		t.Fatalf("the process failed before it was killed: %v", err)
	}
}
