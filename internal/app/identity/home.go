package identity

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An OwnAccount is one account a person belongs to, for the choice between
// them (USER-5).
type OwnAccount struct {
	Account directory.Account
	Member  directory.Member
	Levels  []directory.Role // access levels, that of administrators first
	Factor  bool             // demands a second factor first (SIGN-6)
	Screen  catalogue.Option // opens first there; zero where the account type has none (PREF-1)
}

// A Home says where somebody begins: the vendor's staff in the console, a
// member in their account.
type Home struct {
	Staff    bool
	Accounts []OwnAccount
}

// Home is where the actor begins after signing in. It refuses with
// sign_in.required.
func (u *Users) Home(ctx context.Context, actor authz.Actor) (Home, error) {
	accounts, err := u.Accounts(ctx, actor)
	return Home{Staff: actor.Kind == authz.Staff || actor.Kind == authz.StaffInside, Accounts: accounts}, err
}

// Accounts lists the accounts the actor may open, by name: not those where they
// are only asked in, are switched off or their time is over (USER-4, SIGN-2). It refuses with
// sign_in.required.
func (u *Users) Accounts(ctx context.Context, actor authz.Actor) ([]OwnAccount, error) {
	if actor.User == 0 {
		return nil, directory.Refuse(directory.Denied, "sign_in.required")
	}
	var own []OwnAccount
	err := u.gate.Read(ctx, func(r *store.Reader) error {
		places, accounts, err := roster.PlacesOf(ctx, r, actor.User)
		if err != nil {
			return err
		}
		for _, m := range places {
			if m.Status != directory.Active || (!m.Ends.IsZero() && !u.gate.Instant().Before(m.Ends)) {
				continue
			}
			one := OwnAccount{Member: m, Account: accounts[m.Account()]}
			if m.Level != 0 {
				roles, err := r.Roles(ctx, m.Account())
				if err != nil {
					return err
				}
				one.Levels = m.LevelsOf(roles)
			}
			if one.Factor, err = closedByFactor(ctx, r, one.Account, m); err != nil {
				return err
			}
			own = append(own, one)
		}
		return u.screens(ctx, r, own)
	})
	slices.SortStableFunc(own, func(a, b OwnAccount) int {
		return strings.Compare(directory.Fold(a.Account.Name), directory.Fold(b.Account.Name))
	})
	return own, err
}

// A Departure is what accounts lose when a person is erased: their own contact, or
// whoever else looks after a contract there (ACC-9, SEAT-7). Accounts are by name.
// Alone are those that they administer alone, and Operator that they are the vendor's
// last operator: either keeps them from being erased (ACC-5, VEND-3).
type Departure struct {
	Contact, Parts []string
	Alone          []directory.Account
	Operator       bool
}

// Departure says what erasing oneself takes from the accounts one is in, and what
// keeps one from it. It refuses with sign_in.required.
func (u *Users) Departure(ctx context.Context, actor authz.Actor) (Departure, error) {
	var d Departure
	if actor.User == 0 {
		return d, directory.Refuse(directory.Denied, "sign_in.required")
	}
	err := u.gate.Read(ctx, func(r *store.Reader) error {
		places, accounts, err := roster.PlacesOf(ctx, r, actor.User)
		if err != nil {
			return err
		}
		keys := make([]directory.MemberID, len(places))
		for i, m := range places {
			keys[i] = m.ID
		}
		held, err := r.PartsOf(ctx, keys)
		if err != nil {
			return err
		}
		if err := d.keeping(ctx, r, actor.User, places, accounts); err != nil {
			return err
		}
		for _, m := range places {
			a := accounts[m.Account()]
			own := func(f directory.Referent) bool { return f.Unit == a.Root && f.Part == directory.ReferentPart }
			if slices.ContainsFunc(held[m.ID], own) {
				d.Contact = append(d.Contact, a.Name)
			}
			if slices.ContainsFunc(held[m.ID], func(f directory.Referent) bool { return !own(f) }) {
				d.Parts = append(d.Parts, a.Name)
			}
		}
		return nil
	})
	slices.Sort(d.Contact)
	slices.Sort(d.Parts)
	return d, err
}

// keeping is what keeps a person from being erased.
func (d *Departure) keeping(ctx context.Context, r *store.Reader, user directory.UserID, places []directory.Member, accounts map[directory.AccountID]directory.Account) error {
	for _, m := range places {
		err := remainsAdministered(ctx, r, accounts[m.Account()], m)
		switch {
		case gate.RefusedWith(err, "administrator.last"):
			d.Alone = append(d.Alone, accounts[m.Account()])
		case err != nil:
			return err
		}
	}
	who, err := r.User(ctx, user)
	if err != nil {
		return err
	}
	err = keepOperator(ctx, r, who)
	if d.Operator = gate.RefusedWith(err, "staff.last_operator"); d.Operator {
		return nil
	}
	return err
}

// screens fills in what opens first in each account.
func (c *core) screens(ctx context.Context, r *store.Reader, own []OwnAccount) error {
	members := make([]directory.MemberID, len(own))
	for i, one := range own {
		members[i] = one.Member.ID
	}
	stored, err := r.Preferences(ctx, members)
	if err != nil {
		return err
	}
	for i, one := range own {
		own[i].Screen = c.screen(one.Account.Type, stored[one.Member.ID])
	}
	return nil
}

// screen is the first screen chosen, else the catalogue's default.
func (c *core) screen(accountType string, stored map[string]directory.Preference) catalogue.Option {
	declared, _ := c.gate.Catalogue().UsedPreference(accountType, catalogue.StartScreen)
	if chosen, offered := declared.Option(stored[declared.ID].Value.Choice); offered {
		return chosen
	}
	usual, _ := declared.Option(declared.Default)
	return usual
}
