package authz

import (
	"testing"
	"time"

	"intendant/internal/directory"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	const reader, chief = 2, 3
	tree := NewTree(Structure{
		Units: []directory.Unit{{ID: 1}},
		Roles: []directory.Role{{ID: reader, Permissions: []string{"members.view"}},
			{ID: chief, Permissions: []string{"members.view", "administrators.manage"}}},
		Rules: []Rule{{Permission: ViewMembers}, {Permission: ManageAdministrators, Levels: []string{RootLevel}}},
	})
	member := func(change func(*Standing)) Standing {
		s := Standing{Account: 7, State: directory.AccountOpen, Member: 5, Status: directory.Active, Held: []Held{{Unit: 1, Role: reader}}}
		if change != nil {
			change(&s)
		}
		return s
	}
	person := Actor{Kind: Person, User: 3}
	staff := Actor{Kind: StaffInside, User: 4, Staff: Support, Entered: 7, Until: noon.Add(time.Minute)}
	for _, test := range []struct {
		name       string
		actor      Actor
		standing   Standing
		may, known bool
	}{
		{"an active member", person, member(nil), true, true},
		{"USER-4 who is asked in only", person, member(func(s *Standing) { s.Status = directory.Invited }), false, false},
		{"who was not asked", person, member(func(s *Standing) { s.Status = directory.NotInvited }), false, false},
		{"SIGN-2 who is switched off", person, member(func(s *Standing) { s.Status = directory.Inactive }), false, false},
		{"who is no member", person, member(func(s *Standing) { s.Member = 0 }), false, false},
		{"USER-6 on the last moment of the place", person, member(func(s *Standing) { s.Ends = noon.Add(time.Second) }), true, true},
		{"USER-6 whose place has ended", person, member(func(s *Standing) { s.Ends = noon }), false, false},
		{"ACC-12 a member of a suspended account", person, member(func(s *Standing) { s.State = directory.AccountSuspended }), false, true},
		{"ACC-12 its administrator", person, member(func(s *Standing) {
			s.State, s.Held[0].Role = directory.AccountSuspended, chief
		}), true, true},
		{"ACC-12 a member of a closed account reads", person, member(func(s *Standing) { s.State = directory.AccountClosed }), true, true},
		{"USER-2 who is switched off everywhere", person, member(func(s *Standing) { s.SwitchedOff = true }), false, false},
		{"VEND-2 staff inside", staff, Standing{Account: 7}, true, true},
		{"VEND-2 staff inside another account", staff, Standing{Account: 8}, false, false},
		{"VEND-2 staff after the hour", func() Actor { a := staff; a.Until = noon; return a }(), Standing{Account: 7}, false, false},
		{"VEND-2 staff outside", Actor{Kind: Staff, User: 4, Staff: Support}, Standing{Account: 7}, false, true},
		{"a stranger", Actor{}, member(nil), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Decide(test.actor, tree, test.standing, noon)
			if may, known := r.May(ViewMembers, 0), r.Member(); may != test.may || known != test.known {
				t.Errorf("may %t, knows of the account %t; want %t and %t", may, known, test.may, test.known)
			}
		})
	}
}

// TestAdministratorsHoldWhatCountsBelow: a permission that counts at lower levels
// only is the administrators' to give.
func TestAdministratorsHoldWhatCountsBelow(t *testing.T) { // ROLE-6, ROLE-10
	t.Parallel()
	tree := NewTree(Structure{
		Units: []directory.Unit{{ID: 1}, {ID: 2, Parent: 1, Level: "fleet"}},
		Roles: []directory.Role{
			{ID: 3, Kind: directory.Level, Code: directory.AdminLevel, Permissions: []string{"book"}},
			{ID: 4, Kind: directory.RightsRole, Permissions: []string{"book"}},
		},
		Rules: []Rule{{Permission: "book", Levels: []string{"fleet"}}},
	})
	for _, test := range []struct {
		name      string
		held      Held
		may, give bool
	}{
		{"an administrator", Held{Unit: 1, Role: 3}, true, true},
		{"a role held above", Held{Unit: 1, Role: 4}, false, false},
		{"a role held where it counts", Held{Unit: 2, Role: 4}, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Decide(Actor{Kind: Person, User: 5}, tree, Standing{Member: 6, Status: directory.Active, Held: []Held{test.held}}, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
			if may, give := r.May("book", 2), r.MayGive(4, 2); may != test.may || give != test.give {
				t.Errorf("may %t, may give %t; want %t, %t", may, give, test.may, test.give)
			}
		})
	}
}
