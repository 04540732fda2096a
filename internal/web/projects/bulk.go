package projects

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/foresight"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A bulk is the page that confirms an act on many members of a project, or its result
// (BULK-1, BULK-3).
type bulk struct {
	frame
	name     string // "edit" or "remove"
	view     view
	chosen   app.ProjectChosen
	hidden   []ui.Hidden
	refusal  *directory.Error
	typed    url.Values
	verdicts app.Verdicts
	acts     string // address of acts on many
	act      string // public id under which the act is kept
	broken   bool   // all or nothing, and it was nothing
	seen     *foresight.View
}

// keep is the choice that leaves a field alone.
const keep = "keep"

// confirmBulk asks before an act on many: who, and what follows.
func (h Handler) confirmBulk(q *page.Request) error {
	b, who, err := readBulk(q, q.URL.Query())
	if err == nil {
		err = h.choose(q, &b, who)
	}
	if err != nil {
		return nobody(q, b, err)
	}
	return q.Render(confirmPage(b))
}

// readBulk reads which act on whom an address or a form means: ticks, or all that its
// view finds.
func readBulk(q *page.Request, values url.Values) (bulk, app.ProjectSelection, error) {
	b := bulk{name: values.Get("act"), view: readView(q, values).first(), typed: url.Values{}, acts: q.AccountPath("/acts")}
	who := app.ProjectSelection{Members: values["member"], Wait: q.Patience()}
	if values.Get("all") != "" {
		who.Members, who.All = nil, &b.view.ProjectMemberQuery
		who.Count, _ = strconv.ParseInt(values.Get("count"), 10, 64) // none yet when it is asked first
	}
	if b.name != "edit" && b.name != "remove" {
		return b, who, notFound()
	}
	return b, who, nil
}

// choose reads whom the selection means, and what they can be changed to.
func (h Handler) choose(q *page.Request, b *bulk, who app.ProjectSelection) error {
	var err error
	if b.chosen, err = h.App.Projects.Selected(q.Context(), q.Actor(), here(q), who); err != nil {
		return err
	}
	b.frame = h.frame(q, q.Printer.T("projects.bulk."+b.name, "Count", b.chosen.Count), b.chosen.Choices.Project)
	kept := url.Values{"act": {b.name}}
	if who.All != nil {
		kept = b.view.values()
		kept.Set("act", b.name)
		kept.Set("all", "1")
		kept.Set("count", strconv.FormatInt(b.chosen.Count, 10))
	}
	if b.view.Product != "" {
		kept.Set("product", b.view.Product)
	}
	kept["member"] = who.Members
	b.hidden = hiddenOf(kept)
	return nil
}

// nobody leads back to the table when nobody was ticked.
func nobody(q *page.Request, b bulk, err error) error {
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "selection.empty" {
		q.Toast(q.Printer.T("members.bulk.nobody"), "")
		return q.Redirect(b.view.list())
	}
	return err
}

// bulk does it and says what became of each.
func (h Handler) bulk(q *page.Request) error {
	b, who, err := readBulk(q, q.PostForm)
	if err != nil {
		return err
	}
	if who.All == nil && len(who.Members) == 0 {
		return nobody(q, b, directory.Refuse(directory.Invalid, "selection.empty"))
	}
	if q.Field("step") == "preview" {
		return h.previewBulk(q, b, who)
	}
	who.Whole, who.Act = q.Field("whole") != "", &b.act
	if b.name == "remove" {
		b.verdicts, err = h.App.Projects.RemovePlaces(q.Context(), q.Actor(), here(q), who)
	} else {
		b.verdicts, err = h.App.Projects.ChangePlaces(q.Context(), q.Actor(), here(q), who, bulkChange(q.PostForm))
	}
	if broken := app.AsBroken(err); broken != nil {
		b.verdicts, b.broken, err = broken.Verdicts, true, nil
	}
	if err != nil {
		return h.bulkRefused(q, b, who, err)
	}
	return h.bulkDone(q, b)
}

// previewBulk shows the form as it was sent, with what it would bring (PLAN-1).
func (h Handler) previewBulk(q *page.Request, b bulk, who app.ProjectSelection) error {
	act := app.PlacesAct{Remove: b.name == "remove", Change: bulkChange(q.PostForm), Window: foresight.Window()}
	of, err := h.App.Projects.ForeseePlaces(q.Context(), q.Actor(), here(q), who, act)
	if err != nil {
		return h.bulkRefused(q, b, who, err)
	}
	if err := h.choose(q, &b, who); err != nil {
		return nobody(q, b, err)
	}
	b.typed, b.seen = q.PostForm, foresight.Of(q, b.Page, of)
	return q.Render(confirmPage(b))
}

// preview is the button that says what the form would bring.
func (b bulk) preview() ui.Act {
	return ui.Act{Label: b.T("foresight.act"), Icon: "eye", Name: "step", Value: "preview"}
}

// whole is the box for all or nothing.
func (b bulk) whole() ui.Check {
	return ui.Check{Name: "whole", Value: "1", Label: b.T("members.bulk.whole"), Hint: b.T("members.bulk.whole.hint"), Checked: b.typed.Get("whole") != ""}
}

