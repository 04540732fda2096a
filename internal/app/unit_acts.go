package app

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

// A NewUnit is a unit to add.
type NewUnit struct {
	Under    string // public id of the unit above; empty: the root
	Level    string // of the catalogue's unit levels
	Name     string
	External string // the id by which products know it, or empty
}

// Add adds a unit under another (UNIT-2). It refuses without units.manage at the
// unit above, with unit.archived, unit.level_not_here where the catalogue does
// not put that level (UNIT-1), unit.too_deep, unit.external_taken, and the field
// at fault.
func (s *Units) Add(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewUnit) (directory.Unit, error) {
	var made directory.Unit
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		above, err := s.above(ctx, r, p, n.Under)
		if err != nil {
			return err
		}
		u := directory.Unit{ID: directory.UnitID(p.NewKey()), UUID: roster.PublicID(), Parent: above.ID, Level: n.Level, Version: 1}
		var faults directory.Faults
		if err := faults.Note(s.fits(ctx, r, p.Basis, u, above.ID)); err != nil {
			return err
		}
		if err := faults.Note(roster.NameUnit(ctx, r, &u, &n.Name, &n.External)); err != nil {
			return err
		}
		if err := faults.With(roster.NamedApart(p.Rights.Tree(), u, "name")); err != nil {
			return err
		}
		p.Change(store.InsertUnits{Account: p.Account, Units: []directory.Unit{u}})
		p.Record(roster.UnitMade(p, u, above))
		made = u
		return nil
	})
	return made, err
}

// above finds the unit to add under, and asks for the right to.
func (s *Units) above(ctx context.Context, r *store.Reader, p *gate.Plan, uuid string) (directory.Unit, error) {
	if uuid == "" {
		if err := p.Require(authz.ManageUnits, 0); err != nil {
			return directory.Unit{}, err
		}
		root, _ := p.Rights.Tree().Unit(0)
		return root, nil
	}
	return s.managed(ctx, r, p, uuid)
}

// managed finds a unit and asks for units.manage there. It refuses with
// unit.not_found what is out of the actor's sight.
func (s *Units) managed(ctx context.Context, r *store.Reader, p *gate.Plan, uuid string) (directory.Unit, error) {
	u, err := unitInSight(ctx, r, p.Rights, p.Account, uuid)
	if err != nil {
		return u, err
	}
	if _, walled := p.Rights.Tree().Project(u.ID); walled { // projects have acts of their own
		return u, directory.Refuse(directory.NotFound, "unit.not_found")
	}
	return u, p.Require(authz.ManageUnits, u.ID)
}

// unitInSight finds a unit of the account whose insides the reader may see. It
// refuses with unit.not_found, and with account.not_found whoever may not know
// of the account.
func unitInSight(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, uuid string) (directory.Unit, error) {
	if !rights.Member() {
		return directory.Unit{}, directory.Refuse(directory.NotFound, "account.not_found")
	}
	u, err := r.UnitByUUID(ctx, account, uuid)
	if err == nil && !roster.OpensUnit(rights, u.ID) {
		err = directory.Refuse(directory.NotFound, "unit.not_found")
	}
	return u, err
}

// fits is roster.UnitFits in the account of a plan.
func (s *Units) fits(ctx context.Context, r *store.Reader, b gate.Basis, u directory.Unit, under directory.UnitID) error {
	account, err := r.Account(ctx, b.Account)
	if err != nil {
		return err
	}
	kind, _ := s.gate.Catalogue().AccountType(account.Type)
	if refusal := roster.UnitFits(b.Rights.Tree(), account, kind, u, under); refusal != nil {
		return refusal
	}
	return nil
}

// A UnitChange is what an edit of a unit sets; nil leaves a field alone.
type UnitChange struct {
	Name     *string
	External *string
	Version  int64 // the version the form showed (PLAN-4)
}

// Change renames a unit or gives it another external id. It refuses without
// units.manage there, with stale, with unit.archived, with unit.root for the
// name of the root, which is the account's, and with the field at fault.
func (s *Units) Change(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, change UnitChange) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		before, err := s.changeable(ctx, r, p, unit, change.Version)
		if err != nil {
			return err
		}
		after := before
		var faults directory.Faults
		if err := faults.Note(roster.NameUnit(ctx, r, &after, change.Name, change.External)); err != nil {
			return err
		}
		if after.Name != before.Name && before.Parent == 0 {
			return roster.UnitRoot(before)
		}
		if directory.Fold(after.Name) != directory.Fold(before.Name) {
			if err := faults.Note(roster.NamedApart(p.Rights.Tree(), after, "name")); err != nil {
				return err
			}
		}
		if err := faults.Err(); err != nil {
			return err
		}
		if after == before {
			return nil
		}
		p.Change(store.UpdateUnits{Account: p.Account, Units: []directory.Unit{after}})
		p.Record(roster.UnitRenamed(p, before, after))
		return nil
	})
	return err
}

