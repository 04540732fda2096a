package roster

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Several is what an act of several parts does to each member: an edit of their place,
// roles that are given and ended at units, and a place in a project, in one act (BULK-1).
// A part that is empty is none.
type Several struct {
	MemberChange
	Give    []RoleAt   `json:",omitempty"`
	End     []RoleAt   `json:",omitempty"`
	Project *IntoPlace `json:",omitempty"`
}

// A RoleAt is a role of kind rights at units.
type RoleAt struct {
	Role  string   // code or public id
	Units []string // public ids
}

// An IntoPlace is a place in a project: what it leaves empty is as for whoever is added
// by hand (PROJ-3, ADD-4). Who is there already keeps the place that they have.
type IntoPlace struct {
	Project   string            // public id
	Level     string            `json:",omitempty"`
	Functions []string          `json:",omitempty"`
	Access    map[string]string `json:",omitempty"`
}

// Plain reports whether nothing but the edit is in it.
func (s Several) Plain() bool { return len(s.Give)+len(s.End) == 0 && s.Project == nil }

// A Grounds finds the project of a public id for a plan about who is in it. It refuses
// as whoever changes that does.
type Grounds func(ctx context.Context, r *store.Reader, p *gate.Plan, project string) (OnGround, error)

// several is one chunk of an act of several parts while it is planned.
type several struct {
	*Acting
	change MemberChange
	grants *Granting
	parts  []rolePart
	place  *placing
	row    NewPlace
}

// A rolePart is one role at one unit, given or ended.
type rolePart struct {
	role directory.Role
	unit directory.UnitID
	ends bool
}

// PlanSeveral plans an act of several parts on the members of these keys. A member of
// whom one part is refused keeps all as it is: the parts of one person are done together
// or not at all (BULK-3). before is asked of each first. It refuses as a whole a role or
// a unit that there is not, and the project as its own acts do.
func (w *Writer) PlanSeveral(keys []directory.MemberID, what Several, grounds Grounds, before func(directory.Member) error) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		a, members, users, err := w.Acting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		s := &several{Acting: a, change: what.MemberChange}
		if err := s.roles(ctx, r, keys, what); err != nil {
			return err
		}
		if what.Project != nil {
			on, err := grounds(ctx, r, p, what.Project.Project)
			if err != nil {
				return err
			}
			if err := s.ground(ctx, on, keys, *what.Project); err != nil {
				return err
			}
		}
		planned := len(p.Verdicts)
		if err := a.each(ctx, r, members, users, func(m directory.Member, u directory.User) error {
			if err := a.Reach(m); err != nil {
				return err
			}
			if err := before(m); err != nil {
				return err
			}
			return s.one(m, u)
		}); err != nil {
			return err
		}
		return s.settle(ctx, r, p.Verdicts[planned:])
	}
}

// roles finds the roles and the units that are spoken of.
func (s *several) roles(ctx context.Context, r *store.Reader, keys []directory.MemberID, what Several) error {
	var err error
	if s.grants, err = s.writer.Granting(ctx, r, s.Plan, keys); err != nil {
		return err
	}
	for _, list := range []struct {
		roles []RoleAt
		ends  bool
	}{{what.End, true}, {what.Give, false}} {
		for _, at := range list.roles {
			role, found := RightsRole(s.grants.Tree, at.Role)
			if !found || !list.ends && !role.Archived.IsZero() {
				return directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": directory.Short(at.Role, directory.Quoted)})
			}
			if len(at.Units) == 0 {
				return directory.InvalidField("unit", "field.required", nil)
			}
			for _, id := range at.Units {
				unit, known := UnitNamed(s.grants.Tree, id)
				if !known || id == "" || !KnowsUnit(s.Rights, unit.ID) {
					return directory.InvalidField("unit", "unit.not_found", nil)
				}
				if part := (rolePart{role, unit.ID, list.ends}); !slices.ContainsFunc(s.parts, part.same) {
					s.parts = append(s.parts, part)
				}
			}
		}
	}
	return nil
}

func (p rolePart) same(o rolePart) bool {
	return p.role.ID == o.role.ID && p.unit == o.unit && p.ends == o.ends
}

// ground prepares the places in the project, on the rows of the same plan.
func (s *several) ground(ctx context.Context, on OnGround, keys []directory.MemberID, into IntoPlace) error {
	place, err := s.writer.placing(ctx, on, nil, PlaceOptions{})
	if err != nil {
		return err
	}
	place.Roster, place.hands = s.Roster, s.Acting
	if place.there, err = on.Reader.PlacesIn(ctx, on.Project.ID, keys); err != nil {
		return err
	}
	s.place = place
	s.row = NewPlace{NewMember: NewMember{Functions: into.Functions}, Level: into.Level, Access: into.Access}
	return place.companiesOf(ctx, on.Reader)
}

