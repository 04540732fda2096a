package store

import "fmt"

// A dialect is the name of a database. Its methods are the places where one SQL
// text cannot serve both; everything else in this package is equal.
type dialect string

const (
	sqlite   dialect = "sqlite"
	postgres dialect = "postgres"
)

// forUpdate ends a SELECT whose rows are to be locked. SQLite's writer holds
// the whole file already.
func (d dialect) forUpdate() string {
	if d == postgres {
		return " FOR UPDATE"
	}
	return ""
}

// skipLocked ends a SELECT that takes rows nobody else has taken, so that
// several nodes share one table.
func (d dialect) skipLocked() string {
	if d == postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// unlocked adds to a condition that no node holds a lock of its session, on PostgreSQL,
// where there may be several.
func (d dialect) unlocked(lock int64) string {
	if d == postgres {
		return fmt.Sprintf(" AND pg_try_advisory_xact_lock(%d)", lock)
	}
	return ""
}

// indexed follows a table that is to be read by an index. SQLite prefers a
// table's own order where a partial index would step over most of it.
func (d dialect) indexed(index string) string {
	if d == postgres {
		return ""
	}
	return " INDEXED BY " + index
}

// jsonEach is a table of the elements of the JSON array param, as text in the
// column value.
func (d dialect) jsonEach(param string) string {
	if d == postgres {
		return "jsonb_array_elements_text(" + param + "::jsonb) AS each(value)"
	}
	return "(SELECT CAST(value AS TEXT) AS value FROM json_each(" + param + ")) AS each"
}
