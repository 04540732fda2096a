package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
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
// other, and all but the first find nothing to do.
func (db *DB) Migrate(ctx context.Context) (err error) {
	if db.dialect == postgres {
		unlock, locking := db.lockMigrations(ctx)
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
	provider, err := goose.NewProvider(kind, db.write, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, result := range applied {
		db.logger.InfoContext(ctx, "migrated", "file", result.Source.Path, "took", result.Duration)
	}
	return nil
}

// lockMigrations waits for the lock of all nodes and returns what gives it
// back. Closing the connection would, too, if this process died.
func (db *DB) lockMigrations(ctx context.Context) (unlock func() error, err error) {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
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
