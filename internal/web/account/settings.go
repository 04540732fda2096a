package account

import (
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A settingsView is the form of what an account sets for itself.
type settingsView struct {
	Base      string
	Tabs      []ui.Tab
	Errors    []ui.FieldError
	Version   string
	Language  ui.Field
	TimeZone  ui.Field
	Languages []ui.Check
	LangFault string
	Days      ui.Field
	QuickAdd  ui.Field
	Reminders ui.Check
	Length    ui.Field
	Classes   ui.Field
	Renewal   ui.Field
	Factor    ui.Field
	Without   string // how many lack the second factor
	Logo      ui.Field
	LogoNow   string // its address, or empty
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
	of := s.Catalogue
	number := func(name, label, hint string, value int) ui.Field {
		shown := strconv.Itoa(value)
		if q.PostForm.Has(name) {
			shown = q.Field(name)
		}
		return ui.Field{Name: name, Kind: "number", Label: label, Hint: hint, Value: shown, Required: true, Attrs: map[string]any{"inputmode": "numeric"}}
	}
	v := settingsView{Base: q.AccountPath("/settings"), Tabs: h.settingsTabs(q, false), Version: strconv.FormatInt(n.Version, 10),
		Language:  ui.Field{Name: "language", Kind: "select", Label: t("settings.language"), Hint: t("settings.language.hint"), Value: n.Language},
		TimeZone:  ui.Field{Name: "time_zone", Kind: "select", Label: t("settings.time_zone"), Value: n.TimeZone},
		Reminders: ui.Check{Name: "reminders", Value: "on", Label: t("settings.reminders"), Checked: n.Reminders},
		Days: number("invitation_days", t("settings.invitation_days"), t("settings.invitation_days.hint", "Min", directory.InvitationDaysLeast,
			"Max", directory.InvitationDaysMost, "Own", of.InvitationDays), n.InvitationDays),
		QuickAdd: number("quick_add_limit", t("settings.quick_add"), t("settings.invitation_days.hint", "Min", 1,
			"Max", directory.QuickAddMost, "Own", of.QuickAddAccount), n.QuickAddLimit),
		Length:  number("min_length", t("settings.min_length"), t("settings.floor", "Min", of.Password.MinLength), n.Password.MinLength),
		Classes: number("classes", t("settings.classes"), t("settings.classes.hint")+" "+t("settings.floor", "Min", of.Password.Classes), n.Password.Classes),
		Renewal: number("renewal_days", t("settings.renewal"), t("settings.renewal.hint"), n.Password.RenewalDays),
	}
	v.factor(q, s, n)
	v.Logo = ui.Field{Name: "logo", Kind: "file", Label: t("settings.logo.new"), Hint: t("settings.logo.hint"), Attrs: map[string]any{"accept": "image/png,image/jpeg"}}
	v.LogoNow = q.LogoPath()
	for _, code := range of.Languages {
		v.Language.Options = append(v.Language.Options, ui.Option{Value: code, Label: q.Printer.Language(code), Selected: code == n.Language})
		v.Languages = append(v.Languages, ui.Check{Name: "languages", Value: code, Label: q.Printer.Language(code), Checked: slices.Contains(n.Languages, code)})
	}
	for _, zone := range zones(n.TimeZone) {
		v.TimeZone.Options = append(v.TimeZone.Options, ui.Option{Value: zone, Label: zone, Selected: zone == n.TimeZone})
	}
	return v
}

// factor offers of whom a second factor is demanded, and says how many have none
// yet (SIGN-6).
func (v *settingsView) factor(q *page.Request, s app.SettingsView, n app.AccountSettings) {
	t := q.Printer.T
	v.Factor = ui.Field{Name: "second_factor", Kind: "select", Label: t("settings.second_factor"), Hint: t("settings.second_factor.hint"), Value: string(n.SecondFactor)}
	for _, demand := range []directory.FactorDemand{directory.FactorOfNobody, directory.FactorOfAdministrators, directory.FactorOfAll} {
		label := t("settings.second_factor.nobody")
		if demand != directory.FactorOfNobody {
			label = t("settings.second_factor." + string(demand))
		}
		v.Factor.Options = append(v.Factor.Options, ui.Option{Value: string(demand), Label: label, Selected: demand == n.SecondFactor})
	}
	v.Without = t("settings.second_factor.without", "Administrators", s.Without.Administrators, "Count", s.Without.People)
}

// zones are the time zones offered: those of Europe and of France overseas, and
// the one the account has.
func zones(own string) []string {
	offered := []string{"Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest",
		"Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Lisbon", "Europe/London", "Europe/Luxembourg", "Europe/Madrid",
		"Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Sofia", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw",
		"Europe/Zurich", "America/Cayenne", "America/Guadeloupe", "America/Martinique", "America/Miquelon", "Indian/Mayotte", "Indian/Reunion",
		"Pacific/Noumea", "Pacific/Tahiti", "UTC"}
	if !slices.Contains(offered, own) {
		offered = append(offered, own)
	}
	return offered
}

// changeSettings writes the form over the version it was made on (PLAN-4).
func (h Handler) changeSettings(q *page.Request) error {
	n := app.AccountSettings{Language: q.Field("language"), TimeZone: q.Field("time_zone"), InvitationDays: atoi(q.Field("invitation_days")),
		QuickAddLimit: atoi(q.Field("quick_add_limit")), Languages: q.PostForm["languages"], Reminders: q.Ticked("reminders"),
		SecondFactor: directory.FactorDemand(q.Field("second_factor")),
		Password:     directory.PasswordPolicy{MinLength: atoi(q.Field("min_length")), Classes: atoi(q.Field("classes")), RenewalDays: atoi(q.Field("renewal_days"))}}
	n.Version = q.Version()
	err := h.App.Accounts.ChangeSettings(q.Context(), q.Actor(), q.Frame.Account.ID, n)
	if err == nil {
		q.Toast(q.Printer.T("settings.saved"), "")
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
	v := h.settingsView(q, s, n)
	v.refuse(q, refusal)
	return q.RenderRefused(refusal, settingsPage(q.InAccount(q.Printer.T("settings.title"), page.Settings), v))
}

// refuse writes a refusal beside the field it is about.
func (v *settingsView) refuse(q *page.Request, refusal *directory.Error) {
	text := q.Printer.Error(refusal)
	at := "content"
	for _, f := range []*ui.Field{&v.Language, &v.TimeZone, &v.Days, &v.QuickAdd, &v.Length, &v.Classes, &v.Renewal, &v.Factor} {
		if f.Name == refusal.Field {
			f.Error, at = text, "f-"+f.Name
		}
	}
	if refusal.Field == "languages" {
		v.LangFault = text
	}
	v.Errors = []ui.FieldError{{ID: at, Text: text}}
}
