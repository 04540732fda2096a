// Package foresight puts into words what an act would bring before it is done: how many
// change, which rights are gained and lost, which seats are used and freed, which mails
// would go, who is refused and why, and what changes for each (PLAN-1).
package foresight

import (
	"slices"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/telling"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// People is how many of them a page names.
const People = 12

// Window is what a page asks for.
func Window() app.ForeWindow { return app.ForeWindow{Limit: People} }

// A View is a foresight on a page.
type View struct {
	ui.Page
	of    app.Foresight
	site  *page.Site
	tell  telling.Teller
	roles []directory.Role
}

// Of is the view of a foresight.
func Of(q *page.Request, p ui.Page, of app.Foresight) *View {
	return &View{Page: p, of: of, site: q.Site, tell: q.Teller(), roles: q.Frame.Rights.Tree().Roles()}
}

// A line is something with what it comes to.
type line struct{ Title, Note string }

func (v *View) counts() []ui.CartItem {
	var items []ui.CartItem
	add := func(label string, n int64, class string) {
		if n > 0 {
			items = append(items, ui.CartItem{Label: label, Value: v.Printer.Number(n), Class: class})
		}
	}
	add(v.T("foresight.changed"), v.of.Changed+v.of.Added, "")
	add(v.T("foresight.unchanged"), v.of.Unchanged, "")
	add(v.T("foresight.refused"), v.of.Refused, "is-warn")
	add(v.T("foresight.invited"), v.of.Invited, "")
	add(v.T("foresight.companies"), v.of.Companies, "")
	return items
}

// rights are the roles that people begin and cease to hold, with what they permit.
func (v *View) rights() []line {
	var lines []line
	for _, m := range v.of.Rights {
		note := v.moved(m.Gain, m.Lose)
		if names := v.permissions(m.Permissions); names != "" {
			note = v.T("foresight.rights.permits", "Who", note, "Permissions", names)
		}
		lines = append(lines, line{v.T("foresight.role_at", "Role", m.Role.Name(v.Printer.Lang()), "Unit", m.Unit.Name), note})
	}
	return lines
}

func (v *View) moved(gain, lose int64) string {
	switch {
	case lose == 0:
		return v.T("foresight.gain", "Count", gain)
	case gain == 0:
		return v.T("foresight.lose", "Count", lose)
	}
	return v.Printer.List([]string{v.T("foresight.gain", "Count", gain), v.T("foresight.lose", "Count", lose)})
}

func (v *View) permissions(ids []authz.Permission) string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		if p, known := v.site.Catalogue().Permission(string(id)); known {
			names = append(names, p.Label.In(v.Printer.Lang()))
		}
	}
	return v.Printer.List(names)
}

func (v *View) seats() []line {
	var lines []line
	for _, s := range v.of.Seats {
		var notes []string
		if s.Used > 0 {
			notes = append(notes, v.T("foresight.seats.used", "Count", s.Used))
		}
		if s.Freed > 0 {
			notes = append(notes, v.T("foresight.seats.freed", "Count", s.Freed))
		}
		lines = append(lines, line{v.site.Catalogue().OfferName(s.Offer, v.Printer.Lang()), v.Printer.List(notes)})
	}
	return lines
}

func (v *View) mails() []line {
	var lines []line
	for _, m := range v.of.Mails {
		lines = append(lines, line{v.mailName(m.Kind), v.T("foresight.mails", "Count", m.Count)})
	}
	return lines
}

func (v *View) mailName(kind directory.MailKind) string {
	if key := "foresight.mail." + string(kind); v.Printer.Has(key) {
		return v.T(key)
	}
	return v.T("foresight.mail.other")
}

func (v *View) reasons() []line {
	var lines []line
	for _, r := range v.of.Reasons {
		note := v.T("members.result.refused", "Count", r.Count)
		lines = append(lines, line{v.Printer.Error(r.Refusal), note})
	}
	return lines
}

// others is how many people more there are than are named.
func (v *View) others() int64 { return max(0, v.of.Total-int64(len(v.of.People))) }

