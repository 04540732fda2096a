package projects

import (
	"maps"
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

// A panel is the profile of a member in the project, beside the table: a form of what
// their place is.
type panel struct {
	table
	m       app.ProjectProfile
	typed   url.Values // what was sent, where the form comes back
	refusal *directory.Error
}

// profile shows one member beside the table.
func (h Handler) profile(q *page.Request) error {
	p, err := h.panel(q)
	if refusal, _ := page.Refusal(err); refusal != nil {
		return h.otherView(q, readView(q, q.URL.Query()), refusal)
	}
	if err != nil {
		return err
	}
	return q.Render(membersPage(p.beside()))
}

func (h Handler) panel(q *page.Request) (panel, error) {
	v := readView(q, q.URL.Query())
	m, err := h.App.Projects.Profile(q.Context(), q.Actor(), here(q), q.PathValue("member"), v.ProjectMemberQuery)
	if err != nil {
		return panel{}, err
	}
	p := panel{table: h.table(q, v, m.Page), m: m}
	p.open = m.Member.Member.UUID
	p.Title = p.T("projects.profile.title", "Name", m.Name(), "Project", p.project.Name)
	return p, nil
}

// beside is the table with the panel.
func (p panel) beside() table {
	t := p.table
	t.Aside = memberPanel(p)
	if values := p.req.URL.Query(); values.Get("who") == p.open && p.manages() {
		t.asking(values.Get("ask"), p.m.Member)
	} else {
		t.askHere()
	}
	return t
}

// save writes what the form changes: what stands in it as it was stays, so that a role
// that is chosen alone sets level and products (ADD-4), and what somebody else changed
// meanwhile is not written over (PLAN-4).
func (h Handler) save(q *page.Request) error {
	p, err := h.panel(q)
	if err != nil {
		return err
	}
	p.typed = q.PostForm
	change := p.change()
	if base := p.project.Base; base != "" && change.Access[base] == directory.NoAccess {
		return q.Redirect(p.view.member(p.open, "ask", "leave", "who", p.open))
	}
	verdicts, err := h.App.Projects.ChangePlaces(q.Context(), q.Actor(), here(q), one(q), change)
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err == nil {
		said := "projects.done.saved"
		if verdicts.Count(app.Unchanged) > 0 {
			said = "projects.done.same"
		}
		q.Done(q.Printer.T(said, "Name", p.m.Name()))
		return q.Redirect(p.view.member(p.open))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if p, err = h.panel(q); err != nil {
		return err
	}
	p.refusal = q.Meanwhile(refusal, p.drawn(), version(int64(p.m.Since.ID)))
	p.typed = q.PostForm
	return q.RenderRefused(p.refusal, membersPage(p.beside()))
}

// The fields of the form, beside those of products and tools.
const (
	companyField  = "company"
	functionField = "function"
	levelField    = "access_level"
)

// accessField and toolField are the fields of a product, and of a tool of it.
func accessField(product string) string     { return accessPrefix + product }
func toolField(product, tool string) string { return "tool." + product + "." + tool }

const accessPrefix = "access."

// change is what the form says otherwise than it was shown.
func (p panel) change() app.PlaceChange {
	seen, err := strconv.ParseInt(p.typed.Get("version"), 10, 64)
	if err != nil {
		seen = -1 // a form without one was made on no place that there is
	}
	change := app.PlaceChange{Seen: directory.PlaceID(seen)}
	if company := strings.TrimSpace(p.typed.Get(companyField)); p.typed.Has(companyField) && company != p.m.Company.Name {
		change.Company = &company
	}
	functions := append([]string{}, p.typed[functionField]...)
	if !sameCodes(functions, p.m.Functions) {
		change.Functions = &functions
	}
	if level := p.typed.Get(levelField); p.typed.Has(levelField) && level != p.m.Level.Code {
		change.Level = &level
	}
	for _, product := range p.project.Switched {
		if word := p.typed.Get(accessField(product.ID)); p.typed.Has(accessField(product.ID)) && word != p.m.Given.Of(product.ID) {
			if change.Access == nil {
				change.Access = map[string]string{}
			}
			change.Access[product.ID] = word
		}
		if tools := p.changedTools(product); len(tools) > 0 {
			if change.Tools == nil {
				change.Tools = map[string]map[string]string{}
			}
			change.Tools[product.ID] = tools
		}
	}
	return change
}

// sameCodes reports whether codes are those of the roles, in whatever order.
func sameCodes(codes []string, roles []directory.Role) bool {
	has := map[string]bool{}
	for _, r := range roles {
		has[r.Code] = true
	}
	said := map[string]bool{}
	for _, code := range codes {
		said[code] = true
	}
	return maps.Equal(has, said)
}

// changedTools are the levels of a product's tools that the form says otherwise.
func (p panel) changedTools(product catalogue.Product) map[string]string {
	changed := map[string]string{}
	for _, tool := range product.Tools {
		field := toolField(product.ID, tool.ID)
		if level := p.typed.Get(field); p.typed.Has(field) && level != p.m.Given[product.ID].Tools[tool.ID] {
			changed[tool.ID] = level
		}
	}
	return changed
}

func (p panel) panelView() ui.PanelView {
	v := ui.PanelView{Position: p.T("members.position.outside"), Close: p.view.list()}
	if p.m.Found {
		v.Position = p.T("members.position", "Position", p.m.Position, "Total", p.m.Page.Found)
	}
	turn := p.view.first()
	if p.m.Previous != "" {
		v.Previous = turn.member(p.m.Previous)
	}
	if p.m.Next != "" {
		v.Next = turn.member(p.m.Next)
	}
	return v
}

func (p panel) action() string { return p.view.member(p.open) }

// value is what stands in a field: what was typed, else what is.
func (p panel) value(field, is string) string {
	if p.typed.Has(field) {
		return p.typed.Get(field)
	}
	return is
}

func (p panel) hidden() []ui.Hidden {
	return p.req.MadeOn(version(int64(p.m.Since.ID)), p.drawn())
}

// drawn is the form as the place is, whatever was typed.
func (p panel) drawn() page.Drawn {
	p.typed, p.refusal = nil, nil
	d := page.Drawn{Fields: p.fields(), Groups: []page.Group{{Name: functionField, Checks: p.roleChecks()}}}
	if !p.m.Administrator { // else they have all, and nothing is sent
		d.Fields = append(d.Fields, p.accesses()...)
	}
	return d
}

// accesses are the choices of access to each product, and of the levels of its tools.
func (p panel) accesses() []ui.Field {
	var fields []ui.Field
	for _, product := range p.project.Switched {
		fields = append(fields, p.words(product))
		if !p.has(product) {
			continue
		}
		for _, tool := range product.Tools {
			if len(tool.Levels) > 0 {
				fields = append(fields, p.tool(product, tool))
			}
		}
	}
	return fields
}

// fields are company and level.
func (p panel) fields() []ui.Field {
	company := ui.Field{Name: companyField, Label: p.T("field.company"), Value: p.value(companyField, p.m.Company.Name),
		Attrs: map[string]any{"list": "companies", "autocomplete": "off", "maxlength": strconv.Itoa(directory.CompanyName.Most())}}
	if p.m.Choices.Makes {
		company.Hint = p.T("members.edit.company.hint")
	}
	level := ui.Field{Name: levelField, Kind: "select", Label: p.T("field.access_level"), Value: p.value(levelField, p.m.Level.Code), Hint: p.T("projects.level.hint")}
	for _, r := range p.project.Levels {
		level.Options = append(level.Options, ui.Option{Value: r.Code, Label: r.Name(p.lang)})
	}
	if !slices.ContainsFunc(p.project.Levels, func(r directory.Role) bool { return r.ID == p.m.Level.ID }) { // one that is given no more
		level.Options = append(level.Options, ui.Option{Value: p.m.Level.Code, Label: orWord(p.m.Level.Name(p.lang), p.T("ui.none")), Selected: level.Value == p.m.Level.Code})
	}
	return []ui.Field{company, level}
}

func orWord(text, none string) string {
	if text == "" {
		return none
	}
	return text
}

// roleChecks are the roles that can be held here, and those that are.
func (p panel) roleChecks() []ui.Check {
	offered := slices.Clone(p.project.Functions)
	for _, r := range p.m.Functions {
		if !slices.ContainsFunc(offered, func(o directory.Role) bool { return o.ID == r.ID }) {
			offered = append(offered, r)
		}
	}
	var checks []ui.Check
	for _, r := range offered {
		held := slices.ContainsFunc(p.m.Functions, func(o directory.Role) bool { return o.ID == r.ID })
		if p.typed != nil {
			held = slices.Contains(p.typed[functionField], r.Code)
		}
		checks = append(checks, ui.Check{Name: functionField, Value: r.Code, Label: r.Name(p.lang), Checked: held})
	}
	return checks
}

// errors are the summary above the form; the sentence stands at its field too.
func (p panel) errors(fields []ui.Field) []ui.FieldError {
	all := append(fields, p.accesses()...)
	lines := page.Mark(p.Printer, all, p.refusal, page.Group{Name: functionField, Legend: p.T("field.role"), Fault: new(string)})
	copy(fields, all)
	return lines
}

func (p panel) problem(field string) string {
	return page.FaultAt(p.Printer, p.refusal, field)
}

// has reports whether somebody has a product, as far as its tools can be set.
func (p panel) has(product catalogue.Product) bool {
	_, given := p.m.Given[product.ID]
	return given && len(product.Tools) > 0 || p.m.Administrator && len(product.Tools) > 0
}

// words are the choices of access to a product.
func (p panel) words(product catalogue.Product) ui.Field {
	f := ui.Field{Name: accessField(product.ID), Kind: "select", Label: p.label(product), Value: p.value(accessField(product.ID), p.m.Given.Of(product.ID))}
	if p.m.Administrator {
		f.Value = directory.AdministratorAccess
	}
	for _, word := range []string{directory.NoAccess, directory.MemberAccess, directory.AdministratorAccess} {
		f.Options = append(f.Options, ui.Option{Value: word, Label: p.T("projects.access." + word)})
	}
	return f
}

// tool is the choice of a tool's level: what is usual, or one set by hand (PROJ-12).
func (p panel) tool(product catalogue.Product, tool catalogue.Tool) ui.Field {
	given := p.m.Access[product.ID]
	f := ui.Field{Name: toolField(product.ID, tool.ID), Kind: "select", Label: tool.Label.In(p.lang), Value: p.value(toolField(product.ID, tool.ID), given.Tools[tool.ID]),
		Error: p.problem(toolField(product.ID, tool.ID))}
	usual := given
	usual.Tools = nil
	f.Options = []ui.Option{{Label: p.T("projects.tool.usual", "Level", tool.LevelName(tool.Level(usual), p.lang))}}
	if given.Administrator {
		f.Value, f.Attrs = "", map[string]any{"disabled": true}
		return f
	}
	for _, level := range tool.Levels {
		f.Options = append(f.Options, ui.Option{Value: level.ID, Label: level.Label.In(p.lang)})
	}
	return f
}

// readFacts are what a place is, for a project in which nothing changes any more.
func (p panel) readFacts() []ui.CartItem {
	facts := []ui.CartItem{p.fact("field.company", p.m.Company.Name, "ui.none"), p.fact("field.role", p.functionNames(p.m.Member), "ui.none"),
		p.fact("field.access_level", p.m.Level.Name(p.lang), "ui.none")}
	for _, product := range p.project.Switched {
		if word := p.m.Access.Of(product.ID); word != directory.NoAccess {
			facts = append(facts, ui.CartItem{Label: p.label(product), Value: p.T("projects.access." + word)})
		}
	}
	return facts
}

// since is from when the place is as it is.
func (p panel) since() string {
	return p.T("projects.since.place", "Date", p.Printer.Date(p.m.Since.From))
}

// toolsSet reports whether a level of a product's tools was set by hand: then they
// stand open.
func (p panel) toolsSet(product catalogue.Product) bool {
	return len(p.m.Given[product.ID].Tools) > 0
}
