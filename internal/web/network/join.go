package network

import (
	"strings"

	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// An askView is a form of a customer number and a message: to join, or to get
// a key.
type askView struct {
	Title, Lead, Action, Submit string
	Errors                      []ui.FieldError
	Number, Message             ui.Field
	Foot                        []ui.CartItem
}

func (h Handler) joinForm(q *page.Request) askView {
	t := q.Printer.T
	number := q.FormValue("number")
	return askView{Title: t("join.title"), Lead: t("join.lead"), Action: "/network/join", Submit: t("join.act"),
		Number: numberField(q, number), Message: messageField(q, t("join.message"), t("join.message.hint")),
		Foot: []ui.CartItem{
			{Label: t("network.back.question"), Value: t("network.back"), Href: withNumber("/network", number)},
			{Label: t("network.no_letter"), Value: t("network.no_letter.act"), Href: withNumber("/network/request-key", number)},
		}}
}

func (v askView) show(q *page.Request) error { return q.Render(askPage(q.Entry(v.Title), v)) }

// again shows a refused form with what was typed in it; a fault goes on.
func (v askView) again(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Number, &v.Message}, refusal)
	return q.RenderRefused(refusal, askPage(q.Entry(v.Title), v))
}

func (h Handler) showJoin(q *page.Request) error { return h.joinForm(q).show(q) }

// join asks to be let in (JOIN-1). Where a verified domain approves by itself
// the person is in at once (JOIN-7).
func (h Handler) join(q *page.Request) error {
	asked, err := h.App.JoinRequests.Ask(q.Context(), q.Actor(), q.Field("number"), q.Field("message"))
	if err != nil {
		return h.joinForm(q).again(q, err)
	}
	shown, err := h.App.JoinRequests.Mine(q.Context(), q.Actor(), asked.UUID)
	if err != nil {
		return err
	}
	if shown.State == directory.JoinApproved {
		if err := q.RotateSession(); err != nil {
			return err
		}
		q.Toast(q.Printer.T("join.done.member"), "")
		return q.Redirect(accountPath(shown.Number))
	}
	q.Toast(q.Printer.T("join.done"), "")
	return q.Redirect(requestPath(shown))
}

func requestPath(j directory.JoinRequest) string { return "/network/requests/" + j.UUID }

// A requestView is one request of the person, with what they can do about it.
type requestView struct {
	directory.JoinRequest
	Facts   []ui.CartItem
	Text    string
	Errors  []ui.FieldError
	Message ui.Field
}

func (h Handler) requestView(q *page.Request) (requestView, error) {
	j, err := h.App.JoinRequests.Mine(q.Context(), q.Actor(), q.PathValue("request"))
	if err != nil {
		return requestView{}, err
	}
	t := q.Printer.T
	v := requestView{JoinRequest: j, Message: messageField(q, t("join.write"), t("join.write.hint"))}
	v.Message.Required = true
	v.Facts = []ui.CartItem{{Label: t("network.number"), Value: directory.SpellNumber(j.Number)}, {Label: t("join.state"), Body: requestState(q.Entry(""), j)},
		{Label: t("join.asked"), Value: q.Printer.Date(j.Created)}}
	if !j.Decided.IsZero() && j.State != directory.JoinWithdrawn {
		v.Facts = append(v.Facts, ui.CartItem{Label: t("join.decided"), Value: q.Printer.Date(j.Decided)})
	}
	until := j.Created.AddDate(0, 0, h.Catalogue().EffectivePolicies("").JoinLapseDays)
	v.Text = t("join."+string(j.State)+".text", "Until", until)
	return v, nil
}

func (h Handler) showRequest(q *page.Request) error {
	v, err := h.requestView(q)
	if err != nil {
		return err
	}
	return q.Render(requestPage(q.Entry(q.Printer.T("join.request.title")), v))
}

// withdraw takes the person's own request back (JOIN-3).
func (h Handler) withdraw(q *page.Request) error {
	if err := h.App.JoinRequests.Withdraw(q.Context(), q.Actor(), q.PathValue("request")); err != nil {
		return err
	}
	q.Toast(q.Printer.T("join.withdraw.done"), "")
	return q.Redirect("/network")
}

// write sends a message to the administrators of the number asked for (JOIN-3);
// whether it has any is not told.
func (h Handler) write(q *page.Request) error {
	err := h.App.JoinRequests.Write(q.Context(), q.Actor(), q.PathValue("request"), q.Field("message"))
	if err == nil {
		q.Toast(q.Printer.T("join.write.done"), "")
		return q.Redirect("/network/requests/" + q.PathValue("request"))
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v, err := h.requestView(q)
	if err != nil {
		return err
	}
	v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Message}, refusal)
	return q.RenderRefused(refusal, requestPage(q.Entry(q.Printer.T("join.request.title")), v))
}

// services shows what the prospect level opens (ACC-3, ACC-11).
func (h Handler) services(q *page.Request) error {
	return q.Render(servicesPage(q.Entry(q.Printer.T("network.services")), q.ServiceRows(h.App.Accounts.ProspectServices())))
}

// help says how to reach the vendor's support.
func (h Handler) help(q *page.Request) error {
	return q.Render(helpPage(q.Entry(q.Printer.T("help.title")), h.Catalogue().Branding))
}

// phoneLine is the telephone with its hours.
func phoneLine(p ui.Page, s catalogue.Support) string {
	if hours := s.Hours.In(p.Printer.Lang()); hours != "" {
		return s.Phone + " · " + hours
	}
	return s.Phone
}

// supportFacts are the ways to the support that the vendor declared.
func supportFacts(p ui.Page, b catalogue.Branding) []ui.CartItem {
	var facts []ui.CartItem
	if b.Support.Email != "" {
		facts = append(facts, ui.CartItem{Label: p.T("help.mail"), Value: b.Support.Email, Href: "mailto:" + b.Support.Email})
	}
	if b.Support.Phone != "" {
		facts = append(facts, ui.CartItem{Label: p.T("help.phone"), Value: phoneLine(p, b.Support), Href: "tel:" + strings.ReplaceAll(b.Support.Phone, " ", "")})
	}
	if b.Support.Form != "" {
		facts = append(facts, ui.CartItem{Label: p.T("help.form"), Value: p.T("help.form.act"), Href: b.Support.Form})
	}
	if len(b.PostalAddress) > 0 {
		facts = append(facts, ui.CartItem{Label: p.T("help.post"), Value: strings.Join(b.PostalAddress, ", ")})
	}
	return facts
}
