package app

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Where the value of a preference in force comes from.
const (
	PreferenceDefault = "default" // of the catalogue
	PreferenceGeneral = "general" // nothing chosen: the product's general setting
	PreferenceOwn     = "own"     // the person set it
	PreferenceGiven   = "given"   // somebody set it for them
)

// A PreferenceSheet is all preferences of one person in one account.
type PreferenceSheet struct {
	Account directory.Account
	Member  directory.Member
	Person  directory.User
	Own     bool // the reader's
	Tiles   []PreferenceTile
}

// Tile finds a preference of the sheet.
func (s PreferenceSheet) Tile(id string) (PreferenceTile, bool) {
	i := slices.IndexFunc(s.Tiles, func(t PreferenceTile) bool { return t.Declared.ID == id })
	if i < 0 {
		return PreferenceTile{}, false
	}
	return s.Tiles[i], true
}

// Use finds the preference that Intendant itself uses for a purpose.
func (s PreferenceSheet) Use(use string) (PreferenceTile, bool) {
	i := slices.IndexFunc(s.Tiles, func(t PreferenceTile) bool { return t.Declared.Use == use })
	if i < 0 {
		return PreferenceTile{}, false
	}
	return s.Tiles[i], true
}

// A PreferenceTile is one preference with what is in force. Of kinds unit and
// order, Units is a part of what can be chosen, in the person's order.
type PreferenceTile struct {
	Declared catalogue.Preference
	Value    directory.PreferenceValue
	From     string
	By       directory.User // who set it, when From is PreferenceGiven
	Version  int64          // what a change is made on (PLAN-4); never 0

	Unit   directory.Unit // the one chosen, where the reader sees it
	Gone   bool           // one is chosen that nobody sees any more, or the reader does not
	Units  []PreferenceUnit
	Search string
	First  int // the place of the first of Units, from 1, among those found
	Found  int // how many the search finds
	Total  int // how many can be chosen
	Ticked int // how many are ticked, of kind order
}

// A PreferenceUnit is one unit that can be chosen or placed.
type PreferenceUnit struct {
	Unit   directory.Unit
	Path   []directory.Unit // those above it, without the root
	Place  int              // in the person's order, from 1
	Ticked bool
}

// A PreferenceQuery says which part of the units is read: those called so, of
// one preference, from one on.
type PreferenceQuery struct {
	Preference string
	Search     string
	From       int
	Chosen     map[string]string // by preference, the unit that a form has chosen, which is offered whatever is read
}

// preferenceUnits is how many units a tile shows at once.
const preferenceUnits = 50

// Of reads the preferences of a member, by public id; empty means the actor's
// own. Those of others are for whoever manages members at their home unit
// (PREF-1, UNIT-5). It refuses with account.not_found, member.not_found and
// denied.permission.
func (s *Preferences) Of(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, q PreferenceQuery) (PreferenceSheet, error) {
	var sheet PreferenceSheet
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		p, err := s.preferring(ctx, r, rights, whose{actor, account, member})
		if err != nil {
			return err
		}
		if err := p.allowed(rights); err != nil {
			return err
		}
		sheet = PreferenceSheet{Account: p.account, Member: p.member, Person: p.user, Own: p.own}
		for _, declared := range p.declared {
			tile := p.tile(declared)
			if declared.Kind != catalogue.ChoicePreference {
				asked := PreferenceQuery{}
				if q.Preference == declared.ID {
					asked = q
				}
				p.units(&tile, asked)
				p.offer(&tile, q.Chosen[declared.ID])
			}
			sheet.Tiles = append(sheet.Tiles, tile)
		}
		return p.settersOf(ctx, r, sheet.Tiles)
	})
	return sheet, err
}

// offer adds a unit to those that can be chosen, where it is one of them.
func (p *preferring) offer(t *PreferenceTile, unit string) {
	if unit == "" || slices.ContainsFunc(t.Units, func(u PreferenceUnit) bool { return u.Unit.UUID == unit }) {
		return
	}
	if u, err := p.unitNamed(t.Declared, unit); err == nil {
		t.Units = append(t.Units, PreferenceUnit{Unit: u})
	}
}

