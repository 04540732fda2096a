package adding

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/web/ui"
)

// outcomeParts say what became of the rows of an import, without the noughts.
func outcomeParts(p *i18n.Printer, n directory.ImportCounts) []string {
	var parts []string
	for _, part := range []struct {
		key string
		n   int64
	}{{"adding.count.added", n.Added}, {"adding.count.invited", n.Invited}, {"adding.count.changed", n.Changed},
		{"adding.count.unchanged", n.Unchanged}, {"adding.count.faulty", n.Faulty}} {
		if part.n > 0 {
			parts = append(parts, p.T(part.key, "Count", part.n))
		}
	}
	if len(parts) == 0 {
		return []string{p.T("adding.count.nothing")}
	}
	return parts
}

// consequence is the first sentence of the foot: who gets mail, and who comes
// without.
func (v draftView) consequence() (first, rest string) {
	n := v.Draft.Counts
	if v.Project != nil {
		return v.arrivals()
	}
	fresh := n.Rows - n.There
	silent := fresh - n.Levels
	var parts []string
	if n.Levels > 0 {
		parts = append(parts, v.T("adding.foot.invitations", "Count", n.Levels))
	}
	if silent > 0 || n.Levels == 0 {
		parts = append(parts, v.T("adding.foot.silent", "Count", silent))
	}
	return v.joined(parts[0], parts[1:])
}

// arrivals is the consequence where people come into a project: how many do, who is
// invited by it, and who cannot come.
func (v draftView) arrivals() (first, rest string) {
	c := v.coming()
	var parts []string
	if c.invited > 0 {
		parts = append(parts, v.T("adding.foot.invitations", "Count", c.invited))
	}
	if c.closed > 0 {
		parts = append(parts, v.T("adding.foot.closed", "Count", c.closed))
	}
	if n := v.Draft.Counts.Inactive; n > 0 {
		parts = append(parts, v.T("adding.foot.inactive", "Count", n))
	}
	return v.joined(v.T("adding.foot.places", "Count", c.people), parts)
}

// joined ends a consequence with who is there already and what is no address.
func (v draftView) joined(first string, parts []string) (string, string) {
	rest := ""
	if n := v.Draft.Counts.There; n > 0 {
		parts = append(parts, v.either("adding.foot.there", "adding.foot.there.project", "Count", n))
	}
	if v.Draft.Faults > 0 {
		parts = append(parts, v.T("adding.foot.invalid", "Count", v.Draft.Faults))
	}
	if len(parts) > 0 {
		rest = ", " + strings.Join(parts, ", ")
	}
	return first, rest + "."
}

// invitations is how many are mailed by the act.
func (v draftView) invitations() int64 {
	if v.Project != nil {
		return v.coming().invited
	}
	return v.Draft.Counts.Levels
}

// footActs are the two ways on: the detailed preview and the act itself.
func (v draftView) footActs() []ui.Act {
	n, invited := v.Draft.Counts.Rows-v.Draft.Counts.There, v.invitations()
	if v.Project != nil {
		n = v.coming().people
	}
	label := v.T("adding.send.add", "Count", n)
	if invited > 0 {
		label = v.T("adding.send.invite", "Count", invited)
		if n > invited {
			label = v.T("adding.send.both", "Count", n)
		}
	}
	form := map[string]any{"form": "draft"}
	return []ui.Act{
		{Label: v.T("adding.check"), Icon: "eye", Name: "act", Value: "check", Attrs: form},
		{Label: label, Icon: "send", Kind: ui.Primary, Name: "act", Value: "send", Attrs: form, Disabled: n == 0},
	}
}

// readSentence says what was read of the paste.
func (v draftView) readSentence() string {
	c := v.Draft.Import.Choices
	text := v.T("adding.read", "Count", c.Addresses)
	if c.Doubles > 0 {
		text += ", " + v.T("adding.doubles", "Count", c.Doubles)
	}
	return text
}

