package applications

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// New makes the applications of an installation.
func New(g *gate.Gate) *Applications { return &Applications{gate: g} }

// Applications are the vendor's own programs.
type Applications struct{ gate *gate.Gate }

// A Listed is one application as the operators see it: never with a secret.
type Listed struct {
	directory.Application
	Credentials []directory.Credential // the newest first; those that are over, too
	Accounts    []directory.Account    // of its portfolio, by name; none where it sees all
}

// Live are its credentials that open something, the newest first.
func (l Listed) Live(now time.Time) []directory.Credential {
	return slices.DeleteFunc(slices.Clone(l.Credentials), func(c directory.Credential) bool { return !c.Live(now) })
}

// LastUsed is when any of its credentials was used last, to about a minute.
func (l Listed) LastUsed() time.Time {
	var last time.Time
	for _, c := range l.Credentials {
		if c.LastUsed.After(last) {
			last = c.LastUsed
		}
	}
	return last
}

// List shows the applications that were not ended, by name. It refuses without
// the duty applications.manage.
func (s *Applications) List(ctx context.Context, actor authz.Actor) ([]Listed, error) {
	var list []Listed
	err := s.gate.Console(ctx, actor, authz.ManageApplications, func(r *store.Reader) error {
		applications, err := r.Applications(ctx)
		if err != nil {
			return err
		}
		ids := make([]directory.UserID, len(applications))
		for i, a := range applications {
			ids[i] = a.ID
		}
		credentials, err := r.CredentialsOf(ctx, ids)
		for _, a := range applications {
			list = append(list, Listed{Application: a, Credentials: credentials[a.ID]})
		}
		return err
	})
	return list, err
}

// Show reads one application by public id, with the accounts it sees and what
// became of its credentials. It refuses with application.not_found.
func (s *Applications) Show(ctx context.Context, actor authz.Actor, id string) (Listed, error) {
	var shown Listed
	err := s.gate.Console(ctx, actor, authz.ManageApplications, func(r *store.Reader) (err error) {
		if shown.Application, err = r.Application(ctx, id); err != nil {
			return err
		}
		credentials, err := r.CredentialsOf(ctx, []directory.UserID{shown.ID})
		if err != nil {
			return err
		}
		shown.Credentials = credentials[shown.ID]
		shown.Accounts, err = roster.AccountsIn(ctx, r, shown.Portfolio)
		return err
	})
	return shown, err
}

// A Registration is what an operator says of an application, with the accounts it
// sees, as roster.SaidPortfolio has them. Version is the one a change is made on
// (PLAN-4).
type Registration struct {
	Name    string
	Product string // of the catalogue, or empty
	Rights  []directory.ApplicationRight
	All     bool
	Numbers []string
	Version int64
}

func (n *Registration) accounts() roster.SaidPortfolio {
	return roster.SaidPortfolio{All: n.All, Numbers: n.Numbers}
}

// check cleans what was said, and refuses what nobody could mean. The product an
// application had may stay when it has left the catalogue.
func (n *Registration) check(g *gate.Gate, had string) error {
	var faults directory.Faults
	if err := faults.Note(directory.CleanApplication(&n.Name, &n.Rights)); err != nil {
		return err
	}
	if _, known := g.Catalogue().Product(n.Product); n.Product != had && n.Product != "" && !known {
		faults = append(faults, directory.InvalidField("product", "field.unknown_choice", directory.Args{"Value": directory.Short(n.Product, directory.Quoted)}))
	}
	if len(n.Rights) == 0 && !faults.At("rights") {
		faults = append(faults, directory.InvalidField("rights", "application.no_right", nil))
	}
	return faults.With(n.accounts().Check())
}

