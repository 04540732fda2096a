// Package profile is a person's own pages: who they are, their address,
// sessions, signature, and what becomes of what is held about them.
package profile

import (
	"net/url"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /profile", page.SignedIn, h.show)
	s.Route("POST /profile", page.SignedIn, h.update)
	s.Route("GET /profile/email", page.SignedIn, h.showEmail)
	s.Route("POST /profile/email", page.SignedIn, h.changeEmail)
	s.Route("POST /profile/email/prove", page.SignedIn, h.proveEmail)
	s.Route("GET /email/confirm/{token}", page.SignedIn, h.showConfirm)
	s.Route("POST /email/confirm/{token}", page.SignedIn, h.confirmEmail)
	s.Route("GET /profile/sessions", page.SignedIn, h.sessions)
	s.Route("POST /profile/sessions/end", page.SignedIn, h.endSession)
	s.Route("POST /profile/sessions/others", page.SignedIn, h.endOthers)
	s.Route("GET "+page.FactorPath, page.Enrolling, h.showFactor)
	s.Route("POST /profile/factor/begin", page.Enrolling, h.beginFactor)
	s.Route("GET "+factorSetup, page.Enrolling, h.showSetup)
	s.Route("POST "+factorSetup, page.Enrolling, h.confirmFactor)
	s.Route("GET "+factorCodes, page.SignedIn, h.askCodes)
	s.Route("POST "+factorCodes, page.SignedIn, h.newCodes)
	s.Route("GET "+factorRemove, page.SignedIn, h.askRemove)
	s.Route("POST "+factorRemove, page.SignedIn, h.removeFactor)
	s.Route("GET /profile/signature", page.SignedIn, h.showSignature)
	s.Route("POST /profile/signature", page.SignedIn, h.setSignature,
		page.Takes{Form: 2 * app.PictureBytes, File: "signature_file", Bytes: app.PictureBytes})
	s.Route("POST /profile/signature/remove", page.SignedIn, h.removeSignature)
	s.Route("GET /profile/signature.png", page.SignedIn, h.signaturePicture)
	s.Route("POST /profile/export", page.SignedIn, h.export)
	s.Route("GET /profile/erase", page.SignedIn, h.askErase)
	s.Route("POST /profile/erase", page.SignedIn, h.erase)
}

// A frame is what stands around every page of the profile.
type frame struct {
	Page  ui.Page
	Leave ui.Link
	Tabs  []ui.Tab
}

// The tabs of the profile.
const (
	tabPerson    = "/profile"
	tabSessions  = "/profile/sessions"
	tabSignature = "/profile/signature"
	tabFactor    = page.FactorPath
)

func (h Handler) frame(q *page.Request, here string) frame {
	t := q.Printer.T
	return frame{Page: q.Entry(t("profile.title")), Leave: ui.Link{Label: t("profile.leave"), Href: "/"}, Tabs: q.ProfileTabs(here)}
}

// A personView is the first page of the profile.
type personView struct {
	frame
	User   directory.User
	Errors []ui.FieldError
	Fields []ui.Field
	MadeOn []ui.Hidden
	Erase  *eraseView
}

// An eraseView asks whether to erase, and again who it is.
type eraseView struct {
	ui.DialogView
	Proof  ui.Field
	Errors []ui.FieldError
	Losses []ui.Loss // what accounts lose by it
	Before []hindrance
}

func (h Handler) personView(q *page.Request) (personView, error) {
	user, err := h.App.Users.Profile(q.Context(), q.Actor())
	return h.viewOf(q, user), err
}

func (h Handler) viewOf(q *page.Request, user directory.User) personView {
	return personView{frame: h.frame(q, tabPerson), User: user, Fields: h.fields(q, user, q.PostForm), MadeOn: q.MadeOn(version(user), h.standing(q, user))}
}

func version(user directory.User) string { return strconv.FormatInt(user.Version, 10) }

// standing is the form as the person is.
func (h Handler) standing(q *page.Request, user directory.User) page.Drawn {
	return page.Drawn{Fields: h.fields(q, user, nil)}
}

// fields are what a person says about themselves, with what was typed or as they are.
func (h Handler) fields(q *page.Request, user directory.User, said url.Values) []ui.Field {
	t := q.Printer.T
	typed := func(name, is string) string {
		if said.Has(name) {
			return q.Field(name)
		}
		return is
	}
	civility := ui.Field{Name: "civility", Kind: "select", Label: t("profile.civility"), Value: typed("civility", user.Civility),
		Options: []ui.Option{{Value: "", Label: t("civility.none")}, {Value: "mrs", Label: t("civility.mrs")}, {Value: "mr", Label: t("civility.mr")}}}
	language := ui.Field{Name: "language", Kind: "select", Label: t("profile.language"), Value: typed("language", user.Language)}
	for _, code := range h.Catalogue().Languages {
		language.Options = append(language.Options, ui.Option{Value: code, Label: q.Printer.Language(code)})
	}
	return []ui.Field{civility,
		{Name: "first_name", Label: t("profile.first"), Value: typed("first_name", user.First), Attrs: map[string]any{"autocomplete": "given-name"}},
		{Name: "last_name", Label: t("profile.last"), Value: typed("last_name", user.Last), Attrs: map[string]any{"autocomplete": "family-name"}},
		{Name: "phone", Kind: "tel", Label: t("profile.phone"), Value: typed("phone", user.Phone), Attrs: map[string]any{"autocomplete": "tel"}},
		language,
	}
}

