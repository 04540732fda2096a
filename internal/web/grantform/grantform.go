// Package grantform is the part of a form that says which roles somebody holds
// at units: the general role, one for each unit of a level, and what each choice
// adds (ROLE-2, ROLE-3). It stands in the form for somebody new and on the page
// of a person's roles.
//
// The choices are sent again with everything else of the form until they are
// saved: the effects shown are always those of what is chosen.
package grantform

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// Names of the fields, beside those of app.StepField.
const (
	unitField   = "unit_shown" // public id of each unit shown, empty for the root
	searchField = "unit_search"
	soughtField = "unit_sought" // what the units shown were sought by
	pickField   = "pick"        // public ids of units ticked
	pickRole    = "pick_role"   // what is given at them
	wasField    = "was_"
)

// What a form of grants is sent for besides being saved.
const (
	Preview = "preview" // show what is chosen with its effects
	Search  = "search"  // find units
	Pick    = "pick"    // choose one role at the units ticked
)

// Read is what a form that was sent has chosen, and which units it seeks.
func Read(form url.Values) app.GrantView {
	v := app.GrantView{Search: strings.TrimSpace(form.Get(searchField))}
	for _, id := range form[unitField] {
		field := app.StepField(directory.Unit{UUID: id, Parent: 1})
		if id == "" {
			field = app.StepField(directory.Unit{})
		}
		step := app.RoleStep{Unit: id, Roles: []string{}}
		for _, code := range form[field] {
			if code != "" {
				step.Roles = append(step.Roles, code)
			}
		}
		if was := form.Get(wasField + id); form.Has(wasField + id) {
			codes := strings.FieldsFunc(was, func(r rune) bool { return r == ',' })
			step.Was = &codes
		}
		v.Chosen = append(v.Chosen, step)
	}
	v.Picked = form[pickField]
	if role := form.Get(pickRole); role != "" {
		for _, unit := range v.Picked {
			v.Chosen = choose(v.Chosen, unit, role)
		}
		v.Picked = nil
	}
	return v
}

// A View is the part of the form as it is shown.
type View struct {
	ui.Page
	Grants  app.PersonGrants
	kind    catalogue.AccountType
	words   *catalogue.Catalogue
	view    app.GrantView
	refusal *directory.Error
	live    templ.Attributes
}

// New shows what somebody holds, or would, with what the form has chosen. Live
// are the attributes that send the form when a choice changes.
func New(q *page.Request, p ui.Page, grants app.PersonGrants, view app.GrantView, live templ.Attributes) View {
	kind, _ := q.Site.Catalogue().AccountType(q.Frame.Account.Type)
	return View{Page: p, Grants: grants, kind: kind, words: q.Site.Catalogue(), view: view, live: live}
}

// Refused puts a refusal under its field.
func (v View) Refused(refusal *directory.Error) View {
	v.refusal = refusal
	return v
}

// Any reports whether there is something to show.
func (v View) Any() bool { return len(v.Grants.Units) > 0 }

// A group is the units of one part of the form.
type group struct {
	title, note string
	part        string // as it is refused, where a role is required in it
	units       []app.UnitGrants
}

// groups are the steps: the general role, the levels at which one is required,
// and everything else.
func (v View) groups() []group {
	lang := v.Printer.Lang()
	general := group{title: v.T("grants.general"), note: v.T("grants.general.note")}
	if v.kind.GeneralRoleRequired && !v.Grants.Program {
		general.note = v.T("grants.general.required")
	}
	groups := []group{general}
	for _, id := range v.kind.RoleRequiredAt {
		level, _ := v.kind.Level(id)
		note := v.T("grants.required")
		if v.Grants.Program {
			note = v.T("grants.optional")
		}
		groups = append(groups, group{title: level.Plural.In(lang), note: note, part: "role_at_" + id})
	}
	other := group{title: v.T("grants.other"), note: v.T("grants.optional")}
	for _, u := range v.Grants.Units {
		if u.Sought {
			continue
		}
		switch at := slices.Index(v.kind.RoleRequiredAt, u.Level); {
		case u.Level == catalogue.RootLevel:
			groups[0].units = append(groups[0].units, u)
		case at >= 0:
			groups[at+1].units = append(groups[at+1].units, u)
		default:
			other.units = append(other.units, u)
		}
	}
	groups = append(groups, other)
	for i := range groups {
		slices.SortStableFunc(groups[i].units, func(a, b app.UnitGrants) int { return cmp.Compare(v.order(a), v.order(b)) })
	}
	return slices.DeleteFunc(groups, func(g group) bool { return len(g.units) == 0 && g.part == "" })
}

