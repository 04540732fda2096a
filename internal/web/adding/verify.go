package adding

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/telling"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// verdictRows is how many rows a page of verdicts shows.
const verdictRows = 50

// An importView is an import at whatever stage: checked, running, over.
type importView struct {
	task
	Import  directory.Import
	Choices app.AddChoices
	Rows    []app.ImportedRow
	Only    app.Outcome
	Number  int
	Base    string
	Invalid int64
	Now     time.Time
	request *page.Request
}

// home is the home unit of whoever names none; a paste has said it.
func (v importView) home() []ui.Field {
	if v.Import.Pasted() {
		return nil
	}
	fields := v.homeFields(v.request, v.Choices, v.Import.Choices.Home)
	return fields[:min(len(fields), 1)]
}

func (h Handler) showImport(q *page.Request) error {
	v, err := h.importView(q)
	if err != nil {
		return err
	}
	switch {
	case v.Import.State == directory.ImportRunning, v.Import.State == directory.ImportDraft && v.Import.Checked.IsZero():
		v.Page.Refresh = 5
		return q.Render(progressPage(v))
	case v.Import.State == directory.ImportDraft:
		return q.Render(verifyPage(v))
	}
	return q.Render(resultPage(v))
}

func (h Handler) importView(q *page.Request) (importView, error) {
	v := importView{task: h.task(q, q.Printer.T("import.title")), Number: pageNumber(q), Only: app.Outcome(q.FormValue("outcome")), Now: h.Now()}
	ctx, actor, account, id := q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("import")
	var err error
	if v.Import, err = h.App.Imports.Find(ctx, actor, account, id); err != nil {
		return v, err
	}
	v.Base, v.request = importPath(q, v.Import), q
	v.Action = v.Base
	if v.Choices, err = h.App.Imports.Choices(ctx, actor, account, id); err != nil {
		return v, err
	}
	v.into(q, v.Choices)
	if v.Choices, err = h.homes(q, v.Choices); err != nil {
		return v, err
	}
	at := 2
	if v.Import.State != directory.ImportDraft {
		at = 3
	}
	if !v.Import.Pasted() {
		v.Steps = steps(v.task, at)
	}
	v.Page.Title = v.title()
	filter := app.ImportFilter{Outcome: v.Only, Skip: (v.Number - 1) * verdictRows, Limit: verdictRows}
	if v.Import.State == directory.ImportRunning {
		filter = app.ImportFilter{Outcome: app.Refused, Limit: 10}
	}
	if v.addressless() != "" {
		return v, nil // said once, and not in each row
	}
	v.Rows, err = h.App.Imports.Rows(ctx, actor, account, id, filter)
	if err == nil && v.Import.Pasted() {
		v.Invalid, err = h.App.Imports.Invalid(ctx, actor, account, id)
	}
	return v, err
}

func (v importView) title() string {
	switch {
	case v.Import.State == directory.ImportDraft && v.Import.Checked.IsZero():
		return v.T("import.checking")
	case v.Import.State == directory.ImportDraft && v.Import.Pasted():
		return v.T("adding.check")
	case v.Import.State == directory.ImportDraft:
		return v.T("import.verify")
	case v.Import.State == directory.ImportRunning && v.Import.Pasted():
		return v.T("adding.running")
	case v.Import.State == directory.ImportRunning:
		return v.T("import.running")
	case v.Import.State == directory.ImportStopped:
		return v.T("import.stopped")
	}
	return v.T("adding.result")
}

func (h Handler) settings(q *page.Request) error {
	set := app.ImportSetting{Charset: q.Field("charset"), Separator: q.Field("separator"), Sheet: q.Field("sheet"), Dates: q.Field("dates"),
		Change: q.Ticked("change"), Invite: q.Field("invite"), Home: q.Field(homeUnit), Columns: map[string]int{}}
	if !slices.Contains(inviteChoices(), set.Invite) {
		set.Invite = directory.InviteNobody
	}
	for name := range q.PostForm {
		column, found := strings.CutPrefix(name, "column.")
		if at, err := strconv.Atoi(column); found && err == nil && q.Field(name) != "" {
			if before, taken := set.Columns[q.Field(name)]; !taken || at < before {
				set.Columns[q.Field(name)] = at
			}
		}
	}
	i, err := h.App.Imports.Settings(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("import"), set)
	if err == nil {
		return q.Redirect(importPath(q, i))
	}
	v, err2 := h.importView(q)
	if err2 != nil {
		return err2
	}
	if fault := v.refused(err); fault != nil {
		return fault
	}
	return q.RenderRefused(v.refusal, verifyPage(v))
}

