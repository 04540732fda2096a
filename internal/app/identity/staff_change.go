package identity

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

// A StaffMember is one of the vendor's own people with their second factor and
// how many accounts they look after.
type StaffMember struct {
	directory.User
	store.StaffState
}

// Staff lists the vendor's own people with their roles (VEND-3).
func (u *Users) Staff(ctx context.Context, actor authz.Actor) ([]StaffMember, error) {
	var staff []StaffMember
	err := u.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) error {
		users, err := r.StaffUsers(ctx)
		if err != nil {
			return err
		}
		states, err := r.StaffStates(ctx)
		for _, one := range users {
			staff = append(staff, StaffMember{one, states[one.ID]})
		}
		return err
	})
	return staff, err
}

// StaffMember reads one of the vendor's own people by public id, with the
// accounts they look after, none where it is all. It is for staff who name staff,
// and refuses with user.not_found whoever is none.
func (u *Users) StaffMember(ctx context.Context, actor authz.Actor, uuid string) (StaffMember, []directory.Account, error) {
	var who StaffMember
	var accounts []directory.Account
	err := u.gate.Console(ctx, actor, authz.NameStaff, func(r *store.Reader) (err error) {
		if who.User, err = r.UserByUUID(ctx, uuid); err != nil {
			return err
		}
		if who.User.Staff == "" {
			return directory.Refuse(directory.NotFound, "user.not_found")
		}
		factor, err := r.Factor(ctx, who.ID)
		if err != nil {
			return err
		}
		portfolio, err := r.Portfolio(ctx, who.ID)
		if err != nil {
			return err
		}
		who.StaffState = store.StaffState{Factor: factor.Confirmed, All: !portfolio.Limited, Portfolio: int64(len(portfolio.Accounts))}
		accounts, err = roster.AccountsIn(ctx, r, portfolio)
		return err
	})
	return who, accounts, err
}

// A StaffChange is the role and the portfolio of one of the vendor's own people.
// The accounts are said as roster.SaidPortfolio has them. Version is the one the
// form was made on (PLAN-4).
type StaffChange struct {
	Role    authz.StaffRole
	All     bool
	Numbers []string
	Version int64
}

func (c StaffChange) accounts() roster.SaidPortfolio {
	return roster.SaidPortfolio{All: c.All, Numbers: c.Numbers}
}

// check refuses a change that nobody could mean.
func (c StaffChange) check() error {
	var faults directory.Faults
	switch {
	case !slices.Contains(authz.StaffRoles(), c.Role):
		faults = append(faults, directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": string(c.Role)}))
	case c.Role == authz.Operator && !c.All:
		faults = append(faults, directory.InvalidField("accounts", "staff.operator_sees_all", nil))
	}
	return faults.With(c.accounts().Check())
}

// ChangeStaff sets the role and the portfolio of one of the vendor's own people.
// With another role they are signed out, unless it is themselves (SIGN-7); a
// portfolio holds at their next request.
//
// It refuses with staff.last_operator, user.not_found for who is no staff, stale,
// and with the field at fault: staff.account_unknown, staff.portfolio_empty,
// staff.operator_sees_all.
func (u *Users) ChangeStaff(ctx context.Context, actor authz.Actor, user directory.UserID, change StaffChange) error {
	_, err := u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.NameStaff); err != nil {
			return err
		}
		if err := change.check(); err != nil {
			return err
		}
		who, err := staffUser(ctx, r, user)
		if err != nil {
			return err
		}
		if change.Version != 0 && change.Version != who.Version {
			return directory.Refuse(directory.Conflict, "stale")
		}
		if err := planRole(ctx, r, p, who, change.Role); err != nil {
			return err
		}
		return planPortfolio(ctx, r, p, who, change)
	})
	return err
}

func staffUser(ctx context.Context, r *store.Reader, user directory.UserID) (directory.User, error) {
	who, err := r.User(ctx, user)
	if err == nil && who.Staff == "" {
		err = directory.Refuse(directory.NotFound, "user.not_found")
	}
	return who, err
}

func planRole(ctx context.Context, r *store.Reader, p *gate.Plan, who directory.User, role authz.StaffRole) error {
	if who.Staff == string(role) {
		return nil
	}
	if err := keepOperator(ctx, r, who); err != nil {
		return err
	}
	entry := p.Entry(audit.StaffNamed, who.ID, 0)
	entry.Note("staff", who.Staff, string(role))
	p.Record(entry)
	who.Staff = string(role)
	p.Change(store.UpdateUser{User: who})
	if who.ID != p.Actor.User {
		p.Change(store.EndSessions{User: who.ID}, store.EndStaffEntries{User: who.ID})
	}
	return nil
}

func planPortfolio(ctx context.Context, r *store.Reader, p *gate.Plan, who directory.User, change StaffChange) error {
	before, err := r.Portfolio(ctx, who.ID)
	if err != nil {
		return err
	}
	after, err := change.accounts().Portfolio(ctx, r)
	if err != nil || before.Equal(after) {
		return err
	}
	entry := p.Entry(audit.StaffPortfolio, who.ID, 0)
	if err := roster.NotePortfolio(ctx, r, &entry, before, after); err != nil {
		return err
	}
	p.Record(entry)
	p.Change(store.SetPortfolio{User: who.ID, Portfolio: after})
	return nil
}

// EndStaff takes somebody off the vendor's staff: they are signed out everywhere
// and leave the accounts they are in at once. They stay a user, with the places
// they have. It refuses with staff.last_operator, with user.yourself, and with
// user.not_found whoever is no staff.
func (u *Users) EndStaff(ctx context.Context, actor authz.Actor, user directory.UserID) error {
	_, err := u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.NameStaff); err != nil {
			return err
		}
		who, err := staffUser(ctx, r, user)
		if err != nil {
			return err
		}
		if user == actor.User {
			return directory.Refuse(directory.Conflict, "user.yourself")
		}
		if err := keepOperator(ctx, r, who); err != nil {
			return err
		}
		entry := p.Entry(audit.StaffEnded, user, 0)
		entry.Note("staff", who.Staff, "")
		p.Record(entry)
		who.Staff = ""
		p.Change(store.UpdateUser{User: who}, store.SetPortfolio{User: user}, store.EndSessions{User: user}, store.EndStaffEntries{User: user})
		return nil
	})
	return err
}

// keepOperator refuses with staff.last_operator what would leave the vendor
// without an operator who can act. The caller holds the installation's lock, so
// of two who end each other at the same moment one stays (VEND-3).
func keepOperator(ctx context.Context, r *store.Reader, leaves directory.User) error {
	if leaves.Staff != string(authz.Operator) || !leaves.SwitchedOff.IsZero() || !leaves.Erased.IsZero() {
		return nil
	}
	others, err := r.CountOperators(ctx, leaves.ID)
	if err == nil && others == 0 {
		err = &directory.Error{Kind: directory.Conflict, Code: "staff.last_operator", Args: directory.Args{"Name": leaves.Name()}}
	}
	return err
}
