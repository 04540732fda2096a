package applications

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A form asks what an application is and may do.
type form struct {
	Action, Submit string
	Version        string // of a change; empty for a new one
	Name, Product  ui.Field
	Rights         []ui.Check
	Accounts       ui.Field
	Numbers        ui.Field
	Problem        string // with the rights
	Errors         []ui.FieldError
}

// typed reads the form that was sent.
func typed(q *page.Request) app.ApplicationRegistration {
	n := app.ApplicationRegistration{Name: q.Field("name"), Product: q.Field("product"), All: q.Field("sees") != "some"}
	for _, right := range q.PostForm["rights"] {
		n.Rights = append(n.Rights, directory.ApplicationRight(right))
	}
	for line := range strings.Lines(q.PostFormValue("accounts")) {
		if number := strings.TrimSpace(line); number != "" {
			n.Numbers = append(n.Numbers, number)
		}
	}
	return n
}

func (h Handler) form(q *page.Request, n app.ApplicationRegistration, refusal *directory.Error) form {
	t := q.Printer.T
	f := form{Action: path + "/new", Submit: t("applications.register"),
		Name: ui.Field{Name: "name", Label: t("applications.name"), Hint: t("applications.name.hint"), Value: n.Name, Required: true},
		Product: ui.Field{Name: "product", Kind: "select", Label: t("applications.product"), Hint: t("applications.product.hint"), Value: n.Product,
			Options: []ui.Option{{Value: "", Label: t("applications.product.none")}}},
		Accounts: ui.Field{Name: "sees", Kind: "select", Label: t("applications.accounts"), Value: "all",
			Options: []ui.Option{{Value: "all", Label: t("applications.accounts.all")}, {Value: "some", Label: t("applications.accounts.these")}}},
		Numbers: ui.Field{Name: "accounts", Kind: "textarea", Label: t("applications.numbers"), Hint: t("applications.numbers.hint"),
			Value: strings.Join(n.Numbers, "\n"), Attrs: templ.Attributes{"rows": "4"}},
	}
	if !n.All {
		f.Accounts.Value = "some"
	}
	known := n.Product == ""
	for _, product := range h.Catalogue().Products {
		known = known || product.ID == n.Product
		f.Product.Options = append(f.Product.Options, ui.Option{Value: product.ID, Label: product.Label.In(q.Printer.Lang())})
	}
	if !known {
		f.Product.Options = append(f.Product.Options, ui.Option{Value: n.Product, Label: n.Product})
	}
	for _, right := range directory.ApplicationRights() {
		f.Rights = append(f.Rights, ui.Check{Name: "rights", Value: string(right), Label: t("applications.right." + string(right)), Checked: slices.Contains(n.Rights, right)})
	}
	f.Errors = page.MarkEach(q.Printer, []*ui.Field{&f.Name, &f.Product, &f.Numbers}, refusal,
		page.Group{Name: "rights", Legend: t("applications.rights"), Fault: &f.Problem})
	return f
}

// A newView is the form of an application to register.
type newView struct {
	ui.Page
	Form form
}

func (h Handler) blank(q *page.Request) error {
	if _, err := h.App.Applications.List(q.Context(), q.Actor()); err != nil {
		return err
	}
	c, err := h.newPage(q, app.ApplicationRegistration{All: true, Rights: []directory.ApplicationRight{directory.MayAsk}}, nil)
	if err != nil {
		return err
	}
	return q.Render(c)
}

func (h Handler) newPage(q *page.Request, n app.ApplicationRegistration, refusal *directory.Error) (templ.Component, error) {
	return h.console(q, q.Printer.T("applications.new"), func(p ui.Page) templ.Component {
		return newPage(newView{Page: p, Form: h.form(q, n, refusal)})
	})
}

func (h Handler) register(q *page.Request) error {
	n := typed(q)
	made, err := h.App.Applications.Register(q.Context(), q.Actor(), n)
	if err == nil {
		q.Toast(q.Printer.T("applications.registered", "Name", made.Name), "")
		return q.Redirect(path + "/" + made.UUID)
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if refusal.Kind == directory.Denied || refusal.Kind == directory.NotFound {
		return refusal
	}
	c, err := h.newPage(q, n, refusal)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, c)
}

func version(n int64) string { return strconv.FormatInt(n, 10) }