func inviteChoices() []string {
	return []string{directory.InviteNobody, directory.InviteByLevel, directory.InviteAll}
}

func (h Handler) start(q *page.Request) error {
	i, err := h.App.Imports.Start(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("import"))
	if err != nil {
		return err
	}
	return h.started(q, i)
}

// started leads on once the rows of an import are on their way in: to its page, and
// where all of them are in a project by now, to the project.
func (h Handler) started(q *page.Request, i directory.Import) error {
	if i.State != directory.ImportDone {
		return q.Redirect(importPath(q, i))
	}
	said := strings.Join(outcomeParts(q.Printer, i.Counts), ", ")
	if i.Brings() != directory.ImportPlaces || i.Counts.Added < i.Counts.Done {
		q.Done(said)
		return q.Redirect(importPath(q, i))
	}
	rows, err := h.App.Imports.Rows(q.Context(), q.Actor(), q.Frame.Account.ID, i.UUID, app.ImportFilter{Limit: int(i.Counts.Done)})
	if err != nil {
		return err
	}
	var invited []string
	for _, row := range rows {
		if row.Invited {
			invited = append(invited, row.Email)
		}
	}
	q.Done(said + ". " + invitedSentence(q.Printer, invited))
	return q.Redirect(q.AccountPath("/projects/" + i.Choices.Project))
}

// again leads to a draft of what a run has not brought in.
func (h Handler) again(q *page.Request) error {
	i, err := h.App.Imports.Again(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("import"))
	if err != nil {
		return err
	}
	return q.Redirect(draftPath(q, i))
}

// remaining is how many rows of a paste that is over are not in, and can be mended.
func (v importView) remaining() int64 {
	if !v.Import.Pasted() {
		return 0
	}
	n := v.Import.Counts.Faulty + v.Invalid
	if v.Import.State == directory.ImportStopped {
		n += v.Import.Counts.Total - v.Import.Counts.Done
	}
	return n
}

func (h Handler) stop(q *page.Request) error {
	err := h.App.Imports.Stop(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("import"))
	if refusal, fault := page.Refusal(err); err != nil && (fault != nil || refusal.Code != "import.ended") {
		return err
	}
	return q.Redirect(q.AccountPath("/imports/" + q.PathValue("import")))
}

// tabs are the verdicts with their counts, each a view.
func (v importView) tabs() []ui.Tab {
	n := v.Import.Counts
	tab := func(outcome app.Outcome, key, tone string, count int64) ui.Tab {
		href := v.Base
		if outcome != "" {
			href += "?outcome=" + string(outcome)
		}
		return ui.Tab{Label: v.T(key), Href: href, Tone: tone, Count: v.Printer.Number(count), Current: v.Only == outcome}
	}
	tabs := []ui.Tab{tab("", "import.tab.all", "", n.Done+v.Invalid)}
	for _, t := range []struct {
		outcome   app.Outcome
		key, tone string
		n         int64
	}{{app.Added, v.whether("import.tab.new", "import.tab.added"), "", n.Added}, {app.Changed, "import.tab.changed", "", n.Changed},
		{app.Unchanged, "import.tab.unchanged", "", n.Unchanged}, {app.Refused, "import.tab.refused", "bad", n.Faulty},
		{app.Invalid, "import.tab.invalid", "bad", v.Invalid}} {
		if t.n > 0 || t.outcome == v.Only {
			tabs = append(tabs, tab(t.outcome, t.key, t.tone, t.n))
		}
	}
	return tabs
}

// verdict is the word for a row's outcome: what would be, while it is a draft.
func (v importView) verdict(o app.Outcome) string {
	if v.Import.State == directory.ImportDraft && o != app.Invalid {
		return v.T("import.verdict." + string(o))
	}
	return v.T("outcome." + string(o))
}

// whether is the first key before the run, the second after.
func (v importView) whether(before, after string) string {
	if v.Import.State == directory.ImportDraft {
		return before
	}
	return after
}

// found is how many rows the view holds.
func (v importView) found() int64 {
	n := v.Import.Counts
	switch v.Only {
	case app.Added:
		return n.Added
	case app.Changed:
		return n.Changed
	case app.Unchanged:
		return n.Unchanged
	case app.Refused:
		return n.Faulty
	case app.Invalid:
		return v.Invalid
	}
	return n.Done + v.Invalid
}

