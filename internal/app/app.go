package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// Options are what an App is made of.
type Options struct {
	DB        *store.DB
	Box       *secret.Box
	Passwords *secret.Passwords
	Catalogue *catalogue.Catalogue // in force until another is applied
	Now       func() time.Time
	Log       *slog.Logger
	// Wait lets time pass; answers that must not tell what exists wait for a
	// round moment (KEY-14). Without it they do not.
	Wait func(ctx context.Context, d time.Duration)
	// LookupTXT answers a domain's TXT records, to verify that it is an
	// account's (JOIN-7); it has a deadline of its own.
	LookupTXT func(ctx context.Context, domain string) ([]string, error)
	Mailbox   MailboxMode // who reads the built-in mailbox (MAIL-3)
}

// An App is every operation of one installation, by noun.
type App struct {
	Accounts       *Accounts
	Users          *Users
	Sessions       *Sessions
	Members        *Members
	Keys           *Keys
	JoinRequests   *JoinRequests
	Invitations    *Invitations
	Imports        *Imports
	History        *History
	Catalogue      *Catalogues
	Mails          *Mails
	Jobs           *Jobs
	Units          *Units
	Roles          *Roles
	Grants         *Grants
	Reasons        *Reasons
	Preferences    *Preferences
	TechnicalUsers *TechnicalUsers
	Checks         *Checks
	Acts           *Acts
}

// New makes the operations of an installation.
func New(o Options) *App {
	c := &core{
		db: o.DB, box: o.Box, passwords: o.Passwords, now: o.Now, log: o.Log, lookupTXT: o.LookupTXT, wait: o.Wait, mailbox: o.Mailbox,
		waker: make(chan struct{}, 1),
	}
	c.current.Store(&inForce{declared: o.Catalogue})
	a := &App{
		Accounts: &Accounts{c}, Sessions: &Sessions{c}, Members: &Members{c}, Keys: &Keys{c},
		JoinRequests: &JoinRequests{c}, Invitations: &Invitations{c}, History: &History{c},
		Catalogue: &Catalogues{c}, Mails: &Mails{c}, Jobs: &Jobs{c},
		Units: &Units{c}, Roles: &Roles{c}, Grants: &Grants{c}, Reasons: &Reasons{c}, Preferences: &Preferences{c},
		Checks: &Checks{c}, Acts: &Acts{c},
	}
	a.Users = &Users{core: c, askToJoin: a.JoinRequests.Ask, inviteAgain: a.Invitations.Again}
	a.Imports = &Imports{core: c, customers: a.Accounts.customerNoun()}
	a.TechnicalUsers = &TechnicalUsers{core: c, remove: a.Members.Remove}
	return a
}

// core is what every operation stands on.
type core struct {
	db        *store.DB
	box       *secret.Box
	passwords *secret.Passwords
	now       func() time.Time
	log       *slog.Logger
	lookupTXT func(ctx context.Context, domain string) ([]string, error)
	wait      func(ctx context.Context, d time.Duration)
	current   atomic.Pointer[inForce]
	mailbox   MailboxMode
	waker     chan struct{}
	lanes     lanes
	refused   refused
	totals    totals
	trees     trees
	homes     homeCounts
	residents residents
	checks    checking
	meters    meters
}

