package projects

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A form is of what a project is: the facts that are typed, the products that are
// switched on (PROJ-1). New and existing projects share it.
type form struct {
	ui.Page
	lang     string
	action   string
	known    url.Values // what stands in it until something is typed
	typed    url.Values
	refusal  *directory.Error
	types    []directory.ProjectType
	products []catalogue.Product
	base     string
	blank    *app.ProjectBlank // of a new project
}

// value is what stands in a field: what was typed, else what is known.
func (f form) value(name string) string { return f.values().Get(name) }

func (f form) values() url.Values {
	if f.typed != nil {
		return f.typed
	}
	return f.known
}

// Fields of the form. A number at most stands in one line.
const (
	productField = "product"
	startField   = "start"
	peopleField  = "start_members"
	offeredField = "products_offered"
)

func most(text directory.Text) map[string]any {
	return map[string]any{"maxlength": strconv.Itoa(text.Most()), "autocomplete": "off"}
}

// facts are the fields of what is typed about a project.
func (f form) facts() []ui.Field {
	zone := ui.Field{Name: "time_zone", Kind: "select", Label: f.T("field.time_zone"), Value: f.value("time_zone")}
	for _, name := range page.Zones(f.known.Get("time_zone")) {
		zone.Options = append(zone.Options, ui.Option{Value: name, Label: name})
	}
	kind := ui.Field{Name: "type", Kind: "select", Label: f.T("field.project_type"), Value: f.value("type"), Options: []ui.Option{{Label: f.T("ui.none")}}}
	for _, t := range f.types {
		kind.Options = append(kind.Options, ui.Option{Value: t.UUID, Label: t.Name})
	}
	if len(f.types) == 0 {
		kind.Hint = f.T("projects.type.none")
	}
	external := ui.Field{Name: "external", Label: f.T("units.external"), Hint: f.T("projects.external.hint"), Value: f.value("external"),
		Attrs: map[string]any{"maxlength": strconv.Itoa(directory.UnitExternalMost), "autocomplete": "off"}}
	return []ui.Field{
		{Name: "name", Label: f.T("projects.name"), Value: f.value("name"), Required: true, Attrs: most(directory.UnitName)},
		{Name: "number", Label: f.T("field.number"), Hint: f.T("projects.number.hint"), Value: f.value("number"), Attrs: most(directory.ProjectNumber)},
		kind, zone,
		{Name: "starts", Kind: "date", Label: f.T("field.project_starts"), Value: f.value("starts")},
		{Name: "ends", Kind: "date", Label: f.T("field.project_ends"), Value: f.value("ends")},
		{Name: "address", Kind: "textarea", Label: f.T("field.project_address"), Value: f.value("address"), Attrs: map[string]any{"rows": "3", "maxlength": strconv.Itoa(directory.ProjectAddress.Most())}},
		external,
	}
}

// productChecks are the products that can be switched on; the base product always is
// (PROJ-5).
func (f form) productChecks() []ui.Check {
	var checks []ui.Check
	for _, p := range f.products {
		c := ui.Check{Name: productField, Value: p.ID, Label: p.Label.In(f.lang), Checked: slices.Contains(f.values()[productField], p.ID)}
		if p.ID == f.base {
			c.Checked, c.Disabled, c.Hint = true, true, f.T("projects.base.hint")
		}
		checks = append(checks, c)
	}
	return checks
}

// drawn is the form as the project is.
func (f form) drawn() page.Drawn {
	return page.Drawn{Fields: f.facts(), Groups: []page.Group{{Name: productField, Refused: "products", Checks: f.productChecks()}}}
}

// parts are all fields of the form, with the refusal at its own, and the summary above
// them.
func (f form) parts() formParts {
	var p formParts
	var fields []ui.Field
	if f.blank != nil {
		fields = append([]ui.Field{f.starts()}, f.under()...)
	}
	first := len(fields)
	fields = append(fields, f.facts()...)
	p.errors = page.Mark(f.Printer, fields, f.refusal, page.Group{Name: productField, Refused: "products", Legend: f.T("projects.products.legend"), Fault: &p.products})
	p.start, p.facts = fields[:first], fields[first:]
	return p
}

// formParts are the fields of the form by its parts.
type formParts struct {
	errors       []ui.FieldError
	start, facts []ui.Field
	products     string // what is wrong with them
}

// said reads what the form says about a project.
func said(q *page.Request, base string) app.ProjectChange {
	text := func(field string) *string {
		value := q.Field(field)
		return &value
	}
	products := append([]string{}, q.PostForm[productField]...)
	if base != "" && !slices.Contains(products, base) {
		products = append(products, base) // its box cannot be unticked
	}
	change := app.ProjectChange{Version: q.Version(), Name: text("name"), External: text("external"), Number: text("number"), Type: text("type"),
		Address: text("address"), TimeZone: text("time_zone"), Products: &products}
	starts, ends := q.Day("starts"), q.Day("ends")
	change.Starts, change.Ends = &starts, &ends
	return change
}

// showNew shows the form for a new project; one in the address is what it begins with.
func (h Handler) showNew(q *page.Request) error {
	f, err := h.newForm(q, q.URL.Query().Get("from"))
	if err != nil {
		return err
	}
	return q.Render(newPage(f))
}

