package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// readyFor is how long an answer about readiness is good for: whoever asks more
// often writes no more.
const readyFor = time.Second

// readiness is the last answer, and the one that is being found.
type readiness struct {
	mu      sync.Mutex
	at      time.Time
	err     error
	running chan struct{}
}

// Ready reports within its deadline whether the database takes changes and
// still bears this program. Many who ask at once share an answer.
func (db *DB) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, db.deadlines.Ready)
	defer cancel()
	r := &db.readiness
	r.mu.Lock()
	if r.running == nil {
		if !r.at.IsZero() && db.now().Sub(r.at) < readyFor {
			defer r.mu.Unlock()
			return r.err
		}
		r.running = make(chan struct{})
		go db.findReady(context.WithoutCancel(ctx), r.running)
	}
	running := r.running
	r.mu.Unlock()
	select {
	case <-running:
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.err
	case <-ctx.Done():
		return fmt.Errorf("wait for the database: %w", ctx.Err())
	}
}

func (db *DB) findReady(ctx context.Context, done chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, db.deadlines.Ready)
	defer cancel()
	err := db.tryChange(ctx)
	r := &db.readiness
	r.mu.Lock()
	r.at, r.err, r.running = db.now(), err, nil
	r.mu.Unlock()
	close(done)
}

// tryChange writes a receipt for nothing, as every change leaves one.
func (db *DB) tryChange(ctx context.Context) error {
	return db.Write(ctx, func(tx *Tx) error {
		tx.line.wrote = true
		return db.bears(ctx, tx.Reader)
	})
}
