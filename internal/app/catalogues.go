package app

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// InForce is the catalogue that shapes the installation now.
func (c *Catalogues) InForce() *catalogue.Catalogue { return c.gate.Catalogue() }

// Naming is catalogue.Naming of the one in force.
func (c *Catalogues) Naming(lang, what, id string) (string, bool) {
	return c.InForce().Naming(lang, what, id)
}

// A CatalogueDraft is what applying a text would do: its faults, or the
// differences from the catalogue in force.
type CatalogueDraft struct {
	Faults  catalogue.Faults
	Changes []catalogue.Change
	Version int64 // of the catalogue in force that it was compared with

	declared *catalogue.Catalogue
}

// Applied says which catalogue is in force: when it was applied and by whom.
// Version 0 is the one the installation began with.
type Applied struct {
	store.AppliedCatalogue
	Person directory.User
}

// JobRoles is the kind of the job that brings the accounts' roles to the
// catalogue in force; RunUpdate does it. Its subject is the version it was
// queued for.
const JobRoles = "catalogue_roles"

// Show is the catalogue in force, for staff.
func (s *Catalogues) Show(ctx context.Context, actor authz.Actor) (Applied, error) {
	var a Applied
	err := s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) (err error) {
		if a.AppliedCatalogue, err = r.LatestCatalogue(ctx); err != nil || a.By == 0 {
			return err
		}
		users, err := r.Users(ctx, []directory.UserID{a.By})
		a.Person = users[a.By]
		return err
	})
	return a, err
}

// Draft reads a text as a catalogue and compares it with the one in force. It
// writes nothing. It refuses with catalogue.type_in_use and
// catalogue.level_in_use when accounts would be left without their type or
// service level.
func (s *Catalogues) Draft(ctx context.Context, actor authz.Actor, text string) (CatalogueDraft, error) {
	var d CatalogueDraft
	err := s.gate.Console(ctx, actor, authz.ApplyCatalogue, func(r *store.Reader) (err error) {
		d, err = s.draft(ctx, r, text)
		return err
	})
	return d, err
}

func (s *Catalogues) draft(ctx context.Context, r *store.Reader, text string) (CatalogueDraft, error) {
	var d CatalogueDraft
	d.declared, d.Faults = catalogue.Read("", bytes.NewReader([]byte(text)))
	var err error
	if d.Version, err = r.CatalogueVersion(ctx); err != nil || len(d.Faults) > 0 {
		return d, err
	}
	for _, used := range []struct {
		column, code string
		has          func(id string) bool
	}{
		{"type", "catalogue.type_in_use", func(id string) bool { _, ok := d.declared.AccountType(id); return ok }},
		{"service_level", "catalogue.level_in_use", func(id string) bool { _, ok := d.declared.ServiceLevel(id); return ok }},
	} {
		counts, err := r.AccountsBy(ctx, used.column)
		if err != nil {
			return d, err
		}
		for _, id := range slices.Sorted(maps.Keys(counts)) {
			if !used.has(id) {
				return d, &directory.Error{Kind: directory.Conflict, Code: used.code, Field: "text",
					Args: directory.Args{"Name": id, "Count": counts[id]}}
			}
		}
	}
	if err := s.gate.FollowCatalogue(ctx, r); err != nil {
		return d, err
	}
	d.Changes = catalogue.Compare(s.gate.Catalogue(), d.declared)
	return d, nil
}

// Apply puts a catalogue in force on this node at once and on the others soon;
// the shipped roles of all accounts follow by a job. Version is the one the
// draft was compared with: when another was applied meanwhile it refuses with
// stale. It refuses with catalogue.faulty and as Draft does.
func (s *Catalogues) Apply(ctx context.Context, actor authz.Actor, text string, version int64) error {
	var d CatalogueDraft
	_, err := s.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ApplyCatalogue); err != nil {
			return err
		}
		var err error
		if d, err = s.draft(ctx, r, text); err != nil {
			return err
		}
		switch {
		case len(d.Faults) > 0:
			return directory.InvalidField("text", "catalogue.faulty", directory.Args{"Path": "", "Count": len(d.Faults), "First": d.Faults[0].String()})
		case version != d.Version:
			return directory.Refuse(directory.Conflict, "stale")
		}
		p.Change(store.InsertCatalogue{Version: d.Version + 1, Text: text, By: actor.User})
		entry := p.Entry(audit.CatalogueApplied, 0, d.Version+1)
		entry.NoteValue("version", audit.Number(d.Version), audit.Number(d.Version+1))
		entry.Note("name", s.gate.Catalogue().Name, d.declared.Name)
		p.Record(entry)
		p.Job(directory.Job{Kind: JobRoles, Unique: JobRoles, Subject: d.Version + 1})
		return nil
	})
	if err != nil {
		return err
	}
	s.gate.PutInForce(&gate.InForce{Version: d.Version + 1, Declared: d.declared})
	return nil
}

