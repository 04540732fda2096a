package history

import (
	"context"
	"errors"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// core is what the operations of this package stand on.
type core struct{ gate *gate.Gate }

// New makes the history of an installation.
func New(g *gate.Gate) *History { return &History{&core{g}} }

// History is what was changed, by whom.
type History struct{ *core }

// A Filter chooses history entries; its zero value chooses all. From is
// inclusive, To exclusive. Unit stands for itself and all units below it, as
// do Units together.
// By and About say the same as Actor and Subject in words: a UUID, a user name,
// an address, or a part of the name of a member or of the vendor's staff.
// Accounts and Number count in ListAll only; directory.Installation is the
// vendor's own history.
type Filter struct {
	From, To time.Time
	Actor    directory.UserID
	Subject  directory.UserID
	Kinds    []audit.Kind
	Unit     directory.UnitID
	Units    []string // public ids; count in List and Export only
	Door     authz.Door
	Batch    string
	Accounts []directory.AccountID
	By       string
	About    string
	Number   string // a customer number
}

// A Shown is a line of history with the names its sentence takes: an entry, or
// an act on many with its first entry. Object is the empty string for what has
// no name; of a role Objects holds the names by language.
type Shown struct {
	Entry   audit.Entry
	At      time.Time  // of an act, when it began
	Act     *store.Act // nil for an entry by itself
	Actor   roster.Person
	Subject roster.Person // of an act the person, when it is about one only
	Object  string
	Objects map[string]string
	Unit    string
	Account string // empty for the installation
	Number  string // the account's customer number

	Undone   *Undoing // nil while it counts
	Undoable bool     // the reader may take some of it back

	roles  []directory.Role // of the account, where the entry names some by code
	things map[int64]store.Named
	people map[directory.UserID]directory.User
}

// ObjectName is the name of what the entry is about, in a language.
func (s Shown) ObjectName(language string) string {
	if s.Entry.Kind.Group() == "grant" { // about a member, its object is the role
		for _, c := range s.Entry.Facts {
			if c.Field == "role" {
				return s.roleIn(c, language)
			}
		}
	}
	if s.Object != "" || len(s.Objects) == 0 {
		return s.Object
	}
	return directory.Role{Names: s.Objects}.Name(language)
}

// roleIn is the role that a change names, by key or, in old entries, by code.
func (s Shown) roleIn(c audit.Change, language string) string {
	value := c.After
	if value.IsZero() {
		value = c.Before
	}
	if ref, ok := value.Ref(); ok {
		return s.NameOf(ref, language)
	}
	if name, ok := s.RoleName(c.Field, value.Text(), language); ok {
		return name
	}
	return value.Text()
}

// NameOf is what a thing that the entry names is called now; when it is gone,
// what it was called then. It is empty for what never had a name, and for
// somebody who is erased.
func (s Shown) NameOf(ref audit.Ref, language string) string {
	if ref.Noun == audit.User {
		return roster.PersonFrom(s.people, directory.UserID(ref.Key)).Name
	}
	now, found := s.things[ref.Key]
	switch {
	case !found || now.Noun != string(ref.Noun):
		return ref.Name
	case len(now.Names) > 0:
		return directory.Role{Names: now.Names}.Name(language)
	}
	return now.Name
}

// Door is the key of the name of the entry's door.
func (s Shown) Door() string { return "history.door." + string(s.Entry.Door) }

// An EntryPage is a page of history with the exact number of lines the filter
// chooses: an act on many is one (HIST-6).
type EntryPage struct {
	Entries []Shown
	Total   int64
	Next    string // empty at the end
	Of      *Shown // the act whose entries these are, where the filter asks for one
}

// A Group is a choice of the filter: the kinds of one noun.
type Group struct {
	Group string
	Kinds []audit.Kind
}

// Title is the key of the group's name.
func (g Group) Title() string { return "history.group." + g.Group }

// Kinds lists what the filter offers.
func (h *History) Kinds() []Group {
	var groups []Group
	for _, group := range audit.Groups() {
		groups = append(groups, Group{group, audit.KindsOf(group)})
	}
	return groups
}

// List reads a page of an account's history, newest first. Who holds
// history.view at the root sees all of it, who holds it at units sees the
// entries of these (HIST-2); others are refused with denied.permission.
func (h *History) List(ctx context.Context, actor authz.Actor, account directory.AccountID, f Filter, w gate.Window) (EntryPage, error) {
	var page EntryPage
	err := h.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		rows, err := Visible(ctx, r, rights, account, f)
		if err != nil {
			return err
		}
		if page, err = h.page(ctx, r, rows, w); err != nil {
			return err
		}
		may := func(k audit.Kind) bool { return roster.MayTakeBack(actor, rights, k) }
		if page.Of != nil {
			of := []Shown{*page.Of}
			err = markUndone(ctx, r, may, account, of)
			page.Of = &of[0]
		}
		return errors.Join(err, markUndone(ctx, r, may, account, page.Entries))
	})
	return page, err
}

