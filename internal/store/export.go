package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"intendant/internal/directory"
)

const exportColumns = `key, uuid, account_key, user_key, asker, kind, format, over_key, reach, asked, columns, language, zone, state, stopped,
	run, done, total, bytes, parts, batch, created_at, ended_at, expires_at`

func scanExport(row scanner) (directory.Export, error) {
	var e directory.Export
	var asker, reach, columns, stopped string
	var created, ended, expires micros
	err := row.Scan(&e.ID, &e.UUID, &e.Account, &e.User, &asker, &e.Kind, &e.Format, &e.Over, &reach, &e.Asked, &columns, &e.Language, &e.Zone,
		&e.State, &stopped, &e.Run, &e.Done, &e.Total, &e.Bytes, &e.Parts, &e.Batch, &created, &ended, &expires)
	if err != nil {
		return e, err
	}
	e.Created, e.Ended, e.Expires = created.Time, ended.Time, expires.Time
	e.Columns = strings.Fields(columns)
	units, err := numbersIn(reach)
	for _, unit := range units {
		e.Reach = append(e.Reach, directory.UnitID(unit))
	}
	if err != nil {
		return e, err
	}
	if stopped != "" {
		if err := json.Unmarshal([]byte(stopped), &e.Stopped); err != nil {
			return e, err
		}
	}
	return e, json.Unmarshal([]byte(asker), &e.Asker)
}

// Export reads an export; it refuses with export.not_found.
func (r *Reader) Export(ctx context.Context, id directory.ExportID) (directory.Export, error) {
	var a args
	return r.exportWhere(ctx, `key = `+a.add(id), a)
}

// ExportByUUID reads the export of a public id within one account; another
// account's is refused like an unknown one, with export.not_found.
func (r *Reader) ExportByUUID(ctx context.Context, account directory.AccountID, uuid string) (directory.Export, error) {
	var a args
	return r.exportWhere(ctx, `account_key = `+a.add(account)+` AND uuid = `+a.add(uuid), a)
}

func (r *Reader) exportWhere(ctx context.Context, where string, a args) (directory.Export, error) {
	e, err := one(ctx, r, `SELECT `+exportColumns+` FROM export WHERE `+where, a, scanExport)
	if isNoRows(err) {
		return e, directory.Refuse(directory.NotFound, "export.not_found")
	}
	if err != nil {
		return e, fmt.Errorf("read export: %w", err)
	}
	return e, nil
}

// An ExportList says which exports of an account are meant, newest first: those of
// one person, and of everybody those of some kinds that are over the whole account.
type ExportList struct {
	Account directory.AccountID
	User    directory.UserID
	Kinds   []directory.ExportKind
	Now     time.Time // those whose time was over before are left out
	Limit   int
}

// Exports lists exports of an account.
func (r *Reader) Exports(ctx context.Context, l ExportList) ([]directory.Export, error) {
	var a args
	query := `SELECT ` + exportColumns + ` FROM export WHERE account_key = ` + a.add(l.Account) + ` AND (state = 'running' OR expires_at > ` + a.add(l.Now) +
		`) AND (user_key = ` + a.add(l.User)
	for _, kind := range l.Kinds {
		query += ` OR over_key = 0 AND kind = ` + a.add(kind)
	}
	query += `) ORDER BY created_at DESC, key DESC` + atMost(l.Limit)
	found, err := collect(ctx, r, query, a, scanExport)
	if err != nil {
		return nil, fmt.Errorf("list exports: %w", err)
	}
	return found, nil
}

// An InsertExport writes an export that was asked for.
type InsertExport struct{ Export directory.Export }

