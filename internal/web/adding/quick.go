package adding

import (
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A quickView is the quick form (ADD-10), and after it what became of each
// address.
type quickView struct {
	task
	Choices app.AddChoices
	Fields  []ui.Field
	Levels  []ui.Check // access levels in the account, one set for all
	Seats   []ui.Check // products, one set for all
	Access  []ui.Field // to products of the project, one set for all
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
	if q.PathValue("project") != "" {
		of, err := h.App.Projects.Choices(q.Context(), q.Actor(), at(q))
		if err != nil {
			return v, err
		}
		v.Choices = of.AddChoices
		v.into(q, v.Choices)
		v.Lead = v.T("adding.quick.lead.project", "Name", v.Project.Name, "Count", of.Quick)
		return v, nil
	}
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
	if v.Project != nil {
		v.Fields = append(v.Fields, ui.Field{Name: levelField, Kind: "select", Label: t("field.access_level"), Error: v.problem(levelField),
			Hint: t("adding.quick.level.project"), Options: roleOptions(v.Printer, v.Choices.Levels, t("adding.quick.by_role"), q.Field(levelField))})
		words := map[string]string{}
		if said := readAccess(q, accessField, ""); said != nil {
			words = directory.AccessWords(*said)
		}
		v.Access = v.accessFields(v.Choices, accessField, words, ui.Option{Label: t("adding.quick.by_role")})
		return
	}
	if home := v.homeFields(q, v.Choices, ""); len(home) > 0 {
		v.Fields = append(v.Fields, home[0])
	}
	v.Levels = page.LevelChecks(v.catalogue, v.Printer, v.Choices.Levels, levelField, q.PostForm[levelField])
	v.Seats = v.products(q, v.Choices)
}

func (h Handler) quick(q *page.Request) error {
	v, err := h.quickView(q)
	if err != nil {
		return err
	}
	verdicts, err := h.addQuick(q)
	if err != nil {
		if fault := v.refused(err); fault != nil {
			return fault
		}
		v.fields(q)
		return q.RenderRefused(v.refusal, quickPage(v))
	}
	if v.Project != nil && verdicts.Count(app.Added) == len(verdicts) {
		return h.toProject(q, v.task, verdicts)
	}
	v.Done = verdicts
	v.Page.Title = v.T("adding.result")
	return q.Render(quickPage(v))
}

// addQuick brings everybody of the form into the account, or into the project in the
// address.
func (h Handler) addQuick(q *page.Request) (app.Verdicts, error) {
	all := app.NewMember{Home: q.Field(homeUnit), Company: q.Field("company"), Levels: q.PostForm[levelField], Products: q.PostForm[productField]}
	if function := q.Field("function"); function != "" {
		all.Functions = []string{function}
	}
	text := q.PostFormValue("addresses")
	if q.PathValue("project") == "" {
		return h.App.Members.AddQuick(q.Context(), q.Actor(), q.Frame.Account.ID, text, all)
	}
	place := app.NewPlace{NewMember: app.NewMember{Company: all.Company, Functions: all.Functions}, Level: q.Field(levelField)}
	if said := readAccess(q, accessField, ""); said != nil {
		place.Access = directory.AccessWords(*said)
	}
	return h.App.Projects.AddQuick(q.Context(), q.Actor(), at(q), text, place)
}

// toProject leads back to the project, where everybody came in, with who was invited.
func (h Handler) toProject(q *page.Request, t task, done app.Verdicts) error {
	var invited []string
	for _, d := range done {
		if d.Invited {
			invited = append(invited, d.Email)
		}
	}
	q.Done(strings.TrimSpace(resultSentence(t, done) + " " + invitedSentence(t.Printer, invited)))
	return q.Redirect(t.Leave.Href)
}

// mostNamed is how many of those who were invited a message names.
const mostNamed = 3

// invitedSentence names who is invited, the first of them where they are many (INV-8);
// of nobody it says nothing.
func invitedSentence(p *i18n.Printer, addresses []string) string {
	more := len(addresses) - mostNamed
	switch {
	case len(addresses) == 0:
		return ""
	case more > 0:
		return p.T("adding.invited.more", "Who", strings.Join(addresses[:mostNamed], ", "), "Count", more)
	}
	return p.T("adding.invited.who", "Who", p.List(addresses))
}

// resultSentence are the outcomes in one sentence.
func resultSentence(t task, done app.Verdicts) string {
	var parts []string
	for _, part := range []struct {
		key string
		n   int
	}{{"adding.count.added", done.Count(app.Added)}, {"adding.count.unchanged", done.Count(app.Unchanged)}, {"adding.count.faulty", done.Count(app.Refused)}} {
		if part.n > 0 {
			parts = append(parts, t.T(part.key, "Count", part.n))
		}
	}
	return strings.Join(parts, ", ") + "."
}