// one does all parts for one member, or refuses before it changes anything.
func (s *several) one(m directory.Member, u directory.User) error {
	for _, part := range s.parts {
		if refusal := s.mayPart(part); refusal != nil {
			return refusal
		}
	}
	place, placed, err := s.mayPlace(m, u)
	if err != nil {
		return err
	}
	err = s.Edit(u, m, s.change)
	unchanged := err == error(gate.ErrUnchanged)
	if err != nil && !unchanged {
		return err
	}
	now := s.asPlanned(m)
	for _, part := range s.parts {
		if s.doPart(part, now, u) {
			unchanged = false
		}
	}
	if placed {
		unchanged = false
		if err := s.enter(now, u, place); err != nil {
			return err
		}
	}
	if unchanged {
		return gate.ErrUnchanged
	}
	return nil
}

// asPlanned is a member as the plan leaves them, who was changed last if at all.
func (ro *Roster) asPlanned(m directory.Member) directory.Member {
	if n := len(ro.changed) - 1; n >= 0 && ro.changed[n].ID == m.ID {
		return ro.changed[n].Member
	}
	return m
}

func (s *several) mayPart(part rolePart) *directory.Error {
	if part.ends {
		return MayEnd(s.grants.Rights, part.role, part.unit, "unit")
	}
	return s.grants.MayGive(part.role, part.unit, "unit")
}

// doPart gives or ends one role, and reports whether that changes anything.
func (s *several) doPart(part rolePart, m directory.Member, u directory.User) bool {
	grant, has := s.grants.held(m.ID, part.role.ID, part.unit)
	switch {
	case part.ends && has:
		s.grants.end(m, grant)
	case !part.ends && !has:
		if s.grants.users[u.ID] = u; slices.Contains(s.disarmed, u.ID) {
			delete(s.grants.users, u.ID) // once is enough
		}
		s.grants.give(m, part.role, part.unit)
	default:
		return false
	}
	return true
}

// mayPlace is the place that a member would get, and whether they get one: who is in the
// project already keeps theirs. It refuses what the row of somebody added by hand does.
func (s *several) mayPlace(m directory.Member, u directory.User) (directory.Place, bool, error) {
	if s.place == nil {
		return directory.Place{}, false, nil
	}
	if _, there := s.place.there[m.ID]; there {
		return directory.Place{}, false, nil
	}
	place, refusal := s.place.placeOf(s.row, m, true)
	switch {
	case refusal != nil:
		return place, false, refusal
	case m.Status == directory.Inactive:
		return place, false, &directory.Error{Kind: directory.Conflict, Code: "place.inactive", Args: directory.Args{"Name": NameOf(u, m)}}
	case m.Status == directory.NotInvited:
		if err := s.MayHand(m, Opens); err != nil { // who is not invited is, with a place (INV-8)
			return place, false, err
		}
	}
	place.Member = m.ID
	return place, true, nil
}

// enter gives the place to a member as the other parts leave them.
func (s *several) enter(m directory.Member, u directory.User, place directory.Place) error {
	v := gate.Verdict{Member: m}
	if err := s.place.opens(&v, m, u); err != nil {
		return err
	}
	s.invited, s.Came = s.invited || v.Invited, s.Came || v.Came
	s.place.places[u.ID] = v.Member
	place.Company = m.Company
	s.place.start(u, place)
	return nil
}

// settle hands all parts to the plan, and tells what is lacked after them (ROLE-3).
func (s *several) settle(ctx context.Context, r *store.Reader, verdicts gate.Verdicts) error {
	if err := s.Settle(ctx, r); err != nil {
		return err
	}
	if s.place != nil {
		s.place.settlePlaces()
	}
	for i, v := range verdicts {
		if v.Came {
			u := s.People[v.Member.User]
			if s.grants.users[u.ID] = u; slices.Contains(s.disarmed, u.ID) {
				delete(s.grants.users, u.ID)
			}
			s.grants.Propose(v.Member)
			verdicts[i].Lacks = s.grants.lacks(v.Member)
			continue
		}
		if len(s.parts) > 0 {
			s.grants.Tell(&verdicts[i])
		}
	}
	s.grants.Settle()
	return nil
}
