package gate

import (
	"context"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
)

// Stale refuses a change that was made on an older version of a thing than stands now
// (PLAN-4). Who changed it since, and when, is said where one of the newest entries that
// are asked for tells of it, whatever rights to the history the asker has: they see what
// was changed on the form before them.
func Stale(ctx context.Context, r *store.Reader, last ...store.LatestQuery) error {
	refusal := directory.Refuse(directory.Conflict, "stale")
	var by directory.UserID
	var at time.Time
	for _, q := range last {
		e, found, err := r.LatestEntry(ctx, q)
		if err != nil {
			return err
		}
		if found && !e.At.Before(q.Since) {
			by, at = e.Actor, e.At
			for i := range last { // only a later one of the others counts
				last[i].Since = e.At
			}
		}
	}
	if by == 0 {
		return refusal
	}
	who, err := r.User(ctx, by)
	if err != nil {
		return err
	}
	refusal.Args = directory.Args{"Name": who.Name(), "At": at.UTC()}
	return refusal
}
