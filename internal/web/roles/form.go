package roles

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A formView is the form of one role, new or known.
type formView struct {
	app.RoleForm
	Base, Path string // the list, and where the form posts to
	New        bool
	Title      string
	Facts      []ui.CartItem
	Errors     []ui.FieldError
	Names      []ui.Field // the first for all languages
	Groups     []checkGroup
	Fault      string // of the permissions
	Level      ui.Field
	Products   []ui.Check
	Places     []ui.Check
	PlaceFault string

	ProductFault string

	Was    ui.Hidden // what it was drawn with
	Where  []string  // the units at which it is held, in words
	Ask    string    // "archive" or "reset": the dialog that stands open
	Losses []ui.Loss
}

// A checkGroup is a group of permissions to tick.
type checkGroup struct {
	Label  string
	Checks []ui.Check
}

func (h Handler) blank(q *page.Request) error {
	f, err := h.App.Roles.Blank(q.Context(), q.Actor(), q.Frame.Account.ID, kindOf(q.URL.Query().Get("kind")))
	if err != nil {
		return err
	}
	return h.renderForm(q, nil, h.formView(q, f))
}

// kindOf is the kind named in an address; without one, roles of rights.
func kindOf(name string) directory.RoleKind {
	if name == "" {
		return directory.RightsRole
	}
	return directory.RoleKind(name)
}

func (h Handler) show(q *page.Request) error {
	f, err := h.App.Roles.Role(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("role"))
	if err != nil {
		return err
	}
	v := h.formView(q, f)
	if ask := q.URL.Query().Get("ask"); v.Editable && (ask == "archive" && f.Archived.IsZero() || ask == "reset" && f.Declared) {
		v.Ask = ask
	}
	return h.renderForm(q, nil, v)
}

func (h Handler) create(q *page.Request) error {
	kind := directory.RoleKind(q.Field("kind"))
	f, err := h.App.Roles.Blank(q.Context(), q.Actor(), q.Frame.Account.ID, kind)
	if err != nil {
		return err
	}
	n := app.NewRole{Kind: kind, Names: typedNames(q, f.Languages), Permissions: q.PostForm["permissions"],
		DefaultLevel: q.Field("default_level"), DefaultProducts: q.PostForm["products"], Place: q.Field("place")}
	made, err := h.App.Roles.Create(q.Context(), q.Actor(), q.Frame.Account.ID, n)
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if refusal != nil {
		return h.refused(q, f, refusal)
	}
	q.Done(q.Printer.T("roles.done.created", "Name", made.Name(q.Printer.Lang())))
	return q.Redirect(q.AccountPath("/roles?kind=" + string(kind)))
}

func (h Handler) edit(q *page.Request) error {
	f, err := h.App.Roles.Role(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("role"))
	if err != nil {
		return err
	}
	permissions := append(q.PostForm["permissions"], kept(f)...)
	change := app.RoleChange{Version: q.Version(), Names: typedNames(q, f.Languages), Permissions: &permissions}
	if f.Kind == directory.Function {
		level, products := q.Field("default_level"), q.PostForm["products"]
		change.DefaultLevel, change.DefaultProducts = &level, &products
	}
	if place := q.Field("place"); place != "" {
		change.Place = &place
	}
	refusal, err := page.Refusal(h.App.Roles.Edit(q.Context(), q.Actor(), q.Frame.Account.ID, f.UUID, change))
	if err != nil {
		return err
	}
	if refusal != nil {
		return h.refused(q, f, refusal)
	}
	q.Done(q.Printer.T("roles.done.saved", "Name", shownName(change.Names, q.Printer.Lang())))
	return q.Redirect(q.AccountPath("/roles?kind=" + tabOf(f.ShownRole)))
}

// kept are the permissions of a role that its editor can neither add nor take out
// (ROLE-6): their boxes cannot be changed, and so are not sent.
func kept(f app.RoleForm) []string {
	var ids []string
	for _, g := range f.Groups {
		for _, p := range g.Permissions {
			if p.Held && !p.Free {
				ids = append(ids, p.ID)
			}
		}
	}
	return ids
}

func shownName(names map[string]string, language string) string {
	return directory.Role{Names: names}.Name(language)
}

// typedNames are the names of the form by language.
func typedNames(q *page.Request, languages []string) map[string]string {
	names := map[string]string{directory.EveryLanguage: q.Field("name")}
	for _, l := range languages {
		names[l] = q.Field(directory.RoleNameField(l))
	}
	return names
}

