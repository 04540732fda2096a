package imports

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Again makes a draft of what a paste that is over has not brought in: the rows that
// were refused, each with why until it is changed, those that were not reached, and the
// pieces that are no address (BULK-3). What is done stays done. It refuses with
// import.not_found a file, with import.running a run that goes on, and with
// import.nothing_left where everything came in.
func (s *Imports) Again(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Import, error) {
	from, err := s.Find(ctx, actor, account, id)
	switch {
	case err != nil:
		return from, err
	case !from.Pasted():
		return from, directory.Refuse(directory.NotFound, "import.not_found")
	case from.State != directory.ImportDone && from.State != directory.ImportStopped:
		return from, directory.Refuse(directory.Conflict, "import.running")
	}
	a := again{s: s, actor: actor, from: from, into: directory.Import{Account: account, Noun: from.Noun, Format: from.Format,
		Choices: directory.ImportChoices{Invite: from.Choices.Invite, Home: from.Choices.Home, Project: from.Choices.Project}}}
	if err := a.rows(ctx); err != nil {
		return a.into, err
	}
	if err := a.pieces(ctx); err != nil {
		return a.into, err
	}
	if a.into.ID == 0 {
		return a.into, directory.Refuse(directory.Conflict, "import.nothing_left")
	}
	return s.touched(ctx, a.into, a.into.Counts.Total)
}

// An again is a draft while it is made of what another import has left.
type again struct {
	s          *Imports
	actor      authz.Actor
	from, into directory.Import
}

// rows keeps the rows that were refused or not reached.
func (a *again) rows(ctx context.Context) error {
	all := a.from
	all.LastLine = 0
	return a.s.draftRows(ctx, all, func(rows []SourceRow) error {
		refused := map[int64]store.ImportRow{}
		if err := a.s.gate.Peek(func(r *store.Reader) error {
			tried, err := r.ImportRows(ctx, a.from.ID, store.ImportRowFilter{Outcome: string(gate.Refused), After: int64(rows[0].Line) - 1, Limit: len(rows)})
			for _, row := range tried {
				refused[row.Line] = row
			}
			return err
		}); err != nil {
			return err
		}
		var left []directory.DraftRow
		var why []store.ImportRow
		for _, row := range rows {
			tried, is := refused[row.draft.Line]
			if is {
				why = append(why, tried)
			}
			if is || row.draft.Line > a.from.LastLine {
				left = append(left, row.draft)
			}
		}
		return a.keep(ctx, left, why)
	})
}

// pieces keeps what was no address.
func (a *again) pieces(ctx context.Context) error {
	for after := int64(0); ; {
		var rows []store.ImportRow
		err := a.s.gate.Peek(func(r *store.Reader) (err error) {
			rows, err = r.ImportRows(ctx, a.from.ID, store.ImportRowFilter{Outcome: string(Invalid), After: after, Limit: roster.Chunk})
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].Line
		if err := a.keep(ctx, nil, rows); err != nil {
			return err
		}
	}
}

// keep writes rows of the draft, which is made with the first of them.
func (a *again) keep(ctx context.Context, left []directory.DraftRow, why []store.ImportRow) error {
	if len(left)+len(why) == 0 {
		return nil
	}
	if a.into.ID == 0 {
		made, err := a.s.newDraft(ctx, a.actor, a.into)
		if err != nil {
			return err
		}
		a.into = made
	}
	a.into.Counts.Total += int64(len(left))
	a.into.Choices.Addresses += len(left)
	if len(left) == 0 {
		a.into.Choices.Addresses += len(why)
	}
	return a.s.gate.Note(ctx, func(tx *store.Tx) error {
		if _, err := tx.InsertDraftRows(ctx, a.into.ID, left); err != nil {
			return err
		}
		return tx.PutImportRows(ctx, a.into.ID, why)
	})
}
