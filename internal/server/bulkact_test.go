package server

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestActGoesOnAfterKill kills a server in the middle of an act on many. The next
// one on the same file goes on at once and ends it: everybody is invited once.
func TestActGoesOnAfterKill(t *testing.T) { // BULK-4, MAIL-2
	t.Parallel()
	flags := map[string]string{"data": filepath.Join(t.TempDir(), "data"), "catalogue": "licences"}
	const many = 20_000
	i := open(t, Options{Config: settings(t, flags), OwnBase: true})
	account := crowded(t, i, many)
	_, err := i.App.Invitations.Send(t.Context(), operator(), account, app.Selection{All: &app.MemberQuery{}, Count: many, Wait: time.Nanosecond})
	var going *app.Unfinished
	if !errors.As(err, &going) {
		t.Fatal(err)
	}
	goesOnAfterKill(t, i, flags["data"], going.Act)
	if people, mails := invitations(t, i); people != many || mails != many {
		t.Errorf("%d invitations to %d people", mails, people)
	}
}

// goesOnAfterKill kills a server in the middle of an act, and fails the test unless the
// next one on the same file goes on at once and ends it, with everybody changed.
func goesOnAfterKill(t *testing.T, i *Installation, data string, going directory.BulkAct) {
	t.Helper()
	now := func() directory.BulkAct {
		act, err := i.App.Acts.Find(t.Context(), operator(), going.Account, going.UUID)
		if err != nil {
			t.Fatal(err)
		}
		return act
	}
	kill := serveApart(t, data)
	until(t, time.Minute, func() bool { return now().Counts.Done > directory.BulkChunk })
	kill()
	before := now()
	if before.State != directory.BulkRunning {
		t.Fatalf("the server was killed too late: %+v", before.Counts)
	}
	s, err := Serve(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	until(t, directory.JobLease/2, func() bool { return now().Counts.Done > before.Counts.Done })
	until(t, time.Minute, func() bool { return now().State != directory.BulkRunning })
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if act := now(); act.State != directory.BulkDone || act.Counts.Changed != act.Counts.Total {
		t.Errorf("%s %+v", act.State, act.Counts)
	}
	t.Logf("%d were done when it was killed", before.Counts.Done)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestUndoGoesOnAfterKill kills a server in the middle of an undo of 20,000 edits. The
// next one ends it: everybody is as they were, and each edit is undone once.
func TestUndoGoesOnAfterKill(t *testing.T) { // PLAN-2, BULK-4
	t.Parallel()
	flags := map[string]string{"data": filepath.Join(t.TempDir(), "data"), "catalogue": "licences"}
	const many = 20_000
	i := open(t, Options{Config: settings(t, flags), OwnBase: true})
	account, company := crowded(t, i, many), "Maraval"
	_, err := i.App.Members.EditMembers(t.Context(), operator(), account, app.Selection{All: &app.MemberQuery{}, Count: many}, app.MemberChange{Company: &company})
	if err != nil {
		t.Fatal(err)
	}
	edited := newestAct(t, i, account)
	_, err = i.App.Undo.Do(t.Context(), operator(), account, app.UndoTarget{Act: edited, Wait: time.Nanosecond})
	var going *app.Unfinished
	if !errors.As(err, &going) {
		t.Fatal(err)
	}
	goesOnAfterKill(t, i, flags["data"], going.Act)
	page, err := i.App.Members.List(t.Context(), operator(), account, app.MemberQuery{Companies: []string{"none"}, Size: 1})
	if err != nil || page.Total != many {
		t.Errorf("%d of %d have no company again: %v", page.Total, many, err)
	}
	for batch, want := range map[string]int64{edited: many, going.Act.Batch: 0} {
		if n := undoneOf(t, i, account, batch); n != want {
			t.Errorf("act %s: %d entries undone, want %d", batch, n, want)
		}
	}
	if batch := newestAct(t, i, account); batch != going.Act.Batch {
		t.Errorf("the undo is in several acts: %s, %s", batch, going.Act.Batch)
	}
}

// newestAct is the batch of the newest act on many of an account.
func newestAct(t *testing.T, i *Installation, account directory.AccountID) (batch string) {
	t.Helper()
	err := i.db.View(t.Context(), func(r *store.Reader) error {
		lines, err := r.Lines(t.Context(), store.EntryFilter{Accounts: []directory.AccountID{account}}, store.EntryPlace{}, 1)
		if len(lines) == 1 && lines[0].Act != nil {
			batch = lines[0].Act.Batch
		}
		return err
	})
	if err != nil || batch == "" {
		t.Fatal("no act", err)
	}
	return batch
}

// undoneOf is how many entries of an act were undone.
func undoneOf(t *testing.T, i *Installation, account directory.AccountID, batch string) int64 {
	t.Helper()
	n := int64(0)
	err := i.db.View(t.Context(), func(r *store.Reader) error {
		done, err := r.UndoneActs(t.Context(), account, []string{batch})
		n = done[batch].Entries
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// crowded is an account with many members whom nobody invited.
func crowded(t *testing.T, i *Installation, many int) directory.AccountID {
	t.Helper()
	account, err := i.App.Accounts.Create(t.Context(), operator(), app.NewAccount{Number: "1", Name: "A", Type: "licences", ServiceLevel: "contract", Language: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]app.NewMember, many)
	for n := range rows {
		rows[n] = app.NewMember{Row: n + 1, Email: fmt.Sprintf("p%d@maraval.example", n)}
	}
	if _, err := i.App.Members.Add(t.Context(), operator(), account.ID, rows, app.AddOptions{Silent: true}); err != nil {
		t.Fatal(err)
	}
	return account.ID
}

// invitations counts the invitations in the outbox, and to how many people.
func invitations(t *testing.T, i *Installation) (people, mails int) {
	t.Helper()
	each := map[directory.UserID]bool{}
	err := i.db.View(t.Context(), func(r *store.Reader) error {
		queued, err := r.MailQueue(t.Context(), store.MailFilter{}, store.MailPlace{}, 100_000)
		for _, m := range queued {
			if m.Kind == "invitation" {
				each[m.User] = true
				mails++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(each), mails
}
