package seats

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A NewRule is that people of a function, or of a unit and those below it, get a
// seat of an offer. One of Function and Unit is named.
type NewRule struct {
	Offer    directory.Offer
	Function string // code or public id
	Unit     string // public id
}

// mostRules is how many rules an account has at most: each is looked at for whoever
// comes or changes.
const mostRules = 50

// A Rule is one in force, with how many of those whom it is about hold no seat.
type Rule struct {
	directory.SeatRule
	Function directory.Role
	Unit     directory.Unit
	Without  int64
	Some     []roster.ListedMember // the first of them, by key
	Next     string                // where the list goes on; empty: no further
}

// MakeRule makes a rule. It acts for whoever comes under it from now on; Follow
// gives seats to those who are under it already. It takes seats.assign in the whole
// account, or at the unit it is about. It refuses with field.required, field.unknown_choice,
// unit.not_found, rule.of_one, rule.exists and rule.too_many.
func (s *Seats) MakeRule(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewRule) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.AssignSeats); err != nil {
			return err
		}
		return s.makeRule(ctx, r, p, n)
	})
	return err
}

// makeRule plans a new rule, of whoever acts.
func (s *Seats) makeRule(ctx context.Context, r *store.Reader, p *gate.Plan, n NewRule) error {
	rule, err := s.newRule(ctx, r, p, n)
	if err != nil {
		return err
	}
	rules, err := r.SeatRules(ctx, p.Account)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(rules, func(o directory.SeatRule) bool { return ruledOf(o) == ruledOf(rule) }) {
		return directory.Refuse(directory.Conflict, "rule.exists")
	}
	if len(rules) >= mostRules {
		return &directory.Error{Kind: directory.Conflict, Code: "rule.too_many", Args: directory.Args{"Max": mostRules}}
	}
	p.Change(store.InsertSeatRule{Account: p.Account, Rule: rule})
	s.recordRule(p, audit.SeatRuleMade, rule)
	return nil
}

// A ruled is what a rule gives to whom: there is one rule of each.
type ruled struct {
	offer    directory.Offer
	function directory.RoleID
	unit     directory.UnitID
}

func ruledOf(o directory.SeatRule) ruled { return ruled{o.Offer, o.Function, o.Unit} }

func (s *Seats) newRule(ctx context.Context, r *store.Reader, p *gate.Plan, n NewRule) (directory.SeatRule, error) {
	rule := directory.SeatRule{ID: directory.SeatRuleID(p.NewKey()), UUID: roster.PublicID(), Offer: n.Offer, By: p.Actor.User}
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return rule, err
	}
	if err := account.Writable(); err != nil {
		return rule, err
	}
	var faults directory.Faults
	if n.Offer.Product == "" || !slices.ContainsFunc(s.gate.Catalogue().OffersOf(account.Type), func(o directory.Offer) bool {
		return o.Product == n.Offer.Product && (n.Offer.Edition == "" || o == n.Offer)
	}) {
		faults = append(faults, directory.InvalidField("product", "field.unknown_choice", directory.Args{"Value": directory.Cut(n.Offer.String(), directory.Quoted)}))
	}
	return rule, faults.With(s.ruleOf(ctx, r, p, n, &rule))
}

// ruleOf finds of whom a rule is: the people of a unit, or who has a function. It asks
// for the right to assign seats there.
func (s *Seats) ruleOf(ctx context.Context, r *store.Reader, p *gate.Plan, n NewRule, rule *directory.SeatRule) error {
	if (n.Function == "") == (n.Unit == "") {
		return directory.InvalidField("function", "rule.of_one", nil)
	}
	if n.Unit != "" {
		id, found := p.Rights.Tree().UnitByUUID(n.Unit)
		if !found || !roster.OpensUnit(p.Rights, id) && !p.Rights.May(authz.AssignSeats, id) {
			return directory.InvalidField("unit", "unit.not_found", nil)
		}
		rule.Unit = id
		return p.Require(authz.AssignSeats, id)
	}
	roles, err := r.Roles(ctx, p.Account)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(roles, func(o directory.Role) bool {
		return o.Kind == directory.Function && o.Archived.IsZero() && (o.Code == n.Function || o.UUID == n.Function)
	})
	if i < 0 {
		return directory.InvalidField("function", "field.unknown_choice", directory.Args{"Value": directory.Cut(n.Function, directory.Quoted)})
	}
	rule.Function = roles[i].ID
	return p.Require(authz.AssignSeats, 0)
}

func (s *Seats) recordRule(p *gate.Plan, kind audit.Kind, rule directory.SeatRule) {
	e := p.Entry(kind, 0, int64(rule.ID))
	e.Note("product", "", rule.Offer.String())
	if rule.Unit != 0 {
		unit, _ := p.Rights.Tree().Unit(rule.Unit)
		e.Unit = rule.Unit
		e.NoteValue("unit", audit.Nothing, audit.Thing(audit.Unit, rule.Unit, unit.Name))
	}
	if role, known := p.Rights.Tree().Role(rule.Function); known {
		e.NoteValue("role", audit.Nothing, audit.Thing(audit.Role, role.ID, ""))
	}
	p.Record(e)
}

// EndRule ends a rule. Who got a seat by it keeps it. It takes what MakeRule does,
// and refuses with rule.not_found.
func (s *Seats) EndRule(ctx context.Context, actor authz.Actor, account directory.AccountID, rule string) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.AssignSeats); err != nil {
			return err
		}
		found, err := ruleNamed(ctx, r, p.Basis, rule)
		if err != nil {
			return err
		}
		return s.endRule(p, found)
	})
	return err
}

