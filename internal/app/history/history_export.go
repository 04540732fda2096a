package history

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A historyExport reads a history from its newest entry back, in parts. Each part
// is a reading of its own, so that whoever takes them slowly keeps no reading from
// others (NODE-7). Entries are never changed and numbered in their order: what is
// added meanwhile stands before the first part, and the place of the last entry
// leads on without a double or a gap. An erasure that happens meanwhile holds for
// the parts that come.
type historyExport struct {
	*History
	actor   authz.Actor
	account directory.AccountID
	filter  Filter

	begun  bool
	people store.EntryFilter // whom the words of the filter meant at the first part
	after  store.EntryPlace
}

// part is what comes next, with the rights of this moment; nothing at the end.
func (e *historyExport) part(ctx context.Context) ([]Shown, error) {
	var part []Shown
	err := e.gate.View(ctx, e.actor, e.account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.Require(rights, authz.RunExports, 0); err != nil {
			return err
		}
		rows, err := Visible(ctx, r, rights, e.account, e.filter)
		if err != nil {
			return err
		}
		if e.begun {
			rows.Actors, rows.Subjects = e.people.Actors, e.people.Subjects
		}
		e.begun, e.people = true, rows
		entries, err := r.Entries(ctx, rows, e.after, gate.WindowMost)
		if err != nil || len(entries) == 0 {
			return err
		}
		last := entries[len(entries)-1]
		e.after = store.EntryPlace{At: last.At, Account: last.Account, N: last.N}
		part, err = shown(ctx, r, alone(entries))
		return err
	})
	return part, err
}
