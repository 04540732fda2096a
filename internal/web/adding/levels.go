package adding

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// levelField is the name of the boxes of access levels of one person, or of all
// alike.
const levelField = "access_level"

// rowLevels are the boxes of a row of the table (ADD-8).
func (v draftView) rowLevels(l app.DraftLine) []ui.Check {
	return v.levelChecks(boxes("level", l), directory.SplitLevels(l.Level))
}

// panelLevels are the boxes of the panel: none ticked leaves the levels alone, the
// last takes them away (ADD-7).
func (v draftView) panelLevels() []ui.Check {
	return append(v.levelChecks("set_level", v.Set.Levels),
		ui.Check{Name: "clear_levels", Value: "1", Label: v.T("adding.panel.clear_levels"), Checked: v.Set.Plain, Attrs: v.inDraft(nil)})
}

func (v draftView) levelChecks(name string, chosen []string) []ui.Check {
	checks := page.LevelChecks(v.Draft.Choices.Levels, v.Printer.Lang(), name, chosen)
	for i := range checks {
		checks[i].Attrs = v.inDraft(checks[i].Attrs)
	}
	return checks
}
