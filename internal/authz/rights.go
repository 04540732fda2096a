package authz

import (
	"cmp"
	"slices"
	"time"

	"intendant/internal/directory"
)

// A Held is one role of a person: a level or function, which acts at the root,
// or a grant at its unit.
type Held struct {
	Unit  directory.UnitID
	Role  directory.RoleID
	Grant directory.GrantID // 0: a level or function
	From  time.Time
}

// A Standing is what one person is and holds in one account.
type Standing struct {
	Account     directory.AccountID
	State       directory.AccountState
	Member      directory.MemberID // 0: no member
	User        directory.UserID
	Status      directory.Status
	Ends        time.Time
	Home        directory.UnitID
	SwitchedOff bool // everywhere, by the vendor (USER-2)
	Held        []Held
	// Answers is the person who answers for a technical user: it holds nothing that
	// they do not hold now (SIGN-5). 0: a person.
	Answers   directory.UserID
	Answering *Standing // of that person, for Decide; an Index looks them up
}

// Why somebody holds nothing, as an Explanation says it.
const (
	NotMember   = "not_member"
	SwitchedOff = "switched_off"
	NotActive   = "not_active"
	Ended       = "ended"
	Suspended   = "suspended"
	Missing     = "missing"
)

// A hold is a Held in places of the tree. Lists of them are in the order of the tree.
type hold struct {
	node, role int32
	grant      directory.GrantID
}

// Rights are what an actor may do in one account. Only Decide and an Index make
// them.
type Rights struct {
	tree  *Tree
	all   bool // staff inside, operator, system
	holds []hold
	from  []Held // of Decide, beside holds; an Index has none
	known bool   // the actor may know that the account exists
	state directory.AccountState
	bar   string                // why holds count for nothing
	under *Rights               // of whoever answers for a technical user: never more than these
	scope *directory.TokenScope // of the token it comes with: never more than this
	given []Permission          // of an application: held in the whole account
}

// Decide joins what a member's level, functions and grants permit (ROLE-1).
// Only active members hold something: not who is still asked in (USER-4), was
// switched off (SIGN-2) or removed, nor whose place has ended;
// in a suspended account only its administrators hold what they held (ACC-12);
// staff inside an account hold what its administrators hold (VEND-2).
func Decide(actor Actor, t *Tree, s Standing, now time.Time) Rights {
	r := Rights{tree: t, state: s.State}
	switch actor.Kind {
	case OperatorCLI, System:
		r.all, r.known = true, true
	case StaffInside:
		r.all = actor.Inside(s.Account, now)
		r.known = r.all
	case Staff:
		r.known = actor.MayDuty(ViewAccounts) && actor.Sees(s.Account)
		r.bar = NotMember
	case Application:
		return OfApplication(actor, t, s.Account, s.State)
	case Person, Technical:
		holds, from := t.place(s.Held)
		r = rightsOf(t, s, holds, from, now)
		if s.Answers != 0 {
			under := Rights{tree: t, state: s.State, bar: NotMember}
			if s.Answering != nil {
				under = Decide(Actor{Kind: Person, User: s.Answers}, t, *s.Answering, now)
			}
			r.under = &under
		}
		return r.Within(actor.Scope)
	default:
		r.bar = NotMember
	}
	return r
}

// rightsOf is the one place that says whose holdings count.
func rightsOf(t *Tree, s Standing, holds []hold, from []Held, now time.Time) Rights {
	r := Rights{tree: t, state: s.State, holds: holds, from: from}
	switch {
	case s.Member == 0:
		r.bar = NotMember
	case s.SwitchedOff:
		r.bar = SwitchedOff
	case s.Status != directory.Active:
		r.bar = NotActive
	case !s.Ends.IsZero() && !now.Before(s.Ends):
		r.bar = Ended
	default:
		r.known = true
		if s.State == directory.AccountSuspended && !r.May(ManageAdministrators, 0) {
			r.bar = Suspended
		}
	}
	return r
}

