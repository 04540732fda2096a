package console

import (
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// memberView is the page of one of the vendor's own people (VEND-3).
type memberView struct {
	Back   ui.Link
	Facts  []ui.CartItem
	Acts   []ui.Act
	Form   form
	Dialog *dialog
}

func staffMemberPath(u directory.User, rest string) string { return staffPath + "/" + u.UUID + rest }

func (h Handler) staffMember(q *page.Request) error {
	who, accounts, err := h.App.Users.StaffMember(q.Context(), q.Actor(), q.PathValue("user"))
	if err != nil {
		return err
	}
	var d *dialog
	switch q.URL.Query().Get("do") {
	case "end":
		d = endDialog(q, who.User)
	case "reset":
		d = resetDialog(q, who.User)
	}
	return h.showMember(q, who, h.memberForm(q, who, accounts), d, nil)
}

// showMember shows the page, with the refusal of a form or dialog where there is
// one.
func (h Handler) showMember(q *page.Request, who app.StaffMember, f form, d *dialog, refusal *directory.Error) error {
	t := q.Printer.T
	p, err := h.shell(q, who.Name(), page.Staff)
	if err != nil {
		return err
	}
	v := memberView{Back: ui.Link{Label: t("staff.title"), Href: staffPath}, Form: f, Dialog: d, Facts: []ui.CartItem{
		{Label: t("field.email"), Value: who.Email}, {Label: t("staff.role"), Value: t("staff.role." + who.User.Staff)},
		{Label: t("staff.portfolio"), Value: portfolio(q, who)}, factorItem(q, who),
		{Label: t("field.last_sign_in"), Value: h.lastSignIn(q, who.User)}}}
	if !who.Factor.IsZero() && who.ID != q.In.User.ID {
		v.Acts = append(v.Acts, ui.Act{Label: t("staff.reset"), Icon: "shield-lock", Href: staffMemberPath(who.User, "?do=reset")})
	}
	if who.ID != q.In.User.ID {
		v.Acts = append(v.Acts, ui.Act{Label: t("staff.end"), Icon: "user-off", Href: staffMemberPath(who.User, "?do=end")})
	}
	if refusal != nil {
		return q.RenderRefused(refusal, memberPage(p, v))
	}
	return q.Render(memberPage(p, v))
}

func (h Handler) lastSignIn(q *page.Request, u directory.User) string {
	if u.LastSignIn.IsZero() {
		return q.Printer.T("staff.never")
	}
	return q.Printer.Relative(u.LastSignIn, h.Now())
}

// portfolio says how many accounts somebody looks after.
func portfolio(q *page.Request, who app.StaffMember) string {
	if who.All {
		return q.Printer.T("staff.portfolio.all")
	}
	return q.Printer.T("staff.portfolio.some", "Count", who.Portfolio)
}

func factorItem(q *page.Request, who app.StaffMember) ui.CartItem {
	item := ui.CartItem{Label: q.Printer.T("staff.factor"), Value: q.Printer.T("staff.factor.none"), Class: "is-warn"}
	if !who.Factor.IsZero() {
		item.Value, item.Class = q.Printer.T("staff.factor.since", "Since", q.Printer.DateShort(who.Factor)), ""
	}
	return item
}

// memberForm asks for the role and the accounts, a customer number on each line.
func (h Handler) memberForm(q *page.Request, who app.StaffMember, accounts []directory.Account) form {
	t := q.Printer.T
	is := func(name, stored string) string {
		if q.Method == "POST" && q.PostForm.Has(name) {
			return q.PostFormValue(name)
		}
		return stored
	}
	role := ui.Field{Name: "role", Kind: "select", Label: t("staff.role"), Value: is("role", who.User.Staff)}
	for _, r := range authz.StaffRoles() {
		role.Options = append(role.Options, ui.Option{Value: string(r), Label: t("staff.role." + string(r))})
	}
	numbers, scope := make([]string, len(accounts)), "all"
	for i, a := range accounts {
		numbers[i], scope = a.Number, "some"
	}
	which := ui.Field{Name: "portfolio", Kind: "select", Label: t("staff.portfolio"), Value: is("portfolio", scope),
		Options: []ui.Option{{Value: "all", Label: t("staff.portfolio.all")}, {Value: "some", Label: t("staff.portfolio.these")}}}
	return form{Action: staffMemberPath(who.User, ""), Submit: t("staff.save"), Back: staffPath,
		Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(who.User.Version, 10)}},
		Parts: []part{{Title: t("staff.edit"), Note: t("staff.add.note"), Fields: []ui.Field{role, which,
			{Name: "accounts", Kind: "textarea", Label: t("staff.accounts"), Hint: t("staff.accounts.hint"), Value: is("accounts", strings.Join(numbers, "\n")),
				Attrs: map[string]any{"rows": "5"}}}}}}
}

