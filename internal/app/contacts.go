package app

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

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
	Referent      bool
}

// A ContactQuery is a part of the contact list: what is searched, and the
// public id of the member after or before whom it begins.
type ContactQuery struct {
	Search, After, Before string
}

// A ContactList is who to write to, and one page of the account's people.
type ContactList struct {
	Reach    []Contact // administrators and referent, at most 50
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
	err := s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		book := contactBook{Reader: r}
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
	account directory.Account
	roles   []directory.Role
	scope   authz.Scope
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

// reach are the administrators and the referent, by name.
func (b contactBook) reach(ctx context.Context) ([]Contact, error) {
	administrators, err := b.Administrators(ctx, b.account.ID, toldAdministrators)
	if err != nil {
		return nil, err
	}
	var users []directory.UserID
	for _, u := range administrators {
		users = append(users, u.ID)
	}
	if b.account.Referent != 0 && !slices.Contains(users, b.account.Referent) {
		users = append(users, b.account.Referent)
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
	lines, err := b.MemberLines(ctx, keys)
	if err != nil {
		return nil, err
	}
	members := make([]directory.Member, len(lines))
	for i, line := range lines {
		members[i] = line.Member
	}
	companies, err := b.CompaniesByKey(ctx, companiesOf(members))
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
			Referent: line.User == b.account.Referent}
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

// lettersPerHour is how often an hour one person may write to the people of an
// account.
const lettersPerHour = 5

// Message mails what a member writes to the account's administrators and its
// referent, or to the one of them with that public id (ACC-10). They get the
// writer's address to answer to.
//
// It refuses with contact.not_reachable anybody else's id, with limit.hourly,
// and with the field at fault.
func (s *Accounts) Message(ctx context.Context, actor authz.Actor, account directory.AccountID, to, text string) error {
	text, err := s.letter(ctx, actor, text)
	if err != nil {
		return err
	}
	_, err = s.perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *Plan) error {
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
		return s.planLetters(ctx, r, p, people, text)
	})
	return err
}

// reachable are the people of an account that may be written to.
func (c *core) reachable(ctx context.Context, r *store.Reader, account directory.AccountID) ([]directory.User, error) {
	people, err := r.Administrators(ctx, account, toldAdministrators)
	if err != nil {
		return nil, err
	}
	a, err := r.Account(ctx, account)
	if err != nil || a.Referent == 0 || slices.ContainsFunc(people, func(u directory.User) bool { return u.ID == a.Referent }) {
		return people, err
	}
	m, err := r.MemberOf(ctx, account, a.Referent)
	if refusedWith(err, "member.not_found") || !m.Removed.IsZero() || m.Status == directory.Inactive {
		return people, nil
	}
	if err != nil {
		return nil, err
	}
	referent, err := r.User(ctx, a.Referent)
	return append(people, referent), err
}

// letter checks what somebody writes and rations it.
func (c *core) letter(ctx context.Context, actor authz.Actor, text string) (string, error) {
	if actor.User == 0 {
		return "", directory.Refuse(directory.Denied, "sign_in.required")
	}
	text, refusal := directory.MessageText.Required(text)
	if refusal != nil {
		return "", refusal
	}
	return text, c.ration(ctx, ration{"letter", strconv.FormatInt(int64(actor.User), 10), lettersPerHour})
}

// planLetters queues the text to each of the people, in the name of the actor.
func (c *core) planLetters(ctx context.Context, r *store.Reader, p *Plan, people []directory.User, text string) error {
	from, err := r.User(ctx, p.Actor.User)
	if err != nil {
		return err
	}
	for _, u := range people {
		p.Mail(directory.Mail{Account: p.Account, User: u.ID, Address: u.Email, Kind: "contact_message", Language: u.Language,
			Facts: map[string]string{"Person": from.Name(), "Address": from.Email, "Message": text, "At": p.Now.Format(time.RFC3339)}})
	}
	return nil
}

// Write mails what a person writes about their waiting request to the
// administrators of the number they asked for (JOIN-3). A number that nobody
// has answers alike (KEY-14). It refuses with join.gone when the request waits
// no more, with limit.hourly, and with the field at fault.
func (s *JoinRequests) Write(ctx context.Context, actor authz.Actor, id, text string) error {
	ctx, answer := s.evenly(ctx)
	defer answer()
	j, err := s.Mine(ctx, actor, id)
	if err != nil {
		return err
	}
	if refusal := j.Decidable(""); refusal != nil {
		return directory.Refuse(directory.Conflict, "join.gone")
	}
	text, err = s.letter(ctx, actor, text)
	if err != nil {
		return err
	}
	_, err = s.perform(ctx, actor, j.Account, func(ctx context.Context, r *store.Reader, p *Plan) error {
		if err := p.RequireSelf(j.User); err != nil {
			return err
		}
		if j.Account == directory.Installation {
			return nil
		}
		administrators, err := r.Administrators(ctx, j.Account, toldAdministrators)
		if err != nil {
			return err
		}
		return s.planLetters(ctx, r, p, administrators, text)
	})
	return err
}
