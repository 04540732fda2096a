package history

import (
	"context"
	"encoding/json"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Table is what exports of a history are made of: every entry of an account that
// whoever asks sees under the filter, newest first (REP-2). It needs export.run at the
// whole account beside history.view.
func (h *History) Table() gate.TableSource {
	return gate.TableSource{Kind: directory.ExportHistory, Purpose: "history", Sees: authz.ViewHistory, Open: h.open,
		Columns: []directory.ExportColumn{{ID: "at", Usual: true}, {ID: "what", Usual: true}, {ID: "door", Usual: true}, {ID: "field", Usual: true},
			{ID: "before", Usual: true}, {ID: "after", Usual: true}},
		Scope: func(rights authz.Rights, _ directory.UnitID) authz.Scope {
			return rights.Scope(authz.ViewHistory).And(rights.Whole(authz.RunExports))
		}}
}

// open begins the export of what a filter chooses.
func (h *History) open(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, asked json.RawMessage) (gate.Table, error) {
	e := &historyExport{account: account}
	if err := json.Unmarshal(asked, &e.filter); err != nil {
		return gate.Table{}, directory.Refuse(directory.Invalid, "export.unreadable")
	}
	if err := gate.Require(rights, authz.RunExports, 0); err != nil {
		return gate.Table{}, err
	}
	rows, err := Visible(ctx, r, rights, account, e.filter)
	if err != nil {
		return gate.Table{}, err
	}
	count := func(ctx context.Context, r *store.Reader) (int64, error) { return r.CountEntries(ctx, rows) }
	return gate.Table{Count: count, Next: e.next}, nil
}

// A historyExport reads a history from its newest entry back, in parts. Each part
// is a reading of its own, so that whoever takes them slowly keeps no reading from
// others (NODE-7). Entries are never changed and numbered in their order: what is
// added meanwhile stands before the first part, and the place of the last entry
// leads on without a double or a gap. An erasure that happens meanwhile holds for
// the parts that come.
type historyExport struct {
	account directory.AccountID
	filter  Filter

	begun  bool
	people store.EntryFilter // whom the words of the filter meant at the first part
	after  store.EntryPlace
}

// next is what comes next, with the rights of this moment.
func (e *historyExport) next(ctx context.Context, r *store.Reader, rights authz.Rights, _ []string, _ func()) (directory.ExportRows, bool, error) {
	if err := gate.Require(rights, authz.RunExports, 0); err != nil {
		return nil, false, err
	}
	rows, err := Visible(ctx, r, rights, e.account, e.filter)
	if err != nil {
		return nil, false, err
	}
	if e.begun {
		rows.Actors, rows.Subjects = e.people.Actors, e.people.Subjects
	}
	e.begun, e.people = true, rows
	entries, err := r.Entries(ctx, rows, e.after, gate.WindowMost)
	if err != nil || len(entries) == 0 {
		return nil, false, err
	}
	last := entries[len(entries)-1]
	e.after = store.EntryPlace{At: last.At, Account: last.Account, N: last.N}
	lines, err := shown(ctx, r, alone(entries))
	told := make([]directory.ExportRow, len(lines))
	for i, line := range lines {
		told[i].Told = line
	}
	return directory.RowsOfExport(told), len(entries) == gate.WindowMost, err
}
