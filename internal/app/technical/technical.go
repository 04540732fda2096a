package technical

import (
	"context"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// core is what the operations of this package stand on.
type core struct {
	gate   *gate.Gate
	roster *roster.Writer
}

// A Remover takes members out of an account, whoever they are.
type Remover func(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection) (gate.Verdicts, error)

// New makes the technical users of an installation.
func New(g *gate.Gate, r *roster.Writer, remove Remover) *Users {
	return &Users{core: &core{g, r}, remove: remove}
}

// Users are programs that act by tokens.
type Users struct {
	*core
	remove Remover
}

// A ListedTechnicalUser is one technical user as the account's managers see it:
// never with a secret.
type ListedTechnicalUser struct {
	Member      directory.Member
	Name        string
	Purpose     string
	Home        directory.Unit
	Responsible directory.User
	Answered    bool // somebody answers for it; else its tokens open nothing
	Tokens      []directory.APIToken
	Version     int64 // of what an edit is made on (PLAN-4)
}

// Works reports whether a token of it would open the door.
func (t ListedTechnicalUser) Works() bool {
	return t.Answered && t.Member.Status == directory.Active
}

// List shows the technical users whose home unit the actor manages, by name,
// with their tokens that were not revoked. It refuses without members.manage.
func (s *Users) List(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]ListedTechnicalUser, error) {
	var list []ListedTechnicalUser
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ManageMembers) {
			return gate.Require(rights, authz.ManageMembers, 0)
		}
		rows, err := r.TechnicalUsers(ctx, account)
		if err != nil {
			return err
		}
		users := make([]directory.UserID, len(rows))
		for i, row := range rows {
			users[i] = row.User
		}
		tokens, err := r.TokensOf(ctx, users)
		if err != nil {
			return err
		}
		now := s.gate.Instant()
		for _, row := range rows {
			if !rights.May(authz.ManageMembers, row.Member.Unit) {
				continue
			}
			home, _ := rights.Tree().Unit(row.Member.Unit)
			list = append(list, ListedTechnicalUser{Member: row.Member, Name: row.Person.Name(), Purpose: row.Purpose, Home: home,
				Responsible: row.Who, Answered: row.Answered(now), Tokens: tokens[row.User], Version: row.Person.Version})
		}
		return nil
	})
	return list, err
}

// A NewTechnicalUser is a program that shall use the API.
type NewTechnicalUser struct {
	Name        string
	Purpose     string
	Responsible string // user name, address or public id of a member
	Unit        string // public id of the home unit; empty: the root
}

// Create adds a technical user to an account, with a person who answers for it
// (SIGN-5). It is an active member without any right: those are given like a
// person's. It never signs in, and nothing is mailed to it.
//
// It refuses without members.manage at the home unit, with the field at fault,
// with technical.responsible_unknown unless the person is active in the account
// and in the actor's sight, and with technical.too_many.
func (s *Users) Create(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewTechnicalUser) (directory.Member, error) {
	var made directory.Member
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		var faults directory.Faults
		home, err := s.homeOf(ctx, r, p, n.Unit)
		if err := faults.Note(err); err != nil {
			return err
		}
		if err := faults.Note(directory.CleanTechnicalUser(&n.Name, &n.Purpose)); err != nil {
			return err
		}
		responsible, err := s.responsible(ctx, r, p, n.Responsible)
		if err := faults.With(err); err != nil {
			return err
		}
		others, err := r.TechnicalUsers(ctx, account)
		if err != nil {
			return err
		}
		if len(others) >= directory.MostTechnicalUsers {
			return &directory.Error{Kind: directory.Conflict, Code: "technical.too_many", Args: directory.Args{"Most": directory.MostTechnicalUsers}}
		}
		ro, err := s.roster.Roster(ctx, r, p)
		if err != nil {
			return err
		}
		u := ro.NewUser(directory.User{Kind: directory.TechnicalKind, UserName: "technical-" + roster.PublicID(), Last: strings.TrimSpace(n.Name),
			Language: ro.Account.Language})
		made = ro.Add(u, directory.Member{Unit: home, Status: directory.Active}, directory.Member{})
		if err := ro.Settle(ctx, r); err != nil {
			return err
		}
		t := directory.TechnicalUser{User: u.ID, Account: account, Purpose: strings.TrimSpace(n.Purpose), Responsible: responsible.ID, Since: p.Now}
		p.Change(store.InsertTechnicalUser(t))
		entry := p.Entry(audit.TechnicalCreated, u.ID, int64(made.ID))
		entry.Unit = home
		entry.Note("name", "", u.Last)
		entry.Note("purpose", "", t.Purpose)
		p.Record(entry, answersFor(p, 0, responsible.ID, made, u.Last))
		return nil
	})
	return made, err
}

