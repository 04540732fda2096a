package network

import (
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

func (h Handler) keyRequestForm(q *page.Request) askView {
	t := q.Printer.T
	number := q.FormValue("number")
	return askView{Title: t("key_request.title"), Lead: t("key_request.lead"), Action: "/network/request-key", Submit: t("key_request.act"),
		Number: numberField(q, number), Message: messageField(q, t("key_request.message"), t("key_request.message.hint")),
		Foot: []ui.CartItem{
			{Label: t("network.back.question"), Value: t("network.back"), Href: withNumber("/network", number)},
			{Label: t("network.there"), Value: t("network.there.act"), Href: withNumber("/network/join", number)},
		}}
}

func (h Handler) showKeyRequest(q *page.Request) error { return h.keyRequestForm(q).show(q) }

// requestKey fills the vendor's queue (KEY-13).
func (h Handler) requestKey(q *page.Request) error {
	if _, err := h.App.Keys.Request(q.Context(), q.Actor(), q.Field("number"), q.Field("message")); err != nil {
		return h.keyRequestForm(q).again(q, err)
	}
	q.Toast(q.Printer.T("key_request.done"), "")
	return q.Redirect("/network")
}
