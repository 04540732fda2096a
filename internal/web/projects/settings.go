package projects

import (
	"net/url"

	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A settings is the page that changes a project, archives it or brings it back.
type settings struct {
	frame
	form form
	like bool // a project like it can be created
	ask  *ui.DialogView

	madeOn []ui.Hidden // what the form was drawn of
}

// showSettings shows the form as the project is.
func (h Handler) showSettings(q *page.Request) error {
	s, err := h.settings(q)
	if err != nil {
		return err
	}
	if q.URL.Query().Get("ask") == "archive" && s.project.May.Archive {
		s.ask = s.askArchive()
	}
	return q.Render(settingsPage(s))
}

func (h Handler) settings(q *page.Request) (settings, error) {
	e, err := h.App.Projects.Editing(q.Context(), q.Actor(), here(q))
	if err != nil {
		return settings{}, err
	}
	s := settings{like: e.Create, frame: h.frame(q, q.Printer.T("projects.settings.title", "Project", e.Name), e.Shown)}
	s.form = form{Page: s.Page, lang: s.lang, action: s.at(settingsTab), types: e.Types, products: e.Products, base: e.Base, known: url.Values{
		"name": {e.Name}, "number": {e.Number}, "type": {e.Shown.Type.UUID}, "address": {e.Address}, "time_zone": {e.TimeZone},
		"starts": {e.Starts.ISO()}, "ends": {e.Ends.ISO()}, "external": {e.External}, productField: e.Project.Products,
	}}
	s.madeOn = q.MadeOn(version(e.Revision), s.form.drawn())
	return s, nil
}

// change saves the form over the version it was made on (PLAN-4); one that was refused
// comes back with what was typed.
func (h Handler) change(q *page.Request) error {
	s, err := h.settings(q)
	if err != nil {
		return err
	}
	after, err := h.App.Projects.Edit(q.Context(), q.Actor(), here(q), said(q, s.form.base))
	if err = q.Together(err); err == nil {
		q.Done(q.Printer.T("projects.done.saved.project", "Name", after.Name))
		return q.Redirect(s.at(settingsTab))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if s, err = h.settings(q); err != nil {
		return err
	}
	refusal = q.Meanwhile(refusal, s.form.drawn(), version(s.project.Revision))
	s.madeOn = q.MadeOn(version(s.project.Revision), s.form.drawn())
	s.form.typed, s.form.refusal = q.PostForm, refusal
	return q.RenderRefused(refusal, settingsPage(s))
}

// alike leads to the form for a new project that begins with this one (PROJ-9).
func (s settings) alike() []ui.Act {
	if !s.like {
		return nil
	}
	return []ui.Act{{Label: s.T("projects.start.like"), Icon: "copy", Href: base(s.req) + "/new?from=" + url.QueryEscape(s.project.UUID)}}
}

func (s settings) version() []ui.Hidden {
	return []ui.Hidden{{Name: "version", Value: version(s.project.Revision)}}
}

// readFacts are what the project is, where nothing of it can be changed.
func (s settings) readFacts() []ui.CartItem {
	return append(s.facts(), ui.CartItem{Label: s.T("field.project_address"), Value: orWord(s.project.Address, s.T("ui.none"))},
		ui.CartItem{Label: s.T("field.time_zone"), Value: s.project.TimeZone})
}

// askArchive says what becomes of an archived project.
func (s settings) askArchive() *ui.DialogView {
	return &ui.DialogView{ID: "ask", Title: s.T("projects.archive.title", "Name", s.project.Name), Action: s.at("/archive"), Keep: s.T("ui.cancel"),
		Close: s.at(settingsTab), Open: true, Act: ui.Act{Label: s.T("projects.archive"), Kind: ui.Danger}, Hidden: s.version()}
}

func (s settings) archiveLines() []ui.Loss {
	lines := []ui.Loss{{Text: s.T("projects.archive.closed")}}
	if s.project.Members > 0 {
		lines = append(lines, ui.Loss{Text: s.T("projects.archive.people", "Count", s.project.Members), Stays: true})
	}
	return append(lines, ui.Loss{Text: s.T("projects.archive.back"), Stays: true})
}

// archive takes the project out of the lists.
func (h Handler) archive(q *page.Request) error {
	return h.turned(q, "projects.done.archived", h.App.Projects.Archive(q.Context(), q.Actor(), here(q), q.Version()))
}

// restore brings it back.
func (h Handler) restore(q *page.Request) error {
	return h.turned(q, "projects.done.restored", h.App.Projects.Restore(q.Context(), q.Actor(), here(q), q.Version()))
}

// turned goes back to the project and says what was done.
func (h Handler) turned(q *page.Request, key string, err error) error {
	if err != nil {
		return err
	}
	p, err := h.App.Projects.Open(q.Context(), q.Actor(), here(q))
	if err != nil {
		return err
	}
	q.Done(q.Printer.T(key, "Name", p.Name))
	return q.Redirect(at(q, p.UUID, ""))
}