// Register adds an application: it acts as a user of its own, which nobody signs
// in as, and is a member of no account (APP-1). It has no credential yet.
//
// It refuses without the duty applications.manage, with the field at fault, with
// application.no_right, as roster.SaidPortfolio does, and with application.too_many.
func (s *Applications) Register(ctx context.Context, actor authz.Actor, n Registration) (directory.Application, error) {
	var made directory.Application
	_, err := s.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ManageApplications); err != nil {
			return err
		}
		if err := s.gate.FollowCatalogue(ctx, r); err != nil {
			return err
		}
		if err := n.check(s.gate, ""); err != nil {
			return err
		}
		portfolio, err := n.accounts().Portfolio(ctx, r)
		if err != nil {
			return err
		}
		others, err := r.Applications(ctx)
		if err != nil {
			return err
		}
		if len(others) >= directory.MostApplications {
			return &directory.Error{Kind: directory.Conflict, Code: "application.too_many", Args: directory.Args{"Most": directory.MostApplications}}
		}
		u := directory.User{ID: directory.UserID(p.NewKey()), UUID: roster.PublicID(), Kind: directory.TechnicalKind, Last: n.Name,
			Language: s.gate.Catalogue().Languages[0], Password: directory.PasswordNone, Created: p.Now, Version: 1}
		u.UserName = "application-" + u.UUID
		made = directory.Application{ID: u.ID, UUID: u.UUID, Name: n.Name, Product: n.Product, Rights: n.Rights, Portfolio: portfolio,
			Created: p.Now, By: p.Actor.User, Version: 1}
		p.Change(store.InsertUsers{u}, store.InsertApplication(made))
		entry := p.Entry(audit.ApplicationRegistered, made.ID, 0)
		if err := note(ctx, r, &entry, directory.Application{Portfolio: directory.Only()}, made); err != nil {
			return err
		}
		p.Record(entry)
		return nil
	})
	return made, err
}

// note writes what differs between two states of an application.
func note(ctx context.Context, r *store.Reader, entry *audit.Entry, before, after directory.Application) error {
	entry.Note("name", before.Name, after.Name)
	entry.Note("product", before.Product, after.Product)
	entry.NoteValue("application_rights", audit.Texts(before.Rights), audit.Texts(after.Rights))
	return roster.NotePortfolio(ctx, r, entry, before.Portfolio, after.Portfolio)
}

// Change gives an application another name, product, rights or accounts; it holds
// at its next request. It refuses like Register, with application.not_found, and
// with stale (PLAN-4).
func (s *Applications) Change(ctx context.Context, actor authz.Actor, id string, n Registration) error {
	return s.change(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan, before directory.Application) error {
		if err := s.gate.FollowCatalogue(ctx, r); err != nil {
			return err
		}
		if err := n.check(s.gate, before.Product); err != nil {
			return err
		}
		if n.Version != before.Version {
			return directory.Refuse(directory.Conflict, "stale")
		}
		after := before
		after.Name, after.Product, after.Rights = n.Name, n.Product, n.Rights
		var err error
		if after.Portfolio, err = n.accounts().Portfolio(ctx, r); err != nil {
			return err
		}
		return planChange(ctx, r, p, before, after)
	})
}

// planChange plans what an application is from now on, where anything differs.
func planChange(ctx context.Context, r *store.Reader, p *gate.Plan, before, after directory.Application) error {
	entry := p.Entry(audit.ApplicationChanged, before.ID, 0)
	if err := note(ctx, r, &entry, before, after); err != nil || !entry.Changed() {
		return err
	}
	p.Change(store.UpdateApplication(after))
	p.Record(entry)
	return nil
}

// End takes an application out of use for good: its credentials open nothing from
// the next request on. History keeps what it did, by its name. It refuses with
// application.not_found one that was ended before.
func (s *Applications) End(ctx context.Context, actor authz.Actor, id string) error {
	return s.change(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan, before directory.Application) error {
		credentials, err := r.CredentialsOf(ctx, []directory.UserID{before.ID})
		if err != nil {
			return err
		}
		var live store.RevokeCredentials
		for _, c := range credentials[before.ID] {
			if !c.Live(p.Now) {
				continue
			}
			live = append(live, c.ID)
			p.Record(revoked(p, c))
		}
		after := before
		after.Ended = p.Now
		p.Change(live, store.UpdateApplication(after))
		entry := p.Entry(audit.ApplicationEnded, before.ID, 0)
		entry.Note("name", before.Name, "")
		p.Record(entry)
		return nil
	})
}

// change plans a change of one application that was not ended.
func (s *Applications) change(ctx context.Context, actor authz.Actor, id string,
	plan func(ctx context.Context, r *store.Reader, p *gate.Plan, before directory.Application) error) error {
	_, err := s.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ManageApplications); err != nil {
			return err
		}
		before, err := r.Application(ctx, id)
		if err != nil {
			return err
		}
		return plan(ctx, r, p, before)
	})
	return err
}
