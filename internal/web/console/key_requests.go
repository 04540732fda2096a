package console

import (
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A requestView is one request for a key.
type requestView struct {
	Name, Note, Message string
	Href                string // to answer it, or empty
	Account             ui.Link
	Outcome             string // once it is decided
}

// A lockedView is a number whose key entry is locked, of a customer or of
// nobody.
type lockedView struct {
	Number, Note string
	Account      ui.Link
	Unlock       string
}

type requestsView struct {
	Waiting, Decided []requestView
	Locked           []lockedView
	Dialog           *dialog
	Refuse           *dialog // the other answer to the same request
}

func (h Handler) keyRequests(q *page.Request) error {
	return h.showRequests(q, h.askedUnlock(q), nil)
}

// askedUnlock is the dialog to unlock a number that the address names.
func (h Handler) askedUnlock(q *page.Request) *dialog {
	number := q.URL.Query().Get("number")
	if q.URL.Query().Get("do") != "unlock" || number == "" {
		return nil
	}
	return h.unlockDialog(q, directory.Account{}, number, requestsPath+"/unlock", requestsPath)
}

func (h Handler) showRequests(q *page.Request, d, refuse *dialog) error {
	waiting, decided, err := h.App.Keys.Queue(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	locked, err := h.App.Keys.LockedNumbers(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	p, err := h.shell(q, q.Printer.T("key_requests.title"), page.KeyRequests)
	if err != nil {
		return err
	}
	v := requestsView{Dialog: d, Refuse: refuse}
	for _, r := range waiting {
		v.Waiting = append(v.Waiting, h.requestView(q, r, true))
	}
	for _, r := range decided {
		v.Decided = append(v.Decided, h.requestView(q, r, false))
	}
	for _, l := range locked {
		v.Locked = append(v.Locked, h.lockedView(q, l))
	}
	return q.Render(requestsPage(p, v))
}

func (h Handler) requestView(q *page.Request, r app.ShownKeyRequest, open bool) requestView {
	t := q.Printer.T
	v := requestView{Name: r.Person.Name(), Message: r.Message,
		Note: t("key_requests.note", "Address", r.Person.Email, "When", q.Printer.Relative(r.Created, h.Now()))}
	if r.Referent {
		v.Note = t("key_requests.note.referent", "Address", r.Person.Email, "When", q.Printer.Relative(r.Created, h.Now()))
	}
	v.Account = ui.Link{Label: t("key_requests.nobody", "Number", directory.SpellNumber(r.Number))}
	if r.For.ID != 0 {
		v.Account = ui.Link{Label: t("key_requests.account", "Number", directory.SpellNumber(r.Number), "Name", r.For.Name), Href: customerPath(r.For, "")}
	}
	switch {
	case r.State == directory.KeyRequestAnswered:
		v.Outcome = t("key_requests.answered."+r.Answer, "Name", staffName(q, r.By), "When", q.Printer.Relative(r.Decided, h.Now()))
	case r.State == directory.KeyRequestRefused:
		v.Outcome = t("key_requests.refused", "Name", staffName(q, r.By), "When", q.Printer.Relative(r.Decided, h.Now()), "Reason", r.Answer)
	case open:
		v.Href = requestsPath + "/" + r.UUID
	}
	return v
}

func (h Handler) lockedView(q *page.Request, l app.LockedNumber) lockedView {
	t := q.Printer.T
	v := lockedView{Number: directory.SpellNumber(l.Number), Account: ui.Link{Label: t("key_requests.locked.nobody")},
		Note:   t("key_requests.locked.note", "Name", l.By.Name(), "When", q.Printer.Relative(l.Locked, h.Now())),
		Unlock: requestsPath + "?do=unlock&number=" + l.Number}
	if l.Account.ID != 0 {
		v.Account = ui.Link{Label: l.Account.Name, Href: customerPath(l.Account, "")}
		v.Unlock = customerPath(l.Account, "?do=unlock&number="+l.Number)
	}
	return v
}

// unlockNumber clears the count of a number that nobody has (KEY-12).
func (h Handler) unlockNumber(q *page.Request) error {
	number := q.Field("number")
	if err := h.App.Keys.Unlock(q.Context(), q.Actor(), number, directory.KeyDelivery(q.Field("delivery"))); err != nil {
		return err
	}
	q.Toast(q.Printer.T("customer.unlock.done.nobody", "Number", directory.SpellNumber(number)), "")
	return q.Redirect(requestsPath)
}

// find is the waiting request of the address.
func (h Handler) find(q *page.Request) (app.ShownKeyRequest, error) {
	waiting, _, err := h.App.Keys.Queue(q.Context(), q.Actor())
	if err != nil {
		return app.ShownKeyRequest{}, err
	}
	for _, r := range waiting {
		if r.UUID == q.PathValue("request") {
			return r, nil
		}
	}
	return app.ShownKeyRequest{}, directory.Refuse(directory.NotFound, "key_request.not_found")
}

// keyRequest asks how one request is answered.
func (h Handler) keyRequest(q *page.Request) error {
	r, err := h.find(q)
	if err != nil {
		return err
	}
	return h.showRequest(q, r, nil)
}

func (h Handler) showRequest(q *page.Request, r app.ShownKeyRequest, refusal *directory.Error) error {
	t := q.Printer.T
	p, err := h.shell(q, t("key_requests.answer.title", "Name", r.Person.Name()), page.KeyRequests)
	if err != nil {
		return err
	}
	v := answerView{Request: h.requestView(q, r, false), Action: requestsPath + "/" + r.UUID, Reason: reason(q, t("key_requests.refuse.hint"))}
	if r.For.ID != 0 {
		v.Ways = h.deliveries(q, r.For, r.Delivers())
		v.NoMail = len(r.Delivers()) == 1
	}
	v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Reason}, refusal, v.Ways.groups()...)
	return q.RenderRefused(refusal, answerPage(p, v))
}

// answerView is one request with both ways to answer it.
type answerView struct {
	Request requestView
	Action  string
	Errors  []ui.FieldError
	Ways    *radios // nil: nobody has the number, there is no key to send
	NoMail  bool    // no contact on file, or the asker is it
	Reason  ui.Field
}

func (h Handler) answerRequest(q *page.Request) error {
	id := q.PathValue("request")
	r, err := h.find(q)
	if err != nil {
		return err
	}
	done := "key_requests.done.refused"
	if q.Field("act") == "refuse" {
		err = h.App.Keys.Refuse(q.Context(), q.Actor(), id, q.Field("reason"))
	} else {
		done = "key_requests.done.answered"
		err = h.App.Keys.Answer(q.Context(), q.Actor(), id, directory.KeyDelivery(q.Field("delivery")))
	}
	if err != nil {
		refusal, fault := page.Refusal(err)
		if fault != nil || !may(q, authz.HandleKeys) {
			return err
		}
		return h.showRequest(q, r, refusal)
	}
	q.Toast(q.Printer.T(done, "Name", r.Person.Name()), "")
	return q.Redirect(requestsPath)
}
