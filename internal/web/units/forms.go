package units

import (
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A form adds a unit or changes one.
type form struct {
	ui.Page
	words
	unit    app.UnitPage // the one that is changed, or the one above a new one
	new     bool
	action  string
	back    ui.Link
	typed   func(field string) string
	was     ui.Hidden // what it was drawn with
	refusal *directory.Error
}

// showNew shows the form for a unit under another.
func (h Handler) showNew(q *page.Request) error {
	f, err := h.newForm(q, q.URL.Query().Get("under"))
	if err != nil {
		return err
	}
	level := q.URL.Query().Get("level")
	f.typed = func(field string) string {
		if field == "level" {
			return level
		}
		return ""
	}
	return q.Render(formPage(f))
}

// newForm is the form for a unit under the one named, the root if none is.
func (h Handler) newForm(q *page.Request, under string) (form, error) {
	var f form
	if under == "" {
		list, err := h.App.Units.List(q.Context(), q.Actor(), account(q), app.UnitQuery{Folded: true})
		if err != nil {
			return f, err
		}
		under = list.Root.UUID
	}
	above, err := h.App.Units.Unit(q.Context(), q.Actor(), account(q), under, app.UnitView{})
	if err != nil {
		return f, err
	}
	if !above.May.Add && above.Live && len(above.Levels) > 0 {
		return f, q.Lacks(authz.ManageUnits)
	}
	f = form{unit: above, new: true, action: base(q) + "/new"}
	f.Page, f.words = h.frame(q, q.Printer.T("units.add"))
	f.back = ui.Link{Label: f.T("units.back"), Href: base(q)}
	return f, nil
}

// add adds the unit; a refused form comes back with what was typed.
func (h Handler) add(q *page.Request) error {
	n := app.NewUnit{Under: q.Field("under"), Level: q.Field("level"), Name: q.Field("name"), External: q.Field("external")}
	made, err := h.App.Units.Add(q.Context(), q.Actor(), account(q), n)
	if err == nil {
		q.Done(q.Printer.T("units.done.add", "Name", made.Name))
		return q.Redirect(at(q, made.UUID, ""))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	f, err := h.newForm(q, n.Under)
	if err != nil {
		return err
	}
	f.typed, f.refusal = q.Field, refusal
	return q.RenderRefused(refusal, formPage(f))
}

// showEdit shows the form as the unit is.
func (h Handler) showEdit(q *page.Request) error {
	f, err := h.editForm(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(f))
}

func (h Handler) editForm(q *page.Request) (form, error) {
	u, err := h.App.Units.Unit(q.Context(), q.Actor(), account(q), q.PathValue("unit"), app.UnitView{})
	if err != nil {
		return form{}, err
	}
	f := form{unit: u, action: at(q, u.UUID, "/edit")}
	f.Page, f.words = h.frame(q, q.Printer.T("units.edit.title", "Name", u.Name))
	f.back = ui.Link{Label: f.T("units.back.one", "Name", u.Name), Href: at(q, u.UUID, "")}
	known := map[string]string{"name": u.Name, "external": u.External, "version": strconv.FormatInt(u.Version, 10)}
	f.typed = func(field string) string { return known[field] }
	f.was = q.Was(page.Drawn{Fields: f.fields()})
	if !u.May.Change && (!f.root() || !u.May.Add) {
		if !u.Live {
			return f, &directory.Error{Kind: directory.Conflict, Code: "unit.archived", Args: directory.Args{"Name": u.Name}}
		}
		return f, q.Lacks(authz.ManageUnits)
	}
	return f, nil
}

// edit saves the form; one that was refused comes back with what was typed.
func (h Handler) edit(q *page.Request) error {
	external := q.Field("external")
	change := app.UnitChange{External: &external, Version: q.Version()}
	if q.PostForm.Has("name") {
		name := q.Field("name")
		change.Name = &name
	}
	err := h.App.Units.Change(q.Context(), q.Actor(), account(q), q.PathValue("unit"), change)
	if err == nil {
		return h.doneWith(q, "units.done.edit", nil)
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	f, err := h.editForm(q)
	if err != nil {
		return err
	}
	f.refusal = q.Meanwhile(refusal, page.Drawn{Fields: f.fields()}, f.typed("version"))
	f.typed = q.Field
	f.was = q.Was(page.Drawn{})
	return q.RenderRefused(f.refusal, formPage(f))
}

func (f form) root() bool { return len(f.unit.Path) == 1 }

// under is the way to where the unit stands or will stand.
func (f form) under() string {
	if f.new {
		return f.T("units.new.under", "Name", way(f.unit.Path))
	}
	return way(f.unit.Path[:len(f.unit.Path)-1])
}

func (f form) fields() []ui.Field {
	name := ui.Field{Name: "name", Label: f.T("units.name"), Value: f.typed("name"), Required: true,
		Attrs: map[string]any{"maxlength": strconv.Itoa(directory.UnitNameMost), "autocomplete": "off"}}
	if !f.new && f.root() {
		name.Value, name.Required, name.Hint, name.Attrs = f.unit.Name, false, f.T("units.edit.root"), map[string]any{"disabled": true}
	}
	external := ui.Field{Name: "external", Label: f.T("units.external"), Hint: f.T("units.external.hint"), Value: f.typed("external"),
		Attrs: map[string]any{"maxlength": strconv.Itoa(directory.UnitExternalMost), "autocomplete": "off"}}
	if !f.new {
		return []ui.Field{name, external}
	}
	level := ui.Field{Name: "level", Kind: "select", Label: f.T("units.level"), Value: f.typed("level"), Required: true}
	for _, l := range f.unit.Levels {
		level.Options = append(level.Options, ui.Option{Value: l.ID, Label: l.Label.In(f.lang)})
	}
	return []ui.Field{level, name, external}
}

func (f form) hidden() []ui.Hidden {
	if f.new {
		return []ui.Hidden{{Name: "under", Value: f.unit.UUID}}
	}
	return []ui.Hidden{{Name: "version", Value: f.typed("version")}, f.was}
}

func (f form) foot() string {
	if f.new {
		return f.T("units.new.foot")
	}
	return f.T("units.edit.foot")
}

// possible reports whether something can be saved.
func (f form) possible() bool { return !f.new || len(f.unit.Levels) > 0 && f.unit.Live }

func (f form) acts() []ui.Act {
	acts := []ui.Act{{Label: f.T("ui.cancel"), Href: f.back.Href}}
	if f.possible() {
		acts = append(acts, ui.Act{Label: f.T("units.save"), Kind: ui.Primary})
	}
	return acts
}
