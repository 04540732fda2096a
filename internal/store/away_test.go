package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/faultproxy"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// hasty are deadlines for a test that waits for them.
func hasty() store.Deadlines {
	return store.Deadlines{Connect: time.Second, Lock: time.Second, Statement: time.Second, Question: time.Second,
		Change: 2 * time.Second, LookUp: time.Second, Ready: time.Second}
}

// codeOf is the code of an interruption, or what else an error says.
func codeOf(err error) string {
	var cut *directory.Interruption
	if errors.As(err, &cut) {
		return cut.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// A lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// TestSilentServer lets the server answer nothing more, without closing a
// connection: changes, readings, questions and readiness all end in their time
// as interrupted, one line is logged, and all works again when it speaks.
func TestSilentServer(t *testing.T) { // NODE-2
	t.Parallel()
	address := storetest.Address(t, "postgres")
	proxy := faultproxy.Start(t, address)
	var log lockedBuffer
	db, err := store.Open(t.Context(), proxy.Address(address), store.Options{
		Now: time.Now, Deadlines: hasty(), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	sequence := func(r *store.Reader) error {
		_, err := r.Sequence(context.Background(), 0)
		return err
	}
	doings := map[string]func() error{
		"change": func() error {
			return db.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error { return tx.Bump(t.Context(), 0) })
		},
		"note": func() error {
			return db.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.PurgeReceipts(t.Context(), 1); return err })
		},
		"reading":  func() error { return db.View(t.Context(), sequence) },
		"question": func() error { return db.Ask(sequence) },
		"ready":    func() error { return db.Ready(t.Context()) },
	}
	for name, do := range doings {
		if err := do(); err != nil {
			t.Fatalf("%s before: %v", name, err)
		}
	}
	time.Sleep(1100 * time.Millisecond) // until readiness is asked anew
	proxy.Silence()
	var wg sync.WaitGroup
	for name, do := range doings {
		for range 8 {
			wg.Go(func() {
				began := time.Now()
				err := do()
				if got := codeOf(err); err == nil || name != "ready" && got != directory.DatabaseAway {
					t.Errorf("NODE-2 %s of a silent server: %s, want it away", name, got)
				}
				if took := time.Since(began); took > 20*time.Second {
					t.Errorf("NODE-2 %s ended after %s", name, took)
				}
			})
		}
	}
	wg.Wait()
	if n := strings.Count(log.String(), "the database is away"); n != 1 {
		t.Errorf("NODE-2 %d lines of one outage:\n%s", n, log.String())
	}
	proxy.Speak()
	back := time.Now()
	for name, do := range doings {
		for do() != nil {
			if time.Since(back) > 30*time.Second {
				t.Fatalf("NODE-2 %s does not work again", name)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	if n := strings.Count(log.String(), "the database is back"); n != 1 || !strings.Contains(log.String(), "lost=") {
		t.Errorf("NODE-2 %d lines of its end:\n%s", n, log.String())
	}
}

// TestLostCommitIsLookedUp loses COMMITs and their answers one by one.
func TestLostCommitIsLookedUp(t *testing.T) { // NODE-1
	t.Parallel()
	for _, test := range []struct {
		name string
		lose func(*faultproxy.Proxy)
		want string
	}{
		{"NODE-1 the answer is lost", func(p *faultproxy.Proxy) { p.Lose(faultproxy.Answer, 2) }, ""},
		{"NODE-1 the COMMIT is lost", func(p *faultproxy.Proxy) { p.Lose(faultproxy.Request, 2) }, ""},
		{"NODE-1 the server is lost with it", func(p *faultproxy.Proxy) { p.LoseAndGo(faultproxy.Answer, 0) }, directory.OperationUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, "postgres")
			proxy := faultproxy.Start(t, address)
			d := storetest.Patient()
			if test.want != "" {
				d = hasty()
			}
			db, err := store.Open(t.Context(), proxy.Address(address), store.Options{Now: time.Now, Deadlines: d})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			before := sequenceOf(t, db)
			test.lose(proxy)
			changes := int64(4)
			if test.want != "" {
				changes = 1
			}
			for range changes {
				err := db.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error { return tx.Bump(t.Context(), 0) })
				if got := codeOf(err); got != test.want {
					t.Errorf("change: %s, want %q", got, test.want)
				}
			}
			proxy.Lose(faultproxy.Nothing, 1)
			proxy.Speak()
			if got := sequenceOf(t, db) - before; got != changes {
				t.Errorf("%d changes happened, want %d", got, changes)
			}
		})
	}
}

func sequenceOf(t *testing.T, db *store.DB) (sequence int64) {
	t.Helper()
	var err error
	for range 200 {
		err = db.View(t.Context(), func(r *store.Reader) (err error) {
			sequence, err = r.Sequence(t.Context(), 0)
			return err
		})
		if err == nil {
			return sequence
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal(err)
	return 0
}

// TestNewerSchema plays a newer program's migrations: an old one does not start
// on them, and one that runs stops serving when they leave it behind.
func TestNewerSchema(t *testing.T) { // NODE-5
	t.Parallel()
	for _, kind := range storetest.Kinds(t) {
		db := storetest.OpenWith(t, kind, store.Options{Now: time.Now})
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatalf("NODE-5 on its own schema: %v", err)
		}
		if _, err := db.Pool().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9001, true)`); err != nil {
			t.Fatal(err)
		}
		var refusal *directory.Error
		if err := db.Migrate(t.Context()); !errors.As(err, &refusal) || refusal.Code != "schema.newer" || refusal.Args["Schema"] != int64(9001) {
			t.Errorf("NODE-5 start on a newer schema: %v, want schema.newer", err)
		}
		if err := db.Ready(t.Context()); err != nil {
			t.Errorf("NODE-5 running beside a newer one that only adds: %v", err)
		}
		if _, err := db.Pool().ExecContext(t.Context(), `UPDATE schema_bearing SET least = 9001`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond)
		if err := db.Ready(t.Context()); !errors.As(err, &refusal) || refusal.Code != "schema.newer" {
			t.Errorf("NODE-5 running on a schema that does not bear it: %v, want schema.newer", err)
		}
	}
}
