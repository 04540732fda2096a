package adding

import (
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/imported"
	"intendant/internal/web/ui"
)

// recentName is what an import in the list is called.
func recentName(v uploadView, i directory.Import) string {
	if i.Pasted() {
		return v.T("import.pasted")
	}
	return i.FileName
}

// draftOf is where the table of a paste is.
func draftOf(v importView) string { return strings.Replace(v.Base, "/imports/", "/drafts/", 1) }

// footActs confirm the preview; what is wrong can be taken along.
func (v importView) footActs() []ui.Act {
	n := v.Import.Counts
	var acts []ui.Act
	if n.Faulty > 0 {
		acts = append(acts, imported.Downloads(v.Printer, v.Base, "?outcome=refused", "import.faulty.download", "Count", n.Faulty)...)
	}
	label := v.T("import.start", "Count", n.Added+n.Changed)
	if v.Import.Pasted() {
		label = v.T("adding.send.add", "Count", n.Added)
	}
	return append(acts, ui.Act{Label: label, Kind: ui.Primary, Disabled: n.Added+n.Changed == 0 || v.Import.Choices.Stopped != "" || v.checkedFile() && v.Import.Choices.HiddenUnsaid(),
		Attrs: map[string]any{"form": "start"}})
}

func (v importView) progressLead() string {
	if v.Import.State == directory.ImportDraft {
		return v.T("import.checking.lead")
	}
	return v.T("import.running.lead")
}

// progressOf goes on after the number of rows that are done.
func (v importView) progressOf() string {
	n := v.Import.Counts
	if n.Total == 0 {
		return v.T("import.done_so_far", "Count", n.Done)
	}
	text := v.T("import.done_of", "Total", v.Printer.Number(n.Total))
	if left := v.left(); left != "" && v.Import.State == directory.ImportRunning {
		text += ", " + left
	}
	return text
}

func (v importView) countItems() []ui.CartItem {
	n := v.Import.Counts
	items := []ui.CartItem{
		{Label: v.T(v.whether("import.tab.new", "import.tab.added")), Value: v.Printer.Number(n.Added)},
		{Label: v.T("import.tab.changed"), Value: v.Printer.Number(n.Changed)},
		{Label: v.T("import.tab.unchanged"), Value: v.Printer.Number(n.Unchanged)},
		{Label: v.T("import.tab.refused"), Value: v.Printer.Number(n.Faulty)},
		{Label: v.T("import.invitations"), Value: v.Printer.Number(n.Invited)},
	}
	if n.Faulty > 0 {
		items[3].Class = "is-bad"
	}
	return items
}

func (v importView) resultLead() string {
	i := v.Import
	if i.Pasted() || i.Ended.IsZero() {
		return v.sub()
	}
	return v.T("import.result.lead", "File", i.FileName, "Date", v.Printer.DateTime(i.Ended))
}

// resultActs lead on from the result: to what is left of a paste, to be mended, and to
// the members.
func (v importView) resultActs() []ui.Act {
	acts := imported.Downloads(v.Printer, v.Base, "", "import.result.download")
	members := ui.Act{Label: v.either("adding.to_members", "adding.to_project"), Icon: "users", Href: v.Leave.Href, Kind: ui.Primary}
	if left := v.remaining(); left > 0 {
		acts = append(acts, ui.Act{Label: v.T("adding.mend_rows", "Count", left), Icon: "pencil", Kind: ui.Primary, Attrs: map[string]any{"form": "again"}})
		members.Kind = ui.Ordinary
	}
	return append(acts, members)
}

// whoOf is the person of a row, by name or address.
func whoOf(row app.ImportedRow) string {
	if row.Name != "" {
		return row.Name
	}
	return directory.Excerpt(row.Email)
}
