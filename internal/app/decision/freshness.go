package decision

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"intendant/internal/store"
)

// A barrier lets questions pass with a reading that began after they came. Those
// who come while one reading is under way share the next: however many ask, two
// readings are enough for all who ask at one moment (CHECK-2).
type barrier struct {
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
func (b *barrier) pass(ctx context.Context, read func(context.Context) (store.Marks, error)) (store.Marks, error) {
	b.mu.Lock()
	if shared := b.next; shared != nil { // has not begun
		b.mu.Unlock()
		return shared.wait(ctx)
	}
	mine, before := &reading{done: make(chan struct{})}, b.running
	b.next = mine
	b.mu.Unlock()
	if before != nil {
		<-before.done
	}
	runtime.Gosched()
	b.mu.Lock()
	b.running, b.next = mine, nil
	b.mu.Unlock()
	// Others wait for this reading: it goes on when its asker leaves. Its statement
	// has a deadline of its own (store.DB.Ask).
	mine.marks, mine.err = read(context.WithoutCancel(ctx))
	b.mu.Lock()
	if b.running == mine {
		b.running = nil
	}
	b.mu.Unlock()
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
