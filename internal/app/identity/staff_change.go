package identity

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// portfolioMost is how many accounts a portfolio holds: whoever looks after more
// looks after all.
const portfolioMost = 500

// A StaffMember is one of the vendor's own people with their second factor and
// how many accounts they look after; 0 stands for all.
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
// accounts they look after; none stands for all. It is for staff who name staff,
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
		keys, err := r.Portfolio(ctx, who.ID)
		if err != nil {
			return err
		}
		who.StaffState = store.StaffState{Factor: factor.Confirmed, Portfolio: int64(len(keys))}
		byKey, err := r.AccountsByKey(ctx, keys)
		for _, key := range keys {
			accounts = append(accounts, byKey[key])
		}
		slices.SortFunc(accounts, func(a, b directory.Account) int {
			return strings.Compare(directory.Fold(a.Name), directory.Fold(b.Name))
		})
		return err
	})
	return who, accounts, err
}

// A StaffChange is the role and the portfolio of one of the vendor's own people.
// All stands for every account; otherwise Numbers are the customer numbers, in
// any spelling. Version is the one the form was made on (PLAN-4).
type StaffChange struct {
	Role    authz.StaffRole
	All     bool
	Numbers []string
	Version int64
}

// check refuses a change that nobody could mean.
func (c StaffChange) check() error {
	switch {
	case !slices.Contains(authz.StaffRoles(), c.Role):
		return directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": string(c.Role)})
	case c.All:
		return nil
	case c.Role == authz.Operator:
		return directory.InvalidField("accounts", "staff.operator_sees_all", nil)
	case len(c.Numbers) == 0:
		return directory.InvalidField("accounts", "staff.portfolio_empty", nil)
	case len(c.Numbers) > portfolioMost:
		return directory.InvalidField("accounts", "staff.portfolio_long", directory.Args{"Max": portfolioMost})
	}
	return nil
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
	var after []directory.AccountID
	if !change.All {
		if after, err = accountsNumbered(ctx, r, change.Numbers); err != nil {
			return err
		}
	}
	if slices.Equal(before, after) {
		return nil
	}
	entry := p.Entry(audit.StaffPortfolio, who.ID, 0)
	if err := notePortfolio(ctx, r, &entry, before, after); err != nil {
		return err
	}
	p.Record(entry)
	p.Change(store.SetPortfolio{User: who.ID, Accounts: after})
	return nil
}

// accountsNumbered finds the accounts of customer numbers, each once, in the
// order of their keys.
func accountsNumbered(ctx context.Context, r *store.Reader, numbers []string) ([]directory.AccountID, error) {
	cleaned := make([]string, len(numbers))
	for i, number := range numbers {
		cleaned[i] = directory.CleanNumber(number)
	}
	found, err := r.AccountsByNumbers(ctx, cleaned)
	if err != nil {
		return nil, err
	}
	var accounts []directory.AccountID
	for i, number := range cleaned {
		account, known := found[number]
		if !known {
			return nil, directory.InvalidField("accounts", "staff.account_unknown", directory.Args{"Number": directory.Cut(numbers[i], 100)})
		}
		accounts = append(accounts, account)
	}
	return roster.Distinct(accounts), nil
}

// notePortfolio writes portfolios as accounts; nothing stands for all.
func notePortfolio(ctx context.Context, r *store.Reader, entry *audit.Entry, before, after []directory.AccountID) error {
	known, err := r.AccountsByKey(ctx, roster.Distinct(slices.Concat(before, after)))
	if err != nil {
		return err
	}
	value := func(keys []directory.AccountID) audit.Value {
		accounts := make([]audit.Value, len(keys))
		for i, key := range keys {
			accounts[i] = audit.Thing(audit.Account, key, known[key].Name)
		}
		return audit.List(accounts...)
	}
	entry.NoteValue("portfolio", value(before), value(after))
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
