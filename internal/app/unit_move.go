package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"intendant/internal/app/contracts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A UnitGoal is a unit that another could be hung under, with the way to it.
type UnitGoal struct {
	directory.Unit
	Path []directory.Unit
}

// A UnitGoals is where a unit may go.
type UnitGoals struct {
	ListedUnit
	Account directory.Account
	Kind    catalogue.AccountType
	Path    []directory.Unit
	Goals   []UnitGoal
	Total   int // more than Goals when there are many: search
}

// Moves lists the units that a unit can be moved under by the actor, those whose
// name has the words sought (UNIT-1, UNIT-4). It refuses with unit.not_found,
// and without units.manage where the unit hangs now.
func (s *Units) Moves(ctx context.Context, actor authz.Actor, account directory.AccountID, unit, search string) (UnitGoals, error) {
	var goals UnitGoals
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := requireUnits(rights); err != nil {
			return err
		}
		g, err := s.grove(ctx, r, rights, account)
		if err != nil {
			return err
		}
		i, err := g.named(unit)
		if err != nil {
			return err
		}
		if err := mayLeave(rights, g.units[i]); err != nil {
			return err
		}
		goals = UnitGoals{ListedUnit: g.listed(i), Account: g.account, Kind: g.kind, Path: g.path(i)}
		words := directory.Fold(search)
		for to, u := range g.units {
			if !g.takes(to, i) || !strings.Contains(directory.Fold(u.Name), words) {
				continue
			}
			goals.Total++
			if len(goals.Goals) < foundUnits {
				goals.Goals = append(goals.Goals, UnitGoal{Unit: u, Path: g.path(to)})
			}
		}
		return nil
	})
	return goals, err
}

// takes reports whether a unit can be hung under another by the reader.
func (g *grove) takes(under, i int) bool {
	u := g.units[i]
	return under != g.parent[i] && g.live[under] && g.kind.MayStandUnder(u.Level, g.tree.Level(g.units[under].ID)) &&
		!g.tree.Covers(u.ID, g.units[under].ID) && g.rights.May(authz.ManageUnits, g.units[under].ID)
}

// mayLeave refuses to move the root, and without units.manage at the unit above.
func mayLeave(rights authz.Rights, u directory.Unit) error {
	if u.Parent == 0 {
		return roster.UnitRoot(u)
	}
	return gate.Require(rights, authz.ManageUnits, u.Parent)
}

// A UnitMove is where a unit is to go.
type UnitMove struct {
	To        string // public id of the unit to hang it under
	Version   int64  // of the unit, as it was seen (PLAN-4)
	Confirmed string // the seal of the preview that was confirmed; empty: none was asked for
}

// A MovedPerson is somebody whose rights change when a unit is moved.
type MovedPerson struct {
	roster.ListedMember
	authz.Shift
}

// A MovePreview is what moving a unit brings (UNIT-4).
type MovePreview struct {
	ListedUnit
	Account  directory.Account
	Kind     catalogue.AccountType
	From, To []directory.Unit // the ways from the root to the unit above, before and after
	Changed  int              // people whose rights change, exactly
	Gaining  int              // of these, who gain something
	Losing   int              // who lose something
	People   []MovedPerson    // the first of them in the reader's sight, those who gain most first
	Contract MovedContract
	Refusal  *directory.Error // why the actor may not move it there
	Seal     string           // stands for exactly this preview (PLAN-4)
}

// A MovedContract is what moving a unit means for contracts (SEAT-7, SEAT-8): who is
// nothing any more for one above it, and who sees what the moved units hold.
type MovedContract struct {
	Ended         []EndedPart // of people in the reader's sight
	Ending        int         // parts that end, exactly
	Subscriptions int         // held by the moved units
	Gaining       int         // people who see these, and the invoices, from then on
	Losing        int         // who see them no more
}

// An EndedPart is what somebody will have been for the contract of a unit. A unit
// that the reader may not know of has no name here.
type EndedPart struct {
	Name string // of the person
	MemberPart
}

// shownMoved is how many people a preview names.
const shownMoved = 100

// MovePreview says whose rights change when a unit is moved, and how: by the
// very function that the tests hold against all decisions. It writes nothing.
// It refuses with unit.not_found, and without units.manage where the unit hangs
// now; whatever else stands against the move is its Refusal.
func (s *Units) MovePreview(ctx context.Context, actor authz.Actor, account directory.AccountID, unit, to string) (MovePreview, error) {
	var preview MovePreview
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := requireUnits(rights); err != nil {
			return err
		}
		g, err := s.grove(ctx, r, rights, account)
		if err != nil {
			return err
		}
		i, err := g.named(unit)
		if err != nil {
			return err
		}
		under, err := g.named(to)
		if err != nil {
			return err
		}
		if err := mayLeave(rights, g.units[i]); err != nil {
			return err
		}
		preview = MovePreview{ListedUnit: g.listed(i), Account: g.account, Kind: g.kind, From: g.path(g.parent[i]), To: g.path(under)}
		m, err := s.moving(ctx, r, rights, g.units[i], g.units[under])
		if err == nil {
			preview.Seal = m.seal()
			if err = s.previewShifts(ctx, r, g, m, &preview); err != nil {
				return err
			}
			if preview.Contract, err = s.previewContracts(ctx, r, g, m); err != nil {
				return err
			}
			err = s.mayMove(ctx, r, gate.Basis{Account: account, Rights: rights}, m)
		}
		preview.Refusal, err = gate.AsRefusal(err)
		return err
	})
	return preview, err
}

