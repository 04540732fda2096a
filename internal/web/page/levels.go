package page

import (
	"slices"

	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/web/ui"
)

// LevelChecks are the boxes of somebody's access levels, of which several may be
// ticked, each with what it opens (ADD-8). A level that is chosen and not offered
// stays, as its code.
func LevelChecks(words *catalogue.Catalogue, p *i18n.Printer, offered []directory.Role, name string, chosen []string) []ui.Check {
	var checks []ui.Check
	for _, level := range offered {
		checks = append(checks, ui.Check{Name: name, Value: level.Code, Label: level.Name(p.Lang()), Hint: levelHelp(words, p, level),
			Checked: slices.Contains(chosen, level.Code)})
	}
	for _, code := range chosen {
		if !slices.ContainsFunc(offered, func(o directory.Role) bool { return o.Code == code }) {
			checks = append(checks, ui.Check{Name: name, Value: code, Label: code, Checked: true})
		}
	}
	return checks
}

// levelHelp says in plain words what an access level opens: as the catalogue says
// it, or of a level that the account made or changed, its permissions.
func levelHelp(words *catalogue.Catalogue, p *i18n.Printer, level directory.Role) string {
	if declared, known := words.Role(level.Code); known && !level.Changed {
		if help := declared.Help.In(p.Lang()); help != "" {
			return help
		}
	}
	var rights []string
	for _, id := range level.Permissions {
		if declared, known := words.Permission(id); known {
			rights = append(rights, declared.Label.In(p.Lang()))
		}
	}
	if len(rights) == 0 {
		return ""
	}
	if more := len(rights) - namedRights; more > 0 {
		rights = append(rights[:namedRights], p.T("grants.more", "Count", more))
	}
	return p.T("levels.opens", "Rights", p.List(rights))
}

// namedRights is how many permissions the help of a level names.
const namedRights = 4

// LevelNames are what somebody's access levels are called, the first first; nothing
// for a plain member.
func LevelNames(p *i18n.Printer, levels []directory.Role) string {
	return p.List(directory.RoleNames(levels, p.Lang()))
}