// The operations of each noun.
type (
	// Accounts are the customers: created and kept by the vendor, set up by
	// their administrators.
	Accounts struct{ *core }
	// Users are people and their sign-in.
	Users struct {
		*core
		// askToJoin hands in the request of whoever registered to join an account
		// (JOIN-1); inviteAgain sends somebody their invitation again (INV-4).
		askToJoin   func(ctx context.Context, actor authz.Actor, number, message string) (directory.JoinRequest, error)
		inviteAgain func(ctx context.Context, client Client, name string) error
	}
	// Sessions are who is signed in, and where.
	Sessions struct{ *core }
	// Members are people in an account.
	Members struct{ *core }
	// Keys are the posted admin keys that claim an account.
	Keys struct{ *core }
	// JoinRequests ask into an account by its customer number.
	JoinRequests struct{ *core }
	// Invitations ask people in by mail.
	Invitations struct{ *core }
	// Imports are files of members or customers.
	Imports struct {
		*core
		customers noun // what files bring into the installation (VEND-4)
	}
	// History is what was changed, by whom.
	History struct{ *core }
	// Catalogues are what the vendor declares.
	Catalogues struct{ *core }
	// Mails are the outbox.
	Mails struct{ *core }
	// Jobs are work that follows changes.
	Jobs struct{ *core }
	// Units are the nodes of an account's tree.
	Units struct{ *core }
	// Roles are what can be held in an account.
	Roles struct{ *core }
	// Grants are roles held at units.
	Grants struct{ *core }
	// Reasons say why somebody may do what they may, or may not (ROLE-9).
	Reasons struct{ *core }
	// Preferences are what members set for the vendor's products.
	Preferences struct{ *core }
	// TechnicalUsers are programs that act by tokens.
	TechnicalUsers struct {
		*core
		// remove takes members out of an account, whoever they are.
		remove func(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection) (Verdicts, error)
	}
	// Checks are what the vendor's products ask.
	Checks struct{ *core }
	// Acts are acts on more than one transaction takes, which go on by themselves.
	Acts struct{ *core }
)

// instant is the present in the precision that is stored.
func (c *core) instant() time.Time { return c.now().UTC().Truncate(time.Microsecond) }

// catalogue is the one in force, as far as this process knows: what writes what
// it declares calls followCatalogue.
func (c *core) catalogue() *catalogue.Catalogue { return c.current.Load().declared }

// policies are the catalogue's for the account's type, under what the account
// set for itself.
func (c *core) policies(a directory.Account) catalogue.ResolvedPolicies {
	p := c.catalogue().EffectivePolicies(a.Type)
	if a.Settings.InvitationDays > 0 {
		p.InvitationDays = a.Settings.InvitationDays
	}
	if a.Settings.QuickAddLimit > 0 {
		p.QuickAddAccount = a.Settings.QuickAddLimit
	}
	if a.Settings.Password != nil {
		p.Password = catalogue.ResolvedPassword{
			MinLength: a.Settings.Password.MinLength, Classes: a.Settings.Password.Classes, RenewalDays: a.Settings.Password.RenewalDays}
	}
	if len(a.Settings.Languages) > 0 {
		p.Languages = a.Settings.Languages
	}
	return p
}

// sealer seals what a change keeps secret.
func (c *core) sealer() store.Sealer { return c.box.Seal }

// wake tells the workers of this process that mails or jobs wait.
func (c *core) wake() {
	select {
	case c.waker <- struct{}{}:
	default:
	}
}

// woken receives after wake.
func (c *core) woken() <-chan struct{} { return c.waker }

// Woken receives after changes that left mails or jobs.
func (a *App) Woken() <-chan struct{} { return a.Jobs.woken() }

// LoadCatalogue puts the catalogue that was applied last in force; without one
// the catalogue given to New stays.
func (a *App) LoadCatalogue(ctx context.Context) error {
	return a.Catalogue.loadCatalogue(ctx)
}

// refusedWith reports whether err is a refusal with that code.
func refusedWith(err error, code string) bool {
	var refusal *directory.Error
	return errors.As(err, &refusal) && refusal.Code == code
}

// asRefusal separates refusals from faults: a verdict can hold only the first.
func asRefusal(err error) (*directory.Error, error) {
	var refusal *directory.Error
	if err == nil || errors.As(err, &refusal) {
		return refusal, nil
	}
	return nil, fmt.Errorf("unexpected: %w", err)
}

// SystemActor acts for the program itself, through a job.
func SystemActor() authz.Actor {
	return authz.Actor{Kind: authz.System, Door: authz.DoorJob}
}
