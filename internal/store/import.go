package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"intendant/internal/directory"
)

const importColumns = `key, uuid, account_key, user_key, noun, file_name, format, choices, state, total, done, added, changed, faulty,
	unchanged, invited, last_line, batch, created_at, checked_at, started_at, ended_at`

func scanImport(row scanner) (directory.Import, error) {
	var i directory.Import
	var choices string
	var created, checked, started, ended micros
	n := &i.Counts
	err := row.Scan(&i.ID, &i.UUID, &i.Account, &i.User, &i.Noun, &i.FileName, &i.Format, &choices, &i.State, &n.Total, &n.Done, &n.Added,
		&n.Changed, &n.Faulty, &n.Unchanged, &n.Invited, &i.LastLine, &i.Batch, &created, &checked, &started, &ended)
	if err != nil {
		return i, err
	}
	i.Created, i.Checked, i.Started, i.Ended = created.Time, checked.Time, started.Time, ended.Time
	return i, json.Unmarshal([]byte(choices), &i.Choices)
}

// Import reads an import; it refuses with import.not_found.
func (r *Reader) Import(ctx context.Context, id directory.ImportID) (directory.Import, error) {
	var a args
	return r.importWhere(ctx, `key = `+a.add(id), a)
}

// ImportByUUID reads the import of a public id within one account (0 for the
// vendor's); another account's is refused like an unknown one, with
// import.not_found.
func (r *Reader) ImportByUUID(ctx context.Context, account directory.AccountID, uuid string) (directory.Import, error) {
	var a args
	return r.importWhere(ctx, `account_key = `+a.add(account)+` AND uuid = `+a.add(uuid), a)
}

func (r *Reader) importWhere(ctx context.Context, where string, a args) (directory.Import, error) {
	i, err := one(ctx, r, `SELECT `+importColumns+` FROM import WHERE `+where, a, scanImport)
	if isNoRows(err) {
		return i, directory.Refuse(directory.NotFound, "import.not_found")
	}
	if err != nil {
		return i, fmt.Errorf("read import: %w", err)
	}
	return i, nil
}

// An ImportList says which imports are listed: all of a noun, or one maker's.
type ImportList struct {
	Noun  string
	Owner directory.UserID
	Limit int
}

// Imports lists the imports of one noun in an account that were started, newest
// first.
func (r *Reader) Imports(ctx context.Context, account directory.AccountID, of ImportList) ([]directory.Import, error) {
	var a args
	query := `SELECT ` + importColumns + ` FROM import WHERE account_key = ` + a.add(account) + ` AND noun = ` + a.add(of.Noun) + ` AND state <> 'draft'`
	if of.Owner != 0 {
		query += ` AND user_key = ` + a.add(of.Owner)
	}
	query += ` ORDER BY created_at DESC, key DESC` + atMost(of.Limit)
	found, err := collect(ctx, r, query, a, scanImport)
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return found, nil
}

// An InsertImport writes a new import.
type InsertImport struct {
	Import directory.Import
}

func (c InsertImport) apply(ctx context.Context, tx *Tx) error {
	i := c.Import
	choices, err := json.Marshal(i.Choices)
	if err != nil {
		return fmt.Errorf("import choices: %w", err)
	}
	row := []any{i.ID, i.UUID, i.Account, i.User, i.Noun, i.FileName, i.Format, string(choices), i.State, i.Counts.Total, 0, 0, 0, 0, 0,
		0, 0, i.Batch, tx.Now, i.Checked, i.Started, i.Ended}
	columns := []string{"key", "uuid", "account_key", "user_key", "noun", "file_name", "format", "choices", "state", "total", "done", "added",
		"changed", "faulty", "unchanged", "invited", "last_line", "batch", "created_at", "checked_at", "started_at", "ended_at"}
	if _, err := tx.bulkInsert(ctx, "import", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("add import: %w", err)
	}
	return nil
}

// An UpdateImport writes how an import is read, how far it is and when it
// changed state.
type UpdateImport struct {
	Import directory.Import
}

func (c UpdateImport) apply(ctx context.Context, tx *Tx) error { return tx.UpdateImport(ctx, c.Import) }

// UpdateImport is the change of that name outside of a plan, for drafts.
func (tx *Tx) UpdateImport(ctx context.Context, i directory.Import) error {
	choices, err := json.Marshal(i.Choices)
	if err != nil {
		return fmt.Errorf("import choices: %w", err)
	}
	n := i.Counts
	row := []any{i.ID, i.Format, string(choices), i.State, n.Total, n.Done, n.Added, n.Changed, n.Faulty, n.Unchanged, n.Invited,
		i.LastLine, i.Batch, i.Checked, i.Started, i.Ended}
	columns := []string{"format", "choices", "state", "total", "done", "added", "changed", "faulty", "unchanged", "invited",
		"last_line", "batch", "checked_at", "started_at", "ended_at"}
	if _, err := tx.bulkUpdate(ctx, "import", "key", columns, [][]any{row}); err != nil {
		return fmt.Errorf("update import: %w", err)
	}
	return nil
}

