package account

import (
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A settingsView is the form of what an account sets for itself.
type settingsView struct {
	Base    string
	Tabs    []ui.Tab
	Errors  []ui.FieldError
	Version string
	Groups  []settingsGroup
	Hidden  []ui.Field // what stays as it is, for it means nothing here
	Logo    ui.Field
	LogoNow string // its address, or empty
	Was     ui.Hidden
}

// A settingsGroup is a section of the form: fields beside each other, then lists
// to tick in, then single ticks, and what there is to say after them.
type settingsGroup struct {
	Title, Note, Lead string
	Fields            []ui.Field
	Lists             []settingsList
	Ticks             []ui.Check
	After             string
}

// A settingsList is a setting of several values.
type settingsList struct {
	Name, Legend, Fault string
	Checks              []ui.Check
}

// A settingsForm makes the view: of what holds, what the catalogue says, and what
// was typed.
type settingsForm struct {
	q     *page.Request
	said  directory.Settings
	asked directory.Settings

	stands bool // of what stands, whatever was typed
}

func (h Handler) settingsTabs(q *page.Request, domains bool) []ui.Tab {
	return []ui.Tab{
		{Label: q.Printer.T("settings.tab.general"), Href: q.AccountPath("/settings"), Current: !domains},
		{Label: q.Printer.T("settings.tab.domains"), Href: q.AccountPath("/settings/domains"), Current: domains},
	}
}

func (h Handler) showSettings(q *page.Request) error {
	s, err := h.App.Accounts.Settings(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	return q.Render(settingsPage(q.InAccount(q.Printer.T("settings.title"), page.Settings), h.settingsView(q, s, s.AccountSettings)))
}

// settingsView fills the form with what holds, or with what was typed.
func (h Handler) settingsView(q *page.Request, s app.SettingsView, n app.AccountSettings) settingsView {
	t := q.Printer.T
	v := settingsView{Base: q.AccountPath("/settings"), Tabs: h.settingsTabs(q, false), Version: strconv.FormatInt(n.Version, 10), LogoNow: q.LogoPath()}
	form := settingsForm{q: q, said: n.Settings, asked: s.Catalogue.Settings}
	for _, group := range directory.SettingGroups() {
		g := form.group(group)
		if group == directory.GroupProjects && !q.HasProjects() {
			v.Hidden = g.unseen()
			continue
		}
		if group == directory.GroupSignIn {
			g.After = t("settings.without_factor", "Administrators", s.Without.Administrators, "Count", s.Without.People)
		}
		v.Groups = append(v.Groups, g)
	}
	v.Was = q.Was(standingForm(q, s))
	v.Logo = ui.Field{Name: "logo", Kind: "file", Label: t("settings.logo.new"), Hint: t("settings.logo.hint"), Attrs: map[string]any{"accept": "image/png,image/jpeg"}}
	return v
}

// standingForm is the form as it would be drawn of what stands.
func standingForm(q *page.Request, s app.SettingsView) page.Drawn {
	form := settingsForm{q: q, said: s.Settings, asked: s.Catalogue.Settings, stands: true}
	var d page.Drawn
	for _, group := range directory.SettingGroups() {
		g := form.group(group)
		d.Fields = append(d.Fields, g.Fields...)
		for _, list := range g.Lists {
			d.Groups = append(d.Groups, page.Group{Name: list.Name, Checks: list.Checks})
		}
		for _, tick := range g.Ticks {
			d.Groups = append(d.Groups, page.Group{Name: tick.Name, Checks: []ui.Check{tick}})
		}
	}
	return d
}

// unseen are the fields of a section that is not shown.
func (g settingsGroup) unseen() []ui.Field {
	hidden := g.Fields
	for _, tick := range g.Ticks {
		if tick.Checked {
			hidden = append(hidden, ui.Field{Name: tick.Name, Value: tick.Value})
		}
	}
	return hidden
}

// group is a section with all its settings.
func (f settingsForm) group(group directory.SettingGroup) settingsGroup {
	key := "settings.group." + string(group)
	g := settingsGroup{Title: f.q.Printer.T(key), Note: f.perhaps(key + ".note"), Lead: f.perhaps(key + ".lead")}
	for _, row := range directory.AccountSettings() {
		if row.Group == group {
			f.add(&g, row)
		}
	}
	return g
}

// add puts a setting into its section as its kind is typed.
func (f settingsForm) add(g *settingsGroup, row directory.Setting) {
	label := f.q.Printer.T("settings.field." + row.ID)
	switch value := row.At(&f.said).(type) {
	case *int:
		g.Fields = append(g.Fields, ui.Field{Name: row.ID, Kind: "number", Label: label, Hint: f.hint(row), Value: f.typed(row.ID, *value),
			Required: true, Attrs: map[string]any{"inputmode": "numeric"}})
	case *string:
		g.Fields = append(g.Fields, ui.Field{Name: row.ID, Kind: "select", Label: label, Hint: f.hint(row), Value: *value, Options: f.options(row, *value)})
	case *bool:
		g.Ticks = append(g.Ticks, ui.Check{Name: row.ID, Value: "on", Label: label, Checked: *value})
	case *[]string:
		list := settingsList{Name: row.ID, Legend: label}
		for _, code := range *row.At(&f.asked).(*[]string) {
			list.Checks = append(list.Checks, ui.Check{Name: row.ID, Value: code, Label: f.q.Printer.Language(code), Checked: slices.Contains(*value, code)})
		}
		g.Lists = append(g.Lists, list)
	}
}

// typed is a number as it was typed, or as it holds.
func (f settingsForm) typed(name string, value int) string {
	if !f.stands && f.q.PostForm.Has(name) {
		return f.q.Field(name)
	}
	return strconv.Itoa(value)
}

// perhaps is a message that not everything has.
func (f settingsForm) perhaps(key string) string {
	if f.q.Printer.Has(key) {
		return f.q.Printer.T(key)
	}
	return ""
}

// hint says what a setting is good for, how low its floor is, or, of a number
// without either, its bounds and what the catalogue has.
func (f settingsForm) hint(row directory.Setting) string {
	own := f.perhaps("settings.field." + row.ID + ".hint")
	asked, number := row.At(&f.asked).(*int)
	switch {
	case number && row.Floor == directory.NotBelow:
		return strings.TrimSpace(own + " " + f.q.Printer.T("settings.floor", "Min", *asked))
	case number && own == "":
		return f.q.Printer.T("settings.range", "Min", row.Bounds.Least, "Max", row.Bounds.Most, "Own", *asked)
	}
	return own
}

// options are what can be chosen of a setting.
func (f settingsForm) options(row directory.Setting, value string) []ui.Option {
	codes := row.Choices
	label := func(code string) string { return f.q.Printer.T(row.Word(code)) }
	switch row.Kind {
	case directory.LanguageSetting:
		codes, label = f.asked.Languages, f.q.Printer.Language
	case directory.ZoneSetting:
		codes, label = page.Zones(value), func(code string) string { return code }
	}
	var options []ui.Option
	for _, code := range codes {
		options = append(options, ui.Option{Value: code, Label: label(code), Selected: code == value})
	}
	return options
}

// saidSettings reads the form.
func saidSettings(q *page.Request) app.AccountSettings {
	n := app.AccountSettings{Version: q.Version()}
	for _, row := range directory.AccountSettings() {
		switch value := row.At(&n.Settings).(type) {
		case *int:
			*value = wholeNumber(q.Field(row.ID))
		case *bool:
			*value = q.Ticked(row.ID)
		case *string:
			*value = q.Field(row.ID)
		case *[]string:
			*value = q.PostForm[row.ID]
		}
	}
	return n
}

// wholeNumber reads a number; what is none is out of all bounds, so that no rule
// takes it for 0, which is never.
func wholeNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// changeSettings writes the form over the version it was made on (PLAN-4).
func (h Handler) changeSettings(q *page.Request) error {
	n := saidSettings(q)
	err := h.App.Accounts.ChangeSettings(q.Context(), q.Actor(), q.Frame.Account.ID, n)
	if err == nil {
		q.Done(q.Printer.T("settings.saved"))
		return q.Redirect(q.AccountPath("/settings"))
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	s, err := h.App.Accounts.Settings(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	refusal = q.Meanwhile(refusal, standingForm(q, s), strconv.FormatInt(s.AccountSettings.Version, 10))
	v := h.settingsView(q, s, saidSettings(q))
	v.refuse(q, refusal)
	return q.RenderRefused(refusal, settingsPage(q.InAccount(q.Printer.T("settings.title"), page.Settings), v))
}

// refuse writes a refusal beside the field it is about.
func (v *settingsView) refuse(q *page.Request, refusal *directory.Error) {
	var fields []*ui.Field
	var groups []page.Group
	for _, g := range v.Groups {
		for i := range g.Fields {
			fields = append(fields, &g.Fields[i])
		}
		for i := range g.Lists {
			groups = append(groups, page.Group{Name: g.Lists[i].Name, Legend: g.Lists[i].Legend, Fault: &g.Lists[i].Fault})
		}
	}
	v.Errors = page.MarkEach(q.Printer, fields, refusal, groups...)
}
