package jobs_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/jobs"
	"intendant/internal/mail"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// put queues mails and jobs of the installation.
func put(t *testing.T, w *apptest.World, mails []directory.Mail, asked []directory.Job) {
	t.Helper()
	w.Must(w.DB.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error {
		first, err := tx.NextKeys(t.Context(), 0, len(mails)+len(asked))
		if err != nil {
			return err
		}
		for i := range mails {
			mails[i].ID, mails[i].State, mails[i].Created, mails[i].Due = directory.MailID(first+int64(i)), directory.MailWaiting, tx.Now, tx.Now
		}
		for i := range asked {
			asked[i].ID, asked[i].Due = directory.JobID(first+int64(len(mails)+i)), tx.Now
		}
		return tx.Apply(t.Context(), store.Write{Mails: mails, Jobs: asked, Sealer: w.Box.Seal})
	}))
}

// totals counts the mails by state.
func totals(t *testing.T, w *apptest.World) map[directory.MailState]int64 {
	t.Helper()
	page, err := w.Mails.Queue(t.Context(), w.Operator(), app.MailFilter{}, app.Window{})
	w.Must(err)
	return page.Totals
}

// start runs r and returns what stops it and waits for its end.
func start(t *testing.T, r *jobs.Runner) (stop func()) {
	t.Helper()
	r.Log, r.Poll = slog.New(slog.DiscardHandler), 5*time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { r.Run(ctx) })
	return func() { cancel(); group.Wait() }
}

// until waits for something a runner does.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 1000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("waited in vain for: %s", what)
}

func TestRunner(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var delivered, done, ticks atomic.Int64
		broken := map[directory.MailKind]error{"bounce": errors.New("550"), "hold": directory.Refuse(directory.Conflict, "mail.no_base_url")}
		r := &jobs.Runner{App: w.App, Now: w.Now,
			Handlers: map[string]jobs.Handler{
				"good": func(context.Context, directory.Job) error { done.Add(1); return nil },
				"bad":  func(context.Context, directory.Job) error { panic("bad job") },
			},
			Deliver: func(_ context.Context, d app.Delivery) (string, error) {
				switch {
				case d.Mail.Kind == "panic":
					panic("bad mail")
				case broken[d.Mail.Kind] != nil:
					return "", broken[d.Mail.Kind]
				}
				delivered.Add(1)
				return "id@x", nil
			},
			Periodic: []jobs.Periodic{{Name: "tick", Every: time.Hour, Run: func(context.Context) error { ticks.Add(1); return nil }},
				{Name: "broken", Every: time.Hour, Run: func(context.Context) error { panic("bad tick") }}},
		}
		stop := start(t, r)
		defer stop()
		mails := []directory.Mail{{Kind: "panic"}, {Kind: "bounce"}, {Kind: "hold"}}
		for range 20 {
			mails = append(mails, directory.Mail{Kind: "good"})
		}
		for i := range mails {
			mails[i].Address = strings.Repeat("a", i+1) + "@x.example"
		}
		put(t, w, mails, []directory.Job{{Kind: "good"}, {Kind: "bad"}, {Kind: "nobody knows"}, {Kind: "good"}})
		until(t, "all good mails and jobs", func() bool {
			return delivered.Load() == 20 && done.Load() == 2 && totals(t, w)[directory.MailSent] == 20
		})
		if got := totals(t, w); got[directory.MailWaiting] != 3 {
			t.Errorf("MAIL-2 mails by state: %v, want three that wait", got)
		}
		if got := ticks.Load(); got != 1 {
			t.Errorf("periodic work ran %d times, want once an hour", got)
		}
		w.Pass(time.Hour)
		until(t, "the next tick", func() bool { return ticks.Load() == 2 })
	})
}