// previewShifts counts and names the people whose rights change.
func (c *core) previewShifts(ctx context.Context, r *store.Reader, g *grove, m moving, preview *MovePreview) error {
	preview.Changed = len(m.shifts)
	for _, shift := range m.shifts {
		if len(shift.Gained) > 0 {
			preview.Gaining++
		}
		if len(shift.Lost) > 0 {
			preview.Losing++
		}
	}
	first := m.people()
	first = first[:min(len(first), shownMoved)]
	rows, err := c.listedByKey(ctx, r, g, first)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if m.inSight(g.rights, row.Member) {
			preview.People = append(preview.People, MovedPerson{ListedMember: row, Shift: m.shifts[row.ID]})
		}
	}
	return nil
}

// previewContracts says what a move means for contracts.
func (c *core) previewContracts(ctx context.Context, r *store.Reader, g *grove, m moving) (MovedContract, error) {
	said := MovedContract{Ending: len(m.contracts.Ended), Subscriptions: len(m.contracts.Held),
		Gaining: len(m.contracts.Gaining), Losing: len(m.contracts.Losing)}
	first := m.contracts.Ended[:min(len(m.contracts.Ended), shownMoved)]
	keys := make([]directory.MemberID, len(first))
	for i, f := range first {
		keys[i] = f.Member
	}
	slices.Sort(keys)
	rows, err := c.listedByKey(ctx, r, g, slices.Compact(keys))
	if err != nil {
		return said, err
	}
	for _, f := range first {
		i := slices.IndexFunc(rows, func(row roster.ListedMember) bool { return row.ID == f.Member })
		if i < 0 || !roster.SeesPeopleAt(g.rights, rows[i].Unit) {
			continue
		}
		part := MemberPart{Part: f.Part, Unit: directory.Unit{ID: f.Unit}}
		if roster.KnowsUnit(g.rights, f.Unit) {
			part.Unit, _ = g.tree.Unit(f.Unit)
		}
		said.Ended = append(said.Ended, EndedPart{rows[i].Name(), part})
	}
	return said, nil
}

// moving is a move of one unit while it is planned.
type moving struct {
	unit, to  directory.Unit
	shifts    map[directory.MemberID]authz.Shift // of those whose rights change
	held      map[directory.MemberID][]authz.Held
	contracts contracts.Moved
}

// inSight reports whether the reader may know somebody by their home unit, or by
// a role at a unit whose members the reader sees (UNIT-5).
func (m moving) inSight(rights authz.Rights, who directory.Member) bool {
	return roster.SeesPeopleAt(rights, who.Unit) ||
		slices.ContainsFunc(m.held[who.ID], func(h authz.Held) bool { return roster.SeesPeopleAt(rights, h.Unit) })
}

// moving compares everybody's rights before and after. Only who holds a role on
// one of the two ways and not on both can gain or lose. It refuses with
// unit.under_itself.
func (c *core) moving(ctx context.Context, r *store.Reader, rights authz.Rights, unit, to directory.Unit) (moving, error) {
	m := moving{unit: unit, to: to, shifts: map[directory.MemberID]authz.Shift{}}
	tree := rights.Tree()
	after, err := tree.Moved(unit.ID, to.ID)
	if err != nil {
		return m, err
	}
	ways := append(tree.Path(unit.ID), tree.Path(to.ID)...)
	slices.Sort(ways)
	m.held, err = r.HeldByThoseAt(ctx, tree.Root(), tree.Apart(unit.Parent, to.ID), slices.Compact(ways))
	if err != nil {
		return m, err
	}
	for member, holds := range m.held {
		if shift := authz.Shifted(tree, after, holds, unit.ID); !shift.None() {
			m.shifts[member] = shift
		}
	}
	m.contracts, err = contracts.MovedBy(ctx, r, tree, after, unit.ID)
	return m, err
}

// people are those whose rights change, who gain most first.
func (m moving) people() []directory.MemberID {
	return slices.SortedFunc(maps.Keys(m.shifts), func(a, b directory.MemberID) int {
		return cmp.Or(cmp.Compare(len(m.shifts[b].Gained), len(m.shifts[a].Gained)), cmp.Compare(len(m.shifts[b].Lost), len(m.shifts[a].Lost)), cmp.Compare(a, b))
	})
}

// gained are the permissions that anybody gains.
func (m moving) gained() []authz.Permission {
	var gained []authz.Permission
	for _, shift := range m.shifts {
		for _, p := range shift.Gained {
			if !slices.Contains(gained, p) {
				gained = append(gained, p)
			}
		}
	}
	slices.Sort(gained)
	return gained
}

