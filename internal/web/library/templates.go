package library

import (
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

func (s shelf) templateMenu(t app.ListedTemplate) []ui.MenuItem {
	path := templatePath(s.req, t.UUID)
	items := []ui.MenuItem{{Label: s.T("roles.edit"), Icon: "pencil", Href: path + "/edit"}}
	if t.Archived.IsZero() {
		return append(items, ui.MenuItem{Label: s.T("roles.archive"), Icon: "trash", Post: true, Href: path + "/archive"})
	}
	return append(items, ui.MenuItem{Label: s.T("roles.restore"), Icon: "arrow-back-up", Post: true, Href: path + "/restore"})
}

// A templateView is one template with whom a project begins with.
type templateView struct {
	view
	app.ShownTemplate
	path string
}

func (h Handler) template(q *page.Request) error {
	t, err := h.App.Library.Template(q.Context(), q.Actor(), account(q), q.PathValue("template"))
	if err != nil {
		return err
	}
	return q.Render(templatePage(templateView{h.view(q, t.Name), t, templatePath(q, t.UUID)}))
}

func (v templateView) acts() []ui.Act {
	acts := []ui.Act{{Label: v.T("roles.edit"), Icon: "pencil", Href: v.path + "/edit"}}
	if v.Archived.IsZero() {
		return append(acts, ui.Act{Label: v.T("roles.archive"), Icon: "trash", Attrs: map[string]any{"form": "turn"}})
	}
	return append(acts, ui.Act{Label: v.T("roles.restore"), Icon: "arrow-back-up", Attrs: map[string]any{"form": "turn"}})
}

// turn is where the template is archived or restored.
func (v templateView) turn() string {
	if v.Archived.IsZero() {
		return v.path + "/archive"
	}
	return v.path + "/restore"
}

func (v templateView) facts() []ui.CartItem {
	kind := ui.CartItem{Label: v.T("library.type"), Value: v.Of.Name}
	switch {
	case v.Of.ID == 0:
		kind.Value = v.T("ui.none")
	case !v.Of.Archived.IsZero():
		kind.Note = v.T("library.type.off")
	}
	return []ui.CartItem{kind, {Label: v.T("library.members"), Value: v.Printer.Number(v.Members)}}
}

func (v templateView) columns() []ui.Column {
	return []ui.Column{{Label: v.T("library.person"), Class: "w-name"}, {Label: v.T("library.company"), Class: "p3"}, {Label: v.T("library.functions"), Class: "p2"},
		{Label: v.T("library.level")}, {Label: v.T("library.products"), Class: "p3"}}
}

func (v templateView) level(p app.TemplatePerson) string {
	if p.Level.ID == 0 {
		return v.T("ui.none")
	}
	return p.Level.Name(v.Printer.Lang())
}

// removal takes somebody out of the template.
func (v templateView) removal(p app.TemplatePerson) []ui.MenuItem {
	return []ui.MenuItem{{Label: v.T("library.template.remove"), Icon: "user-off", Post: true, Href: v.path + "/remove", Hidden: []ui.Hidden{{Name: "member", Value: p.Member}}}}
}

func (h Handler) removeMember(q *page.Request) error {
	id := q.PathValue("template")
	if err := h.App.Library.RemoveMember(q.Context(), q.Actor(), account(q), id, q.Field("member")); err != nil {
		return err
	}
	q.Done(q.Printer.T("library.template.removed"))
	return q.Redirect(templatePath(q, id))
}

// archiveTemplate takes a template off the list; the message leads back.
func (h Handler) archiveTemplate(q *page.Request) error {
	after, err := h.App.Library.ArchiveTemplate(q.Context(), q.Actor(), account(q), q.PathValue("template"))
	if err != nil {
		return err
	}
	q.Done(q.Printer.T("library.archived", "Name", after.Name))
	return q.Redirect(at(q, templatesTab))
}

func (h Handler) restoreTemplate(q *page.Request) error {
	after, err := h.App.Library.RestoreTemplate(q.Context(), q.Actor(), account(q), q.PathValue("template"))
	if err != nil {
		return err
	}
	q.Done(q.Printer.T("library.restored", "Name", after.Name))
	return q.Redirect(at(q, templatesTab))
}

// A form makes a template, of nothing or of a project, or changes one.
type form struct {
	view
	action   string
	back     string // where it is left for
	hidden   []ui.Hidden
	name     string
	kind     string // public id of the type
	on       []string
	types    []app.ListedProjectType
	source   *directory.Project
	members  bool
	old      bool
	version  string // of the one that is changed
	refusal  *directory.Error
	fields   []ui.Field
	summary  []ui.FieldError
	products []ui.Check
	problem  string // with them
}

// blank is the form of a new template; the address may name the project it is made of.
func (h Handler) blank(q *page.Request) error {
	f, err := h.newForm(q, q.URL.Query().Get("project"))
	if err != nil {
		return err
	}
	f.members = true
	return q.Render(formPage(f.ready()))
}

func (h Handler) newForm(q *page.Request, project string) (form, error) {
	f := form{view: h.view(q, q.Printer.T("library.template.new")), action: base(q) + "/templates/new", back: at(q, templatesTab)}
	if err := q.Frame.Account.Writable(); err != nil {
		return f, err
	}
	if project != "" {
		source, err := h.App.Library.Source(q.Context(), q.Actor(), account(q), project)
		if err != nil {
			return f, err
		}
		f.source, f.name, f.hidden = &source, source.Name, []ui.Hidden{{Name: "project", Value: project}}
		return f, nil
	}
	var err error
	f.types, err = h.App.Library.Types(q.Context(), q.Actor(), account(q))
	for _, p := range h.Catalogue().ProductsOf(q.Frame.Account.Type) {
		if p.Default {
			f.on = append(f.on, p.ID)
		}
	}
	return f, err
}

// createTemplate makes the template as the form says; one that was refused comes back
// with what was typed.
func (h Handler) createTemplate(q *page.Request) error {
	project, name := q.Field("project"), q.Field("name")
	var made directory.Template
	var err error
	if project != "" {
		made, err = h.App.Library.SaveTemplate(q.Context(), q.Actor(), account(q), app.ProjectSaving{Project: project, Name: name, Members: q.Ticked("members")})
	} else {
		made, err = h.App.Library.CreateTemplate(q.Context(), q.Actor(), account(q),
			app.NewProjectTemplate{Name: name, Type: q.Field("type"), Products: q.PostForm["products"]})
	}
	if err == nil {
		q.Done(q.Printer.T("library.template.created", "Name", made.Name))
		return q.Redirect(templatePath(q, made.UUID))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	f, err := h.newForm(q, project)
	if err != nil {
		return err
	}
	return h.refused(q, f, refusal)
}

// refused shows the form again with what was typed and ticked.
func (h Handler) refused(q *page.Request, f form, refusal *directory.Error) error {
	f.name, f.kind, f.on, f.members = q.Field("name"), q.Field("type"), q.PostForm["products"], q.Ticked("members")
	f.refusal = refusal
	return q.RenderRefused(refusal, formPage(f.ready()))
}

func (h Handler) editTemplate(q *page.Request) error {
	f, err := h.oldForm(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(f.ready()))
}

func (h Handler) oldForm(q *page.Request) (form, error) {
	t, err := h.App.Library.Template(q.Context(), q.Actor(), account(q), q.PathValue("template"))
	if err != nil {
		return form{}, err
	}
	f := form{view: h.view(q, q.Printer.T("library.template.edit", "Name", t.Name)), action: templatePath(q, t.UUID) + "/edit", back: templatePath(q, t.UUID),
		name: t.Name, kind: t.Of.UUID, on: t.Products, old: true, version: version(t.Version)}
	if err := q.Frame.Account.Writable(); err != nil {
		return f, err
	}
	if f.types, err = h.App.Library.Types(q.Context(), q.Actor(), account(q)); err != nil {
		return f, err
	}
	f.hidden = q.MadeOn(f.version, f.ready().drawn())
	return f, nil
}

// drawn is the form as the template is.
func (f form) drawn() page.Drawn {
	return page.Drawn{Fields: f.fields, Groups: []page.Group{{Name: "products", Checks: f.products}}}
}

func (h Handler) saveTemplate(q *page.Request) error {
	name, kind, products, id := q.Field("name"), q.Field("type"), q.PostForm["products"], q.PathValue("template")
	after, err := h.App.Library.EditTemplate(q.Context(), q.Actor(), account(q), id,
		app.TemplateChange{Version: q.Version(), Name: &name, Type: &kind, Products: &products})
	if err == nil {
		q.Done(q.Printer.T("library.template.saved", "Name", after.Name))
		return q.Redirect(templatePath(q, id))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	f, err := h.oldForm(q)
	if err != nil {
		return err
	}
	drawn := f.ready().drawn()
	refusal = q.Meanwhile(refusal, drawn, f.version)
	f.hidden = q.MadeOn(f.version, drawn)
	return h.refused(q, f, refusal)
}

// ready is the form with its fields, and what was refused beside them.
func (f form) ready() form {
	f.fields = []ui.Field{{Name: "name", Label: f.T("library.template.name"), Value: f.name, Required: true,
		Attrs: map[string]any{"maxlength": strconv.Itoa(directory.TemplateName.Most()), "autocomplete": "off"}}}
	if f.source == nil {
		kinds := ui.Field{Name: "type", Kind: "select", Label: f.T("library.type"), Hint: f.T("library.type.hint"), Value: f.kind,
			Options: []ui.Option{{Value: "", Label: f.T("ui.none")}}}
		for _, t := range f.types {
			if t.Archived.IsZero() || t.UUID == f.kind {
				kinds.Options = append(kinds.Options, ui.Option{Value: t.UUID, Label: t.Name})
			}
		}
		f.fields = append(f.fields, kinds)
		for _, p := range f.site.Catalogue().ProductsOf(f.req.Frame.Account.Type) {
			c := ui.Check{Name: "products", Value: p.ID, Label: p.Label.In(f.Printer.Lang()), Checked: p.Base || slices.Contains(f.on, p.ID), Disabled: p.Base}
			if p.Base {
				c.Hint = f.T("library.product.base")
			}
			f.products = append(f.products, c)
		}
	}
	f.summary = page.Mark(f.Printer, f.fields, f.refusal, page.Group{Name: "products", Legend: f.T("library.products"), Fault: &f.problem})
	return f
}

// leave leads back without a change.
func (f form) leave() ui.Link { return ui.Link{Label: f.T("library.back"), Href: f.back} }

func (f form) acts() []ui.Act {
	act := ui.Act{Label: f.T("library.template.create"), Kind: ui.Primary}
	if f.old {
		act.Label = f.T("units.save")
	}
	return []ui.Act{{Label: f.T("ui.cancel"), Href: f.back}, act}
}

// A picking is the choice of the project that a template is made of.
type picking struct {
	view
	search   string
	projects []directory.Project
	more     bool
}

func (h Handler) sources(q *page.Request) error {
	p := picking{view: h.view(q, q.Printer.T("library.template.from")), search: q.URL.Query().Get("q")}
	var err error
	p.projects, p.more, err = h.App.Library.Sources(q.Context(), q.Actor(), account(q), p.search)
	if err != nil {
		return err
	}
	return q.Render(sourcesPage(p))
}

func (p picking) leave() ui.Link {
	return ui.Link{Label: p.T("library.back"), Href: at(p.req, templatesTab)}
}

// choose makes a template of a project.
func (p picking) choose(project directory.Project) ui.Act {
	return ui.Act{Label: p.T("library.template.choose"), About: project.Name, Size: ui.Small, Href: base(p.req) + "/templates/new?project=" + project.UUID}
}

// note says what tells projects of one name apart.
func (p picking) note(project directory.Project) string {
	members := p.T("members.count", "Count", project.Members)
	if project.Number == "" {
		return members
	}
	return project.Number + " · " + members
}
