package past

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Query chooses members of an account as it was at the end of a day. Search finds
// people by what they are found by today.
type Query struct {
	Day      directory.Day
	Search   string
	Units    []string           // public ids of units, each with all below it on that day
	Statuses []directory.Status // any of them; none: whatever
	After    string             // the cursor at which the page goes on
	Size     int
}

// A Page is a part of the members of a day.
type Page struct {
	Day     directory.Day
	Members []Member
	Next    string           // empty at the end
	Units   []directory.Unit // that may be filtered by, parents first
}

// placeInList is the cursor of lists of a past day.
type placeInList struct {
	Name string
	Key  directory.MemberID
}

func readPlace(cursor string) (*store.MemberPlace, error) {
	if cursor == "" {
		return nil, nil
	}
	var p placeInList
	if err := gate.ReadCursor(cursor, &p); err != nil {
		return nil, err
	}
	return &store.MemberPlace{Name: p.Name, Key: p.Key}, nil
}

// part is how many of today's rows are folded back at once.
const part = 500

// State answers who was in an account at the end of a day, by name: those whose home
// unit then is one of which the actor reads the history. Ids of units that were not
// there, or are out of sight, find nobody.
//
// It refuses with denied.permission who reads no history; with past.not_yet and
// past.before_account; with list.bad_cursor.
func (s *Past) State(ctx context.Context, actor authz.Actor, account directory.AccountID, q Query) (Page, error) {
	page := Page{Day: q.Day}
	size := gate.Window{Size: q.Size}.Lines()
	err := s.at(ctx, actor, account, q.Day, func(l *look) error {
		page.Members, page.Next = nil, ""
		page.Units = l.units()
		after, err := readPlace(q.After)
		if err != nil {
			return err
		}
		found, places, err := l.list(ctx, q, after, size+1)
		if err != nil {
			return err
		}
		if len(found) > size {
			found = found[:size]
			page.Next = gate.CursorText(placeInList{places[size-1].Name, places[size-1].Key})
		}
		if err := l.hold(ctx, found); err != nil {
			return err
		}
		page.Members, err = l.show(ctx, found)
		return err
	})
	if err == nil {
		err = s.readingOn(ctx, actor, account, q.After)
	}
	return page, err
}

// units are the units of the day in sight and in use, parents first, without projects.
func (l *look) units() []directory.Unit {
	return slices.DeleteFunc(l.tree.Units(), func(u directory.Unit) bool {
		_, walled := l.tree.Project(u.ID)
		return walled || !l.tree.Live(u.ID) || !l.scope.Sees(u.ID)
	})
}

// homes are the home units that a query asks for, none: all.
func (l *look) homes(uuids []string) ([]directory.UnitID, bool) {
	if len(uuids) == 0 {
		return l.scope.Units(), !l.scope.All()
	}
	var homes []directory.UnitID
	for _, uuid := range uuids {
		if id, found := l.tree.UnitByUUID(uuid); found {
			homes = append(homes, l.tree.Below(id)...)
		}
	}
	slices.Sort(homes)
	return slices.DeleteFunc(slices.Compact(homes), func(u directory.UnitID) bool { return !l.scope.Sees(u) }), true
}

// list walks through today's rows, the removed ones too, and folds them back until it
// has so many who were there and are asked for.
func (l *look) list(ctx context.Context, q Query, after *store.MemberPlace, size int) ([]then, []store.MemberPlace, error) {
	homes, some := l.homes(q.Units)
	if some && len(homes) == 0 {
		return nil, nil, nil
	}
	t := store.Those{Account: l.account.ID, Search: q.Search, Homes: homes, AtHomes: some, Since: l.until, Kinds: placeKinds(),
		Field: "unit", Whole: []audit.Kind{audit.MemberReturned}, After: after, Size: part}
	if !some && q.Search == "" && len(q.Statuses) == 0 {
		t.Size = size + 20 // hardly anybody is left out
	}
	var found []then
	var at []store.MemberPlace
	for {
		members, places, err := l.r.MembersEver(ctx, t)
		if err != nil {
			return nil, nil, err
		}
		people, err := l.foldBack(ctx, members)
		if err != nil {
			return nil, nil, err
		}
		for i, p := range people {
			if p.there && l.asked(p, q, homes, some) {
				found, at = append(found, p), append(at, places[i])
			}
			if len(found) == size {
				return found, at, nil
			}
		}
		if len(members) < t.Size {
			return found, at, nil
		}
		t.After, t.Size = &places[len(places)-1], part
	}
}

func (l *look) asked(t then, q Query, homes []directory.UnitID, some bool) bool {
	if some {
		if _, at := slices.BinarySearch(homes, t.Unit); !at {
			return false
		}
	}
	return len(q.Statuses) == 0 || slices.Contains(q.Statuses, t.Status)
}
