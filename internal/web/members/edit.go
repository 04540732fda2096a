package members

import (
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// An editing is the edit form of one member, with what was typed.
type editing struct {
	ui.Page
	m      app.MemberEditing
	typed  func(field string) string
	ticked func(field, value string) bool
	levels []string // codes of the access levels that are ticked
	words  *catalogue.Catalogue
	back   string
	list   string // of the account's members
	action string
	fault  *directory.Error
	was    ui.Hidden     // what it was drawn with
	homes  app.UnitHomes // where the member may be put (UNIT-5)
	home   directory.Unit
	picker string // where one of many units is chosen
	tabs   ui.MemberTabsView
}

// showEdit shows the form as the member is.
func (h Handler) showEdit(q *page.Request) error {
	m, err := h.App.Members.Editing(q.Context(), q.Actor(), account(q), member(q))
	if err != nil {
		return err
	}
	e := h.editing(q, m)
	if err := h.fill(q, &e); err != nil {
		return err
	}
	e.was = q.Was(e.drawn())
	if q.URL.Query().Get("password") == "new" {
		known := e.typed
		proposal := secret.NewProvisionalPassword()
		e.typed = func(field string) string {
			if field == "password" {
				return proposal
			}
			return known(field)
		}
	}
	return q.Render(editPage(e))
}

// editing fills the form with what is known.
func (h Handler) editing(q *page.Request, m app.MemberEditing) editing {
	name := directory.PersonName{First: m.Person.First, Last: m.Person.Last}
	if name == (directory.PersonName{}) {
		name = m.Suggested
	}
	known := map[string]string{
		"civility": m.Person.Civility, "first_name": name.First, "last_name": name.Last, "email": m.Person.Email, "language": m.Person.Language,
		"company": m.Company,
		"ends":    directory.LastDay(m.Ends, zone(q)).ISO(), "version": m.Version,
	}
	for _, text := range m.PlaceTexts.Each() {
		known[text.Kind.Field()] = *text.Value
	}
	var levels []string
	for _, level := range m.Levels {
		levels = append(levels, level.Code)
	}
	v := readView(q.URL.Query(), zone(q))
	return editing{
		levels: levels,
		words:  q.Site.Catalogue(),
		Page:   q.InAccount(q.Printer.T("members.edit.title", "Name", m.Name()), page.Members), m: m,
		typed: func(field string) string { return known[field] },
		ticked: func(_, value string) bool {
			return slices.ContainsFunc(m.Functions, func(r directory.Role) bool { return r.Code == value })
		},
		list:   q.AccountPath("/members"),
		back:   v.at(q.AccountPath("/members/" + url.PathEscape(m.UUID))),
		action: v.at(q.AccountPath("/members/" + url.PathEscape(m.UUID) + "/edit")),
	}
}

// edit saves the form; one that was refused comes back with what was typed.
func (h Handler) edit(q *page.Request) error {
	m, err := h.App.Members.Editing(q.Context(), q.Actor(), account(q), member(q))
	if err != nil {
		return err
	}
	e := h.editing(q, m)
	if err := h.fill(q, &e); err != nil {
		return err
	}
	change := readChange(q, m.Own)
	err = q.Together(h.App.Members.EditMember(q.Context(), q.Actor(), account(q), member(q), app.MemberEdit{MemberChange: change, Version: q.Field("version")}))
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if refusal != nil {
		refusal = q.Meanwhile(refusal, e.drawn(), m.Version)
		known := e.typed
		e.typed = func(field string) string {
			if q.PostForm.Has(field) {
				return q.Field(field)
			}
			return known(field) // what cannot be changed here is not sent
		}
		e.fault, e.was = refusal, q.Was(page.Drawn{})
		e.ticked = func(field, value string) bool { return slices.Contains(q.PostForm[field], value) }
		e.levels = q.PostForm[levelField]
		return q.RenderRefused(refusal, editPage(e))
	}
	q.Done(q.Printer.T("members.done.edit", "Name", m.Name()))
	return q.Redirect(e.back)
}

// drawn is the form as the member is now.
func (e editing) drawn() page.Drawn {
	return page.Drawn{Fields: append(e.person(), e.place()...), Groups: []page.Group{{Name: levelField, Checks: e.levelChecks()},
		{Name: "function", Checks: e.functions()}}}
}

// readChange reads what the form sets; own leaves the person alone.
func readChange(q *page.Request, own bool) app.MemberChange {
	text := func(field string) *string {
		value := q.Field(field)
		return &value
	}
	functions, levels := q.PostForm["function"], q.PostForm[levelField]
	change := app.MemberChange{Company: text("company"), Functions: &functions, Levels: &levels, Ends: &directory.End{}}
	for _, typed := range change.PlaceTexts.Each() {
		*typed.Value = text(typed.Kind.Field())
	}
	change.Ends.Day = q.Day("ends")
	if q.PostForm.Has("unit") {
		change.Unit = text("unit")
	}
	if own {
		return change
	}
	change.Person = app.PersonChange{Civility: text("civility"), First: text("first_name"), Last: text("last_name"), Email: text("email"),
		Language: text("language"), Provisional: q.PostFormValue("password")}
	return change
}

func (e editing) problem(field string) string {
	return page.FaultAt(e.Printer, e.fault, field)
}

func (e editing) errors() []ui.FieldError {
	return page.Summary(e.Printer, e.fault, func(name, _ string) (string, string) { return "f-" + name, "" })
}

// levelField is the name of the boxes of access levels.
const levelField = "access_level"

func (e editing) field(name, kind, key string) ui.Field {
	f := ui.Field{Name: name, Kind: kind, Label: e.T(key), Value: e.typed(name), Error: e.problem(name)}
	return f
}

// person are the fields of the person behind the member.
func (e editing) person() []ui.Field {
	civility := e.field("civility", "select", "field.civility")
	civility.Options = []ui.Option{{Label: e.T("civility.none")}, {Value: "mrs", Label: e.T("civility.mrs")}, {Value: "mr", Label: e.T("civility.mr")}}
	language := e.field("language", "select", "field.language")
	for _, code := range e.m.Languages {
		language.Options = append(language.Options, ui.Option{Value: code, Label: e.Printer.Language(code)})
	}
	if !slices.Contains(e.m.Languages, e.m.Person.Language) {
		language.Options = append(language.Options, ui.Option{Value: e.m.Person.Language, Label: e.Printer.Language(e.m.Person.Language)})
	}
	language.Required = true
	email := e.field("email", "email", "field.email")
	email.Required, email.Hint = true, e.T("members.edit.email.hint")
	name := ui.Field{Name: "user_name", Label: e.T("field.user_name"), Value: e.m.Person.UserName, Hint: e.T("members.edit.user_name.hint"),
		Attrs: map[string]any{"disabled": true}}
	fields := []ui.Field{civility, language, e.field("first_name", "text", "field.first_name"), e.field("last_name", "text", "field.last_name"), email, name}
	if e.m.Own {
		for i := range fields {
			fields[i].Attrs, fields[i].Hint, fields[i].Required = map[string]any{"disabled": true}, "", false
		}
	}
	return fields
}

// place are the fields of the member's place in the account.
func (e editing) place() []ui.Field {
	company := e.field("company", "text", "field.company")
	company.Hint, company.Attrs = e.T("members.edit.company.hint"), map[string]any{"list": "companies", "autocomplete": "off"}
	ends := e.field("ends", "date", "field.end_date")
	ends.Hint = e.T("members.edit.ends.hint")
	fields := []ui.Field{company}
	if e.hasUnits() {
		fields = append(fields, e.unit())
	}
	for _, text := range directory.PlaceTextKinds() {
		fields = append(fields, e.field(text.Field(), page.InputOf(text), "field."+text.Field()))
	}
	return append(fields, ends)
}

func (e editing) levelChecks() []ui.Check {
	checks := page.LevelChecks(e.words, e.Printer, e.m.Choices.Levels, levelField, e.levels)
	for i := range checks {
		if e.keeps(checks[i].Value) {
			checks[i].Disabled, checks[i].Checked = true, true
		}
	}
	return checks
}

// keeps reports whether the member cannot give up a level, as the last administrator of
// the account (ACC-5).
func (e editing) keeps(code string) bool {
	return e.m.May.Last && slices.ContainsFunc(e.m.Levels, func(l directory.Role) bool { return l.Code == code && l.Administers() })
}

// others is where another administrator is named.
func (e editing) others() []ui.Link {
	return []ui.Link{{Label: e.T("remedy.administrator"), Href: e.list + "?status=active"}}
}

// kept are the levels whose boxes cannot be changed, and so are not sent.
func (e editing) kept() []ui.Hidden {
	var hidden []ui.Hidden
	for _, level := range e.m.Levels {
		if e.keeps(level.Code) {
			hidden = append(hidden, ui.Hidden{Name: levelField, Value: level.Code})
		}
	}
	return hidden
}

func (e editing) functions() []ui.Check {
	return functionChecks(e.m.Choices.Functions, e.Printer.Lang(), func(code string) bool { return e.ticked("function", code) })
}

func functionChecks(roles []directory.Role, lang string, ticked func(code string) bool) []ui.Check {
	var checks []ui.Check
	for _, r := range roles {
		checks = append(checks, ui.Check{Name: "function", Value: r.Code, Label: r.Name(lang), Checked: ticked(r.Code)})
	}
	return checks
}

func (e editing) password() ui.Field {
	f := e.field("password", "text", "field.provisional_password")
	f.Hint = e.T("members.edit.password.hint")
	f.Attrs = map[string]any{"autocomplete": "off"}
	f.Side = &ui.Link{Label: e.T("members.edit.password.propose"), Href: withQuery(e.action, "password", "new")}
	return f
}

// withQuery adds a value to an address.
func withQuery(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	values := u.Query()
	values.Set(name, value)
	u.RawQuery = values.Encode()
	return u.String()
}