// refused shows the form again with what was typed and ticked.
func (h Handler) refused(q *page.Request, f app.RoleForm, refusal *directory.Error) error {
	known := f.Name(q.Printer.Lang())
	if f.ID != 0 {
		now := h.formView(q, f)
		refusal = q.Meanwhile(refusal, now.drawn(), strconv.FormatInt(f.Version, 10))
	}
	f.Names, f.DefaultLevel, f.DefaultProducts = typedNames(q, f.Languages), q.Field("default_level"), q.PostForm["products"]
	if place := q.Field("place"); place != "" {
		f.Place = place
	}
	for i := range f.Groups {
		for j := range f.Groups[i].Permissions {
			p := &f.Groups[i].Permissions[j]
			if p.Held && !p.Free {
				continue
			}
			if p.Held = slices.Contains(q.PostForm["permissions"], p.ID); p.Held {
				p.Free = true // ticked it stays, so that it can be unticked
			}
		}
	}
	v := h.formView(q, f)
	if !v.New {
		v.Title = known
	}
	v.Version = q.Version() // the one the form was made on, also when it is stale
	return h.renderForm(q, refusal, v)
}

// renderForm shows the form of a role, and what was refused of it.
func (h Handler) renderForm(q *page.Request, refusal *directory.Error, v formView) error {
	v.refuse(q, refusal)
	here := page.Roles
	if !q.Frame.Rights.Oversees() {
		here = page.Library
	}
	return q.RenderRefused(refusal, formPage(q.InAccount(v.Title, here), v))
}

// fixed is why the role cannot be changed: nobody changes the administrator level, and
// who only manages the library nothing that permits anything (ROLE-6).
func (v formView) fixed() string {
	if v.Permits {
		return "error.role.administrator"
	}
	return "roles.permits"
}

func (h Handler) formView(q *page.Request, f app.RoleForm) formView {
	t, lang := q.Printer.T, q.Printer.Lang()
	v := formView{RoleForm: f, Base: q.AccountPath("/roles"), New: f.ID == 0, Title: t("roles.new." + string(f.Kind))}
	v.Path = v.Base
	if !v.New {
		v.Path, v.Title = v.Base+"/"+url.PathEscape(f.UUID), f.Name(lang)
		v.Facts = v.facts(q)
	}
	v.Names = v.names(q)
	for _, g := range f.Groups {
		group := checkGroup{Label: g.Label.In(lang)}
		for _, p := range g.Permissions {
			group.Checks = append(group.Checks, h.check(q, f, p))
		}
		v.Groups = append(v.Groups, group)
	}
	v.Level = ui.Field{Name: "default_level", Kind: "select", Label: t("roles.default_level"), Hint: t("roles.default_level.hint"), Value: f.DefaultLevel,
		Options: []ui.Option{{Value: "", Label: t("roles.default_level.none")}}}
	for _, l := range f.Levels {
		v.Level.Options = append(v.Level.Options, ui.Option{Value: l.Code, Label: l.Name(lang)})
	}
	for _, p := range f.Products {
		v.Products = append(v.Products, ui.Check{Name: "products", Value: p.ID, Label: p.Label.In(lang), Checked: slices.Contains(f.DefaultProducts, p.ID)})
	}
	if f.Projects && f.Kind != directory.RightsRole {
		for _, place := range []string{directory.AtBoth, directory.AtAccount, directory.AtProject} {
			v.Places = append(v.Places, ui.Check{Name: "place", Value: place, Label: t("roles.place." + place), Checked: f.Place == place})
		}
	}
	for _, at := range f.HeldAt {
		v.Where = append(v.Where, t("roles.held_at", "Unit", at.Unit.Name, "Count", at.Holders))
	}
	v.Losses = h.losses(q, f)
	v.Was = q.Was(v.drawn())
	return v
}

// drawn is the form as the role is.
func (v formView) drawn() page.Drawn {
	d := page.Drawn{Fields: append([]ui.Field{}, v.Names...), Groups: []page.Group{{Name: "permissions", Checks: v.checks()}}}
	if v.Kind == directory.Function {
		d.Fields = append(d.Fields, v.Level)
		d.Groups = append(d.Groups, page.Group{Name: "products", Checks: v.Products})
	}
	if len(v.Places) > 0 {
		d.Groups = append(d.Groups, page.Group{Name: "place", Checks: v.Places})
	}
	return d
}

// checks are all permissions to tick.
func (v formView) checks() []ui.Check {
	var all []ui.Check
	for _, g := range v.Groups {
		all = append(all, g.Checks...)
	}
	return all
}

func (v formView) facts(q *page.Request) []ui.CartItem {
	t := q.Printer.T
	facts := []ui.CartItem{{Label: t("roles.kind"), Value: t("roles.kind." + string(v.Kind))}}
	whose := t("roles.own")
	if v.Shipped {
		whose = t("roles.shipped")
	}
	if v.Differs {
		whose = t("roles.changed")
	}
	return append(facts, ui.CartItem{Label: t("roles.origin"), Value: whose}, ui.CartItem{Label: t("roles.holders"), Value: q.Printer.Number(v.Holders)})
}

