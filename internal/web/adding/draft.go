package adding

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A draftView is the page of pasted addresses: the paste, and once there is one
// the table with the panel over ticked rows.
type draftView struct {
	task
	Paste    string // action of the paste
	Text     string // typed and refused, or to be mended
	Mend     int64  // the line up to which the text is what was no address
	Draft    *app.DraftView
	Number   int // of the page
	Pages    int
	Ticked   map[int64]bool
	All      bool
	Set      setForm
	Warning  string
	Told     directory.DraftLosses
	Days     int
	Open     string // the field of boxes that is unfolded
	Home     []ui.Field
	KeepPath string // where a changed row is sent at once
	Weigh    string // where a changed panel is sent at once
}

// A setForm is what the panel says; "-" leaves a field alone.
type setForm struct {
	Company, Function string
	Clear             bool     // takes the company away
	Levels            []string // in a project one at most
	Plain             bool     // takes the access levels away
	Products          []string
	Bare              bool // takes the products away
}

// leave is the value of a choice that changes nothing.
const leave = "-"

func (h Handler) showPaste(q *page.Request) error {
	v := h.pasteView(q)
	if err := h.newPaste(q, &v); err != nil {
		return err
	}
	return q.Render(draftPage(v))
}

// newPaste fills what only the first paste asks: the home unit of everybody in
// it. Who comes into a project has none to choose.
func (h Handler) newPaste(q *page.Request, v *draftView) error {
	choices, err := h.choices(q)
	if err != nil {
		return err
	}
	v.into(q, choices)
	if choices.Place != nil {
		return nil
	}
	if choices, err = h.homes(q, choices); err != nil {
		return err
	}
	if home := v.homeFields(q, choices, ""); len(home) > 0 {
		v.Home = home[:1]
	}
	return nil
}

func (h Handler) pasteView(q *page.Request) draftView {
	v := draftView{task: h.task(q, q.Printer.T("adding.title")), Paste: q.URL.Path, Number: 1}
	return v
}

func (h Handler) paste(q *page.Request) error {
	i, err := h.App.Imports.Paste(q.Context(), q.Actor(), q.Frame.Account.ID, app.Pasting{Text: q.PostFormValue("addresses"), Home: q.Field(homeUnit), Project: q.PathValue("project")})
	if err == nil {
		return q.Redirect(draftPath(q, i))
	}
	v := h.pasteView(q)
	v.Text = strings.ToValidUTF8(q.PostFormValue("addresses"), "�")
	if fault := v.refused(err); fault != nil {
		return fault
	}
	if err := h.newPaste(q, &v); err != nil {
		return err
	}
	return q.RenderRefused(v.refusal, draftPage(v))
}

func (h Handler) pasteMore(q *page.Request) error {
	i, err := directory.Import{}, h.keep(q)
	if err == nil {
		i, err = h.App.Imports.Paste(q.Context(), q.Actor(), q.Frame.Account.ID,
			app.Pasting{Draft: q.PathValue("draft"), Text: q.PostFormValue("addresses"), Mended: mending(q)})
	}
	if err == nil {
		return q.Redirect(draftPath(q, i))
	}
	v, err2 := h.draftView(q, 1)
	if err2 != nil {
		return h.tooLate(q, err2)
	}
	v.Text, v.Mend = strings.ToValidUTF8(q.PostFormValue("addresses"), "�"), mending(q)
	if fault := v.refused(err); fault != nil {
		return fault
	}
	return q.RenderRefused(v.refusal, draftPage(v))
}

func (h Handler) showDraft(q *page.Request) error {
	v, err := h.draftView(q, pageNumber(q))
	if err != nil {
		return h.tooLate(q, err)
	}
	if q.FormValue("mend") != "" {
		var titles []string
		for _, field := range []string{"email", "first_name", "last_name", "company", "role", "access_level", "products"} {
			titles = append(titles, q.Printer.T("field."+field))
		}
		if v.Text, v.Mend, err = h.App.Imports.Mending(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"), titles); err != nil {
			return err
		}
	}
	return q.Render(draftPage(v))
}

