package app

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"intendant/internal/store"
)

// A gate lets questions pass with a reading that began after they came. Those
// who come while one reading is under way share the next: however many ask, two
// readings are enough for all who ask at one moment (CHECK-2).
type gate struct {
	mu      sync.Mutex
	running *reading
	next    *reading
}

type reading struct {
	done  chan struct{}
	marks store.Marks
	err   error
}

// pass answers with marks read after the call began. Before a reading begins
// everybody who is ready to ask is let in: the more share one, the less is read.
func (g *gate) pass(ctx context.Context, read func(context.Context) (store.Marks, error)) (store.Marks, error) {
	g.mu.Lock()
	if shared := g.next; shared != nil { // has not begun
		g.mu.Unlock()
		return shared.wait(ctx)
	}
	mine, before := &reading{done: make(chan struct{})}, g.running
	g.next = mine
	g.mu.Unlock()
	if before != nil {
		<-before.done
	}
	runtime.Gosched()
	g.mu.Lock()
	g.running, g.next = mine, nil
	g.mu.Unlock()
	// Others wait for this reading: it goes on when its asker leaves.
	mine.marks, mine.err = read(context.WithoutCancel(ctx))
	g.mu.Lock()
	if g.running == mine {
		g.running = nil
	}
	g.mu.Unlock()
	close(mine.done)
	return mine.marks, mine.err
}

func (r *reading) wait(ctx context.Context) (store.Marks, error) {
	select {
	case <-r.done:
		return r.marks, r.err
	case <-ctx.Done():
		return store.Marks{}, fmt.Errorf("wait for a reading: %w", ctx.Err())
	}
}
