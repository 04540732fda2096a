package projects

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Query is a view of an account's projects, as it stands in an address.
type Query struct {
	Search        string
	Mine          bool   // those the reader has a place in
	Archived      bool   // those that are; else those in use
	Whatever      bool   // those in use and the archived
	Type          string // public id of a project type; empty: any
	External      string // the id by which products know it, whole; empty: any
	Number        string // whole, but for case and blanks; empty: any
	Sort          string // one of store.ProjectsBy…; empty: by name
	Descending    bool
	After, Before string
	Size          int // rows of a page; 0: PerPage
}

// A Page is one page of an account's projects.
type Page struct {
	Rows  []Row
	Found int64 // exactly (LIST-9)
	gate.Span
	Counts Counts // of each view, whatever is sought in it
	Types  []directory.ProjectType
	Create bool // the reader may create projects
}

// Counts are how many projects in sight each view has.
type Counts struct{ InUse, Mine, Archived int64 }

// A Row is a project in the list.
type Row struct {
	directory.Project
	TypeName string
	Live     bool // neither it nor a unit above it is archived
	Mine     bool // the reader has a place in it
	May      May
}

// List shows the projects in the reader's sight (LIST-8, PROJ-11), those they may
// know of and no others. It refuses with account.not_found strangers to the account,
// with list.bad_cursor, and with the field at fault.
func (s *Projects) List(ctx context.Context, actor authz.Actor, account directory.AccountID, q Query) (Page, error) {
	var page Page
	l, at, err := q.list()
	if err != nil {
		return page, err
	}
	err = s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		own, err := ownProjects(ctx, r, actor, account)
		if err != nil {
			return err
		}
		l.Account, page.Create = account, s.mayCreate(rights, a)
		if page.Types, err = r.ProjectTypes(ctx, account); err != nil {
			return err
		}
		if l.Type, err = typeNamed(page.Types, q.Type); err != nil {
			return err
		}
		own.projects = l.in(rights, own.projects)
		page.Counts = countsOf(rights, own.projects)
		if page.Found, err = l.found(ctx, r, page.Counts, int64(len(own.projects))); err != nil {
			return err
		}
		lines, err := r.ProjectPage(ctx, l.ProjectList)
		if err != nil {
			return err
		}
		lines, page.Span = gate.Cut(gate.Turn{After: q.After, Before: q.Before, Size: l.Size - 1, Position: at.Position}, lines,
			func(line store.ProjectLine, position int64) string { return l.to(line.Place, position) })
		for _, line := range lines {
			_, mine := slices.BinarySearch(own.projects, line.ID)
			page.Rows = append(page.Rows, Row{Project: line.Project, TypeName: typeName(page.Types, line.Type), Mine: mine,
				Live: rights.Tree().Live(line.ID), May: may(rights, a.Writable() == nil, line.Project)})
		}
		return nil
	})
	return page, err
}

// in says which projects a list is about: those in sight, or of these the reader's own,
// which it answers.
func (l *projectList) in(rights authz.Rights, own []directory.UnitID) []directory.UnitID {
	sight := rights.ProjectSight()
	own = slices.DeleteFunc(own, func(id directory.UnitID) bool { return !sight.Has(id) })
	if l.mine {
		sight = rights.Tree().ProjectsNamed(own)
	}
	l.Sight, l.Dormant = sight, rights.Tree().Dormant()
	return own
}

// owned is who the reader is in the account, and the projects they have a place in.
type owned struct {
	member   directory.MemberID // -1: nobody
	projects []directory.UnitID // sorted
}

func ownProjects(ctx context.Context, r *store.Reader, actor authz.Actor, account directory.AccountID) (owned, error) {
	nobody := owned{member: -1}
	if actor.User == 0 {
		return nobody, nil
	}
	m, err := r.MemberOf(ctx, account, actor.User)
	if gate.RefusedWith(err, "member.not_found") || err == nil && !m.Removed.IsZero() {
		return nobody, nil
	}
	if err != nil {
		return nobody, err
	}
	projects, err := r.ProjectKeysOf(ctx, m.ID)
	return owned{m.ID, projects}, err
}