// shownRange says which rows of how many the page shows.
func (v draftView) shownRange() string {
	n := v.Draft.Counts.Rows
	from := int64((v.Number-1)*app.DraftPageRows) + 1
	to := min(from+app.DraftPageRows-1, n)
	return v.T("adding.range", "From", v.Printer.Number(from), "To", v.Printer.Number(to), "Total", v.Printer.Number(n))
}

// pageActs lead to other pages of the table; they send the form, so that
// nothing typed is lost.
func (v draftView) pageActs() []ui.Act {
	form := map[string]any{"form": "draft"}
	acts := []ui.Act{{Label: v.T("adding.save_page"), Size: ui.Small, Name: "act", Value: "save", Attrs: form}}
	if v.Number > 1 {
		acts = append(acts, ui.Act{Label: v.T("ui.pager.previous"), Size: ui.Small, Name: "act", Value: "page:" + strconv.Itoa(v.Number-1), Attrs: form})
	}
	if v.Number < v.Pages {
		acts = append(acts, ui.Act{Label: v.T("ui.pager.next"), Size: ui.Small, Name: "act", Value: "page:" + strconv.Itoa(v.Number+1), Attrs: form})
	}
	return acts
}

// panelFields are the fields of the panel over ticked rows (ADD-7).
func (v draftView) panelFields() []ui.Field {
	alone := ui.Option{Value: leave, Label: v.T("adding.panel.leave")}
	functions := append([]ui.Option{alone}, roleOptions(v.Printer, v.Draft.Choices.Functions, v.T("adding.no_role"), "")...)
	choose := func(options []ui.Option, value string) []ui.Option {
		for i := range options {
			options[i].Selected = options[i].Value == value
		}
		return options
	}
	fields := []ui.Field{
		{Name: "set_company", Label: v.T("field.company"), Value: v.Set.Company, Placeholder: v.T("adding.panel.leave"),
			Attrs: v.inDraft(map[string]any{"list": "companies"})},
		{Name: "set_function", Kind: "select", Label: v.T("field.role"), Options: choose(functions, v.Set.Function), Attrs: v.inDraft(nil)},
	}
	if v.Project != nil {
		levels := append([]ui.Option{alone}, v.oneLevel("")...)
		fields = append(fields, ui.Field{Name: "set_level", Kind: "select", Label: v.T("field.access_level"),
			Options: choose(levels, cmp.Or(directory.JoinLevels(v.Set.Levels), leave)), Attrs: v.inDraft(nil)})
	}
	return fields
}

// told are the losses the panel names, sent back with the act.
func (v draftView) told() []ui.Hidden {
	return []ui.Hidden{
		{Name: "page", Value: strconv.Itoa(v.Number)},
		{Name: "told_companies", Value: strconv.Itoa(v.Told.Companies)},
		{Name: "told_functions", Value: strconv.Itoa(v.Told.Functions)},
		{Name: "told_levels", Value: strconv.Itoa(v.Told.Levels)},
		{Name: "told_products", Value: strconv.Itoa(v.Told.Products)},
	}
}

// panelLive sends the panel as soon as it changes, so that it says what it
// would overwrite (ADD-7). Without a script the act says so first.
func panelLive(v draftView) templ.Attributes {
	attrs := morph(v.Weigh, "change")
	attrs["hx-include"] = wholeDraft
	return attrs
}

// ticksLive weighs the panel anew when other rows are ticked, as soon as it says
// something (ADD-7).
func (v draftView) ticksLive() templ.Attributes {
	if v.Set.empty() {
		return nil
	}
	attrs := morph(v.Weigh, "change target:'.c-tick input'")
	attrs["hx-include"] = wholeDraft
	return attrs
}

// empty reports whether the panel leaves everything alone.
func (f setForm) empty() bool {
	return f.Company == "" && !f.Clear && (f.Function == leave || f.Function == "") && len(f.Levels) == 0 && !f.Plain && len(f.Products) == 0 && !f.Bare
}
