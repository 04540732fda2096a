package acts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// readHeld reads what those people hold before the act of whom it must be known: whose
// rights stop or resume as a whole, and those of the window.
func (f *foreseeing) readHeld(ctx context.Context) error {
	var keys []directory.MemberID
	for _, s := range f.shifts {
		if s.member != 0 && (s.stops || s.resumes) {
			keys = append(keys, s.member)
		}
	}
	var users []directory.UserID
	for _, one := range f.People {
		if one.user != 0 && f.shifts[one.user] != nil {
			users = append(users, one.user)
		}
	}
	places, err := f.reader.MembersOf(ctx, f.account, users)
	if err != nil {
		return err
	}
	for user, m := range places {
		f.shifts[user].member = m.ID
		keys = append(keys, m.ID)
	}
	slices.Sort(keys)
	for part := range slices.Chunk(slices.Compact(keys), readAtOnce) {
		if err := f.readPart(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

func (f *foreseeing) readPart(ctx context.Context, keys []directory.MemberID) error {
	members, err := f.reader.Members(ctx, f.account, keys)
	if err != nil {
		return err
	}
	grants, err := f.reader.GrantsOfAll(ctx, keys)
	if err != nil {
		return err
	}
	projects, err := f.reader.HeldInProjectsOf(ctx, keys)
	if err != nil {
		return err
	}
	for _, m := range members {
		var held []holding
		for _, h := range roster.HeldBy(f.tree, m, grants[m.ID]) {
			held = append(held, holding{h.Role, h.Unit})
		}
		for _, h := range projects[m.ID] {
			held = append(held, holding{h.Role, h.Unit})
		}
		if m.Removed.IsZero() {
			f.held[m.ID] = held
		}
		f.counts[m.ID] = m.Removed.IsZero() && m.Status != directory.Inactive
	}
	return nil
}

// sees reports whether the reader may know what stands at a unit.
func (f *foreseeing) sees(unit directory.UnitID) bool {
	if project, is := f.tree.Project(unit); is {
		return f.rights.SeesProject(project)
	}
	return unit == f.tree.Root() || roster.KnowsUnit(f.rights, unit)
}

// counted are what somebody holds that counts before and after the act, as far as
// entries and what was read tell.
func (f *foreseeing) counted(s *shift) (before, after []holding) {
	held := f.held[s.member]
	counts, read := f.counts[s.member]
	if counts {
		before = held
	}
	if s.stops || read && !counts && !s.resumes { // switched off before and after: nothing of it counts
		return before, nil
	}
	after = slices.DeleteFunc(slices.Clone(held), func(h holding) bool { return slices.Contains(s.over, h) })
	for _, h := range s.given {
		if !slices.Contains(after, h) {
			after = append(after, h)
		}
	}
	return before, after
}

// moves counts who gains and who loses each role at each place.
func (f *foreseeing) moves() {
	at := map[holding]*RoleMove{}
	add := func(h holding, gain, lose int64) {
		if at[h] == nil {
			at[h] = &RoleMove{}
		}
		at[h].Gain, at[h].Lose = at[h].Gain+gain, at[h].Lose+lose
	}
	for _, user := range f.order {
		s := f.shifts[user]
		given, over := s.given, s.over
		if s.stops || s.resumes {
			before, after := f.counted(s)
			given, over = without(after, before), without(before, after)
		}
		for _, h := range without(given, over) {
			add(h, 1, 0)
		}
		for _, h := range without(over, given) {
			add(h, 0, 1)
		}
	}
	for h, move := range at {
		role, known := f.tree.Role(h.role)
		if !known || !f.sees(h.unit) {
			continue
		}
		move.Role, move.Permissions = role, f.tree.Gives(h.role, h.unit)
		move.Unit, _ = f.tree.Unit(h.unit)
		f.Rights = append(f.Rights, *move)
	}
	slices.SortFunc(f.Rights, func(a, b RoleMove) int {
		return cmp.Or(cmp.Compare(b.Gain+b.Lose, a.Gain+a.Lose), cmp.Compare(a.Role.ID, b.Role.ID), cmp.Compare(a.Unit.ID, b.Unit.ID))
	})
	f.Rights = f.Rights[:min(len(f.Rights), mostMoves)]
}

// without are those of the first that are not among the second, each once.
func without(of, among []holding) []holding {
	var left []holding
	for _, h := range of {
		if !slices.Contains(among, h) && !slices.Contains(left, h) {
			left = append(left, h)
		}
	}
	return left
}

// people tells of each of the window what changes for them.
func (f *foreseeing) people(o gate.Outline) {
	at := map[directory.UserID]*Foreseen{}
	for i := range f.People {
		if one := &f.People[i]; one.user != 0 {
			at[one.user] = one
		}
	}
	for i := range o.Entries {
		if one := at[o.Entries[i].Subject]; one != nil {
			one.change(&o.Entries[i])
		}
	}
	for _, m := range o.Mails {
		if one := at[m.User]; one != nil {
			one.Mails = append(one.Mails, m.Kind)
		}
	}
	for user, one := range at {
		if s := f.shifts[user]; s != nil {
			one.Rights = f.rightsMoved(s)
		}
	}
}

// change keeps what an entry changes of somebody; roles at units and in projects are
// told as rights.
func (one *Foreseen) change(e *audit.Entry) {
	switch e.Kind {
	case audit.GrantGiven, audit.GrantEnded, audit.UserPasswordEnded:
		return
	case audit.PlaceAdded, audit.PlaceChanged, audit.PlaceRemoved:
		for _, c := range e.Facts {
			if c.Field != "functions" && c.Field != "access_level" {
				one.Changes = append(one.Changes, c)
			}
		}
		return
	}
	one.Changes = append(append(one.Changes, e.Facts...), e.Personal...)
}

// rightsMoved are what a person really gains and loses, by unit: what all that they
// hold permits there before and after.
func (f *foreseeing) rightsMoved(s *shift) []RightsMove {
	before, after := f.counted(s)
	given, over := without(after, before), without(before, after)
	var units []directory.UnitID
	for _, h := range slices.Concat(given, over) {
		if !slices.Contains(units, h.unit) && f.sees(h.unit) {
			units = append(units, h.unit)
		}
	}
	slices.SortFunc(units, func(a, b directory.UnitID) int {
		return cmp.Or(cmp.Compare(f.tree.Depth(a), f.tree.Depth(b)), cmp.Compare(a, b))
	})
	var moved []RightsMove
	for _, unit := range units[:min(len(units), mostMoves)] {
		had, has := f.permits(before, unit), f.permits(after, unit)
		move := RightsMove{Gain: lacking(has, had), Lose: lacking(had, has), Given: f.rolesAt(given, unit), Over: f.rolesAt(over, unit)}
		move.Unit, _ = f.tree.Unit(unit)
		moved = append(moved, move)
	}
	return moved
}

// permits is all that holdings permit at a unit, by the rules by which it would be
// asked: from above, and into projects as far as their wall lets it (ROLE-1, PROJ-11).
func (f *foreseeing) permits(held []holding, unit directory.UnitID) []authz.Permission {
	standing := authz.Standing{Member: 1, Status: directory.Active}
	for _, h := range held {
		standing.Held = append(standing.Held, authz.Held{Role: h.role, Unit: h.unit})
	}
	return authz.Decide(authz.Actor{Kind: authz.Person, User: 1}, f.tree, standing, time.Time{}).At(unit)
}

// lacking are the permissions of the first that are not among the second.
func lacking(of, among []authz.Permission) []authz.Permission {
	return slices.DeleteFunc(slices.Clone(of), func(p authz.Permission) bool { return slices.Contains(among, p) })
}

func (f *foreseeing) rolesAt(held []holding, unit directory.UnitID) []directory.Role {
	var roles []directory.Role
	for _, h := range held {
		if role, known := f.tree.Role(h.role); known && h.unit == unit {
			roles = append(roles, role)
		}
	}
	return roles
}
