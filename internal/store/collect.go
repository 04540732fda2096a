package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// A scanner is the current row of an answer.
type scanner interface {
	Scan(into ...any) error
}

// each calls visit with every row of the answer, in order, without keeping
// them. An error of visit ends it and is returned as it is. On PostgreSQL visit
// must not run statements of the same reader.
func each(ctx context.Context, r *Reader, query string, a args, visit func(row scanner) error) error {
	if r.patience > 0 {
		w := watched(ctx, r.patience)
		defer w.stop()
		return w.because(r.each(w.ctx, query, a, func(n int) {
			if n%rowsInTime == 0 {
				w.wind(r.patience)
			}
		}, visit))
	}
	return r.each(ctx, query, a, func(int) {}, visit)
}

// rowsInTime is how many rows the patience of a statement is for: those of a
// long answer that is read slowly have it anew.
const rowsInTime = 256

func (r *Reader) each(ctx context.Context, query string, a args, counted func(n int), visit func(row scanner) error) (err error) {
	rows, err := r.q.QueryContext(ctx, query, a...)
	if err != nil {
		return fmt.Errorf("query: %w", refusal(err))
	}
	defer func() {
		if closing := rows.Close(); err == nil && closing != nil {
			err = fmt.Errorf("end of rows: %w", closing)
		}
	}()
	for n := 1; rows.Next(); n++ {
		if err := visit(rows); err != nil {
			return err
		}
		counted(n)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("next row: %w", refusal(err))
	}
	return nil
}

// collect returns every row of the answer, scanned. None is an empty slice.
func collect[T any](ctx context.Context, r *Reader, query string, a args, scan func(row scanner) (T, error)) ([]T, error) {
	found := []T{}
	err := each(ctx, r, query, a, func(row scanner) error {
		item, err := scan(row)
		if err != nil {
			return fmt.Errorf("scan row: %w", err)
		}
		found = append(found, item)
		return nil
	})
	return found, err
}

// one returns the first row of the answer, scanned; without a row an error that
// is sql.ErrNoRows, which the caller turns into its refusal.
func one[T any](ctx context.Context, r *Reader, query string, a args, scan func(row scanner) (T, error)) (T, error) {
	var found T
	none := fmt.Errorf("one row: %w", sql.ErrNoRows)
	err := each(ctx, r, query, a, func(row scanner) (err error) {
		if none == nil {
			return nil // a statement that writes must run to its end
		}
		none = nil
		if found, err = scan(row); err != nil {
			return fmt.Errorf("scan row: %w", err)
		}
		return nil
	})
	if err == nil {
		err = none
	}
	return found, err
}

// exec runs a statement that answers no rows and returns how many it changed.
func exec(ctx context.Context, tx *Tx, query string, a args) (int64, error) {
	result, err := tx.q.ExecContext(ctx, query, a...)
	if err != nil {
		return 0, fmt.Errorf("execute: %w", refusal(err))
	}
	return result.RowsAffected()
}

// unwaited runs a statement that nothing waits for on PostgreSQL: what it breaks is said
// by the next one, or the commit.
func (tx *Tx) unwaited(ctx context.Context, query string, a args) error {
	if tx.dialect == postgres {
		tx.line.later(query, a)
		return nil
	}
	_, err := exec(ctx, tx, query, a)
	return err
}

// isNoRows reports whether err says that there was no row.
func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// scanInt64 scans a row of one number.
func scanInt64(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}

// scanString scans a row of one text.
func scanString(row scanner) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}

// wrapped says what failed, where something did.
func wrapped(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
