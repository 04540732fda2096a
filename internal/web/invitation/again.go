package invitation

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A stateView is an invitation that cannot be accepted, with the ways on.
type stateView struct {
	State  directory.InvitationState
	Text   string
	Again  string // where to post for a new one; empty: nothing to send
	Name   *ui.Field
	Errors []ui.FieldError // why none was sent
}

func (h Handler) stateView(q *page.Request, v app.Invited) stateView {
	s := stateView{State: v.State, Text: q.Printer.T("invitation.state."+string(v.State)+".text", "Until", v.Until)}
	switch v.State {
	case directory.InvitationExpired, directory.InvitationReplaced:
		s.Again = "/invitation/" + q.PathValue("token") + "/again"
	case directory.InvitationUnknown:
		name := h.againView(q).Name // of whoever reads it nothing is known
		s.Again, s.Name = "/invitation/again", &name
	}
	return s
}

// An againView is the form that sends a new invitation (INV-4).
type againView struct {
	Errors []ui.FieldError
	Name   ui.Field
}

func (h Handler) againView(q *page.Request) againView {
	return againView{Name: ui.Field{Name: "name", Label: q.Printer.T("invitation.again.name"), Value: q.FormValue("name"), Required: true,
		Attrs: map[string]any{"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}}}
}

func (h Handler) showAgain(q *page.Request) error {
	return q.Render(againPage(q.Entry(q.Printer.T("invitation.again.title")), h.againView(q)))
}

// again answers everybody alike: whether an invitation waits is told by mail.
func (h Handler) again(q *page.Request) error {
	err := h.App.Invitations.Again(q.Context(), q.Client(), q.Field("name"))
	if err == nil {
		return q.Redirect("/invitation/sent")
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v := h.againView(q)
	v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Name}, refusal)
	return q.RenderRefused(refusal, againPage(q.Entry(q.Printer.T("invitation.again.title")), v))
}

// againFor sends a new invitation in the place of an old link.
func (h Handler) againFor(q *page.Request) error {
	err := h.App.Invitations.AgainFor(q.Context(), q.Client(), q.PathValue("token"))
	if err == nil {
		return q.Redirect("/invitation/sent")
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v, err := h.App.Invitations.Look(q.Context(), q.PathValue("token"))
	if err != nil || v.State == directory.InvitationOpen {
		return refusal
	}
	shown := h.stateView(q, v)
	shown.Errors = page.MarkEach(q.Printer, nil, refusal)
	return q.RenderRefused(refusal, statePage(q.Entry(q.Printer.T("invitation.state."+string(v.State)+".title")), shown))
}

func (h Handler) sent(q *page.Request) error {
	return q.Render(sentPage(q.Entry(q.Printer.T("invitation.again.done.title"))))
}