// changeable finds a unit that the actor may change and that is as they saw it.
func (s *Units) changeable(ctx context.Context, r *store.Reader, p *gate.Plan, uuid string, version int64) (directory.Unit, error) {
	u, err := s.managed(ctx, r, p, uuid)
	if err != nil {
		return u, err
	}
	if u.Version != version {
		return u, gate.Stale(ctx, r, store.LatestQuery{Account: p.Account, Object: int64(u.ID),
			Kinds: []audit.Kind{audit.UnitChanged, audit.UnitMoved, audit.UnitArchived, audit.UnitRestored}})
	}
	if refusal := roster.ArchivedAt(p.Rights.Tree(), u.ID); refusal != nil {
		return u, refusal
	}
	return u, nil
}

// Archive takes a unit, with all below it, out of the lists that one chooses
// from: nobody and nothing can be added there, and no role given. What is there
// is kept, and its people keep what they hold, there and elsewhere. It refuses
// without units.manage there, with stale, with unit.root, and with unit.archived
// what is archived already.
func (s *Units) Archive(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, version int64) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		u, err := s.changeable(ctx, r, p, unit, version)
		if err != nil {
			return err
		}
		if u.Parent == 0 {
			return roster.UnitRoot(u)
		}
		u.Archived = p.Now
		p.Change(store.UpdateUnits{Account: p.Account, Units: []directory.Unit{u}})
		p.Record(roster.UnitEntry(p, audit.UnitArchived, u))
		return nil
	})
	return err
}

// Restore brings an archived unit back as it was. It refuses without
// units.manage there, with stale, and with unit.archived while a unit above it
// is archived; one that is not archived stays as it is.
func (s *Units) Restore(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, version int64) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		u, err := s.managed(ctx, r, p, unit)
		if err != nil {
			return err
		}
		if refusal := u.At(version); refusal != nil {
			return refusal
		}
		if u.Archived.IsZero() {
			return nil
		}
		if refusal := roster.ArchivedAt(p.Rights.Tree(), u.Parent); refusal != nil {
			return refusal
		}
		if refusal := roster.NamedApart(p.Rights.Tree(), u, "name"); refusal != nil {
			return refusal
		}
		u.Archived = time.Time{}
		p.Change(store.UpdateUnits{Account: p.Account, Units: []directory.Unit{u}})
		p.Record(roster.UnitEntry(p, audit.UnitRestored, u))
		return nil
	})
	return err
}

// opposites take back what was done to units (PLAN-2).
func (s *Units) opposites() map[audit.Kind]gate.Opposite {
	all := map[audit.Kind]gate.Opposite{}
	for _, kind := range []audit.Kind{audit.UnitCreated, audit.UnitChanged, audit.UnitMoved, audit.UnitArchived, audit.UnitRestored} {
		all[kind] = s.takeBack
	}
	return all
}

// takeBack plans the opposite of entries about units, each over the tree that the one
// before leaves. It refuses with unit.not_found what is out of sight, and as Change, Move,
// Archive and Restore do, each field by itself; a unit that was added is archived, unless
// something hangs on it by now.
func (s *Units) takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	return gate.Opposed(p, entries, gate.ByObject[directory.UnitID], func(id directory.UnitID, n *gate.Net) (gate.Verdict, error) {
		upon := p.Upon()
		tree := upon.Rights.Tree()
		denied := upon.Require(authz.ManageUnits, id)
		before, found := tree.Unit(id)
		if _, walled := tree.Project(id); upon.Rights.Member() && (!found || walled || !roster.OpensUnit(upon.Rights, id)) {
			return gate.Verdict{}, directory.Refuse(directory.NotFound, "unit.not_found")
		}
		if denied != nil {
			return gate.Verdict{Subject: int64(id), Name: before.Name}, denied
		}
		t := unitTurn{s, upon, n, before}
		after, err := t.plan(ctx, r)
		if err != nil || after == before {
			return n.Verdict(int64(id), before.Name), err
		}
		return n.Verdict(int64(id), after.Name), s.gate.Restructure(ctx, r, p, tree.Put(after))
	})
}

// A unitTurn is a unit while what was done to it is taken back.
type unitTurn struct {
	s      *Units
	p      *gate.Plan
	n      *gate.Net
	before directory.Unit
}

