package server

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/config"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Backup writes the database to a new file. The secret is not in it. It
// refuses with backup.exists, backup.broken and backup.postgres.
func (i *Installation) Backup(ctx context.Context, path string) error { return i.db.Backup(ctx, path) }

// A Restoring is a backup to be put back.
type Restoring struct {
	Config config.Config
	Path   string // of the backup
	Now    func() time.Time
	Log    *slog.Logger
	// EvenBroken puts back a backup in which a history is broken: the only one
	// there is may be so.
	EvenBroken bool
}

// A Restored says what was put back.
type Restored struct {
	Histories int
	Entries   int64
	Broken    int   // histories that are not whole
	Secret    error // refusal: the secret is missing, or another one
}

// restoring is the folder, beside the database's place, in which a restore works.
const restoring = ".restoring"

// Restore puts a backup in the place of the database, which must be empty. The
// copy is made beside that place, read through, brought up to date, its
// histories are followed, and only what is whole gets the name, once it lies
// safely on the disk: whatever ends this program, there is a whole database or
// none.
//
// It refuses with restore.exists where there is one, restore.left_over beside
// the logs of one that was moved away, database.in_use while a process has it
// open, restore.no_file, restore.not_sqlite when the file is no database of this
// program, restore.broken when it is not whole, restore.with_log when it is one
// that was copied in use, restore.chain when a history is broken, and on
// PostgreSQL with backup.postgres.
func Restore(ctx context.Context, o Restoring) (done Restored, err error) {
	if o.Config.Database != "" {
		return done, directory.Refuse(directory.Conflict, "backup.postgres")
	}
	if err := os.MkdirAll(o.Config.Data, 0o700); err != nil {
		return done, fmt.Errorf("make the data folder: %w", err)
	}
	release, err := store.HoldFolder(o.Config.Data)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, release()) }()
	place := filepath.Join(o.Config.Data, databaseFile)
	if err := placeIsFree(place); err != nil {
		return done, err
	}
	beside := filepath.Join(o.Config.Data, restoring)
	defer func() { err = errors.Join(err, os.RemoveAll(beside)) }()
	if err := errors.Join(os.RemoveAll(beside), os.Mkdir(beside, 0o700)); err != nil { // of one that was killed
		return done, fmt.Errorf("restore: %w", err)
	}
	part := filepath.Join(beside, databaseFile)
	if err := o.copyWhole(ctx, part); err != nil {
		return done, err
	}
	if done, err = o.verify(ctx, part); err != nil {
		return done, err
	}
	if _, err := os.Lstat(part + "-wal"); err == nil {
		return done, fmt.Errorf("restore: the copy kept its log")
	}
	if done.Broken > 0 && !o.EvenBroken {
		return done, &directory.Error{Kind: directory.Conflict, Code: "restore.chain", Args: directory.Args{"Path": o.Path, "Count": done.Broken}}
	}
	if err := store.PutInPlace(part, place); errors.Is(err, fs.ErrExist) {
		return done, restoreExists(place)
	} else if err != nil {
		return done, fmt.Errorf("restore: %w", err)
	}
	return done, nil
}

func restoreExists(place string) error {
	return &directory.Error{Kind: directory.Conflict, Code: "restore.exists", Args: directory.Args{"Path": place}}
}

// placeIsFree refuses a database that is there, and what one that was moved away
// has left: SQLite would write its log into the one that is restored.
func placeIsFree(place string) error {
	if _, err := os.Lstat(place); err == nil {
		return restoreExists(place)
	}
	for _, log := range logs() {
		if _, err := os.Lstat(place + log); err == nil {
			return &directory.Error{Kind: directory.Conflict, Code: "restore.left_over", Args: directory.Args{"Path": place + log}}
		}
	}
	return nil
}

// logs are the ends of the names of what SQLite keeps beside a database.
func logs() []string { return []string{"-wal", "-shm", "-journal"} }

// copyWhole copies the backup and reads the copy through.
func (o Restoring) copyWhole(ctx context.Context, part string) (err error) {
	from, err := os.Open(o.Path)
	if errors.Is(err, os.ErrNotExist) {
		return o.refuse(directory.NotFound, "restore.no_file", "")
	}
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	for _, log := range logs() {
		if stat, err := os.Stat(o.Path + log); err == nil && stat.Size() > 0 {
			return o.refuse(directory.Conflict, "restore.with_log", o.Path+log)
		}
	}
	if err := o.checkSize(from); err != nil {
		return err
	}
	to, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	detail, err := store.CheckFile(ctx, part)
	switch {
	case err != nil:
		return err
	case detail == store.NotOurs:
		return o.refuse(directory.Invalid, "restore.not_sqlite", "")
	case detail != "":
		return o.refuse(directory.Invalid, "restore.broken", detail)
	}
	return nil
}

func (o Restoring) refuse(kind directory.Kind, code, detail string) error {
	return &directory.Error{Kind: kind, Code: code, Args: directory.Args{"Path": o.Path, "Detail": detail}}
}

// checkSize holds the size of a file against what its first page says: SQLite
// takes pages that are cut off for free ones.
func (o Restoring) checkSize(from *os.File) error {
	const mark = "SQLite format 3\x00"
	head := make([]byte, 100)
	if _, err := io.ReadFull(from, head); err != nil || string(head[:len(mark)]) != mark {
		return o.refuse(directory.Invalid, "restore.not_sqlite", "")
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	stat, err := from.Stat()
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	if want := page * int64(binary.BigEndian.Uint32(head[28:])); stat.Size() < want {
		return o.refuse(directory.Invalid, "restore.broken", fmt.Sprintf("%d of %d bytes", stat.Size(), want))
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	return nil
}

// verify opens the copy as this program would, brings it up to date, follows its
// histories and holds the secret against it.
func (o Restoring) verify(ctx context.Context, part string) (done Restored, err error) {
	db, err := store.Open(ctx, "sqlite:"+part, store.Options{Now: o.Now, Logger: o.Log})
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, db.Close()) }() // folds the log into the file
	if err := db.Migrate(ctx); err != nil {
		return done, err
	}
	if done.Secret, err = o.heldAgainst(ctx, db); err != nil {
		return done, err
	}
	a := app.New(app.Options{DB: db, Catalogue: &catalogue.Catalogue{}, Now: o.Now, Log: o.Log})
	actor := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
	err = a.History.Verify(ctx, actor, nil, func(c app.ChainCheck) error {
		done.Histories++
		done.Entries += c.Entries
		if c.Break != app.Whole {
			done.Broken++
		}
		return nil
	})
	return done, err
}

// heldAgainst says why the secret that is here is not the backup's.
func (o Restoring) heldAgainst(ctx context.Context, db *store.DB) (refusal, fault error) {
	var use store.SecretUse
	fault = db.View(ctx, func(r *store.Reader) (err error) {
		use, err = r.SecretUse(ctx)
		return err
	})
	if fault != nil || !use.Needed() {
		return nil, fault
	}
	box, err := readBox(o.Config)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &directory.Error{Kind: directory.Conflict, Code: "secret.missing", Args: directory.Args{"Path": SecretPath(o.Config)}}, nil
	case err != nil:
		return nil, fmt.Errorf("open the installation's secret: %w", err)
	}
	return heldAgainst(use, box), nil
}