// countsOf are how many projects each view has.
func countsOf(rights authz.Rights, own []directory.UnitID) Counts {
	inUse, archived := rights.CountProjects()
	c := Counts{InUse: int64(inUse), Archived: int64(archived)}
	for _, key := range own {
		if rights.Tree().Live(key) {
			c.Mine++
		}
	}
	return c
}

// found is how many projects a list has: what is counted already where it chooses by
// nothing but the view, of which the reader has so many.
func (l projectList) found(ctx context.Context, r *store.Reader, c Counts, own int64) (int64, error) {
	if l.Type != 0 || l.External != "" || l.Number != "" || directory.Fold(l.Search) != "" {
		return r.ProjectTotal(ctx, l.ProjectList)
	}
	inUse, archived := c.InUse, c.Archived
	if l.mine {
		inUse, archived = c.Mine, own-c.Mine
	}
	switch l.State {
	case store.ProjectsInUse:
		return inUse, nil
	case store.ProjectsArchived:
		return archived, nil
	}
	return inUse + archived, nil
}

func typeNamed(types []directory.ProjectType, id string) (directory.ProjectTypeID, error) {
	if id == "" {
		return 0, nil
	}
	i := slices.IndexFunc(types, func(t directory.ProjectType) bool { return t.UUID == id })
	if i < 0 {
		return 0, directory.InvalidField("type", "field.unknown_choice", directory.Args{"Value": directory.Short(id, directory.Quoted)})
	}
	return types[i].ID, nil
}

func typeName(types []directory.ProjectType, id directory.ProjectTypeID) string {
	if i := slices.IndexFunc(types, func(t directory.ProjectType) bool { return t.ID == id }); i >= 0 && id != 0 {
		return types[i].Name
	}
	return ""
}

// A listCursor is where a page of a sorted list begins or ends (LIST-6).
type listCursor[K ~int64] struct {
	store.Standing[K]
	Sort       string `json:",omitempty"`
	Descending bool   `json:",omitempty"`
	Position   int64  // in the list, from 1
}

// A projectList is what the database is asked for.
type projectList struct {
	store.ProjectList
	mine bool
}

// list is the query as the database is asked; of one row more than a page has.
func (q Query) list() (projectList, listCursor[directory.UnitID], error) {
	sorts := []string{"", store.ProjectsByName, store.ProjectsByNumber, store.ProjectsByMembers, store.ProjectsByStart}
	l := projectList{store.ProjectList{Search: directory.Sought(q.Search), External: q.External, Number: q.Number, Sort: q.Sort, Descending: q.Descending,
		Back: q.Before != "", Size: sized(q.Size) + 1}, q.Mine}
	switch {
	case q.Whatever:
		l.State = store.ProjectsOfAnyState
	case q.Archived:
		l.State = store.ProjectsArchived
	}
	at, err := cursorOf[directory.UnitID](q.After+q.Before, q.Sort, q.Descending, sorts)
	if q.After+q.Before != "" {
		l.From = &at.Standing
	}
	return l, at, err
}

func (l projectList) to(p store.ProjectPlace, position int64) string {
	return gate.CursorText(listCursor[directory.UnitID]{p, l.Sort, l.Descending, position})
}

// sized is how many rows a page has that was asked for with so many.
func sized(n int) int {
	if n <= 0 {
		return PerPage
	}
	return min(n, mostPerPage)
}

// cursorOf reads a cursor of a list that is sorted so. It refuses with
// field.unknown_choice another sort than these, and with list.bad_cursor.
func cursorOf[K ~int64](text, sort string, descending bool, sorts []string) (listCursor[K], error) {
	var c listCursor[K]
	if !slices.Contains(sorts, sort) {
		return c, directory.InvalidField("sort", "field.unknown_choice", directory.Args{"Value": directory.Short(sort, directory.Quoted)})
	}
	if text == "" {
		return c, nil
	}
	if err := gate.ReadCursor(text, &c); err != nil {
		return listCursor[K]{}, err
	}
	if c.Sort != sort || c.Descending != descending || c.Position < 0 || c.Key < 0 || strings.ContainsRune(c.Name+c.Text, 0) {
		return listCursor[K]{}, gate.BadCursor()
	}
	return c, nil
}