func (c InsertExport) apply(ctx context.Context, tx *Tx) error {
	e := c.Export
	asker, err := json.Marshal(e.Asker)
	if err != nil {
		return fmt.Errorf("asker of export: %w", err)
	}
	reach := strings.Trim(fmt.Sprint(plainKeys(e.Reach)), "[]")
	row := []any{e.ID, e.UUID, e.Account, e.User, string(asker), e.Kind, e.Format, e.Over, reach, e.Asked, strings.Join(e.Columns, " "),
		e.Language, e.Zone, directory.ExportRunning, "", 0, 0, e.Total, 0, 0, e.Batch, tx.Now, e.Expires}
	columns := []string{"key", "uuid", "account_key", "user_key", "asker", "kind", "format", "over_key", "reach", "asked", "columns",
		"language", "zone", "state", "stopped", "run", "done", "total", "bytes", "parts", "batch", "created_at", "expires_at"}
	if _, err := tx.bulkInsert(ctx, "export", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("begin export: %w", err)
	}
	return nil
}

// TakeExport begins the file of an export anew, and answers whether it is the
// caller's: it is not when the export is over, or when somebody else took it since
// it was read.
func (tx *Tx) TakeExport(ctx context.Context, e directory.Export) (bool, error) {
	var a args
	query := `UPDATE export SET run = run + 1, done = 0, bytes = 0, parts = 0 WHERE key = ` + a.add(e.ID) + ` AND run = ` + a.add(e.Run) + ` AND state = 'running'`
	moved, err := exec(ctx, tx, query, a)
	if err != nil {
		return false, fmt.Errorf("begin file of export: %w", err)
	}
	return moved > 0, nil
}

// KeepExport keeps the next piece of the file of an export and how far it is then:
// the export says both, with the piece in Parts, and its end where it has ended. It
// answers false, and keeps nothing, when the export is over or another's by now.
func (tx *Tx) KeepExport(ctx context.Context, e directory.Export, piece []byte) (bool, error) {
	stopped := ""
	if e.Stopped != nil {
		text, err := json.Marshal(e.Stopped)
		if err != nil {
			return false, fmt.Errorf("why an export ended: %w", err)
		}
		stopped = string(text)
	}
	var a args
	query := `UPDATE export SET done = ` + a.add(e.Done) + `, bytes = ` + a.add(e.Bytes) + `, parts = ` + a.add(e.Parts) + `, total = ` + a.add(e.Total) +
		`, state = ` + a.add(e.State) + `, stopped = ` + a.add(stopped)
	if e.State != directory.ExportRunning {
		query += `, ended_at = ` + a.add(tx.Now) + `, expires_at = ` + a.add(tx.Now.AddDate(0, 0, directory.ExportDays))
	}
	query += ` WHERE key = ` + a.add(e.ID) + ` AND run = ` + a.add(e.Run) + ` AND state = 'running'`
	moved, err := exec(ctx, tx, query, a)
	if err != nil || moved == 0 {
		return false, wrapped("note progress of export", err)
	}
	if piece == nil {
		return true, nil
	}
	row := []any{e.ID, e.Run, e.Parts - 1, piece}
	if _, err := tx.bulkInsert(ctx, "export_part", []string{"export_key", "run", "part", "content"}, [][]any{row}, ""); err != nil {
		return false, fmt.Errorf("keep piece of export: %w", err)
	}
	return true, nil
}

func wrapped(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// ExportPart reads one piece of the file of an export, from 0; none after the last.
func (r *Reader) ExportPart(ctx context.Context, e directory.Export, part int64) ([]byte, error) {
	var a args
	query := `SELECT content FROM export_part WHERE export_key = ` + a.add(e.ID) + ` AND run = ` + a.add(e.Run) + ` AND part = ` + a.add(part)
	content, err := one(ctx, r, query, a, func(row scanner) (content []byte, err error) { return content, row.Scan(&content) })
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read piece of export: %w", err)
	}
	return content, nil
}

// A StopExport ends an export that runs; what was written of its file goes later. One
// that is over is a lost race.
type StopExport struct{ Export directory.ExportID }

