package app

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"intendant/internal/app/acts"
	"intendant/internal/app/admission"
	"intendant/internal/app/applications"
	"intendant/internal/app/companies"
	"intendant/internal/app/contracts"
	"intendant/internal/app/dashboards"
	"intendant/internal/app/decision"
	"intendant/internal/app/exports"
	"intendant/internal/app/gate"
	"intendant/internal/app/history"
	"intendant/internal/app/identity"
	"intendant/internal/app/imports"
	"intendant/internal/app/library"
	"intendant/internal/app/loads"
	"intendant/internal/app/past"
	"intendant/internal/app/projects"
	"intendant/internal/app/roster"
	"intendant/internal/app/seats"
	"intendant/internal/app/technical"
	"intendant/internal/app/undo"
	"intendant/internal/audit"
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
	// Words are what files of members and customers may call things (ADD-13);
	// without them no column is recognised by its title.
	Words ImportWords
	// Exports begin the files of tables that were asked for; without them none is
	// written (REP-2).
	Exports ExportWords
}

// An App is every operation of one installation, by noun.
type App struct {
	Accounts       *Accounts
	Users          *identity.Users
	Sessions       *identity.Sessions
	Members        *Members
	Keys           *admission.Keys
	JoinRequests   *admission.JoinRequests
	Invitations    *Invitations
	Imports        *imports.Imports
	History        *history.History
	Catalogue      *Catalogues
	Mails          *Mails
	Jobs           *Jobs
	Units          *Units
	Roles          *Roles
	Grants         *Grants
	Reasons        *decision.Reasons
	Preferences    *Preferences
	TechnicalUsers *technical.Users
	Checks         *decision.Checks
	Applications   *applications.Applications
	Acts           *acts.Acts
	Subscriptions  *seats.Subscriptions
	Seats          *seats.Seats
	Contracts      *contracts.Contracts
	Companies      *companies.Companies
	Dashboards     *dashboards.Dashboards
	Projects       *projects.Projects
	Library        *library.Library
	Undo           *undo.Undo
	Exports        *exports.Exports
	Past           *past.Past
	Loads          *loads.Loads
}

// New makes the operations of an installation.
func New(o Options) *App {
	g := gate.New(gate.Options{DB: o.DB, Box: o.Box, Catalogue: o.Catalogue, Now: o.Now, Log: o.Log, Wait: o.Wait})
	r := roster.New(g, o.Passwords)
	c := &core{gate: g, roster: r, dictionary: imports.NewDictionary(o.Words), lookupTXT: o.LookupTXT, mailbox: o.Mailbox}
	c.acts = acts.New(g, r)
	c.registerActs()
	keys, joinRequests := admission.New(g, r)
	accounts, invitations, members := &Accounts{c}, &Invitations{c}, &Members{c}
	users, sessions := identity.New(g, r, identity.Needs{AskToJoin: joinRequests.Ask, InviteAgain: invitations.Again})
	checks, reasons := decision.New(g, r)
	in := projects.New(g, r, projects.Needs{Template: beginning, ReadPaste: c.dictionary.ReadPaste, Acts: c.acts})
	c.grounds = in.Ground
	subscriptions, held := seats.New(g, r, seats.Needs{Each: members.seatEach, Reachable: c.reachable})
	entries, then := history.New(g), past.New(g, r, reasons)
	a := &App{
		Accounts: accounts, Users: users, Sessions: sessions, Members: members, Keys: keys, JoinRequests: joinRequests,
		Invitations: invitations, Imports: imports.New(g, r, c.dictionary, accounts.customerNoun(), accounts.subscriptionNoun(subscriptions)), History: entries,
		Catalogue: &Catalogues{c}, Mails: &Mails{c}, Jobs: &Jobs{c}, Units: &Units{c}, Roles: &Roles{c}, Grants: &Grants{c},
		Reasons: reasons, Preferences: &Preferences{c}, TechnicalUsers: technical.New(g, r, members.Remove), Checks: checks,
		Acts: c.acts, Subscriptions: subscriptions, Seats: held, Dashboards: dashboards.New(g), Applications: applications.New(g),
		Companies: companies.New(g, r), Library: library.New(g), Past: then,
		Projects: in, Loads: loads.New(g, r, loads.Needs{Move: (&Units{c}).moveOver, Roles: (&Roles{c}).putAll, Ground: in.Ground}),
		Exports: exports.New(g, exports.Needs{Words: o.Exports, Asker: c.acts.AskerAgain,
			Sources: append(then.Tables(), members.memberTable(), in.Table(), entries.Table())}),
		Contracts: contracts.New(g, r, contracts.Needs{Subscriptions: contractLines(subscriptions)}),
	}
	a.Undo = undo.New(g, r, c.acts, a.opposites())
	return a
}

