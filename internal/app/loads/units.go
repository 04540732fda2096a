package loads

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// planting is a chunk of units while it is planned. The tree is made anew only where a
// line needs what a line before has made.
type planting struct {
	*stream
	r       *store.Reader
	p       *gate.Plan
	account directory.Account
	kind    catalogue.AccountType

	made  []directory.Unit // to be inserted
	fresh []directory.Unit // of these, those that the tree has not yet
	names map[directory.UnitID]map[string]directory.Unit
}

// planUnits plans units, each under one that is there or comes before it. It asks what
// the single operations ask of each.
func (s *stream) planUnits(ctx context.Context, r *store.Reader, p *gate.Plan, lines []Line) ([]Row, error) {
	if err := p.RequireSomewhere(authz.ManageUnits); err != nil {
		return nil, err
	}
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	if err := account.Writable(); err != nil {
		return nil, err
	}
	kind, _ := s.gate.Catalogue().AccountType(account.Type)
	t := &planting{stream: s, r: r, p: p, account: account, kind: kind, names: map[directory.UnitID]map[string]directory.Unit{}}
	rows := make([]Row, len(lines))
	for i, line := range lines {
		row, err := t.unit(ctx, *line.Unit)
		refusal, fault := gate.AsRefusal(err)
		if fault != nil {
			return nil, fault
		}
		if rows[i] = row; refusal != nil {
			rows[i] = Row{Verdict: gate.Verdict{Name: line.Unit.Name}.Refused(refusal)}
		}
	}
	t.insert()
	if s.before == nil {
		return rows, nil
	}
	return rows, t.regrow(ctx)
}

// tree is what the lines before leave, but for what is fresh.
func (t *planting) tree() *authz.Tree { return t.p.Upon().Rights.Tree() }

// regrow lets the plan go on over the tree with what is fresh.
func (t *planting) regrow(ctx context.Context) error {
	if len(t.fresh) == 0 {
		return nil
	}
	tree := t.tree().With(t.fresh...)
	t.fresh = nil
	clear(t.names)
	return t.gate.Restructure(ctx, t.r, t.p, tree)
}

// insert hands the units that were made to the plan, each after the one above it.
func (t *planting) insert() {
	if len(t.made) > 0 {
		t.p.Change(store.InsertUnits{Account: t.p.Account, Units: t.made})
		t.made = nil
	}
}

// unit makes or changes one.
func (t *planting) unit(ctx context.Context, n Unit) (Row, error) {
	external, refusal := directory.CleanUnitExternal(n.External)
	if refusal != nil {
		return Row{}, refusal
	}
	if external == "" {
		return Row{}, directory.InvalidField("external", "field.required", nil)
	}
	if id, there := t.tree().UnitByExternal(external); there {
		return t.change(ctx, id, n)
	}
	above, err := t.above(ctx, n.Parent)
	if err != nil {
		return Row{}, err
	}
	if err := t.p.Upon().Require(authz.ManageUnits, above.ID); err != nil {
		return Row{}, err
	}
	u := directory.Unit{ID: directory.UnitID(t.p.NewKey()), UUID: roster.PublicID(), Parent: above.ID, Level: n.Level, Version: 1}
	if refusal := roster.UnitFits(t.tree(), t.account, t.kind, u, above.ID); refusal != nil {
		return Row{}, refusal
	}
	if err := roster.NameUnit(ctx, t.r, &u, &n.Name, nil); err != nil {
		return Row{}, err
	}
	if refusal := t.apart(u, above); refusal != nil {
		return Row{}, refusal
	}
	u.External = external // nobody has it: the tree has every unit
	t.made, t.fresh = append(t.made, u), append(t.fresh, u)
	if t.names[above.ID] == nil {
		t.names[above.ID] = map[string]directory.Unit{}
	}
	t.names[above.ID][directory.Fold(u.Name)] = u
	t.p.Record(roster.UnitMade(t.p, u, above))
	return Row{Verdict: gate.Verdict{Name: u.Name, Outcome: gate.Added}, Unit: u}, nil
}

