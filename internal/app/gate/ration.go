package gate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"intendant/internal/store"
)

// A Ration is how often an hour something may be asked for a subject.
type Ration struct {
	Scope, Subject string
	Most           int64
}

// Ration counts one more of each, before the work that they protect. It refuses
// with limit.hourly.
func (g *Gate) Ration(ctx context.Context, rations ...Ration) error {
	err := g.Note(ctx, func(tx *store.Tx) error {
		for _, of := range rations {
			t, err := tx.Throttle(ctx, of.Scope, of.Subject)
			if err != nil {
				return err
			}
			next, refusal := t.Ration(of.Most, tx.Now)
			if refusal != nil {
				return refusal
			}
			if err := tx.SetThrottle(ctx, of.Scope, of.Subject, next); err != nil {
				return err
			}
		}
		return nil
	})
	if _, fault := AsRefusal(err); fault != nil {
		return fmt.Errorf("ration: %w", err)
	}
	return err
}

// DigestOf is what is kept of a text that only has to be recognised.
func DigestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
