package contracts

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Contracts are who looks after units' contracts, and the documents.
type Contracts struct {
	gate          *gate.Gate
	roster        *roster.Writer
	subscriptions Subscriptions
}

// Needs are what contracts show of other families. Without subscriptions there
// are none.
type Needs struct{ Subscriptions Subscriptions }

// New makes the contracts of an installation.
func New(g *gate.Gate, r *roster.Writer, needs Needs) *Contracts {
	return &Contracts{gate: g, roster: r, subscriptions: needs.Subscriptions}
}

// A hold is what an actor is for the contracts of an account, and may do there.
type hold struct {
	rights authz.Rights
	parts  []directory.Referent // the actor's own
}

// holdOf reads it. It refuses with account.not_found whoever does not belong to
// the account.
func holdOf(ctx context.Context, r *store.Reader, actor authz.Actor, rights authz.Rights, account directory.AccountID) (hold, error) {
	h := hold{rights: rights}
	if !rights.Member() {
		return h, directory.Refuse(directory.NotFound, "account.not_found")
	}
	if actor.Kind != authz.Person {
		return h, nil
	}
	m, err := r.MemberOf(ctx, account, actor.User)
	if err != nil && !gate.RefusedWith(err, "member.not_found") {
		return h, err
	}
	h.parts, err = partsOf(ctx, r, m)
	return h, err
}

// partsOf is what a member is for contracts: nothing without a place.
func partsOf(ctx context.Context, r *store.Reader, m directory.Member) ([]directory.Referent, error) {
	if m.ID == 0 || !m.Removed.IsZero() {
		return nil, nil
	}
	parts, err := r.PartsOf(ctx, []directory.MemberID{m.ID})
	return parts[m.ID], err
}

// LooksAfter reports whether a member looks after a contract, for the navigation.
func LooksAfter(ctx context.Context, r *store.Reader, m directory.Member) (bool, error) {
	parts, err := partsOf(ctx, r, m)
	return len(parts) > 0, err
}

// looksAfter reports whether the actor is referent or deputy of a unit or of one
// above it (SEAT-8).
func (h hold) looksAfter(unit directory.UnitID) bool {
	return slices.ContainsFunc(h.parts, func(f directory.Referent) bool { return h.rights.Tree().Covers(f.Unit, unit) })
}

// isReferent reports whether the actor is the unit's own referent.
func (h hold) isReferent(unit directory.UnitID) bool {
	return slices.ContainsFunc(h.parts, func(f directory.Referent) bool { return f.Unit == unit && f.Part == directory.ReferentPart })
}

// isNamed reports whether the actor is referent or deputy of that very unit.
func (h hold) isNamed(unit directory.UnitID) bool {
	return slices.ContainsFunc(h.parts, func(f directory.Referent) bool { return f.Unit == unit })
}

// opens reports whether the actor may know who looks after a unit: whoever may
// look into it, or does so.
func (h hold) opens(unit directory.UnitID) bool {
	return roster.OpensUnit(h.rights, unit) || h.looksAfter(unit)
}

// naming is what somebody needs to name people for a unit's contract: at the root,
// whose contract is the account's, to manage the account; below it, to manage the
// members there.
func naming(t *authz.Tree, unit directory.UnitID) authz.Permission {
	if unit == t.Root() {
		return authz.ManageAccount
	}
	return authz.ManageMembers
}

// may refuses with denied.permission whoever may not name somebody that part at a
// unit: its managers may, and its referent may name and end deputies, which is all
// that being referent allows (SEAT-7, SEAT-8).
func (h hold) may(part directory.Part, unit directory.UnitID) error {
	return h.mayAs(part, unit, func(p authz.Permission, unit directory.UnitID) error { return gate.Require(h.rights, p, unit) })
}

// mayAs is may, where require asks for the permission that it takes.
func (h hold) mayAs(part directory.Part, unit directory.UnitID, require func(authz.Permission, directory.UnitID) error) error {
	if part == directory.DeputyPart && h.isReferent(unit) {
		return nil
	}
	return require(naming(h.rights.Tree(), unit), unit)
}

// unit finds a unit by public id, the root by none. It refuses with unit.not_found
// what is not there or out of the actor's sight.
func (h hold) unit(uuid string) (directory.Unit, error) {
	t := h.rights.Tree()
	id, found := t.Root(), true
	if uuid != "" {
		id, found = t.UnitByUUID(uuid)
	}
	if !found || !h.opens(id) {
		return directory.Unit{}, directory.Refuse(directory.NotFound, "unit.not_found")
	}
	u, _ := t.Unit(id)
	return u, nil
}