// Follow puts in force what another node applied. It runs at intervals.
func (s *Catalogues) Follow(ctx context.Context) error { return s.gate.LoadCatalogue(ctx) }

// accountsAtOnce is how many accounts' roles are read together.
const accountsAtOnce = 200

// RunUpdate does the job that a change of the catalogue leaves behind. A job for
// a version that this node cannot see yet fails and is tried again.
func (s *Catalogues) RunUpdate(ctx context.Context, job directory.Job) error {
	if err := s.gate.LoadCatalogue(ctx); err != nil {
		return err
	}
	if known := s.gate.Version(); known < job.Subject {
		return fmt.Errorf("update roles: job is for catalogue %d, the database has %d", job.Subject, known)
	}
	_, err := s.UpdateRoles(ctx)
	return err
}

// UpdateRoles brings the shipped roles of all accounts to the catalogue in
// force and answers how many accounts changed: new ones are added, those that
// are gone archived, and those that an account changed itself are kept (ROLE-3).
// Each account is compared with the catalogue that
// its own change sees. It may run twice.
func (s *Catalogues) UpdateRoles(ctx context.Context) (int, error) {
	changed, after := 0, directory.AccountID(0)
	for {
		var keys, stale []directory.AccountID
		err := s.gate.Read(ctx, func(r *store.Reader) error {
			var err error
			if keys, err = r.AccountKeys(ctx, after, accountsAtOnce); err != nil || len(keys) == 0 {
				return err
			}
			stale, err = s.staleRoles(ctx, r, keys)
			return err
		})
		if err != nil || len(keys) == 0 {
			return changed, err
		}
		actor := gate.SystemActorOn(len(stale))
		for _, account := range stale {
			if err := s.updateRoles(ctx, actor, account); err != nil {
				return changed, fmt.Errorf("update roles of account %d: %w", account, err)
			}
			changed++
		}
		after = keys[len(keys)-1]
	}
}

// staleRoles are those accounts whose roles differ from the catalogue's.
func (s *Catalogues) staleRoles(ctx context.Context, r *store.Reader, keys []directory.AccountID) ([]directory.AccountID, error) {
	if err := s.gate.FollowCatalogue(ctx, r); err != nil {
		return nil, err
	}
	roles, err := r.RolesOfAccounts(ctx, keys)
	if err != nil {
		return nil, err
	}
	accounts, err := r.AccountsByKey(ctx, keys)
	if err != nil {
		return nil, err
	}
	var stale []directory.AccountID
	for _, key := range keys {
		if len(roleUpdates(s.gate.Catalogue(), accounts[key].Type, roles[key])) > 0 {
			stale = append(stale, key)
		}
	}
	return stale, nil
}

func (s *Catalogues) updateRoles(ctx context.Context, actor authz.Actor, id directory.AccountID) error {
	_, err := s.gate.Perform(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("who applied the catalogue was asked for the duty then")
		if err := s.gate.FollowCatalogue(ctx, r); err != nil {
			return err
		}
		account, err := r.Account(ctx, id)
		if err != nil {
			return err
		}
		roles, err := r.Roles(ctx, id)
		if err != nil {
			return err
		}
		updates := roleUpdates(s.gate.Catalogue(), account.Type, roles)
		if len(updates) == 0 {
			return nil
		}
		if len(updates) > 1 {
			p.AsOneAct()
		}
		put := store.PutRoles{Account: id}
		for _, u := range updates {
			if u.After.ID == 0 {
				u.After.ID, u.After.UUID = directory.RoleID(p.NewKey()), uuid.NewString()
			}
			if u.Kind == audit.RoleArchived {
				u.After.Archived = p.Now
			}
			put.Roles = append(put.Roles, u.After)
			p.Record(roleEntry(p, u))
		}
		p.Change(put)
		return s.refold(ctx, r, p, account, updates)
	})
	return err
}