// homeOf is the unit of a public id, where the actor must manage members.
func (s *Users) homeOf(ctx context.Context, r *store.Reader, p *gate.Plan, id string) (directory.UnitID, error) {
	if id == "" {
		return p.Rights.Tree().Root(), p.Require(authz.ManageMembers, 0)
	}
	if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
		return 0, err
	}
	found, err := r.UnitKeysByUUID(ctx, p.Account, []string{id})
	if err != nil {
		return 0, err
	}
	if len(found) == 0 || !p.Rights.Tree().Live(found[0]) {
		return 0, directory.InvalidField("unit", "unit.not_found", nil)
	}
	return found[0], p.Require(authz.ManageMembers, found[0])
}

// answersFor tells who answers for a technical user from now on.
func answersFor(p *gate.Plan, former, responsible directory.UserID, m directory.Member, name string) audit.Entry {
	entry := p.Entry(audit.TechnicalAnswered, responsible, int64(m.ID))
	entry.Unit = m.Unit
	entry.Note("name", "", name)
	entry.NoteValue("responsible", audit.Thing(audit.User, former, ""), audit.Thing(audit.User, responsible, ""))
	return entry
}

// responsible finds the person who shall answer for a technical user: somebody
// active in the account, whom the actor sees.
func (s *Users) responsible(ctx context.Context, r *store.Reader, p *gate.Plan, who string) (directory.User, error) {
	unknown := directory.InvalidField("responsible", "technical.responsible_unknown", nil)
	if who = strings.TrimSpace(who); who == "" {
		return directory.User{}, directory.InvalidField("responsible", "field.required", nil)
	}
	if _, refusal := directory.UserNameText.Clean(who); refusal != nil {
		return directory.User{}, unknown
	}
	m, err := r.MemberByUUID(ctx, p.Account, who)
	if gate.RefusedWith(err, "member.not_found") {
		m, err = s.memberNamed(ctx, r, p.Account, who)
	}
	if refusal, fault := gate.AsRefusal(err); fault != nil || refusal != nil {
		if fault == nil {
			return directory.User{}, unknown
		}
		return directory.User{}, fault
	}
	u, err := r.User(ctx, m.User)
	if err != nil {
		return u, err
	}
	there := directory.Standby{Gone: !u.SwitchedOff.IsZero() || !u.Erased.IsZero(), Status: m.Status, Ends: m.Ends, Removed: !m.Removed.IsZero()}
	seen := u.ID == p.Actor.User || roster.SeesPeopleAt(p.Rights, m.Unit)
	if u.Technical() || !seen || !there.Present(p.Now) {
		return u, unknown
	}
	return u, nil
}

func (s *Users) memberNamed(ctx context.Context, r *store.Reader, account directory.AccountID, name string) (directory.Member, error) {
	u, err := r.UserBySignInName(ctx, name)
	if err != nil {
		return directory.Member{}, err
	}
	return r.MemberOf(ctx, account, u.ID)
}

// A Edit is what is called and used for, on the version that the form
// showed.
type Edit struct {
	Name, Purpose string
	Version       int64
}

// Edit gives a technical user another name and purpose. It refuses without
// members.manage at its home unit, with the field at fault, and with stale
// (PLAN-4).
func (s *Users) Edit(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, edit Edit) error {
	return s.change(ctx, actor, account, member, func(t *managing) error {
		if err := directory.CleanTechnicalUser(&edit.Name, &edit.Purpose); err != nil {
			return err
		}
		if edit.Version != t.user.Version {
			return gate.Stale(ctx, t.r, store.LatestQuery{Account: account, Object: int64(t.member.ID), Kinds: []audit.Kind{audit.TechnicalChanged}})
		}
		t.rename(edit.Name, edit.Purpose)
		return nil
	})
}

