package app

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Contact is one person of an account as every other member sees them: no
// address, no access level, but whether to write to them about the account
// (ACC-10).
type Contact struct {
	Member        string // public id
	Name          string
	Company       string
	Functions     []directory.Role
	JobTitle      string
	Administrator bool
	LooksAfter    []ContactPart // what they are for contracts: the account's first (SEAT-7)
}

// A ContactPart is what a contact is for the contract of a unit that the reader
// may know of.
type ContactPart struct {
	Part directory.Part
	Unit directory.Unit // zero: the account itself
}

// Referent reports whether the contact is the account's own referent.
func (c Contact) Referent() bool {
	return len(c.LooksAfter) > 0 && c.LooksAfter[0] == ContactPart{Part: directory.ReferentPart}
}

// A ContactQuery is a part of the contact list: what is searched, and the
// public id of the member after or before whom it begins.
type ContactQuery struct {
	Search, After, Before string
}

// A ContactList is who to write to, and one page of the account's people.
type ContactList struct {
	Reach    []Contact // administrators, referent and deputies of the account, at most 50 administrators
	People   []Contact
	Total    int64 // of those found
	First    int64 // number of the first shown, from 1
	Previous bool
	Next     bool
}

// contactsPerPage is how many people a page of contacts shows.
const contactsPerPage = 50

// Contacts lists the account's people for its members, by name: those who are
// switched off left out, and technical users (ACC-10). It refuses with account.not_found whoever does
// not belong to it.
func (s *Accounts) Contacts(ctx context.Context, actor authz.Actor, account directory.AccountID, q ContactQuery) (ContactList, error) {
	var list ContactList
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		book := contactBook{Reader: r, rights: rights, now: s.gate.Instant()}
		var err error
		if book.account, err = r.Account(ctx, account); err != nil {
			return err
		}
		if book.roles, err = r.Roles(ctx, account); err != nil {
			return err
		}
		book.scope = rights.Everybody()
		if err := book.page(ctx, &list, q); err != nil {
			return err
		}
		list.Reach, err = book.reach(ctx)
		return err
	})
	return list, err
}

// A contactBook reads one account's people.
type contactBook struct {
	*store.Reader
	rights  authz.Rights
	account directory.Account
	roles   []directory.Role
	scope   authz.Scope
	now     time.Time
}

func (b contactBook) page(ctx context.Context, list *ContactList, q ContactQuery) error {
	l := store.MemberList{Account: b.account.ID, Scope: b.scope, Sort: store.MemberSort{Column: "name"}, Size: contactsPerPage + 1,
		Filter: store.MemberFilter{People: true, Search: q.Search, Statuses: []directory.Status{directory.Active, directory.Invited, directory.NotInvited}}}
	var err error
	if list.Total, err = b.total(ctx, l); err != nil {
		return err
	}
	if at := q.After + q.Before; at != "" {
		m, err := b.MemberByUUID(ctx, b.account.ID, at)
		if err != nil {
			return err
		}
		from, err := b.MemberPlaceOf(ctx, l, m.ID)
		if err != nil {
			return err
		}
		l.From, l.Back = &from, q.After == ""
	}
	places, err := b.MemberPage(ctx, l)
	if err != nil {
		return err
	}
	more := len(places) > contactsPerPage
	if more && l.Back {
		places = places[1:]
	} else if more {
		places = places[:contactsPerPage]
	}
	if len(places) == 0 {
		return nil
	}
	before, err := b.MemberRank(ctx, l, places[0], math.MaxInt64)
	if err != nil {
		return err
	}
	list.First, list.Previous = before+1, before > 0
	list.Next = before+int64(len(places)) < list.Total
	keys := make([]directory.MemberID, len(places))
	for i, place := range places {
		keys[i] = place.Key
	}
	list.People, err = b.contacts(ctx, keys)
	return err
}

// total is how many people a list of contacts has: without a search all that are
// counted already but the technical users (LIST-12).
func (b contactBook) total(ctx context.Context, l store.MemberList) (int64, error) {
	if l.Filter.Search != "" {
		return b.MemberTotal(ctx, l)
	}
	counts, err := b.Counts(ctx, b.account.ID)
	if err != nil {
		return 0, err
	}
	programs, err := b.CountTechnical(ctx, b.account.ID, l.Filter.Statuses)
	total := -programs
	for _, status := range l.Filter.Statuses {
		total += counts.ByStatus[status]
	}
	return total, err
}

