package past

import (
	"context"
	"slices"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Unit is one unit on one day: where it stood, and who held what there.
type Unit struct {
	Day      directory.Day
	Account  directory.Account
	Unit     directory.Unit
	Path     []directory.Unit // above it, from the root
	Children []directory.Unit
	Project  *directory.Project // of a project what was written down about it; nil: none
	Type     string             // of the project, as it is called today; empty: none, or not told
	Holders  []Holder
	Next     string // empty at the end
}

// A Holder is a role that somebody held at a unit or above it, and what it gave there.
type Holder struct {
	Member    Member
	InSight   bool   // the person's own page is open to the reader
	Bar       string // why nothing that they held counted, as an Explanation says it; or empty
	Role      directory.Role
	At        directory.Unit // where it was held
	Inherited bool
	Grant     directory.GrantID
	From      time.Time
	By        roster.Person
	Gave      []authz.Permission // at the unit, to who was active
}

// A UnitQuery asks for a unit on a day, by public id; empty is the root.
type UnitQuery struct {
	Day   directory.Day
	Unit  string
	After string
	Size  int
}

// Unit answers a unit as it was at the end of a day, with who held roles there and
// above it, nearest first: at units of which the actor reads the history all, above
// those the people of the actor's part. It refuses as State does, and with
// unit.not_found for what was not there then or is out of sight.
func (s *Past) Unit(ctx context.Context, actor authz.Actor, account directory.AccountID, q UnitQuery) (Unit, error) {
	var u Unit
	err := s.at(ctx, actor, account, q.Day, func(l *look) error {
		unit, err := l.unitNamed(q.Unit)
		if err != nil {
			return err
		}
		u = Unit{Day: q.Day, Account: l.account, Unit: unit}
		for _, id := range l.tree.Path(unit.ID) {
			if above, _ := l.tree.Unit(id); id != unit.ID {
				u.Path = append(u.Path, above)
			}
		}
		for _, id := range l.tree.Children(unit.ID) {
			if below, _ := l.tree.Unit(id); l.sees(id) {
				u.Children = append(u.Children, below)
			}
		}
		if project, walled := l.tree.Project(unit.ID); walled && project == unit.ID {
			if u.Project, err = l.project(ctx, unit); err != nil {
				return err
			}
			names, err := l.r.Names(ctx, []int64{int64(u.Project.Type)})
			if err != nil {
				return err
			}
			u.Type = names[int64(u.Project.Type)].Name
		}
		u.Holders, u.Next, err = l.holders(ctx, unit, q.After, gate.Window{Size: q.Size}.Lines())
		return err
	})
	return u, err
}

// project folds back what was written down about a project.
func (l *look) project(ctx context.Context, unit directory.Unit) (*directory.Project, error) {
	p, err := l.r.ProjectByUUID(ctx, l.account.ID, unit.UUID)
	if err != nil {
		return nil, err
	}
	p.Unit, p.Members = unit, 0
	entries, err := l.r.StructureSince(ctx, l.account.ID, l.until, []audit.Kind{audit.ProjectChanged})
	for _, e := range entries {
		if e.Object != int64(unit.ID) {
			continue
		}
		for _, c := range append(slices.Clone(e.Facts), e.Personal...) {
			projectBack(&p, c)
		}
	}
	return &p, err
}

func projectBack(p *directory.Project, c audit.Change) {
	switch c.Field {
	case "number":
		p.Number = c.Before.Text()
	case "project_address":
		p.Address = c.Before.Text()
	case "project_starts":
		p.Starts = dayIn(c.Before.Text())
	case "project_ends":
		p.Ends = dayIn(c.Before.Text())
	case "time_zone":
		p.TimeZone = c.Before.Text()
	case "products":
		p.Products = textsOf(c.Before)
	case "project_type":
		ref, _ := c.Before.Ref()
		p.Type = directory.ProjectTypeID(ref.Key)
	}
}

func dayIn(iso string) directory.Day {
	at, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return directory.Day{}
	}
	return directory.DayOf(at, time.UTC)
}

