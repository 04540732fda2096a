package decision

import (
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A PastHolder is somebody on a past day, as TreeThen and WhyThen explain what they
// might do: by the decision and the explanation of today, over the tree and the rights
// of that day (ROLE-9).
type PastHolder struct {
	Account directory.Account
	Tree    *authz.Tree
	Holder  Holder
	Rights  authz.Rights
	By      map[directory.GrantID]roster.Person
	Sees    func(unit directory.UnitID) bool // the units in the reader's sight
}

func (s *Reasons) explainingThen(p PastHolder, unit string) *explaining {
	e := &explaining{core: s.core, tree: p.Tree, account: p.Account, holder: p.Holder, of: p.Rights, seen: p.Sees}
	e.holder.Bar = p.Rights.Bar()
	var within directory.UnitID
	if id, found := p.Tree.UnitByUUID(unit); found && p.Sees(id) {
		within, _ = p.Tree.Project(id)
	}
	e.hold(within, func(grant directory.GrantID) roster.Person { return p.By[grant] })
	return e
}

// TreeThen is Tree of a past day. Nothing can be given there.
func TreeThen(s *Reasons, p PastHolder) RightsTree {
	e := s.explainingThen(p, "")
	t := RightsTree{Holder: e.holder, Held: e.held, Units: e.units()}
	for _, u := range t.Units {
		if e.of.May(authz.ManageMembers, u.ID) {
			t.Managed++
		}
	}
	return t
}

// WhyThen is Why of a past day, without who could give what was missing: nobody can.
// It refuses as Why does.
func WhyThen(s *Reasons, p PastHolder, q WhyQuery) (Why, error) {
	e := s.explainingThen(p, q.Unit)
	w := Why{Holder: e.holder, Account: p.Account, Units: e.units(), Permissions: s.gate.Catalogue().Permissions}
	return w, e.lay(&w, q)
}
