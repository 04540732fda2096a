// Package network is the ways into an account: the posted key, the request to
// join, the invitation that waits for whoever is signed in, and the vendor's
// support. Nothing here tells a person who is no member which customer numbers
// exist (KEY-14).
package network

import (
	"net/url"
	"slices"

	"intendant/internal/address"
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
	s.Route("GET /network", page.SignedIn, h.show)
	s.Route("POST /network/key", page.SignedIn, h.enterKey)
	s.Route("GET /network/locked", page.SignedIn, h.locked)
	s.Route("GET /network/request-key", page.SignedIn, h.showKeyRequest)
	s.Route("POST /network/request-key", page.SignedIn, h.requestKey)
	s.Route("GET /network/join", page.SignedIn, h.showJoin)
	s.Route("POST /network/join", page.SignedIn, h.join)
	s.Route("GET /network/requests/{request}", page.SignedIn, h.showRequest)
	s.Route("POST /network/requests/{request}/withdraw", page.SignedIn, h.withdraw)
	s.Route("POST /network/requests/{request}/message", page.SignedIn, h.write)
	s.Route("POST /network/invitations/{member}", page.SignedIn, h.acceptInvitation)
	s.Route("GET /network/services", page.SignedIn, h.services)
	s.Route("GET /help", page.Anyone, h.help)
}

// A keyView is the page of number and key, with what else waits for the person.
type keyView struct {
	Errors      []ui.FieldError
	Number, Key ui.Field
	Unproved    string // the person's address, as long as nobody has proved it
	Invitations []app.WaitingInvitation
	Requests    []directory.JoinRequest
	Standings   []app.Standing // to accounts that the person cannot open, what waits here already left out
	Foot        []ui.CartItem
	Links       []ui.Link
}

// show is where somebody without an account begins.
func (h Handler) show(q *page.Request) error {
	v, err := h.keyView(q)
	if err != nil {
		return err
	}
	return q.Render(keyPage(q.Entry(q.Printer.T("network.title")), v))
}

func (h Handler) keyView(q *page.Request) (keyView, error) {
	t := q.Printer.T
	number := q.FormValue("number")
	v := keyView{
		Number: numberField(q, number),
		Key: ui.Field{Name: "admin_key", Kind: "key", Label: t("network.key"), Value: q.PostFormValue("admin_key"), Required: true,
			Placeholder: "XXX-XXX-XXX-XXX", Hint: t("network.key.hint", "Count", h.Catalogue().EffectivePolicies("").KeyLength)},
		Foot: []ui.CartItem{
			{Label: t("network.no_letter"), Value: t("network.no_letter.act"), Href: withNumber("/network/request-key", number)},
			{Label: t("network.there"), Value: t("network.there.act"), Href: withNumber("/network/join", number)},
		},
		Links: []ui.Link{{Label: t("network.services"), Href: "/network/services"}, {Label: t("network.profile"), Href: "/profile"}},
	}
	if q.In.User.Proved.IsZero() {
		v.Unproved = address.Shown(q.In.User.Email)
	}
	own, err := h.App.Users.Accounts(q.Context(), q.Actor())
	if err != nil {
		return v, err
	}
	if len(own) > 0 {
		v.Links = append(v.Links, ui.Link{Label: t("network.accounts"), Href: "/accounts"})
	}
	if v.Invitations, err = h.App.Invitations.Pending(q.Context(), q.Actor()); err != nil {
		return v, err
	}
	if v.Requests, err = h.App.JoinRequests.Asked(q.Context(), q.Actor()); err != nil {
		return v, err
	}
	v.Standings, err = h.App.Users.Standings(q.Context(), q.Actor())
	v.Standings = slices.DeleteFunc(v.Standings, func(s app.Standing) bool {
		return slices.ContainsFunc(v.Invitations, func(w app.WaitingInvitation) bool { return w.Member == s.Member })
	})
	return v, err
}

// standingLine says how somebody stands to an account, since when, what happens next
// and whom to ask.
func standingLine(p ui.Page, s app.Standing) string {
	line := p.T("standing."+string(s.State), "Date", p.Printer.Date(s.Since)) + " " + p.T("standing."+string(s.State)+".next")
	if s.Contact.ID != 0 {
		line += " " + p.T("standing.contact", "Name", s.Contact.Name(), "Email", address.Shown(s.Contact.Email))
	}
	return line
}

func numberField(q *page.Request, value string) ui.Field {
	return ui.Field{Name: "number", Label: q.Printer.T("network.number"), Value: value, Required: true,
		Hint: q.Printer.T("network.number.hint"), Attrs: map[string]any{"autocomplete": "off", "spellcheck": "false"}}
}

func messageField(q *page.Request, label, hint string) ui.Field {
	return ui.Field{Name: "message", Kind: "textarea", Label: label, Hint: hint, Value: q.PostFormValue("message"),
		Attrs: map[string]any{"maxlength": "1000", "rows": "4"}}
}

func withNumber(path, number string) string {
	if number == "" {
		return path
	}
	return path + "?number=" + url.QueryEscape(number)
}

// enterKey claims an account. A locked number leads to the page of both ways
// out (KEY-11).
func (h Handler) enterKey(q *page.Request) error {
	account, err := h.App.Keys.Enter(q.Context(), q.Actor(), q.Field("number"), q.PostFormValue("admin_key"))
	if err == nil {
		if err := q.RotateSession(); err != nil {
			return err
		}
		q.Toast(q.Printer.T("network.key.done", "Name", account.Name), "")
		return q.Redirect(accountPath(account.Number))
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	if refusal.Code == "key.locked" {
		return q.Redirect(withNumber("/network/locked", q.Field("number")))
	}
	v, err := h.keyView(q)
	if err != nil {
		return err
	}
	v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Key, &v.Number}, refusal)
	return q.RenderRefused(refusal, keyPage(q.Entry(q.Printer.T("network.title")), v))
}

func accountPath(number string) string {
	return "/accounts/" + url.PathEscape(directory.CleanNumber(number))
}

// locked shows both ways out, without telling which applies (KEY-11).
func (h Handler) locked(q *page.Request) error {
	number := q.FormValue("number")
	locked, err := h.App.Keys.Locked(q.Context(), q.Actor(), number)
	if err != nil {
		return err
	}
	if !locked {
		return q.Redirect(withNumber("/network", number))
	}
	tries := h.Catalogue().EffectivePolicies("").KeyTries
	return q.Render(lockedPage(q.Entry(q.Printer.T("network.locked.title")), number, tries, h.Catalogue().Branding.Support))
}

// acceptInvitation joins an account that invited whoever is signed in.
func (h Handler) acceptInvitation(q *page.Request) error {
	joined, err := h.App.Invitations.AcceptMine(q.Context(), q.Actor(), q.PathValue("member"))
	if err != nil {
		return err
	}
	if err := q.RotateSession(); err != nil {
		return err
	}
	q.Toast(q.Printer.T("invitation.done", "Name", joined.Account.Name), "")
	return q.Redirect(accountPath(joined.Account.Number) + "/start") // the screen chosen for them (PREF-1)
}
