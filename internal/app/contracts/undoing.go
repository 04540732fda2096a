package contracts

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Opposites take back who was named, or ended, for the contracts of units (PLAN-2).
func Opposites(s *Contracts) map[audit.Kind]gate.Opposite {
	all := map[audit.Kind]gate.Opposite{}
	for _, kind := range []audit.Kind{audit.ReferentNamed, audit.ReferentEnded, audit.DeputyNamed, audit.DeputyEnded,
		audit.AccountReferentNamed, audit.AccountReferentRemoved} {
		all[kind] = s.takeBack
	}
	return all
}

// A heldPart is what somebody is for the contract of a unit, 0 for the root.
type heldPart struct {
	unit   directory.UnitID
	part   directory.Part
	person directory.UserID
}

// heldKey is under which a plan keeps who is something for its units by then.
type heldKey struct{}

func partOf(e audit.Entry) heldPart {
	switch e.Kind {
	case audit.DeputyNamed, audit.DeputyEnded:
		return heldPart{directory.UnitID(e.Object), directory.DeputyPart, e.Subject}
	case audit.AccountReferentNamed, audit.AccountReferentRemoved: // of the account, before units had theirs
		return heldPart{0, directory.ReferentPart, e.Subject}
	}
	return heldPart{directory.UnitID(e.Object), directory.ReferentPart, e.Subject}
}

// takeBack plans the opposite of entries about referents and deputies, newest first: who
// was named is that no more, and who was ended is named again, and told. It refuses as
// Name and End do, and with undo.changed_since where a unit has another referent since.
func (s *Contracts) takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	p.OpenToAnyone("whose part it is decides who may, and is asked of each")
	held := gate.Kept[directory.UnitID, []directory.Referent](p, heldKey{})
	return gate.Opposed(p, entries, partOf, func(of heldPart, n *gate.Net) (gate.Verdict, error) {
		upon := p.Upon()
		u, err := partUnit(ctx, r, upon, of)
		if err != nil {
			return gate.Verdict{}, err
		}
		if _, read := held[u.ID]; !read {
			if held[u.ID], err = r.ReferentsAt(ctx, []directory.UnitID{u.ID}); err != nil {
				return gate.Verdict{}, err
			}
		}
		t := partBack{s, upon, n, of, u}
		held[u.ID], err = t.plan(ctx, r, held[u.ID])
		return n.Verdict(int64(u.ID), u.Name), err
	})
}

// partUnit is the unit of a part, where the actor may name and end people of it: the
// vendor's staff at the root of a customer.
func partUnit(ctx context.Context, r *store.Reader, p *gate.Plan, of heldPart) (directory.Unit, error) {
	root := p.Rights.Tree().Root()
	if p.Actor.Kind == authz.Staff && (of.unit == 0 || of.unit == root) && of.part == directory.ReferentPart {
		a, err := r.Account(ctx, p.Account)
		if err == nil {
			err = p.RequireDuty(authz.ChangeAccounts)
		}
		return roster.RootOf(a), err
	}
	u, found := p.Rights.Tree().Unit(of.unit)
	if !found { // as one out of sight
		u.UUID = "-"
	}
	return at(ctx, r, p, of.part, u.UUID)
}

// A partBack is one part while what became of it is taken back.
type partBack struct {
	s  *Contracts
	p  *gate.Plan
	n  *gate.Net
	of heldPart
	u  directory.Unit
}

// plan ends or names, among those who are something for the unit, and answers who is
// then.
func (t partBack) plan(ctx context.Context, r *store.Reader, held []directory.Referent) ([]directory.Referent, error) {
	i := slices.IndexFunc(held, func(f directory.Referent) bool { return f.User == t.of.person && f.Part == t.of.part })
	t.n.Turns(audit.ReferentEnded, audit.ReferentNamed)
	t.n.Turns(audit.DeputyEnded, audit.DeputyNamed)
	t.n.Turns(audit.AccountReferentRemoved, audit.AccountReferentNamed)
	is := held
	err := t.n.Restore(gate.StateField, audit.Bool(i < 0), func(was audit.Value) (err error) {
		if was == audit.Bool(true) {
			t.s.roster.EndReferents(t.p, held[i:i+1])
			is = slices.Delete(slices.Clone(held), i, i+1)
			return nil
		}
		is, err = t.name(ctx, r, held)
		return err
	})
	return is, err
}

// name makes somebody again what they were.
func (t partBack) name(ctx context.Context, r *store.Reader, held []directory.Referent) ([]directory.Referent, error) {
	if refusal := roster.ArchivedAt(t.p.Rights.Tree(), t.u.ID); refusal != nil {
		return held, refusal
	}
	other := func(f directory.Referent) bool { return f.Part == directory.ReferentPart && f.User != t.of.person }
	if t.of.part == directory.ReferentPart && slices.ContainsFunc(held, other) {
		return held, gate.ChangedSince()
	}
	a, err := r.Account(ctx, t.p.Account)
	if err != nil {
		return held, err
	}
	last, err := r.MemberOf(ctx, t.p.Account, t.of.person)
	if err != nil {
		return held, err
	}
	m, person, err := nameable(ctx, r, t.p.Rights.Tree(), t.u, last.UUID)
	if err != nil {
		return held, err
	}
	return t.s.roster.NameAmong(t.p, held, roster.Naming{Account: a, Unit: t.u, Part: t.of.part, Member: m, Person: person, Tell: true})
}
