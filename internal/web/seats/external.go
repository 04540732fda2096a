package seats

import (
	"net/url"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A bringing is the page of what one person brings along: subscriptions to products
// that the account does not pay for (EXT-1).
type bringing struct {
	ui.Page
	app.Externals
	h       Handler
	at      string // address of the page
	back    string
	now     time.Time
	product string // as typed
	last    string
	fields  []ui.Field
	errors  []ui.FieldError
}

// externals shows what the person brings along, and the form for more.
func (h Handler) externals(q *page.Request) error {
	b, err := h.bringing(q, nil)
	if err != nil {
		return err
	}
	return q.Render(externalsPage(b))
}

func (h Handler) bringing(q *page.Request, refusal *directory.Error) (bringing, error) {
	b := bringing{h: h, at: q.AccountPath("/members/" + url.PathEscape(member(q)) + "/external"), back: back(q), now: h.Now(),
		product: q.FormValue("product"), last: q.FormValue("last")}
	var err error
	if b.Externals, err = h.App.Seats.Externals(q.Context(), q.Actor(), account(q), member(q)); err != nil {
		return b, err
	}
	if b.Self {
		b.back = q.ReturnTo(q.AccountPath(""))
	}
	b.Page = q.InAccount(q.Printer.T("seats.external.title", "Name", b.Name), page.NoPlace)
	b.fields = b.form()
	b.errors = page.Mark(b.Printer, b.fields, refusal)
	return b, nil
}

// stateExternal notes one more, and goes back to where the reader was. The last day
// is asked for, except of who proves it by a seat elsewhere (EXT-3).
func (h Handler) stateExternal(q *page.Request) error {
	claim := app.ExternalClaim{Member: member(q), Product: q.Field("product"), Last: q.Day("last")}
	err := q.Together(h.App.Seats.StateExternal(q.Context(), q.Actor(), account(q), claim))
	if err == nil {
		q.Done(q.Printer.T("seats.external.done", "Product", h.product(q, directory.Offer{Product: claim.Product})))
		return q.Redirect(q.AccountPath("/members/"+url.PathEscape(member(q))+"/external") + "?return=" + url.QueryEscape(q.ReturnTo("")))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	b, err := h.bringing(q, refusal)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, externalsPage(b))
}

// endExternal takes one back.
func (h Handler) endExternal(q *page.Request) error {
	claim := app.ExternalClaim{Member: member(q), Product: q.Field("product")}
	if err := h.App.Seats.EndExternal(q.Context(), q.Actor(), account(q), claim); err != nil {
		return err
	}
	q.Done(q.Printer.T("seats.external.ended", "Product", h.product(q, directory.Offer{Product: claim.Product})))
	return q.Redirect(back(q))
}

func (b bringing) name(product string) string {
	return b.h.Catalogue().OfferName(directory.Offer{Product: product}, b.Printer.Lang())
}

// says is by what it is believed, and until when.
func (b bringing) says(e directory.External) string {
	return page.ExternalAs(b.Printer, e)
}

func (b bringing) form() []ui.Field {
	product := ui.Field{Name: "product", Label: b.T("field.product"), Kind: "select", Value: b.product, Required: true}
	for _, id := range b.Products {
		product.Options = append(product.Options, ui.Option{Value: id, Label: b.name(id)})
	}
	fields := []ui.Field{product}
	if !b.Self {
		fields = append(fields, ui.Field{Name: "last", Label: b.T("field.last"), Kind: "date", Value: b.last, Required: true, Hint: b.T("seats.external.last.hint"),
			Attrs: map[string]any{"min": b.now.In(b.Printer.Zone()).Format(time.DateOnly)}})
	}
	return fields
}

func (b bringing) lead() string {
	if b.Self {
		return b.T("seats.external.lead.self")
	}
	return b.T("seats.external.lead")
}

func (b bringing) ending(e directory.External) []ui.Hidden {
	return []ui.Hidden{{Name: "product", Value: e.Product}, {Name: "return", Value: b.at + "?return=" + url.QueryEscape(b.back)}}
}

func (b bringing) foot() []ui.Act {
	acts := []ui.Act{{Label: b.T("seats.close"), Href: b.back}}
	if len(b.Products) > 0 {
		acts = append(acts, ui.Act{Label: b.T("seats.external.state"), Kind: ui.Primary, Attrs: map[string]any{"form": "external"}})
	}
	return acts
}
