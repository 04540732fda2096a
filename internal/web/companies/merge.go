package companies

import (
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A merging is one of the steps of a merge: choosing the companies, choosing the
// one that stays, and checking what changes before it does (COMP-4).
type merging struct {
	ui.Page
	req     *page.Request
	parts   []app.CompanyPart
	search  string
	others  []directory.Company // to choose from
	more    bool                // there are more others than are shown
	into    string              // public id of the one that stays, or empty
	refusal *directory.Error
}

// showMerge asks for what is missing in the address: other companies, then which
// one stays. With all of it, it shows what would change.
func (h Handler) showMerge(q *page.Request) error {
	values := q.URL.Query()
	m := merging{search: values.Get("q"), into: values.Get("into")}
	if err := h.parts(q, &m, values[field]); err != nil {
		return err
	}
	if len(m.parts) < 2 || values.Has("find") {
		return h.others(q, m)
	}
	if !slices.ContainsFunc(m.parts, func(p app.CompanyPart) bool { return p.UUID == m.into }) {
		return q.Render(staysPage(m))
	}
	return q.Render(checkPage(m))
}

// parts reads the companies that were chosen.
func (h Handler) parts(q *page.Request, m *merging, ids []string) error {
	m.Page, m.req = q.InAccount(q.Printer.T("companies.merge.title"), page.Companies), q
	var err error
	m.parts, err = h.App.Companies.Parts(q.Context(), q.Actor(), account(q), ids)
	return err
}

// others asks with which other companies: those with like names, or those that were
// sought.
func (h Handler) others(q *page.Request, m merging) error {
	switch {
	case m.search != "" || len(m.parts) != 1:
		list, err := h.App.Companies.List(q.Context(), q.Actor(), account(q), app.CompanyQuery{Search: m.search})
		if err != nil {
			return err
		}
		m.others, m.more = list.Rows, list.Next != ""
	default:
		like, err := h.App.Companies.Like(q.Context(), q.Actor(), account(q), m.parts[0].UUID)
		if err != nil {
			return err
		}
		m.others, m.more = like, true
	}
	m.others = slices.DeleteFunc(m.others, func(c directory.Company) bool {
		return slices.ContainsFunc(m.parts, func(p app.CompanyPart) bool { return p.UUID == c.UUID })
	})
	return q.Render(othersPage(m))
}

// merge merges as it was confirmed. What has changed since comes back to be checked
// again; of a company that was merged meanwhile, the list says so.
func (h Handler) merge(q *page.Request) error {
	var merge app.CompanyMerging
	ids := []string{}
	for _, value := range q.PostForm["pick"] {
		id, text, _ := strings.Cut(value, " ")
		v, _ := strconv.ParseInt(text, 10, 64) // what is no number is stale
		ids = append(ids, id)
		if pick := (app.CompanyPick{ID: id, Version: v}); id == q.Field("into") {
			merge.Into = pick
		} else {
			merge.Doubles = append(merge.Doubles, pick)
		}
	}
	into, err := h.App.Companies.Merge(q.Context(), q.Actor(), account(q), merge)
	if err == nil {
		q.Toast(q.Printer.T("companies.merged", "Count", len(merge.Doubles), "Name", into.Name), "")
		return q.Redirect(base(q))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if refusal.Code == "company.merged" {
		q.Toast(q.Printer.Error(refusal), "")
		return q.Redirect(base(q))
	}
	m := merging{into: merge.Into.ID, refusal: refusal}
	if err := h.parts(q, &m, ids); err != nil {
		return err
	}
	if len(m.parts) < 2 || m.into == "" {
		return refusal
	}
	return q.RenderRefused(refusal, checkPage(m))
}

func (m merging) action() string { return base(m.req) + "/merge" }

func (m merging) back() ui.Link { return ui.Link{Label: m.T("companies.back"), Href: base(m.req)} }

// steps are those of the task, the n-th being the present one.
func (m merging) steps(n int) []ui.Step {
	var steps []ui.Step
	for i, key := range []string{"companies.merge.step.which", "companies.merge.step.stays", "companies.merge.step.check"} {
		step := ui.Step{Label: m.T(key)}
		if i < n {
			step.State = "done"
		} else if i == n {
			step.State = "current"
		}
		steps = append(steps, step)
	}
	return steps
}

// chosen keeps the companies that were chosen in a form.
func (m merging) chosen() []ui.Hidden {
	var hidden []ui.Hidden
	for _, p := range m.parts {
		hidden = append(hidden, ui.Hidden{Name: field, Value: p.UUID})
	}
	return hidden
}

// choices are companies to choose from.
func (m merging) choices() []ui.Check {
	var checks []ui.Check
	for _, c := range m.others {
		checks = append(checks, ui.Check{Name: field, Value: c.UUID, Label: c.Name, Hint: members(m.Page, c.Members)})
	}
	return checks
}

// names are those of the companies chosen.
func (m merging) names() string {
	var names []string
	for _, p := range m.parts {
		names = append(names, p.Name)
	}
	return m.Printer.List(names)
}

// staying are the companies of which one stays: the largest, unless another is
// chosen.
func (m merging) staying() []ui.Check {
	largest := slices.MaxFunc(m.parts, func(a, b app.CompanyPart) int { return int(a.Members - b.Members) })
	var checks []ui.Check
	for _, p := range m.parts {
		checks = append(checks, ui.Check{Name: "into", Value: p.UUID, Label: p.Name, Hint: members(m.Page, p.Members), Checked: p.UUID == largest.UUID})
	}
	return checks
}

// stays is the company that stays.
func (m merging) stays() app.CompanyPart {
	for _, p := range m.parts {
		if p.UUID == m.into {
			return p
		}
	}
	return app.CompanyPart{}
}

// doubles are the others.
func (m merging) doubles() []app.CompanyPart {
	return slices.DeleteFunc(slices.Clone(m.parts), func(p app.CompanyPart) bool { return p.UUID == m.into })
}

// after is how many members the company that stays has then.
func (m merging) after() (n int64) {
	for _, p := range m.parts {
		n += p.Members
	}
	return n
}

// projects says in which projects a double has places, and how many.
func (m merging) projects(p app.CompanyPart) string {
	var lines []string
	for _, c := range p.Projects {
		lines = append(lines, m.T("companies.merge.project", "Count", c.Places, "Name", c.Project.Name))
	}
	return strings.Join(lines, " · ")
}

func (m merging) losses() []ui.Loss {
	name := m.stays().Name
	return []ui.Loss{{Text: m.T("companies.merge.goes", "Count", len(m.doubles()))}, {Text: m.T("companies.merge.typed", "Name", name), Stays: true},
		{Text: m.T("companies.merge.history"), Stays: true}}
}

// hidden is what was seen of each company.
func (m merging) hidden() []ui.Hidden {
	hidden := []ui.Hidden{{Name: "into", Value: m.into}}
	for _, p := range m.parts {
		hidden = append(hidden, ui.Hidden{Name: "pick", Value: p.UUID + " " + version(p.Version)})
	}
	return hidden
}

func (m merging) errors() []ui.FieldError { return page.Mark(m.Printer, nil, m.refusal) }

// inProjects reports whether any of the doubles stands in a project.
func (m merging) inProjects() bool {
	return slices.ContainsFunc(m.doubles(), func(p app.CompanyPart) bool { return len(p.Projects) > 0 })
}

func (m merging) columns() []ui.Column {
	columns := []ui.Column{{Label: m.T("companies.name"), Class: "w-name"}, {Label: m.T("companies.members"), Class: "w-date num"}}
	if m.inProjects() {
		columns = append(columns, ui.Column{Label: m.T("companies.merge.places")})
	}
	return columns
}
