package entry

import (
	"net/http"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// strength answers how hard a password is to guess, while it is typed (SIGN-3).
func (h Handler) strength(q *page.Request) error {
	password := q.PostFormValue("password")
	if password == "" {
		return q.Render(ui.PasswordMeter(0, "", ""))
	}
	typed := app.Typed{Password: password, Names: []string{q.Field("email"), q.Field("first_name"), q.Field("last_name"), q.Field("user_name")}}
	score, err := h.App.Users.MeasurePassword(q.Context(), q.Actor(), typed)
	if refusal, fault := page.Refusal(err); fault != nil || refusal != nil {
		if fault == nil { // the form itself still says what is wrong
			return q.Render(ui.PasswordMeter(0, "", ""))
		}
		return fault
	}
	advice := ""
	if score < 3 {
		advice = q.Printer.T("password.advice")
	}
	return q.Render(ui.PasswordMeter(score, q.Printer.T("password.strength."+strconv.Itoa(score)), advice))
}

func passwordField(label string) ui.Field {
	return ui.Field{Name: "password", Kind: newPassword, Label: label, Required: true}
}

func (h Handler) forgotForm(q *page.Request) form {
	t := q.Printer.T
	return form{Title: t("password.forgot.title"), Lead: t("password.forgot.lead"), Action: "/password/forgot", Submit: t("password.forgot.act"),
		Fields: []ui.Field{{Name: "name", Label: t("sign_in.name"), Value: q.FormValue("name"), Required: true,
			Attrs: map[string]any{"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}}},
		Under: []ui.Link{{Label: t("sign_in.invitation_again"), Href: "/invitation/again"}, {Label: t("sign_in.act"), Href: "/sign-in"}},
	}
}

func (h Handler) showForgot(q *page.Request) error {
	f := h.forgotForm(q)
	if q.FormValue("sent") != "" {
		f.Lead, f.Submit, f.Note = "", "", q.Printer.T("password.forgot.sent")
	}
	return f.show(q)
}

func (h Handler) forgot(q *page.Request) error {
	f := h.forgotForm(q)
	if q.Field("name") == "" {
		return f.again(q, directory.InvalidField("name", "field.required", nil))
	}
	if err := h.App.Users.Forgot(q.Context(), q.Client(), q.Field("name")); err != nil {
		return f.again(q, err)
	}
	return q.Redirect("/password/forgot?sent=1")
}

// deadLink says that a mailed link no longer works, above the form that sends another.
func deadLink(q *page.Request, err error, again form) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	again.Title, again.Lead = q.Printer.T("link.dead.title"), q.Printer.Error(refusal)+" "+q.Printer.T("link.dead.again")
	if refusal.Code != "link.dead" {
		again = form{Title: again.Title, Lead: q.Printer.Error(refusal), Under: again.Under}
	}
	return q.RenderRefused(refusal, formPage(q.Entry(again.Title), again))
}

func (h Handler) resetForm(q *page.Request) (form, error) {
	who, err := h.App.Users.Resetting(q.Context(), q.PathValue("token"))
	if err != nil {
		return form{}, err
	}
	t := q.Printer.T
	return form{Title: t("password.reset.title"), Lead: t("password.reset.lead", "UserName", who.User.UserName),
		Action: "/password/reset/" + q.PathValue("token"), Submit: t("password.reset.act"), Meter: page.PasswordStrengthPath,
		Person: ui.Hidden{Name: "user_name", Value: who.User.UserName}, Rules: q.PasswordRules(who.Policy),
		Fields: []ui.Field{passwordField(t("password.new"))}}, nil
}

func (h Handler) showReset(q *page.Request) error {
	f, err := h.resetForm(q)
	if err != nil {
		return deadLink(q, err, h.forgotForm(q))
	}
	q.W.Header().Set("Referrer-Policy", "no-referrer")
	return f.show(q)
}

// reset uses the token; the page it leads to has it in its address no more
// (INV-10).
func (h Handler) reset(q *page.Request) error {
	f, err := h.resetForm(q)
	if err != nil {
		return deadLink(q, err, h.forgotForm(q))
	}
	if err := h.App.Users.Reset(q.Context(), q.Client(), q.PathValue("token"), q.PostFormValue("password")); err != nil {
		return f.again(q, err)
	}
	q.EndSession()
	q.Toast(q.Printer.T("password.reset.done"), "")
	return q.Redirect("/sign-in")
}

func (h Handler) changeForm(q *page.Request) (form, error) {
	policy, err := h.App.Users.PasswordRules(q.Context(), q.Actor())
	if err != nil {
		return form{}, err
	}
	t := q.Printer.T
	f := form{Title: t("password.change.title"), Lead: t("password.change.first"), Action: "/password/change", Submit: t("password.change.act"),
		Meter: page.PasswordStrengthPath, Rules: q.PasswordRules(policy),
		Person: ui.Hidden{Name: "user_name", Value: q.In.User.UserName}}
	if q.In.Session.Purpose == app.PurposeFull {
		f.Lead = t("password.change.lead")
		f.Under = []ui.Link{{Label: t("profile.back"), Href: "/profile"}}
		f.Fields = []ui.Field{{Name: "old", Kind: "password", Label: t("password.old"), Required: true,
			Attrs: map[string]any{"autocomplete": "current-password"}}}
	}
	f.Fields = append(f.Fields, passwordField(t("password.new")))
	return f, nil
}

func (h Handler) showChange(q *page.Request) error {
	f, err := h.changeForm(q)
	if err != nil {
		return err
	}
	return f.show(q)
}

func (h Handler) change(q *page.Request) error {
	change := app.PasswordChange{Token: q.SessionToken(), Old: q.PostFormValue("old"), New: q.PostFormValue("password")}
	started, err := h.App.Users.ChangePassword(q.Context(), q.Actor(), change, h.Limits)
	if err != nil {
		f, fault := h.changeForm(q)
		if fault != nil {
			return fault
		}
		return f.again(q, err)
	}
	q.StartSession(started.Token, started.Expires)
	q.Toast(q.Printer.T("password.changed"), "")
	if q.In.Session.Purpose == app.PurposeFull {
		return q.Redirect("/profile")
	}
	return q.Redirect("/")
}

// wellKnownChange is where password managers look for the change of a password.
func (h Handler) wellKnownChange(q *page.Request) error {
	http.Redirect(q.W, q.Request, "/password/change", http.StatusFound)
	return nil
}
