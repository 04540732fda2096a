package demo

import (
	"context"
	"sync/atomic"
	"time"
)

// A Clock stands at a moment of the past while the example is built, and shows
// the present afterwards.
type Clock struct {
	present func() time.Time
	past    atomic.Pointer[time.Time]
}

// NewClock starts a clock that shows the present.
func NewClock(present func() time.Time) *Clock { return &Clock{present: present} }

// Now is the moment the clock shows.
func (c *Clock) Now() time.Time {
	if past := c.past.Load(); past != nil {
		return *past
	}
	return c.present()
}

// Wait lets time pass, unless ctx ends; while the example is built none does.
func (c *Clock) Wait(ctx context.Context, d time.Duration) {
	if c.past.Load() != nil {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (c *Clock) stand(at time.Time) { c.past.Store(&at) }

func (c *Clock) run() { c.past.Store(nil) }
