package decision

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

const (
	searchPage = 100  // results of a page when no limit is asked for
	searchMost = 1000 // whatever limit is asked for
)

// A Paging says which page of a search is asked for. Request stands for
// everything else that was asked: a token is good for the same request only.
type Paging struct {
	Token   string
	Limit   int // negative: none asked for
	Request string
}

// Found is a page of a search: entities, or names of actions.
type Found struct {
	Entities []Entity
	Actions  []string
	Next     string // the token of the next page, empty on the last
	Total    int64  // on all pages
}

// A turn is where a page begins and how long it is.
type turn struct {
	after   int64
	limit   int
	context string // that tokens are sealed for
}

// turn reads a page's token. It refuses with page.token one that is not of this
// account and request, or comes with another limit than it was made with.
func (d *desk) turn(what string, p Paging) (turn, error) {
	t := turn{limit: searchPage, context: fmt.Sprintf("access search %s %d %s", what, d.account.ID, p.Request)}
	if p.Limit >= 0 {
		t.limit = min(p.Limit, searchMost)
	}
	if p.Token == "" {
		return t, nil
	}
	refusal := directory.InvalidField("page.token", "page.token", nil)
	sealed, err := base64.RawURLEncoding.DecodeString(p.Token)
	if err != nil {
		return t, refusal
	}
	plain, err := d.checks.gate.Box.Open(sealed, t.context)
	if err != nil || len(plain) != 16 {
		return t, refusal
	}
	limit := int(binary.BigEndian.Uint64(plain[8:]))
	if p.Limit >= 0 && limit != t.limit {
		return t, refusal
	}
	t.after, t.limit = int64(binary.BigEndian.Uint64(plain)), limit
	return t, nil
}

// token leads to what comes after a key.
func (d *desk) token(t turn, after int64) string {
	plain := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(after)), uint64(t.limit))
	return base64.RawURLEncoding.EncodeToString(d.checks.gate.Box.Seal(plain, t.context))
}

// A walk gathers the keys of one page out of all, which come in any order.
type walk struct {
	turn
	total int64
	keys  []int64
}

func (w *walk) add(key int64) {
	w.total++
	if key <= w.after {
		return
	}
	w.keys = append(w.keys, key)
	if len(w.keys) >= 4*(w.limit+1)+1000 {
		w.cut()
	}
}

// cut keeps the lowest keys, and one more that tells of a next page.
func (w *walk) cut() {
	slices.Sort(w.keys)
	w.keys = w.keys[:min(len(w.keys), w.limit+1)]
}

// page is what the walk found, and the token of the next page.
func (w *walk) page(d *desk) ([]int64, string) {
	w.cut()
	if len(w.keys) <= w.limit {
		return w.keys, ""
	}
	keys := w.keys[:w.limit]
	last := w.after
	if len(keys) > 0 {
		last = keys[len(keys)-1]
	}
	return keys, d.token(w.turn, last)
}

// search opens the desk of the account that the address, the token or the question
// names. What is not in sight is refused with account.not_found, evenly (KEY-14).
func (s *Checks) search(ctx context.Context, caller Caller, q Question, at func(*desk) error) (err error) {
	if !caller.application() {
		return s.ask(ctx, caller, func(d *desk) error {
			if q.Account != "" && !d.calls(q.Account) {
				return directory.Refuse(directory.NotFound, "account.not_found")
			}
			return at(d)
		})
	}
	ctx, even := s.gate.Evenly(ctx)
	defer func() { gate.AnswerRefused(even, err) }()
	c := callingOf(caller)
	switch {
	case q.Account != "":
		if err = s.openAddress(ctx, c, []string{q.Account}); err != nil {
			return err
		}
		return s.askNamed(ctx, c, q.Account, at)
	case caller.Number != "":
		return s.askFor(ctx, c, caller.Number, at)
	}
	if err = s.admitted(ctx, c); err == nil {
		err = directory.InvalidField("resource.properties.account", "account.required", nil)
	}
	return err
}