// An ImportRow is what became, or would become, of one row. Facts are JSON.
type ImportRow struct {
	Line    int64
	Outcome string
	Subject int64
	Facts   string
	Invited bool // counted, not stored here
}

// PutImportRows writes verdicts over those of the same lines.
type PutImportRows struct {
	Import directory.ImportID
	Rows   []ImportRow
}

func (c PutImportRows) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Rows))
	for i, v := range c.Rows {
		rows[i] = []any{c.Import, v.Line, v.Outcome, orNull(v.Subject), v.Facts}
	}
	over := `ON CONFLICT (import_key, line) DO UPDATE SET outcome = excluded.outcome, subject = excluded.subject, facts = excluded.facts`
	if _, err := tx.bulkInsert(ctx, "import_row", []string{"import_key", "line", "outcome", "subject", "facts"}, rows, over); err != nil {
		return fmt.Errorf("write import rows: %w", err)
	}
	return nil
}

// PutImportRows is the change of that name outside of a plan, for previews.
func (tx *Tx) PutImportRows(ctx context.Context, id directory.ImportID, rows []ImportRow) error {
	return PutImportRows{Import: id, Rows: rows}.apply(ctx, tx)
}

// ClearImportRows takes out the verdicts of a preview, before the real ones are
// written.
type ClearImportRows struct {
	Import directory.ImportID
}

func (c ClearImportRows) apply(ctx context.Context, tx *Tx) error {
	return tx.ClearImportRows(ctx, c.Import)
}

// ClearImportRows is the change of that name outside of a plan. Pieces of a
// paste that are no address ("invalid") stay.
func (tx *Tx) ClearImportRows(ctx context.Context, id directory.ImportID) error {
	var a args
	query := `DELETE FROM import_row WHERE import_key = ` + a.add(id) + ` AND outcome <> 'invalid'`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("clear import rows: %w", err)
	}
	return nil
}

// DeleteImportRows takes out the verdicts of some lines.
func (tx *Tx) DeleteImportRows(ctx context.Context, id directory.ImportID, lines []int64) error {
	var a args
	query := `DELETE FROM import_row WHERE import_key = ` + a.add(id) + ` AND line` + inKeys(tx.Reader, lines, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("take out import rows: %w", err)
	}
	return nil
}

// ClearInvalid takes out the pieces of a paste that are no address, up to a
// line, and answers how many they were.
func (tx *Tx) ClearInvalid(ctx context.Context, id directory.ImportID, upTo int64) (int64, error) {
	var a args
	query := `DELETE FROM import_row WHERE import_key = ` + a.add(id) + ` AND outcome = 'invalid' AND line <= ` + a.add(upTo)
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("clear invalid pieces: %w", err)
	}
	return n, nil
}

// An ImportRowFilter chooses rows of an import: of one outcome or all, after a
// line.
type ImportRowFilter struct {
	Outcome string
	After   int64
	Skip    int
	Limit   int
}

