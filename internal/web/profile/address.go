package profile

import (
	"encoding/json"
	"net/http"

	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A cardView is a page with one form in a card.
type cardView struct {
	Page        ui.Page
	Title, Lead string
	Note        string
	Errors      []ui.FieldError
	Fields      []ui.Field
	Action      string
	Submit      string
	Under       ui.Link
}

func (h Handler) emailCard(q *page.Request) cardView {
	t := q.Printer.T
	return cardView{Page: q.Entry(t("profile.email.title")), Title: t("profile.email.title"),
		Lead: t("profile.email.lead", "Address", q.In.User.Email), Action: "/profile/email", Submit: t("profile.email.act"),
		Under: ui.Link{Label: t("profile.back"), Href: "/profile"},
		Fields: []ui.Field{
			{Name: "email", Kind: "email", Label: t("profile.email.new"), Value: q.FormValue("email"), Required: true,
				Attrs: map[string]any{"autocomplete": "email"}},
			{Name: "old", Kind: "password", Label: t("password.old"), Required: true, Attrs: map[string]any{"autocomplete": "current-password"}},
		}}
}

func (h Handler) showEmail(q *page.Request) error {
	v := h.emailCard(q)
	if q.FormValue("sent") != "" {
		v.Lead, v.Submit, v.Fields, v.Note = "", "", nil, q.Printer.T("profile.email.sent")
	}
	return q.Render(cardPage(v))
}

func (h Handler) changeEmail(q *page.Request) error {
	err := h.App.Users.ChangeEmail(q.Context(), q.Actor(), q.Field("email"), q.PostFormValue("old"))
	if err == nil {
		return q.Redirect("/profile/email?sent=1")
	}
	return h.again(q, h.emailCard(q), err)
}

func (h Handler) again(q *page.Request, v cardView, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v.Errors = page.Mark(q.Printer, v.Fields, refusal)
	return q.RenderRefused(refusal, cardPage(v))
}

func (h Handler) confirmCard(q *page.Request) cardView {
	t := q.Printer.T
	return cardView{Page: q.Entry(t("profile.email.confirm")), Title: t("profile.email.confirm"), Lead: t("profile.email.confirm.lead"),
		Action: "/email/confirm/" + q.PathValue("token"), Submit: t("profile.email.confirm.act")}
}

// showConfirm asks for the button: mail scanners open links too (INV-10).
func (h Handler) showConfirm(q *page.Request) error {
	q.W.Header().Set("Referrer-Policy", "no-referrer")
	return q.Render(cardPage(h.confirmCard(q)))
}

func (h Handler) confirmEmail(q *page.Request) error {
	user, err := h.App.Users.ConfirmEmail(q.Context(), q.Actor(), q.PathValue("token"), q.SessionToken())
	if err != nil {
		return h.unconfirmed(q, err)
	}
	q.Toast(q.Printer.T("profile.email.changed", "Address", user.Email), "")
	return q.Redirect("/")
}

// unconfirmed says that a link confirms nothing, above what sends another: to the own
// address while nobody has proved it, else to the one that is typed again.
func (h Handler) unconfirmed(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	t, v := q.Printer.T, h.emailCard(q)
	if v.Lead = q.Printer.Error(refusal) + " " + t("link.dead.again"); q.In.User.Proved.IsZero() {
		v.Action, v.Fields, v.Submit = "/profile/email/prove", nil, t("link.dead.prove", "Address", q.In.User.Email)
		v.Under = ui.Link{Label: t("profile.email.title"), Href: "/profile/email"}
	}
	v.Title = t("link.dead.title")
	return q.RenderRefused(refusal, cardPage(v))
}

// proveEmail mails the person a link by which they prove their address.
func (h Handler) proveEmail(q *page.Request) error {
	if err := h.App.Users.ProveEmail(q.Context(), q.Actor()); err != nil {
		return h.again(q, h.emailCard(q), err)
	}
	return q.Redirect("/profile/email?sent=1")
}

// export hands over all that is held about the person, as a file (USER-7).
func (h Handler) export(q *page.Request) error {
	all, err := h.App.Users.Export(q.Context(), q.Actor(), q.In.User.ID)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	head := q.W.Header()
	head.Set("Content-Type", "application/json; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="profile.json"`)
	head.Set("Cache-Control", "no-store")
	q.W.WriteHeader(http.StatusOK)
	_, err = q.W.Write(text)
	if err != nil {
		h.Log.DebugContext(q.Context(), "reader left", "error", err)
	}
	return nil
}