func (h Handler) newForm(q *page.Request, from string) (form, error) {
	if !q.HasProjects() {
		return form{}, notFound()
	}
	blank, err := h.App.Projects.Blank(q.Context(), q.Actor(), account(q), from)
	if err != nil {
		return form{}, err
	}
	f := form{Page: q.InAccount(q.Printer.T("projects.new"), page.Projects), lang: q.Printer.Lang(), action: base(q) + "/new", types: blank.Types,
		products: blank.Products, base: blank.Base, blank: &blank, known: url.Values{"time_zone": {blank.TimeZone}, startField: {startOf(from)}}}
	for _, p := range blank.Products {
		f.known.Add(productField, p.ID)
	}
	if from != "" {
		f.known.Set(peopleField, "on")
	}
	return f, nil
}

// A start is what a new project begins with: a kind of thing and which one.
const (
	projectStart  = "project:"
	templateStart = "template:"
)

func startOf(project string) string {
	if project == "" {
		return ""
	}
	return projectStart + project
}

// startedWith reads what was chosen: a project, a template, or nothing.
func startedWith(chosen string) (project, template string) {
	if template, is := strings.CutPrefix(chosen, templateStart); is {
		return "", template
	}
	project, _ = strings.CutPrefix(chosen, projectStart)
	return project, ""
}

// starts are what a new project can begin with (PROJ-9).
func (f form) starts() ui.Field {
	s := ui.Field{Name: startField, Kind: "select", Label: f.T("projects.start"), Hint: f.T("projects.start.hint"), Value: f.value(startField),
		Options: []ui.Option{{Label: f.T("projects.start.blank")}}}
	for _, t := range f.blank.Templates {
		s.Options = append(s.Options, ui.Option{Value: templateStart + t.UUID, Label: f.T("projects.start.template", "Name", t.Name)})
	}
	for _, p := range f.blank.Sources {
		label := p.Name
		if p.Number != "" {
			label = f.T("projects.start.numbered", "Name", p.Name, "Number", p.Number)
		}
		s.Options = append(s.Options, ui.Option{Value: startOf(p.UUID), Label: label})
	}
	if f.blank.Further {
		s.Hint += " " + f.T("projects.start.more")
	}
	return s
}

func (f form) people() ui.Check {
	return ui.Check{Name: peopleField, Value: "on", Label: f.T("projects.start.members"), Hint: f.T("projects.start.members.hint"), Checked: f.value(peopleField) != ""}
}

// under are the units where the project may stand; none to choose from where there is
// only one.
func (f form) under() []ui.Field {
	if len(f.blank.Under) < 2 {
		return nil
	}
	u := ui.Field{Name: "under", Kind: "select", Label: f.T("projects.under"), Value: f.value("under")}
	for _, above := range f.blank.Under {
		var way []string
		for _, step := range append(slices.Clone(above.Path), above.Unit) {
			way = append(way, step.Name)
		}
		u.Options = append(u.Options, ui.Option{Value: above.UUID, Label: strings.Join(way, " › ")})
	}
	if f.blank.More {
		u.Hint = f.T("projects.under.more")
	}
	return []ui.Field{u}
}

// offered is what of the products was ticked when the form was made.
func (f form) offered() []ui.Hidden {
	return []ui.Hidden{{Name: offeredField, Value: strings.Join(f.known[productField], " ")}}
}

// create makes the project; a refused form comes back with what was typed. What is left
// as it was offered is taken from what the project begins with.
func (h Handler) create(q *page.Request) error {
	from, template := startedWith(q.Field(startField))
	f, err := h.newForm(q, from)
	if err != nil {
		return err
	}
	f.typed = q.PostForm
	n := app.NewProject{Change: said(q, f.base), Under: q.Field("under"), From: from, Template: template, Members: from+template != "" && q.Ticked(peopleField)}
	if from+template != "" {
		leave(&n, strings.Fields(q.Field(offeredField)))
	}
	made, verdicts, err := h.App.Projects.Create(q.Context(), q.Actor(), account(q), n)
	if err = q.Together(err); err == nil {
		return h.created(q, made, verdicts)
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if f.refusal = refusal; refusal.Field == "from" || refusal.Field == "template" {
		at := *refusal
		at.Field, f.refusal = startField, &at
	}
	return q.RenderRefused(refusal, newPage(f))
}

// leave takes out of a new project what was left as it was offered: that is taken from
// what it begins with.
func leave(n *app.NewProject, offered []string) {
	if *n.Type == "" {
		n.Type = nil
	}
	products := slices.Sorted(slices.Values(*n.Products))
	if slices.Equal(slices.Compact(products), slices.Sorted(slices.Values(offered))) {
		n.Products = nil
	}
}

// created leads to the new project, and says whom it could not take along.
func (h Handler) created(q *page.Request, made directory.Project, verdicts app.Verdicts) error {
	text := q.Printer.T("projects.done.created", "Name", made.Name)
	if n := verdicts.Count(app.Refused); n > 0 {
		text += " " + q.Printer.T("projects.done.created.without", "Count", n)
	}
	q.Done(text)
	return q.Redirect(at(q, made.UUID, ""))
}

// list is the address of all projects, to which the form of a new one leads back.
func (f form) list() string { return strings.TrimSuffix(f.action, "/new") }
