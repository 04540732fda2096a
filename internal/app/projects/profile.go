package projects

import (
	"context"
	"maps"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Profile is one member of a project as the panel beside the table shows them, with
// a page of the table that begins with them.
type Profile struct {
	Member
	Page     MemberPage
	Choices  Choices // what the place can be changed to; empty where it cannot
	Found    bool    // whether the query finds them
	Position int64   // in the list, from 1; 0: it does not
	Previous string  // public id of who stands before in the list, or empty
	Next     string
}

// Profile shows a member of a project and where they stand in a view of the table. It
// refuses with project.not_found, whoever may not manage members there with
// denied.permission (LIST-8), with place.not_found who is not in the project, and as
// Members does.
func (s *Projects) Profile(ctx context.Context, actor authz.Actor, at At, member string, q MemberQuery) (Profile, error) {
	var p Profile
	err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
		if err := gate.Require(v.rights, authz.ManageMembers, v.project.ID); err != nil {
			return err
		}
		key, err := placed(ctx, r, v, member)
		if err != nil {
			return err
		}
		l, err := s.rolled(ctx, r, v, q)
		if err != nil {
			return err
		}
		if p.Page.Project, err = s.shown(ctx, r, &v); err != nil {
			return err
		}
		if p.Page.Project.May.ManageMembers {
			if err := s.choices(ctx, r, v, &p.Choices); err != nil {
				return err
			}
		}
		return l.around(ctx, &p, key)
	})
	return p, err
}

// placed is the key of a member who has a place in the project. It refuses with
// place.not_found whoever has none, in the account or not.
func placed(ctx context.Context, r *store.Reader, v viewed, member string) (directory.MemberID, error) {
	found, err := r.MemberKeysByUUID(ctx, v.account.ID, []string{member})
	if err != nil {
		return 0, err
	}
	key := found[member]
	places, err := r.PlacesIn(ctx, v.project.ID, []directory.MemberID{key})
	if _, is := places[key]; err == nil && !is {
		err = directory.Refuse(directory.NotFound, "place.not_found")
	}
	return key, err
}

// around reads a page that begins with a member, and who stands beside them; of who
// is not in the list, the page of the query.
func (o *roll) around(ctx context.Context, p *Profile, member directory.MemberID) error {
	alone := o.l
	alone.Keys, alone.From, alone.Back = []directory.MemberID{member}, nil, false
	found, err := o.r.ProjectMemberPage(ctx, alone)
	if err != nil {
		return err
	}
	if p.Found = len(found) > 0; !p.Found {
		if p.Member, err = o.one(ctx, member); err != nil {
			return err
		}
		return o.page(ctx, &p.Page)
	}
	rows, err := o.s.rows(ctx, o.r, o.v, found)
	if err != nil {
		return err
	}
	p.Member = rows[0]
	before, err := o.r.ProjectMembersBefore(ctx, o.l, found[0].Standing)
	if err != nil {
		return err
	}
	p.Position = before + 1
	turn := gate.Turn{Size: o.l.Size - 1, Position: before}
	if before > 0 {
		turn.After = p.Member.Member.UUID // there is a page before
	}
	o.l.From, o.l.Back, o.l.Size = &found[0].Standing, false, o.l.Size-1
	if err := o.turned(ctx, &p.Page, turn, found[0]); err != nil {
		return err
	}
	return o.neighbours(ctx, p, found[0].Standing)
}

// one is a member of the project whom the list does not find.
func (o *roll) one(ctx context.Context, member directory.MemberID) (Member, error) {
	everybody, err := roster.EverybodyIn(ctx, o.r, o.v.rights, o.v.project)
	if err != nil {
		return Member{}, err
	}
	everybody.Keys, everybody.Size = []directory.MemberID{member}, 1
	found, err := o.r.ProjectMemberPage(ctx, everybody)
	if err != nil {
		return Member{}, err
	}
	rows, err := o.s.rows(ctx, o.r, o.v, found)
	if err != nil || len(rows) == 0 {
		return Member{}, err
	}
	return rows[0], nil
}

// neighbours are who stands before and after a place in the list.
func (o *roll) neighbours(ctx context.Context, p *Profile, at store.ProjectMemberPlace) error {
	for back, id := range map[bool]*string{true: &p.Previous, false: &p.Next} {
		ask := o.l
		ask.From, ask.Back, ask.Size = &at, back, 1
		found, err := o.r.ProjectMemberPage(ctx, ask)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			*id = found[0].Member.UUID
		}
	}
	return nil
}

// A Chosen is whose places an act on many would be about, and what they can be changed
// to.
type Chosen struct {
	Choices Choices
	Count   int64
	First   []Member // at most a few, by name
}

// shownChosen is how many members of a selection are named before an act.
const shownChosen = 8

// Selected reads whose places a selection means, for the page that confirms an act. It
// refuses as Choices does, and with selection.empty.
func (s *Projects) Selected(ctx context.Context, actor authz.Actor, at At, who Selection) (Chosen, error) {
	var c Chosen
	err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
		if err := gate.Require(v.rights, authz.ManageMembers, v.project.ID); err != nil {
			return err
		}
		if roster.ArchivedAt(v.rights.Tree(), v.project.ID) != nil {
			return archived(v.project)
		}
		l, err := s.chosen(ctx, r, v, who)
		if err != nil {
			return err
		}
		if c.Count, err = r.ProjectMemberTotal(ctx, l); err != nil {
			return err
		}
		if c.Count == 0 {
			return directory.Refuse(directory.Invalid, "selection.empty")
		}
		l.Size = shownChosen
		found, err := r.ProjectMemberPage(ctx, l)
		if err != nil {
			return err
		}
		if c.First, err = s.rows(ctx, r, v, found); err != nil {
			return err
		}
		return s.choices(ctx, r, v, &c.Choices)
	})
	return c, err
}

// chosen is a selection as a list. It refuses with selection.empty.
func (s *Projects) chosen(ctx context.Context, r *store.Reader, v viewed, who Selection) (store.ProjectMemberList, error) {
	if who.All != nil {
		return s.members(ctx, r, v, *who.All)
	}
	found, err := r.MemberKeysByUUID(ctx, v.account.ID, who.Members)
	if err == nil && len(found) == 0 {
		err = directory.Refuse(directory.Invalid, "selection.empty")
	}
	if err != nil {
		return store.ProjectMemberList{}, err
	}
	l, err := roster.EverybodyIn(ctx, r, v.rights, v.project)
	l.Keys = slices.Sorted(maps.Values(found))
	return l, err
}

// A Use is a product in a project and how many members have access to it.
type Use struct {
	Product catalogue.Product
	Members int64
}

// A Usage is a project with its products that are switched on.
type Usage struct {
	Project Shown
	Uses    []Use
}

// Usage says how many members have access to each product of a project (PROJ-4). It
// refuses with project.not_found.
func (s *Projects) Usage(ctx context.Context, actor authz.Actor, at At) (Usage, error) {
	var u Usage
	err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) (err error) {
		if u.Project, err = s.shown(ctx, r, &v); err != nil {
			return err
		}
		for _, product := range u.Project.Switched {
			l, err := s.members(ctx, r, v, MemberQuery{Product: product.ID})
			if err != nil {
				return err
			}
			n, err := r.ProjectMemberTotal(ctx, l)
			if err != nil {
				return err
			}
			u.Uses = append(u.Uses, Use{product, n})
		}
		return nil
	})
	return u, err
}