// ImportRows reads verdicts in the order of the lines.
func (r *Reader) ImportRows(ctx context.Context, id directory.ImportID, f ImportRowFilter) ([]ImportRow, error) {
	var a args
	query := `SELECT line, outcome, subject, facts FROM import_row WHERE import_key = ` + a.add(id) + ` AND line > ` + a.add(f.After)
	if f.Outcome != "" {
		query += ` AND outcome = ` + a.add(f.Outcome)
	}
	query += ` ORDER BY line` + atMost(f.Limit) + ` OFFSET ` + a.add(f.Skip)
	rows, err := collect(ctx, r, query, a, func(row scanner) (ImportRow, error) {
		var v ImportRow
		var subject *int64
		err := row.Scan(&v.Line, &v.Outcome, &subject, &v.Facts)
		v.Subject = orZero(subject)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("read import rows: %w", err)
	}
	return rows, nil
}

// CountInvalid counts the pieces of a paste that are no address, and says the
// line of the last.
func (r *Reader) CountInvalid(ctx context.Context, id directory.ImportID) (count, last int64, err error) {
	var a args
	query := `SELECT count(*), coalesce(max(line), 0) FROM import_row WHERE import_key = ` + a.add(id) + ` AND outcome = 'invalid'`
	found, err := one(ctx, r, query, a, func(row scanner) (n [2]int64, err error) {
		err = row.Scan(&n[0], &n[1])
		return n, err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count invalid pieces: %w", err)
	}
	return found[0], found[1], nil
}

// CountImportRows counts the rows of an import by outcome.
func (r *Reader) CountImportRows(ctx context.Context, id directory.ImportID) (map[string]int64, error) {
	var a args
	counts := map[string]int64{}
	query := `SELECT outcome, count(*) FROM import_row WHERE import_key = ` + a.add(id) + ` GROUP BY outcome`
	err := each(ctx, r, query, a, func(row scanner) error {
		var outcome string
		var n int64
		if err := row.Scan(&outcome, &n); err != nil {
			return err
		}
		counts[outcome] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count import rows: %w", err)
	}
	return counts, nil
}

// SomeAddresses are the addresses of the members who came last, without those who are
// gone.
func (r *Reader) SomeAddresses(ctx context.Context, account directory.AccountID, limit int) ([]string, error) {
	var a args
	query := `SELECT u.email FROM member m` + r.dialect.indexed("member_by_added") + ` CROSS JOIN "user" u WHERE u.key = m.user_key AND m.account_key = ` + a.add(account) +
		` AND m.removed_at IS NULL ORDER BY m.added_at DESC, m.key DESC` + atMost(limit)
	emails, err := collect(ctx, r, query, a, func(row scanner) (string, error) {
		var email string
		return email, row.Scan(&email)
	})
	if err != nil {
		return nil, fmt.Errorf("read some addresses: %w", err)
	}
	return emails, nil
}

// InsertImportPart keeps one part of an import's file.
func (tx *Tx) InsertImportPart(ctx context.Context, id directory.ImportID, part int64, bytes []byte) error {
	row := []any{id, part, bytes}
	if _, err := tx.bulkInsert(ctx, "import_file", []string{"import_key", "part", "bytes"}, [][]any{row}, ""); err != nil {
		return fmt.Errorf("keep part of a file: %w", err)
	}
	return nil
}

// ImportPart reads one part of an import's file; none is nil.
func (r *Reader) ImportPart(ctx context.Context, id directory.ImportID, part int64) ([]byte, error) {
	var a args
	query := `SELECT bytes FROM import_file WHERE import_key = ` + a.add(id) + ` AND part = ` + a.add(part)
	bytes, err := one(ctx, r, query, a, func(row scanner) (b []byte, err error) {
		err = row.Scan(&b)
		return b, err
	})
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read part of a file: %w", err)
	}
	return bytes, nil
}

// OldImports lists imports to be removed: drafts made before one time, others
// before another.
func (r *Reader) OldImports(ctx context.Context, drafts, others time.Time, limit int) ([]directory.ImportID, error) {
	var a args
	query := `SELECT key FROM import WHERE state = 'draft' AND created_at < ` + a.add(drafts) +
		` OR state IN ('done', 'stopped') AND created_at < ` + a.add(others) + ` ORDER BY created_at` + atMost(limit)
	keys, err := collect(ctx, r, query, a, func(row scanner) (directory.ImportID, error) {
		var key directory.ImportID
		return key, row.Scan(&key)
	})
	if err != nil {
		return nil, fmt.Errorf("list old imports: %w", err)
	}
	return keys, nil
}

// DeleteImport removes an import with its file and rows; what it brought in
// stays.
func (tx *Tx) DeleteImport(ctx context.Context, id directory.ImportID) error {
	for _, from := range []string{"import_file WHERE import_key", "import_row WHERE import_key", "draft_row WHERE import_key", "import WHERE key"} {
		var a args
		if _, err := exec(ctx, tx, `DELETE FROM `+from+` = `+a.add(id), a); err != nil {
			return fmt.Errorf("remove import: %w", err)
		}
	}
	return nil
}

// ImportProgress is how far an import has come. Of a draft it counts what the
// preview found. Batch must be the import's still, else nothing is written.
type ImportProgress struct {
	Import   directory.ImportID
	Batch    string
	Counts   directory.ImportCounts
	LastLine int64
	Checked  time.Time
}

func (c ImportProgress) apply(ctx context.Context, tx *Tx) error {
	ours, err := tx.ImportProgress(ctx, c)
	if err == nil && !ours {
		return errLostRace
	}
	return err
}

// ImportProgress is the change of that name outside of a plan, for previews. It
// answers false when the import was started or read anew meanwhile.
func (tx *Tx) ImportProgress(ctx context.Context, c ImportProgress) (bool, error) {
	var a args
	n := c.Counts
	query := `UPDATE import SET total = ` + a.add(n.Total) + `, done = ` + a.add(n.Done) + `, added = ` + a.add(n.Added) +
		`, changed = ` + a.add(n.Changed) + `, faulty = ` + a.add(n.Faulty) + `, unchanged = ` + a.add(n.Unchanged) +
		`, invited = ` + a.add(n.Invited) + `, last_line = ` + a.add(c.LastLine) + `, checked_at = ` + a.add(c.Checked) +
		` WHERE key = ` + a.add(c.Import) + ` AND batch = ` + a.add(c.Batch)
	changed, err := exec(ctx, tx, query, a)
	if err != nil {
		return false, fmt.Errorf("note progress of import: %w", err)
	}
	return changed > 0, nil
}
