package past

import (
	"net/url"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A table is the members of a day.
type table struct {
	view
	app.PastPage
	q app.PastQuery
}

// members shows who was in the account at the end of a day; search, unit, status and
// page stand in the address (LIST-6).
func (h Handler) members(q *page.Request) error {
	values := q.URL.Query()
	v, err := h.begin(q, q.Printer.T("past.members"), q.AccountPath("/members"))
	if err != nil {
		return v.refused(err)
	}
	t := table{view: v, q: app.PastQuery{Day: v.day, Search: directory.Sought(values.Get("q")), After: values.Get("after")}}
	if unit := values.Get("unit"); unit != "" {
		t.q.Units = []string{unit}
	}
	if status, known := directory.ParseStatus(values.Get("status")); known {
		t.q.Statuses = []directory.Status{status}
	}
	t.PastPage, err = h.App.Past.State(q.Context(), q.Actor(), account(q), t.q)
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "list.bad_cursor" {
		return q.Redirect(t.at(""))
	}
	if err != nil {
		return v.refused(err)
	}
	return q.Render(membersPage(t))
}

// at is a page of the table: the one after a cursor, or the first.
func (t table) at(after string) string {
	return t.members() + "?" + t.query(after).Encode()
}

func (t table) query(after string) url.Values {
	v := url.Values{pastday.Param: {t.day.ISO()}}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", t.q.Search)
	set("unit", strings.Join(t.q.Units, ""))
	set("after", after)
	for _, s := range t.q.Statuses {
		set("status", s.String())
	}
	return v
}

func (t table) without(name string) string {
	v := t.query("")
	v.Del(name)
	return t.members() + "?" + v.Encode()
}

// unitName is the unit that is filtered by, or empty.
func (t table) unitName() string {
	i := slices.IndexFunc(t.Units, func(u directory.Unit) bool { return slices.Contains(t.q.Units, u.UUID) })
	if i < 0 {
		return t.T("past.unit.none")
	}
	return t.Units[i].Name
}

// mostListed is how many units a list to choose from holds.
const mostListed = 500

// unitOptions are the units of that day to choose from, each under its own.
func (t table) unitOptions() []ui.Option {
	depth := map[directory.UnitID]int{}
	options := []ui.Option{{Label: t.T("past.unit.all")}}
	for i, u := range t.Units[:min(len(t.Units), mostListed)] {
		if _, above := depth[u.Parent]; above && i > 0 {
			depth[u.ID] = depth[u.Parent] + 1
		} else {
			depth[u.ID] = 0
		}
		options = append(options, ui.Option{Value: u.UUID, Label: strings.Repeat("\u2003", depth[u.ID]) + u.Name})
	}
	return options
}

func (t table) statusOptions() []ui.Option {
	options := []ui.Option{{Label: t.T("past.status.all")}}
	for s := directory.Active; s <= directory.Inactive; s++ {
		options = append(options, ui.Option{Value: s.String(), Label: t.T("status." + s.String())})
	}
	return options
}

// kept is what the search keeps of the address.
func (t table) kept() []ui.Hidden {
	var kept []ui.Hidden
	for name, values := range t.query("") {
		if name != "q" && (name != "unit" || len(t.q.Units) > 0) && name != pastday.Param {
			kept = append(kept, ui.Hidden{Name: name, Value: values[0]})
		}
	}
	return kept
}

func (t table) filtered() bool { return t.q.Search != "" || len(t.q.Units)+len(t.q.Statuses) > 0 }

func (t table) columns() []ui.Column {
	return []ui.Column{{Label: t.T("members.column.name"), Class: "w-name"}, {Label: t.T("members.column.status"), Class: "w-state"}, {Label: t.T("field.unit"), Class: "p2"},
		{Label: t.T("members.column.company"), Class: "p2 w-co"}, {Label: t.T("members.column.functions"), Class: "p3"},
		{Label: t.T("members.column.level"), Class: "p4"}, {Label: t.T("members.column.products"), Class: "p4"}}
}

func (t table) acts() []ui.Act {
	asked := app.PastTable{Day: t.day.ISO()}
	rights := exportAt(t.Page, t.req, directory.ExportRights, asked)
	rights.Label = t.T("past.rights.export")
	return []ui.Act{{Label: t.T("past.differences"), Icon: "git-branch", Href: differencesAt(t.view, "", "")},
		rights, exportAt(t.Page, t.req, directory.ExportPastMembers, asked)}
}

// next is the page after this one, or empty.
func (t table) next() string {
	if t.Next == "" {
		return ""
	}
	return t.at(t.Next)
}