// preferring is one person's preferences while they are read or changed.
type preferring struct {
	rights   authz.Rights // of the actor
	account  directory.Account
	member   directory.Member
	user     directory.User
	own      bool
	declared []catalogue.Preference
	stored   map[string]directory.Preference
	sight    roster.Sight
}

// whose says whose preferences are meant: those of a member by public id, the
// actor's own without one.
type whose struct {
	actor   authz.Actor
	account directory.AccountID
	member  string
}

func (c *core) preferring(ctx context.Context, r *store.Reader, rights authz.Rights, w whose) (*preferring, error) {
	if !rights.Member() {
		return nil, directory.Refuse(directory.NotFound, "account.not_found")
	}
	p := &preferring{rights: rights}
	var err error
	if p.account, err = r.Account(ctx, w.account); err != nil {
		return nil, err
	}
	if w.member == "" {
		p.member, err = r.MemberOf(ctx, w.account, w.actor.User)
	} else {
		p.member, err = r.MemberByUUID(ctx, w.account, w.member)
	}
	if err != nil {
		return nil, err
	}
	if p.user, err = r.User(ctx, p.member.User); err != nil {
		return nil, err
	}
	standing, err := r.Standing(ctx, w.account, p.member.User)
	if err != nil {
		return nil, err
	}
	p.own = w.actor.User != 0 && p.member.User == w.actor.User
	p.sight = roster.SightOf(rights.Tree(), standing)
	p.declared = c.gate.Catalogue().PreferencesOf(p.account.Type, p.user.Technical())
	stored, err := r.Preferences(ctx, []directory.MemberID{p.member.ID})
	p.stored = stored[p.member.ID]
	return p, err
}

// allowed lets the person themselves and whoever manages members at their home
// unit; others learn of members they do not see nothing at all.
func (p *preferring) allowed(rights authz.Rights) error {
	switch {
	case p.own:
		return nil
	case !p.member.Removed.IsZero() || !roster.SeesPeopleAt(rights, p.member.Unit):
		if !rights.MayAnywhere(authz.ViewMembers) {
			return gate.Require(rights, authz.ManageMembers, p.member.Unit)
		}
		return directory.Refuse(directory.NotFound, "member.not_found")
	}
	return gate.Require(rights, authz.ManageMembers, p.member.Unit)
}

// find is a preference that the person has.
func (p *preferring) find(id string) (catalogue.Preference, bool) {
	i := slices.IndexFunc(p.declared, func(d catalogue.Preference) bool { return d.ID == id })
	if i < 0 {
		return catalogue.Preference{}, false
	}
	return p.declared[i], true
}

// tile is a preference with what is in force. A choice that the catalogue does
// not offer any more counts as none.
func (p *preferring) tile(declared catalogue.Preference) PreferenceTile {
	stored := p.stored[declared.ID]
	t := PreferenceTile{Declared: declared, Value: stored.Value, Version: stored.Version + 1}
	if _, offered := declared.Option(t.Value.Choice); t.Value.Choice != "" && !offered {
		t.Value = directory.PreferenceValue{}
	}
	switch {
	case !t.Value.Empty() && stored.By == p.member.User:
		t.From = PreferenceOwn
	case !t.Value.Empty():
		t.From, t.By.ID = PreferenceGiven, stored.By
	case declared.Default != "":
		t.From, t.Value.Choice = PreferenceDefault, declared.Default
	default:
		t.From = PreferenceGeneral
	}
	return t
}

// settersOf names who set what for the person.
func (p *preferring) settersOf(ctx context.Context, r *store.Reader, tiles []PreferenceTile) error {
	var keys []directory.UserID
	for _, t := range tiles {
		if t.By.ID != 0 {
			keys = append(keys, t.By.ID)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	users, err := r.Users(ctx, roster.Distinct(keys))
	for i := range tiles {
		tiles[i].By = users[tiles[i].By.ID]
	}
	return err
}
