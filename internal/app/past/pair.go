package past

import (
	"fmt"
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
)

// A pair is one member on two days.
type pair struct {
	d     *comparing
	then  [2]then
	shown [2]Member
	names [2]map[directory.CompanyID]string
}

// facts are what became otherwise for the person in the account. Who came or left has
// nothing to compare.
func (p pair) facts() []Change {
	before, after := p.then[0], p.then[1]
	var changes []Change
	add := func(what string, differs bool, of func(i int) Fact) {
		if differs {
			changes = append(changes, Change{what, of(0), of(1)})
		}
	}
	zone := roster.ZoneOf(p.d.to.account)
	switch {
	case before.there && !after.there:
		return []Change{{What: Left, Before: Fact{Status: before.Status, Unit: p.shown[0].Home, Roles: p.shown[0].Levels}}}
	case !before.there && after.there:
		return []Change{{What: Came, After: Fact{Status: after.Status, Unit: p.shown[1].Home, Roles: p.shown[1].Levels}}}
	case !after.there:
		return nil
	}
	add(StatusChanged, before.Status != after.Status, func(i int) Fact { return Fact{Status: p.then[i].Status} })
	add(HomeChanged, before.Unit != after.Unit, func(i int) Fact { return Fact{Unit: p.shown[i].Home} })
	add(CompanyOf, before.Company != after.Company || before.company != after.company, func(i int) Fact { return Fact{Text: p.shown[i].Company} })
	add(LevelsOf, !slices.Equal(before.Levels(), after.Levels()), func(i int) Fact { return Fact{Roles: p.shown[i].Levels} })
	add(FunctionsOf, !slices.Equal(before.Functions, after.Functions), func(i int) Fact { return Fact{Roles: p.shown[i].Functions} })
	add(EndOf, !before.Ends.Equal(after.Ends), func(i int) Fact { return Fact{Day: directory.LastDay(p.then[i].Ends, zone)} })
	texts := after.PlaceTexts.Each()
	for i, text := range before.PlaceTexts.Each() {
		of := [2]string{*text.Value, *texts[i].Value}
		add(text.Kind.Field(), of[0] != of[1], func(i int) Fact { return Fact{Text: of[i]} })
	}
	return changes
}

// A thing is something held, by what makes it the same on both days.
type thing struct {
	what string
	unit directory.UnitID
	role directory.RoleID
	text string
}

// holdings are what somebody held on one day only, that which ended first. Of somebody
// at home elsewhere it is what they held at units in sight, and no products.
func (p pair) holdings(home bool) []Change {
	var had [2]map[thing]Fact
	var order [2][]thing
	for i, l := range [2]*look{p.d.from, p.d.to} {
		had[i] = map[thing]Fact{}
		note := func(t thing, f Fact) {
			if _, twice := had[i][t]; !twice {
				had[i][t], order[i] = f, append(order[i], t)
			}
		}
		for _, g := range p.then[i].held.Grants {
			if p.d.at(l, g.Unit, home) {
				unit, _ := l.tree.Unit(g.Unit)
				note(thing{what: GrantOf, unit: g.Unit, role: g.Role}, Fact{Unit: unit, Roles: l.roles([]directory.RoleID{g.Role})})
			}
		}
		for _, place := range p.then[i].held.Places {
			if p.d.at(l, place.Project, home) {
				unit, _ := l.tree.Unit(place.Project)
				roles := append([]directory.RoleID{place.Level}, place.Functions...)
				note(thing{what: PlaceOf, unit: place.Project, text: placeText(place)}, Fact{Unit: unit, Roles: l.roles(roles), Text: p.names[i][place.Company]})
			}
		}
		if !home {
			continue
		}
		for _, s := range p.then[i].held.Seats {
			note(thing{what: SeatOf, text: s.Offer.String()}, Fact{Text: s.Offer.String()})
		}
		for _, e := range p.then[i].held.Externals {
			note(thing{what: ExternalOf, text: e.Product}, Fact{Text: e.Product})
		}
	}
	return apart(had, order)
}

// apart tells what only one side has. A place that is otherwise is one change with both
// its sides.
func apart(had [2]map[thing]Fact, order [2][]thing) []Change {
	var changes []Change
	for _, t := range order[0] {
		if _, still := had[1][t]; still {
			continue
		}
		c := Change{What: t.what, Before: had[0][t]}
		if i := slices.IndexFunc(order[1], func(o thing) bool { return t.what == PlaceOf && o.what == PlaceOf && o.unit == t.unit }); i >= 0 {
			c.After = had[1][order[1][i]]
			had[0][order[1][i]] = c.After // told already
		}
		changes = append(changes, c)
	}
	for _, t := range order[1] {
		if _, was := had[0][t]; !was {
			changes = append(changes, Change{What: t.what, After: had[1][t]})
		}
	}
	return changes
}

// placeText tells apart two places in one project; maps are written in the order of
// their keys.
func placeText(p directory.Place) string {
	return fmt.Sprint(p.Company, p.Level, p.Functions, p.Access)
}
