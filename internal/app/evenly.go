package app

import (
	"context"
	"time"
)

// answerStep is what the answers that must not tell what exists are rounded up
// to: long enough to hide whether an account, an address or a user name was
// found, too short to be felt (KEY-14, SIGN-4).
const answerStep = 50 * time.Millisecond

// evenly keeps an answer back until a whole number of steps has passed since
// begun. It is deferred by operations that answer strangers alike whether what
// they name exists or not: the answers then take the same time too.
func (c *core) evenly(ctx context.Context, begun time.Time) {
	if c.wait != nil {
		c.wait(ctx, answerStep-c.now().Sub(begun)%answerStep)
	}
}
