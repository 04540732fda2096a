package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"intendant/internal/config"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// SecretPath is where the installation's secret is, or empty when it comes with
// the configuration.
func SecretPath(c config.Config) string {
	if c.Secret != "" {
		return ""
	}
	return filepath.Join(c.Data, secretFile)
}

// openBox opens the installation's secret and holds it against what the database
// knows of it. Only an installation that has sealed nothing yet makes one. It
// refuses with secret.missing and secret.other.
func openBox(ctx context.Context, c config.Config, db *store.DB) (*secret.Box, error) {
	var use store.SecretUse
	err := db.View(ctx, func(r *store.Reader) (err error) {
		use, err = r.SecretUse(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	box, err := readBox(c)
	if errors.Is(err, fs.ErrNotExist) {
		if use.Needed() {
			return nil, &directory.Error{Kind: directory.Conflict, Code: "secret.missing", Args: directory.Args{"Path": SecretPath(c)}}
		}
		box, err = makeBox(c)
	}
	if err != nil {
		return nil, fmt.Errorf("open the installation's secret: %w", err)
	}
	if err := heldAgainst(use, box); err != nil || use.Mark != nil {
		return box, err
	}
	return box, markSecret(ctx, db, box, false)
}

// heldAgainst refuses with secret.other a secret that is not the one a database
// was used with: by the mark it left, or where there is none yet by what it
// sealed.
func heldAgainst(use store.SecretUse, box *secret.Box) error {
	same := len(use.Sealed) == 0 || slices.ContainsFunc(use.Sealed, func(v store.SealedValue) bool {
		_, err := box.Open(v.Sealed, v.Context)
		return err == nil
	})
	if use.Mark != nil {
		same = bytes.Equal(use.Mark, box.Mark())
	}
	if !same {
		return directory.Refuse(directory.Conflict, "secret.other")
	}
	return nil
}

// markSecret leaves the secret's mark. Another node may have left its own at the
// same moment: then theirs holds.
func markSecret(ctx context.Context, db *store.DB, box *secret.Box, replace bool) error {
	var use store.SecretUse
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.MarkSecret(ctx, box.Mark(), replace); err != nil {
			return err
		}
		var err error
		use, err = tx.SecretUse(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return heldAgainst(use, box)
}

// readBox reads the secret that is configured or lies in the data folder; without
// one its error is fs.ErrNotExist.
func readBox(c config.Config) (*secret.Box, error) {
	if c.Secret != "" {
		return secret.NewBox([]byte(c.Secret))
	}
	master, err := secret.ReadMaster(SecretPath(c))
	if err != nil {
		return nil, err
	}
	return secret.NewBox(master)
}

func makeBox(c config.Config) (*secret.Box, error) {
	master, err := secret.LoadMaster(SecretPath(c))
	if err != nil {
		return nil, err
	}
	return secret.NewBox(master)
}

// AcceptSecret makes the present secret the installation's, one that is made now
// if there is none: the way out where the one before is lost for good. What that
// one sealed stays closed.
func AcceptSecret(ctx context.Context, c config.Config, now func() time.Time, log *slog.Logger) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	db, err := store.Open(ctx, address(c), store.Options{Now: now, Logger: log})
	if err != nil {
		return err
	}
	err = db.Migrate(ctx)
	var box *secret.Box
	if err == nil {
		if box, err = readBox(c); errors.Is(err, fs.ErrNotExist) {
			box, err = makeBox(c)
		}
	}
	if err == nil {
		err = markSecret(ctx, db, box, true)
	}
	return errors.Join(err, db.Close())
}