// plan is the unit as it is to be, with what that takes.
func (t unitTurn) plan(ctx context.Context, r *store.Reader) (directory.Unit, error) {
	t.n.Turns(audit.UnitArchived, audit.UnitRestored, audit.UnitCreated)
	if _, made := t.n.Has(audit.UnitCreated); made {
		return t.unmake(ctx, r)
	}
	after, err := t.describe(ctx, r)
	if err != nil {
		return after, err
	}
	to := after
	err = t.n.Restore("parent", audit.Thing(audit.Unit, t.before.Parent, ""), func(was audit.Value) error {
		ref, _ := was.Ref()
		above, found := t.p.Rights.Tree().Unit(directory.UnitID(ref.Key))
		if !found || !roster.OpensUnit(t.p.Rights, above.ID) {
			return directory.Refuse(directory.NotFound, "unit.not_found")
		}
		for _, above := range []directory.UnitID{t.before.Parent, above.ID} {
			if err := t.p.Require(authz.ManageUnits, above); err != nil {
				return err
			}
		}
		to, err = t.s.hang(ctx, r, t.p, hanging{unit: after, to: above})
		return err
	})
	if err != nil || to == t.before {
		return t.before, err
	}
	if to.Parent == t.before.Parent { // else it is written with its place
		t.p.Change(store.UpdateUnits{Account: t.p.Account, Units: []directory.Unit{to}})
	}
	if entry := roster.UnitRenamed(t.p, t.before, to); entry.Changed() {
		t.p.Record(entry)
	}
	switch {
	case to.Archived.Equal(t.before.Archived):
	case to.Archived.IsZero():
		t.p.Record(roster.UnitEntry(t.p, audit.UnitRestored, to))
	default:
		t.p.Record(roster.UnitEntry(t.p, audit.UnitArchived, to))
	}
	return to, nil
}

// describe gives the unit its state, name and external id back.
func (t unitTurn) describe(ctx context.Context, r *store.Reader) (directory.Unit, error) {
	tree, after := t.p.Rights.Tree(), t.before
	err := t.n.Restore(gate.StateField, audit.Bool(!after.Archived.IsZero()), func(archived audit.Value) error {
		is := after
		if is.Archived = t.p.Now; archived == audit.Bool(false) {
			is.Archived = time.Time{}
		}
		refusal := roster.ArchivedAt(tree, is.Parent)
		if refusal == nil && is.Archived.IsZero() {
			refusal = roster.NamedApart(tree, is, "name")
		}
		if refusal != nil {
			return refusal
		}
		after = is
		return nil
	})
	if err != nil {
		return after, err
	}
	err = t.n.Restore("name", audit.Text(after.Name), func(was audit.Value) error {
		name, is := was.Text(), after
		if is.Parent == 0 {
			return roster.UnitRoot(is)
		}
		if err := t.named(ctx, r, &is, &name, nil); err != nil {
			return err
		}
		if refusal := roster.NamedApart(tree, is, "name"); refusal != nil {
			return refusal
		}
		after = is
		return nil
	})
	if err != nil {
		return after, err
	}
	return after, t.n.Restore("external_id", audit.Text(after.External), func(was audit.Value) error {
		external := was.Text()
		return t.named(ctx, r, &after, nil, &external)
	})
}

// named is roster.NameUnit for a unit that is not archived.
func (t unitTurn) named(ctx context.Context, r *store.Reader, u *directory.Unit, name, external *string) error {
	if refusal := u.Changeable(); refusal != nil {
		return refusal
	}
	if refusal := roster.ArchivedAt(t.p.Rights.Tree(), u.Parent); refusal != nil {
		return refusal
	}
	return roster.NameUnit(ctx, r, u, name, external)
}

// unmake archives a unit that was added, while nobody and nothing is there.
func (t unitTurn) unmake(ctx context.Context, r *store.Reader) (directory.Unit, error) {
	after := t.before
	err := t.n.Restore(gate.StateField, audit.Bool(!after.Archived.IsZero()), func(audit.Value) error {
		bare, err := t.bare(ctx, r)
		if err == nil && !bare {
			err = gate.ChangedSince()
		}
		if err == nil {
			after.Archived = t.p.Now
		}
		return err
	})
	if err != nil || after == t.before {
		return after, err
	}
	t.p.Change(store.UpdateUnits{Account: t.p.Account, Units: []directory.Unit{after}})
	t.p.Record(roster.UnitEntry(t.p, audit.UnitArchived, after))
	return after, nil
}

// bare reports whether a unit has neither units in use below it nor members, roles held
// there, referents, or seats of its own.
func (t unitTurn) bare(ctx context.Context, r *store.Reader) (bool, error) {
	tree, id := t.p.Rights.Tree(), t.before.ID
	for _, below := range tree.Children(id) {
		if u, _ := tree.Unit(below); u.Archived.IsZero() {
			return false, nil
		}
	}
	homes, err := r.HomeCounts(ctx, t.p.Account)
	if err != nil || homes[id] > 0 {
		return false, err
	}
	roles, err := r.RoleCounts(ctx, []directory.UnitID{id})
	if err != nil || len(roles) > 0 {
		return false, err
	}
	parts, err := r.ReferentsAt(ctx, []directory.UnitID{id})
	if err != nil || len(parts) > 0 {
		return false, err
	}
	stock, err := r.Stock(ctx, t.p.Account)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(stock.Pools(), func(pool directory.Pool) bool {
		return pool.Unit == id && stock.Alive(pool.ID, t.p.Now)
	}), nil
}
