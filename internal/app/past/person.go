package past

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/decision"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A Person is one member on one day: the facts, and what they held where.
type Person struct {
	Day     directory.Day
	Account directory.Account
	Member
	Grants    []Holding
	Places    []Place
	Seats     []Seat
	Externals []External
}

// A Holding is a role that somebody held at a unit.
type Holding struct {
	Role directory.Role
	Unit directory.Unit
	From time.Time
	By   roster.Person // who gave it
}

// A Place is a place that somebody had in a project that the reader sees.
type Place struct {
	Project   directory.Unit
	Company   string
	Levels    []directory.Role
	Functions []directory.Role
	Access    directory.Access
	From      time.Time
}

// A Seat is a product that somebody had a seat of.
type Seat struct {
	Offer directory.Offer
	From  time.Time
}

// An External is a subscription that somebody brought along.
type External struct {
	Product string
	Proof   directory.Proof
	Ends    time.Time
	From    time.Time
}

// Person answers what somebody was and held at the end of a day; somebody who was not
// in the account then comes with There false and nothing else. Grants and places at
// units out of the actor's sight are left out (PROJ-11). It refuses as State does, and
// with member.not_found for whom the actor's part of the history is not about.
func (s *Past) Person(ctx context.Context, actor authz.Actor, account directory.AccountID, day directory.Day, member string) (Person, error) {
	var p Person
	err := s.at(ctx, actor, account, day, func(l *look) error {
		t, err := l.one(ctx, member)
		if err != nil {
			return err
		}
		p = Person{Day: day, Account: l.account}
		shown, err := l.show(ctx, []then{t})
		if err != nil {
			return err
		}
		p.Member = shown[0]
		return l.holdings(ctx, &p, t)
	})
	return p, err
}

// one finds a member of the account by public id.
func (l *look) one(ctx context.Context, uuid string) (then, error) {
	m, err := l.r.MemberByUUID(ctx, l.account.ID, uuid)
	if err != nil {
		return then{}, err
	}
	people, err := l.foldBack(ctx, []directory.Member{m})
	if err != nil {
		return then{}, err
	}
	if !l.scope.Sees(people[0].Unit) {
		return then{}, directory.Refuse(directory.NotFound, "member.not_found")
	}
	return people[0], l.hold(ctx, people)
}

func (l *look) holdings(ctx context.Context, p *Person, t then) error {
	by, err := l.givers(ctx, t.held.Grants)
	if err != nil {
		return err
	}
	for _, g := range t.held.Grants {
		if !l.sees(g.Unit) {
			continue
		}
		h := Holding{From: g.From, By: by[g.ID]}
		h.Role, _ = l.tree.Role(g.Role)
		h.Unit, _ = l.tree.Unit(g.Unit)
		p.Grants = append(p.Grants, h)
	}
	slices.SortStableFunc(p.Grants, func(a, b Holding) int { return l.tree.Depth(a.Unit.ID) - l.tree.Depth(b.Unit.ID) })
	var companies []directory.CompanyID
	for _, place := range t.held.Places {
		companies = append(companies, place.Company)
	}
	names, err := l.companies(ctx, companies)
	if err != nil {
		return err
	}
	for _, place := range t.held.Places {
		if !l.sees(place.Project) {
			continue
		}
		one := Place{Company: names[place.Company], Levels: l.roles([]directory.RoleID{place.Level}), Functions: l.roles(place.Functions),
			Access: place.Access, From: place.From}
		one.Project, _ = l.tree.Unit(place.Project)
		p.Places = append(p.Places, one)
	}
	for _, seat := range t.held.Seats {
		p.Seats = append(p.Seats, Seat{seat.Offer, seat.From})
	}
	for _, e := range t.held.Externals {
		p.Externals = append(p.Externals, External{e.Product, e.Proof, e.Ends, e.From})
	}
	return nil
}

// givers are who gave grants.
func (l *look) givers(ctx context.Context, grants []directory.Grant) (map[directory.GrantID]roster.Person, error) {
	people := make([]directory.UserID, len(grants))
	for i, g := range grants {
		people[i] = g.By
	}
	users, err := l.r.Users(ctx, roster.Distinct(people))
	by := make(map[directory.GrantID]roster.Person, len(grants))
	for _, g := range grants {
		by[g.ID] = roster.PersonFrom(users, g.By)
	}
	return by, err
}

// Tree is what somebody held, and where it reached, at the end of a day (ROLE-9). It
// refuses as Person does, and with member.not_found who was not in the account then.
func (s *Past) Tree(ctx context.Context, actor authz.Actor, account directory.AccountID, day directory.Day, member string) (decision.RightsTree, error) {
	var t decision.RightsTree
	err := s.at(ctx, actor, account, day, func(l *look) error {
		holder, err := l.holder(ctx, actor, member)
		if err == nil {
			t = decision.TreeThen(s.reasons, holder)
		}
		return err
	})
	return t, err
}

// Why says whether somebody might do something at a unit at the end of a day, and why
// or why not: the decision and the explanation of today, over the tree and the rights
// of that day (ROLE-9). Who could have given what was missing is not told. It refuses as Tree does, and
// as decision.Reasons.Why for the permission and the unit.
func (s *Past) Why(ctx context.Context, actor authz.Actor, account directory.AccountID, day directory.Day, q decision.WhyQuery) (decision.Why, error) {
	var w decision.Why
	err := s.at(ctx, actor, account, day, func(l *look) error {
		holder, err := l.holder(ctx, actor, q.Person)
		if err != nil {
			return err
		}
		w, err = decision.WhyThen(s.reasons, holder, q)
		return err
	})
	return w, err
}

// holder is somebody who was in the account, as explanations are made of; empty stands
// for the reader.
func (l *look) holder(ctx context.Context, actor authz.Actor, member string) (decision.PastHolder, error) {
	h := decision.PastHolder{Account: l.account, Tree: l.tree, Sees: l.sees}
	root, _ := l.tree.Unit(0)
	h.Account.State, h.Account.Name = l.state, root.Name
	if member == "" {
		m, err := l.r.MemberOf(ctx, l.account.ID, actor.User)
		if err != nil {
			return h, err
		}
		member = m.UUID
	}
	t, err := l.one(ctx, member)
	if err == nil && !t.there {
		err = directory.Refuse(directory.NotFound, "member.not_found")
	}
	if err != nil {
		return h, err
	}
	shown, err := l.show(ctx, []then{t})
	if err != nil {
		return h, err
	}
	h.Holder.ListedMember, h.Holder.Own = shown[0].ListedMember, t.User == actor.User
	if h.By, err = l.givers(ctx, t.held.Grants); err != nil {
		return h, err
	}
	h.Rights, err = l.rightsOf(ctx, t)
	return h, err
}