// SearchSubjects finds who may do something to a resource, by the first name
// the catalogue lists for the type of subject. It tells who is in the account,
// and so refuses with denied.permission without members.view there; else it
// refuses like Evaluate, with page.token, and with access.property. What is unknown finds nobody. That
// it was used is recorded once a day (HIST-4).
func (s *Checks) SearchSubjects(ctx context.Context, caller Caller, q Question, p Paging) (Found, error) {
	var found Found
	var keys []int64
	var d *desk
	err := s.search(ctx, caller, q, func(at *desk) error {
		d, found, keys = at, Found{}, nil
		if err := d.require(authz.ViewMembers); err != nil {
			return err
		}
		t, err := d.turn("subject", p)
		if err != nil {
			return err
		}
		if d.words.subjects[q.Subject.Type] == nil {
			return nil
		}
		w := walk{turn: t}
		if d.words.isProduct(q.Resource) {
			err := d.users(q, &w)
			keys, found.Next = w.page(d)
			found.Total = w.total
			return err
		}
		permission, known := d.words.actions[q.Action]
		spot, there := d.resource(q.Resource)
		if !known || !there || d.barredWhere(d.x.Tree().LiveAt(spot)) != "" {
			return nil
		}
		unit := d.x.Tree().UnitAt(spot)
		d.x.Allowed(permission, unit, d.now, func(i int) { w.add(int64(d.x.Standing(i).Member)) })
		keys, found.Next = w.page(d)
		found.Total = w.total
		return nil
	})
	if err != nil {
		return Found{}, err
	}
	if err := s.recordSearch(ctx, d, caller); err != nil {
		return Found{}, err
	}
	found.Entities, err = s.nameSubjects(ctx, d, q.Subject.Type, keys)
	return found, err
}

// nameSubjects are members as the type of subject names them. Whoever has none
// of its names is left out: nobody could ask about them.
func (s *Checks) nameSubjects(ctx context.Context, d *desk, kind string, keys []int64) ([]Entity, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	order := make([]directory.MemberID, len(keys))
	for i, key := range keys {
		order[i] = directory.MemberID(key)
	}
	members := map[directory.MemberID]directory.Member{}
	var users map[directory.UserID]directory.User
	err := s.gate.Peek(func(r *store.Reader) error {
		list, err := r.Members(ctx, d.account.ID, order)
		if err != nil {
			return err
		}
		people := make([]directory.UserID, len(list))
		for i, m := range list {
			members[m.ID], people[i] = m, m.User
		}
		users, err = r.Users(ctx, people)
		return err
	})
	if err != nil {
		return nil, err
	}
	var named []Entity
	for _, key := range order {
		m := members[key]
		for _, by := range d.words.subjects[kind] {
			if name := subjectName(by, m, users[m.User]); name != "" {
				named = append(named, Entity{kind, name})
				break
			}
		}
	}
	return named, nil
}

func subjectName(by string, m directory.Member, u directory.User) string {
	switch by {
	case catalogue.BySubjectID:
		return m.UUID // as REST and everything else names them
	case catalogue.ByUserName:
		return u.UserName
	case catalogue.ByEmail:
		return u.Email
	case catalogue.ByPersonnelNumber:
		return m.PersonnelNumber
	}
	return ""
}

