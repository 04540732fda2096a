package past

import (
	"context"
	"maps"
	"slices"
	"time"

	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// placeKinds are the entries that tell what became of a member's place in the account.
func placeKinds() []audit.Kind {
	return []audit.Kind{audit.MemberAdded, audit.MemberChanged, audit.MemberDeactivated, audit.MemberReactivated, audit.MemberRemoved,
		audit.MemberReturned, audit.AdministratorNamed, audit.AdministratorExcluded, audit.InvitationAccepted}
}

// changeKinds are all entries that tell that something became otherwise for a person.
func changeKinds() []audit.Kind {
	return append(placeKinds(), audit.GrantGiven, audit.GrantEnded, audit.SeatAssigned, audit.SeatWithdrawn, audit.ExternalStated, audit.ExternalEnded,
		audit.PlaceAdded, audit.PlaceChanged, audit.PlaceRemoved)
}

// A then is a member at the end of a day.
type then struct {
	directory.Member
	there   bool
	company string // as an entry of the first version calls it, which kept no key
	held    *store.PastHeld
}

// foldBack makes of today's rows what members were before the entries since, of each
// newest first.
func (l *look) foldBack(ctx context.Context, members []directory.Member) ([]then, error) {
	people := make([]directory.UserID, len(members))
	for i, m := range members {
		people[i] = m.User
	}
	entries, err := l.r.PeopleSince(ctx, l.account.ID, people, l.until, placeKinds())
	if err != nil {
		return nil, err
	}
	found := make([]then, len(members))
	for i, m := range members {
		t := then{Member: m, there: m.Removed.IsZero(), held: &store.PastHeld{}}
		t.MoreLevels, t.Functions = slices.Clone(m.MoreLevels), slices.Clone(m.Functions)
		told := entries[m.User]
		for _, e := range told {
			l.memberBack(&t, e)
		}
		if len(told) == 0 && !m.Added.Before(l.until) {
			t.there = false // a row older than the history of its kind
		}
		if t.Company = l.ground.company(t.Company); !t.there {
			t.Removed = l.until
		} else {
			t.Removed = time.Time{}
		}
		if !t.Added.Before(l.until) {
			t.Added = time.Time{} // they came again since
		}
		t.LastSeen, t.Version = time.Time{}, 0
		found[i] = t
	}
	return found, nil
}

// memberBack puts before one entry what it says was before it. Whoever is removed
// keeps home unit and texts in the entry and the row, and nothing else.
func (l *look) memberBack(t *then, e audit.Entry) {
	switch e.Kind {
	case audit.MemberAdded, audit.MemberReturned:
		t.there = false
	case audit.MemberRemoved:
		t.there, t.Status, t.Company, t.company, t.Level, t.MoreLevels, t.Functions, t.Ends = true, 0, 0, "", 0, nil, nil, time.Time{}
		if e.Unit != 0 {
			t.Unit = e.Unit
		}
	}
	for _, c := range e.Facts {
		l.factBack(t, c)
	}
	told := map[string]bool{}
	for _, c := range e.Personal {
		for _, text := range t.PlaceTexts.Each() {
			if text.Kind.Field() == c.Field && !told[c.Field] {
				*text.Value, told[c.Field] = c.Before.Text(), true
			}
		}
	}
}

func (l *look) factBack(t *then, c audit.Change) {
	switch c.Field {
	case "status":
		if status, known := directory.ParseStatus(c.Before.Text()); known {
			t.Status = status
		}
	case "unit":
		if ref, ok := c.Before.Ref(); ok {
			t.Unit = directory.UnitID(ref.Key)
		}
	case "company":
		ref, _ := c.Before.Ref()
		t.Company, t.company = directory.CompanyID(ref.Key), ""
		if c.Before.IsText() {
			t.company = c.Before.Text()
		}
	case "functions":
		t.Functions = l.rolesOf(c.Before, directory.Function)
	case "access_level":
		t.Level, t.MoreLevels = 0, nil
		if levels := l.rolesOf(c.Before, directory.Level); len(levels) > 0 {
			t.Level, t.MoreLevels = levels[0], levels[1:]
		}
	case "ends":
		t.Ends, _ = c.Before.Time()
	}
}

// rolesOf are the roles that a value names: by key or, in old entries, by code.
func (l *look) rolesOf(v audit.Value, kind directory.RoleKind) []directory.RoleID {
	var roles []directory.RoleID
	for _, one := range v.Values() {
		if ref, ok := one.Ref(); ok {
			roles = append(roles, directory.RoleID(ref.Key))
			continue
		}
		for _, o := range l.tree.Roles() {
			if o.Kind == kind && o.Code == one.Text() {
				roles = append(roles, o.ID)
			}
		}
	}
	return roles
}

// hold reads what those who were there held on the day.
func (l *look) hold(ctx context.Context, people []then) error {
	keys := make([]directory.MemberID, 0, len(people))
	for _, t := range people {
		if t.there {
			keys = append(keys, t.ID)
		}
	}
	held, err := l.r.HeldThen(ctx, l.account.Root, keys, l.until)
	if err != nil {
		return err
	}
	for i := range people {
		if h := held[people[i].ID]; h != nil && people[i].there {
			people[i].held = h
		}
		for p := range people[i].held.Places {
			place := &people[i].held.Places[p]
			if before, moved := l.moved[place.ID]; moved {
				place.Company = before
			}
			place.Company = l.ground.company(place.Company)
		}
	}
	return nil
}

// standings are what people were and held, as decisions are made of it.
func (l *look) standings(ctx context.Context, people []then) ([]authz.Standing, error) {
	users := make([]directory.UserID, len(people))
	for i, t := range people {
		users[i] = t.User
	}
	off, err := l.switchedOff(ctx, users)
	if err != nil {
		return nil, err
	}
	answering, err := l.r.Responsible(ctx, users)
	if err != nil {
		return nil, err
	}
	found := make([]authz.Standing, len(people))
	for i, t := range people {
		s := authz.Standing{Account: l.account.ID, State: l.state}
		if t.there {
			s.Member, s.User, s.Status, s.Ends, s.Home, s.SwitchedOff = t.ID, t.User, t.Status, t.Ends, t.Unit, off[t.User]
			s.Held = slices.Concat(t.held.Roles, grantsHeld(t.held.Grants), t.held.InPlaces)
			s.Answers = answering[t.User]
			if before, changed := l.answers[t.ID]; changed {
				s.Answers = before
			}
		}
		found[i] = s
	}
	return found, l.answeredFor(ctx, found)
}

// answeredFor adds the standings of those who answered for programs (SIGN-5): people,
// for whom nobody answers.
func (l *look) answeredFor(ctx context.Context, standings []authz.Standing) error {
	var people []directory.UserID
	for _, s := range standings {
		people = append(people, s.Answers)
	}
	if people = roster.Distinct(people); len(people) == 0 {
		return nil
	}
	members, err := l.r.MembersOf(ctx, l.account.ID, people)
	if err != nil {
		return err
	}
	folded, err := l.foldBack(ctx, slices.Collect(maps.Values(members)))
	if err != nil {
		return err
	}
	if err := l.hold(ctx, folded); err != nil {
		return err
	}
	found, err := l.standings(ctx, folded)
	for i := range standings {
		if who := standings[i].Answers; who != 0 {
			standings[i].Answering = &authz.Standing{Account: l.account.ID, State: l.state}
			if at := slices.IndexFunc(found, func(s authz.Standing) bool { return s.User == who }); at >= 0 {
				standings[i].Answering = &found[at]
			}
		}
	}
	return err
}

func grantsHeld(grants []directory.Grant) []authz.Held {
	held := make([]authz.Held, len(grants))
	for i, g := range grants {
		held[i] = authz.Held{Unit: g.Unit, Role: g.Role, Grant: g.ID, From: g.From}
	}
	return held
}

// switchedOff are those who were switched off everywhere on the day (USER-2).
func (l *look) switchedOff(ctx context.Context, users []directory.UserID) (map[directory.UserID]bool, error) {
	today, err := l.r.Users(ctx, users)
	if err != nil {
		return nil, err
	}
	off := make(map[directory.UserID]bool, len(users))
	for id, u := range today {
		off[id] = !u.SwitchedOff.IsZero()
	}
	told, err := l.r.PeopleSince(ctx, directory.Installation, users, l.until, []audit.Kind{audit.UserSwitchedOff, audit.UserSwitchedOn})
	for id, entries := range told {
		off[id] = entries[len(entries)-1].Kind == audit.UserSwitchedOn
	}
	return off, err
}

// rightsOf is what somebody might do on the day: the decision of today, over what was
// then.
func (l *look) rightsOf(ctx context.Context, t then) (authz.Rights, error) {
	s, err := l.standings(ctx, []then{t})
	if err != nil {
		return authz.Rights{}, err
	}
	return authz.Decide(authz.Actor{Kind: authz.Person, User: t.User}, l.tree, s[0], l.now), nil
}

// A Member is somebody of an account at the end of a day, as lists have them. Of what
// is not kept, when they were seen last, nothing is said.
type Member struct {
	roster.ListedMember
	Home   directory.Unit // as it was called
	There  bool           // in the account on that day
	Erased bool           // name and texts are gone for all days (USER-7)
}

// show gives members what they are called, with a fixed number of questions.
func (l *look) show(ctx context.Context, people []then) ([]Member, error) {
	var users []directory.UserID
	var companies []directory.CompanyID
	for _, t := range people {
		users, companies = append(users, t.User), append(companies, t.Company)
	}
	persons, err := l.r.Users(ctx, roster.Distinct(users))
	if err != nil {
		return nil, err
	}
	names, err := l.companies(ctx, companies)
	if err != nil {
		return nil, err
	}
	shown := make([]Member, len(people))
	for i, t := range people {
		m := Member{There: t.there, Erased: !persons[t.User].Erased.IsZero()}
		m.Member, m.Person, m.Company = t.Member, persons[t.User], names[t.Company]
		if m.Company == "" {
			m.Company = t.company
		}
		m.Home, _ = l.tree.Unit(t.Unit)
		m.Functions, m.Levels = l.roles(t.Member.Functions), l.roles(t.Member.Levels())
		m.Products = products(t.held)
		shown[i] = m
	}
	return shown, nil
}

// companies are the names that companies had on the day.
func (l *look) companies(ctx context.Context, keys []directory.CompanyID) (map[directory.CompanyID]string, error) {
	known, err := l.r.CompaniesEver(ctx, l.account.ID, roster.Distinct(keys))
	names := make(map[directory.CompanyID]string, len(known))
	for key, c := range known {
		if names[key] = c.Name; l.titles[key] != "" {
			names[key] = l.titles[key]
		}
	}
	return names, err
}

// roles are roles as they were on the day, those that are there.
func (l *look) roles(ids []directory.RoleID) []directory.Role {
	var roles []directory.Role
	for _, id := range ids {
		if o, known := l.tree.Role(id); known {
			roles = append(roles, o)
		}
	}
	return roles
}

// products are what somebody used products by, each product once (EXT-2).
func products(held *store.PastHeld) []directory.HeldProduct {
	var all []directory.HeldProduct
	for _, s := range held.Seats {
		all = append(all, directory.HeldProduct{Offer: s.Offer, Own: true})
	}
	for _, e := range held.Externals {
		i := slices.IndexFunc(all, func(h directory.HeldProduct) bool { return h.Offer.Product == e.Product })
		if i < 0 {
			all = append(all, directory.HeldProduct{Offer: directory.Offer{Product: e.Product}, External: true})
			continue
		}
		all[i].External = true
	}
	return all
}