// rename plans what a technical user is called and used for, where anything differs.
func (t *managing) rename(name, purpose string) {
	after, kept := t.user, t.technical
	after.Last, kept.Purpose = name, purpose
	entry := t.plan.Entry(audit.TechnicalChanged, t.user.ID, int64(t.member.ID))
	entry.Unit = t.member.Unit
	entry.Note("name", t.user.Last, after.Last)
	entry.Note("purpose", t.technical.Purpose, kept.Purpose)
	if len(entry.Facts) == 0 {
		return
	}
	t.plan.Change(store.UpdateUser{User: after}, store.UpdateTechnicalUser(kept))
	t.plan.Record(entry)
}

// SetResponsible names another person to answer for a technical user: its
// tokens work again if nobody did. Whoever names one must hold all that the
// technical user holds (ROLE-6), and else is refused with role.not_held.
func (s *Users) SetResponsible(ctx context.Context, actor authz.Actor, account directory.AccountID, member, responsible string) error {
	return s.change(ctx, actor, account, member, func(t *managing) error {
		if _, err := t.holdsAll(); err != nil {
			return err
		}
		who, err := s.responsible(t.ctx, t.r, t.plan, responsible)
		if err != nil {
			return err
		}
		kept := t.technical
		kept.Responsible, kept.Since = who.ID, t.plan.Now
		t.plan.Change(store.UpdateTechnicalUser(kept))
		t.plan.Record(answersFor(t.plan, t.technical.Responsible, who.ID, t.member, t.user.Last))
		return nil
	})
}

// A MadeToken is a new token. Secret is shown once and kept nowhere.
type MadeToken struct {
	directory.APIToken
	Secret string
}

// A NewToken is what a token is called and how long it is good.
type NewToken struct {
	Name    string
	Expires time.Time
}

// MakeToken makes a token for a technical user, good until a moment at most a
// year away. Whoever makes one could use it, and so must hold all that the
// technical user holds (ROLE-6): it refuses with role.not_held. That is the most the
// token ever opens; at each use it opens no more than whoever answers for it holds
// then. Vendor staff make
// none, since it would outlive their hour in the account (VEND-2): token.staff.
// It refuses as directory.CheckToken does, with technical.unanswered when nobody
// answers for it, and with token.too_many.
func (s *Users) MakeToken(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, n NewToken) (MadeToken, error) {
	var made MadeToken
	err := s.change(ctx, actor, account, member, func(t *managing) error {
		if actor.Kind == authz.StaffInside {
			return directory.Refuse(directory.Denied, "token.staff")
		}
		scope, err := t.holdsAll()
		if err != nil {
			return err
		}
		expires := n.Expires.UTC().Truncate(time.Microsecond)
		if err := directory.CleanToken(&n.Name, expires, t.plan.Now); err != nil {
			return err
		}
		if err := t.mayHaveAnother(); err != nil {
			return err
		}
		random, _ := secret.NewToken()
		made = MadeToken{Secret: directory.TokenPrefix + random, APIToken: directory.APIToken{ID: t.plan.NewKey(), UUID: roster.PublicID(), User: t.user.ID,
			Account: account, Name: n.Name, Created: t.plan.Now, By: actor.User, Expires: expires, Scope: &scope}}
		t.plan.Change(store.InsertToken{APIToken: made.APIToken, Digest: secret.Digest(made.Secret)})
		entry := t.plan.Entry(audit.TokenMade, t.user.ID, made.ID)
		entry.Unit = t.member.Unit
		entry.Note("name", "", made.Name)
		entry.NoteValue("expires", audit.Nothing, audit.Time(expires))
		t.plan.Record(entry)
		return nil
	})
	if err != nil {
		return MadeToken{}, err
	}
	return made, nil
}

// RevokeToken ends a token at once. It refuses without members.manage at the
// home unit, and with token.not_found.
func (s *Users) RevokeToken(ctx context.Context, actor authz.Actor, account directory.AccountID, member, token string) error {
	return s.change(ctx, actor, account, member, func(t *managing) error {
		tokens, err := t.r.TokensOf(t.ctx, []directory.UserID{t.user.ID})
		if err != nil {
			return err
		}
		for _, one := range tokens[t.user.ID] {
			if one.UUID != token {
				continue
			}
			entry := t.plan.Entry(audit.TokenRevoked, t.user.ID, one.ID)
			entry.Unit = t.member.Unit
			entry.Note("name", one.Name, "")
			t.plan.Record(entry)
			t.plan.Change(store.RevokeTokens{Key: one.ID})
			return nil
		}
		return directory.Refuse(directory.NotFound, "token.not_found")
	})
}