// order puts the units at which something is held or chosen first.
func (v View) order(u app.UnitGrants) int {
	if len(u.Here) > 0 || len(v.chosen(u)) > 0 {
		return 0
	}
	return 1
}

// name is a unit with the one above it, which tells namesakes apart.
func (v View) name(u app.UnitGrants) string {
	if u.Level == catalogue.RootLevel {
		return v.kind.RootLabel.In(v.Printer.Lang())
	}
	if n := len(u.Path); n > 1 {
		return u.Unit.Name + " (" + u.Path[n-2].Name + ")"
	}
	return u.Unit.Name
}

func (v View) unitName(u directory.Unit) string {
	if u.Parent == 0 {
		return v.kind.RootLabel.In(v.Printer.Lang())
	}
	return u.Name
}

func id(u app.UnitGrants) string {
	if u.Level == catalogue.RootLevel {
		return ""
	}
	return u.Unit.UUID
}

// step is what the form has chosen at a unit, if it was sent.
func (v View) step(u app.UnitGrants) (app.RoleStep, bool) {
	i := slices.IndexFunc(v.view.Chosen, func(s app.RoleStep) bool { return s.Unit == id(u) })
	if i < 0 {
		return app.RoleStep{}, false
	}
	return v.view.Chosen[i], true
}

// was are the roles that the form began with, for the save to notice another's
// change (PLAN-4).
func (v View) was(u app.UnitGrants) string {
	if step, sent := v.step(u); sent && step.Was != nil {
		return strings.Join(*step.Was, ",")
	}
	var codes []string
	for _, h := range u.Here {
		codes = append(codes, h.Role.Code)
	}
	return strings.Join(codes, ",")
}

// chosen are the roles chosen at a unit: as the form was sent, else as they are
// held; somebody new begins with the role that is proposed for everybody.
func (v View) chosen(u app.UnitGrants) []string {
	if step, sent := v.step(u); sent {
		return step.Roles
	}
	var codes []string
	for _, h := range u.Here {
		codes = append(codes, h.Role.Code)
	}
	if v.Grants.Member.ID == 0 && u.Level == catalogue.RootLevel {
		for _, e := range u.Offered {
			if e.Role.Proposed {
				return []string{e.Role.Code}
			}
		}
	}
	return codes
}

// kept are roles held at a unit that the reader cannot take back: they are shown
// and sent as they are.
func (v View) kept(u app.UnitGrants) []app.HeldGrant {
	var kept []app.HeldGrant
	for _, h := range u.Here {
		if !h.MayEnd {
			kept = append(kept, h)
		}
	}
	return kept
}

// fields are the choices at a unit, one for each role chosen.
func (v View) fields(u app.UnitGrants) []ui.Field {
	name := app.StepField(u.Unit)
	var fields []ui.Field
	add := func(code string) {
		f := ui.Field{Name: name, Kind: "select", Label: v.name(u), Options: v.options(u, code), Attrs: v.live}
		if n := len(fields); n > 0 {
			f.ID = fieldID(name, n)
		} else {
			f.Error = page.FaultAt(v.Printer, v.refusal, name)
		}
		fields = append(fields, f)
	}
	kept := v.kept(u)
	for _, code := range v.chosen(u) {
		if !slices.ContainsFunc(kept, func(h app.HeldGrant) bool { return h.Role.Code == code }) {
			add(code)
		}
	}
	if len(fields)+len(kept) == 0 {
		add("")
	}
	if len(fields) == 0 {
		return nil
	}
	fields[0].Hint = v.effects(u)
	if v.kind.GeneralRoleRequired && u.Level == catalogue.RootLevel && v.Grants.Member.ID == 0 {
		fields[0].Required = len(kept) == 0 // of whoever is made; taking back is never refused (ROLE-3)
	}
	return fields
}

// another is the choice of one more role where there is one already.
func (v View) another(u app.UnitGrants, shown int) (ui.Field, bool) {
	if shown+len(v.kept(u)) == 0 || len(v.chosen(u)) == 0 || len(u.Offered) <= shown {
		return ui.Field{}, false
	}
	name := app.StepField(u.Unit)
	return ui.Field{Name: name, ID: fieldID(name, shown), Kind: "select", Label: v.T("grants.another", "Unit", v.name(u)), Options: v.options(u, ""), Attrs: v.live}, true
}

// fieldID tells several choices at one unit apart.
func fieldID(name string, n int) string {
	if n == 0 {
		return "f-" + name
	}
	return "f-" + name + "-" + string(rune('a'+min(n, 25)))
}