// changes are what becomes of one person, a line each.
func (v *View) changes(one app.Foreseen) []string {
	if one.Refusal != nil && one.Outcome == app.Refused {
		return []string{v.Printer.Error(one.Refusal)}
	}
	var lines []string
	for _, c := range one.Changes {
		if audit.FieldOf(c.Field).Say != audit.Hidden {
			lines = append(lines, v.T("foresight.change", "Field", v.tell.Field(c.Field), "Before", v.say(c.Field, c.Before), "After", v.say(c.Field, c.After)))
		}
	}
	for _, m := range one.Rights {
		lines = append(lines, v.rightsLines(m)...)
	}
	for _, kind := range one.Mails {
		lines = append(lines, v.T("foresight.mail.gets", "Mail", v.mailName(kind)))
	}
	if one.Refusal != nil {
		lines = append(lines, v.Printer.Error(one.Refusal))
	}
	if len(lines) == 0 {
		lines = append(lines, v.T("outcome."+string(one.Outcome)))
	}
	return lines
}

// rightsLines say what somebody gains and loses at a unit; a role that changes nothing
// there is named all the same (ROLE-2).
func (v *View) rightsLines(m app.RightsMove) []string {
	var lines []string
	lang := v.Printer.Lang()
	if names := directory.RoleNames(m.Given, lang); len(names) > 0 {
		lines = append(lines, v.T("foresight.given", "Role", v.Printer.List(names), "Unit", m.Unit.Name))
	}
	if names := directory.RoleNames(m.Over, lang); len(names) > 0 {
		lines = append(lines, v.T("foresight.over", "Role", v.Printer.List(names), "Unit", m.Unit.Name))
	}
	if names := v.permissions(m.Gain); names != "" {
		lines = append(lines, v.T("foresight.gains", "Permissions", names))
	}
	if names := v.permissions(m.Lose); names != "" {
		lines = append(lines, v.T("foresight.loses", "Permissions", names))
	}
	if len(m.Gain)+len(m.Lose) == 0 {
		lines = append(lines, v.T("foresight.same"))
	}
	return lines
}

func (v *View) say(field string, value audit.Value) string {
	if value.IsZero() || value.IsText() && value.Text() == "" {
		return v.T("ui.none")
	}
	if field == "product" && value.IsText() {
		return v.site.Catalogue().OfferName(directory.OfferOf(value.Text()), v.Printer.Lang())
	}
	return v.tell.Value(field, value, func(ref audit.Ref) string {
		if i := slices.IndexFunc(v.roles, func(o directory.Role) bool { return ref.Noun == audit.Role && int64(o.ID) == ref.Key }); i >= 0 {
			return v.roles[i].Name(v.Printer.Lang())
		}
		if ref.Name == "" {
			return v.T("history.object.unknown")
		}
		return ref.Name
	})
}

// Losses are the lines of a dialog that asks about one person: which rights end where,
// which seats are free, which mail goes.
func (v *View) Losses() []ui.Loss {
	var lines []ui.Loss
	if v == nil || len(v.of.People) == 0 {
		return nil
	}
	one := v.of.People[0]
	if one.Refusal != nil {
		return []ui.Loss{{Text: v.Printer.Error(one.Refusal)}}
	}
	for _, m := range one.Rights {
		if names := directory.RoleNames(m.Over, v.Printer.Lang()); len(names) > 0 {
			lines = append(lines, ui.Loss{Text: v.T("foresight.over", "Role", v.Printer.List(names), "Unit", m.Unit.Name)})
		}
	}
	for _, s := range v.seats() {
		lines = append(lines, ui.Loss{Text: v.T("foresight.seat_line", "Product", s.Title, "What", s.Note)})
	}
	for _, kind := range one.Mails {
		lines = append(lines, ui.Loss{Text: v.T("foresight.mail.gets", "Mail", v.mailName(kind)), Stays: true})
	}
	return lines
}

// who is whom a line is about; nobody is named who is out of sight.
func (v *View) who(one app.Foreseen) ui.WhoView {
	switch {
	case one.Name == "" && one.Email == "":
		return ui.WhoView{Name: v.T("act.somebody")}
	case one.Name == "":
		return ui.WhoView{Name: one.Email}
	}
	return ui.WhoView{Name: one.Name, Sub: one.Email}
}
