package gate

import (
	"context"
	"fmt"
	"sync"
	"time"

	"intendant/internal/directory"
)

// A Turnstile lets one through at a time, like a mutex, and nobody waits at it
// for ever: who holds it may be asking a database that does not answer.
type Turnstile struct {
	once sync.Once
	free chan struct{}
}

// Take waits for the turn, at most for within; give gives it back.
func (t *Turnstile) Take(ctx context.Context, within time.Duration) error {
	t.once.Do(func() { t.free = make(chan struct{}, 1) })
	select {
	case t.free <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case t.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for a turn: %w", ctx.Err())
	case <-timer.C:
		return &directory.Interruption{Code: directory.DatabaseAway, Cause: errTooLate}
	}
}

// Give lets the next one through.
func (t *Turnstile) Give() { <-t.free }