// SearchResources finds to what resources of a type a subject may do something.
// It refuses like Evaluate, with page.token, and with access.property where a product
// is sought by properties that cannot be read. What is unknown finds nothing.
func (s *Checks) SearchResources(ctx context.Context, caller Caller, q Question, p Paging) (Found, error) {
	var found Found
	var d *desk
	err := s.search(ctx, caller, q, func(at *desk) error {
		d, found = at, Found{}
		t, err := d.turn("resource", p)
		if err != nil {
			return err
		}
		i, is := d.find(q.Subject)
		if !is {
			return nil
		}
		if d.words.isProduct(q.Resource) {
			if q.Action != UseAction {
				return nil
			}
			return d.pageProducts(i, q, t, &found)
		}
		permission, known := d.words.actions[q.Action]
		kind, there := d.words.resources[q.Resource.Type]
		if !known || !there {
			return nil
		}
		rights, tree := d.x.Rights(i, d.now), d.x.Tree()
		names := map[int64]string{}
		w := walk{turn: t}
		for _, u := range tree.Units() {
			if tree.Level(u.ID) != kind.Level || d.barred(u.ID) != "" || !rights.May(permission, u.ID) {
				continue
			}
			if name := d.resourceName(kind, u); name != "" {
				names[int64(u.ID)] = name
				w.add(int64(u.ID))
			}
		}
		var keys []int64
		keys, found.Next = w.page(d)
		found.Total = w.total
		for _, key := range keys {
			found.Entities = append(found.Entities, Entity{q.Resource.Type, names[key]})
		}
		return nil
	})
	if err != nil {
		return Found{}, err
	}
	return found, s.recordSearch(ctx, d, caller)
}

// resourceName is the first name of its type that a unit has.
func (d *desk) resourceName(kind catalogue.AccessResource, u directory.Unit) string {
	for _, by := range kind.By {
		name := u.UUID
		switch {
		case by == catalogue.ByNumber && kind.Level == catalogue.RootLevel:
			name = d.account.Number
		case by == catalogue.ByNumber:
			name = d.x.Contract().Projects.Number(u.ID)
		case by == catalogue.ByExternalID:
			name = u.External
		case kind.Level == catalogue.RootLevel:
			name = d.account.UUID
		}
		if name != "" {
			return name
		}
	}
	return ""
}

// SearchActions finds what a subject may do to a resource, in the order of the
// catalogue. It refuses like SearchResources. What is unknown finds nothing.
func (s *Checks) SearchActions(ctx context.Context, caller Caller, q Question, p Paging) (Found, error) {
	var found Found
	err := s.search(ctx, caller, q, func(d *desk) error {
		found = Found{}
		t, err := d.turn("action", p)
		if err != nil {
			return err
		}
		i, is := d.find(q.Subject)
		if !is {
			return nil
		}
		if d.words.isProduct(q.Resource) {
			found, err = d.actionsOn(i, q)
			return err
		}
		spot, there := d.resource(q.Resource)
		if !there || d.barredWhere(d.x.Tree().LiveAt(spot)) != "" {
			return nil
		}
		rights := d.x.Rights(i, d.now)
		w := walk{turn: t}
		for n, a := range d.words.names {
			if rights.MayAt(authz.Permission(a.Permission), spot) {
				w.add(int64(n) + 1)
			}
		}
		var keys []int64
		keys, found.Next = w.page(d)
		found.Total = w.total
		for _, key := range keys {
			found.Actions = append(found.Actions, d.words.names[key-1].Name)
		}
		return nil
	})
	return found, err
}

// recordSearch records that a token read in bulk, once a day (HIST-4): questions
// write nothing, and ten thousand searches say no more than one.
func (s *Checks) recordSearch(ctx context.Context, d *desk, caller Caller) error {
	token := d.bearer.Token
	day, by := d.now.Truncate(24*time.Hour), searching{token.ID, d.account.ID}
	if s.checks.searched.on(by, day) {
		return nil
	}
	_, err := s.gate.Perform(ctx, d.actor(caller.From()), d.account.ID, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.CheckAccess, 0); err != nil {
			return err
		}
		entries, err := r.Entries(ctx, store.EntryFilter{Accounts: []directory.AccountID{d.account.ID}, From: day, Actor: token.User,
			Kinds: []audit.Kind{audit.AccessSearched}}, store.EntryPlace{}, 2*directory.MostTokens)
		if err != nil || slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Object == token.ID }) {
			return err
		}
		entry := p.Entry(audit.AccessSearched, 0, token.ID)
		entry.Note("name", "", token.Name)
		p.Record(entry)
		return nil
	})
	if err == nil {
		s.checks.searched.keep(by, day)
	}
	return err
}
