package adding

import (
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// into makes a task of the account one of the project that choices are of: where
// people come into a project, its pages are around the form.
func (t *task) into(q *page.Request, choices app.AddChoices) {
	if choices.Place == nil {
		return
	}
	p := choices.Place.Project
	t.Project = &p
	t.Page = q.InAccount(t.Page.Title, page.Projects)
	t.Leave = ui.Link{Label: t.T("adding.leave.project"), Href: q.AccountPath("/projects/" + p.UUID)}
}

// either is the first key for people who come into the account, the second for those
// who come into a project.
func (t task) either(account, project string, values ...any) string {
	if t.Project != nil {
		return t.T(project, values...)
	}
	return t.T(account, values...)
}

// sub names the project under the title.
func (t task) sub() string {
	if t.Project == nil {
		return ""
	}
	return t.T("adding.project", "Name", t.Project.Name)
}

// at is the project in the address.
func at(q *page.Request) app.ProjectAt {
	return app.ProjectAt{Account: q.Frame.Account.ID, Project: q.PathValue("project")}
}

// choices are what a form offers: of the account, or of the project in the address.
func (h Handler) choices(q *page.Request) (app.AddChoices, error) {
	if q.PathValue("project") != "" {
		of, err := h.App.Projects.Choices(q.Context(), q.Actor(), at(q))
		return of.AddChoices, err
	}
	return h.App.Members.Choices(q.Context(), q.Actor(), q.Frame.Account.ID)
}

// otherWays are the other forms that bring people in.
func (t task) otherWays(here string) []ui.Act {
	var acts []ui.Act
	for _, way := range []struct {
		rest, key, icon string
		account         bool // where people come into the account only
		project         bool // or into a project only
	}{{"/new", "adding.person.short", "", true, false}, {"/add", "adding.title", "", false, false}, {"/add/quick", "adding.quick", "", false, false},
		{"/import", "adding.import", "file-spreadsheet", true, false}, {"/copy", "adding.copy.short", "copy", false, true}} {
		if way.rest == here || way.account && t.Project != nil || way.project && t.Project == nil {
			continue
		}
		acts = append(acts, ui.Act{Label: t.T(way.key), Icon: way.icon, Kind: ui.Plain, Href: t.Leave.Href + way.rest})
	}
	return acts
}

// mark says what is to be known of whoever comes into a project before they are sent:
// who they are in the account, whether they are invited by it (INV-8), and whether they
// can come at all (ACC-8).
func (v draftView) mark(l app.DraftLine) (tone, words string) {
	place := v.Draft.Choices.Place
	switch {
	case place == nil && l.Known != 0:
		return "info", v.T("adding.mark.former")
	case place == nil:
		return "", ""
	case l.Known == 0 && !place.People:
		return "bad", v.T("adding.mark.closed")
	case l.Known == 0:
		return "info", v.T("adding.mark.new")
	case l.Status == directory.Inactive:
		return "bad", v.T("adding.mark.inactive")
	case l.Status == directory.NotInvited:
		return "info", v.T("adding.mark.invited")
	}
	return "", v.T("adding.mark.member")
}

// newCompany is the badge of a company that is not there yet: it is made, or cannot be
// (ACC-8).
func (v draftView) newCompany() (tone, words string) {
	if place := v.Draft.Choices.Place; place != nil && !place.Makes {
		return "bad", v.T("adding.no_company")
	}
	return "info", v.T("adding.new_company")
}

// A coming is how many people a draft would bring into a project.
type coming struct {
	people, invited, closed int64
}

// coming counts who of a draft comes, who of them is invited, and who cannot come.
func (v draftView) coming() coming {
	n := v.Draft.Counts
	c := coming{people: n.Rows - n.There - n.Inactive, invited: n.Uninvited}
	if !v.Draft.Choices.Place.People {
		c.closed = n.Strangers
		c.people, c.invited = c.people-c.closed, c.invited-c.closed
	}
	return c
}

// cellOf is the cell of a row at which a fault stands; what is wrong with no field of the
// form stands at the address.
func cellOf(fault *directory.Error) string {
	switch at := fault.Field; at {
	case "first_name", "last_name", "company", "function", "access_level":
		return at
	case "access", "product":
		return productField
	}
	return "email"
}

// problemAt is what was found wrong with a cell of a row, all of it.
func (v draftView) problemAt(l app.DraftLine, cell string) string {
	var texts []string
	for _, fault := range l.Faults {
		if cellOf(fault) == cell {
			texts = append(texts, v.Printer.Error(fault))
		}
	}
	return strings.Join(texts, " ")
}

// faulty is how many rows of the page have faults, and each fault with the person and
// the field in words, leading to its cell; some rows are named, not all of a long page.
func (v draftView) faulty() (rows int, named []ui.FieldError) {
	for _, l := range v.Draft.Lines {
		if len(l.Faults) == 0 || l.There {
			continue
		}
		if rows++; rows > namedRows {
			continue
		}
		for _, fault := range l.Faults {
			cell := cellOf(fault)
			text := v.T("adding.fault.row", "Field", v.T(cellLabel(cell)), "Email", l.Email, "Why", v.Printer.Error(fault))
			named = append(named, ui.FieldError{ID: cellID(cell, l), Text: text})
		}
	}
	return rows, named
}

// namedRows is of how many rows the faults are told above the table.
const namedRows = 10

// cellLabel is what a cell of a row is called.
func cellLabel(cell string) string {
	if cell == "function" {
		return "field.role"
	}
	return "field." + cell
}

// cellID is the id of a cell's field.
func cellID(cell string, l app.DraftLine) string {
	return "c-" + cell + "-" + strconv.FormatInt(l.Line, 10)
}
