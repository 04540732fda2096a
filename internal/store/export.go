package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
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

// A MemberNeed is something of members that an export may read or leave; several are
// put together by "or".
type MemberNeed uint32

// What of members can be read.
const (
	NeedCompany MemberNeed = 1 << iota
	NeedUnit
	NeedStatus
	NeedFunctions
	NeedLevels
	NeedAdded
	NeedLastSeen
	NeedEnds
	NeedNames // the own ones and those that were suggested
	NeedCivility
	NeedEmail
	NeedUserName
	NeedLanguage
	NeedPlaceTexts
	NeedUUID
	NeedProducts // without when they were used

	NeedAll = 1<<iota - 1
)

// A packedColumn is a column of members as it stands in a packed line.
type packedColumn struct {
	need       MemberNeed
	expression string
	take       func(l *MemberLine, text string) error
}

func packedText(need MemberNeed, expression string, into func(l *MemberLine) *string) packedColumn {
	return packedColumn{need, expression, func(l *MemberLine, text string) error { *into(l) = text; return nil }}
}

func packedNumber(need MemberNeed, expression string, into func(l *MemberLine, n int64)) packedColumn {
	return packedColumn{need, expression, func(l *MemberLine, text string) error {
		n, err := strconv.ParseInt(text, 10, 64)
		into(l, n)
		return err
	}}
}

func packedMoment(need MemberNeed, column string, into func(l *MemberLine) *time.Time) packedColumn {
	return packedColumn{need, `coalesce(CAST(` + column + ` AS TEXT), '')`, func(l *MemberLine, text string) (err error) {
		*into(l), err = momentIn(text)
		return err
	}}
}

// packedRoles is a column of roles. Most people hold what others hold.
func packedRoles(need MemberNeed, column string, into func(l *MemberLine) *[]directory.RoleID) packedColumn {
	known := map[string][]directory.RoleID{}
	return packedColumn{need, column, func(l *MemberLine, text string) error {
		roles, read := known[text]
		if !read {
			if err := readRoles(text, &roles); err != nil {
				return err
			}
			known[text] = roles
		}
		*into(l) = roles
		return nil
	}}
}

func packedColumns(o Packing, a *args) []packedColumn {
	columns := []packedColumn{
		packedNumber(NeedCompany, "coalesce(m.company_key, 0)", func(l *MemberLine, n int64) { l.Company = directory.CompanyID(n) }),
		packedNumber(NeedUnit, "m.unit_key", func(l *MemberLine, n int64) { l.Unit = directory.UnitID(n) }),
		packedNumber(NeedStatus, "m.status", func(l *MemberLine, n int64) { l.Status = directory.Status(n) }),
		packedRoles(NeedFunctions, "m.functions", func(l *MemberLine) *[]directory.RoleID { return &l.Functions }),
		packedNumber(NeedLevels, "coalesce(m.level_key, 0)", func(l *MemberLine, n int64) { l.Level = directory.RoleID(n) }),
		packedRoles(NeedLevels, "m.more_levels", func(l *MemberLine) *[]directory.RoleID { return &l.MoreLevels }),
		packedMoment(NeedAdded, "m.added_at", func(l *MemberLine) *time.Time { return &l.Added }),
		packedMoment(NeedLastSeen, "m.last_seen_at", func(l *MemberLine) *time.Time { return &l.LastSeen }),
		packedMoment(NeedEnds, "m.ends_at", func(l *MemberLine) *time.Time { return &l.Ends }),
		packedText(NeedNames, "u.first_name", func(l *MemberLine) *string { return &l.Person.First }),
		packedText(NeedNames, "u.last_name", func(l *MemberLine) *string { return &l.Person.Last }),
		packedText(NeedNames, "m.suggested_first_name", func(l *MemberLine) *string { return &l.Suggested.First }),
		packedText(NeedNames, "m.suggested_last_name", func(l *MemberLine) *string { return &l.Suggested.Last }),
		packedText(NeedCivility, "u.civility", func(l *MemberLine) *string { return &l.Person.Civility }),
		packedText(NeedEmail, "u.email", func(l *MemberLine) *string { return &l.Person.Email }),
		packedText(NeedUserName, "u.user_name", func(l *MemberLine) *string { return &l.Person.UserName }),
		packedText(NeedLanguage, "u.language", func(l *MemberLine) *string { return &l.Person.Language }),
		packedText(NeedUUID, "m.uuid", func(l *MemberLine) *string { return &l.UUID }),
	}
	for i, column := range placeColumns() {
		columns = append(columns, packedText(NeedPlaceTexts, "m."+column, func(l *MemberLine) *string { return l.PlaceTexts.Each()[i].Value }))
	}
	if o.Needs&NeedProducts != 0 {
		columns = append(columns, packedProducts(o, a)...)
	}
	return slices.DeleteFunc(columns, func(c packedColumn) bool { return c.need&o.Needs == 0 })
}

