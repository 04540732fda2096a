package roster

import (
	"context"
	"fmt"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Holding is a row of people with the roles that they are to hold at units, all of it
// done or nothing (BULK-3). Who is there already gets what the row says and they lack.
type Holding struct {
	NewMember
	Give []RoleThere
}

// A RoleThere is a role of kind rights at one unit.
type RoleThere struct {
	Role string // code or public id
	Unit string // public id, or the id by which products know it
}

// bare reports whether a row says nothing of the place itself.
func (h Holding) bare() bool {
	n := h.NewMember
	n.Row, n.Email, n.First, n.Last = 0, "", "", ""
	texts := slices.ContainsFunc(n.texts(), func(t directory.Typed) bool { return *t.Value != "" })
	return !texts && n.Home == "" && n.Ends.None() && len(n.Functions)+len(n.Levels)+len(n.Products) == 0
}

// holding is one chunk of such rows while it is planned.
type holding struct {
	*adding
	grants *Granting
}

// PlanHoldings plans one chunk of such rows. What the options say of known people and of
// proposed roles is not asked: rows are made so, and roles that are required are
// proposed beside those that are given.
func (w *Writer) PlanHoldings(rows []Holding, o AddOptions) gate.Planner {
	o.Change, o.Steps = true, true
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		h, err := w.holding(ctx, r, p, rows, o)
		if err != nil {
			return err
		}
		planned := len(p.Verdicts)
		if err := h.rows(ctx, r, len(rows), func(i int) gate.Verdict { return h.hold(rows[i]) }); err != nil {
			return err
		}
		h.propose(p.Verdicts[planned:])
		h.grants.Settle()
		if len(h.invitees) > 0 {
			return w.PlanInvitation(p, h.Roster, h.invitees...)
		}
		return nil
	}
}

func (w *Writer) holding(ctx context.Context, r *store.Reader, p *gate.Plan, rows []Holding, o AddOptions) (*holding, error) {
	plain := make([]NewMember, len(rows))
	for i, row := range rows {
		plain[i] = row.NewMember
	}
	a, err := w.adding(ctx, r, p, plain, o)
	if err != nil {
		return nil, err
	}
	g, err := w.GrantingIn(ctx, r, p)
	if err != nil {
		return nil, err
	}
	keys := make([]directory.MemberID, 0, len(a.places))
	for _, m := range a.places {
		keys = append(keys, m.ID)
	}
	slices.Sort(keys)
	if g.live, err = r.GrantsOfAll(ctx, keys); err != nil {
		return nil, err
	}
	g.users = make(map[directory.UserID]directory.User, len(rows))
	return &holding{a, g}, nil
}

// hold plans one row and answers its verdict.
func (h *holding) hold(n Holding) gate.Verdict {
	if email, refusal := directory.CleanEmail("email", n.Email); refusal == nil {
		n.Email = email
	}
	parts, refusal := h.parts(n.Give)
	if refusal != nil && n.Fault == nil {
		v := gate.Verdict{Row: n.Row, Email: n.Email, Name: n.Name()}
		return h.refused(v, n.NewMember, refusal)
	}
	v := h.placeOf(n)
	if v.Outcome == gate.Refused {
		return v
	}
	u, known := h.known[v.Email]
	if !known {
		return v
	}
	m := h.asPlanned(h.places[u.ID])
	h.places[u.ID] = m
	if v.Subject != 0 {
		v.Member = m
	}
	h.count(u)
	for _, part := range parts {
		if _, has := h.grants.held(m.ID, part.role.ID, part.unit); has {
			continue
		}
		h.grants.give(m, part.role, part.unit)
		if v.Outcome == gate.Unchanged {
			v.Outcome = gate.Changed
		}
	}
	return v
}

// count lets the grants know of a person, unless their provisional password is ended
// already: once is enough.
func (h *holding) count(u directory.User) {
	if !slices.Contains(h.disarmed, u.ID) {
		h.grants.users[u.ID] = u
	}
}

// placeOf is the verdict on the place that a row says. A row that only gives roles does
// not touch the place of who is there: whoever sees them may send it (ROLE-5).
func (h *holding) placeOf(n Holding) gate.Verdict {
	u := h.known[n.Email]
	m := h.places[u.ID]
	guest := m.ID != 0 && m.Removed.IsZero() && !h.Rights.May(authz.ManageMembers, m.Unit)
	if _, seen := h.seen[u.ID]; !guest || seen || n.Fault != nil || n.Double != 0 || !n.bare() || !h.grants.Sees(m) {
		return h.row(n.NewMember)
	}
	h.seen[u.ID] = n.Row
	return gate.Verdict{Row: n.Row, Email: n.Email, Name: NameOf(u, m), Subject: int64(m.ID), Outcome: gate.Unchanged}
}

// parts finds the roles and units that a row gives, and refuses the first that the
// actor may not give (ROLE-5, ROLE-6).
func (h *holding) parts(give []RoleThere) ([]rolePart, *directory.Error) {
	var parts []rolePart
	for i, at := range give {
		field := func(of string) string { return fmt.Sprintf("grants.%d.%s", i, of) }
		role, refusal := h.grants.Role(at.Role, field("role"))
		if refusal != nil {
			refusal.Args = directory.Args{"Value": directory.Short(at.Role, directory.Quoted)}
			return nil, refusal
		}
		unit, known := UnitKnown(h.grants.Tree, at.Unit)
		if !known || at.Unit == "" || !KnowsUnit(h.Rights, unit) {
			return nil, directory.InvalidField(field("unit"), "unit.not_found", nil)
		}
		if refusal := h.grants.MayGive(role, unit, field("unit")); refusal != nil {
			return nil, refusal
		}
		if part := (rolePart{role: role, unit: unit}); !slices.ContainsFunc(parts, part.same) {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// propose gives whoever comes the role that is proposed for everybody where the row gave
// none, and tells what is lacked (ROLE-3).
func (h *holding) propose(verdicts gate.Verdicts) {
	if !h.grants.Required().Any() {
		return
	}
	for i, v := range verdicts {
		if v.Came {
			h.grants.Propose(v.Member)
			verdicts[i].Lacks = h.grants.lacks(v.Member)
			continue
		}
		h.grants.Tell(&verdicts[i])
	}
}
