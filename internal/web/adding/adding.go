// Package adding is the pages that bring people into an account: a paste that
// becomes a table, the quick form, one person with the full form, and files; and those
// that bring people into a project: the same paste and quick form, with access to
// products for seats, and copying from another project.
//
// A paste and a file are both imports (package app): their pages of progress and
// result are the same.
package adding

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/sheet"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes. Drafts and imports stand beside the members, whose
// own addresses have the same shape.
func Mount(s *page.Site) {
	h := Handler{s}
	const account = "/accounts/{account}"
	s.Route("GET "+account+"/members/add", page.InAccount, h.showPaste)
	s.Route("POST "+account+"/members/add", page.InAccount, h.paste, page.Takes{Form: page.PasteForm})
	s.Route("GET "+account+"/drafts/{draft}", page.InAccount, h.showDraft)
	s.Route("POST "+account+"/drafts/{draft}", page.InAccount, h.changeDraft, page.Takes{Form: page.PasteForm})
	s.Route("POST "+account+"/drafts/{draft}/paste", page.InAccount, h.pasteMore, page.Takes{Form: page.PasteForm})
	s.Route("GET "+account+"/members/add/quick", page.InAccount, h.showQuick)
	s.Route("POST "+account+"/members/add/quick", page.InAccount, h.quick, page.Takes{Form: page.PasteForm})
	s.Route("GET "+account+"/members/new", page.InAccount, h.showPerson)
	s.Route("POST "+account+"/members/new", page.InAccount, h.person)
	s.Route("GET "+account+"/members/import", page.InAccount, h.showUpload)
	s.Route("POST "+account+"/members/import", page.InAccount, h.upload, page.Takes{File: "file", Bytes: sheet.DefaultLimits().Bytes, Arriving: true})
	s.Route("GET "+account+"/imports/{import}", page.InAccount, h.showImport)
	s.Route("POST "+account+"/imports/{import}", page.InAccount, h.settings)
	s.Route("POST "+account+"/imports/{import}/mend", page.InAccount, h.mend)
	s.Route("POST "+account+"/imports/{import}/start", page.InAccount, h.start)
	s.Route("POST "+account+"/imports/{import}/stop", page.InAccount, h.stop)
	s.Route("GET "+account+"/imports/{import}/result.csv", page.InAccount, h.result)
	s.Route("GET "+account+"/imports/{import}/result.xlsx", page.InAccount, h.result)
	s.Route("POST "+account+"/imports/{import}/again", page.InAccount, h.again)
	const project = account + "/projects/{project}"
	s.Route("GET "+project+"/add", page.InAccount, h.showPaste)
	s.Route("POST "+project+"/add", page.InAccount, h.paste, page.Takes{Form: page.PasteForm})
	s.Route("GET "+project+"/add/quick", page.InAccount, h.showQuick)
	s.Route("POST "+project+"/add/quick", page.InAccount, h.quick, page.Takes{Form: page.PasteForm})
	s.Route("GET "+project+"/copy", page.InAccount, h.showCopy)
	s.Route("POST "+project+"/copy", page.InAccount, h.copy)
}

// A task is what stands around every page of this package.
type task struct {
	ui.Page
	Leave   ui.Link
	Steps   []ui.Step
	Action  string
	Errors  []ui.FieldError
	Project *directory.Project // into which people come; nil: into the account

	refusal   *directory.Error // the last one
	catalogue *catalogue.Catalogue
	lacks     func([]app.Lack) string
}

func (h Handler) task(q *page.Request, title string) task {
	q.Localise(q.Frame.Account.TimeZone)
	return task{Page: q.InAccount(title, page.Members), Action: q.URL.Path, catalogue: h.Catalogue(), lacks: q.LacksRole,
		Leave: ui.Link{Label: q.Printer.T("adding.leave"), Href: q.AccountPath("/members")}}
}

// refused puts a refusal on top of the form, leading to its field; it answers
// the fault when err is none.
func (t *task) refused(err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	t.refusal = refusal
	t.Errors = append(t.Errors, page.Summary(t.Printer, refusal, func(name, _ string) (string, string) { return "f-" + name, "" })...)
	return nil
}

// problem is the sentence under a field.
func (t task) problem(field string) string {
	return page.FaultAt(t.Printer, t.refusal, field)
}

func draftPath(q *page.Request, i directory.Import) string { return q.AccountPath("/drafts/" + i.UUID) }

func importPath(q *page.Request, i directory.Import) string {
	return q.AccountPath("/imports/" + i.UUID)
}

// roleOptions are the choices of a select of roles, none first. One that is
// chosen and not offered stays.
func roleOptions(p *i18n.Printer, roles []directory.Role, none, chosen string) []ui.Option {
	options := []ui.Option{{Value: "", Label: none}}
	found := chosen == ""
	for _, role := range roles {
		options = append(options, ui.Option{Value: role.Code, Label: role.Name(p.Lang()), Selected: role.Code == chosen})
		found = found || role.Code == chosen
	}
	if !found {
		options = append(options, ui.Option{Value: chosen, Label: roleNames(p, roles, chosen), Selected: true})
	}
	return options
}

// roleName is a role's name by its code, or the code.
func roleName(p *i18n.Printer, roles []directory.Role, code string) string {
	for _, role := range roles {
		if role.Code == code {
			return role.Name(p.Lang())
		}
	}
	return code
}

// roleNames are the names of several codes, joined as history joins them.
func roleNames(p *i18n.Printer, roles []directory.Role, codes string) string {
	if codes == "" {
		return ""
	}
	names := strings.Split(codes, ", ")
	for i, code := range names {
		names[i] = roleName(p, roles, code)
	}
	return p.List(names)
}

func pageNumber(q *page.Request) int {
	n, err := strconv.Atoi(q.FormValue("page"))
	if err != nil {
		return 1
	}
	return max(n, 1)
}

// morph sends the form around an element and puts the answer in the place of
// the page.
func morph(action, trigger string) templ.Attributes {
	return templ.Attributes{"hx-post": action, "hx-trigger": trigger, "hx-target": "#page", "hx-select": "#page", "hx-swap": "outerMorph"}
}

func outcomeTone(o app.Outcome) (tone, icon string) {
	switch o {
	case app.Added:
		return "ok", "plus"
	case app.Changed:
		return "info", "pencil"
	case app.Unchanged:
		return "", "check"
	}
	return "bad", "alert-circle"
}
