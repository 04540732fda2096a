package roster

import (
	"context"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// readingEvery is how often reading in bulk by the same actor is recorded.
const readingEvery = time.Hour

// NoteReading records, once an hour, that a program reads members in bulk: of the
// account, of a project it sees, or of a past day (HIST-4).
func (w *Writer) NoteReading(ctx context.Context, actor authz.Actor, account directory.AccountID) error {
	first := false
	subject := strconv.FormatInt(int64(account), 10) + " " + strconv.FormatInt(int64(actor.User), 10)
	err := w.gate.Note(ctx, func(tx *store.Tx) error {
		t, err := tx.Throttle(ctx, "api.read", subject)
		if err != nil {
			return err
		}
		if first = t.Count == 0 || tx.Now.Sub(t.Since) >= readingEvery; !first {
			return nil
		}
		return tx.SetThrottle(ctx, "api.read", subject, directory.Throttle{Since: tx.Now, Count: 1})
	})
	if err != nil || !first {
		return err
	}
	_, err = w.gate.Perform(ctx, actor, account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		if err := p.RequireAs(mayReadPeople); err != nil {
			return err
		}
		entry := p.Entry(audit.ExportRun, 0, 0)
		entry.Note("purpose", "", "members")
		p.Record(entry)
		return nil
	})
	return err
}

// mayReadPeople refuses who sees members neither of the account, nor of a project, nor
// of past days.
func mayReadPeople(rights authz.Rights) error {
	if rights.Member() && (rights.ProjectsInUse() > 0 || rights.MayAnywhere(authz.ViewHistory)) {
		return nil
	}
	return gate.RequireSomewhere(rights, authz.ViewMembers)
}