func (h Handler) show(q *page.Request) error {
	v, err := h.personView(q)
	if err != nil {
		return err
	}
	return q.Render(personPage(v))
}

func (h Handler) update(q *page.Request) error {
	err := h.App.Users.UpdateProfile(q.Context(), q.Actor(), app.ProfileChange{Civility: q.Field("civility"), First: q.Field("first_name"),
		Last: q.Field("last_name"), Phone: q.Field("phone"), Language: q.Field("language"), Version: q.Version()})
	if err != nil {
		return h.againPerson(q, err)
	}
	q.RememberLanguage(q.Field("language"))
	q.Toast(h.Bundle.Printer(q.Field("language"), nil).T("profile.saved"), "")
	return q.Redirect("/profile")
}

func (h Handler) againPerson(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	user, fault := h.App.Users.Profile(q.Context(), q.Actor())
	if fault != nil {
		return fault
	}
	refusal = q.Meanwhile(refusal, h.standing(q, user), version(user))
	v := h.viewOf(q, user)
	v.Errors = page.Mark(q.Printer, v.Fields, refusal)
	return q.RenderRefused(refusal, personPage(v))
}

// askErase is the page with the dialog open, for readers without a script.
func (h Handler) askErase(q *page.Request) error {
	v, err := h.erasing(q)
	if err != nil {
		return err
	}
	return q.Render(personPage(v))
}

// erasing is the first page with the open dialog that asks.
func (h Handler) erasing(q *page.Request) (personView, error) {
	v, err := h.personView(q)
	if err != nil {
		return v, err
	}
	state, err := h.App.Users.Factor(q.Context(), q.Actor())
	if err != nil {
		return v, err
	}
	t := q.Printer.T
	v.Erase = &eraseView{Proof: proofField(q, state), DialogView: ui.DialogView{ID: "erase", Title: t("profile.erase.ask"),
		Lead: t("profile.erase.lead"), Action: "/profile/erase", Act: ui.Act{Label: t("profile.erase.act"), Kind: ui.Danger},
		Open: true, Close: "/profile"}}
	d, err := h.App.Users.Departure(q.Context(), q.Actor())
	v.Erase.Before = hindrances(q, d.Alone, d.Operator)
	if len(v.Erase.Before) > 0 { // it would be refused
		v.Erase.Act = ui.Act{}
	}
	if len(d.Contact) > 0 {
		v.Erase.Losses = append(v.Erase.Losses, ui.Loss{Text: t("profile.erase.referent", "Accounts", d.Contact)})
	}
	if len(d.Parts) > 0 {
		v.Erase.Losses = append(v.Erase.Losses, ui.Loss{Text: t("profile.erase.parts", "Accounts", d.Parts)})
	}
	return v, err
}

// A hindrance is why erasing would be refused, and what leads on.
type hindrance struct {
	Text string
	Ways []ui.Link
}

// hindrances keep somebody from being erased: the last administrator of an account, the
// vendor's last operator (ACC-5, VEND-3).
func hindrances(q *page.Request, alone []directory.Account, operator bool) []hindrance {
	var all []hindrance
	t := q.Printer.T
	for _, a := range alone {
		at := "/accounts/" + url.PathEscape(directory.CleanNumber(a.Number)) + "/members?status=active"
		all = append(all, hindrance{t("profile.erase.alone", "Account", a.Name), []ui.Link{{Label: t("remedy.administrator"), Href: at}}})
	}
	if operator {
		all = append(all, hindrance{t("profile.erase.operator"), []ui.Link{{Label: t("remedy.operator"), Href: "/vendor/staff"}}})
	}
	return all
}

func (h Handler) erase(q *page.Request) error {
	if err := h.App.Users.EraseSelf(q.Context(), q.Actor(), q.PostFormValue("proof")); err != nil {
		return h.againErase(q, err)
	}
	q.EndSession()
	q.Toast(q.Printer.T("profile.erased"), "")
	return q.Redirect("/sign-in")
}

// againErase shows the dialog with what was wrong in it.
func (h Handler) againErase(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v, fault := h.erasing(q)
	if fault != nil {
		return fault
	}
	fields := []ui.Field{v.Erase.Proof}
	v.Erase.Errors = page.Mark(q.Printer, fields, refusal)
	v.Erase.Proof = fields[0]
	return q.RenderRefused(refusal, personPage(v))
}
