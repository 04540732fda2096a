package storetest

import (
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tableAs finds the tables that a statement names, and what it calls them; partAs what
// it calls a part of itself.
var (
	tableAs = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+"?(\w+)"?(?:\s+(?:AS\s+)?(\w+))?`)
	partAs  = regexp.MustCompile(`\)\s+([a-z]\w*)\b`)
)

// Walks are the statements for which SQLite, which keeps no figures, would read a table
// of the database at an address from one end to the other, each with the step of its
// plan that does. What only writes is left out, and so are tables and indexes of few
// rows, which are named.
func Walks(t testing.TB, address string, statements []string, small ...string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(address, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // only read
	var walks []string
	for _, statement := range statements {
		tables := map[string]string{}
		for _, named := range tableAs.FindAllStringSubmatch(statement, -1) {
			tables[named[1]], tables[named[2]] = named[1], named[1]
		}
		for _, part := range partAs.FindAllStringSubmatch(statement, -1) {
			delete(tables, part[1])
		}
		for _, step := range plan(t, db, statement) {
			words := strings.Fields(step)
			if len(words) < 2 || words[0] != "SCAN" && !strings.Contains(step, "AUTOMATIC") {
				continue
			}
			few := func(word string) bool { return slices.Contains(small, word) }
			if table := tables[words[1]]; isTable(t, db, table) && !few(table) && !slices.ContainsFunc(words, few) {
				walks = append(walks, step+" ("+table+") of "+strings.Join(strings.Fields(statement), " "))
			}
		}
	}
	return walks
}

func isTable(t testing.TB, db *sql.DB, name string) (is bool) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`, name).Scan(&is); err != nil {
		t.Fatalf("look for table %s: %v", name, err)
	}
	return is
}

// plan is how SQLite would answer a statement, step by step; nothing for what is no
// question.
func plan(t testing.TB, db *sql.DB, statement string) (steps []string) {
	t.Helper()
	begins := strings.ToUpper(strings.TrimSpace(statement))
	if !strings.HasPrefix(begins, "SELECT") && !strings.HasPrefix(begins, "WITH") {
		return nil
	}
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, make([]any, strings.Count(statement, "$")+strings.Count(statement, "?"))...)
	if err != nil {
		t.Fatalf("explain %s: %v", statement, err)
	}
	defer func() { _ = rows.Close() }() // read to its end below
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatalf("explain %s: %v", statement, err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("explain %s: %v", statement, err)
	}
	return steps
}
