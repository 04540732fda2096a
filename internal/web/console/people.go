package console

import (
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// staffView is the vendor's own people, with the form to add one.
type staffView struct {
	People []staffRow
	May    bool
	Form   form
}

type staffRow struct {
	Name, Email, Role, Last string
	Portfolio, Factor       string
	Href                    string // the person's page, for who names staff
	Off, Bare               bool   // switched off; without a second factor
}

func (h Handler) staff(q *page.Request) error { return h.showStaff(q, nil, h.staffForm(q)) }

func (h Handler) showStaff(q *page.Request, refusal *directory.Error, f form) error {
	people, err := h.App.Users.Staff(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	p, err := h.shell(q, q.Printer.T("staff.title"), page.Staff)
	if err != nil {
		return err
	}
	v := staffView{May: may(q, authz.NameStaff), Form: f}
	for _, u := range people {
		row := staffRow{Name: u.Name(), Email: u.Email, Role: q.Printer.T("staff.role." + u.User.Staff), Last: h.lastSignIn(q, u.User),
			Portfolio: portfolio(q, u), Factor: q.Printer.T("staff.factor.on"), Off: !u.SwitchedOff.IsZero(), Bare: u.Factor.IsZero()}
		if row.Bare {
			row.Factor = q.Printer.T("staff.factor.none")
		}
		if v.May {
			row.Href = staffMemberPath(u.User, "")
		}
		v.People = append(v.People, row)
	}
	return q.RenderRefused(refusal, staffPage(p, v))
}

func (h Handler) staffForm(q *page.Request) form {
	t, v := q.Printer.T, q.PostFormValue
	role := ui.Field{Name: "role", Kind: "select", Label: t("staff.role"), Value: v("role")}
	for _, r := range []authz.StaffRole{authz.Support, authz.Sales, authz.Auditor, authz.Operator} {
		role.Options = append(role.Options, ui.Option{Value: string(r), Label: t("staff.role." + string(r))})
	}
	return form{Action: staffPath, Submit: t("staff.add"), Parts: []part{{Title: t("staff.add"), Note: t("staff.add.note"), Two: true, Fields: []ui.Field{
		{Name: "first_name", Label: t("field.first_name"), Value: v("first_name")},
		{Name: "last_name", Label: t("field.last_name"), Value: v("last_name")},
		{Name: "email", Kind: "email", Label: t("field.email"), Value: v("email"), Required: true},
		role,
		{Name: "password", Kind: "password", Label: t("field.password"), Required: true, Hint: t("staff.password.hint"),
			Attrs: map[string]any{"autocomplete": "new-password"}},
	}}}}
}

func (h Handler) addStaff(q *page.Request) error {
	user, err := h.App.Users.CreateStaff(q.Context(), q.Actor(), app.NewStaff{Email: q.Field("email"), First: q.Field("first_name"),
		Last: q.Field("last_name"), Role: authz.StaffRole(q.Field("role")), Password: q.PostFormValue("password"), Language: q.Printer.Lang()})
	if err != nil {
		refusal, fault := page.Refusal(err)
		if fault != nil || !may(q, authz.NameStaff) {
			return err
		}
		f := h.staffForm(q)
		f.refuse(q, refusal)
		return h.showStaff(q, refusal, f)
	}
	q.Toast(q.Printer.T("staff.added", "Name", user.Name()), "")
	return q.Redirect(staffPath)
}

// usersView is the search for one person of all accounts (USER-2, USER-7).
type usersView struct {
	Search ui.SearchView
	Asked  bool
	People []userRow
	Dialog *dialog
}

type userRow struct {
	Name, Email, State, Tone string
	Accounts                 []ui.Link
	Menu                     []ui.MenuItem
	ID                       string
}

func (h Handler) users(q *page.Request) error {
	return h.showUsers(q, q.URL.Query().Get("q"), nil)
}

func (h Handler) showUsers(q *page.Request, sought string, refusal *directory.Error) error {
	t := q.Printer.T
	found, err := h.App.Users.Lookup(q.Context(), q.Actor(), sought)
	if err != nil {
		return err
	}
	p, err := h.shell(q, t("users.title"), page.VendorUsers)
	if err != nil {
		return err
	}
	v := usersView{Asked: len([]rune(sought)) >= 3,
		Search: ui.SearchView{Name: "q", Value: sought, Label: t("users.search"), Placeholder: t("users.search.hint")}}
	back := query{"q": {sought}}.with(usersPath, "do")
	for _, u := range found {
		v.People = append(v.People, h.userRow(q, u, back))
		if q.FormValue("user") == u.UUID || q.PathValue("user") == u.UUID {
			v.Dialog = userDialog(q, u.User, q.FormValue("do"), sought, back)
		}
	}
	if v.Dialog != nil {
		v.Dialog.refuse(q, refusal)
	}
	return q.RenderRefused(refusal, usersPage(p, v))
}

func (h Handler) userRow(q *page.Request, u app.FoundUser, back string) userRow {
	t := q.Printer.T
	row := userRow{ID: u.UUID, Name: u.Name(), Email: u.Email, State: t("users.on"), Tone: "active"}
	ask := func(do, icon string, danger bool) {
		row.Menu = append(row.Menu, ui.MenuItem{Label: t("users." + do), Icon: icon, Danger: danger, Href: back + "&user=" + u.UUID + "&do=" + do})
	}
	switch {
	case !u.Erased.IsZero():
		row.State, row.Tone = t("users.erased"), "none"
	case !u.SwitchedOff.IsZero():
		row.State, row.Tone = t("users.off"), "off"
		ask("switch_on", "user-check", false)
	default:
		ask("switch_off", "user-off", true)
	}
	if u.Erased.IsZero() && may(q, authz.ErasePeople) {
		ask("erase", "trash", true)
	}
	for _, a := range u.Accounts {
		row.Accounts = append(row.Accounts, ui.Link{Label: a.Name, Href: customerPath(a, "")})
	}
	return row
}

// userDialog asks before somebody is switched off everywhere or erased.
func userDialog(q *page.Request, u directory.User, do, sought, back string) *dialog {
	if do != "switch_off" && do != "switch_on" && do != "erase" {
		return nil
	}
	t := q.Printer.T
	d := dialogOf(q, t("users."+do+".title", "Name", u.Name()), t("users."+do+".lead"), usersPath+"/"+u.UUID, back)
	d.Hidden = []ui.Hidden{{Name: "do", Value: do}, {Name: "q", Value: sought}}
	d.Act = ui.Act{Label: t("users." + do), Kind: ui.Danger}
	if do == "switch_on" {
		d.Act.Kind = ui.Primary
	}
	return d
}

func (h Handler) changeUser(q *page.Request) error {
	sought := q.PostFormValue("q")
	found, err := h.App.Users.Lookup(q.Context(), q.Actor(), sought)
	if err != nil {
		return err
	}
	for _, u := range found {
		if u.UUID != q.PathValue("user") {
			continue
		}
		if err := h.changeOne(q, u.ID); err != nil {
			refusal, fault := page.Refusal(err)
			if fault != nil {
				return fault
			}
			return h.showUsers(q, sought, refusal)
		}
		q.Toast(q.Printer.T("users."+q.Field("do")+".done", "Name", u.Name()), "")
		if q.Field("do") == "erase" {
			return q.Redirect(usersPath)
		}
		return q.Redirect(query{"q": {sought}}.with(usersPath, "do"))
	}
	return directory.Refuse(directory.NotFound, "user.not_found")
}

func (h Handler) changeOne(q *page.Request, user directory.UserID) error {
	switch q.Field("do") {
	case "switch_off":
		return h.App.Users.SwitchOff(q.Context(), q.Actor(), user)
	case "switch_on":
		return h.App.Users.SwitchOn(q.Context(), q.Actor(), user)
	case "erase":
		return h.App.Users.Erase(q.Context(), q.Actor(), user)
	}
	return directory.Refuse(directory.NotFound, "not_found")
}
