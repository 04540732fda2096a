package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"intendant/internal/directory"
)

// Backup writes the whole SQLite database, as it is at one moment, to a new
// file that only its owner can read. Changes wait meanwhile. It refuses with
// backup.exists rather than write over a file, and on PostgreSQL with
// backup.postgres: that has its own tools.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.dialect == postgres {
		return directory.Refuse(directory.Conflict, "backup.postgres")
	}
	// Made first, for the narrow mode; VACUUM INTO takes an empty file.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return &directory.Error{Kind: directory.Conflict, Code: "backup.exists", Args: directory.Args{"Path": path}}
	}
	if err != nil {
		return fmt.Errorf("make the backup's file: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("make the backup's file: %w", err)
	}
	if _, err := db.write.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		return errors.Join(fmt.Errorf("back up: %w", err), os.Remove(path))
	}
	return nil
}
