package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/config"
	"intendant/internal/directory"
	"intendant/internal/export"
	"intendant/internal/i18n"
	"intendant/internal/secret"
	"intendant/internal/store"
	"intendant/internal/web/page"
)

// Names of what an installation keeps in its data folder.
const (
	databaseFile = "intendant.db"
	secretFile   = "secret"
)

// Options are what an installation is made of.
type Options struct {
	Config config.Config
	Now    func() time.Time
	Log    *slog.Logger
	// OwnBase makes links lead to the address that is listened on, where no
	// base address is configured: right for a demo, wrong behind any proxy.
	OwnBase bool
	// Wait lets time pass, unless ctx ends; nil: real time.
	Wait func(ctx context.Context, d time.Duration)
	// Bundle is the messages, where they have been read already; nil: they are read.
	Bundle *i18n.Bundle
	// Trips hears of each trip to the database; nil: nobody does.
	Trips store.Trips
}

// An Installation is the operations of one installation on its open database.
type Installation struct {
	App *app.App

	db        *store.DB
	box       *secret.Box
	bundle    *i18n.Bundle
	config    config.Config
	ownBase   bool
	now       func() time.Time
	log       *slog.Logger
	logos     *logos
	mountDemo func(*page.Site) // nil: no example
}

// Open opens the database, brings it up to date, and puts the operations
// together under the catalogue in force. The data folder is made when it is
// missing. It refuses with catalogue.faulty a catalogue file with faults, and with
// secret.missing and secret.other a secret that is not the database's.
func Open(ctx context.Context, o Options) (*Installation, error) {
	i := &Installation{config: o.Config, now: o.Now, log: o.Log, ownBase: o.OwnBase, logos: newLogos(o.Config, o.Log)}
	if o.Wait == nil {
		o.Wait = wait
	}
	declared := sync.OnceValues(func() (*catalogue.Catalogue, error) { return LoadCatalogue(o.Config.Catalogue) })
	if _, shipped := catalogue.BuiltinFile(o.Config.Catalogue); shipped {
		go func() { _, _ = declared() }() // it has no fault: it is read while the database opens
	} else if _, err := declared(); err != nil {
		return nil, err
	}
	var err error
	if i.bundle = o.Bundle; i.bundle == nil {
		if i.bundle, err = i18n.Load(); err != nil {
			return nil, fmt.Errorf("load messages: %w", err)
		}
	}
	if err := os.MkdirAll(o.Config.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if i.db, err = store.Open(ctx, address(o.Config), store.Options{Now: o.Now, Logger: o.Log, Deadlines: deadlines(o.Config), Trips: o.Trips}); err != nil {
		return nil, err
	}
	if err := i.db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	if i.box, err = openBox(ctx, o.Config, i.db); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	given, err := declared()
	if err != nil {
		return nil, errors.Join(err, i.Close())
	}
	i.App = app.New(app.Options{DB: i.db, Box: i.box, Passwords: secret.NewPasswords(runtime.NumCPU()), Catalogue: given,
		Now: o.Now, Log: o.Log, LookupTXT: lookupTXT(o.Config), Wait: o.Wait, Mailbox: mailboxMode(o.Config),
		Words:   app.ImportWords{Of: i.bundle.ImportWords, Languages: i.bundle.LanguageNames(), Countries: i.bundle.CountryNames},
		Exports: export.Words(i.bundle)})
	if err := i.App.LoadCatalogue(ctx); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	i.bundle.Names(i.App.Catalogue.Naming)
	return i, nil
}

// Close writes what waits for being written and closes the database.
func (i *Installation) Close() error {
	if i.App == nil { // it did not come to be
		return i.db.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	return errors.Join(i.App.KeepRefused(ctx), i.App.Checks.WriteUses(ctx), i.db.Close())
}

// closing is how long the end of the program may wait for the database.
const closing = 5 * time.Second

// lookupTXT asks a name server, which has its deadline too.
func lookupTXT(c config.Config) func(context.Context, string) ([]string, error) {
	return func(ctx context.Context, domain string) ([]string, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Duration(c.Deadline.Name)*time.Second)
		defer cancel()
		return net.DefaultResolver.LookupTXT(ctx, domain)
	}
}

// deadlines are how long the database may take.
func deadlines(c config.Config) store.Deadlines {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	d := c.Deadline
	return store.Deadlines{Connect: seconds(d.Connect), Lock: seconds(d.Lock), Statement: seconds(d.Statement), Question: seconds(d.Question),
		Change: seconds(d.Change), LookUp: seconds(d.LookUp), Reading: seconds(d.Reading), Ready: seconds(d.Ready)}
}

// mailboxMode opens the mailbox to the vendor's staff where it is switched on
// (MAIL-3).
func mailboxMode(c config.Config) app.MailboxMode {
	if c.Mailbox {
		return app.MailboxStaff
	}
	return app.MailboxOff
}

// address is where the database is.
func address(c config.Config) string {
	if c.Database != "" {
		return c.Database
	}
	return "sqlite:" + filepath.Join(c.Data, databaseFile)
}

// LoadCatalogue reads the shipped catalogue of that name, or the file at that
// path. It refuses with catalogue.no_file and catalogue.faulty.
func LoadCatalogue(name string) (*catalogue.Catalogue, error) {
	if _, shipped := catalogue.BuiltinFile(name); shipped {
		return catalogue.ReadBuiltin(name)
	}
	text, err := CatalogueText(name)
	if err != nil {
		return nil, err
	}
	declared, faults := catalogue.Read(name, strings.NewReader(text))
	if len(faults) > 0 {
		return nil, directory.InvalidField("catalogue", "catalogue.faulty", directory.Args{
			"Path": name, "Count": len(faults), "First": faults[0].String()})
	}
	return declared, nil
}

// CatalogueText is the file of the shipped catalogue of that name, or at that
// path. It refuses with catalogue.no_file.
func CatalogueText(name string) (string, error) {
	if text, shipped := catalogue.BuiltinFile(name); shipped {
		return string(text), nil
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return "", directory.InvalidField("catalogue", "catalogue.no_file", directory.Args{
			"Path": name, "Shipped": strings.Join(catalogue.Builtin(), ", ")})
	}
	if err != nil {
		return "", fmt.Errorf("read catalogue: %w", err)
	}
	return string(text), nil
}

// wait lets time pass, unless the asker leaves.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
