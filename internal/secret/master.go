package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LoadMaster reads the installation's master secret, and makes one, readable
// by its owner only, when there is none yet. Two processes starting together
// get the same one. Whoever calls it knows that nothing was sealed before.
func LoadMaster(path string) ([]byte, error) {
	master, err := ReadMaster(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return master, err
	}
	if err := createMaster(path); err != nil {
		return nil, fmt.Errorf("create master secret: %w", err)
	}
	return ReadMaster(path)
}

// ReadMaster reads the installation's master secret; where there is none its
// error is fs.ErrNotExist. It refuses a file others may read: whoever holds the
// secret can open what is sealed. Losing the file makes sealed values and all
// unused admin keys worthless; it belongs in the backup, apart from the data.
func ReadMaster(path string) ([]byte, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read master secret: %w", err)
	}
	if stat.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("read master secret: %s may be read by others (mode %04o), wants 0600", path, stat.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read master secret: %w", err)
	}
	master, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("read master secret: %s is not base64", path)
	}
	if len(master) < MasterSize {
		return nil, fmt.Errorf("read master secret: %s holds %d bytes, needs %d", path, len(master), MasterSize)
	}
	return master, nil
}

// createMaster writes a new secret beside path and links it into place: the
// file appears whole or not at all, and never replaces one that won the race.
func createMaster(path string) (err error) {
	raw := make([]byte, MasterSize)
	fill(raw)
	// CreateTemp makes the file with mode 0600.
	file, err := os.CreateTemp(filepath.Dir(path), ".master-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err = os.Link(file.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