// ListAll reads a page of the histories of all accounts and the installation,
// or of those the filter names, newest first. It is for staff who read all
// history; with a portfolio, that of its accounts (VEND-3).
func (h *History) ListAll(ctx context.Context, actor authz.Actor, f Filter, w gate.Window) (EntryPage, error) {
	var page EntryPage
	if err := gate.RequireDuty(actor, authz.ReadAllHistory); err != nil {
		h.gate.NoteRefusal(ctx, actor, directory.Installation, err)
		return page, err
	}
	err := h.gate.Read(ctx, func(r *store.Reader) error {
		rows, err := inUnit(ctx, r, directory.Installation, f)
		if err != nil {
			return err
		}
		rows.Accounts = f.Accounts
		if len(f.Accounts) == 0 {
			rows.Accounts = actor.Portfolio.Accounts
		}
		if f.Number != "" {
			account, err := r.AccountByNumber(ctx, f.Number)
			if gate.RefusedWith(err, "account.not_found") {
				return nil
			} else if err != nil {
				return err
			}
			rows.Accounts = []directory.AccountID{account.ID}
		}
		nothing := actor.Limited() && len(rows.Accounts) == 0
		if nothing || slices.ContainsFunc(rows.Accounts, func(id directory.AccountID) bool { return !actor.Sees(id) }) {
			return nil // outside the portfolio there is nothing
		}
		page, err = h.page(ctx, r, rows, w)
		return err
	})
	return page, err
}

// alone are entries as lines by themselves.
func alone(entries []audit.Entry) []store.Line {
	lines := make([]store.Line, len(entries))
	for i, e := range entries {
		lines[i].Entry = e
	}
	return lines
}

// Visible joins the filter with what the rights let see in the account.
func Visible(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, f Filter) (store.EntryFilter, error) {
	scope, err := roster.HistoryScope(rights)
	if err != nil {
		return store.EntryFilter{}, err
	}
	rows, err := inUnit(ctx, r, account, f)
	if err != nil {
		return rows, err
	}
	rows.Accounts = []directory.AccountID{account}
	if err := atUnits(ctx, r, rights.Tree(), &rows, f.Units); err != nil {
		return rows, err
	}
	switch {
	case scope.All():
	case rows.InUnits:
		rows.Units = slices.DeleteFunc(rows.Units, func(u directory.UnitID) bool { return !scope.Sees(u) })
	default:
		rows.Units, rows.InUnits = scope.Units(), true
	}
	return rows, nil
}

// mostCalled is how many people words of a filter may mean.
const mostCalled = 1000

// inUnit is the filter as rows are chosen, its unit with the units below, its
// words with the people they mean.
func inUnit(ctx context.Context, r *store.Reader, account directory.AccountID, f Filter) (store.EntryFilter, error) {
	rows := store.EntryFilter{From: f.From, To: f.To, Actor: f.Actor, Subject: f.Subject, Kinds: f.Kinds, Door: f.Door, Batch: f.Batch}
	for _, words := range []struct {
		typed string
		into  *[]directory.UserID
	}{{f.By, &rows.Actors}, {f.About, &rows.Subjects}} {
		if words.typed == "" {
			continue
		}
		people, err := r.PeopleCalled(ctx, account, words.typed, mostCalled)
		if err != nil {
			return rows, err
		}
		*words.into = people
	}
	if f.Unit == 0 {
		return rows, nil
	}
	var err error
	rows.InUnits = true
	rows.Units, err = r.Descendants(ctx, f.Unit)
	return rows, err
}

// atUnits narrows a filter to units of the account and all below them, by public
// id. Ids of nothing there find nothing.
func atUnits(ctx context.Context, r *store.Reader, t *authz.Tree, rows *store.EntryFilter, uuids []string) error {
	if len(uuids) == 0 {
		return nil
	}
	units, err := r.UnitKeysByUUID(ctx, rows.Accounts[0], uuids)
	if err != nil {
		return err
	}
	var meant []directory.UnitID
	for _, unit := range units {
		meant = append(meant, t.Below(unit)...)
	}
	slices.Sort(meant)
	meant = slices.Compact(meant)
	if rows.InUnits {
		meant = slices.DeleteFunc(meant, func(u directory.UnitID) bool { return !slices.Contains(rows.Units, u) })
	}
	rows.Units, rows.InUnits = meant, true
	return nil
}