// bulkDone says in a sentence what was done, or on a page who was refused and why.
func (h Handler) bulkDone(q *page.Request, b bulk) error {
	if b.verdicts.Count(app.Refused) == 0 {
		key := "members.result.changed"
		if b.name == "remove" {
			key = "projects.bulk.removed"
		}
		done := []string{q.Printer.T(key, "Count", b.verdicts.Count(app.Changed))}
		if n := b.verdicts.Count(app.Unchanged); n > 0 {
			done = append(done, q.Printer.T("members.result.unchanged", "Count", n))
		}
		q.Done(q.Printer.List(done))
		return q.Redirect(b.view.list())
	}
	p, err := h.App.Projects.Open(q.Context(), q.Actor(), here(q))
	if err != nil {
		return err
	}
	b.frame = h.frame(q, q.Printer.T("members.result.title"), p)
	return q.Render(resultPage(b))
}

// bulkRefused shows the page again with what was typed and the reason. A selection that
// has changed since is confirmed anew (PLAN-4).
func (h Handler) bulkRefused(q *page.Request, b bulk, who app.ProjectSelection, err error) error {
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if err := h.choose(q, &b, who); err != nil {
		return nobody(q, b, err)
	}
	b.refusal, b.typed = refusal, q.PostForm
	return q.RenderRefused(refusal, confirmPage(b))
}

// The fields of a change of many.
const (
	companySet = "company_set"
	levelSet   = "level_set"
)

// bulkChange reads what the form sets; what was left alone stays, but for what a role
// that is chosen brings along (ADD-4, ADD-7).
func bulkChange(form url.Values) app.PlaceChange {
	var change app.PlaceChange
	if company := form.Get(companySet); directory.Fold(company) != "" {
		change.Company = &company
	}
	if functions := form[functionField]; len(functions) > 0 {
		change.Functions = &functions
	}
	if level := form.Get(levelSet); level != keep && level != "" {
		change.Level = &level
	}
	for field := range form {
		product, is := strings.CutPrefix(field, accessPrefix)
		if word := form.Get(field); is && word != keep && word != "" {
			if change.Access == nil {
				change.Access = map[string]string{}
			}
			change.Access[product] = word
		}
	}
	return change
}

func (b bulk) errors(fields []ui.Field) []ui.FieldError {
	return page.Mark(b.Printer, fields, b.refusal)
}

// fields are company, level and each product.
func (b bulk) fields() []ui.Field {
	company := ui.Field{Name: companySet, Label: b.T("field.company"), Hint: b.T("projects.bulk.company.hint"), Value: b.typed.Get(companySet),
		Attrs: map[string]any{"list": "companies", "autocomplete": "off", "maxlength": strconv.Itoa(directory.CompanyName.Most())}}
	level := ui.Field{Name: levelSet, Kind: "select", Label: b.T("field.access_level"), Value: b.typed.Get(levelSet), Options: []ui.Option{{Value: keep, Label: b.T("members.bulk.keep")}}}
	for _, r := range b.project.Levels {
		level.Options = append(level.Options, ui.Option{Value: r.Code, Label: r.Name(b.lang)})
	}
	fields := []ui.Field{company, level}
	for _, p := range b.project.Switched {
		fields = append(fields, b.access(p))
	}
	return fields
}

// access is the choice for a product. The base product is taken from nobody here: that
// is the act that removes them (PROJ-5).
func (b bulk) access(p catalogue.Product) ui.Field {
	f := ui.Field{Name: accessField(p.ID), Kind: "select", Label: b.label(p), Value: b.typed.Get(accessField(p.ID)), Options: []ui.Option{{Value: keep, Label: b.T("members.bulk.keep")}}}
	for _, word := range []string{directory.NoAccess, directory.MemberAccess, directory.AdministratorAccess} {
		if word != directory.NoAccess || p.ID != b.project.Base {
			f.Options = append(f.Options, ui.Option{Value: word, Label: b.T("projects.access." + word)})
		}
	}
	return f
}

func (b bulk) roleChecks() []ui.Check {
	var checks []ui.Check
	for _, r := range b.project.Functions {
		checks = append(checks, ui.Check{Name: functionField, Value: r.Code, Label: r.Name(b.lang), Checked: slices.Contains(b.typed[functionField], r.Code)})
	}
	return checks
}

func (b bulk) who() string { return b.T("members.bulk.lead", "Count", b.chosen.Count) }

func (b bulk) others() int64 { return b.chosen.Count - int64(len(b.chosen.First)) }

// follows says what removing many brings.
func (b bulk) follows() []ui.Loss {
	return []ui.Loss{{Text: b.T("projects.bulk.remove.products", "Project", b.project.Name)}, {Text: b.T("projects.bulk.remove.roles")},
		{Text: b.T("projects.bulk.remove.stays"), Stays: true}}
}

// submit is the button that does it.
func (b bulk) submit() ui.Act {
	if b.name == "remove" {
		return ui.Act{Label: b.T("projects.act.remove"), Kind: ui.Danger}
	}
	return ui.Act{Label: b.T("members.bulk.submit", "Count", b.chosen.Count), Kind: ui.Primary}
}

func (b bulk) back() ui.Link {
	return ui.Link{Label: b.T("projects.back.one", "Name", b.project.Name), Href: b.view.list()}
}

func (b bulk) refused() app.Verdicts { return page.RefusedOf(b.verdicts) }

func (b bulk) counts() []ui.CartItem {
	if b.broken {
		return page.OutcomeCounts(b.Printer, b.refused())
	}
	return page.OutcomeCounts(b.Printer, b.verdicts)
}