func TestRunnerStops(t *testing.T) { // MAIL-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		begun, begunJob := make(chan struct{}), make(chan struct{})
		finish := make(chan struct{})
		r := &jobs.Runner{App: w.App, Now: w.Now,
			Handlers: map[string]jobs.Handler{"long": func(ctx context.Context, _ directory.Job) error {
				close(begunJob)
				<-ctx.Done()
				return ctx.Err()
			}},
			Deliver: func(ctx context.Context, _ app.Delivery) (string, error) {
				close(begun)
				<-finish
				return "id", ctx.Err()
			},
		}
		stop := start(t, r)
		put(t, w, []directory.Mail{{Kind: "good", Address: "a@x.example"}}, []directory.Job{{Kind: "long"}})
		<-begun
		<-begunJob
		time.AfterFunc(20*time.Millisecond, func() { close(finish) })
		stop()
		if got := totals(t, w); got[directory.MailSent] != 1 {
			t.Errorf("MAIL-2 a mail on its way when the runner stops: %v, want it sent", got)
		}
		left, err := w.Jobs.Next(t.Context(), 5)
		w.Must(err)
		if len(left) != 1 {
			t.Errorf("a job that was stopped is not there at once: %+v", left)
		}
	})
}

// TestRunnerBeats: work that lasts longer than a lease stays with its worker.
func TestRunnerBeats(t *testing.T) { // MAIL-2
	address := storetest.Address(t, "sqlite")
	w := apptest.On(t, address)
	pool, err := sql.Open("sqlite", strings.TrimPrefix(address, "sqlite:"))
	w.Must(err)
	defer func() { w.Must(pool.Close()) }()
	leased := func(table string) (until int64) {
		t.Helper()
		w.Must(pool.QueryRowContext(t.Context(), "SELECT coalesce(max(leased_until), 0) FROM "+table+" WHERE state = 'waiting'").Scan(&until))
		return until
	}
	finish := make(chan struct{})
	r := &jobs.Runner{App: w.App, Now: w.Now, Beat: time.Millisecond,
		Handlers: map[string]jobs.Handler{"long": func(context.Context, directory.Job) error { <-finish; return nil }},
		Deliver:  func(context.Context, app.Delivery) (string, error) { <-finish; return "id", nil },
	}
	stop := start(t, r)
	defer stop()
	end := sync.OnceFunc(func() { close(finish) })
	defer end()
	put(t, w, []directory.Mail{{Kind: "good", Address: "a@x.example"}}, []directory.Job{{Kind: "long"}})
	for range 5 { // two leases and a half
		before := map[string]int64{"mail": leased("mail"), "job": leased("job")}
		w.Pass(directory.JobLease / 2)
		for table, was := range before {
			until(t, "the lease of the "+table, func() bool { return leased(table) > was })
		}
	}
	mails, err := w.Mails.Next(t.Context(), 5)
	w.Must(err)
	works, err := w.Jobs.Next(t.Context(), 5)
	w.Must(err)
	end()
	if len(mails)+len(works) != 0 {
		t.Errorf("%d mails and %d jobs were handed out beside the worker that lives", len(mails), len(works))
	}
	until(t, "the mail to be sent", func() bool { return totals(t, w)[directory.MailSent] == 1 })
}

func TestKilledBetweenServerAndRow(t *testing.T) { // MAIL-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		put(t, w, []directory.Mail{{Kind: directory.MailPasswordChanged, Address: "a@x.example"}}, nil)
		bundle, err := i18n.Load()
		w.Must(err)
		var ids []string
		writer := jobs.Writer{Bundle: bundle, Base: "https://espace.batisoft.example", From: "Bâtisoft <no-reply@batisoft.example>", Now: w.Now,
			Carry: func(_ context.Context, _ directory.MailID, e mail.Envelope) error {
				ids = append(ids, e.MessageID)
				return nil
			}}
		first, err := w.Mails.Next(t.Context(), 1)
		w.Must(err)
		_, err = writer.Deliver(t.Context(), first[0]) // the process dies here
		w.Must(err)
		w.Pass(directory.MailLease)
		stop := start(t, &jobs.Runner{App: w.App, Now: w.Now, Deliver: writer.Deliver})
		until(t, "the mail to be sent again", func() bool { return totals(t, w)[directory.MailSent] == 1 })
		stop()
		if len(ids) != 2 || ids[0] != ids[1] || !strings.HasSuffix(ids[0], "@espace.batisoft.example") {
			t.Errorf("Message-IDs %v, want one and the same twice", ids)
		}
	})
}
