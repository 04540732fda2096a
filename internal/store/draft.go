package store

import (
	"context"
	"fmt"
	"strings"

	"intendant/internal/directory"
)

const draftColumns = `line, email, first_name, last_name, company, function, level, level_own, products, products_own, member_key, known_key`

func scanDraftRow(row scanner) (directory.DraftRow, error) {
	var d directory.DraftRow
	var member, known *int64
	var products string
	err := row.Scan(&d.Line, &d.Email, &d.First, &d.Last, &d.Company, &d.Function, &d.Level, &d.LevelOwn, &products, &d.ProductsOwn, &member, &known)
	if products != "" {
		d.Products = strings.Split(products, ",")
	}
	d.Member, d.Known = directory.MemberID(orZero(member)), directory.MemberID(orZero(known))
	return d, err
}

// DraftRows reads pasted addresses after a line, in the order they were
// pasted.
func (r *Reader) DraftRows(ctx context.Context, id directory.ImportID, after int64, limit int) ([]directory.DraftRow, error) {
	return r.draftRows(ctx, id, after, 0, limit)
}

// DraftPage reads a page of pasted addresses.
func (r *Reader) DraftPage(ctx context.Context, id directory.ImportID, skip, limit int) ([]directory.DraftRow, error) {
	return r.draftRows(ctx, id, 0, skip, limit)
}

func (r *Reader) draftRows(ctx context.Context, id directory.ImportID, after int64, skip, limit int) ([]directory.DraftRow, error) {
	var a args
	query := `SELECT ` + draftColumns + ` FROM draft_row WHERE import_key = ` + a.add(id) + ` AND line > ` + a.add(after) +
		` ORDER BY line` + atMost(limit) + ` OFFSET ` + a.add(skip)
	rows, err := collect(ctx, r, query, a, scanDraftRow)
	if err != nil {
		return nil, fmt.Errorf("read draft: %w", err)
	}
	return rows, nil
}

// DraftLines reads the pasted addresses of these lines.
func (r *Reader) DraftLines(ctx context.Context, id directory.ImportID, lines []int64) ([]directory.DraftRow, error) {
	var a args
	query := `SELECT ` + draftColumns + ` FROM draft_row WHERE import_key = ` + a.add(id) + ` AND line` + inKeys(r, lines, &a) + ` ORDER BY line`
	rows, err := collect(ctx, r, query, a, scanDraftRow)
	if err != nil {
		return nil, fmt.Errorf("read draft: %w", err)
	}
	return rows, nil
}

// DraftCounts are how many addresses a draft has, how many are of people who are
// there already, and of the others how many have a level, are of nobody in the
// account, are of nobody who was invited into it, and of somebody who is switched off
// in it; Last is the last line.
type DraftCounts struct {
	Rows, There, Levels, Strangers, Uninvited, Inactive, Last int64
}

// DraftCounts counts a draft.
func (r *Reader) DraftCounts(ctx context.Context, id directory.ImportID) (DraftCounts, error) {
	var a args
	query := `SELECT count(*), count(d.member_key), count(CASE WHEN d.member_key IS NULL AND d.level <> '' THEN 1 END),
			count(CASE WHEN d.member_key IS NULL AND d.known_key IS NULL THEN 1 END),
			count(CASE WHEN d.member_key IS NULL AND (d.known_key IS NULL OR m.status = ` + a.add(directory.NotInvited) + `) THEN 1 END),
			count(CASE WHEN d.member_key IS NULL AND m.status = ` + a.add(directory.Inactive) + ` THEN 1 END), coalesce(max(d.line), 0)
		FROM draft_row d LEFT JOIN member m ON m.key = d.known_key WHERE d.import_key = ` + a.add(id)
	n, err := one(ctx, r, query, a, func(row scanner) (n DraftCounts, err error) {
		err = row.Scan(&n.Rows, &n.There, &n.Levels, &n.Strangers, &n.Uninvited, &n.Inactive, &n.Last)
		return n, err
	})
	if err != nil {
		return n, fmt.Errorf("count draft: %w", err)
	}
	return n, nil
}

// DraftProducts counts which offers the addresses of a draft that are no members
// yet are to get, each as often as it is chosen.
func (r *Reader) DraftProducts(ctx context.Context, id directory.ImportID) (map[string]int64, error) {
	var a args
	query := `SELECT products, count(*) FROM draft_row WHERE import_key = ` + a.add(id) + ` AND member_key IS NULL AND products <> '' GROUP BY products`
	found := map[string]int64{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var products string
		var n int64
		err := row.Scan(&products, &n)
		for offer := range strings.SplitSeq(products, ",") {
			found[offer] += n
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count products of draft: %w", err)
	}
	return found, nil
}

// InsertDraftRows adds pasted addresses; one that stands there already is
// merged (ADD-2). It answers how many are new.
func (tx *Tx) InsertDraftRows(ctx context.Context, id directory.ImportID, rows []directory.DraftRow) (int64, error) {
	values := make([][]any, len(rows))
	for i, d := range rows {
		values[i] = []any{id, d.Line, d.Email, directory.FoldEmail(d.Email), d.First, d.Last, d.Company, d.Function, d.Level, d.LevelOwn, strings.Join(d.Products, ","), d.ProductsOwn, orNull(d.Member), orNull(d.Known)}
	}
	columns := []string{"import_key", "line", "email", "email_folded", "first_name", "last_name", "company", "function", "level", "level_own", "products", "products_own", "member_key", "known_key"}
	n, err := tx.bulkInsert(ctx, "draft_row", columns, values, "ON CONFLICT (import_key, email_folded) DO NOTHING")
	if err != nil {
		return 0, fmt.Errorf("add to draft: %w", err)
	}
	return n, nil
}

// UpdateDraftRows writes what is chosen for pasted addresses.
func (tx *Tx) UpdateDraftRows(ctx context.Context, id directory.ImportID, rows []directory.DraftRow) error {
	values := make([][]any, len(rows))
	for i, d := range rows {
		values[i] = []any{id, d.Line, d.Email, directory.FoldEmail(d.Email), d.First, d.Last, d.Company, d.Function, d.Level, d.LevelOwn, strings.Join(d.Products, ","), d.ProductsOwn}
	}
	columns := []string{"import_key", "line", "email", "email_folded", "first_name", "last_name", "company", "function", "level", "level_own", "products", "products_own"}
	over := `ON CONFLICT (import_key, line) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
		company = excluded.company, function = excluded.function, level = excluded.level, level_own = excluded.level_own,
		products = excluded.products, products_own = excluded.products_own`
	if _, err := tx.bulkInsert(ctx, "draft_row", columns, values, over); err != nil {
		return fmt.Errorf("change draft: %w", err)
	}
	return nil
}

// DeleteDraftRows takes addresses out of a draft.
func (tx *Tx) DeleteDraftRows(ctx context.Context, id directory.ImportID, lines []int64) error {
	var a args
	query := `DELETE FROM draft_row WHERE import_key = ` + a.add(id) + ` AND line` + inKeys(tx.Reader, lines, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("take out of draft: %w", err)
	}
	return nil
}
