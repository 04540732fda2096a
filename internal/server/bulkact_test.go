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
	now := func() directory.BulkAct {
		act, err := i.App.Acts.Find(t.Context(), operator(), account, going.Act.UUID)
		if err != nil {
			t.Fatal(err)
		}
		return act
	}
	kill := serveApart(t, flags["data"])
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
	if act := now(); act.State != directory.BulkDone || act.Counts.Changed != many {
		t.Errorf("%s %+v", act.State, act.Counts)
	}
	if people, mails := invitations(t, i); people != many || mails != many {
		t.Errorf("%d invitations to %d people", mails, people)
	}
	t.Logf("%d were done when it was killed", before.Counts.Done)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
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
