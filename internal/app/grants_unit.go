package app

import (
	"context"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// HoldersPerPage is how many grants AtUnit answers at once, of each list.
const HoldersPerPage = 50

// UnitHolders is who holds roles at a unit: given there, and from above.
type UnitHolders struct {
	Unit   directory.Unit
	Level  string // of the catalogue, authz.RootLevel for the root
	Path   []directory.Unit
	Direct []GrantHolder
	Given  int64 // how many there are in all
	Above  []GrantHolder
	Flows  int64            // how many flow down in all, of people in the reader's sight
	Roles  []directory.Role // what the reader may give there
	Edits  bool             // the reader may give and take back roles there
}

// A GrantHolder is one person with one role.
type GrantHolder struct {
	Member directory.Member
	Name   string
	Email  string
	Grant  HeldGrant
}

// A HolderPage says which part of the two lists is meant.
type HolderPage struct{ Direct, Above int } // how many are skipped

// AtUnit shows who holds what at a unit: what was given there, and what flows
// down to it from above, of people in the reader's sight. Both lists are cut and
// say how many there are (LIST-9). It refuses with unit.not_found what is out of
// sight.
func (s *Grants) AtUnit(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, page HolderPage) (UnitHolders, error) {
	var shown UnitHolders
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		b, err := s.grantBook(ctx, r, rights, account)
		if err != nil {
			return err
		}
		u, found := roster.UnitNamed(b.Tree, unit)
		if !found || !roster.SeesPeopleAt(rights, u.ID) {
			return directory.Refuse(directory.NotFound, "unit.not_found")
		}
		shown = UnitHolders{Unit: u, Level: b.Tree.Level(u.ID), Path: roster.PathBelowRoot(b.Tree, u.ID), Edits: rights.May(authz.ManageMembers, u.ID)}
		for _, role := range b.Tree.Roles() {
			if role.Kind == directory.RightsRole && role.Archived.IsZero() && b.MayGive(role, u.ID, "") == nil {
				shown.Roles = append(shown.Roles, role)
			}
		}
		return b.holders(ctx, r, &shown, page)
	})
	return shown, err
}

func (b *grantBook) holders(ctx context.Context, r *store.Reader, shown *UnitHolders, page HolderPage) error {
	path := b.Tree.Path(shown.Unit.ID)
	direct, given, err := r.GrantsAt(ctx, store.GrantsAt{Account: b.Account.ID, Units: path[len(path)-1:], Scope: b.rights.Everybody(),
		Skip: max(page.Direct, 0), Limit: HoldersPerPage})
	if err != nil {
		return err
	}
	flowing, flows, err := r.GrantsAt(ctx, store.GrantsAt{Account: b.Account.ID, Units: path[:len(path)-1], Scope: b.rights.Scope(authz.ViewMembers),
		Skip: max(page.Above, 0), Limit: HoldersPerPage})
	if err != nil {
		return err
	}
	shown.Given, shown.Flows = given, flows
	people, err := b.people(ctx, r, direct, flowing)
	if err != nil {
		return err
	}
	shown.Direct, shown.Above = people.holders(direct), people.holders(flowing)
	return nil
}

// The people of a list of grants, with all that they hold.
type grantPeople struct {
	*grantBook
	members map[directory.MemberID]directory.Member
	users   map[directory.UserID]directory.User
	held    map[directory.MemberID][]directory.Grant
}

func (b *grantBook) people(ctx context.Context, r *store.Reader, lists ...[]directory.Grant) (grantPeople, error) {
	p := grantPeople{grantBook: b, members: map[directory.MemberID]directory.Member{}}
	var keys []directory.MemberID
	var users []directory.UserID
	for _, list := range lists {
		for _, g := range list {
			keys, users = append(keys, g.Member), append(users, g.By)
		}
	}
	keys = roster.Distinct(keys)
	members, err := r.Members(ctx, b.Account.ID, keys)
	if err != nil {
		return p, err
	}
	for _, m := range members {
		p.members[m.ID] = m
		users = append(users, m.User)
	}
	if p.users, err = r.Users(ctx, roster.Distinct(users)); err != nil {
		return p, err
	}
	p.held, err = r.GrantsOfAll(ctx, keys)
	return p, err
}

func (p grantPeople) holders(grants []directory.Grant) []GrantHolder {
	list := make([]GrantHolder, len(grants))
	for i, g := range grants {
		m := p.members[g.Member]
		u := p.users[m.User]
		held := HeldGrant{Effect: roster.EffectOf(p.Tree, roster.HeldBy(p.Tree, m, p.held[m.ID]), g.Role, g.Unit), From: g.From, By: roster.PersonFrom(p.users, g.By)}
		held.Refusal = roster.MayEnd(p.rights, held.Role, g.Unit, "")
		held.MayEnd = held.Refusal == nil
		list[i] = GrantHolder{Member: m, Name: roster.NameOf(u, m), Email: u.Email, Grant: held}
	}
	return list
}