// apart is roster.NamedApart, among the fresh ones too.
func (t *planting) apart(u, above directory.Unit) *directory.Error {
	if other, taken := t.names[above.ID][directory.Fold(u.Name)]; taken {
		return roster.UnitNameTaken(other, above, "name")
	}
	return roster.NamedApart(t.tree(), u, "name")
}

// above finds the unit that a line hangs one under: in sight, and no project.
func (t *planting) above(ctx context.Context, named string) (directory.Unit, error) {
	if named == "" {
		root, _ := t.tree().Unit(0)
		return root, nil
	}
	id, known := roster.UnitKnown(t.tree(), named)
	if !known && len(t.fresh) > 0 {
		if err := t.regrow(ctx); err != nil {
			return directory.Unit{}, err
		}
		id, known = roster.UnitKnown(t.tree(), named)
	}
	if !known || !t.opens(id) {
		return directory.Unit{}, directory.InvalidField("parent", "unit.not_found", nil)
	}
	u, _ := t.tree().Unit(id)
	return u, nil
}

// opens reports whether the actor may look into a unit, and it is no project, which have
// acts of their own.
func (t *planting) opens(id directory.UnitID) bool {
	_, walled := t.tree().Project(id)
	return !walled && roster.OpensUnit(t.p.Upon().Rights, id)
}

// change lets a unit that is there be as the line says.
func (t *planting) change(ctx context.Context, id directory.UnitID, n Unit) (Row, error) {
	if !t.opens(id) {
		return Row{}, directory.InvalidField("external", "unit.external_taken", nil)
	}
	before, _ := t.tree().Unit(id)
	if n.Level != "" && n.Level != t.tree().Level(id) {
		return Row{}, directory.InvalidField("level", "load.level_stays", nil)
	}
	after, to := before, before.Parent
	if n.Name != "" {
		if err := roster.NameUnit(ctx, t.r, &after, &n.Name, nil); err != nil {
			return Row{}, err
		}
	}
	var above directory.Unit
	if n.Parent != "" {
		var err error
		if above, err = t.above(ctx, n.Parent); err != nil {
			return Row{}, err
		}
		to = above.ID
	}
	row := Row{Verdict: gate.Verdict{Name: after.Name, Outcome: gate.Unchanged}, Unit: after}
	if after == before && to == before.Parent {
		return row, nil
	}
	if err := t.regrow(ctx); err != nil { // what is fresh may have the name, or be above
		return Row{}, err
	}
	err := t.write(ctx, before, after, above)
	row.Outcome = gate.Changed
	return row, err
}

// write plans another name or place of a unit, and goes on over the tree with it.
func (t *planting) write(ctx context.Context, before, after, above directory.Unit) error {
	upon := t.p.Upon()
	if err := upon.Require(authz.ManageUnits, before.ID); err != nil {
		return err
	}
	if refusal := roster.ArchivedAt(t.tree(), before.ID); refusal != nil {
		return refusal
	}
	if after.Name != before.Name {
		if before.Parent == 0 {
			return roster.UnitRoot(before)
		}
		refusal := roster.NamedApart(t.tree(), after, "name")
		if refusal != nil && directory.Fold(after.Name) != directory.Fold(before.Name) {
			return refusal
		}
	}
	if above.ID != 0 && above.ID != before.Parent {
		t.insert() // what it hangs under has to be there
		moved, err := t.needs.Move(ctx, t.r, upon, after, above)
		if err != nil {
			return err
		}
		after = moved
	} else {
		t.p.Change(store.UpdateUnits{Account: t.p.Account, Units: []directory.Unit{after}})
	}
	if entry := roster.UnitRenamed(t.p, before, after); entry.Changed() {
		t.p.Record(entry)
	}
	return t.gate.Restructure(ctx, t.r, t.p, t.tree().Put(after))
}