func (v importView) pager() ui.PagerView {
	found := v.found()
	p := ui.PagerView{Things: v.T("import.rows", "Count", found)}
	if len(v.Rows) > 0 {
		p.From = int64((v.Number-1)*verdictRows) + 1
		p.To = p.From + int64(len(v.Rows)) - 1
	}
	at := func(n int) string { return fmt.Sprintf("%s?outcome=%s&page=%d", v.Base, v.Only, n) }
	if v.Number > 1 {
		p.Previous = at(v.Number - 1)
	}
	if p.To < found && len(v.Rows) > 0 {
		p.Next = at(v.Number + 1)
	}
	return p
}

// facts identify the file and how it is read.
func (v importView) facts() []ui.CartItem {
	i := v.Import
	items := []ui.CartItem{{Label: v.T("field.file"), Value: i.FileName}, {Label: v.T("import.lines"), Value: v.Printer.Number(i.Counts.Total)}}
	if _, dated := i.Choices.Columns["ends"]; dated && i.Choices.DayOrder() != "" {
		items = append(items, ui.CartItem{Label: v.T("import.dates"), Value: v.T("import.dates." + string(i.Choices.DayOrder()))})
	}
	if i.Workbook() {
		return append(items, ui.CartItem{Label: v.T("import.sheet"), Value: i.Choices.Read.Sheet})
	}
	return append(items, ui.CartItem{Label: v.T("import.separator"), Value: separatorName(v.task, i.Choices.Read.Separator)},
		ui.CartItem{Label: v.T("import.charset"), Value: i.Choices.Read.Charset})
}

func separatorName(t task, separator string) string {
	switch separator {
	case ";":
		return t.T("import.separator.semicolon")
	case ",":
		return t.T("import.separator.comma")
	case "\t":
		return t.T("import.separator.tab")
	case "|":
		return t.T("import.separator.bar")
	}
	return separator
}

// readingFields correct how the file is read.
func (v importView) readingFields() []ui.Field {
	c := v.Import.Choices
	found := ui.Option{Label: v.T("import.as_found")}
	dates := ui.Field{Name: "dates", Kind: "select", Label: v.T("import.dates"), Value: c.Dates, Options: []ui.Option{found}}
	for _, order := range directory.DayOrders() {
		dates.Options = append(dates.Options, ui.Option{Value: string(order), Label: v.T("import.dates." + string(order))})
	}
	if v.Import.Workbook() {
		options := []ui.Option{found}
		for _, name := range c.Sheets {
			options = append(options, ui.Option{Value: name, Label: name})
		}
		return []ui.Field{{Name: "sheet", Kind: "select", Label: v.T("import.sheet"), Value: c.Sheet, Options: options}, dates}
	}
	charsets, separators := []ui.Option{found}, []ui.Option{found}
	for _, name := range sheet.Charsets() {
		charsets = append(charsets, ui.Option{Value: name, Label: name})
	}
	for _, name := range sheet.Separators() {
		separators = append(separators, ui.Option{Value: name, Label: separatorName(v.task, name)})
	}
	return []ui.Field{{Name: "separator", Kind: "select", Label: v.T("import.separator"), Value: c.Separator, Options: separators},
		{Name: "charset", Kind: "select", Label: v.T("import.charset"), Value: c.Charset, Options: charsets}, dates}
}

// A columnChoice is a column of the file and the field it fills.
type columnChoice struct {
	Title, Sample string
	Field         ui.Field
}

func (v importView) columns() []columnChoice {
	c := v.Import.Choices
	fields := map[int]string{}
	for field, column := range c.Columns {
		fields[column] = field
	}
	width := max(len(c.Head), len(c.Sample))
	all := make([]columnChoice, width)
	for n := range all {
		choice := &all[n]
		choice.Title = v.columnTitle(n)
		if n < len(c.Sample) {
			choice.Sample = c.Sample[n]
		}
		options := []ui.Option{{Label: v.T("import.column.skip")}}
		for _, f := range app.MemberFields() {
			options = append(options, ui.Option{Value: f.ID, Label: v.T("field." + f.ID)})
		}
		choice.Field = ui.Field{ID: "f-column-" + strconv.Itoa(n), Name: "column." + strconv.Itoa(n), Kind: "select", Value: fields[n], Options: options,
			Attrs: map[string]any{"aria-label": v.T("import.column.for", "Column", choice.Title)}}
	}
	return all
}

