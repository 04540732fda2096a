package entry

import (
	"net/url"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

func (h Handler) signInForm(q *page.Request) form {
	t := q.Printer.T
	return form{
		Title: t("sign_in.title"), Lead: t("sign_in.lead"), Action: "/sign-in", Submit: t("sign_in.act"),
		Hidden: []ui.Hidden{{Name: "return", Value: page.SafeReturn(q.FormValue("return"), "")}},
		Fields: []ui.Field{
			{Name: "name", Label: t("sign_in.name"), Value: q.FormValue("name"), Required: true,
				Attrs: map[string]any{"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}},
			{Name: "password", Kind: "password", Label: t("sign_in.password"), Required: true,
				Side:  &ui.Link{Label: t("sign_in.forgotten"), Href: "/password/forgot"},
				Attrs: map[string]any{"autocomplete": "current-password"}},
		},
		Under: []ui.Link{{Label: t("sign_in.invitation_again"), Href: "/invitation/again"}},
		Foot: []ui.CartItem{
			{Label: t("sign_in.not_registered"), Value: t("sign_in.register"), Href: "/register"},
			{Label: t("sign_in.letter"), Value: t("sign_in.letter.key"), Href: "/register?letter=1"},
		},
	}
}

// showSignIn leads on whoever is signed in already.
func (h Handler) showSignIn(q *page.Request) error {
	if q.SignedIn() && q.In.Session.Purpose == app.PurposeFull {
		return q.Redirect(q.ReturnTo("/"))
	}
	return h.signInForm(q).show(q)
}

func (h Handler) signIn(q *page.Request) error {
	given := app.Credentials{Name: q.Field("name"), Password: q.PostFormValue("password"), Before: q.SessionToken()}
	started, err := h.App.Sessions.SignIn(q.Context(), q.Client(), given, h.Limits)
	if err != nil {
		return h.signInForm(q).again(q, err)
	}
	return h.begin(q, started)
}

// begin leads a session that begins to what it opens.
func (h Handler) begin(q *page.Request, started app.Started) error {
	q.StartSession(started.Token, started.Expires)
	switch started.Purpose {
	case app.PurposeFactor:
		if to := q.ReturnTo(""); to != "" {
			return q.Redirect(page.CodePath + "?return=" + url.QueryEscape(to))
		}
		return q.Redirect(page.CodePath)
	case app.PurposePassword:
		return q.Redirect("/password/change")
	case app.PurposeEnrol:
		return q.Redirect(page.FactorPath)
	}
	return q.Redirect(q.ReturnTo("/"))
}

func (h Handler) codeForm(q *page.Request) form {
	t := q.Printer.T
	return form{
		Title: t("sign_in.code.title"), Lead: t("sign_in.code.lead"), Action: page.CodePath, Submit: t("sign_in.code.act"),
		Hidden: []ui.Hidden{{Name: "return", Value: page.SafeReturn(q.FormValue("return"), "")}},
		Fields: []ui.Field{{Name: "code", Label: t("factor.code"), Required: true, Hint: t("sign_in.code.hint"),
			Attrs: map[string]any{"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "characters", "spellcheck": "false",
				"data-focus": true}}},
		Under: []ui.Link{{Label: t("sign_in.code.again"), Href: "/sign-in"}},
	}
}

// showCode is the second page of the sign-in (SIGN-6).
func (h Handler) showCode(q *page.Request) error {
	if q.In.Session.Purpose != app.PurposeFactor {
		return q.Redirect("/sign-in")
	}
	return h.codeForm(q).show(q)
}

func (h Handler) enterCode(q *page.Request) error {
	started, err := h.App.Sessions.EnterCode(q.Context(), q.Client(), q.SessionToken(), q.PostFormValue("code"), h.Limits)
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "sign_in.required" {
		return q.Redirect("/sign-in")
	}
	if err != nil {
		return h.codeForm(q).again(q, err)
	}
	return h.begin(q, started)
}

func (h Handler) signOut(q *page.Request) error {
	if err := h.App.Sessions.SignOut(q.Context(), q.SessionToken()); err != nil {
		return err
	}
	q.EndSession()
	q.Toast(q.Printer.T("sign_in.out"), "")
	return q.Redirect("/sign-in")
}

// home leads to where the person begins.
func (h Handler) home(q *page.Request) error {
	home, err := h.App.Users.Home(q.Context(), q.Actor())
	switch {
	case err != nil:
		return err
	case home.Staff:
		return q.Redirect("/vendor/customers")
	case len(home.Accounts) == 1:
		return q.Redirect(startPath(home.Accounts[0]))
	case len(home.Accounts) > 1:
		return q.Redirect("/accounts")
	}
	return q.Redirect("/network")
}

// accounts lets a person of several accounts choose (USER-5).
func (h Handler) accounts(q *page.Request) error {
	own, err := h.App.Users.Accounts(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	return q.Render(accountsPage(q.Entry(q.Printer.T("accounts.title")), h.choices(q, own)))
}

// theme keeps the ground somebody chose on this machine.
func (h Handler) theme(q *page.Request) error {
	q.Remember(ui.ThemeCookie, string(ui.ParseTheme(q.Field("theme"))))
	return q.Redirect(q.ReturnTo("/"))
}

// language keeps the language on this machine, and in the profile of whoever is
// signed in (PREF-2).
func (h Handler) language(q *page.Request) error {
	code := h.Bundle.Match(q.Field("language"))
	if q.SignedIn() {
		if err := h.App.Users.SetLanguage(q.Context(), q.Actor(), code); err != nil {
			return err
		}
	}
	q.RememberLanguage(code)
	return q.Redirect(q.ReturnTo("/"))
}
