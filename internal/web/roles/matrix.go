package roles

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// columnsMost is how many roles the report shows side by side when nobody has
// chosen: of those that permit something. A file has them all.
const columnsMost = 24

// A matrixView is the report of permissions by role (REP-1).
type matrixView struct {
	Base   string
	Matrix app.Matrix
	Search string
	Roles  []ui.Check // all roles, those shown ticked
	Shown  string     // how many of how many roles
	Foot   string
	Query  string // what was chosen, for the files
	Chosen bool
	Lower  bool // some permission counts from a level down
	lang   string
}

// A narrowing is what an address chooses of the report.
type narrowing struct {
	search string
	roles  []string
}

func readNarrowing(q *page.Request) narrowing {
	values := q.URL.Query()
	return narrowing{search: strings.TrimSpace(values.Get("q")), roles: values["role"]}
}

func (n narrowing) query() string {
	values := url.Values{}
	if n.search != "" {
		values.Set("q", n.search)
	}
	for _, id := range n.roles {
		values.Add("role", id)
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// narrow leaves the rows whose words have the search in them, and the chosen
// columns.
func (n narrowing) narrow(m app.Matrix, lang string) app.Matrix {
	sought := directory.Fold(n.search)
	return m.Narrow(
		func(o app.ShownRole) bool { return len(n.roles) == 0 || slices.Contains(n.roles, o.UUID) },
		func(p catalogue.Permission) bool { return strings.Contains(directory.Fold(p.Label.In(lang)), sought) })
}

func (h Handler) matrix(q *page.Request) error {
	all, err := h.App.Roles.Matrix(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	n, t, lang := readNarrowing(q), q.Printer.T, q.Printer.Lang()
	m := n.narrow(all, lang)
	if len(n.roles) == 0 {
		left := columnsMost
		m = m.Narrow(func(o app.ShownRole) bool {
			if len(o.Permissions) == 0 || left == 0 {
				return false
			}
			left--
			return true
		}, func(catalogue.Permission) bool { return true })
	}
	v := matrixView{Base: q.AccountPath("/roles"), Matrix: m, Search: n.search, Query: n.query(), Chosen: len(n.roles) > 0, lang: lang,
		Shown: t("matrix.roles.shown", "Shown", len(m.Columns), "All", len(all.Columns)),
		Foot:  t("matrix.foot", "Permissions", t("matrix.permissions", "Count", m.Rows()), "Roles", t("matrix.roles", "Count", len(m.Columns)))}
	for _, o := range all.Columns {
		v.Roles = append(v.Roles, ui.Check{Name: "role", Value: o.UUID, Label: h.columnName(q, o),
			Checked: len(n.roles) > 0 && slices.ContainsFunc(m.Columns, func(c app.ShownRole) bool { return c.ID == o.ID })})
	}
	for _, g := range m.Groups {
		for _, row := range g.Rows {
			for _, mark := range row.Marks {
				v.Lower = v.Lower || mark.State == app.MarkFrom || mark.State == app.MarkOnly
			}
		}
	}
	return q.Render(matrixPage(q.InAccount(t("matrix.title"), page.Roles), v))
}

// columnName is a role's name, with that it is archived.
func (h Handler) columnName(q *page.Request, o app.ShownRole) string {
	name := o.Name(q.Printer.Lang())
	if !o.Archived.IsZero() {
		return q.Printer.T("matrix.archived", "Name", name)
	}
	return name
}

// column is the head of a role's column.
func (v matrixView) column(p ui.Page, o app.ShownRole) string {
	if !o.Archived.IsZero() {
		return p.T("matrix.archived", "Name", o.Name(v.lang))
	}
	return o.Name(v.lang)
}

// says is a mark in words.
func (v matrixView) says(p ui.Page, m app.Mark) string {
	return markWords(p.T, p.Printer.List, m, v.lang)
}

func markWords(t func(string, ...any) string, list func([]string) string, m app.Mark, lang string) string {
	switch m.State {
	case app.MarkFull:
		return t("matrix.full")
	case app.MarkFrom:
		return t("matrix.from", "Level", m.Levels[0].Label.In(lang))
	case app.MarkOnly:
		return t("matrix.only", "Levels", list(levelNames(m.Levels, lang)))
	case app.MarkIdle:
		return t("matrix.idle")
	}
	return t("matrix.none")
}

// where says at which levels a permission counts, unless it is everywhere.
func (v matrixView) where(p ui.Page, row app.MatrixRow) string {
	if len(row.Where) == 0 {
		return ""
	}
	return p.T("matrix.where", "Levels", p.Printer.List(levelNames(row.Where, v.lang)))
}

func (v matrixView) acts(p ui.Page) []ui.Act {
	return []ui.Act{{Label: p.T("matrix.csv"), About: p.T("matrix.file"), Icon: "download", Href: v.Base + "/matrix.csv" + v.Query},
		{Label: p.T("matrix.xlsx"), About: p.T("matrix.file"), Icon: "file-spreadsheet", Href: v.Base + "/matrix.xlsx" + v.Query},
		{Label: p.T("matrix.print"), Icon: "printer", Attrs: map[string]any{"data-print": true}}}
}

func (h Handler) matrixCSV(q *page.Request) error {
	return h.file(q, func() sheet.Writer { return q.CSV("permissions-by-role.csv") })
}

func (h Handler) matrixXLSX(q *page.Request) error {
	return h.file(q, func() sheet.Writer { return q.XLSX("permissions-by-role.xlsx", q.Printer.T("matrix.title")) })
}

// file hands over the report as a table: the same rows and columns, with words
// for marks (REP-4).
func (h Handler) file(q *page.Request, begin func() sheet.Writer) error {
	m, err := h.App.Roles.ExportMatrix(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	t, lang := q.Printer.T, q.Printer.Lang()
	m = readNarrowing(q).narrow(m, lang)
	table := begin()
	head := []sheet.Cell{sheet.Text(t("matrix.group")), sheet.Text(t("matrix.permission")), sheet.Text(t("matrix.levels"))}
	for _, o := range m.Columns {
		head = append(head, sheet.Text(h.columnName(q, o)))
	}
	if err := table.Row(head); err != nil {
		return err
	}
	for _, g := range m.Groups {
		for _, line := range g.Rows {
			row := []sheet.Cell{sheet.Text(g.Label.In(lang)), sheet.Text(line.Permission.Label.In(lang)),
				sheet.Text(q.Printer.List(levelNames(line.Where, lang)))}
			for _, mark := range line.Marks {
				words := ""
				if mark.State != app.MarkNone {
					words = markWords(t, q.Printer.List, mark, lang)
				}
				row = append(row, sheet.Text(words))
			}
			if err := table.Row(row); err != nil {
				return err
			}
		}
	}
	return table.Close()
}

// choose is what the menu of roles is called: with two ticked it compares them.
func (v matrixView) choose(p ui.Page) string {
	if v.Chosen {
		return p.T("matrix.choose")
	}
	return v.Shown
}

// without leads to the report with all roles.
func (v matrixView) without() string {
	return v.Base + "/matrix" + narrowing{search: v.Search}.query()
}

// drawn are the attributes of a drawing: with words it is an image that says them.
func drawn(words string) templ.Attributes {
	if words == "" {
		return templ.Attributes{"aria-hidden": "true"}
	}
	return templ.Attributes{"role": "img", "aria-label": words}
}
