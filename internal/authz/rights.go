package authz

import (
	"slices"
	"time"

	"intendant/internal/directory"
)

// A Held is one permission-giving role of a person: at the root for access
// levels and functions, at its unit for a grant.
type Held struct {
	Unit        directory.UnitID
	Role        directory.RoleID
	Permissions []Permission
}

// Standing is all that decides what one person may do in one account, as it
// was loaded for one operation.
type Standing struct {
	Account directory.AccountID
	State   directory.AccountState
	Root    directory.UnitID
	Member  directory.MemberID // 0: no member
	Status  directory.Status
	Ends    time.Time
	Held    []Held
	// Below are the descendants of each unit in Held, itself included. The
	// root's are not listed: it reaches everything.
	Below map[directory.UnitID][]directory.UnitID
}

// Rights are what an actor may do in one account. Only Decide makes them.
type Rights struct {
	root  directory.UnitID
	all   bool // staff inside, operator, system
	held  []Held
	below map[directory.UnitID][]directory.UnitID
	known bool // the actor may know that the account exists
	state directory.AccountState
}

// Decide joins what a member's level, functions and grants permit (ROLE-1).
// Only active members hold something: not who is still asked in (USER-4), was
// switched off (SIGN-2) or removed, nor whose place has ended;
// in a suspended account only its administrators hold what they held (ACC-12);
// staff inside an account hold what its administrators hold (VEND-2).
func Decide(actor Actor, s Standing, now time.Time) Rights {
	r := decide(actor, s, now)
	r.state = s.State
	if actor.Kind == Person && s.State == directory.AccountSuspended && !r.May(ManageAdministrators, 0) {
		r.held = nil
	}
	return r
}

func decide(actor Actor, s Standing, now time.Time) Rights {
	switch actor.Kind {
	case OperatorCLI, System:
		return Rights{root: s.Root, all: true, known: true}
	case StaffInside:
		inside := actor.Inside(s.Account, now)
		return Rights{root: s.Root, all: inside, known: inside}
	case Staff:
		return Rights{root: s.Root, known: actor.MayDuty(ViewAccounts)}
	case Person:
		if s.Member == 0 || s.Status != directory.Active || (!s.Ends.IsZero() && !now.Before(s.Ends)) {
			return Rights{root: s.Root}
		}
		return Rights{root: s.Root, held: s.Held, below: s.Below, known: true}
	}
	return Rights{root: s.Root}
}

// Closed reports whether the account is kept and not changed any more (ACC-12).
func (r Rights) Closed() bool { return r.state == directory.AccountClosed }

// Member reports whether the actor belongs to the account or entered it: all
// others do not learn that it exists (KEY-14).
func (r Rights) Member() bool { return r.known }

// May reports whether the permission is held at the unit: there or at a unit
// above it (ROLE-1). Zero stands for the root.
func (r Rights) May(p Permission, unit directory.UnitID) bool {
	if r.all {
		return true
	}
	if unit == 0 {
		unit = r.root
	}
	for _, h := range r.held {
		if slices.Contains(h.Permissions, p) && r.reaches(h.Unit, unit) {
			return true
		}
	}
	return false
}

// MayAnywhere reports whether the permission is held at some unit.
func (r Rights) MayAnywhere(p Permission) bool {
	if r.all {
		return true
	}
	for _, h := range r.held {
		if slices.Contains(h.Permissions, p) {
			return true
		}
	}
	return false
}

// HoldsAll reports whether every permission is held at the unit: nobody gives
// what they do not hold (ROLE-6).
func (r Rights) HoldsAll(ps []Permission, unit directory.UnitID) bool {
	for _, p := range ps {
		if !r.May(p, unit) {
			return false
		}
	}
	return true
}

func (r Rights) reaches(from, unit directory.UnitID) bool {
	return from == unit || from == r.root || slices.Contains(r.below[from], unit)
}

// A Scope is the part of an account a list may show. The zero Scope shows
// nothing; only Rights make another.
type Scope struct {
	all   bool
	units []directory.UnitID
}

// Scope is where the permission is held.
func (r Rights) Scope(p Permission) Scope {
	if r.May(p, r.root) {
		return Scope{all: true}
	}
	var s Scope
	for _, h := range r.held {
		if slices.Contains(h.Permissions, p) {
			s.units = append(append(s.units, h.Unit), r.below[h.Unit]...)
		}
	}
	slices.Sort(s.units)
	s.units = slices.Compact(s.units)
	return s
}

// All reports whether the scope is the whole account.
func (s Scope) All() bool { return s.all }

// Units are the units in sight when the scope is not the whole account.
func (s Scope) Units() []directory.UnitID { return s.units }

// Sees reports whether a member of that home unit is in sight.
func (s Scope) Sees(unit directory.UnitID) bool {
	if s.all {
		return true
	}
	_, found := slices.BinarySearch(s.units, unit)
	return found
}