// options are the roles that may be given at a unit, those that add nothing
// named so.
func (v View) options(u app.UnitGrants, chosen string) []ui.Option {
	options := []ui.Option{{Label: v.T("grants.none")}}
	found := chosen == ""
	for _, e := range u.Offered {
		label := e.Role.Name(v.Printer.Lang())
		if e.Nothing() && e.Role.Code != chosen {
			label = v.T("grants.option.nothing", "Role", label)
		}
		options = append(options, ui.Option{Value: e.Role.Code, Label: label, Selected: e.Role.Code == chosen})
		found = found || e.Role.Code == chosen
	}
	for _, h := range u.Here {
		if !found && h.Role.Code == chosen {
			options = append(options, ui.Option{Value: chosen, Label: h.Role.Name(v.Printer.Lang()), Selected: true})
		}
	}
	return options
}

// effects says what the roles chosen at a unit add, and what flows down to it.
func (v View) effects(u app.UnitGrants) string {
	effects := u.Chosen
	if _, sent := v.step(u); !sent {
		effects = nil
		for _, h := range u.Here {
			effects = append(effects, h.Effect)
		}
		for _, code := range v.chosen(u) {
			if len(u.Here) == 0 {
				for _, e := range u.Offered {
					if e.Role.Code == code {
						effects = append(effects, e)
					}
				}
			}
		}
	}
	var lines []string
	for _, e := range effects {
		lines = append(lines, v.Effect(e))
	}
	if len(u.Above) > 0 {
		lines = append(lines, v.T("grants.flows", "From", v.sources(u.Above)))
	}
	return strings.Join(lines, " ")
}

// Effect says what a role adds for the person at the unit, or that it adds
// nothing and where all of it is held already (ROLE-2), and what of it does not
// count there (ROLE-10).
func (v View) Effect(e app.Effect) string {
	var text string
	switch {
	case !e.Nothing():
		text = v.T("grants.adds", "Role", e.Role.Name(v.Printer.Lang()), "Rights", v.rights(e.Adds))
	case len(e.From) > 0:
		text = v.T("grants.adds_nothing", "Role", e.Role.Name(v.Printer.Lang()), "From", v.sources(e.From))
	default:
		text = v.T("grants.gives_nothing", "Role", e.Role.Name(v.Printer.Lang()))
	}
	if len(e.Idle) > 0 {
		text += " " + v.T("grants.idle", "Rights", v.rights(e.Idle))
	}
	return text
}

// namedRights is how many rights a sentence names.
const namedRights = 4

func (v View) rights(ps []authz.Permission) string {
	var names []string
	for _, p := range ps[:min(len(ps), namedRights)] {
		names = append(names, v.right(p))
	}
	if more := len(ps) - namedRights; more > 0 {
		names = append(names, v.T("grants.more", "Count", more))
	}
	return v.Printer.List(names)
}

func (v View) right(p authz.Permission) string {
	if declared, known := v.words.Permission(string(p)); known {
		return declared.Label.In(v.Printer.Lang())
	}
	return string(p)
}

func (v View) sources(from []app.Source) string {
	var names []string
	for _, s := range from {
		names = append(names, v.T("grants.source", "Role", s.Role.Name(v.Printer.Lang()), "Unit", v.unitName(s.Unit)))
	}
	return v.Printer.List(names)
}

// problem is what is wrong with a part of the form.
func (v View) problem(part string) string { return page.FaultAt(v.Printer, v.refusal, part) }

// At is where what is wrong with a field of this form stands, and what the field is
// called, for the summary above.
func (v View) At(field, _ string) (id, label string) {
	for _, u := range v.Grants.Units {
		if app.StepField(u.Unit) == field {
			return ui.Anchor(field), v.name(u)
		}
	}
	for _, g := range v.groups() {
		if g.part == field {
			return ui.Anchor(field), g.title
		}
	}
	return ui.Anchor(field), ""
}

// tied ties a part of the form to what is wrong with it.
func (v View) tied(g group) templ.Attributes {
	if g.part == "" {
		return nil
	}
	attrs := templ.Attributes{"id": ui.Anchor(g.part), "role": "group", "aria-label": g.title, "tabindex": "-1"}
	if v.problem(g.part) != "" {
		attrs["aria-describedby"] = ui.Anchor(g.part) + "-error"
	}
	return attrs
}

// place says what access level and functions give already.
func (v View) place() string {
	if len(v.Grants.Sources) == 0 {
		return ""
	}
	var names []string
	for _, s := range v.Grants.Sources {
		names = append(names, s.Role.Name(v.Printer.Lang()))
	}
	return v.T("grants.place", "Roles", v.Printer.List(names))
}

// LevelName is the word of a unit level.
func (v View) LevelName(id string) string {
	if id == catalogue.RootLevel {
		return v.kind.RootLabel.In(v.Printer.Lang())
	}
	level, _ := v.kind.Level(id)
	return level.Label.In(v.Printer.Lang())
}