// keep takes over what the page says of its rows, and what was mended in the list of
// what was no address.
func (h Handler) keep(q *page.Request) error {
	if err := h.App.Imports.EditDraft(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"), readEdits(q)); err != nil {
		return err
	}
	return h.App.Imports.MendDraft(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"), readMended(q))
}

// tooLate leads from a draft that was sent meanwhile, in another window, to what became
// of it; everything else is refused as it is.
func (h Handler) tooLate(q *page.Request, err error) error {
	if refusal, _ := page.Refusal(err); refusal == nil || refusal.Code != "import.started" {
		return err
	}
	if q.Method == http.MethodPost {
		q.Toast(q.Printer.T("adding.sent_already"), "")
	}
	return q.Redirect(q.AccountPath("/imports/" + q.PathValue("draft")))
}

func (h Handler) draftView(q *page.Request, number int) (draftView, error) {
	v := h.pasteView(q)
	d, err := h.App.Imports.Draft(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"), number)
	if err != nil {
		return v, err
	}
	v.Draft, v.Number = &d, number
	v.into(q, d.Choices)
	v.Pages = int((d.Counts.Rows + app.DraftPageRows - 1) / app.DraftPageRows)
	v.Action = draftPath(q, d.Import)
	v.Paste, v.KeepPath, v.Weigh = v.Action+"/paste", v.Action+"?act=keep", v.Action+"?act=weigh"
	v.Set = setForm{Function: leave}
	v.Ticked = map[int64]bool{}
	v.Days = h.App.Members.InvitationDays(q.Frame.Account)
	return v, nil
}

// changeDraft first takes over what the page says of its rows, then does what
// the button asks.
func (h Handler) changeDraft(q *page.Request) error {
	if err := h.keep(q); err != nil {
		return h.tooLate(q, err)
	}
	act := q.PostFormValue("act")
	if now := q.URL.Query().Get("act"); now != "" {
		act = now
	}
	switch act {
	case "keep", "weigh":
		return h.weigh(q)
	case "apply":
		return h.apply(q)
	case "remove":
		return h.remove(q)
	case "check", "send":
		if strings.TrimSpace(q.PostFormValue("addresses")) != "" {
			return h.unread(q)
		}
		if act == "check" {
			return h.checkDraft(q)
		}
		return h.send(q)
	}
	if strings.TrimSpace(q.PostFormValue("addresses")) != "" {
		return h.pasteMore(q)
	}
	to := q.AccountPath("/drafts/" + q.PathValue("draft"))
	if act == "mend" {
		to += "?mend=1"
	} else if number, found := strings.CutPrefix(act, "page:"); found {
		to += "?page=" + number
	} else if n := pageNumber(q); n > 1 {
		to += "?page=" + strconv.Itoa(n)
	}
	return q.Redirect(to)
}

// unread refuses to go on while addresses are pasted that are no rows yet.
func (h Handler) unread(q *page.Request) error {
	v, err := h.draftView(q, pageNumber(q))
	if err != nil {
		return h.tooLate(q, err)
	}
	v.Text, v.Mend = strings.ToValidUTF8(q.PostFormValue("addresses"), "�"), mending(q)
	v.Errors = append(v.Errors, ui.FieldError{ID: "f-addresses", Text: v.T("adding.unread")})
	return q.RenderStatus(http.StatusUnprocessableEntity, draftPage(v))
}

// weigh shows the page as it is typed, with what the panel would overwrite
// (ADD-7).
func (h Handler) weigh(q *page.Request) error {
	change, form := readChange(q)
	losses, err := h.App.Imports.Losses(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"), change)
	if err != nil {
		return err
	}
	v, err := h.withPanel(q, change, form, losses)
	if err != nil {
		return err
	}
	v.Open = q.Field("open")
	return q.Render(draftPage(v))
}

func (h Handler) withPanel(q *page.Request, change app.DraftChange, form setForm, losses directory.DraftLosses) (draftView, error) {
	v, err := h.draftView(q, pageNumber(q))
	if err != nil {
		return v, err
	}
	v.Set, v.All, v.Told = form, change.All, losses
	v.Text, v.Mend = strings.ToValidUTF8(q.PostFormValue("addresses"), "�"), mending(q)
	for _, line := range change.Lines {
		v.Ticked[line] = true
	}
	if losses.Any() {
		v.Warning = lossSentence(v.task, losses)
	}
	return v, nil
}

// lossSentence says what is overwritten: "Replaces 1 company and 2 roles
// already chosen on these rows."
func lossSentence(t task, l directory.DraftLosses) string {
	var parts []string
	for _, part := range []struct {
		key string
		n   int
	}{{"adding.loss.companies", l.Companies}, {"adding.loss.roles", l.Functions}, {"adding.loss.levels", l.Levels},
		{"adding.loss.products", l.Products}} {
		if part.n > 0 {
			parts = append(parts, t.T(part.key, "Count", part.n))
		}
	}
	return t.T("adding.loss", "What", t.Printer.List(parts))
}

func (h Handler) apply(q *page.Request) error {
	change, form := readChange(q)
	problem := ""
	switch {
	case !change.All && len(change.Lines) == 0:
		problem = "adding.panel.no_ticks"
	case change.Set.Empty():
		problem = "adding.panel.nothing_set"
	}
	losses, done, err := directory.DraftLosses{}, false, error(nil)
	if problem == "" {
		losses, done, err = h.App.Imports.SetDraft(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"), change)
	}
	if err != nil {
		return err
	}
	v, err := h.withPanel(q, change, form, losses)
	if err != nil {
		return err
	}
	if done {
		n := int64(len(change.Lines))
		if change.All {
			n = v.Draft.Counts.Rows
		}
		q.Toast(q.Printer.T("adding.panel.done", "Count", n), "")
		return q.Redirect(v.Action + "?page=" + strconv.Itoa(v.Number))
	}
	if problem != "" {
		v.Warning = v.T(problem)
	}
	return q.RenderStatus(http.StatusUnprocessableEntity, draftPage(v))
}

func (h Handler) remove(q *page.Request) error {
	change, _ := readChange(q)
	if len(change.Lines) > 0 {
		if err := h.App.Imports.RemoveFromDraft(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"), change.Lines); err != nil {
			return err
		}
		q.Toast(q.Printer.T("adding.panel.removed", "Count", len(change.Lines)), "")
	}
	return q.Redirect(q.AccountPath("/drafts/" + q.PathValue("draft")))
}

// checkDraft makes the detailed preview of a paste.
func (h Handler) checkDraft(q *page.Request) error {
	i, err := h.App.Imports.Settings(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"), app.ImportSetting{Invite: directory.InviteByLevel})
	if err != nil {
		return err
	}
	return q.Redirect(importPath(q, i))
}

func (h Handler) send(q *page.Request) error {
	i, err := h.App.Imports.Start(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("draft"))
	if err != nil {
		return h.tooLate(q, err)
	}
	return h.started(q, i)
}

// company is the field of a row, with the companies there are beside it.
func (v draftView) company(l app.DraftLine) ui.Field {
	line := strconv.FormatInt(l.Line, 10)
	return ui.Field{Name: "company." + line, Value: l.Company, Label: v.T("adding.of", "Field", v.T("field.company"), "Email", l.Email),
		Error: v.problemAt(l, "company"), Placeholder: v.T("field.company"), Attrs: v.inDraft(map[string]any{"list": "companies", "id": cellID("company", l)})}
}

// text is a free field of a row.
func (v draftView) text(l app.DraftLine, name, key, value string) ui.Field {
	return ui.Field{Name: name + "." + strconv.FormatInt(l.Line, 10), Value: value, Placeholder: v.T(key),
		Label: v.T("adding.of", "Field", v.T(key), "Email", l.Email), Error: v.problemAt(l, name+"_name"), Attrs: v.inDraft(map[string]any{"id": cellID(name+"_name", l)})}
}

func (v draftView) function(l app.DraftLine) ui.Field {
	attrs := morph(v.KeepPath, "change")
	attrs["hx-include"], attrs["id"] = wholeDraft, cellID("function", l)
	return ui.Field{Name: "function." + strconv.FormatInt(l.Line, 10), Kind: "select", Label: v.T("adding.of", "Field", v.T("field.role"), "Email", l.Email),
		Error: v.problemAt(l, "function"), Options: roleOptions(v.Printer, v.Draft.Choices.Functions, v.T("adding.no_role"), l.Function), Attrs: v.inDraft(attrs)}
}

// thereTexts are what stands beside the address of somebody who is there already.
func (v draftView) thereTexts(l app.DraftLine) []ui.Field {
	return []ui.Field{{Label: v.T("field.first_name"), Value: l.First}, {Label: v.T("field.last_name"), Value: l.Last}, {Label: v.T("field.company"), Value: l.Company},
		{Label: v.T("field.role"), Value: roleName(v.Printer, v.Draft.Choices.Functions, l.Function)},
		{Label: v.T("field.access_level"), Value: roleNames(v.Printer, v.Draft.Choices.Levels, l.Level)}}
}

// pieceField begins the names of the fields of what was no address; the line follows.
const pieceField = "piece."

// longestPiece is how long a piece may be to be mended in its field; longer ones, of
// which no address is, are mended as text.
const longestPiece = 254

// piece is the field in which a piece that is no address is mended.
func (v draftView) piece(f app.ImportedRow) (field ui.Field, short bool) {
	value := f.Email
	if f.Refusal != nil && f.Refusal.Code == "email.empty" {
		value = ""
	}
	label := v.T("adding.piece", "Line", f.At, "Position", f.Position)
	if name := strings.TrimSpace(f.First + " " + f.Last); name != "" {
		label = v.T("adding.piece.of", "Line", f.At, "Name", directory.Excerpt(name))
	}
	return ui.Field{Name: pieceField + strconv.FormatInt(f.Line, 10), Label: label, Value: value, Error: v.Printer.Error(f.Refusal),
		Attrs: v.inDraft(map[string]any{"spellcheck": "false", "autocapitalize": "none", "inputmode": "email"})}, len(value) <= longestPiece
}

// place is where a piece stood in the paste, and what is wrong with it.
func (v draftView) place(f app.ImportedRow) string {
	return v.T("adding.fault", "Line", f.At, "Position", f.Position, "Why", v.Printer.Error(f.Refusal))
}

// pasted are the attributes of the fields of the paste: of the draft's form where there
// is one.
func (v draftView) pasted() templ.Attributes {
	if v.Draft == nil {
		return nil
	}
	return templ.Attributes{"form": "draft"}
}

// pasteAct is the button of the paste.
func (v draftView) pasteAct() ui.Act {
	a := ui.Act{Label: v.T("adding.paste"), Attrs: v.pasted()}
	if v.Draft != nil {
		a.Attrs["formaction"] = v.Paste
	}
	return a
}

// wholeDraft are all fields of the draft's form, which stands empty beside the table,
// and the hidden ones in it.
const wholeDraft = "#draft > input, [form='draft']"

// inDraft makes a field belong to the form of the draft, which stands empty
// beside the table.
func (v draftView) inDraft(attrs map[string]any) map[string]any {
	if attrs == nil {
		attrs = map[string]any{}
	}
	attrs["form"] = "draft"
	return attrs
}
