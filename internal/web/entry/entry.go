// Package entry is the pages before any account: signing in and out, signing
// up, choosing a password, choosing an account, and the preferences that need
// no sign-in.
package entry

import (
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /{$}", page.SignedIn, h.home)
	s.Route("GET /accounts", page.SignedIn, h.accounts)
	s.Route("GET "+page.BrandLogoPath, page.Anyone, (*page.Request).ShowBrandLogo)
	s.Route("GET /sign-in", page.Anyone, h.showSignIn)
	s.Route("POST /sign-in", page.Anyone, h.signIn)
	s.Route("GET "+page.CodePath, page.Anyone, h.showCode)
	s.Route("POST "+page.CodePath, page.Anyone, h.enterCode)
	s.Route("POST /sign-out", page.Anyone, h.signOut)
	s.Route("GET /register", page.Anyone, h.showRegister)
	s.Route("POST /register", page.Anyone, h.register)
	s.Route("GET /register/confirm/{token}", page.Anyone, h.showConfirm)
	s.Route("POST /register/confirm/{token}", page.Anyone, h.confirm)
	s.Route("GET /password/forgot", page.Anyone, h.showForgot)
	s.Route("POST /password/forgot", page.Anyone, h.forgot)
	s.Route("GET /password/reset/{token}", page.Anyone, h.showReset)
	s.Route("POST /password/reset/{token}", page.Anyone, h.reset)
	s.Route("GET /password/change", page.Provisional, h.showChange)
	s.Route("POST /password/change", page.Provisional, h.change)
	s.Route("POST "+page.PasswordStrengthPath, page.Anyone, h.strength)
	s.Route("GET /.well-known/change-password", page.Anyone, h.wellKnownChange)
	s.Route("POST "+ui.ThemePath, page.Anyone, h.theme)
	s.Route("POST "+ui.LanguagePath, page.Anyone, h.language)
}

// A form is one entry page: a title, what it is for, fields and one act.
type form struct {
	Title, Lead string
	Note        string // says what was done, instead of fields
	Action      string
	Errors      []ui.FieldError
	Hidden      []ui.Hidden
	Fields      []ui.Field
	Meter       string // where a new password's strength is measured
	Rules       []string
	Submit      string
	Under       []ui.Link
	Foot        []ui.CartItem
	Person      ui.Hidden // the user name, for password managers
}

// newPassword is the kind of field that shows the strength of a password.
const newPassword = "new-password"

// refuse puts a refusal beside the field it is about, and on top of the form.
func (f *form) refuse(q *page.Request, refusal *directory.Error) {
	for _, line := range page.Mark(q.Printer, f.Fields, refusal) {
		if line.ID == "" {
			if line.ID = "content"; len(f.Fields) > 0 {
				line.ID = "f-" + f.Fields[0].Name
			}
		}
		f.Errors = append(f.Errors, line)
	}
}

// show answers with the form.
func (f form) show(q *page.Request) error {
	return q.Render(formPage(q.Entry(f.Title), f))
}

// again answers a form that was refused with the form and what was typed in
// it; a fault goes on.
func (f form) again(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	f.refuse(q, refusal)
	return q.RenderRefused(refusal, formPage(q.Entry(f.Title), f))
}
