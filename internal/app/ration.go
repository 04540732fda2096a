package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"intendant/internal/store"
)

// A ration is how often an hour something may be asked for a subject.
type ration struct {
	scope, subject string
	most           int64
}

// ration counts one more of each, before the work that they protect. It refuses
// with limit.hourly.
func (c *core) ration(ctx context.Context, rations ...ration) error {
	err := c.note(ctx, func(tx *store.Tx) error {
		for _, of := range rations {
			t, err := tx.Throttle(ctx, of.scope, of.subject)
			if err != nil {
				return err
			}
			next, refusal := t.Ration(of.most, tx.Now)
			if refusal != nil {
				return refusal
			}
			if err := tx.SetThrottle(ctx, of.scope, of.subject, next); err != nil {
				return err
			}
		}
		return nil
	})
	if _, fault := asRefusal(err); fault != nil {
		return fmt.Errorf("ration: %w", err)
	}
	return err
}

// digestOf is what is kept of a text that only has to be recognised.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
