package roster

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Gift is a role that an act newly gives somebody at a unit: what ROLE-6 asks
// the actor for. What somebody holds already and an act leaves them is none.
//
// Giving and taking back a grant, adding and editing members, inviting, letting
// in, setting somebody's sign-in, naming a level in a function and making a token
// all say what they give as gifts, and ask here.
type Gift struct {
	Role  directory.Role
	Unit  directory.UnitID
	Field string // of the form, or empty
}

// Refusal refuses with role.not_held a gift of more than the rights hold at its
// unit.
func (g Gift) Refusal(rights authz.Rights, lang string) *directory.Error {
	if rights.MayGive(g.Role.ID, g.Unit) {
		return nil
	}
	return &directory.Error{Kind: directory.Denied, Code: "role.not_held", Field: g.Field, Args: directory.Args{"Role": g.Role.Name(lang)}}
}

// FirstNotHeld refuses the first gift that somebody with these rights may not give
// (ROLE-6).
func FirstNotHeld(rights authz.Rights, gifts []Gift, lang string) *directory.Error {
	for _, g := range gifts {
		if refusal := g.Refusal(rights, lang); refusal != nil {
			return refusal
		}
	}
	return nil
}

// Gifts are holdings as if all of them were given now.
func Gifts(t *authz.Tree, held []authz.Held) []Gift {
	var all []Gift
	for _, h := range held {
		if role, known := t.Role(h.Role); known {
			all = append(all, Gift{Role: role, Unit: h.Unit})
		}
	}
	return all
}

// A handing is what an act does with the place that somebody has already.
type handing int

const (
	// Opens is inviting, reactivating, letting in: what they hold begins to count.
	Opens handing = iota
	// Takes is setting the address or password: whoever does it could act as them.
	Takes
)

// given lists what such an act gives. What places in projects give is their
// administrators' gift, and counts only where somebody could act as the person.
//
// Of what the person holds, the role at the account that the account type requires is
// not given by whoever manages a group and can give nothing there: it is somebody
// else's gift, as long as whoever gave it may give it still (ROLE-3). Taking over is narrower: only the role that is
// proposed for everybody lends nothing.
func (a *Acting) given(m directory.Member, how handing) ([]Gift, error) {
	tree := a.Rights.Tree()
	grants, err := a.grants(m.ID)
	if err != nil || tree == nil {
		return nil, err
	}
	var all []Gift
	for _, g := range grants {
		others, err := a.othersGift(g, how)
		if err != nil {
			return nil, err
		}
		if role, known := tree.Role(g.Role); known && !others {
			all = append(all, Gift{Role: role, Unit: g.Unit})
		}
	}
	if how == Takes {
		placed, err := a.placed(m.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, Gifts(tree, placed)...)
	}
	for _, id := range RolesOf(m) {
		if role, known := tree.Role(id); known {
			all = append(all, Gift{Role: role, Unit: a.Account.Root})
		}
	}
	return all, nil
}

func (a *Acting) othersGift(g directory.Grant, how handing) (bool, error) {
	role, known := a.Rights.Tree().Role(g.Role)
	switch {
	case !known || g.Unit != a.Account.Root || !a.generalRequired:
		return false, nil
	case role.Proposed:
		return true, nil
	case how == Takes || g.By == a.Actor.User:
		return false, nil
	}
	rights, err := a.mayStill(g.By)
	return rights.MayGive(g.Role, g.Unit), err
}

// MayHand refuses with role.not_held when an act gives what the actor does not
// hold (ROLE-6).
func (a *Acting) MayHand(m directory.Member, how handing) error {
	all, err := a.given(m, how)
	if err != nil {
		return err
	}
	if refusal := FirstNotHeld(a.Rights, all, a.Account.Language); refusal != nil {
		return refusal
	}
	return nil
}

// giversNow reads what those who gave something may give now, each once.
func (w *Writer) giversNow(ctx context.Context, r *store.Reader, p *gate.Plan) func(by directory.UserID) (authz.Rights, error) {
	known := map[directory.UserID]authz.Rights{}
	return func(by directory.UserID) (authz.Rights, error) {
		if rights, read := known[by]; read {
			return rights, nil
		}
		rights, err := w.rightsOfGiver(ctx, r, p.Account, by, p.Now)
		if err == nil {
			known[by] = rights
		}
		return rights, err
	}
}

// Hands prepares an act on places that people have already.
func (w *Writer) Hands(ctx context.Context, r *store.Reader, ro *Roster, keys []directory.MemberID) *Acting {
	kind, _ := w.gate.Catalogue().AccountType(ro.Account.Type)
	return &Acting{Roster: ro, writer: w, grants: grantsOnce(ctx, r, keys), placed: func(m directory.MemberID) ([]authz.Held, error) { return r.HeldInProjects(ctx, m) }, mayStill: w.giversNow(ctx, r, ro.Plan),
		generalRequired: kind.GeneralRoleRequired}
}