// place finds where holdings stand, from the root down; what is at no unit or of no
// role counts for nothing and is left out.
func (t *Tree) place(held []Held) ([]hold, []Held) {
	holds, from := make([]hold, 0, len(held)), make([]Held, 0, len(held))
	inOrder := true
	for _, h := range held {
		n, found := t.node(h.Unit)
		role, known := t.byRole[h.Role]
		if found && known {
			inOrder = inOrder && (len(holds) == 0 || holds[len(holds)-1].node <= n)
			holds, from = append(holds, hold{n, role, h.Grant}), append(from, h)
		}
	}
	if inOrder {
		return holds, from
	}
	order := make([]int, len(holds))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(holds[a].node, holds[b].node) })
	placed, loaded := make([]hold, len(holds)), make([]Held, len(holds))
	for to, at := range order {
		placed[to], loaded[to] = holds[at], from[at]
	}
	return placed, loaded
}

// Bar is why what somebody holds counts for nothing: a reason of an Explanation,
// or empty.
func (r Rights) Bar() string { return r.bar }

// Tree is the account's units and roles that these rights were decided on.
func (r Rights) Tree() *Tree { return r.tree }

// Closed reports whether the account is kept and not changed any more (ACC-12).
func (r Rights) Closed() bool { return r.state == directory.AccountClosed }

// Member reports whether the actor belongs to the account or entered it: all
// others do not learn that it exists (KEY-14).
func (r Rights) Member() bool { return r.known }

// May reports whether the permission is held at the unit: there or at a unit
// above it (ROLE-1), as far as it reaches into projects (PROJ-11). Zero stands for
// the root.
func (r Rights) May(p Permission, unit directory.UnitID) bool {
	if r.all || slices.Contains(r.given, p) {
		return true
	}
	if r.bar != "" || r.tree == nil {
		return false
	}
	n, found := r.tree.node(unit)
	return found && r.MayAt(p, Spot(n))
}

// MayAt is May at a spot of the tree that these rights were decided on.
func (r Rights) MayAt(p Permission, at Spot) bool {
	if r.all || slices.Contains(r.given, p) {
		return true
	}
	if r.bar != "" || r.tree == nil {
		return false
	}
	bit, declared := r.tree.bits[p]
	return declared && r.may(bit, int32(at))
}

func (r Rights) may(bit int, n int32) bool {
	if len(r.holds) > fewHolds {
		return r.mayOfMany(bit, n)
	}
	for _, h := range r.holds {
		if r.tree.reaches(h, bit, n) {
			return r.below(bit, n)
		}
	}
	return false
}

// fewHolds is how many holdings are sooner looked through than looked up.
const fewHolds = 16

// mayOfMany is may for whoever is in many projects: of holdings in the order of the
// tree only those on the way to the root are looked at.
func (r Rights) mayOfMany(bit int, n int32) bool {
	for at := n; at >= 0; at = r.tree.nodes[at].parent {
		i, _ := slices.BinarySearchFunc(r.holds, at, func(h hold, at int32) int { return cmp.Compare(h.node, at) })
		for ; i < len(r.holds) && r.holds[i].node == at; i++ {
			if r.tree.reaches(r.holds[i], bit, n) {
				return r.below(bit, n)
			}
		}
	}
	return false
}

// MayAnywhere reports whether the permission is held at some unit that is no
// project: what is held in a project acts there only (PROJ-7).
func (r Rights) MayAnywhere(p Permission) bool {
	if r.all || slices.Contains(r.given, p) {
		return true
	}
	if r.bar != "" || r.tree == nil {
		return false
	}
	bit, declared := r.tree.bits[p]
	if r.under != nil || r.scope != nil {
		return declared && len(r.tops(bit)) > 0
	}
	return declared && slices.ContainsFunc(r.holds, func(h hold) bool { return r.tree.nodes[h.node].wall < 0 && r.tree.has(h, bit) })
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

// MayGive reports whether the actor holds all that the role would give at the
// unit (ROLE-6); the administrator level is given only by who may name
// administrators, too.
func (r Rights) MayGive(role directory.RoleID, unit directory.UnitID) bool {
	if r.all {
		return true
	}
	if r.tree == nil || !r.HoldsAll(r.tree.Gives(role, unit), unit) {
		return false
	}
	o, known := r.tree.Role(role)
	return !known || o.Kind != directory.Level || o.Code != directory.AdminLevel || r.May(ManageAdministrators, unit)
}

// At are the permissions held at a unit, in the order of the tree's rules.
func (r Rights) At(unit directory.UnitID) []Permission {
	if r.tree == nil {
		return nil
	}
	var held []Permission
	for _, rule := range r.tree.rules {
		if r.May(rule.Permission, unit) {
			held = append(held, rule.Permission)
		}
	}
	return held
}