// holders reads a page of who held roles at a unit and above it. The cursor is how
// many rows were looked at.
func (l *look) holders(ctx context.Context, unit directory.Unit, after string, size int) ([]Holder, string, error) {
	q := store.HoldersThen{Account: l.account.ID, Root: l.tree.Root(), Path: l.tree.Path(unit.ID), Until: l.until, Size: part}
	q.Place, _ = l.tree.Project(unit.ID)
	for _, o := range l.tree.Roles() {
		if o.Kind != directory.RightsRole && len(l.gives(authz.Held{Unit: q.Root, Role: o.ID}, unit.ID)) > 0 {
			q.Roles = append(q.Roles, o.ID)
		}
	}
	if after != "" {
		var err error
		if q.Skip, err = strconv.Atoi(after); err != nil || q.Skip < 0 {
			return nil, "", gate.BadCursor()
		}
	}
	var all []Holder
	for {
		rows, err := l.r.HoldersThen(ctx, q)
		if err != nil {
			return nil, "", err
		}
		found, err := l.shownHolders(ctx, unit, rows)
		if err != nil {
			return nil, "", err
		}
		for i, h := range found {
			if h == nil {
				continue
			}
			if len(all) == size {
				return all, strconv.Itoa(q.Skip + i), nil
			}
			all = append(all, *h)
		}
		if len(rows) < q.Size {
			return all, "", nil
		}
		q.Skip += len(rows)
	}
}

// gives are the permissions that a holding gives at a unit to somebody who is active.
func (l *look) gives(h authz.Held, unit directory.UnitID) []authz.Permission {
	alone := authz.Standing{Account: l.account.ID, State: directory.AccountOpen, Member: 1, Status: directory.Active, Held: []authz.Held{h}}
	return authz.Decide(authz.Actor{Kind: authz.Person}, l.tree, alone, l.now).At(unit)
}

// shownHolders puts names to rows; those out of sight are nil.
func (l *look) shownHolders(ctx context.Context, unit directory.Unit, rows []store.HolderThen) ([]*Holder, error) {
	var keys []directory.MemberID
	var grants []directory.Grant
	for _, h := range rows {
		keys = append(keys, h.Member)
		grants = append(grants, directory.Grant{ID: h.Grant, By: h.By})
	}
	members, err := l.r.Members(ctx, l.account.ID, roster.Distinct(keys))
	if err != nil {
		return nil, err
	}
	people, err := l.foldBack(ctx, members)
	if err != nil {
		return nil, err
	}
	shown, err := l.show(ctx, people)
	if err != nil {
		return nil, err
	}
	by, err := l.givers(ctx, grants)
	if err != nil {
		return nil, err
	}
	bars, err := l.bars(ctx, people)
	if err != nil {
		return nil, err
	}
	found := make([]*Holder, len(rows))
	gave := map[authz.Held][]authz.Permission{}
	for i, row := range rows {
		at := slices.IndexFunc(people, func(t then) bool { return t.ID == row.Member })
		if at < 0 || !people[at].there || !l.open(row.Unit) {
			continue
		}
		home := l.scope.Sees(people[at].Unit)
		if !home && !l.scope.Sees(row.Unit) {
			continue
		}
		h := &Holder{Member: shown[at], InSight: home, Bar: bars[at], Inherited: row.Unit != unit.ID, Grant: row.Grant, From: row.From}
		h.Role, _ = l.tree.Role(row.Role)
		h.At, _ = l.tree.Unit(row.Unit)
		if row.Grant != 0 {
			h.By = by[row.Grant]
		}
		key := authz.Held{Unit: row.Unit, Role: row.Role}
		if _, known := gave[key]; !known {
			gave[key] = l.gives(key, unit.ID)
		}
		if h.Gave = gave[key]; h.Inherited && len(h.Gave) == 0 {
			continue // it stops above, at the wall of a project or by its levels
		}
		found[i] = h
	}
	return found, nil
}

// bars are why what people held counted for nothing.
func (l *look) bars(ctx context.Context, people []then) ([]string, error) {
	standings, err := l.standings(ctx, people)
	if err != nil {
		return nil, err
	}
	bars := make([]string, len(people))
	for i, s := range standings {
		bars[i] = authz.Decide(authz.Actor{Kind: authz.Person, User: s.User}, l.tree, s, l.now).Bar()
	}
	return bars, nil
}
