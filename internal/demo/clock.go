package demo

import (
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

func (c *Clock) stand(at time.Time) { c.past.Store(&at) }

func (c *Clock) run() { c.past.Store(nil) }
