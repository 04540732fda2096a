package past

import (
	"context"
	"maps"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// What became otherwise between two days. "past.change." and the word is the message
// key of how it is told.
const (
	Came          = "came"
	Left          = "left"
	StatusChanged = "status"
	HomeChanged   = "unit"
	CompanyOf     = "company"
	LevelsOf      = "levels"
	FunctionsOf   = "functions"
	EndOf         = "ends"
	GrantOf       = "grant"
	PlaceOf       = "place"
	SeatOf        = "seat"
	ExternalOf    = "external"

	UnitMade     = "made"
	UnitMoved    = "moved"
	UnitRenamed  = "renamed"
	UnitArchived = "archived"
	UnitRestored = "restored"
)

// A Fact is what something was on one of the days; the zero Fact is nothing. Which of
// its fields count depends on what it is about.
type Fact struct {
	Status directory.Status
	Unit   directory.Unit // as it was called on that day
	Text   string         // a name, a text, or the code of a product
	Roles  []directory.Role
	Day    directory.Day
}

// A Change is one thing that was otherwise at the end of the later day than at the end
// of the earlier: of what was not there before, Before is the zero Fact.
type Change struct {
	What          string
	Before, After Fact
}

// Nothing reports whether something was not there on the day.
func (f Fact) Nothing() bool {
	return f.Status == 0 && f.Unit.ID == 0 && f.Text == "" && len(f.Roles) == 0 && f.Day == directory.Day{}
}

// Word is how a change is told: what it is about, and of what is held whether it is new,
// gone or otherwise. "past.change." and the word is the message key.
func (c Change) Word() string {
	switch c.What {
	case GrantOf, PlaceOf, SeatOf, ExternalOf:
	default:
		return c.What
	}
	switch {
	case c.Before.Nothing():
		return c.What + ".new"
	case c.After.Nothing():
		return c.What + ".gone"
	}
	return c.What + ".changed"
}

// A PersonChange is what became otherwise for one member.
type PersonChange struct {
	Member  Member // as of the later day; of who left, of the earlier
	Changes []Change
}

// A UnitChange is what became otherwise for one unit.
type UnitChange struct {
	Unit    directory.Unit // as of the later day
	Changes []Change
}

// A DifferenceQuery asks what was otherwise at the end of the later day To than at the
// end of the earlier From: in the account, for one member or in one unit with all below
// it, by public ids.
type DifferenceQuery struct {
	From, To     directory.Day
	Member, Unit string
	After        string
	Size         int
}

// Differences are a page of what became otherwise: the units on the first page or
// pages, then the people by name.
type Differences struct {
	From, To directory.Day
	Account  directory.Account
	Units    []UnitChange
	People   []PersonChange
	Of       *Member        // who is asked for
	In       directory.Unit // which unit is asked for, zero: none
	Next     string         // empty at the end
}

// placeInDifferences is the cursor: so many units are told, or the people after one.
type placeInDifferences struct {
	Units int          `json:",omitempty"`
	Place *placeInList `json:",omitempty"`
}

// Difference answers what became otherwise between two days, as far as the actor reads
// the history. What came and went in between leaves nothing. It refuses as State does,
// with past.order when the days are not in their order, with member.not_found and
// unit.not_found.
func (s *Past) Difference(ctx context.Context, actor authz.Actor, account directory.AccountID, q DifferenceQuery) (Differences, error) {
	found := Differences{From: q.From, To: q.To}
	at := placeInDifferences{}
	if q.After != "" {
		if err := gate.ReadCursor(q.After, &at); err != nil {
			return found, err
		}
	}
	if at.Units < 0 {
		return found, gate.BadCursor()
	}
	err := s.view(ctx, actor, account, []on{{"from", q.From}, {"to", q.To}}, func(looks []*look) (err error) {
		found, err = differ(ctx, looks, q, at)
		return err
	})
	if err == nil {
		err = s.readingOn(ctx, actor, account, q.After)
	}
	return found, err
}

// differ is a page of what became otherwise between two looks. It refuses with
// past.order when the days are not in their order.
func differ(ctx context.Context, looks []*look, q DifferenceQuery, at placeInDifferences) (Differences, error) {
	if q.To.UTC().Before(q.From.UTC()) {
		return Differences{}, directory.InvalidField("to", "past.order", nil)
	}
	d := &comparing{from: looks[0], to: looks[1], size: gate.Window{Size: q.Size}.Lines()}
	found := Differences{From: q.From, To: q.To, Account: d.to.account}
	if err := d.within(q.Unit, &found); err != nil {
		return found, err
	}
	if q.Member != "" {
		return found, d.onePerson(ctx, q.Member, &found)
	}
	return found, d.page(ctx, at, &found)
}

// comparing is two looks at one account.
type comparing struct {
	from, to *look
	unit     directory.UnitID // with all below it on the later day; 0: the whole account
	size     int
}

func (d *comparing) within(unit string, found *Differences) error {
	if unit == "" {
		return nil
	}
	u, err := d.to.unitNamed(unit)
	found.In, d.unit = u, u.ID
	return err
}

// home reports whether what is told of people at home in a unit is asked for and in
// sight.
func (d *comparing) home(l *look, unit directory.UnitID) bool {
	return l.scope.Sees(unit) && (d.unit == 0 || d.to.tree.Covers(d.unit, unit) || l.tree.Covers(d.unit, unit))
}

// at reports whether what is held at a unit is asked for and in sight.
func (d *comparing) at(l *look, unit directory.UnitID, home bool) bool {
	if home {
		return l.sees(unit)
	}
	return l.open(unit) && d.home(l, unit)
}

func (d *comparing) page(ctx context.Context, at placeInDifferences, found *Differences) error {
	if at.Place == nil {
		units := d.units()
		units = units[min(at.Units, len(units)):]
		if len(units) > d.size {
			found.Units = units[:d.size]
			found.Next = gate.CursorText(placeInDifferences{Units: at.Units + d.size})
			return nil
		}
		found.Units = units
	}
	var after *store.MemberPlace
	if at.Place != nil {
		after = &store.MemberPlace{Name: at.Place.Name, Key: at.Place.Key}
	}
	return d.people(ctx, after, found)
}

// mergeTrail is for how long the members of a company that was merged may still follow
// it, each with an entry: they are of the other from the moment of the act (COMP-4).
const mergeTrail = 24 * time.Hour

// people compares those about whom there are entries between the days: every change
// leaves one (HIST-1).
func (d *comparing) people(ctx context.Context, after *store.MemberPlace, found *Differences) error {
	t := store.Those{Account: d.to.account.ID, Touched: true, Since: d.from.until, Until: d.to.until, Kinds: changeKinds(),
		Places: slices.Collect(maps.Keys(d.from.moved)), After: after, Size: min(2*d.size+1, part)}
	if len(d.to.became) > len(d.from.became) {
		t.Until = t.Until.Add(mergeTrail)
	}
	for {
		members, places, err := d.to.r.MembersEver(ctx, t)
		if err != nil {
			return err
		}
		changes, err := d.compare(ctx, members)
		if err != nil {
			return err
		}
		for i, c := range changes {
			if len(c.Changes) == 0 {
				continue
			}
			if len(found.People) == d.size {
				return nil
			}
			found.People = append(found.People, c.PersonChange)
			found.Next = gate.CursorText(placeInDifferences{Place: &placeInList{places[i].Name, places[i].Key}})
		}
		if len(members) < t.Size {
			found.Next = ""
			return nil
		}
		t.After, t.Size = &places[len(places)-1], part
	}
}

func (d *comparing) onePerson(ctx context.Context, uuid string, found *Differences) error {
	m, err := d.to.r.MemberByUUID(ctx, d.to.account.ID, uuid)
	if err != nil {
		return err
	}
	changes, err := d.compare(ctx, []directory.Member{m})
	if err != nil {
		return err
	}
	if !changes[0].seen {
		return directory.Refuse(directory.NotFound, "member.not_found")
	}
	found.Of = &changes[0].Member
	if len(changes[0].Changes) > 0 {
		found.People = []PersonChange{changes[0].PersonChange}
	}
	return nil
}

// A compared is what became otherwise for somebody, and whether they are in sight by
// their home unit on one of the days.
type compared struct {
	PersonChange
	seen bool
}

func (d *comparing) compare(ctx context.Context, members []directory.Member) ([]compared, error) {
	sides := [2]*look{d.from, d.to}
	var people [2][]then
	var shown [2][]Member
	for i, l := range sides {
		var err error
		if people[i], err = l.foldBack(ctx, members); err != nil {
			return nil, err
		}
		if err = l.hold(ctx, people[i]); err != nil {
			return nil, err
		}
		if shown[i], err = l.show(ctx, people[i]); err != nil {
			return nil, err
		}
	}
	names, err := d.companyNames(ctx, people)
	if err != nil {
		return nil, err
	}
	found := make([]compared, len(members))
	for i := range members {
		p := pair{d, [2]then{people[0][i], people[1][i]}, [2]Member{shown[0][i], shown[1][i]}, names}
		home := p.then[0].there && d.home(d.from, p.then[0].Unit) || p.then[1].there && d.home(d.to, p.then[1].Unit)
		found[i].Member, found[i].seen = shown[1][i], home || d.home(d.to, p.then[1].Unit)
		if !p.then[1].there && p.then[0].there {
			found[i].Member = shown[0][i]
		}
		if home {
			found[i].Changes = p.facts()
		}
		found[i].Changes = append(found[i].Changes, p.holdings(home)...)
	}
	return found, nil
}

// companyNames are the names of the companies of people's places on both days.
func (d *comparing) companyNames(ctx context.Context, people [2][]then) ([2]map[directory.CompanyID]string, error) {
	var names [2]map[directory.CompanyID]string
	for i, l := range [2]*look{d.from, d.to} {
		var companies []directory.CompanyID
		for _, t := range people[i] {
			for _, place := range t.held.Places {
				companies = append(companies, place.Company)
			}
		}
		var err error
		if names[i], err = l.companies(ctx, companies); err != nil {
			return names, err
		}
	}
	return names, nil
}

// units compares the trees of both days, in the order of the later.
func (d *comparing) units() []UnitChange {
	var found []UnitChange
	for _, after := range d.to.tree.Units() {
		if !d.to.scope.Sees(after.ID) || !d.to.open(after.ID) || d.unit != 0 && !d.to.tree.Covers(d.unit, after.ID) {
			continue
		}
		before, was := d.from.tree.Unit(after.ID)
		var changes []Change
		add := func(what string, before, after Fact) { changes = append(changes, Change{what, before, after}) }
		switch {
		case !was:
			above, _ := d.to.tree.Unit(after.Parent)
			add(UnitMade, Fact{}, Fact{Unit: above})
		default:
			if before.Name != after.Name {
				add(UnitRenamed, Fact{Text: before.Name}, Fact{Text: after.Name})
			}
			if before.Parent != after.Parent {
				from, _ := d.from.tree.Unit(before.Parent)
				to, _ := d.to.tree.Unit(after.Parent)
				add(UnitMoved, Fact{Unit: from}, Fact{Unit: to})
			}
		}
		switch archived := !after.Archived.IsZero(); {
		case archived && (!was || before.Archived.IsZero()):
			add(UnitArchived, Fact{}, Fact{})
		case !archived && was && !before.Archived.IsZero():
			add(UnitRestored, Fact{}, Fact{})
		}
		if len(changes) > 0 {
			found = append(found, UnitChange{after, changes})
		}
	}
	return slices.Clip(found)
}