// seal is a digest of all that a preview says: of another preview it differs.
func (m moving) seal() string {
	h := sha256.New()
	fmt.Fprintln(h, m.unit.ID, m.unit.Version, m.unit.Parent, m.to.ID)
	for _, member := range slices.Sorted(maps.Keys(m.shifts)) {
		fmt.Fprintln(h, member, m.shifts[member].Gained, m.shifts[member].Lost)
	}
	m.contracts.Seal(h)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// mayMove refuses a move that the catalogue or the actor's rights do not allow:
// the actor manages units where it hangs and where it goes, and holds at the
// unit, as it hangs now, everything that anybody gains there (ROLE-6).
func (s *Units) mayMove(ctx context.Context, r *store.Reader, b gate.Basis, m moving) error {
	for _, above := range []directory.UnitID{m.unit.Parent, m.to.ID} {
		if err := gate.Require(b.Rights, authz.ManageUnits, above); err != nil {
			return err
		}
	}
	if refusal := roster.ArchivedAt(b.Rights.Tree(), m.unit.ID); refusal != nil {
		return refusal
	}
	if err := s.fits(ctx, r, b, m.unit, m.to.ID); err != nil {
		return err
	}
	moved := m.unit
	if moved.Parent = m.to.ID; m.unit.Parent != m.to.ID {
		if refusal := roster.NamedApart(b.Rights.Tree(), moved, "to"); refusal != nil {
			return refusal
		}
	}
	for _, permission := range m.gained() {
		if !b.Rights.May(permission, m.unit.ID) {
			return &directory.Error{Kind: directory.Denied, Code: "unit.move_gives", Args: directory.Args{"Permission": string(permission)}}
		}
	}
	return nil
}

// Move hangs a unit, with all below it, under another (UNIT-4). All that a
// preview says is computed again. It refuses without units.manage where it hangs
// and where it goes, with unit.move_gives when somebody would gain there what
// the actor does not hold (ROLE-6), with unit.under_itself, unit.level_not_here,
// unit.too_deep, unit.root, unit.archived, and with stale when the unit, or what
// the confirmed preview said, has changed. Where it hangs already, nothing is
// done.
func (s *Units) Move(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, move UnitMove) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		u, err := unitInSight(ctx, r, p.Rights, p.Account, unit)
		if err != nil {
			return err
		}
		to, err := unitInSight(ctx, r, p.Rights, p.Account, move.To)
		if err != nil {
			return err
		}
		if err := s.mayHang(p, u, to); err != nil {
			return err
		}
		if refusal := u.At(move.Version); refusal != nil {
			return refusal
		}
		if u.Parent == to.ID {
			return nil
		}
		_, err = s.hang(ctx, r, p, hanging{u, to, move.Confirmed})
		return err
	})
	return err
}

// mayHang asks for units.manage where a unit hangs and where it goes, and refuses to move
// the root.
func (s *Units) mayHang(p *gate.Plan, u, to directory.Unit) error {
	for _, above := range []directory.UnitID{u.Parent, to.ID} {
		if err := p.Require(authz.ManageUnits, above); err != nil {
			return err
		}
	}
	if u.Parent == 0 {
		return roster.UnitRoot(u)
	}
	return nil
}

// moveOver plans a move among other changes of the tree, over the tree that they leave.
func (s *Units) moveOver(ctx context.Context, r *store.Reader, p *gate.Plan, u, to directory.Unit) (directory.Unit, error) {
	if err := s.mayHang(p, u, to); err != nil {
		return u, err
	}
	return s.hang(ctx, r, p, hanging{unit: u, to: to})
}

// hanging is a unit that is to hang under another, and the seal of the preview that was
// confirmed.
type hanging struct {
	unit, to  directory.Unit
	confirmed string
}

// hang plans that a unit, with all below it, hangs under another from now on. It
// refuses as Move does, before it plans anything.
func (s *Units) hang(ctx context.Context, r *store.Reader, p *gate.Plan, h hanging) (directory.Unit, error) {
	u, to := h.unit, h.to
	m, err := s.moving(ctx, r, p.Rights, u, to)
	if err != nil {
		return u, err
	}
	if err := s.mayMove(ctx, r, p.Basis, m); err != nil {
		return u, err
	}
	if h.confirmed != "" && h.confirmed != m.seal() {
		return u, directory.Refuse(directory.Conflict, "stale")
	}
	s.roster.EndReferents(p, m.contracts.Ended)
	from, _ := p.Rights.Tree().Unit(u.Parent)
	u.Parent = to.ID
	p.Change(store.UpdateUnits{Account: p.Account, Units: []directory.Unit{u}})
	p.Record(movedEntry(p, u, from, to, len(m.shifts)))
	return u, nil
}

// movedEntry says from where to where, and how many people's rights changed.
func movedEntry(p *gate.Plan, u, from, to directory.Unit, changed int) audit.Entry {
	entry := roster.UnitEntry(p, audit.UnitMoved, u)
	entry.NoteValue("parent", audit.Thing(audit.Unit, from.ID, from.Name), audit.Thing(audit.Unit, to.ID, to.Name))
	if changed > 0 {
		entry.NoteValue("rights_changed", audit.Nothing, audit.Number(changed))
	}
	return entry
}
