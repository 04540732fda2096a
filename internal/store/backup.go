package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	sqlitedriver "modernc.org/sqlite"

	"intendant/internal/directory"
)

// Backup writes the whole SQLite database, as it is at one moment, to a new
// file that only its owner can read. Changes wait meanwhile. The file is made
// beside its place, read through and lies safely on the disk before it gets its
// name: whatever ends this program, there is a whole backup of that name or
// none. It refuses with backup.exists rather than write over a file, with
// backup.broken when the database is damaged, and on PostgreSQL with
// backup.postgres: that has its own tools.
func (db *DB) Backup(ctx context.Context, path string) (err error) {
	if db.dialect == postgres {
		return directory.Refuse(directory.Conflict, "backup.postgres")
	}
	if _, err := os.Lstat(path); err == nil {
		return backupExists(path)
	}
	// A folder of its own, for the narrow mode of what is made in it.
	beside, err := os.MkdirTemp(filepath.Dir(path), ".backup-")
	if err != nil {
		return fmt.Errorf("make the backup's folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(beside)) }()
	part := filepath.Join(beside, "part")
	file, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // VACUUM INTO takes an empty file
	if err != nil {
		return fmt.Errorf("make the backup's file: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("make the backup's file: %w", err)
	}
	if _, err := db.write.ExecContext(ctx, "VACUUM INTO $1", part); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if detail, err := CheckFile(ctx, part); err != nil || detail != "" {
		return errors.Join(err, &directory.Error{Kind: directory.Conflict, Code: "backup.broken", Args: directory.Args{"Detail": detail}})
	}
	if err := PutInPlace(part, path); errors.Is(err, fs.ErrExist) {
		return backupExists(path)
	} else if err != nil {
		return fmt.Errorf("put the backup in place: %w", err)
	}
	return nil
}

func backupExists(path string) error {
	return &directory.Error{Kind: directory.Conflict, Code: "backup.exists", Args: directory.Args{"Path": path}}
}

// NotOurs is what CheckFile finds in a file that is no database of this program.
const NotOurs = "not a database of Intendant"

// CheckFile reads an SQLite file through and answers what is wrong with it, or
// nothing. It writes nothing. The file must not be in use.
func CheckFile(ctx context.Context, path string) (detail string, err error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro"
	connector, err := sqlitedriver.NewConnector(dsn)
	if err != nil {
		return "", fmt.Errorf("check file: %w", err)
	}
	pool := sql.OpenDB(connector)
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)
	var tables int
	err = pool.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('ledger', 'entry', 'goose_db_version')`).Scan(&tables)
	if err == nil && tables == 3 {
		err = pool.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&detail)
	} else if err == nil {
		detail = NotOurs
	}
	var fault *sqlitedriver.Error
	switch {
	case errors.As(err, &fault):
		return strings.TrimSpace(fault.Error()), nil
	case err != nil:
		return "", fmt.Errorf("check file: %w", err)
	case detail == "ok":
		return "", nil
	}
	return detail, nil
}

// PutInPlace gives a finished file its name, once it lies safely on the disk,
// and sees to it that the name does, too. Both are in one file system. Where
// there is a file of that name already its error is fs.ErrExist.
func PutInPlace(part, path string) error {
	if err := syncPath(part); err != nil {
		return err
	}
	err := os.Link(part, path) // never over another
	if err != nil && !errors.Is(err, fs.ErrExist) {
		if _, there := os.Lstat(path); there == nil {
			return fs.ErrExist
		}
		err = os.Rename(part, path) // a file system without links
	}
	if err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

// syncPath waits until a file, or the names in a folder, are on the disk.
func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
