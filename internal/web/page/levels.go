package page

import (
	"slices"

	"github.com/a-h/templ"

	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/web/ui"
)

// LevelChecks are the boxes of somebody's access levels, of which several may be
// ticked (ADD-8). A level that is chosen and not offered stays, as its code. The first
// box has the id to which a refusal of the field leads.
func LevelChecks(offered []directory.Role, lang, name string, chosen []string) []ui.Check {
	var checks []ui.Check
	for _, level := range offered {
		checks = append(checks, ui.Check{Name: name, Value: level.Code, Label: level.Name(lang), Checked: slices.Contains(chosen, level.Code)})
	}
	for _, code := range chosen {
		if !slices.ContainsFunc(offered, func(o directory.Role) bool { return o.Code == code }) {
			checks = append(checks, ui.Check{Name: name, Value: code, Label: code, Checked: true})
		}
	}
	if len(checks) > 0 {
		checks[0].Attrs = templ.Attributes{"id": "f-" + name}
	}
	return checks
}

// LevelNames are what somebody's access levels are called, the first first; nothing
// for a plain member.
func LevelNames(p *i18n.Printer, levels []directory.Role) string {
	return p.List(directory.RoleNames(levels, p.Lang()))
}
