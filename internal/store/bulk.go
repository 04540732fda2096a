package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// How many rows one statement takes. SQLite opens the table and its indexes
// once for each, and gains nothing from more.
const (
	bulkRows  = 5000 // PostgreSQL
	groupRows = 16   // SQLite
)

// columnTypes remembers the types of a table's columns, which PostgreSQL needs
// to be told when rows come as arrays. They change with a migration only.
type columnTypes struct {
	mu    sync.Mutex
	table map[string]map[string]string
}

func newColumnTypes() *columnTypes {
	return &columnTypes{table: map[string]map[string]string{}}
}

// bulkInsert adds rows to table and returns how many it added or changed.
// onConflict follows the values as it is, "ON CONFLICT (key) DO NOTHING" for
// one, or is empty. With DO UPDATE no two rows may have the same key.
//
// It has two bodies because the fast way differs: on SQLite a prepared statement
// of a few rows in a loop, on PostgreSQL one array for each column. Without
// onConflict PostgreSQL is not waited for: what breaks a constraint is said by
// the next statement, or the commit.
func (tx *Tx) bulkInsert(ctx context.Context, table string, columns []string, rows [][]any, onConflict string) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	into := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") "
	var affected int64
	var err error
	if tx.dialect == sqlite {
		affected, err = tx.inGroups(ctx, into, onConflict, rows)
	} else {
		var source string
		if source, err = tx.arrays(ctx, table, columns); err == nil {
			affected, err = tx.inArrays(ctx, into+"SELECT * FROM "+source+" "+onConflict, len(columns), rows, onConflict == "")
		}
	}
	if err != nil {
		return 0, fmt.Errorf("insert %d rows into %s: %w", len(rows), table, err)
	}
	if tx.dialect == postgres && len(rows) >= countedRows {
		tx.grown = append(tx.grown, growth{table, int64(len(rows))})
	}
	return affected, nil
}

// A growth is rows that a table has got.
type growth struct {
	table string
	rows  int64
}

// countedRows is how many rows in one write count towards the growth of a table.
// grownRows is how many make PostgreSQL look at it anew, when it has doubled by them:
// until it does so by itself, a minute or more later, it plans as if they were not there.
const (
	countedRows = 100
	grownRows   = 10_000
)

// figures are how many rows have been written into each table in bulk since PostgreSQL
// was last asked to look at it, and how many make it worth asking.
type figures struct {
	mu           sync.Mutex
	since, worth map[string]int64
}

// due adds what a change has written and answers which tables may have doubled since
// they were looked at.
func (f *figures) due(grown []growth) (tables []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.since == nil {
		f.since, f.worth = map[string]int64{}, map[string]int64{}
	}
	for _, g := range grown {
		f.since[g.table] += g.rows
		if f.since[g.table] >= max(grownRows, f.worth[g.table]) && !slices.Contains(tables, g.table) {
			tables = append(tables, g.table)
		}
	}
	return tables
}

// doubled reports whether a table has got as many rows as the database knows of in
// it, and begins to count anew then.
func (f *figures) doubled(table string, known int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.since[table] < max(grownRows, known) {
		f.worth[table] = known
		return false
	}
	f.since[table], f.worth[table] = 0, 0
	return true
}

// lookAnew has PostgreSQL look at the tables that changes have doubled. The change
// stands whatever becomes of it, so nothing is said but to the log.
func (db *DB) lookAnew(ctx context.Context, conn *sql.Conn, grown []growth) {
	if len(grown) == 0 {
		return
	}
	for _, table := range db.figures.due(grown) {
		within, stop := context.WithTimeout(context.WithoutCancel(ctx), db.deadlines.Statement)
		err := db.lookAt(within, conn, table)
		stop()
		if err != nil {
			db.logger.WarnContext(ctx, "the database did not look at a table that has grown", "table", table, "error", err)
		}
	}
}

// lookAt has PostgreSQL look at a table that has got as many rows as it knows of.
func (db *DB) lookAt(ctx context.Context, conn *sql.Conn, table string) error {
	var known float64
	if err := conn.QueryRowContext(ctx, `SELECT reltuples FROM pg_class WHERE oid = $1::text::regclass`, table).Scan(&known); err != nil {
		return err
	}
	if !db.figures.doubled(table, int64(known)) {
		return nil
	}
	_, err := conn.ExecContext(ctx, "ANALYZE "+table)
	return err
}

// addUp is bulkInsert for sums, whose onConflict adds to what is there. Nothing
// waits for it on PostgreSQL.
func (tx *Tx) addUp(ctx context.Context, table string, columns []string, rows [][]any, onConflict string) error {
	if tx.dialect == sqlite {
		_, err := tx.bulkInsert(ctx, table, columns, rows, onConflict)
		return err
	}
	source, err := tx.arrays(ctx, table, columns)
	if err != nil {
		return err
	}
	_, err = tx.inArrays(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") SELECT * FROM "+source+" "+onConflict, len(columns), rows, true)
	return err
}

