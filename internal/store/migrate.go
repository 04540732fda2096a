package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"intendant/internal/directory"
)

// migrations holds the numbered changes of the schema, the same names for both
// databases, each in its own transaction.
//
//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// migrationLock is the number all nodes lock on PostgreSQL while migrating.
const migrationLock = 4_771_250_001

// Migrate brings the schema up to this program's. It may run any number of
// times; on PostgreSQL several nodes that start at once migrate one after the
// other, and all but the first find nothing to do. It refuses with schema.newer
// a database that a newer program has migrated, also while that one is at it.
func (db *DB) Migrate(ctx context.Context) (err error) {
	if db.migrated(ctx) {
		return nil
	}
	pool := db.write
	if db.dialect == postgres {
		var done func() error
		if pool, done, err = db.unhurried(); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		defer func() { err = errors.Join(err, done()) }()
		unlock, locking := lockMigrations(ctx, pool)
		if locking != nil {
			return fmt.Errorf("migrate: %w", locking)
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	folder, err := fs.Sub(migrations, "migrations/"+db.Dialect())
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	kind := goose.DialectSQLite3
	if db.dialect == postgres {
		kind = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(kind, pool, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := provider.GetDBVersion(ctx); err != nil { // makes the table of versions
		return fmt.Errorf("migrate: %w", err)
	}
	if err := refuseNewer(ctx, pool); err != nil {
		return err
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, result := range applied {
		db.logger.InfoContext(ctx, "migrated", "file", result.Source.Path, "took", result.Duration)
	}
	return db.settleAddresses(ctx)
}

// migrated reports in one statement whether nothing is left to do, which is so at nearly
// every start. Where that cannot be told, or another node is at it, it is not.
func (db *DB) migrated(ctx context.Context) bool {
	newest, count, err := knownMigrations()
	if err != nil {
		return false
	}
	var a args
	query := `SELECT CASE WHEN max(version_id) = ` + a.add(newest) + ` AND count(*) = ` + a.add(count) + ` AND NOT EXISTS (SELECT 1 FROM address_unsettled)` +
		db.dialect.unlocked(migrationLock) + ` THEN 1 ELSE 0 END FROM goose_db_version WHERE is_applied AND version_id > 0`
	done := int64(0)
	err = db.Peek(func(r *Reader) (err error) {
		done, err = one(ctx, r, query, a, scanInt64)
		return err
	})
	return err == nil && done == 1
}

// unhurried is a pool whose statements may take any time, for migrating: one
// connection for the lock and one for the work.
func (db *DB) unhurried() (*sql.DB, func() error, error) {
	config, err := db.postgresConfig(db.address)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		config.RuntimeParams[name] = "0"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(2)
	return pool, pool.Close, nil
}

// lockMigrations waits for the lock of all nodes and returns what gives it
// back. Closing the connection would, too, if this process died.
func lockMigrations(ctx context.Context, pool *sql.DB) (unlock func() error, err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() error {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_, err := conn.ExecContext(ending, "SELECT pg_advisory_unlock($1)", int64(migrationLock))
		return errors.Join(err, conn.Close())
	}, nil
}

// SchemaDigest returns a short text that is another one whenever a migration
// was added or changed.
func SchemaDigest() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := migrations.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("read migrations: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6]), nil
}

// NewestMigration is the number of the newest migration this program knows.
func NewestMigration() (int64, error) {
	newest, _, err := knownMigrations()
	return newest, err
}

// knownMigrations are the number of the newest migration and how many there are.
func knownMigrations() (newest, count int64, err error) {
	err = fs.WalkDir(migrations, "migrations/sqlite", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		number, _, _ := strings.Cut(entry.Name(), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		newest, count = max(newest, n), count+1
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("list migrations: %w", err)
	}
	return newest, count, nil
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