func (c StopExport) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE export SET state = 'stopped', bytes = 0, ended_at = ` + a.add(tx.Now) + ` WHERE key = ` + a.add(c.Export) + ` AND state = 'running'`
	moved, err := exec(ctx, tx, query, a)
	if err == nil && moved == 0 {
		err = errLostRace
	}
	return wrapped("stop export", err)
}

// A LapseExport ends the time for which an export is kept: nobody finds it any more,
// and the next sweep removes it.
type LapseExport struct{ Export directory.ExportID }

func (c LapseExport) apply(ctx context.Context, tx *Tx) error {
	var a args
	_, err := exec(ctx, tx, `UPDATE export SET expires_at = `+a.add(tx.Now)+` WHERE key = `+a.add(c.Export)+` AND state <> 'running'`, a)
	return wrapped("drop export", err)
}

// DropExportParts removes at most limit pieces that no export has any more: of runs
// that were cut off, of exports that are over without a file. It answers how many.
func (tx *Tx) DropExportParts(ctx context.Context, limit int) (int64, error) {
	var a args
	query := `DELETE FROM export_part WHERE (export_key, run, part) IN (SELECT p.export_key, p.run, p.part FROM export_part p
		JOIN export e ON e.key = p.export_key WHERE p.run < e.run OR e.state IN ('stopped', 'failed') OR e.state <> 'running' AND e.expires_at <= ` + a.add(tx.Now) + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	return n, wrapped("remove pieces of exports", err)
}

// PurgeExports removes at most limit exports whose time is over and of which no
// piece is left, and answers how many.
func (tx *Tx) PurgeExports(ctx context.Context, limit int) (int64, error) {
	var a args
	query := `DELETE FROM export WHERE key IN (SELECT e.key FROM export e WHERE e.expires_at <= ` + a.add(tx.Now) + ` AND e.state <> 'running'
		AND NOT EXISTS (SELECT 1 FROM export_part p WHERE p.export_key = e.key)` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	return n, wrapped("remove exports", err)
}

// MemberWalk looks at the next members in the order of a list, no more than a window
// of them where a filter is looked for on the way. It answers who of them passes, and
// the last place it looked at, none at the end of the list: whoever goes on there
// reads everybody once, however few pass.
func (r *Reader) MemberWalk(ctx context.Context, l MemberList, window int) ([]MemberPlace, *MemberPlace, error) {
	column, ok := columnOf(l.Sort.Column)
	if !ok {
		return nil, nil, directory.InvalidField("sort", "field.unknown_choice", directory.Args{"Value": l.Sort.Column})
	}
	l.Size = window
	driven, rare, err := r.driven(ctx, l)
	if err != nil {
		return nil, nil, fmt.Errorf("walk through members: %w", err)
	}
	var places []MemberPlace
	switch {
	case l.Filter.Empty() && l.Scope.All() || l.Of > 0 && l.Of <= smallAccount:
		places, err = r.membersDirectly(ctx, l, column)
	case rare:
		places, err = r.membersGathered(ctx, driven, column)
	default:
		return r.membersOnTheWay(ctx, l, column)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("walk through members: %w", err)
	}
	if len(places) < window {
		return places, nil, nil
	}
	return places, &places[len(places)-1], nil
}

func (r *Reader) membersOnTheWay(ctx context.Context, l MemberList, column memberColumn) (found []MemberPlace, last *MemberPlace, err error) {
	var a args
	expressions, _ := column.parts(MemberPlace{})
	inner := `SELECT ` + column.place() + l.checked() + l.base(r, column, &a) + l.order(expressions) + atMost(l.Size)
	query := `SELECT m.s_number, m.s_text, m.s_name, m.key, CASE WHEN 1 = 1` + l.where(r, &a) + ` THEN 1 ELSE 0 END FROM (` + inner + `) m` + l.order(column.outer())
	looked := 0
	err = each(ctx, r, query, a, func(row scanner) error {
		var p MemberPlace
		var passes int
		if err := row.Scan(&p.Number, &p.Text, &p.Name, &p.Key, &passes); err != nil {
			return err
		}
		if looked++; looked == l.Size {
			last = &p
		}
		if passes == 1 {
			found = append(found, p)
		}
		return nil
	})
	return found, last, wrapped("walk through members", err)
}