// packedProducts are the seats of somebody, each with its key and its pool, and what
// they bring along, with its key and the product.
func packedProducts(o Packing, a *args) []packedColumn {
	type numbered struct {
		key int64
		directory.HeldProduct
	}
	var held []numbered
	read := func(text string, product func(word string) (directory.HeldProduct, error)) error {
		for words := strings.Fields(text); len(words) > 1; words = words[2:] {
			key, err := strconv.ParseInt(words[0], 10, 64)
			if err != nil {
				return err
			}
			h, err := product(words[1])
			if err != nil {
				return err
			}
			held = append(held, numbered{key, h})
		}
		return nil
	}
	list := func(what, from string) string {
		return `coalesce((SELECT string_agg(concat_ws(' ', h.key, ` + what + `), ' ') FROM ` + from + ` h WHERE h.member_key = m.key AND h.valid_to IS NULL`
	}
	return []packedColumn{
		{NeedProducts, list("h.pool_key", "seat") + `), '')`, func(_ *MemberLine, text string) error {
			held = held[:0]
			return read(text, func(word string) (directory.HeldProduct, error) {
				n, err := strconv.ParseInt(word, 10, 64)
				pool, _ := o.Stock.Pool(directory.PoolID(n))
				return directory.HeldProduct{Offer: pool.Offer, Pool: directory.PoolID(n), Own: true}, err
			})
		}},
		{NeedProducts, list("h.product", "external_subscription") + ` AND (h.ends_at IS NULL OR h.ends_at > ` + a.add(o.Now) + `)), '')`, func(l *MemberLine, text string) error {
			err := read(text, func(word string) (directory.HeldProduct, error) {
				return directory.HeldProduct{Offer: directory.Offer{Product: word}, External: true}, nil
			})
			slices.SortFunc(held, func(x, y numbered) int { return cmp.Compare(x.key, y.key) })
			l.Products = l.Products[:0]
			for _, h := range held {
				l.Products = alsoHolding(l.Products, h.HeldProduct)
			}
			return err
		}},
	}
}

// packedBy parts the columns of a packed line. It stands in no text that was typed,
// and a line of a text that has it all the same is read column by column.
const packedBy = "\x1f"

// PackedMembers are lines of members of which only what was needed is read, each as
// one text: a column of its own would cost as much as to find the row.
type PackedMembers struct {
	Companies []directory.CompanyID // of them all, where companies are needed

	keys    []directory.MemberID
	columns []packedColumn
	lines   []string // of each key, which stands first; empty: nobody
	torn    map[directory.MemberID]MemberLine
}

// A Packing is what of members is read.
type Packing struct {
	Keys  []directory.MemberID
	Needs MemberNeed
	Stock *directory.Stock // of their account, where products are needed
	Now   time.Time
}

// PackMembers reads what is needed of members as they are at a moment.
func (r *Reader) PackMembers(ctx context.Context, o Packing) (PackedMembers, error) {
	p := PackedMembers{keys: o.Keys, lines: make([]string, len(o.Keys))}
	if len(o.Keys) == 0 {
		return p, nil
	}
	var a args
	p.columns = packedColumns(o, &a)
	torn, err := r.pack(ctx, &p, a)
	if err != nil || len(torn) == 0 {
		return p, wrapped("read members of an export", err)
	}
	lines, err := r.MemberLines(ctx, torn, o.Now)
	p.torn = make(map[directory.MemberID]MemberLine, len(lines))
	for _, line := range lines {
		p.torn[line.ID] = line
		p.Companies = append(p.Companies, line.Company)
	}
	return p, err
}

// pack answers the members whose lines were torn.
func (r *Reader) pack(ctx context.Context, p *PackedMembers, a args) (torn []directory.MemberID, err error) {
	at := make(map[directory.MemberID]int, len(p.keys))
	for i, key := range p.keys {
		at[key] = i
	}
	query := r.packing(slices.Sorted(slices.Values(p.keys)), p.columns, &a)
	companies := map[string]bool{}
	err = each(ctx, r, query, a, func(row scanner) error {
		var line string
		if err := row.Scan(&line); err != nil {
			return err
		}
		name, rest, _ := strings.Cut(line, packedBy)
		key, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			return err
		}
		if strings.Count(rest, packedBy)+1 > max(len(p.columns), 1) {
			torn = append(torn, directory.MemberID(key))
			return nil
		}
		p.lines[at[directory.MemberID(key)]] = line
		if len(p.columns) > 0 && p.columns[0].need == NeedCompany {
			company, _, _ := strings.Cut(rest, packedBy)
			companies[company] = true
		}
		return nil
	})
	for company := range companies {
		n, bad := strconv.ParseInt(company, 10, 64)
		err = errors.Join(err, bad)
		p.Companies = append(p.Companies, directory.CompanyID(n))
	}
	return torn, err
}

// packing is the statement that packs columns of members, in the order of their keys,
// in which they lie. Either database is told to look each of them up: for thousands
// at once PostgreSQL would rather go through everybody there is.
func (r *Reader) packing(keys []directory.MemberID, columns []packedColumn, a *args) string {
	line := `concat_ws('` + packedBy + `', m.key`
	for _, c := range columns {
		line += `, ` + c.expression
	}
	line += `)`
	if r.dialect == postgres {
		return `SELECT l.line FROM ` + keyTable(r, keys, a) + ` CROSS JOIN LATERAL (SELECT ` + line +
			` AS line FROM member m JOIN "user" u ON u.key = m.user_key WHERE m.key = k.key OFFSET 0) l`
	}
	return `SELECT ` + line + ` FROM ` + keyTable(r, keys, a) + ` CROSS JOIN member m CROSS JOIN "user" u WHERE m.key = k.key AND u.key = m.user_key`
}

// Lines are the lines in the order of the keys. The next one is written over the one
// before.
func (p *PackedMembers) Lines() iter.Seq2[*MemberLine, error] {
	return func(yield func(*MemberLine, error) bool) {
		var packed MemberLine
		for i, key := range p.keys {
			l, err := &packed, error(nil)
			if line, torn := p.torn[key]; torn {
				l = &line
			} else if p.lines[i] == "" {
				continue
			} else {
				err = p.unpack(p.lines[i], l)
			}
			l.ID = key
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

func (p *PackedMembers) unpack(line string, into *MemberLine) error {
	_, rest, _ := strings.Cut(line, packedBy)
	for _, column := range p.columns {
		var text string
		text, rest, _ = strings.Cut(rest, packedBy)
		if err := column.take(into, text); err != nil {
			return fmt.Errorf("unpack a member: %w", err)
		}
	}
	return nil
}