// names are the fields of a role's name: for all languages, and for each.
func (v formView) names(q *page.Request) []ui.Field {
	t := q.Printer.T
	field := func(language, label string) ui.Field {
		return ui.Field{Name: directory.RoleNameField(language), Label: label, Value: v.RoleForm.Names[language],
			Attrs: map[string]any{"autocomplete": "off", "disabled": !v.Editable}}
	}
	all := field(directory.EveryLanguage, t("roles.name.all"))
	all.Hint = t("roles.name.all.hint")
	fields := []ui.Field{all}
	for _, l := range v.Languages {
		fields = append(fields, field(l, q.Printer.Language(l)))
	}
	return fields
}

// named reports whether the names of single languages are to be seen at once.
func (v formView) named() bool {
	for language := range maps.Keys(v.RoleForm.Names) {
		if language != directory.EveryLanguage && v.RoleForm.Names[language] != "" {
			return true
		}
	}
	return false
}

// check is a permission to tick, with what it needs to be known about it: where it
// counts (ROLE-10), and that the editor does not hold it (ROLE-6).
func (h Handler) check(q *page.Request, f app.RoleForm, p app.PermissionChoice) ui.Check {
	t, lang := q.Printer.T, q.Printer.Lang()
	c := ui.Check{Name: "permissions", Value: p.ID, Label: p.Label.In(lang), Checked: p.Held, Disabled: !f.Editable || !p.Free}
	hints := []string{p.Help.In(lang)}
	switch {
	case len(p.Where) == 0 || f.Kind != directory.RightsRole:
	case len(p.Where) == 1 && p.Where[0].ID == catalogue.RootLevel:
		hints = append(hints, t("roles.counts_at_account"))
	default:
		hints = append(hints, t("roles.counts_at", "Levels", q.Printer.List(levelNames(p.Where, lang))))
	}
	if p.Idle {
		hints = append(hints, t("roles.counts_nowhere"))
	}
	switch {
	case !f.Editable || p.Free:
	case p.Held:
		hints = append(hints, t("roles.not_yours.held"))
	default:
		hints = append(hints, t("roles.not_yours"))
	}
	for _, hint := range hints {
		if hint != "" && c.Hint != "" {
			c.Hint += " "
		}
		c.Hint += hint
	}
	return c
}

func levelNames(levels []catalogue.UnitLevel, lang string) []string {
	names := make([]string, len(levels))
	for i, l := range levels {
		names[i] = l.Label.In(lang)
	}
	return names
}

// losses are what archiving a role does and leaves.
func (h Handler) losses(q *page.Request, f app.RoleForm) []ui.Loss {
	t := q.Printer.T
	return []ui.Loss{{Text: t("roles.archive.lists")}, {Text: t("roles.archive.holders", "Count", f.Holders), Stays: true},
		{Text: t("roles.archive.back"), Stays: true}}
}

// refuse writes what was refused at the fields it is about, and above the form.
func (v *formView) refuse(q *page.Request, refusal *directory.Error) {
	fields := []*ui.Field{&v.Level}
	for i := range v.Names {
		fields = append(fields, &v.Names[i])
	}
	t := q.Printer.T
	v.Errors = page.MarkEach(q.Printer, fields, refusal, page.Group{Name: "permissions", Legend: t("roles.permissions"), Fault: &v.Fault},
		page.Group{Name: "products", Legend: t("roles.products"), Fault: &v.ProductFault}, page.Group{Name: "place", Legend: t("roles.place"), Fault: &v.PlaceFault})
}

// tied ties the permissions to what is wrong with them.
func (v formView) tied() templ.Attributes {
	if v.Fault == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": ui.Anchor("permissions") + "-error"}
}

func (v formView) acts(p ui.Page) []ui.Act {
	if v.New || !v.Editable {
		return nil
	}
	var acts []ui.Act
	if v.Differs && v.Declared {
		acts = append(acts, ui.Act{Label: p.T("roles.reset"), Icon: "arrow-back-up", Href: v.Path + "?ask=reset"})
	}
	if v.Archived.IsZero() {
		return append(acts, ui.Act{Label: p.T("roles.archive"), Icon: "trash", Href: v.Path + "?ask=archive"})
	}
	return append(acts, ui.Act{Label: p.T("roles.restore"), Icon: "arrow-back-up", Attrs: map[string]any{"form": "restore"}})
}

func (v formView) save(p ui.Page) string {
	if v.New {
		return p.T("roles.create")
	}
	return p.T("roles.save")
}