// opposites are what takes entries about things back, by kind (PLAN-2).
func (a *App) opposites() map[audit.Kind]gate.Opposite {
	all := map[audit.Kind]gate.Opposite{}
	for _, of := range []map[audit.Kind]gate.Opposite{a.Units.opposites(), a.Roles.opposites(), a.Accounts.settingsOpposites(),
		a.Accounts.vendorOpposites(), a.Preferences.opposites(), a.Members.peopleOpposites(), projects.Opposites(a.Projects), companies.Opposites(),
		library.Opposites(a.Library), seats.Opposites(a.Seats, a.Subscriptions), contracts.Opposites(a.Contracts), technical.Opposites(),
		applications.Opposites(a.Applications)} {
		maps.Copy(all, of)
	}
	return all
}

// contractLines are the subscriptions of units, for who looks after their contract
// (SEAT-8).
func contractLines(s *seats.Subscriptions) contracts.Subscriptions {
	return func(ctx context.Context, r *store.Reader, account directory.AccountID, units []directory.UnitID) ([]contracts.SubscriptionLine, error) {
		held, err := seats.HeldBy(ctx, s, r, seats.Holders{Account: account, Units: units})
		lines := make([]contracts.SubscriptionLine, len(held))
		for i, h := range held {
			lines[i] = contracts.SubscriptionLine{Unit: h.Unit, Offer: h.Offer, Quantity: h.Quantity,
				Start: h.Starts, End: h.Ends, Over: h.State == seats.Over, Reference: h.Reference}
		}
		return lines, err
	}
}

// core is what the operations that have no package of their own yet stand on.
type core struct {
	gate       *gate.Gate
	roster     *roster.Writer
	dictionary *imports.Dictionary
	lookupTXT  func(ctx context.Context, domain string) ([]string, error)
	mailbox    MailboxMode
	acts       *acts.Acts
	grounds    roster.Grounds
	totals     gate.Totals
	homes      homeCounts
}

// The operations of each noun.
type (
	// Accounts are the customers: created and kept by the vendor, set up by
	// their administrators.
	Accounts struct{ *core }
	// Members are people in an account.
	Members struct{ *core }
	// Invitations ask people in by mail.
	Invitations struct{ *core }
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
	// Preferences are what members set for the vendor's products.
	Preferences struct{ *core }
)

// Woken receives after changes that left mails or jobs.
func (a *App) Woken() <-chan struct{} { return a.Jobs.gate.Woken() }

// LoadCatalogue puts the catalogue that was applied last in force; without one
// the catalogue given to New stays.
func (a *App) LoadCatalogue(ctx context.Context) error {
	return a.Catalogue.gate.LoadCatalogue(ctx)
}

// beginning is what a project begins with that is made from a template (PROJ-9).
func beginning(ctx context.Context, r *store.Reader, account directory.AccountID, template string) (projects.Start, error) {
	t, err := library.Content(ctx, r, account, template)
	return projects.Start{Type: t.Type, Products: t.Products, Places: t.Places}, err
}
