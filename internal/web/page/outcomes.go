package page

import (
	"intendant/internal/app"
	"intendant/internal/i18n"
	"intendant/internal/web/ui"
)

// MostRefusals is how many refusals a result names.
const MostRefusals = 500

// RefusedOf are the verdicts of an act that its result names: the first that were
// refused.
func RefusedOf(verdicts app.Verdicts) app.Verdicts {
	var refused app.Verdicts
	for _, v := range verdicts {
		if v.Refusal != nil && len(refused) < MostRefusals {
			refused = append(refused, v)
		}
	}
	return refused
}

// OutcomeCounts say of how many members an act changed something, changed nothing, or
// was refused, as far as there are any.
func OutcomeCounts(p *i18n.Printer, verdicts app.Verdicts) []ui.CartItem {
	var items []ui.CartItem
	for _, one := range []struct {
		key     string
		outcome app.Outcome
		class   string
	}{{"members.result.changed", app.Changed, ""}, {"members.result.unchanged", app.Unchanged, ""}, {"members.result.refused", app.Refused, "is-warn"}} {
		if n := verdicts.Count(one.outcome); n > 0 {
			items = append(items, ui.CartItem{Label: p.T("outcome." + string(one.outcome)), Value: p.T(one.key, "Count", n), Class: one.class})
		}
	}
	return items
}
