package gate

import (
	"context"
	"errors"
	"sync"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

const (
	// mostRefused is how many refused attempts wait for being written; of more,
	// only the number is kept.
	mostRefused = 2048
	// enoughRefused is how many are written without waiting for the worker.
	enoughRefused = 256
)

// refused are attempts that were denied and are not in the access log yet: a
// refusal costs no write transaction of its own. They are written by the worker
// every few seconds, before the log is read, and when the program ends.
type refused struct {
	mu      sync.Mutex
	waiting []store.Access
	lost    int
	writing Turnstile
}

// add keeps an attempt and reports whether enough wait.
func (r *refused) add(what store.Access) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) >= mostRefused {
		r.lost++
		return false
	}
	r.waiting = append(r.waiting, what)
	return len(r.waiting)%enoughRefused == 0
}

// take empties the list.
func (r *refused) take() (waiting []store.Access, lost int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting, lost = r.waiting, r.lost
	r.waiting, r.lost = nil, 0
	return waiting, lost
}

// back puts what could not be written before what has come since.
func (r *refused) back(waiting []store.Access, lost int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := append(waiting, r.waiting...)
	kept := min(len(all), mostRefused)
	r.waiting, r.lost = all[:kept], r.lost+lost+len(all)-kept
}

// NoteRefusal keeps a denied attempt for the access log (HIST-1), as of now.
func (g *Gate) NoteRefusal(ctx context.Context, actor authz.Actor, account directory.AccountID, err error) {
	var refusal *directory.Error
	if !errors.As(err, &refusal) || refusal.Kind != directory.Denied {
		return
	}
	what := store.Access{User: actor.User, Account: account, Outcome: refusal.Code, Address: actor.Address, Agent: actor.Agent, At: g.Instant()}
	for _, missing := range []string{"Permission", "Duty"} {
		if name, ok := refusal.Args[missing].(string); ok {
			what.Name = name
		}
	}
	if g.refused.add(what) {
		g.KeepRefused(ctx)
	}
}

// KeepRefused writes the attempts that wait. That they cannot be written now is
// no reason to answer anybody otherwise.
func (g *Gate) KeepRefused(ctx context.Context) {
	if err := g.refused.writing.Take(ctx, g.Deadlines().Change); err != nil {
		return
	}
	defer g.refused.writing.Give()
	waiting, lost := g.refused.take()
	if len(waiting) == 0 && lost == 0 {
		return
	}
	if _, ends := ctx.Deadline(); !ends {
		ctx = context.WithoutCancel(ctx) // of an asker, who may leave; the end of the program waits only so long
	}
	err := g.Note(ctx, func(tx *store.Tx) error { return tx.LogAccesses(ctx, waiting) })
	var cut *directory.Interruption
	switch {
	case errors.As(err, &cut), ctx.Err() != nil:
		g.refused.back(waiting, lost)
	case err != nil:
		g.Log.ErrorContext(ctx, "write access log", "attempts", len(waiting), "error", err)
	case lost > 0:
		g.Log.WarnContext(ctx, "access log has not all refused attempts", "lost", lost)
	}
}