// bulkUpdate sets columns of the rows of table whose keyColumn is rows[i][0] to
// the rest of rows[i], and returns how many it changed. A key may come once.
func (tx *Tx) bulkUpdate(ctx context.Context, table, keyColumn string, columns []string, rows [][]any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	all := append([]string{keyColumn}, columns...)
	sets := make([]string, len(columns))
	var affected int64
	var err error
	if tx.dialect == sqlite {
		for i, column := range columns {
			sets[i] = column + " = $" + strconv.Itoa(i+2)
		}
		query := "UPDATE " + table + " SET " + strings.Join(sets, ", ") + " WHERE " + keyColumn + " = $1"
		affected, err = tx.inLoop(ctx, query, rows)
	} else {
		for i, column := range columns {
			sets[i] = column + " = given." + column
		}
		var source string
		if source, err = tx.arrays(ctx, table, all); err == nil {
			query := "UPDATE " + table + " SET " + strings.Join(sets, ", ") + " FROM " + source +
				" WHERE " + table + "." + keyColumn + " = given." + keyColumn
			affected, err = tx.inArrays(ctx, query, len(all), rows, false)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("update %d rows of %s: %w", len(rows), table, err)
	}
	return affected, nil
}

// inGroups inserts rows with one prepared statement for each groupRows of them,
// and with another one by one what is left over.
func (tx *Tx) inGroups(ctx context.Context, into, onConflict string, rows [][]any) (int64, error) {
	row := "(?" + strings.Repeat(", ?", len(rows[0])-1) + ")"
	var affected int64
	if whole := len(rows) - len(rows)%groupRows; whole > 0 {
		groups := make([][]any, 0, whole/groupRows)
		for group := range slices.Chunk(rows[:whole], groupRows) {
			groups = append(groups, slices.Concat(group...))
		}
		var err error
		query := into + "VALUES " + row + strings.Repeat(", "+row, groupRows-1) + " " + onConflict
		if affected, err = tx.inLoop(ctx, query, groups); err != nil {
			return 0, err
		}
		rows = rows[whole:]
	}
	if len(rows) == 0 {
		return affected, nil
	}
	n, err := tx.inLoop(ctx, into+"VALUES "+row+" "+onConflict, rows)
	return affected + n, err
}

// inLoop runs query for each row. Watching the context costs a goroutine for
// each statement, so it is asked between the rows instead.
func (tx *Tx) inLoop(ctx context.Context, query string, rows [][]any) (affected int64, err error) {
	statement, err := tx.q.PrepareContext(ctx, query)
	if err != nil {
		return 0, fmt.Errorf("prepare: %w", driverError(err))
	}
	defer func() {
		if closing := statement.Close(); err == nil {
			err = closing
		}
	}()
	unwatched := context.WithoutCancel(ctx)
	var values []any
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return 0, driverError(err)
		}
		tx.line.wind() // each row is a step of its own
		values = values[:0]
		for _, value := range row {
			values = append(values, bindable(value))
		}
		result, err := statement.ExecContext(unwatched, values...)
		if err != nil {
			return 0, refusal(err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		affected += n
	}
	return affected, nil
}

// inArrays runs query with one array for each column, in parts of bulkRows. What
// may run later counts as having changed every row.
func (tx *Tx) inArrays(ctx context.Context, query string, columns int, rows [][]any, later bool) (int64, error) {
	var affected int64
	for len(rows) > 0 {
		part := rows[:min(bulkRows, len(rows))]
		rows = rows[len(part):]
		arrays := make([]any, columns)
		for i := range arrays {
			values := make([]any, len(part))
			for j, row := range part {
				values[j] = bindable(row[i])
			}
			arrays[i] = values
		}
		if later {
			tx.line.later(query, arrays)
			affected += int64(len(part))
			continue
		}
		result, err := tx.q.ExecContext(ctx, query, arrays...)
		if err != nil {
			return 0, refusal(err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		affected += n
	}
	return affected, nil
}

// arrays is the source "given" of rows that come as one array for each of the
// columns of table.
func (tx *Tx) arrays(ctx context.Context, table string, columns []string) (string, error) {
	types, err := tx.columnTypes(ctx, table)
	if err != nil {
		return "", err
	}
	parts := make([]string, len(columns))
	for i, column := range columns {
		kind, found := types[column]
		if !found {
			return "", fmt.Errorf("table %s has no column %s", table, column)
		}
		parts[i] = "$" + strconv.Itoa(i+1) + "::" + kind + "[]"
	}
	return "unnest(" + strings.Join(parts, ", ") + ") AS given(" + strings.Join(columns, ", ") + ")", nil
}

// columnTypes returns the types of table's columns by name.
func (tx *Tx) columnTypes(ctx context.Context, table string) (map[string]string, error) {
	tx.types.mu.Lock()
	known, found := tx.types.table[table]
	tx.types.mu.Unlock()
	if found {
		return known, nil
	}
	types := map[string]string{}
	var a args
	query := `SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
		WHERE attrelid = ` + a.add(table) + `::text::regclass AND attnum > 0 AND NOT attisdropped`
	err := each(ctx, tx.Reader, query, a, func(row scanner) error {
		var name, kind string
		if err := row.Scan(&name, &kind); err != nil {
			return err
		}
		types[name] = kind
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read column types: %w", err)
	}
	tx.types.mu.Lock()
	tx.types.table[table] = types
	tx.types.mu.Unlock()
	return types, nil
}
