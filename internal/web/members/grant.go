package members

import (
	"slices"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// fillGrants reads the roles that can be given and the units where, when that is
// the act (ROLE-7).
func (h Handler) fillGrants(q *page.Request, b *bulk) error {
	if b.name != "grant" {
		return nil
	}
	b.Title = b.T("members.bulk.grant", "Count", b.chosen.Count)
	var err error
	b.grants, err = h.App.Grants.Of(q.Context(), q.Actor(), account(q), "", app.GrantView{Search: b.typed("grant_search"), Units: b.sent["grant_unit"]})
	return err
}

// giveRole gives the selection a role at the units ticked. The verdicts name
// each person with each unit.
func (h Handler) giveRole(q *page.Request, who app.Selection, g app.Giving) (app.Verdicts, error) {
	g.Who = who
	done, err := h.App.Grants.Give(q.Context(), q.Actor(), account(q), g)
	if err != nil {
		return nil, err
	}
	verdicts := make(app.Verdicts, len(done))
	for i, v := range done {
		verdicts[i] = v.Verdict
		if v.Outcome == app.Added {
			verdicts[i].Outcome = app.Changed
		}
		if v.Effect.Unit.ID != 0 {
			verdicts[i].Email = v.Effect.Unit.Name
		}
	}
	return verdicts, nil
}

// grantRole is the choice of the role: those that the reader may give at one of
// the units at least.
func (b bulk) grantRole() ui.Field {
	f := ui.Field{Name: "grant_role", Kind: "select", Label: b.T("grants.give.role"), Required: true, Error: b.grantProblem("role"),
		Options: []ui.Option{{Label: b.T("grants.give.role.choose")}}}
	var seen []string
	for _, u := range b.grants.Units {
		for _, e := range u.Offered {
			if !slices.Contains(seen, e.Role.Code) {
				seen = append(seen, e.Role.Code)
				f.Options = append(f.Options, ui.Option{Value: e.Role.Code, Label: e.Role.Name(b.Printer.Lang()), Selected: b.sent.Get("grant_role") == e.Role.Code})
			}
		}
	}
	return f
}

// grantUnits are the units to tick.
func (b bulk) grantUnits() []ui.Check {
	var checks []ui.Check
	for _, u := range b.grants.Units {
		if !u.Edits {
			continue
		}
		name := u.Unit.Name
		if n := len(u.Path); n > 1 {
			name += " (" + u.Path[n-2].Name + ")"
		}
		checks = append(checks, ui.Check{Name: "grant_unit", Value: u.Unit.UUID, Label: name, Checked: slices.Contains(b.sent["grant_unit"], u.Unit.UUID)})
	}
	return checks
}

// grantProblem is the sentence of a refused choice.
func (b bulk) grantProblem(field string) string {
	if b.fault == nil || b.fault.Field != field {
		return ""
	}
	return b.Printer.Error(b.fault)
}
