package imports

import (
	"context"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// EditDraft takes over what a page of the form says of its rows (ADD-3, ADD-4). It
// refuses products that the account cannot have, and changes nothing then.
func (s *Imports) EditDraft(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, edits map[int64]directory.DraftEdit) error {
	lines := make([]int64, 0, len(edits))
	for line := range edits {
		lines = append(lines, line)
	}
	return s.changeDraft(ctx, actor, account, id, func(ctx context.Context, i directory.Import, choices roster.AddChoices) (int, error) {
		for _, line := range lines {
			if products := edits[line].Products; products != nil {
				if err := choices.CheckOffers(*products); err != nil {
					return 0, err
				}
			}
		}
		return s.rewrite(ctx, i.ID, lines, func(row *directory.DraftRow) { row.Edit(edits[row.Line], choices) })
	})
}

// A DraftChange sets fields over ticked rows, or over all. Told is what the
// person was told would be overwritten.
type DraftChange struct {
	Lines []int64
	All   bool
	Set   directory.DraftSet
	Told  directory.DraftLosses
}

// SetDraft sets fields over rows of a draft and answers what that overwrites.
// While it is not what the person was told, nothing is changed and done is
// false (ADD-7). It refuses products that the account cannot have.
func (s *Imports) SetDraft(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, change DraftChange) (losses directory.DraftLosses, done bool, err error) {
	err = s.changeDraft(ctx, actor, account, id, func(ctx context.Context, i directory.Import, choices roster.AddChoices) (int, error) {
		if change.Set.Products != nil {
			if err := choices.CheckOffers(*change.Set.Products); err != nil {
				return 0, err
			}
		}
		if losses, err = s.losses(ctx, i.ID, change, choices); err != nil {
			return 0, err
		}
		if done = losses == change.Told || !losses.Any(); !done {
			return 0, nil
		}
		return s.eachLines(ctx, i.ID, change, func(lines []int64) (int, error) {
			return s.rewrite(ctx, i.ID, lines, func(row *directory.DraftRow) {
				var again directory.DraftLosses
				change.Set.Apply(row, &again, choices)
			})
		})
	})
	return losses, done, err
}

// Losses counts what a change would overwrite.
func (s *Imports) Losses(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, change DraftChange) (directory.DraftLosses, error) {
	i, err := s.draft(ctx, actor, account, id)
	if err != nil {
		return directory.DraftLosses{}, err
	}
	choices, err := s.Choices(ctx, actor, account, id)
	if err != nil {
		return directory.DraftLosses{}, err
	}
	return s.losses(ctx, i.ID, change, choices)
}

func (s *Imports) losses(ctx context.Context, id directory.ImportID, change DraftChange, choices roster.AddChoices) (directory.DraftLosses, error) {
	var losses directory.DraftLosses
	_, err := s.eachLines(ctx, id, change, func(lines []int64) (int, error) {
		return 0, s.gate.Peek(func(r *store.Reader) error {
			rows, err := r.DraftLines(ctx, id, lines)
			for n := range rows {
				change.Set.Apply(&rows[n], &losses, choices)
			}
			return err
		})
	})
	return losses, err
}

// RemoveFromDraft takes rows out of a draft.
func (s *Imports) RemoveFromDraft(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, lines []int64) error {
	return s.changeDraft(ctx, actor, account, id, func(ctx context.Context, i directory.Import, _ roster.AddChoices) (int, error) {
		return len(lines), s.gate.Note(ctx, func(tx *store.Tx) error { return tx.DeleteDraftRows(ctx, i.ID, lines) })
	})
}

// changeDraft runs a change of a draft's rows and notes how many rows it has
// afterwards.
func (s *Imports) changeDraft(ctx context.Context, actor authz.Actor, account directory.AccountID, id string,
	change func(ctx context.Context, i directory.Import, choices roster.AddChoices) (int, error)) error {
	i, err := s.draft(ctx, actor, account, id)
	if err != nil {
		return err
	}
	choices, err := s.Choices(ctx, actor, account, id)
	if err != nil {
		return err
	}
	changed, err := change(ctx, i, choices)
	if err != nil || changed == 0 {
		return err
	}
	var counts store.DraftCounts
	if err := s.gate.Peek(func(r *store.Reader) (err error) {
		counts, err = r.DraftCounts(ctx, i.ID)
		return err
	}); err != nil {
		return err
	}
	_, err = s.touched(ctx, i, counts.Rows)
	return err
}

// rewrite changes rows of a draft by lines and answers how many are others than
// before; what was found of those when they were last tried is no longer true.
func (s *Imports) rewrite(ctx context.Context, id directory.ImportID, lines []int64, change func(row *directory.DraftRow)) (int, error) {
	n := 0
	err := s.gate.Note(ctx, func(tx *store.Tx) error {
		rows, err := tx.DraftLines(ctx, id, lines)
		if err != nil {
			return err
		}
		var changed []directory.DraftRow
		var tried []int64
		for _, row := range rows {
			before := row
			if change(&row); !row.SaysAs(before) {
				changed, tried = append(changed, row), append(tried, row.Line)
			}
		}
		if n = len(changed); n == 0 {
			return nil
		}
		if err := tx.DeleteImportRows(ctx, id, tried); err != nil {
			return err
		}
		return tx.UpdateDraftRows(ctx, id, changed)
	})
	return n, err
}

// eachLines calls visit with the lines a change is about, in chunks.
func (s *Imports) eachLines(ctx context.Context, id directory.ImportID, change DraftChange, visit func(lines []int64) (int, error)) (int, error) {
	if !change.All {
		return visit(change.Lines)
	}
	total := 0
	for after := int64(0); ; {
		var lines []int64
		err := s.gate.Peek(func(r *store.Reader) error {
			rows, err := r.DraftRows(ctx, id, after, roster.Chunk)
			for _, row := range rows {
				lines = append(lines, row.Line)
			}
			return err
		})
		if err != nil || len(lines) == 0 {
			return total, err
		}
		after = lines[len(lines)-1]
		n, err := visit(lines)
		total += n
		if err != nil {
			return total, err
		}
	}
}

// Invalid counts the pieces of a paste that are no address.
func (s *Imports) Invalid(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (int64, error) {
	i, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.gate.Peek(func(r *store.Reader) (err error) {
		n, _, err = r.CountInvalid(ctx, i.ID)
		return err
	})
	return n, err
}