// inviteRadios say who gets an invitation.
func (v importView) inviteRadios() []ui.Check {
	var checks []ui.Check
	for _, choice := range inviteChoices() {
		checks = append(checks, ui.Check{Name: "invite", Value: choice, Label: v.T("import.invite." + choice), Checked: v.Import.Choices.Invite == choice})
	}
	return checks
}

// said are the counts of the foot.
func (v importView) said() (first, rest string) {
	n := v.Import.Counts
	first = v.T("import.foot.added", "Count", n.Added)
	var parts []string
	for _, part := range []struct {
		key string
		n   int64
	}{{"import.foot.changed", n.Changed}, {"import.foot.unchanged", n.Unchanged}, {"import.foot.invited", n.Invited}} {
		if part.n > 0 {
			parts = append(parts, v.T(part.key, "Count", part.n))
		}
	}
	if len(parts) > 0 {
		rest = ", " + strings.Join(parts, ", ")
	}
	rest += "."
	if v.checkedFile() && v.Import.Choices.HiddenUnsaid() {
		rest += " " + v.T("error.import.hidden")
	}
	if n.Faulty > 0 {
		rest += " " + v.T("import.foot.faulty", "Count", n.Faulty)
	}
	return first, rest
}

// changeLine is one field before and after, in words.
type changeLine struct{ Label, Before, After string }

func changeLines(t task, choices app.AddChoices, changes []audit.Change) []changeLine {
	tell := telling.Teller{Printer: t.Printer, Catalogue: t.catalogue}
	roles := slices.Concat(choices.Functions, choices.Levels)
	say := func(field string, v audit.Value) string {
		switch {
		case v.IsZero():
			return t.T("import.none")
		case v.IsText() && (field == "functions" || field == "access_level"): // a preview of an earlier version
			return roleNames(t.Printer, roles, v.Text())
		}
		return tell.Value(field, v, func(ref audit.Ref) string {
			i := slices.IndexFunc(roles, func(o directory.Role) bool { return ref.Noun == audit.Role && int64(o.ID) == ref.Key })
			if i < 0 {
				return ref.Name
			}
			return roles[i].Name(t.Printer.Lang())
		})
	}
	lines := make([]changeLine, len(changes))
	for n, c := range changes {
		lines[n] = changeLine{t.T("field." + c.Field), say(c.Field, c.Before), say(c.Field, c.After)}
	}
	return lines
}

// day is a day of the calendar in words.
func (t task) day(day time.Time) string {
	return t.Printer.Date(directory.DayOf(day, time.UTC).Noon(t.Printer.Zone()))
}

// plainDetail says what is known of a row that is neither changed nor refused.
func plainDetail(t task, choices app.AddChoices, row app.ImportedRow) string {
	switch {
	case row.Outcome == app.Unchanged:
		return t.T("import.detail.unchanged")
	case row.Outcome != app.Added:
		return ""
	}
	var parts []string
	if row.Function != "" {
		parts = append(parts, roleNames(t.Printer, choices.Functions, row.Function))
	}
	if row.Level != "" {
		parts = append(parts, roleNames(t.Printer, choices.Levels, row.Level))
	}
	parts = append(parts, productNames(t, choices, row.Products)...)
	if row.Company != "" && !row.Creates {
		parts = append(parts, row.Company)
	}
	if day, err := time.Parse(time.DateOnly, row.Ends); err == nil {
		parts = append(parts, t.T("import.detail.ends", "Date", t.day(day)))
	}
	text := strings.Join(parts, ", ")
	if row.Creates {
		text = strings.TrimPrefix(text+". ", ". ") + t.T("import.detail.creates", "Company", row.Company)
	}
	if row.Invited {
		text = strings.TrimPrefix(text+". ", ". ") + t.T("adding.invited")
	}
	if lacks := t.lacks(row.Lacks); lacks != "" {
		text = strings.TrimPrefix(text+". ", ". ") + lacks
	}
	return text
}

// left says how long a run still takes, as far as one can tell.
func (v importView) left() string {
	n := v.Import.Counts
	passed := v.Now.Sub(v.Import.Started)
	if n.Done < 2000 || n.Total <= n.Done || passed <= 0 {
		return ""
	}
	seconds := int(passed.Seconds() * float64(n.Total-n.Done) / float64(n.Done))
	return v.T("import.left", "Count", max(1, (seconds+4)/5*5))
}
