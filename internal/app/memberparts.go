package app

import (
	"context"
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
)

// A MemberPart is what a member is for the contract of a unit (SEAT-7). A unit that
// the reader may not know of has no name here.
type MemberPart struct {
	Part directory.Part
	Unit directory.Unit
}

// memberParts are what a member is for contracts: who removes them or switches them
// off is told before.
func (l *listing) memberParts(ctx context.Context, member directory.MemberID) ([]MemberPart, error) {
	held, err := l.r.PartsOf(ctx, []directory.MemberID{member})
	var parts []MemberPart
	for _, f := range held[member] {
		part := MemberPart{Part: f.Part, Unit: directory.Unit{ID: f.Unit}}
		if f.Unit == l.account.Root || roster.KnowsUnit(l.rights, f.Unit) {
			part.Unit, _ = l.rights.Tree().Unit(f.Unit)
		}
		parts = append(parts, part)
	}
	return parts, err
}

// tellSelectedParts says of a selection whether the account's referent is in it, and
// how many of it are anything else for a contract.
func (l *listing) tellSelectedParts(ctx context.Context, chosen *SelectedMembers) error {
	var units []directory.UnitID
	for _, u := range l.rights.Tree().Units() {
		units = append(units, u.ID)
	}
	held, err := l.r.ReferentsAt(ctx, units)
	if err != nil {
		return err
	}
	var contact, others []directory.MemberID
	for _, f := range held {
		if f.Unit == l.account.Root && f.Part == directory.ReferentPart {
			contact = append(contact, f.Member)
		} else {
			others = append(others, f.Member)
		}
	}
	n, err := l.among(ctx, contact)
	if err != nil {
		return err
	}
	chosen.Contact = n > 0
	chosen.LookAfter, err = l.among(ctx, others)
	return err
}

// among counts those of the list who are of these members.
func (l *listing) among(ctx context.Context, members []directory.MemberID) (int64, error) {
	ask := l.l
	if slices.Sort(members); len(ask.Filter.Keys) > 0 {
		members = slices.DeleteFunc(members, func(m directory.MemberID) bool { return !slices.Contains(ask.Filter.Keys, m) })
	}
	if len(members) == 0 {
		return 0, nil
	}
	ask.Filter.Keys = slices.Compact(members)
	return l.r.MemberTotal(ctx, ask)
}
