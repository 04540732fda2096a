package adding

import (
	"net/http"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/web/grantform"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A personView is the full form for one person (ADD-11). Saved is set once it
// is: then the person can be invited (INV-5).
type personView struct {
	task
	Form     app.PersonForm
	Who      []ui.Field
	Place    []ui.Field
	Levels   []ui.Check // access levels
	Seats    []ui.Check // products
	Active   ui.Check
	Email    ui.Field
	UserName ui.Field
	Language ui.Field
	Password ui.Field
	Shown    string // a password just generated
	Saved    *savedPerson
	Lead     string
	Home     []ui.Field
	Roles    grantform.View
	view     app.GrantView // what is chosen of roles
}

// A savedPerson is somebody the form has made.
type savedPerson struct {
	app.PersonCard
	Tabs                  ui.MemberTabsView
	Invite, Profile, Next string
}

// facts are what is known of them now.
func (p savedPerson) facts(v personView) []ui.CartItem {
	items := []ui.CartItem{{Label: v.T("field.email"), Value: p.Email}, {Label: v.T("field.user_name"), Value: p.UserName},
		{Label: v.T("field.status"), Value: v.T("status." + p.Member.Status.String())}}
	for _, further := range []ui.CartItem{
		{Label: v.T("field.company"), Value: p.Company},
		{Label: v.T("field.role"), Value: roleNames(v.Printer, v.Form.Functions, p.Function)},
		{Label: v.T("field.access_level"), Value: roleNames(v.Printer, v.Form.Levels, p.Level)},
	} {
		if further.Value != "" {
			items = append(items, further)
		}
	}
	return items
}

func (h Handler) showPerson(q *page.Request) error {
	v, err := h.personView(q)
	if err != nil {
		return err
	}
	if id := q.FormValue("member"); id != "" {
		return h.showSaved(q, v, id)
	}
	return h.renderPerson(q, v, "")
}

// showSaved shows somebody just added, with what can be done next.
func (h Handler) showSaved(q *page.Request, v personView, id string) error {
	card, err := h.App.Members.Card(q.Context(), q.Actor(), q.Frame.Account.ID, id)
	if err != nil {
		return err
	}
	tabs, err := q.MemberTabs(card.Member.UUID, "")
	if err != nil {
		return err
	}
	v.Saved = &savedPerson{PersonCard: card, Invite: tabs.Invite, Profile: q.AccountPath("/members/" + card.Member.UUID), Next: v.T("adding.person.done")}
	if tabs.Invite != "" {
		v.Saved.Next = v.T("adding.person.next")
	}
	tabs.Invite = "" // the main thing to do of this page
	v.Saved.Tabs = tabs
	return q.Render(personPage(v))
}

// renderPerson shows the form with what was typed and chosen.
func (h Handler) renderPerson(q *page.Request, v personView, userName string) error {
	var err error
	if v.Form.AddChoices, err = h.homes(q, v.Form.AddChoices); err != nil {
		return err
	}
	if named := q.URL.Query().Get(homeUnit); named != "" {
		v.view.Units = append(v.view.Units, named)
	}
	grants, err := h.App.Grants.Of(q.Context(), q.Actor(), q.Frame.Account.ID, "", v.view)
	if err != nil {
		return err
	}
	live := morph(v.Action, "change")
	live["hx-vals"] = `{"act": "preview"}`
	v.Roles = grantform.New(q, v.Page, grants, v.view, live)
	if v.refusal != nil {
		v.Roles = v.Roles.Refused(v.refusal)
	}
	v.fields(q, userName)
	return q.RenderRefused(v.refusal, personPage(v))
}

func (h Handler) personView(q *page.Request) (personView, error) {
	v := personView{task: h.task(q, q.Printer.T("adding.person")), view: grantform.Read(q.PostForm)}
	var err error
	v.Form, err = h.App.Members.PersonForm(q.Context(), q.Actor(), q.Frame.Account.ID)
	v.Lead = v.T("adding.person.lead")
	if v.Form.Credentials == catalogue.OnCreation {
		v.Lead = v.T("adding.person.lead_credentials")
	}
	return v, err
}

// fields are the form's, with what was typed. The generated password replaces
// the typed one.
func (v *personView) fields(q *page.Request, userName string) {
	t := v.T
	is := func(name, otherwise string) string {
		if q.Method == http.MethodPost && q.PostForm.Has(name) {
			return q.Field(name)
		}
		return otherwise
	}
	field := func(name, kind, key string, required bool) ui.Field {
		return ui.Field{Name: name, Kind: kind, Label: t(key), Value: is(name, ""), Required: required, Error: v.problem(name)}
	}
	civility := field("civility", "select", "field.civility", v.Form.Requires(catalogue.FieldCivility))
	civility.Options = []ui.Option{{Label: t("civility.none")}, {Value: "mrs", Label: t("civility.mrs")}, {Value: "mr", Label: t("civility.mr")}}
	name := field("user_name", "", "field.user_name", true)
	name.Hint, name.Value = t("adding.person.user_name"), userName
	if userName == "" {
		name.Value = is("user_name", "")
	}
	name.Attrs = map[string]any{"autocapitalize": "off", "autocomplete": "off", "spellcheck": "false"}
	email := field("email", "email", "field.email", true)
	email.Attrs = map[string]any{"autocomplete": "off"}
	language := field("language", "select", "field.language", true)
	language.Value = is("language", q.Frame.Account.Language)
	for _, code := range v.Form.Languages {
		language.Options = append(language.Options, ui.Option{Value: code, Label: q.Printer.Language(code)})
	}
	v.Who = []ui.Field{civility, field("first_name", "", "field.first_name", v.Form.Requires(catalogue.FieldFirstName)),
		field("last_name", "", "field.last_name", v.Form.Requires(catalogue.FieldLastName))}
	v.Email, v.UserName, v.Language = email, name, language
	v.Password = field("password", "", "field.provisional_password", v.Form.Requires(catalogue.FieldProvisionalPassword))
	v.Password.Hint, v.Password.Attrs = t("adding.person.password"), map[string]any{"autocomplete": "off", "spellcheck": "false", "class": "mono"}
	v.Password.Value = v.Shown
	v.Active = ui.Check{Name: "active", Value: "1", Label: t("field.active"), Hint: t("adding.person.active"),
		Checked: q.Method != http.MethodPost || q.Ticked("active")}
	company := field("company", "", "field.company", false)
	company.Attrs = map[string]any{"list": "companies"}
	function := field("function", "select", "field.role", false)
	function.Options = roleOptions(v.Printer, v.Form.Functions, t("adding.no_role"), is("function", ""))
	v.Levels = page.LevelChecks(v.catalogue, v.Printer, v.Form.Levels, levelField, q.PostForm[levelField])
	ends := field("ends", "date", "field.end_date", false)
	ends.Hint = t("adding.person.ends")
	v.Home = v.homeFields(q, v.Form.AddChoices, "")
	v.Place = []ui.Field{company, function}
	for _, text := range directory.PlaceTextKinds() {
		v.Place = append(v.Place, field(text.Field(), page.InputOf(text), "field."+text.Field(), false))
	}
	v.Place = append(v.Place, ends)
	v.Seats = v.products(q, v.Form.AddChoices)
}

// refusedPerson shows the form again with what was typed, unless err is a fault.
func (h Handler) refusedPerson(q *page.Request, v personView, userName string, err error) error {
	if fault := v.refused(err); fault != nil {
		return fault
	}
	return h.renderPerson(q, v, userName)
}

func (h Handler) person(q *page.Request) error {
	v, err := h.personView(q)
	if err != nil {
		return err
	}
	userName := q.Field("user_name")
	if userName == "" {
		userName = app.ProposeUserName(q.Field("email"))
	}
	v.Shown = q.PostFormValue("password")
	switch q.PostFormValue("act") {
	case "generate":
		v.Shown = secret.NewProvisionalPassword()
		return h.renderPerson(q, v, userName)
	case "propose":
		return h.renderPerson(q, v, app.ProposeUserName(q.Field("email")))
	case grantform.Preview, grantform.Search, grantform.Pick, "homes":
		if refusal := grantform.Unready(q.PostForm, false); refusal != nil {
			return h.refusedPerson(q, v, q.Field("user_name"), refusal)
		}
		return h.renderPerson(q, v, q.Field("user_name"))
	}
	if refusal := grantform.Unready(q.PostForm, true); refusal != nil {
		return h.refusedPerson(q, v, userName, refusal)
	}
	if grantform.Seeks(q.PostForm) {
		return h.renderPerson(q, v, userName)
	}
	n := readPerson(q)
	n.Roles = v.view.Chosen
	m, err := h.App.Members.Create(q.Context(), q.Actor(), q.Frame.Account.ID, n)
	if err := q.Together(err); err != nil {
		return h.refusedPerson(q, v, userName, err)
	}
	said := "adding.person.saved"
	if m.Status == directory.Invited {
		said = "adding.person.saved_credentials"
	}
	q.Done(v.T(said, "Email", n.Email))
	if q.PostFormValue("act") == "close" {
		return q.Redirect(q.AccountPath("/members"))
	}
	return q.Redirect(q.AccountPath("/members/new?member=" + m.UUID))
}

func readPerson(q *page.Request) app.NewPerson {
	n := app.NewPerson{Password: q.PostFormValue("password"), Inactive: !q.Ticked("active"), NewMember: app.NewMember{
		Email: q.Field("email"), First: q.Field("first_name"), Last: q.Field("last_name"), Civility: q.Field("civility"),
		UserName: q.Field("user_name"), Language: q.Field("language"), Company: q.Field("company"), Levels: q.PostForm[levelField],
		Home: q.Field(homeUnit), Products: q.PostForm[productField]}}
	for _, text := range n.PlaceTexts.Each() {
		*text.Value = q.Field(text.Kind.Field())
	}
	if function := q.Field("function"); function != "" {
		n.Functions = []string{function}
	}
	n.Ends.Day = q.Day("ends")
	return n
}
