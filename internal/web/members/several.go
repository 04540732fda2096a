package members

import (
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/foresight"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// keep is the choice that leaves a field alone; a choice that is not there does so too.
const keep = "keep"

// levelSet is the name of the boxes of the access levels that many get: exactly
// those ticked, or none at all by a box of its own.
const levelSet = "level_set"

// clearSet is the name of the boxes that take away what members have: to leave a field
// empty leaves it alone (BULK-1).
const clearSet = "clear"

// formFields are the fields of the forms for many: what is typed, not whom it is about.
func formFields() []string {
	return []string{"count", "company_set", "job_title_set", "ends_set", "function", "functions_set", levelSet, clearSet, "job_title", "home_set", "home_search", "unit_set",
		"find", "step", "whole", "grant_role", "end_role", "grant_unit", "grant_search", "seat_product", "assign_set", "takeback_set", "project_set", "project_level", "project_search"}
}

// doing is what a form for many does: one thing to each member, or a role at units.
type doing struct {
	act    app.MembersAct
	giving *app.Giving
}

// readDoing reads what a form does. It refuses with the field at fault.
func readDoing(q *page.Request, name string) (doing, error) {
	kinds := map[string]directory.BulkKind{"invite": directory.BulkInvite, "withdraw": directory.BulkWithdraw, "deactivate": directory.BulkDeactivate,
		"reactivate": directory.BulkReactivate, "remove": directory.BulkRemove, "assign": directory.BulkAssign, "take_back": directory.BulkTakeBack}
	switch name {
	case "edit":
		several, err := readSeveral(q)
		return doing{act: app.MembersAct{Kind: directory.BulkSeveral, Several: several}}, err
	case "home":
		unit := q.PostFormValue("home_set")
		if unit == "" {
			return doing{}, directory.InvalidField("unit", "field.required", nil)
		}
		return doing{act: app.MembersAct{Kind: directory.BulkEdit, Several: app.Several{MemberChange: app.MemberChange{Unit: &unit}}}}, nil
	case "grant":
		return doing{giving: &app.Giving{Role: q.Field("grant_role"), Units: q.PostForm["grant_unit"]}}, nil
	case "assign", "take_back":
		offer := directory.OfferOf(q.Field("seat_product"))
		if offer.Product == "" {
			return doing{}, directory.InvalidField("product", "field.required", nil)
		}
		return doing{act: app.MembersAct{Kind: kinds[name], Offer: offer}}, nil
	}
	return doing{act: app.MembersAct{Kind: kinds[name]}}, nil
}

// foresee says what the form would bring, done as it stands now (PLAN-1).
func (h Handler) foresee(q *page.Request, who app.Selection, do doing) (app.Foresight, error) {
	if do.giving != nil {
		do.giving.Who, do.giving.Window = who, foresight.Window()
		return h.App.Grants.Foresee(q.Context(), q.Actor(), account(q), *do.giving)
	}
	do.act.Window = foresight.Window()
	return h.App.Members.Foresee(q.Context(), q.Actor(), account(q), who, do.act)
}

// readSeveral reads all parts of the form that edits many; what was left alone stays
// (ADD-7). It refuses with member.levels_and_none levels beside none, and with
// member.set_and_cleared a field that is filled in and cleared.
func readSeveral(q *page.Request) (app.Several, error) {
	change, err := bulkChange(q)
	several := app.Several{MemberChange: change}
	if err != nil {
		return several, err
	}
	units := q.PostForm["grant_unit"]
	for field, into := range map[string]*[]app.RoleAt{"grant_role": &several.Give, "end_role": &several.End} {
		if role := q.Field(field); role != "" && role != keep {
			if len(units) == 0 {
				return several, directory.InvalidField("unit", "field.required", nil)
			}
			*into = []app.RoleAt{{Role: role, Units: units}}
		}
	}
	if project := q.Field("project_set"); project != "" && project != keep {
		several.Project = &app.IntoPlace{Project: project}
		if level := q.Field("project_level"); level != keep {
			several.Project.Level = level
		}
	}
	return several, nil
}

// bulkChange reads what the form sets of members themselves.
func bulkChange(q *page.Request) (app.MemberChange, error) {
	var change app.MemberChange
	cleared := q.PostForm[clearSet]
	for _, text := range []struct {
		field string
		into  **string
	}{{"company", &change.Company}, {"job_title", &change.JobTitle}} {
		value := q.Field(text.field + "_set")
		clears := slices.Contains(cleared, text.field)
		switch {
		case value != "" && clears:
			return change, directory.InvalidField(text.field+"_set", "member.set_and_cleared", nil)
		case value != "" || clears:
			*text.into = &value
		}
	}
	if err := readEnd(q, &change, slices.Contains(cleared, "ends")); err != nil {
		return change, err
	}
	if levels := q.PostForm[levelSet]; slices.Contains(levels, app.None) {
		if len(levels) > 1 {
			return change, directory.InvalidField(levelField, "member.levels_and_none", nil)
		}
		change.Levels = &[]string{}
	} else if len(levels) > 0 {
		change.Levels = &levels
	}
	switch functions := q.PostForm["function"]; {
	case len(functions) > 0 && slices.Contains(cleared, "functions"):
		return change, directory.InvalidField("function", "member.set_and_cleared", nil)
	case len(functions) > 0:
		change.Functions = &functions
	case slices.Contains(cleared, "functions"):
		change.Functions = &[]string{}
	}
	for name, offers := range map[string]*[]string{"assign_set": &change.Assign, "takeback_set": &change.TakeBack} {
		if offer := q.PostFormValue(name); offer != keep && offer != "" {
			*offers = []string{offer}
		}
	}
	if unit := q.Field("unit_set"); unit != "" && unit != keep {
		change.Unit = &unit
	}
	return change, nil
}

// readEnd reads the day on which places end by themselves, or that none does any more.
func readEnd(q *page.Request, change *app.MemberChange, clears bool) error {
	typed := q.Field("ends_set")
	switch {
	case typed != "" && clears:
		return directory.InvalidField("ends_set", "member.set_and_cleared", nil)
	case clears:
		change.Ends = &directory.End{}
	case typed != "":
		day, refusal := directory.ParseDay("ends_set", typed, directory.DayFirst)
		if refusal != nil {
			return refusal
		}
		change.Ends = &directory.End{Day: day}
	}
	return nil
}

// mostProjects is how many projects the form offers at once; more are sought.
const mostProjects = 50

// fillSeveral reads what the form that edits many offers: products, units, roles at
// units, projects.
func (h Handler) fillSeveral(q *page.Request, b *bulk) error {
	if b.name != "edit" {
		return nil
	}
	choices, err := h.App.Members.Choices(q.Context(), q.Actor(), account(q))
	if err != nil {
		return err
	}
	b.offers = choices.Products
	if b.homes, err = h.App.Units.Homes(q.Context(), q.Actor(), account(q), b.typed("home_search")); err != nil {
		return err
	}
	b.grants, err = h.App.Grants.Of(q.Context(), q.Actor(), account(q), "", app.GrantView{Search: b.typed("grant_search"), Units: b.sent["grant_unit"]})
	if err != nil || !q.HasProjects() {
		return err
	}
	found, err := h.App.Projects.List(q.Context(), q.Actor(), account(q), app.ProjectQuery{Search: b.typed("project_search"), Size: mostProjects})
	if err != nil {
		return err
	}
	b.moreProjects = found.Found > mostProjects || b.typed("project_search") != ""
	for _, row := range found.Rows {
		if row.May.ManageMembers {
			b.projects = append(b.projects, row.Project)
		}
	}
	b.projectLevels = h.Catalogue().RolesOf(q.Frame.Account.Type, catalogue.AccessLevel, catalogue.ProjectPlace)
	return nil
}

// problem is the sentence of a refusal at a field.
func (b bulk) problem(fields ...string) string {
	for _, field := range fields {
		if text := page.FaultAt(b.Printer, b.fault, field); text != "" {
			return text
		}
	}
	return ""
}

// clears is the box that takes away what members have of a field.
func (b bulk) clears(field string) []ui.Check {
	return []ui.Check{{Name: clearSet, Value: field, Label: b.T("members.bulk.clear." + field), Checked: slices.Contains(b.sent[clearSet], field)}}
}

// choose is a select that begins with leaving all as it is.
func (b bulk) choose(name, label string, options []ui.Option, faults ...string) ui.Field {
	f := ui.Field{Name: name, Kind: "select", Label: b.T(label), Value: b.typed(name), Error: b.problem(append(faults, name)...)}
	f.Options = append([]ui.Option{{Value: keep, Label: b.T("members.bulk.keep")}}, options...)
	return f
}

func (b bulk) unitOptions() []ui.Option {
	var options []ui.Option
	for _, u := range b.homes.Units {
		label := u.Name
		if way := above(u); way != "" {
			label += " (" + way + ")"
		}
		options = append(options, ui.Option{Value: u.UUID, Label: label})
	}
	return options
}

func (b bulk) roleOptions() []ui.Option {
	var options []ui.Option
	var seen []string
	for _, u := range b.grants.Units {
		for _, e := range u.Offered {
			if !slices.Contains(seen, e.Role.Code) {
				seen = append(seen, e.Role.Code)
				options = append(options, ui.Option{Value: e.Role.Code, Label: e.Role.Name(b.Printer.Lang())})
			}
		}
	}
	return options
}

func (b bulk) projectOptions() []ui.Option {
	var options []ui.Option
	for _, p := range b.projects {
		options = append(options, ui.Option{Value: p.UUID, Label: p.Name})
	}
	return options
}

// placeOptions are the levels in the project; none chosen is the one of the functions.
func (b bulk) placeOptions() []ui.Option {
	options := []ui.Option{{Value: keep, Label: b.T("members.bulk.project.level.usual")}}
	for _, level := range b.projectLevels {
		options = append(options, ui.Option{Value: level.ID, Label: level.Label.In(b.Printer.Lang())})
	}
	return options
}

// whole is the box for all or nothing.
func (b bulk) whole() ui.Check {
	return ui.Check{Name: "whole", Value: "1", Label: b.T("members.bulk.whole"), Hint: b.T("members.bulk.whole.hint"), Checked: b.sent.Get("whole") != ""}
}

// preview is the button that says what the form would bring.
func (b bulk) preview() ui.Act {
	return ui.Act{Label: b.T("foresight.act"), Icon: "eye", Name: "step", Value: "preview"}
}

// hiddenWithout are the values of an address that are no field of the form.
func hiddenWithout(values url.Values, fields []string) url.Values {
	kept := url.Values{}
	for field, list := range values {
		if !slices.Contains(fields, field) {
			kept[field] = list
		}
	}
	return kept
}

// foresees is what an act on one member would bring, for the dialog that asks; nothing
// for one that says all of it already (PLAN-1).
func (h Handler) foresees(q *page.Request, p ui.Page, member, name string) (*foresight.View, error) {
	kinds := map[string]directory.BulkKind{"deactivate": directory.BulkDeactivate, "remove": directory.BulkRemove}
	kind, told := kinds[name]
	if !told {
		return nil, nil
	}
	of, err := h.App.Members.Foresee(q.Context(), q.Actor(), account(q), app.Of(member), app.MembersAct{Kind: kind, Window: foresight.Window()})
	if err != nil {
		return nil, err
	}
	return foresight.Of(q, p, of), nil
}
