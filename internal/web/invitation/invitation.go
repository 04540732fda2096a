// Package invitation is where a mailed invitation leads: its page says who
// invites, and only its button uses the token, which then leaves the address
// (INV-10).
package invitation

import (
	"net/http"
	"net/url"
	"strings"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /invitation/again", page.Anyone, h.showAgain)
	s.Route("POST /invitation/again", page.Anyone, h.again)
	s.Route("GET /invitation/sent", page.Anyone, h.sent)
	s.Route("GET /invitation/{token}", page.Anyone, h.show)
	s.Route("POST /invitation/{token}", page.Anyone, h.accept)
	s.Route("POST /invitation/{token}/again", page.Anyone, h.againFor)
}

// A way is how the invitation can be accepted by whoever reads its page.
type way string

const (
	asNew   way = "new"   // choose names and a password
	toSign  way = "known" // sign in first
	asSelf  way = "here"  // signed in as the person invited
	asOther way = "other" // signed in as somebody else
)

// A view is an open invitation.
type view struct {
	app.Invited
	Way    way
	Token  string
	Lead   string
	Note   string
	Facts  []ui.CartItem
	Errors []ui.FieldError

	First, Last, Language, Password ui.Field
	Languages                       []ui.Option
}

// show is the page of a mailed link; opening it changes nothing.
func (h Handler) show(q *page.Request) error {
	v, err := h.App.Invitations.Look(q.Context(), q.PathValue("token"))
	if err != nil {
		return err
	}
	if v.State != directory.InvitationOpen {
		return q.RenderStatus(statusOf(v.State), statePage(q.Entry(q.Printer.T("invitation.state."+string(v.State)+".title")), h.stateView(q, v)))
	}
	shown := h.view(q, v)
	return q.Render(openPage(q.Entry(title(q, v)), shown))
}

func title(q *page.Request, v app.Invited) string {
	return q.Printer.T("invitation.title", "Name", v.By, "Account", v.Account.Name)
}

func statusOf(state directory.InvitationState) int {
	if state == directory.InvitationUnknown {
		return http.StatusNotFound
	}
	return http.StatusGone
}

func (h Handler) view(q *page.Request, v app.Invited) view {
	t := q.Printer.T
	shown := view{Invited: v, Token: q.PathValue("token"), Way: asNew}
	switch {
	case v.Known && !q.SignedIn():
		shown.Way = toSign
	case v.Known && q.In.User.ID == v.User.ID:
		shown.Way = asSelf
	case v.Known:
		shown.Way = asOther
	case q.SignedIn():
		shown.Note = t("invitation.other.new", "Name", q.In.User.Name())
	}
	shown.Lead = t("invitation.lead."+string(shown.Way), "Address", v.User.Email, "Name", q.In.User.Name())
	shown.Facts = []ui.CartItem{{Label: t("invitation.account"), Value: v.Account.Name, Note: t("ui.account.number", "Number", directory.SpellNumber(v.Account.Number))},
		{Label: t("invitation.by"), Value: v.By}, {Label: t("invitation.user_name"), Value: v.User.UserName}}
	if !v.Known {
		shown.Facts = append(shown.Facts, ui.CartItem{Label: t("invitation.until"), Value: q.Printer.Date(v.Until)})
	}
	h.fields(q, &shown)
	return shown
}

// fields are what somebody new says of themselves, as they typed it or as who
// invited them suggested.
func (h Handler) fields(q *page.Request, v *view) {
	t := q.Printer.T
	typed := func(name, otherwise string) string {
		if q.PostForm.Has(name) {
			return q.PostFormValue(name)
		}
		return otherwise
	}
	either := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	kind, _ := h.Catalogue().AccountType(v.Account.Type)
	v.First = ui.Field{Name: "first_name", Label: t("invitation.first"), Required: kind.Form.Requires(catalogue.FieldFirstName), Value: typed("first_name", either(v.User.First, v.Suggested.First)),
		Attrs: map[string]any{"autocomplete": "given-name"}}
	v.Last = ui.Field{Name: "last_name", Label: t("invitation.last"), Required: kind.Form.Requires(catalogue.FieldLastName), Value: typed("last_name", either(v.User.Last, v.Suggested.Last)),
		Attrs: map[string]any{"autocomplete": "family-name"}}
	v.Language = ui.Field{Name: "language", Kind: "select", Label: t("invitation.language"), Value: typed("language", either(v.User.Language, q.Printer.Lang()))}
	for _, code := range h.Catalogue().Languages {
		v.Language.Options = append(v.Language.Options, ui.Option{Value: code, Label: q.Printer.Language(code), Selected: code == v.Language.Value})
	}
	v.Password = ui.Field{Name: "password", Label: t("invitation.password"), Required: true, Hint: strings.Join(q.PasswordRules(v.Policy), " · ")}
}

// accept uses the token: somebody new is signed in, whoever is known has signed
// in before. The address they are led to carries it no more.
func (h Handler) accept(q *page.Request) error {
	v, err := h.App.Invitations.Look(q.Context(), q.PathValue("token"))
	if err != nil {
		return err
	}
	if v.Known && !q.SignedIn() {
		return q.Redirect("/sign-in?return=" + url.QueryEscape("/invitation/"+url.PathEscape(q.PathValue("token"))))
	}
	joined, err := h.join(q, v)
	if err == nil {
		q.Toast(q.Printer.T("invitation.done", "Name", joined.Account.Name), "")
		return q.Redirect("/accounts/" + url.PathEscape(directory.CleanNumber(joined.Account.Number)) + "/start") // the screen chosen for them (PREF-1)
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	if v.State != directory.InvitationOpen || v.Known || refusal.Field == "" {
		return refusal
	}
	shown := h.view(q, v)
	shown.Errors = page.MarkEach(q.Printer, []*ui.Field{&shown.First, &shown.Last, &shown.Language, &shown.Password}, refusal)
	return q.RenderRefused(refusal, openPage(q.Entry(title(q, v)), shown))
}

func (h Handler) join(q *page.Request, v app.Invited) (app.Accepted, error) {
	if v.Known {
		joined, err := h.App.Invitations.AcceptKnown(q.Context(), q.Actor(), q.PathValue("token"))
		if err != nil {
			return joined, err
		}
		return joined, q.RotateSession()
	}
	joined, err := h.App.Invitations.Accept(q.Context(), q.Client(), app.Acceptance{Token: q.PathValue("token"), First: q.Field("first_name"),
		Last: q.Field("last_name"), Language: q.Field("language"), Password: q.PostFormValue("password"), Before: q.SessionToken()}, h.Limits)
	if err == nil {
		q.StartSession(joined.Started.Token, joined.Started.Expires)
		q.Printer = h.Bundle.Printer(q.Field("language"), nil) // they go on in the language they chose (PREF-2)
	}
	return joined, err
}

func (v view) path() string { return "/invitation/" + url.PathEscape(v.Token) }