// Remove takes a technical user out of the account: its rights end, its tokens
// are revoked, and it does not come back.
func (s *Users) Remove(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) error {
	if err := s.is(ctx, actor, account, member); err != nil {
		return err
	}
	return gate.OneOf(s.remove(ctx, actor, account, roster.Of(member)))
}

// is refuses with technical.not_found a member who is a person.
func (s *Users) is(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) error {
	return s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ManageMembers) {
			return gate.Require(rights, authz.ManageMembers, 0)
		}
		m, err := r.MemberByUUID(ctx, account, member)
		if err == nil {
			_, err = r.TechnicalUser(ctx, m.User)
		}
		if gate.RefusedWith(err, "member.not_found") {
			return directory.Refuse(directory.NotFound, "technical.not_found")
		}
		return err
	})
}

// managing is one technical user while a change of it is planned.
type managing struct {
	ctx       context.Context
	r         *store.Reader
	plan      *gate.Plan
	member    directory.Member
	user      directory.User
	technical directory.TechnicalUser
	account   directory.Account
}

// change plans a change of one technical user of the account. It refuses with
// technical.not_found whoever is gone, a person, or in a unit the actor does not
// see, and without members.manage at the home unit.
func (s *Users) change(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, plan func(t *managing) error) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		t, err := manage(ctx, r, p, func() (directory.Member, error) { return r.MemberByUUID(ctx, account, member) })
		if err != nil {
			return err
		}
		return plan(t)
	})
	return err
}

// manage begins with a technical user of the plan's account. It refuses as change does.
func manage(ctx context.Context, r *store.Reader, p *gate.Plan, find func() (directory.Member, error)) (*managing, error) {
	t := &managing{ctx: ctx, r: r, plan: p}
	var err error
	if t.member, err = find(); err == nil {
		t.technical, err = r.TechnicalUser(ctx, t.member.User)
	}
	if err == nil && (!t.member.Removed.IsZero() || !roster.SeesPeopleAt(p.Rights, t.member.Unit)) ||
		gate.RefusedWith(err, "member.not_found") {
		return nil, directory.Refuse(directory.NotFound, "technical.not_found")
	}
	if err != nil {
		return nil, err
	}
	if err := p.Require(authz.ManageMembers, t.member.Unit); err != nil {
		return nil, err
	}
	if t.user, err = r.User(ctx, t.member.User); err != nil {
		return nil, err
	}
	t.account, err = r.Account(ctx, p.Account)
	return t, err
}

// holdsAll refuses with role.not_held unless the actor holds all that the
// technical user's level, functions and grants permit where they are held. It
// answers that as what a token made now may open.
func (t *managing) holdsAll() (directory.TokenScope, error) {
	standing, err := t.r.Standing(t.ctx, t.plan.Account, t.user.ID)
	if err != nil {
		return nil, err
	}
	tree := t.plan.Rights.Tree()
	all := roster.Gifts(tree, standing.Held)
	if refusal := roster.FirstNotHeld(t.plan.Rights, all, t.account.Language); refusal != nil {
		return nil, refusal
	}
	scope := directory.TokenScope{}
	for _, g := range all {
		right := directory.TokenRight{Unit: g.Unit}
		for _, p := range tree.Gives(g.Role.ID, g.Unit) {
			right.Permissions = append(right.Permissions, string(p))
		}
		scope = append(scope, right)
	}
	return scope, nil
}

// mayHaveAnother refuses another token while nobody answers, or when there are
// many. Those that have expired do not count.
func (t *managing) mayHaveAnother() error {
	rows, err := t.r.TechnicalUsers(t.ctx, t.plan.Account)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.User == t.user.ID && !row.Answered(t.plan.Now) {
			return directory.Refuse(directory.Conflict, "technical.unanswered")
		}
	}
	tokens, err := t.r.TokensOf(t.ctx, []directory.UserID{t.user.ID})
	if err != nil {
		return err
	}
	live := 0
	for _, one := range tokens[t.user.ID] {
		if one.Live(t.plan.Now) {
			live++
		}
	}
	if live >= directory.MostTokens {
		return &directory.Error{Kind: directory.Conflict, Code: "token.too_many", Args: directory.Args{"Most": directory.MostTokens}}
	}
	return nil
}