// reach are the administrators, the referent and the deputies of the account.
func (b contactBook) reach(ctx context.Context) ([]Contact, error) {
	users, err := reachableUsers(ctx, b.Reader, b.account)
	if err != nil {
		return nil, err
	}
	places, err := b.MembersOf(ctx, b.account.ID, users)
	if err != nil {
		return nil, err
	}
	var keys []directory.MemberID
	for _, u := range users {
		if m, ok := places[u]; ok && m.Removed.IsZero() && m.Status != directory.Inactive {
			keys = append(keys, m.ID)
		}
	}
	return b.contacts(ctx, keys)
}

func (b contactBook) contacts(ctx context.Context, keys []directory.MemberID) ([]Contact, error) {
	lines, err := b.MemberLines(ctx, keys, b.now)
	if err != nil {
		return nil, err
	}
	members := make([]directory.Member, len(lines))
	for i, line := range lines {
		members[i] = line.Member
	}
	companies, err := b.CompaniesByKey(ctx, roster.CompaniesOf(members))
	if err != nil {
		return nil, err
	}
	parts, err := b.PartsOf(ctx, keys)
	if err != nil {
		return nil, err
	}
	contacts := make([]Contact, len(lines))
	for i, line := range lines {
		name := line.Person.Name()
		if line.Person.First+line.Person.Last == "" && line.Suggested.First+line.Suggested.Last != "" {
			name = strings.TrimSpace(line.Suggested.First + " " + line.Suggested.Last)
		}
		c := Contact{Member: line.UUID, Name: name, Company: companies[line.Company].Name, JobTitle: line.JobTitle,
			LooksAfter: b.parts(parts[line.ID])}
		for _, role := range b.roles {
			if slices.Contains(line.Functions, role.ID) {
				c.Functions = append(c.Functions, role)
			}
			c.Administrator = c.Administrator || isAdministratorLevel(role) && line.Administers(line.Person, role.ID)
		}
		contacts[i] = c
	}
	return contacts, nil
}

// parts are what somebody is for contracts, of units that the reader may know of.
func (b contactBook) parts(held []directory.Referent) []ContactPart {
	var parts []ContactPart
	for _, f := range held {
		switch unit, _ := b.rights.Tree().Unit(f.Unit); {
		case f.Unit == b.account.Root:
			parts = slices.Insert(parts, 0, ContactPart{Part: f.Part})
		case roster.KnowsUnit(b.rights, f.Unit):
			parts = append(parts, ContactPart{Part: f.Part, Unit: unit})
		}
	}
	return parts
}

// Message mails what a member writes to the account's administrators, its referent
// and deputies, or to the one of them with that public id (ACC-10). They get the
// writer's address to answer to.
//
// It refuses with contact.not_reachable anybody else's id, with limit.hourly,
// and with the field at fault.
func (s *Accounts) Message(ctx context.Context, actor authz.Actor, account directory.AccountID, to, text string) error {
	text, err := s.roster.Letter(ctx, actor, text)
	if err != nil {
		return err
	}
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSignedIn(); err != nil {
			return err
		}
		if !p.Rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		people, err := s.reachable(ctx, r, account)
		if err != nil {
			return err
		}
		if to != "" {
			m, err := r.MemberByUUID(ctx, account, to)
			if err != nil {
				return err
			}
			people = slices.DeleteFunc(people, func(u directory.User) bool { return u.ID != m.User })
		}
		if len(people) == 0 {
			return &directory.Error{Kind: directory.Conflict, Code: "contact.not_reachable", Field: "to"}
		}
		return s.roster.PlanLetters(ctx, r, p, people, text)
	})
	return err
}

// reachableUsers are the administrators of an account, its referent and its
// deputies.
func reachableUsers(ctx context.Context, r *store.Reader, a directory.Account) ([]directory.UserID, error) {
	administrators, err := r.Administrators(ctx, a.ID, roster.ToldAdministrators)
	if err != nil {
		return nil, err
	}
	var users []directory.UserID
	for _, u := range administrators {
		users = append(users, u.ID)
	}
	parts, err := r.ReferentsAt(ctx, []directory.UnitID{a.Root})
	for _, f := range parts {
		if !slices.Contains(users, f.User) {
			users = append(users, f.User)
		}
	}
	return users, err
}

// reachable are the people of an account that may be written to.
func (c *core) reachable(ctx context.Context, r *store.Reader, account directory.AccountID) ([]directory.User, error) {
	a, err := r.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	users, err := reachableUsers(ctx, r, a)
	if err != nil {
		return nil, err
	}
	places, err := r.MembersOf(ctx, account, users)
	if err != nil {
		return nil, err
	}
	known, err := r.Users(ctx, users)
	if err != nil {
		return nil, err
	}
	var people []directory.User
	for _, id := range users {
		if m, ok := places[id]; ok && m.Removed.IsZero() && m.Status != directory.Inactive {
			people = append(people, known[id])
		}
	}
	return people, nil
}
