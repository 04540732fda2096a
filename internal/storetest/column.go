package storetest

import (
	"database/sql"
	"strings"
	"testing"
)

// Column reads every text of a column, such as "user.first_name", of the database
// at an address that others may have open.
func Column(t testing.TB, address, column string) (texts []string) {
	t.Helper()
	driver, at := "pgx", address
	if path, is := strings.CutPrefix(address, "sqlite:"); is {
		driver, at = "sqlite", path
	}
	db, err := sql.Open(driver, at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // only read
	table, name, _ := strings.Cut(column, ".")
	rows, err := db.QueryContext(t.Context(), `SELECT CAST("`+name+`" AS TEXT) FROM "`+table+`" WHERE "`+name+`" IS NOT NULL`)
	if err != nil {
		t.Fatalf("read %s: %v", column, err)
	}
	defer func() { _ = rows.Close() }() // read to its end below
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatalf("read %s: %v", column, err)
		}
		texts = append(texts, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("read %s: %v", column, err)
	}
	return texts
}
