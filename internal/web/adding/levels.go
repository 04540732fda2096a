package adding

import (
	"slices"

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
	return v.levelChecks(boxes("level", l), l.Levels())
}

// panelLevels are the boxes of the panel: none ticked leaves the levels alone, the
// last takes them away (ADD-7).
func (v draftView) panelLevels() []ui.Check {
	return append(v.levelChecks("set_level", v.Set.Levels),
		ui.Check{Name: "clear_levels", Value: "1", Label: v.T("adding.panel.clear_levels"), Checked: v.Set.Plain, Attrs: v.inDraft(nil)})
}

func (v draftView) levelChecks(name string, chosen []string) []ui.Check {
	checks := page.LevelChecks(v.catalogue, v.Printer, v.Draft.Choices.Levels, name, chosen)
	for i := range checks {
		checks[i].Attrs = v.inDraft(checks[i].Attrs)
	}
	return checks
}

// levelIn is the one level of a row in a project (ADD-9).
func (v draftView) levelIn(l app.DraftLine) ui.Field {
	attrs := morph(v.KeepPath, "change")
	attrs["hx-include"] = wholeDraft
	return ui.Field{Name: boxes("level", l), Kind: "select", Label: v.T("adding.of", "Field", v.T("field.access_level"), "Email", l.Email),
		Error: v.problemAt(l, levelField), Options: v.oneLevel(l.Level), Attrs: v.inDraft(attrs)}
}

// oneLevel are the choices of a level in a project, where everybody has one.
func (v draftView) oneLevel(chosen string) []ui.Option {
	return roleOptions(v.Printer, v.Draft.Choices.Levels, "", chosen)[1:]
}

// readSetLevels are the levels that the panel sets.
func readSetLevels(q *page.Request) []string {
	return slices.DeleteFunc(slices.Clone(q.PostForm["set_level"]), func(code string) bool { return code == leave })
}

// level is what the panel sets as the levels of rows; nil leaves them alone.
func (f setForm) level() *string {
	levels := directory.JoinLevels(f.Levels)
	switch {
	case f.Plain:
		levels = ""
	case levels == "":
		return nil
	}
	return &levels
}
