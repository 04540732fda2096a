package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"intendant/internal/config"
	"intendant/internal/directory"
)

// Backup writes the database to a new file. The secret is not in it. It
// refuses with backup.exists and backup.postgres.
func (i *Installation) Backup(ctx context.Context, path string) error { return i.db.Backup(ctx, path) }

// SecretPath is where the installation's secret is, or empty when it comes with
// the configuration.
func SecretPath(c config.Config) string {
	if c.Secret != "" {
		return ""
	}
	return filepath.Join(c.Data, secretFile)
}

// Restore puts a backup in the place of the database, which must be empty: it
// refuses with restore.exists where there is one, with restore.no_file, with
// restore.not_sqlite when the file is no database, and on PostgreSQL with
// backup.postgres.
func Restore(c config.Config, path string) error {
	if c.Database != "" {
		return directory.Refuse(directory.Conflict, "backup.postgres")
	}
	from, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return &directory.Error{Kind: directory.NotFound, Code: "restore.no_file", Args: directory.Args{"Path": path}}
	}
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	defer func() { _ = from.Close() }() // only read
	const head = "SQLite format 3\x00"
	begin := make([]byte, len(head))
	if _, err := io.ReadFull(from, begin); err != nil || string(begin) != head {
		return &directory.Error{Kind: directory.Invalid, Code: "restore.not_sqlite", Args: directory.Args{"Path": path}}
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return copyNew(from, filepath.Join(c.Data, databaseFile))
}

// copyNew writes a file that must not be there yet.
func copyNew(from io.Reader, path string) error {
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return &directory.Error{Kind: directory.Conflict, Code: "restore.exists", Args: directory.Args{"Path": path}}
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("restore: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}