// endRule plans the end of a rule that the actor may know of.
func (s *Seats) endRule(p *gate.Plan, found directory.SeatRule) error {
	if err := p.Require(authz.AssignSeats, found.Unit); err != nil {
		return err
	}
	p.Change(store.EndSeatRule(found.ID))
	s.recordRule(p, audit.SeatRuleEnded, found)
	return nil
}

// ruleNamed finds the rule of a public id that the reader may know of.
func ruleNamed(ctx context.Context, r *store.Reader, b gate.Basis, uuid string) (directory.SeatRule, error) {
	rules, err := r.SeatRules(ctx, b.Account)
	if err != nil {
		return directory.SeatRule{}, err
	}
	for _, rule := range rules {
		if rule.UUID == uuid && b.Rights.May(authz.AssignSeats, rule.Unit) {
			return rule, nil
		}
	}
	return directory.SeatRule{}, directory.Refuse(directory.NotFound, "rule.not_found")
}

// Rules lists the rules that the reader may change, with how many got none. It takes
// seats.assign somewhere.
func (s *Seats) Rules(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]Rule, error) {
	var listed []Rule
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.AssignSeats); err != nil {
			return err
		}
		rules, err := r.SeatRules(ctx, account)
		if err != nil {
			return err
		}
		for _, rule := range rules {
			if !rights.May(authz.AssignSeats, rule.Unit) {
				continue
			}
			one := Rule{SeatRule: rule}
			one.Unit, _ = rights.Tree().Unit(rule.Unit)
			one.Function, _ = rights.Tree().Role(rule.Function)
			if one.Without, err = r.CountSeatless(ctx, seatless(rights, account, rule)); err != nil {
				return err
			}
			listed = append(listed, one)
		}
		return nil
	})
	return listed, err
}

// seatless asks for those whom a rule is about and who got none.
func seatless(rights authz.Rights, account directory.AccountID, rule directory.SeatRule) store.SeatlessQuery {
	q := store.SeatlessQuery{Account: account, Product: rule.Offer.Product, Function: rule.Function}
	if rule.Unit != 0 {
		q.Homes = rights.Tree().Below(rule.Unit)
	}
	return q
}

// A seatlessCursor is after whom a page of those who got none begins.
type seatlessCursor struct {
	Key directory.MemberID `json:"k"`
}

func seatlessAfter(text string) (at seatlessCursor, err error) {
	if text == "" {
		return at, nil
	}
	if err = gate.ReadCursor(text, &at); err == nil && at.Key < 0 {
		err = gate.BadCursor()
	}
	return at, err
}

// seatlessPage is how many of those who got none one page names.
const seatlessPage = 100

// Rule shows one rule with those who got none, a page from the place that the page
// before answered as Next (SEAT-11). It refuses with rule.not_found and
// list.bad_cursor.
func (s *Seats) Rule(ctx context.Context, actor authz.Actor, account directory.AccountID, rule, after string) (Rule, error) {
	var shown Rule
	at, err := seatlessAfter(after)
	if err != nil {
		return shown, err
	}
	err = s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.AssignSeats); err != nil {
			return err
		}
		found, err := ruleNamed(ctx, r, gate.Basis{Account: account, Rights: rights}, rule)
		if err != nil {
			return err
		}
		shown.SeatRule = found
		shown.Unit, _ = rights.Tree().Unit(found.Unit)
		shown.Function, _ = rights.Tree().Role(found.Function)
		var keys []directory.MemberID
		ask := seatless(rights, account, found)
		if shown.Without, err = r.CountSeatless(ctx, ask); err != nil {
			return err
		}
		ask.After, ask.Limit = at.Key, seatlessPage
		if keys, err = r.Seatless(ctx, ask); err != nil {
			return err
		}
		if len(keys) == seatlessPage {
			shown.Next = gate.CursorText(seatlessCursor{keys[len(keys)-1]})
		}
		lines, err := r.MemberLines(ctx, keys, s.gate.Instant())
		shown.Some = listedOf(slices.DeleteFunc(lines, func(l store.MemberLine) bool { return !roster.SeesPeopleAt(rights, l.Unit) }))
		return err
	})
	return shown, err
}

// mostFollowed is how many seats one call of Follow assigns.
const mostFollowed = 5000

// Follow assigns a seat to those whom a rule is about and who got none, as far as
// there are any; the verdicts name who was refused and why. It refuses like Rule.
func (s *Seats) Follow(ctx context.Context, actor authz.Actor, account directory.AccountID, rule string) (gate.Verdicts, error) {
	var who roster.Selection
	var offer directory.Offer
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.AssignSeats); err != nil {
			return err
		}
		found, err := ruleNamed(ctx, r, gate.Basis{Account: account, Rights: rights}, rule)
		if err != nil {
			return err
		}
		offer = found.Offer
		ask := seatless(rights, account, found)
		ask.Limit = mostFollowed
		keys, err := r.Seatless(ctx, ask)
		if err != nil {
			return err
		}
		members, err := r.Members(ctx, account, keys)
		for _, m := range members {
			who.Members = append(who.Members, m.UUID)
		}
		return err
	})
	if err != nil || len(who.Members) == 0 {
		return nil, err
	}
	return s.Assign(ctx, actor, account, who, offer)
}
