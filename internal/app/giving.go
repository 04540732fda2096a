package app

import (
	"context"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A gift is a role that an act newly gives somebody at a unit: what ROLE-6 asks
// the actor for. What somebody holds already and an act leaves them is none.
//
// Giving and taking back a grant, adding and editing members, inviting, letting
// in, setting somebody's sign-in, naming a level in a function and making a token
// all say what they give as gifts, and ask here.
type gift struct {
	role  directory.Role
	unit  directory.UnitID
	field string // of the form, or empty
}

// refusal refuses with role.not_held a gift of more than the rights hold at its
// unit.
func (g gift) refusal(rights authz.Rights, lang string) *directory.Error {
	if rights.MayGive(g.role.ID, g.unit) {
		return nil
	}
	return &directory.Error{Kind: directory.Denied, Code: "role.not_held", Field: g.field, Args: directory.Args{"Role": g.role.Name(lang)}}
}

// firstNotHeld refuses the first gift that somebody with these rights may not give
// (ROLE-6).
func firstNotHeld(rights authz.Rights, gifts []gift, lang string) *directory.Error {
	for _, g := range gifts {
		if refusal := g.refusal(rights, lang); refusal != nil {
			return refusal
		}
	}
	return nil
}

// gifts are holdings as if all of them were given now.
func gifts(t *authz.Tree, held []authz.Held) []gift {
	var all []gift
	for _, h := range held {
		if role, known := t.Role(h.Role); known {
			all = append(all, gift{role: role, unit: h.Unit})
		}
	}
	return all
}

// A handing is what an act does with the place that somebody has already.
type handing int

const (
	// opens is inviting, reactivating, letting in: what they hold begins to count.
	opens handing = iota
	// takes is setting the address or password: whoever does it could act as them.
	takes
)

// given lists what such an act gives. Of what the person holds, the role at the
// account that the account type requires is not given by whoever manages a group
// and can give nothing there: it is somebody else's gift, as long as whoever gave
// it may give it still (ROLE-3). Taking over is narrower: only the role that is
// proposed for everybody lends nothing.
func (a *acting) given(m directory.Member, how handing) ([]gift, error) {
	tree := a.Rights.Tree()
	grants, err := a.grants(m.ID)
	if err != nil || tree == nil {
		return nil, err
	}
	var all []gift
	for _, g := range grants {
		others, err := a.othersGift(g, how)
		if err != nil {
			return nil, err
		}
		if role, known := tree.Role(g.Role); known && !others {
			all = append(all, gift{role: role, unit: g.Unit})
		}
	}
	for _, id := range rolesOf(m) {
		if role, known := tree.Role(id); known {
			all = append(all, gift{role: role, unit: a.account.Root})
		}
	}
	return all, nil
}

func (a *acting) othersGift(g directory.Grant, how handing) (bool, error) {
	role, known := a.Rights.Tree().Role(g.Role)
	switch {
	case !known || g.Unit != a.account.Root || !a.generalRequired:
		return false, nil
	case role.Proposed:
		return true, nil
	case how == takes || g.By == a.Actor.User:
		return false, nil
	}
	rights, err := a.mayStill(g.By)
	return rights.MayGive(g.Role, g.Unit), err
}

// mayHand refuses with role.not_held when an act gives what the actor does not
// hold (ROLE-6).
func (a *acting) mayHand(m directory.Member, how handing) error {
	all, err := a.given(m, how)
	if err != nil {
		return err
	}
	if refusal := firstNotHeld(a.Rights, all, a.account.Language); refusal != nil {
		return refusal
	}
	return nil
}

// giversNow reads what those who gave something may give now, each once.
func (c *core) giversNow(ctx context.Context, r *store.Reader, p *Plan) func(by directory.UserID) (authz.Rights, error) {
	known := map[directory.UserID]authz.Rights{}
	return func(by directory.UserID) (authz.Rights, error) {
		if rights, read := known[by]; read {
			return rights, nil
		}
		rights, err := c.rightsOfGiver(ctx, r, p.Account, by, p.Now)
		if err == nil {
			known[by] = rights
		}
		return rights, err
	}
}

// hands prepares an act on places that people have already.
func (c *core) hands(ctx context.Context, r *store.Reader, ro *roster, keys []directory.MemberID) *acting {
	kind, _ := c.catalogue().AccountType(ro.account.Type)
	return &acting{roster: ro, grants: grantsOnce(ctx, r, keys), mayStill: c.giversNow(ctx, r, ro.plan), generalRequired: kind.GeneralRoleRequired}
}
