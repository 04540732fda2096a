package technical

import (
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A newView is the form of a technical user to add.
type newView struct {
	ui.Page
	Base   string
	Fields []ui.Field
	Errors []ui.FieldError
}

func (h Handler) blank(q *page.Request) error {
	if _, err := h.App.TechnicalUsers.List(q.Context(), q.Actor(), q.Frame.Account.ID); err != nil {
		return err
	}
	v, err := h.newView(q, app.NewTechnicalUser{Responsible: q.In.User.Email, Unit: q.URL.Query().Get("unit")}, nil)
	if err != nil {
		return err
	}
	return q.Render(newPage(v))
}

func (h Handler) newView(q *page.Request, n app.NewTechnicalUser, refusal *directory.Error) (newView, error) {
	t := q.Printer.T
	homes, err := h.App.Members.Homes(q.Context(), q.Actor(), q.Frame.Account.ID, "", n.Unit)
	if err != nil {
		return newView{}, err
	}
	v := newView{Page: q.InAccount(t("technical.new"), page.Programs), Base: q.AccountPath("/technical-users"), Fields: []ui.Field{
		{Name: "name", Label: t("technical.name"), Hint: t("technical.name.hint"), Value: n.Name, Required: true},
		{Name: "purpose", Label: t("technical.purpose"), Hint: t("technical.purpose.hint"), Kind: "textarea", Value: n.Purpose, Required: true},
		responsibleField(q, n.Responsible),
	}}
	if len(homes) > 1 {
		v.Fields = append(v.Fields, homeField(q, homes, n.Unit))
	}
	v.Errors = page.Mark(q.Printer, v.Fields, refusal)
	return v, nil
}

func responsibleField(q *page.Request, value string) ui.Field {
	return ui.Field{Name: "responsible", Label: q.Printer.T("technical.responsible"), Hint: q.Printer.T("technical.responsible.hint"), Value: value, Required: true,
		Attrs: map[string]any{"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}}
}

func homeField(q *page.Request, homes []app.HomeChoice, chosen string) ui.Field {
	field := ui.Field{Name: "unit", Label: q.Printer.T("technical.home"), Kind: "select"}
	for _, home := range homes {
		var way []string
		for _, u := range home.Path {
			way = append(way, u.Name)
		}
		label := strings.Join(way, " › ")
		if label == "" {
			label = home.Unit.Name
		}
		field.Options = append(field.Options, ui.Option{Value: home.Unit.UUID, Label: label, Selected: home.Unit.UUID == chosen})
	}
	return field
}

func (h Handler) create(q *page.Request) error {
	n := app.NewTechnicalUser{Name: q.Field("name"), Purpose: q.Field("purpose"), Responsible: q.Field("responsible"), Unit: q.Field("unit")}
	made, err := h.App.TechnicalUsers.Create(q.Context(), q.Actor(), q.Frame.Account.ID, n)
	if err == nil {
		q.Toast(q.Printer.T("technical.created", "Name", n.Name), "")
		return q.Redirect(q.AccountPath("/technical-users/" + made.UUID))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	v, err := h.newView(q, n, refusal)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, newPage(v))
}
