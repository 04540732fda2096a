package history

import (
	"context"
	"time"

	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An Undoing is by whom and when a line of history was undone; of an act maybe in part
// only (PLAN-2).
type Undoing struct {
	At   time.Time
	By   roster.Person
	Part bool
}

// markUndone says of lines of one account which were undone, and which may be
// taken back, of the kinds that the reader may take back.
func markUndone(ctx context.Context, r *store.Reader, may func(audit.Kind) bool, account directory.AccountID, lines []Shown) error {
	var numbers []int64
	var batches []string
	for _, s := range lines {
		if s.Act != nil {
			batches = append(batches, s.Act.Batch)
		} else {
			numbers = append(numbers, s.Entry.N)
		}
	}
	entries, err := r.Undone(ctx, account, numbers)
	if err != nil {
		return err
	}
	acts, err := r.UndoneActs(ctx, account, batches)
	if err != nil {
		return err
	}
	by := map[int]store.Undoing{}
	var people []directory.UserID
	for i := range lines {
		u, total := entries[lines[i].Entry.N], int64(0)
		if total = opposites(lines[i], func(audit.Kind) bool { return true }); lines[i].Act != nil {
			u = acts[lines[i].Act.Batch]
		}
		lines[i].Undoable = total > u.Entries && opposites(lines[i], may) > 0
		if u.By != 0 {
			lines[i].Undone = &Undoing{At: u.At, Part: u.Entries < total}
			by[i], people = u, append(people, u.Actor)
		}
	}
	users, err := r.Users(ctx, roster.Distinct(people))
	if err != nil {
		return err
	}
	for i, u := range by {
		if lines[i].Undone.By = roster.PersonFrom(users, u.Actor); u.Actor == 0 {
			lines[i].Undone.By.Message = "history.actor." + string(u.ActorKind)
		}
	}
	return nil
}

// opposites is how many entries of a line have something that takes them back, of the
// kinds that count.
func opposites(s Shown, counts func(audit.Kind) bool) int64 {
	if s.Act == nil {
		if k := s.Entry.Kind; k.Row().Undo == audit.Opposite && counts(k) {
			return 1
		}
		return 0
	}
	n := int64(0)
	for _, k := range s.Act.Kinds {
		if k.Kind.Row().Undo == audit.Opposite && counts(k.Kind) {
			n += k.Entries
		}
	}
	return n
}

// Line reads one line of an account's history: an entry by its number, or an act. Who
// may not read of it sees what they have done themselves; of all else it refuses with
// undo.not_found.
func (h *History) Line(ctx context.Context, actor authz.Actor, account directory.AccountID, entry int64, batch string) (Shown, error) {
	var found Shown
	err := h.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		var line store.Line
		if batch != "" {
			batch, err := r.BatchNamed(ctx, account, batch)
			if err != nil {
				return err
			}
			of, is, err := r.ActLine(ctx, store.EntryFilter{Accounts: []directory.AccountID{account}, Batch: batch})
			if err != nil {
				return err
			}
			if is {
				line = of
			}
		} else {
			entries, err := r.EntriesNumbered(ctx, account, []int64{entry})
			if err != nil {
				return err
			}
			if len(entries) > 0 {
				line.Entry = entries[0]
			}
		}
		e, scope := line.Entry, rights.Scope(authz.ViewHistory)
		own := actor.User != 0 && e.Actor == actor.User
		if e.N == 0 || !own && !scope.All() && (e.Unit == 0 || !scope.Sees(e.Unit)) {
			return directory.Refuse(directory.NotFound, "undo.not_found")
		}
		lines, err := shown(ctx, r, []store.Line{line})
		if err == nil {
			found = lines[0]
		}
		return err
	})
	return found, err
}

// Told puts entries that a preview has made into the form in which history is told: of
// the members of an account, who may look at it.
func (h *History) Told(ctx context.Context, actor authz.Actor, account directory.AccountID, entries []audit.Entry) ([]Shown, error) {
	var told []Shown
	err := h.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		told, err = shown(ctx, r, alone(entries))
		return err
	})
	return told, err
}
