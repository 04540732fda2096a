package roster

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Reach refuses with member.not_found whoever is gone or out of the actor's
// sight, and with member.out_of_reach whose home unit others manage (UNIT-5).
// An administrator is changed only by who may manage administrators.
func (a *Acting) Reach(m directory.Member) error { return a.ReachBy(authz.ManageMembers, m) }

// ReachBy is Reach for what takes a permission at the home unit. Seats are given
// by who may assign them there, to administrators as to others.
func (a *Acting) ReachBy(permission authz.Permission, m directory.Member) error {
	if permission == authz.AssignSeats {
		if !m.Removed.IsZero() || !KnowsHolder(a.Rights, m.Unit) {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		return gate.Require(a.Rights, permission, m.Unit)
	}
	rights := a.Rights
	switch {
	case !m.Removed.IsZero() || !SeesPeopleAt(rights, m.Unit):
		return directory.Refuse(directory.NotFound, "member.not_found")
	case !rights.May(authz.ManageMembers, m.Unit):
		return directory.Refuse(directory.Denied, "member.out_of_reach")
	case m.Level != 0 && m.Level == a.AdministratorLevel() && !rights.May(authz.ManageAdministrators, 0):
		return &directory.Error{Kind: directory.Denied, Code: "denied.permission",
			Args: directory.Args{"Permission": string(authz.ManageAdministrators)}}
	}
	a.Plan.Relies(store.Asked{Permission: string(authz.ManageMembers), Unit: m.Unit})
	return nil
}

// grantsOnce reads the grants of members when the first one is asked for.
func grantsOnce(ctx context.Context, r *store.Reader, keys []directory.MemberID) func(directory.MemberID) ([]directory.Grant, error) {
	var read map[directory.MemberID][]directory.Grant
	return func(m directory.MemberID) ([]directory.Grant, error) {
		var err error
		if read == nil {
			read, err = r.GrantsOfAll(ctx, keys)
		}
		return read[m], err
	}
}
