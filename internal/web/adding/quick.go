package adding

import (
	"net/http"
	"strings"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A quickView is the quick form (ADD-10), and after it what became of each
// address.
type quickView struct {
	task
	Choices app.AddChoices
	Fields  []ui.Field
	Levels  []ui.Check // access levels, one set for all
	Seats   []ui.Check // products, one set for all
	Lead    string
	Done    app.Verdicts
}

func (h Handler) showQuick(q *page.Request) error {
	v, err := h.quickView(q)
	if err != nil {
		return err
	}
	v.fields(q)
	return q.Render(quickPage(v))
}

func (h Handler) quickView(q *page.Request) (quickView, error) {
	v := quickView{task: h.task(q, q.Printer.T("adding.quick"))}
	var err error
	if v.Choices, err = h.App.Members.Choices(q.Context(), q.Actor(), q.Frame.Account.ID); err != nil {
		return v, err
	}
	if v.Choices, err = h.homes(q, v.Choices); err != nil {
		return v, err
	}
	v.Lead = v.T("adding.quick.lead", "Count", h.App.Members.QuickLimit(q.Frame.Account))
	return v, nil
}

// fields are the quick form's, with what was typed.
func (v *quickView) fields(q *page.Request) {
	t := v.T
	v.Fields = []ui.Field{
		{Name: "addresses", Kind: "textarea", Label: t("adding.addresses"), Value: strings.ToValidUTF8(q.PostFormValue("addresses"), "�"),
			Required: true, Hint: t("adding.addresses.hint"), Error: v.problem("addresses"), Attrs: map[string]any{"rows": "6", "spellcheck": "false"}},
		{Name: "company", Label: t("field.company"), Value: q.Field("company"), Hint: t("adding.quick.empty"), Error: v.problem("company"),
			Attrs: map[string]any{"list": "companies"}},
		{Name: "function", Kind: "select", Label: t("field.role"), Error: v.problem("function"),
			Options: roleOptions(v.Printer, v.Choices.Functions, t("adding.quick.keep"), q.Field("function"))},
	}
	v.Levels = page.LevelChecks(v.Choices.Levels, v.Printer.Lang(), levelField, q.PostForm[levelField])
	if home := v.homeFields(q, v.Choices, ""); len(home) > 0 {
		v.Fields = append(v.Fields, home[0])
	}
	v.Seats = v.products(q, v.Choices)
}

func (h Handler) quick(q *page.Request) error {
	v, err := h.quickView(q)
	if err != nil {
		return err
	}
	all := app.NewMember{Home: q.Field(homeUnit), Company: q.Field("company"), Levels: q.PostForm[levelField], Products: q.PostForm[productField]}
	if function := q.Field("function"); function != "" {
		all.Functions = []string{function}
	}
	verdicts, err := h.App.Members.AddQuick(q.Context(), q.Actor(), q.Frame.Account.ID, q.PostFormValue("addresses"), all)
	if err != nil {
		if fault := v.refused(err); fault != nil {
			return fault
		}
		v.fields(q)
		return q.RenderStatus(http.StatusUnprocessableEntity, quickPage(v))
	}
	v.Done = verdicts
	v.Page.Title = v.T("adding.result")
	return q.Render(quickPage(v))
}

// said are the outcomes in one sentence.
func (v quickView) said() string {
	var parts []string
	for _, part := range []struct {
		key string
		n   int
	}{{"adding.count.added", v.Done.Count(app.Added)}, {"adding.count.unchanged", v.Done.Count(app.Unchanged)}, {"adding.count.faulty", v.Done.Count(app.Refused)}} {
		if part.n > 0 {
			parts = append(parts, v.T(part.key, "Count", part.n))
		}
	}
	return strings.Join(parts, ", ") + "."
}
