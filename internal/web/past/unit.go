package past

import (
	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A single is the page of one unit on a day.
type single struct {
	view
	app.PastUnit
}

// unit shows a unit as it was at the end of a day, and who held what there.
func (h Handler) unit(q *page.Request) error {
	unit := q.PathValue("unit")
	v, err := h.begin(q, q.Printer.T("past.title"), q.AccountPath("/units/"+unit))
	if err != nil {
		return v.refused(err)
	}
	s := single{view: v}
	s.PastUnit, err = h.App.Past.Unit(q.Context(), q.Actor(), account(q), app.PastUnitQuery{Day: v.day, Unit: unit, After: q.URL.Query().Get("after")})
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "list.bad_cursor" {
		return q.Redirect(v.unit(unit))
	}
	if err != nil {
		return v.refused(err)
	}
	if s.Project != nil {
		s.pick.Today = q.AccountPath("/projects/" + unit)
	}
	s.Page = q.InAccount(s.Unit.Name, page.HistoryPlace)
	return q.Render(unitPage(s))
}

func (s single) crumbs() []ui.Link {
	crumbs := []ui.Link{{Label: s.T("past.members"), Href: pastday.On(s.members(), s.day)}}
	for _, u := range s.Path {
		crumbs = append(crumbs, ui.Link{Label: u.Name, Href: s.unit(u.UUID)})
	}
	return crumbs
}

func (s single) acts() []ui.Act {
	acts := []ui.Act{{Label: s.T("past.differences"), Icon: "git-branch", Href: differencesAt(s.view, "", s.Unit.UUID)}}
	if s.Project == nil {
		acts = append(acts, ui.Act{Label: s.T("past.members"), Icon: "users", Href: pastday.On(s.members(), s.day, "unit", s.Unit.UUID)})
	}
	return acts
}

func (s single) facts() []ui.CartItem {
	items := []ui.CartItem{{Label: s.T("history.field.unit_level"), Value: s.level(s.Unit)}}
	add := func(key, value string) {
		if value != "" {
			items = append(items, ui.CartItem{Label: s.T(key), Value: value})
		}
	}
	add("units.external", s.Unit.External)
	if p := s.Project; p != nil {
		add("field.number", p.Number)
		add("field.project_type", s.Type)
		add("field.project_address", p.Address)
		add("field.project_starts", s.date(p.Starts))
		add("field.project_ends", s.date(p.Ends))
		var products []string
		for _, id := range p.Products {
			products = append(products, s.offer(id))
		}
		add("field.products", s.Printer.List(products))
	}
	return items
}

func (s single) date(d directory.Day) string {
	if d == (directory.Day{}) {
		return ""
	}
	return pastday.Written(s.Page, d)
}

func (s single) archived() bool { return !s.Unit.Archived.IsZero() }

func (s single) columns() []ui.Column {
	return []ui.Column{{Label: s.T("members.column.name")}, {Label: s.T("rights.held.role")}, {Label: s.T("past.held_at"), Class: "c-line"}, {Label: s.T("past.gave"), Class: "p3"},
		{Label: s.T("rights.held.giver"), Class: "p4"}, {Label: s.T("past.since"), Class: "w-date p2"}}
}

// at says where a role was held: here, or where it came from.
func (s single) heldAt(h app.PastHolder) string {
	if !h.Inherited {
		return s.T("past.here")
	}
	return s.T("past.from_above", "Unit", h.At.Name)
}

// gave names what a role gave at the unit, by its first permissions.
func (s single) gave(h app.PastHolder) string {
	var names []string
	for i, p := range h.Gave {
		if i == mostNamed {
			return s.Printer.List(names) + " " + s.T("past.more", "Count", len(h.Gave)-i)
		}
		declared, _ := s.h.Catalogue().Permission(string(p))
		names = append(names, label(declared, s.Printer.Lang()))
	}
	return s.Printer.List(names)
}

// mostNamed is how many permissions of a role a row names.
const mostNamed = 3

func label(p catalogue.Permission, lang string) string { return p.Label.In(lang) }

func (s single) who(h app.PastHolder) ui.WhoView {
	w := ui.WhoView{Name: s.name(h.Member)}
	if h.InSight {
		w.Href = s.person(h.Member.UUID)
	}
	if h.Member.Status != directory.Active {
		w.Sub = s.T("status." + h.Member.Status.String())
	}
	return w
}

func (s single) next() string {
	if s.Next == "" {
		return ""
	}
	return pastday.On(s.req.AccountPath("/past/units/"+s.Unit.UUID), s.day, "after", s.Next)
}
