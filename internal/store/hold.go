package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"intendant/internal/directory"
)

// A presence is the locks by which processes of one machine know of each other. The
// system takes them from a process that dies, however it does. Where a file
// system knows none they hold nothing.
//
// Everybody who has the database open shares the folder; who restores into it
// holds it alone. Who works on mails and jobs holds the file of workers.
type presence struct {
	path string // of the database

	mu     sync.Mutex
	folder *os.File
	work   *os.File
}

// open shares the folder of a database. It refuses with database.restoring while
// a backup is being put there.
func (h *presence) open(path string) error {
	h.path = path
	folder, err := hold(filepath.Dir(path), os.O_RDONLY, false)
	if errors.Is(err, errHeld) {
		return directory.Refuse(directory.Conflict, "database.restoring")
	}
	h.folder = folder
	return err
}

// HoldWork makes this process the one that works on the mails and jobs of an
// embedded database. It answers false when another one is, and on PostgreSQL,
// where several are. It is so until Close.
func (db *DB) HoldWork() (bool, error) {
	if db.dialect == postgres {
		return false, nil
	}
	h := &db.held
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.work != nil {
		return false, nil // this process has worked already
	}
	work, err := hold(h.path+"-workers", os.O_CREATE|os.O_RDWR, true)
	if errors.Is(err, errHeld) {
		return false, nil
	}
	h.work = work
	return work != nil, err
}

func (h *presence) release() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var errs []error
	for _, file := range []*os.File{h.work, h.folder} {
		if file != nil {
			errs = append(errs, file.Close())
		}
	}
	h.work, h.folder = nil, nil
	return errors.Join(errs...)
}

// HoldFolder keeps every other process from opening a database in a folder until
// release is called. It refuses with database.in_use while one has.
func HoldFolder(folder string) (release func() error, err error) {
	held, err := hold(folder, os.O_RDONLY, true)
	switch {
	case errors.Is(err, errHeld):
		return nil, &directory.Error{Kind: directory.Conflict, Code: "database.in_use", Args: directory.Args{"Path": folder}}
	case err != nil:
		return nil, err
	case held == nil:
		return func() error { return nil }, nil
	}
	return held.Close, nil
}

// errHeld says that another process has what was to be held.
var errHeld = errors.New("held by another process")

// hold opens a file and locks it, alone or with others; the lock ends when the
// file is closed. It answers errHeld when another process is in the way, and
// nothing where the file system has no locks.
func hold(path string, flags int, alone bool) (*os.File, error) {
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open what is to be held: %w", err)
	}
	err = lockFile(file, alone)
	if err == nil {
		return file, nil
	}
	closing := file.Close()
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, closing
	}
	return nil, errors.Join(err, closing)
}
