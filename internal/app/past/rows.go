package past

import (
	"context"
	"slices"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// EachMember hands over everybody who was in an account at the end of a day, by key, in
// parts, each with its rights asked anew: whoever takes them slowly holds no reading
// (NODE-7). The zero day is today. It refuses as State does.
func (s *Past) EachMember(ctx context.Context, actor authz.Actor, account directory.AccountID, day directory.Day, visit func(part []Member) error) error {
	return s.parts(ctx, actor, account, day, func(ctx context.Context, l *look, people []then) (func() error, error) {
		shown, err := l.show(ctx, people)
		return func() error { return visit(shown) }, err
	})
}

// next are the members of the day that are in sight among those behind a key, which
// moves on; it is 0 at the end.
func (l *look) next(ctx context.Context, after *directory.MemberID) ([]then, error) {
	members, err := l.r.MembersByKey(ctx, l.account.ID, *after, part)
	if err != nil {
		return nil, err
	}
	if *after = 0; len(members) == part {
		*after = members[len(members)-1].ID
	}
	people, err := l.foldBack(ctx, members)
	if err != nil {
		return nil, err
	}
	people = slices.DeleteFunc(people, func(t then) bool { return !t.there || !l.scope.Sees(t.Unit) })
	return people, l.hold(ctx, people)
}

// parts walks through the members of a day that are in sight; hand is called when
// nothing is held open.
func (s *Past) parts(ctx context.Context, actor authz.Actor, account directory.AccountID, day directory.Day,
	read func(ctx context.Context, l *look, people []then) (hand func() error, err error)) error {
	var after directory.MemberID
	for more := true; more; {
		var hand func() error
		err := s.today(ctx, actor, account, &day, func(l *look) error {
			people, err := l.next(ctx, &after)
			if err != nil {
				return err
			}
			more = after != 0
			hand, err = read(ctx, l, people)
			return err
		})
		if err != nil {
			return err
		}
		if err := hand(); err != nil {
			return err
		}
	}
	return nil
}

// today is at, with the day of now in the account for the zero day.
func (s *Past) today(ctx context.Context, actor authz.Actor, account directory.AccountID, day *directory.Day, read func(l *look) error) error {
	if *day == (directory.Day{}) {
		err := s.gate.View(ctx, actor, account, func(r *store.Reader, _ authz.Rights) error {
			of, err := r.Account(ctx, account)
			*day = directory.DayOf(s.gate.Instant(), roster.ZoneOf(of))
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.at(ctx, actor, account, *day, read)
}

// A Right is a role that somebody held, as it counted at the end of a day: at the unit
// where it was held, or, where units are asked for, at one of these.
type Right struct {
	Member    Member
	Bar       string // why nothing that they held counted, as an Explanation says it; or empty
	Role      directory.Role
	At        directory.Unit // where it was held
	Unit      directory.Unit // where it counted
	Inherited bool
	Reach     int // units in use at and below that one, into which it went
	Gave      []authz.Permission
	From      time.Time
	By        roster.Person
}

// A RightsQuery chooses effective rights of a day: of one member or of everybody, where
// they were held or at some units. The zero day is today.
type RightsQuery struct {
	Day    directory.Day
	Member string   // public id; empty: everybody
	Units  []string // public ids; none: where each role was held
	After  string   // of Rights: the cursor at which the page goes on
	Size   int
}

// EachRight hands over who might do what where at the end of a day, direct and
// inherited, with where it came from (REP-3): by member, in parts as EachMember. What
// gave nothing is left out, and so is what was held out of the actor's sight. It
// refuses as State does, with member.not_found, and with unit.not_found.
func (s *Past) EachRight(ctx context.Context, actor authz.Actor, account directory.AccountID, q RightsQuery, visit func(part []Right) error) error {
	if q.Member != "" {
		var rights []Right
		err := s.today(ctx, actor, account, &q.Day, func(l *look) error {
			t, err := l.one(ctx, q.Member)
			if err != nil {
				return err
			}
			rights, err = l.effective(ctx, q, []then{t})
			return err
		})
		if err != nil {
			return err
		}
		return visit(rights)
	}
	return s.parts(ctx, actor, account, q.Day, func(ctx context.Context, l *look, people []then) (func() error, error) {
		rights, err := l.effective(ctx, q, people)
		return func() error { return visit(rights) }, err
	})
}

// A RightsPage is a part of the rights of a day.
type RightsPage struct {
	Rights []Right
	Next   string // empty at the end
}

// Rights answers, page by page, what one member held at the end of a day, where it
// was held or at the units asked for; or, without a member, who held what at the one
// unit asked for and above it. It refuses as Person and Unit do, and with
// field.required when neither is named.
func (s *Past) Rights(ctx context.Context, actor authz.Actor, account directory.AccountID, q RightsQuery) (RightsPage, error) {
	var page RightsPage
	var err error
	switch {
	case q.Member != "":
		page, err = s.rightsOfOne(ctx, actor, account, q)
	case len(q.Units) == 1:
		page, err = s.rightsAt(ctx, actor, account, q)
	default:
		err = s.today(ctx, actor, account, &q.Day, func(*look) error { return directory.InvalidField("member", "field.required", nil) })
	}
	if err == nil {
		err = s.readingOn(ctx, actor, account, q.After)
	}
	return page, err
}

func (s *Past) rightsOfOne(ctx context.Context, actor authz.Actor, account directory.AccountID, q RightsQuery) (RightsPage, error) {
	var page RightsPage
	skip, size := 0, gate.Window{Size: q.Size}.Lines()
	if q.After != "" {
		var err error
		if skip, err = strconv.Atoi(q.After); err != nil || skip < 0 {
			return page, gate.BadCursor()
		}
	}
	err := s.EachRight(ctx, actor, account, q, func(all []Right) error {
		all = all[min(skip, len(all)):]
		if len(all) > size {
			all, page.Next = all[:size], strconv.Itoa(skip+size)
		}
		page.Rights = all
		return nil
	})
	return page, err
}

func (s *Past) rightsAt(ctx context.Context, actor authz.Actor, account directory.AccountID, q RightsQuery) (RightsPage, error) {
	u, err := s.Unit(ctx, actor, account, UnitQuery{Day: q.Day, Unit: q.Units[0], After: q.After, Size: q.Size})
	page := RightsPage{Next: u.Next}
	for _, h := range u.Holders {
		page.Rights = append(page.Rights, Right{Member: h.Member, Bar: h.Bar, Role: h.Role, At: h.At, Unit: u.Unit, Inherited: h.Inherited, Gave: h.Gave, From: h.From, By: h.By})
	}
	return page, err
}

// effective are the rights of people as they counted.
func (l *look) effective(ctx context.Context, q RightsQuery, people []then) ([]Right, error) {
	c := counting{look: l, gave: map[counted][]authz.Permission{}, reached: map[counted]int{}}
	for _, uuid := range q.Units {
		u, err := l.unitNamed(uuid)
		if err != nil {
			return nil, err
		}
		c.units = append(c.units, u)
	}
	shown, err := l.show(ctx, people)
	if err != nil {
		return nil, err
	}
	standings, err := l.standings(ctx, people)
	if err != nil {
		return nil, err
	}
	var grants []directory.Grant
	for _, t := range people {
		grants = append(grants, t.held.Grants...)
	}
	if c.by, err = l.givers(ctx, grants); err != nil {
		return nil, err
	}
	var rights []Right
	for i := range people {
		one := Right{Member: shown[i]}
		one.Bar = authz.Decide(authz.Actor{Kind: authz.Person, User: people[i].User}, l.tree, standings[i], l.now).Bar()
		for _, h := range standings[i].Held {
			rights = append(rights, c.count(one, h)...)
		}
	}
	return rights, nil
}

// counting finds where holdings counted; many people hold the same.
type counting struct {
	*look
	units   []directory.Unit // that are asked for; none: where each is held
	by      map[directory.GrantID]roster.Person
	gave    map[counted][]authz.Permission
	reached map[counted]int
}

// A counted is a role held at a unit, looked at from a unit.
type counted struct {
	role     directory.RoleID
	at, from directory.UnitID
}

// count are the rights of somebody by one holding.
func (c counting) count(of Right, h authz.Held) []Right {
	at, known := c.tree.Unit(h.Unit)
	if !known || !c.sees(h.Unit) {
		return nil
	}
	units := c.units
	if len(units) == 0 {
		units = []directory.Unit{at}
	}
	var rights []Right
	for _, u := range units {
		if !c.tree.Covers(h.Unit, u.ID) {
			continue
		}
		key := counted{h.Role, h.Unit, u.ID}
		if _, before := c.gave[key]; !before {
			c.gave[key], c.reached[key] = c.gives(authz.Held{Unit: h.Unit, Role: h.Role}, u.ID), c.reach(h, u.ID)
		}
		one := of
		one.At, one.Unit, one.Inherited, one.From, one.By = at, u, u.ID != h.Unit, h.From, c.by[h.Grant]
		one.Role, _ = c.tree.Role(h.Role)
		if one.Gave, one.Reach = c.gave[key], c.reached[key]; len(one.Gave) > 0 {
			rights = append(rights, one)
		}
	}
	return rights
}

// reach counts the units in use at and below one into which a holding goes: not through
// the wall of a project (PROJ-11).
func (l *look) reach(h authz.Held, unit directory.UnitID) int {
	inside, _ := l.tree.Project(h.Unit)
	n := 0
	for _, u := range l.tree.Below(unit) {
		if project, _ := l.tree.Project(u); l.tree.Live(u) && project == inside {
			n++
		}
	}
	return n
}

// EachDifference hands over all differences between two days, page by page as
// Difference has them.
func (s *Past) EachDifference(ctx context.Context, actor authz.Actor, account directory.AccountID, q DifferenceQuery, visit func(part Differences) error) error {
	for q.Size = part; ; {
		found, err := s.Difference(ctx, actor, account, q)
		if err != nil {
			return err
		}
		if err := visit(found); err != nil {
			return err
		}
		if q.After = found.Next; q.After == "" {
			return nil
		}
	}
}
