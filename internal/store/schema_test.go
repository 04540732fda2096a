package store_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestSchemasAreEqual describes both databases in the same words: columns with
// their class of type, primary and foreign keys, named constraints, indexes.
// Full-text tables and GIN indexes are left out: search is not equal on purpose.
func TestSchemasAreEqual(t *testing.T) {
	t.Parallel()
	lite, pg := storetest.Open(t, "sqlite"), storetest.Open(t, "postgres")
	for _, test := range []struct {
		name             string
		sqlite, postgres string
	}{
		{"columns", sqliteColumns, postgresColumns},
		{"keys", sqliteKeys, postgresKeys},
		{"indexes", sqliteIndexes, postgresIndexes},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(describe(t, lite, test.sqlite), describe(t, pg, test.postgres)); diff != "" {
				t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
			}
		})
	}
	t.Run("constraints", func(t *testing.T) {
		if diff := cmp.Diff(sqliteConstraints(t, lite), describe(t, pg, postgresConstraints)); diff != "" {
			t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
		}
	})
}

// describe returns the one text column of query, sorted.
func describe(t *testing.T, db *store.DB, query string) (lines []string) {
	t.Helper()
	err := db.View(t.Context(), func(r *store.Reader) (err error) {
		lines, err = r.Strings(t.Context(), query, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) == 0 {
		t.Fatal("the database describes nothing")
	}
	slices.Sort(lines)
	return lines
}

// sqliteConstraints reads the names out of the tables' texts: SQLite keeps them
// nowhere else.
func sqliteConstraints(t *testing.T, db *store.DB) (lines []string) {
	t.Helper()
	comment := regexp.MustCompile(`--[^\n]*`)
	named := regexp.MustCompile(`(?i)\bCONSTRAINT\s+(\w+)`)
	for _, text := range describe(t, db, sqliteTables+` SELECT name || ':' || sql FROM tables`) {
		table, text, _ := strings.Cut(text, ":")
		for _, match := range named.FindAllStringSubmatch(comment.ReplaceAllString(text, ""), -1) {
			lines = append(lines, table+" "+match[1])
		}
	}
	slices.Sort(lines)
	return lines
}

const sqliteTables = `
WITH tables AS (
  SELECT m.name, m.sql FROM sqlite_master m JOIN pragma_table_list l ON l.name = m.name AND l.schema = 'main'
  WHERE m.type = 'table' AND l.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'
)`

const sqliteColumns = sqliteTables + `
SELECT t.name || '.' || c.name || ' ' ||
  CASE WHEN upper(c.type) IN ('BIGINT', 'INTEGER', 'INT', 'SMALLINT') THEN 'integer' ELSE lower(c.type) END ||
  CASE WHEN c."notnull" OR c.pk > 0 THEN ' not null' ELSE '' END ||
  CASE WHEN c.dflt_value IS NOT NULL THEN ' default' ELSE '' END
FROM tables t JOIN pragma_table_info(t.name) c`

const postgresTables = `
WITH tables AS (
  SELECT oid, relname AS name FROM pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'goose_db_version'
)`

const postgresColumns = postgresTables + `
SELECT t.name || '.' || a.attname || ' ' ||
  CASE WHEN format_type(a.atttypid, NULL) IN ('bigint', 'integer', 'smallint') THEN 'integer'
       WHEN format_type(a.atttypid, NULL) = 'bytea' THEN 'blob'
       WHEN format_type(a.atttypid, NULL) = 'double precision' THEN 'real'
       WHEN format_type(a.atttypid, NULL) IN ('uuid', 'jsonb', 'json') THEN 'text'
       ELSE format_type(a.atttypid, NULL) END ||
  CASE WHEN a.attnotnull THEN ' not null' ELSE '' END ||
  CASE WHEN a.atthasdef THEN ' default' ELSE '' END
FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped`

const sqliteKeys = sqliteTables + `
SELECT t.name || ' primary ' || (
  SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk))
FROM tables t
UNION ALL
SELECT t.name || ' foreign ' || group_concat(f."from") || ' to ' || f."table" || '.' || group_concat(f."to") || ' ' || f.on_delete
FROM tables t JOIN (SELECT l.name AS owner, k.* FROM tables l JOIN pragma_foreign_key_list(l.name) k ORDER BY l.name, k.id, k.seq) f
  ON f.owner = t.name
GROUP BY t.name, f.id`

const postgresKeys = postgresTables + `, named AS (
  SELECT c.oid, string_agg(a.attname, ',' ORDER BY k.n) AS ours
  FROM pg_constraint c CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k(att, n)
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.att GROUP BY c.oid
), theirs AS (
  SELECT c.oid, string_agg(a.attname, ',' ORDER BY k.n) AS names
  FROM pg_constraint c CROSS JOIN unnest(c.confkey) WITH ORDINALITY AS k(att, n)
  JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.att GROUP BY c.oid
)
SELECT t.name || CASE c.contype WHEN 'p' THEN ' primary ' || n.ours ELSE
  ' foreign ' || n.ours || ' to ' || (SELECT relname FROM pg_class WHERE oid = c.confrelid) || '.' || h.names || ' ' ||
  CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END END
FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'f')
JOIN named n ON n.oid = c.oid LEFT JOIN theirs h ON h.oid = c.oid`

// Constraints PostgreSQL named itself end in what it adds to the column's name.
const postgresConstraints = postgresTables + `
SELECT t.name || ' ' || c.conname FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid
WHERE c.conname !~ '_(pkey|fkey|key|check)[0-9]*$'`

const sqliteIndexes = sqliteTables + `
SELECT t.name || ' ' || CASE i.origin WHEN 'u' THEN 'constraint' ELSE i.name END || ' (' || (
    SELECT group_concat(coalesce(name, 'expression') || CASE "desc" WHEN 1 THEN ' desc' ELSE '' END)
    FROM (SELECT * FROM pragma_index_xinfo(i.name) WHERE key = 1 ORDER BY seqno)) || ')' ||
  CASE i."unique" WHEN 1 THEN ' unique' ELSE '' END || CASE i.partial WHEN 1 THEN ' partial' ELSE '' END
FROM tables t JOIN pragma_index_list(t.name) i WHERE i.origin <> 'pk'`

const postgresIndexes = postgresTables + `
SELECT t.name || ' ' || CASE WHEN c.oid IS NOT NULL THEN 'constraint' ELSE n.relname END || ' (' || (
    SELECT string_agg(coalesce(a.attname, 'expression') || CASE i.indoption[k.n - 1] & 1 WHEN 1 THEN ' desc' ELSE '' END, ',' ORDER BY k.n)
    FROM unnest(i.indkey) WITH ORDINALITY AS k(att, n)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att AND k.att > 0) || ')' ||
  CASE WHEN i.indisunique THEN ' unique' ELSE '' END || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
FROM tables t JOIN pg_index i ON i.indrelid = t.oid AND NOT i.indisprimary
JOIN pg_class n ON n.oid = i.indexrelid JOIN pg_am m ON m.oid = n.relam AND m.amname = 'btree'
LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'`