func (h *History) page(ctx context.Context, r *store.Reader, rows store.EntryFilter, w gate.Window) (EntryPage, error) {
	var page EntryPage
	at, place := w.Place()
	lines, err := r.Lines(ctx, rows, store.EntryPlace{At: at, Account: directory.AccountID(place[0]), N: place[1]}, w.Lines()+1)
	if err != nil {
		return page, err
	}
	if len(lines) > w.Lines() {
		lines = lines[:w.Lines()]
		last := lines[len(lines)-1].Place
		page.Next = gate.PlaceAfter(last.At, int64(last.Account), last.N)
	}
	if page.Entries, err = shown(ctx, r, lines); err != nil {
		return page, err
	}
	if page.Total, err = r.CountLines(ctx, rows); err != nil || rows.Batch == "" {
		return page, err
	}
	act, found, err := r.ActLine(ctx, rows)
	if err != nil || !found {
		return page, err
	}
	of, err := shown(ctx, r, []store.Line{act})
	if err == nil {
		page.Of = &of[0]
	}
	return page, err
}

// Newest reads the first lines of what a filter chooses.
func Newest(ctx context.Context, r *store.Reader, rows store.EntryFilter, size int) ([]Shown, error) {
	lines, err := r.Lines(ctx, rows, store.EntryPlace{}, size)
	if err != nil {
		return nil, err
	}
	return shown(ctx, r, lines)
}

// shown gives lines their names, with a fixed number of questions for all of
// them.
func shown(ctx context.Context, r *store.Reader, lines []store.Line) ([]Shown, error) {
	entries := make([]audit.Entry, len(lines))
	var people []directory.UserID
	var things []int64
	for i, l := range lines {
		e := l.Entry
		entries[i] = e
		people = append(people, e.Actor, e.Subject)
		things = append(things, e.Object, int64(e.Unit), int64(e.Account))
		if l.Act != nil {
			people = append(people, l.Act.Subject)
		}
		for ref := range e.Refs() {
			if ref.Noun == audit.User {
				people = append(people, directory.UserID(ref.Key))
			} else {
				things = append(things, ref.Key)
			}
		}
	}
	users, err := r.Users(ctx, roster.Distinct(people))
	if err != nil {
		return nil, err
	}
	if err := suggest(ctx, r, entries, users); err != nil {
		return nil, err
	}
	names, err := r.Names(ctx, roster.Distinct(things))
	if err != nil {
		return nil, err
	}
	roles, err := rolesNamed(ctx, r, entries)
	if err != nil {
		return nil, err
	}
	shown := make([]Shown, len(lines))
	for i, l := range lines {
		e := l.Entry
		s := Shown{
			Entry: e, At: e.At, Act: l.Act, Actor: roster.PersonFrom(users, e.Actor), Subject: roster.PersonFrom(users, e.Subject),
			Unit: names[int64(e.Unit)].Name, Account: names[int64(e.Account)].Name, Number: names[int64(e.Account)].Number,
			roles: roles[e.Account], things: names, people: users,
		}
		if l.Act != nil {
			s.At, s.Subject = l.Place.At, roster.PersonFrom(users, l.Act.Subject)
		}
		if e.Actor == 0 {
			s.Actor.Message = "history.actor." + string(e.ActorKind)
		}
		if object, found := names[e.Object]; found && object.Noun == string(e.Kind.Row().Object) {
			s.Object, s.Objects = object.Name, object.Names
		} else {
			s.Object = nameInFacts(e)
		}
		shown[i] = s
	}
	return shown, nil
}

// suggest gives people without a name the one an account suggested, where all
// entries are that account's: what one account suggests, another does not see.
func suggest(ctx context.Context, r *store.Reader, entries []audit.Entry, users map[directory.UserID]directory.User) error {
	var nameless []directory.UserID
	for id, u := range users {
		if u.First == "" && u.Last == "" && u.Erased.IsZero() {
			nameless = append(nameless, id)
		}
	}
	for _, e := range entries {
		if e.Account != entries[0].Account {
			return nil
		}
	}
	if len(nameless) == 0 {
		return nil
	}
	suggested, err := r.SuggestedNames(ctx, entries[0].Account, nameless)
	for id, name := range suggested {
		u := users[id]
		u.First, u.Last = name.First, name.Last
		users[id] = u
	}
	return err
}

// nameInFacts finds what an entry calls a thing that has no row, or none any
// more.
func nameInFacts(e audit.Entry) string {
	for _, field := range []string{"name", "domain", "number"} {
		for _, c := range e.Facts {
			switch {
			case c.Field != field:
			case !c.After.IsZero():
				return c.After.Text()
			default:
				return c.Before.Text()
			}
		}
	}
	return ""
}

// profileEntries is how much of a member's history the panel shows.
const profileEntries = 5

// About is the newest history about one person in an account.
func About(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, user directory.UserID) ([]Shown, error) {
	rows, err := Visible(ctx, r, rights, account, Filter{Subject: user})
	if err != nil {
		return nil, err
	}
	return Newest(ctx, r, rows, profileEntries)
}
