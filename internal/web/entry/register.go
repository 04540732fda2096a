package entry

import (
	"net/url"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

func (h Handler) registerForm(q *page.Request) form {
	t := q.Printer.T
	f := form{Title: t("register.title"), Lead: t("register.lead"), Action: "/register", Submit: t("register.act"),
		Fields: []ui.Field{
			{Name: "email", Kind: "email", Label: t("register.email"), Value: q.FormValue("email"), Required: true,
				Attrs: map[string]any{"autocomplete": "email"}},
			{Name: "first_name", Label: t("register.first"), Value: q.FormValue("first_name"), Attrs: map[string]any{"autocomplete": "given-name"}},
			{Name: "last_name", Label: t("register.last"), Value: q.FormValue("last_name"), Attrs: map[string]any{"autocomplete": "family-name"}},
		},
		Foot: []ui.CartItem{
			{Label: t("register.have"), Value: t("sign_in.act"), Href: "/sign-in"},
			{Label: t("register.invited"), Value: t("register.invited.again"), Href: "/invitation/again"},
		},
	}
	if q.FormValue("letter") != "" {
		f.Lead, f.Hidden = t("register.lead.letter"), []ui.Hidden{{Name: "letter", Value: "1"}}
		f.Foot[0].Href = "/sign-in?return=" + url.QueryEscape("/network")
		return f // the key is asked for after the first sign-in
	}
	f.Fields = append(f.Fields,
		ui.Field{Name: "number", Label: t("register.number"), Hint: t("register.number.hint"), Value: q.FormValue("number")},
		ui.Field{Name: "message", Kind: "textarea", Label: t("register.message"), Value: q.FormValue("message")})
	return f
}

func (h Handler) showRegister(q *page.Request) error {
	f := h.registerForm(q)
	if q.FormValue("sent") != "" {
		t := q.Printer.T
		f = form{Title: t("register.sent.title"), Note: t("register.sent"), Foot: f.Foot}
	}
	return f.show(q)
}

func (h Handler) register(q *page.Request) error {
	given := app.Registering{Email: q.Field("email"), First: q.Field("first_name"), Last: q.Field("last_name"), Language: q.Printer.Lang(),
		Number: q.Field("number"), Message: q.Field("message")}
	if err := h.App.Users.Register(q.Context(), q.Client(), given); err != nil {
		return h.registerForm(q).again(q, err)
	}
	return q.Redirect("/register?sent=1")
}

// confirmForm is where a registration's link leads: the password is chosen by
// whoever reads that mailbox, and names can be mended.
func (h Handler) confirmForm(q *page.Request) (form, error) {
	who, err := h.App.Users.Confirming(q.Context(), q.PathValue("token"))
	if err != nil {
		return form{}, err
	}
	t := q.Printer.T
	typed := func(name, is string) string {
		if q.Method == "POST" && q.PostForm.Has(name) {
			return q.Field(name)
		}
		return is
	}
	return form{Title: t("register.confirm.title"), Lead: t("register.confirm.lead", "Address", who.Email), Submit: t("register.confirm.act"),
		Action: "/register/confirm/" + q.PathValue("token"), Meter: page.PasswordStrengthPath, Rules: q.PasswordRules(who.Policy),
		Person: ui.Hidden{Name: "user_name", Value: who.Email},
		Fields: []ui.Field{
			{Name: "first_name", Label: t("register.first"), Value: typed("first_name", who.First), Attrs: map[string]any{"autocomplete": "given-name"}},
			{Name: "last_name", Label: t("register.last"), Value: typed("last_name", who.Last), Attrs: map[string]any{"autocomplete": "family-name"}},
			passwordField(t("sign_in.password")),
		}}, nil
}

// showConfirm asks for the button: mail scanners open links too (INV-10).
func (h Handler) showConfirm(q *page.Request) error {
	f, err := h.confirmForm(q)
	if err != nil {
		return deadLink(q, err, h.registerForm(q))
	}
	q.W.Header().Set("Referrer-Policy", "no-referrer")
	return f.show(q)
}

func (h Handler) confirm(q *page.Request) error {
	f, err := h.confirmForm(q)
	if err != nil {
		return deadLink(q, err, h.registerForm(q))
	}
	made, err := h.App.Users.Confirm(q.Context(), q.Client(), app.Confirmation{Token: q.PathValue("token"),
		First: q.Field("first_name"), Last: q.Field("last_name"), Password: q.PostFormValue("password")}, h.Limits)
	if err != nil {
		return f.again(q, err)
	}
	q.StartSession(made.Token, made.Expires)
	switch {
	case made.Asked:
		q.Toast(q.Printer.T("register.confirmed.asked"), "")
	case made.Unasked != nil: // shown again where the number can be entered
		return q.Redirect("/network?number=" + url.QueryEscape(made.Number))
	default:
		q.Toast(q.Printer.T("register.confirmed"), "")
	}
	return q.Redirect("/network")
}