func (h Handler) changeStaff(q *page.Request) error {
	who, accounts, err := h.App.Users.StaffMember(q.Context(), q.Actor(), q.PathValue("user"))
	if err != nil {
		return err
	}
	change := app.StaffChange{Role: authz.StaffRole(q.Field("role")), All: q.Field("portfolio") != "some", Version: q.Version()}
	for line := range strings.Lines(q.PostFormValue("accounts")) {
		if number := strings.TrimSpace(line); number != "" {
			change.Numbers = append(change.Numbers, number)
		}
	}
	if err := h.App.Users.ChangeStaff(q.Context(), q.Actor(), who.ID, change); err != nil {
		refusal, fault := page.Refusal(err)
		if fault != nil {
			return fault
		}
		f := h.memberForm(q, who, accounts)
		f.refuse(q, refusal)
		return h.showMember(q, who, f, nil, refusal)
	}
	q.Toast(q.Printer.T("staff.saved", "Name", who.Name()), "")
	return q.Redirect(staffPath)
}

func endDialog(q *page.Request, u directory.User) *dialog {
	t := q.Printer.T
	d := dialogOf(q, t("staff.end.title", "Name", u.Name()), t("staff.end.lead"), staffMemberPath(u, "/end"), staffMemberPath(u, ""))
	d.Act = ui.Act{Label: t("staff.end"), Kind: ui.Danger}
	return d
}

func resetDialog(q *page.Request, u directory.User) *dialog {
	t := q.Printer.T
	d := dialogOf(q, t("staff.reset.title", "Name", u.Name()), t("staff.reset.lead"), staffMemberPath(u, "/reset-factor"), staffMemberPath(u, ""))
	d.Fields = []ui.Field{reason(q, t("staff.reset.reason"))}
	d.Act = ui.Act{Label: t("staff.reset"), Kind: ui.Danger}
	return d
}

func (h Handler) endStaff(q *page.Request) error {
	return h.onMember(q, endDialog, "staff.ended", func(user directory.UserID) error {
		return h.App.Users.EndStaff(q.Context(), q.Actor(), user)
	})
}

func (h Handler) resetFactor(q *page.Request) error {
	return h.onMember(q, resetDialog, "staff.reset.done", func(user directory.UserID) error {
		return h.App.Users.ResetFactor(q.Context(), q.Actor(), user, q.Field("reason"))
	})
}

// onMember runs one act on one of the vendor's people; what it refuses comes back
// in its dialog.
func (h Handler) onMember(q *page.Request, ask func(q *page.Request, u directory.User) *dialog, done string, do func(user directory.UserID) error) error {
	who, accounts, err := h.App.Users.StaffMember(q.Context(), q.Actor(), q.PathValue("user"))
	if err != nil {
		return err
	}
	if err := do(who.ID); err != nil {
		refusal, fault := page.Refusal(err)
		if fault != nil {
			return fault
		}
		d := ask(q, who.User)
		d.refuse(q, refusal)
		return h.showMember(q, who, h.memberForm(q, who, accounts), d, refusal)
	}
	q.Toast(q.Printer.T(done, "Name", who.Name()), "")
	return q.Redirect(staffPath)
}
