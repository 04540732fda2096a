package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"intendant/internal/directory"
)

// NewestMigration is the number of the newest migration this program knows.
func NewestMigration() (int64, error) {
	var newest int64
	err := fs.WalkDir(migrations, "migrations/sqlite", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		number, _, _ := strings.Cut(entry.Name(), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		newest = max(newest, n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	return newest, nil
}

// refuseNewer refuses with schema.newer a database that a newer program has
// migrated: an old one does not know what its own writing would break (NODE-5).
func refuseNewer(ctx context.Context, pool *sql.DB) error {
	newest, err := NewestMigration()
	if err != nil {
		return err
	}
	var applied sql.NullInt64
	err = pool.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&applied)
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	if applied.Int64 > newest {
		return newerSchema(applied.Int64, newest)
	}
	return nil
}

func newerSchema(schema, newest int64) error {
	return &directory.Error{Kind: directory.Conflict, Code: "schema.newer", Args: directory.Args{"Schema": schema, "Known": newest}}
}

// bears refuses with schema.newer when the schema has moved on, under a program
// that runs, to where it can work no more. One that only adds bears the version
// before it too.
func (db *DB) bears(ctx context.Context, r *Reader) error {
	newest, err := NewestMigration()
	if err != nil {
		return err
	}
	least, err := one(ctx, r, `SELECT least FROM schema_bearing`, nil, scanInt64)
	if err != nil {
		return fmt.Errorf("read what the schema bears: %w", err)
	}
	if least > newest {
		return newerSchema(least, newest)
	}
	return nil
}
