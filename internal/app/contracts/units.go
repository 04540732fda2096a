package contracts

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Person is somebody who looks after a unit's contract, or may be named to.
type Person struct {
	Member   string // public id
	Name     string
	Email    string // where the reader sees the people of their home unit
	JobTitle string
	Part     directory.Part // empty: none yet
	Inactive bool           // switched off: still named, and nobody to reach
	From     time.Time
}

// A UnitContract is who looks after the contract of one unit.
type UnitContract struct {
	Unit     directory.Unit
	Referent Person   // zero without one of its own
	Deputies []Person // by name

	// Without a referent of its own, the nearest above looks after it: who, and of
	// which unit. The unit's name is empty where the reader may not know of it.
	Above     Person
	AboveUnit directory.Unit

	MayName       bool // another referent; never in an archived unit or below one
	MayNameDeputy bool
}

// Former is what a form of naming says of the referent it showed.
func (c UnitContract) Former() string {
	if c.Referent.Member == "" {
		return None
	}
	return c.Referent.Member
}

// AtUnit says who looks after the contract of a unit of a public id, of the root
// by none. It refuses with unit.not_found what is out of the reader's sight, and
// with account.not_found whoever does not belong to the account.
func (s *Contracts) AtUnit(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string) (UnitContract, error) {
	var c UnitContract
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		h, err := holdOf(ctx, r, actor, rights, account)
		if err != nil {
			return err
		}
		u, err := h.unit(unit)
		if err != nil {
			return err
		}
		c, err = h.contractOf(ctx, r, u)
		return err
	})
	return c, err
}

// contractOf gathers who looks after a unit, and who does where it has no
// referent of its own.
func (h hold) contractOf(ctx context.Context, r *store.Reader, u directory.Unit) (UnitContract, error) {
	all, err := h.contractsOf(ctx, r, []directory.Unit{u})
	if err != nil {
		return UnitContract{}, err
	}
	return all[0], nil
}

// contractsOf are the contracts of units, in their order, read together.
func (h hold) contractsOf(ctx context.Context, r *store.Reader, units []directory.Unit) ([]UnitContract, error) {
	var ways []directory.UnitID
	for _, u := range units {
		ways = append(ways, h.rights.Tree().Path(u.ID)...)
	}
	slices.Sort(ways)
	held, err := r.ReferentsAt(ctx, slices.Compact(ways))
	if err != nil {
		return nil, err
	}
	people, err := h.people(ctx, r, held)
	if err != nil {
		return nil, err
	}
	named := map[directory.UnitID][]Person{}
	for i, f := range held {
		named[f.Unit] = append(named[f.Unit], people[i])
	}
	all := make([]UnitContract, len(units))
	for i, u := range units {
		all[i] = h.contract(u, named)
	}
	return all, nil
}

// contract is that of one unit, of those who are named for it and for the units
// above, referents first.
func (h hold) contract(u directory.Unit, named map[directory.UnitID][]Person) UnitContract {
	t := h.rights.Tree()
	c := UnitContract{Unit: u, Deputies: named[u.ID]}
	if t.Live(u.ID) {
		c.MayName = h.may(directory.ReferentPart, u.ID) == nil
		c.MayNameDeputy = h.may(directory.DeputyPart, u.ID) == nil
	}
	for _, unit := range slices.Backward(t.Path(u.ID)) {
		people := named[unit]
		switch {
		case len(people) == 0 || people[0].Part != directory.ReferentPart:
			continue
		case unit == u.ID:
			c.Referent, c.Deputies = people[0], people[1:]
			return c
		}
		c.Above, c.AboveUnit = people[0], directory.Unit{ID: unit}
		if roster.KnowsUnit(h.rights, unit) {
			c.AboveUnit, _ = t.Unit(unit)
		}
		return c
	}
	return c
}

// people are those of parts, in their order.
func (h hold) people(ctx context.Context, r *store.Reader, parts []directory.Referent) ([]Person, error) {
	keys := make([]directory.MemberID, len(parts))
	for i, f := range parts {
		keys[i] = f.Member
	}
	lines, err := r.MemberLines(ctx, keys, time.Time{}) // what they hold is not shown
	if err != nil {
		return nil, err
	}
	of := make(map[directory.MemberID]Person, len(lines))
	for _, line := range lines {
		of[line.ID] = h.person(line)
	}
	people := make([]Person, len(parts))
	for i, f := range parts {
		people[i] = of[f.Member]
		people[i].Part, people[i].From = f.Part, f.From
	}
	return people, nil
}

// person is what the reader sees of somebody: an address only where they see the
// people of the home unit (ACC-10).
func (h hold) person(line store.MemberLine) Person {
	p := Person{Member: line.UUID, Name: roster.ListedMember{Member: line.Member, Person: line.Person}.Name(), JobTitle: line.JobTitle,
		Inactive: line.Status == directory.Inactive}
	if roster.SeesPeopleAt(h.rights, line.Unit) {
		p.Email = line.Person.Email
	}
	return p
}

// A Choice is whom the actor can name for a unit.
type Choice struct {
	UnitContract
	People []Person // the first of those found, by name, with what they are already
	Total  int64    // found
}

// shownChoices is how many people a form offers; more are searched.
const shownChoices = 15

// Choices finds people who can look after the contract of a unit: those of the
// unit and of the units below it, who are not switched off (SEAT-7). It refuses
// like Name.
func (s *Contracts) Choices(ctx context.Context, actor authz.Actor, account directory.AccountID, n Naming, search string) (Choice, error) {
	var c Choice
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		h, err := holdOf(ctx, r, actor, rights, account)
		if err != nil {
			return err
		}
		u, err := h.unit(n.Unit)
		if err != nil {
			return err
		}
		if err := h.may(n.Part, u.ID); err != nil {
			return err
		}
		if refusal := directory.CheckPart(n.Part); refusal != nil {
			return refusal
		}
		if c.UnitContract, err = h.contractOf(ctx, r, u); err != nil {
			return err
		}
		return h.choices(ctx, r, account, directory.Sought(search), &c)
	})
	return c, err
}

func (h hold) choices(ctx context.Context, r *store.Reader, account directory.AccountID, search string, c *Choice) error {
	l := store.MemberList{Account: account, Scope: h.rights.Everybody(), Sort: store.MemberSort{Column: "name"}, Size: shownChoices,
		Filter: store.MemberFilter{People: true, Search: search,
			Statuses: []directory.Status{directory.Active, directory.Invited, directory.NotInvited}}}
	if c.Unit.Parent != 0 {
		l.Filter.Units = h.rights.Tree().Below(c.Unit.ID)
	}
	var err error
	if c.Total, err = r.MemberTotal(ctx, l); err != nil {
		return err
	}
	places, err := r.MemberPage(ctx, l)
	if err != nil {
		return err
	}
	keys := make([]directory.MemberID, len(places))
	for i, place := range places {
		keys[i] = place.Key
	}
	lines, err := r.MemberLines(ctx, keys, time.Time{}) // what they hold is not shown
	if err != nil {
		return err
	}
	parts, err := r.PartsOf(ctx, keys)
	if err != nil {
		return err
	}
	for _, line := range lines {
		p := h.person(line)
		for _, f := range parts[line.ID] {
			if f.Unit == c.Unit.ID {
				p.Part = f.Part
			}
		}
		c.People = append(c.People, p)
	}
	return nil
}
