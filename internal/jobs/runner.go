package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/mail"
)

// A Handler does the work of one kind of job. It may run more than once for the
// same job. When ctx ends it stops; the job is then taken again.
type Handler func(ctx context.Context, job directory.Job) error

// A Periodic is work at intervals, such as letting join requests lapse. It runs
// once at the start, on every node.
type Periodic struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// A Runner works through mails, jobs and periodic work until it is stopped.
type Runner struct {
	App      *app.App
	Handlers map[string]Handler // by kind of job
	// Deliver writes and hands over a mail and answers its Message-ID. A
	// refusal holds the mail, anything else is a failed try.
	Deliver  func(ctx context.Context, d app.Delivery) (messageID string, err error)
	Periodic []Periodic
	Now      func() time.Time
	Log      *slog.Logger
	Poll     time.Duration // how often rows are looked for unasked; 0: 10 seconds
	Beat     time.Duration // how often leases are renewed; 0: directory.LeaseBeat
}

const (
	usualPoll = 10 * time.Second
	// parallelMails is how many mails a node sends at a time. It takes no more
	// than that, so that all it has are on their way when it stops.
	parallelMails = 4
	// parallelJobs is how many jobs: a long one does not stop all the others.
	parallelJobs = 2
)

// Run works until ctx ends, then lets the mails that are on their way arrive,
// stops its jobs and returns.
func (r *Runner) Run(ctx context.Context) {
	poll := r.Poll
	if poll <= 0 {
		poll = usualPoll
	}
	mails, works := make(chan struct{}, 1), make(chan struct{}, 1)
	var group sync.WaitGroup
	group.Go(func() { r.loop(ctx, poll, mails, r.sendMails) })
	for range parallelJobs {
		group.Go(func() { r.loop(ctx, poll, works, r.workJob) })
	}
	group.Go(func() { r.keepTime(ctx, poll) })
	for {
		select {
		case <-ctx.Done():
			group.Wait()
			return
		case <-r.App.Woken():
			nudge(mails)
			nudge(works)
		}
	}
}

func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// loop repeats work while it finds something, then waits to be woken or for the
// next poll.
func (r *Runner) loop(ctx context.Context, poll time.Duration, woken <-chan struct{}, work func(context.Context) (int, error)) {
	for ctx.Err() == nil {
		n, err := work(ctx)
		if err != nil && ctx.Err() == nil && !interrupted(err) {
			r.Log.ErrorContext(ctx, "work on queue", "error", err)
		}
		if n > 0 && err == nil {
			continue
		}
		timer := time.NewTimer(poll)
		select {
		case <-ctx.Done():
		case <-woken:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// sendMails sends the mails that are due, a few at a time, and answers how many
// it took. What it took it settles, whether or not ctx ends meanwhile.
func (r *Runner) sendMails(ctx context.Context) (int, error) {
	deliveries, err := r.App.Mails.Next(ctx, parallelMails)
	if err != nil {
		return 0, err
	}
	settled := context.WithoutCancel(ctx)
	errs := make([]error, len(deliveries))
	var group sync.WaitGroup
	for i, d := range deliveries {
		group.Go(func() { errs[i] = r.send(settled, d) })
	}
	group.Wait()
	return len(deliveries), errors.Join(errs...)
}

func (r *Runner) send(ctx context.Context, d app.Delivery) error {
	var messageID string
	end := r.keep(ctx, func() {}, func() (bool, error) { return r.App.Mails.Renew(ctx, d) })
	err := guarded(func() (err error) {
		messageID, err = r.Deliver(ctx, d)
		return err
	})
	end()
	var refusal *directory.Error
	switch {
	case err == nil:
		return r.App.Mails.Sent(ctx, d, messageID)
	case errors.As(err, &refusal):
		return r.App.Mails.Held(ctx, d, refusal)
	}
	return r.App.Mails.Failed(ctx, d, err.Error(), mail.IsPermanent(err))
}

// workJob works on one job and answers how many it took.
func (r *Runner) workJob(ctx context.Context) (int, error) {
	taken, err := r.App.Jobs.Next(ctx, 1)
	if err != nil || len(taken) == 0 {
		return 0, err
	}
	return 1, r.work(ctx, taken[0])
}

func (r *Runner) work(ctx context.Context, job directory.Job) error {
	settled := context.WithoutCancel(ctx)
	handle, known := r.Handlers[job.Kind]
	if !known {
		return r.App.Jobs.Failed(settled, job, fmt.Sprintf("no handler for jobs of kind %q", job.Kind))
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	end := r.keep(working, stop, func() (bool, error) { return r.App.Jobs.Renew(working, job) })
	err := guarded(func() error { return handle(working, job) })
	end()
	switch {
	case err == nil:
		return r.App.Jobs.Done(settled, job)
	case ctx.Err() != nil:
		return r.App.Jobs.Released(settled, job)
	}
	if interrupted(err) { // no try of its own
		return r.App.Jobs.Released(settled, job)
	}
	r.Log.ErrorContext(ctx, "work on job", "kind", job.Kind, "job", int64(job.ID), "try", job.Tries, "error", err)
	return r.App.Jobs.Failed(settled, job, err.Error())
}

// keep renews a lease while the work lives, so that leases can be short, and
// calls lost when it went to another worker. What it answers ends it.
func (r *Runner) keep(ctx context.Context, lost func(), renew func() (bool, error)) (end func()) {
	beat := r.Beat
	if beat <= 0 {
		beat = directory.LeaseBeat
	}
	ctx, stop := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	keeper.Go(func() {
		ticker := time.NewTicker(beat)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			kept, err := renew()
			if err != nil && ctx.Err() == nil && !interrupted(err) {
				r.Log.ErrorContext(ctx, "renew lease", "error", err)
			}
			if err == nil && !kept {
				lost()
				return
			}
		}
	})
	return func() { stop(); keeper.Wait() }
}

// keepTime runs the periodic work that is due, one after the other.
func (r *Runner) keepTime(ctx context.Context, poll time.Duration) {
	next := make([]time.Time, len(r.Periodic))
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		for i, p := range r.Periodic {
			now := r.Now()
			if ctx.Err() != nil || now.Before(next[i]) {
				continue
			}
			next[i] = now.Add(p.Every)
			if err := guarded(func() error { return p.Run(ctx) }); err != nil && ctx.Err() == nil && !interrupted(err) {
				r.Log.ErrorContext(ctx, "periodic work", "name", p.Name, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// interrupted reports whether the database was away, which is logged where it
// is noticed, once for everybody.
func interrupted(err error) bool {
	var cut *directory.Interruption
	return errors.As(err, &cut)
}

// guarded turns a panic of a handler into its error: one bad row must not end
// the process, or it would end it again after every start.
func guarded(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return run()
}
