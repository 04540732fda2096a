package adding

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A copyView copies members of another project (PROJ-9): first from which, then who of
// them, each with what they would be, and after it what became of them.
type copyView struct {
	task
	Choices app.AddChoices
	Search  string
	Sources app.ProjectSources
	From    string // public id of the project that is copied from; empty: not chosen yet
	Members app.ProjectMemberPage
	Rows    []copyRow
	Ticked  map[string]bool // public ids, on whatever page
	All     bool
	Problem string
	Done    app.Verdicts
}

// A copyRow is somebody of the other project with what would become of them.
type copyRow struct {
	app.ProjectMember
	Would app.Verdict
}

// Free reports whether they would come.
func (r copyRow) Free() bool { return r.Would.Outcome == app.Added }

// copyRows is how many members a page of the copy shows.
const copyRows = 100

// Names of the fields of a copy.
const (
	copyFrom   = "from"
	copySearch = "q"
	copyMember = "member"
)

func (h Handler) showCopy(q *page.Request) error {
	v, err := h.copyView(q, q.FormValue(copyFrom), q.FormValue(copySearch))
	if err != nil {
		return err
	}
	if err := h.fillCopy(q, &v, app.ProjectMemberQuery{Search: v.Search}); err != nil {
		return err
	}
	return q.Render(copyPage(v))
}

func (h Handler) copyView(q *page.Request, from, search string) (copyView, error) {
	v := copyView{task: h.task(q, q.Printer.T("adding.copy")), From: from, Search: search, Ticked: map[string]bool{}}
	choices, err := h.choices(q)
	if err != nil {
		return v, err
	}
	v.Choices = choices
	v.into(q, choices)
	return v, nil
}

// fillCopy reads the projects to choose from, or the members of the one that is chosen.
func (h Handler) fillCopy(q *page.Request, v *copyView, members app.ProjectMemberQuery) error {
	var err error
	if v.From == "" {
		v.Sources, err = h.App.Projects.Sources(q.Context(), q.Actor(), at(q), app.ProjectSourceQuery{Search: v.Search})
		return err
	}
	from := app.ProjectAt{Account: q.Frame.Account.ID, Project: v.From}
	members.Size = copyRows
	if v.Members, err = h.App.Projects.Members(q.Context(), q.Actor(), from, members); err != nil {
		return err
	}
	if len(v.Members.Rows) == 0 {
		return nil
	}
	copying := app.ProjectCopying{From: v.From, Preview: true}
	for _, m := range v.Members.Rows {
		copying.Only = append(copying.Only, m.Member.UUID)
	}
	would, err := h.App.Projects.CopyMembers(q.Context(), q.Actor(), at(q), copying)
	if err != nil {
		return err
	}
	by := make(map[string]app.Verdict, len(would))
	for _, d := range would {
		by[d.Public()] = d
	}
	for _, m := range v.Members.Rows {
		v.Rows = append(v.Rows, copyRow{m, by[m.Member.UUID]})
	}
	return nil
}

// copy copies who is ticked, or turns to another page of those there are with the ticks
// kept.
func (h Handler) copy(q *page.Request) error {
	v, err := h.copyView(q, q.Field(copyFrom), q.Field(copySearch))
	if err != nil {
		return err
	}
	v.All = q.Field("who") == "all"
	for _, id := range q.PostForm[copyMember] {
		v.Ticked[id] = true
	}
	only := slices.Sorted(maps.Keys(v.Ticked))
	act, cursor, _ := strings.Cut(q.PostFormValue("act"), ":")
	members := app.ProjectMemberQuery{Search: v.Search}
	var refused *directory.Error
	switch {
	case act == "after":
		members.After = cursor
	case act == "before":
		members.Before = cursor
	case act == "search":
	case !v.All && len(only) == 0:
		v.Problem, refused = v.T("adding.copy.no_ticks"), directory.Refuse(directory.Invalid, "selection.empty")
	default:
		if v.All {
			only = nil
		}
		v.Done, err = h.App.Projects.CopyMembers(q.Context(), q.Actor(), at(q), app.ProjectCopying{From: v.From, Only: only})
		if err == nil {
			return h.copied(q, v)
		}
		refusal, fault := page.Refusal(err)
		if fault != nil || refusal.Field == copyFrom {
			return err
		}
		v.Problem, refused = v.Printer.Error(refusal), refusal
	}
	if err := h.fillCopy(q, &v, members); err != nil {
		return err
	}
	return q.RenderRefused(refused, copyPage(v))
}

// copied leads back to the project where everybody came, and else says who did.
func (h Handler) copied(q *page.Request, v copyView) error {
	if len(v.Done) > 0 && v.Done.Count(app.Added) == len(v.Done) {
		return h.toProject(q, v.task, v.Done)
	}
	v.Page.Title = v.T("adding.result")
	return q.Render(copyPage(v))
}

// kept are the ticks of people who are on another page.
func (v copyView) kept() []ui.Hidden {
	hidden := []ui.Hidden{{Name: copyFrom, Value: v.From}}
	for id := range maps.Keys(v.Ticked) {
		if !slices.ContainsFunc(v.Rows, func(r copyRow) bool { return r.Member.UUID == id }) {
			hidden = append(hidden, ui.Hidden{Name: copyMember, Value: id})
		}
	}
	return hidden
}

// sourceHref leads to the members of a project.
func (v copyView) sourceHref(p directory.Project) string {
	return v.Action + "?" + url.Values{copyFrom: {p.UUID}}.Encode()
}

// sourceFacts tell a project from its namesakes.
func (v copyView) sourceFacts(p directory.Project) string {
	members := v.T("adding.copy.members", "Count", p.Members)
	if p.Number == "" {
		return members
	}
	return p.Number + ", " + members
}

// said is what a copy would make of somebody, in one field of the place.
func (v copyView) said(r copyRow, field string) string {
	for _, c := range r.Would.Changes {
		if c.Field == field {
			return changeLines(v.task, v.Choices, []audit.Change{c})[0].After
		}
	}
	return ""
}

// access is what a copy would give somebody of products; the project's administrators
// have all (PROJ-4).
func (v copyView) access(r copyRow) []string {
	if r.Administrator {
		return accessNames(v.task, v.Choices, v.allAccess(v.Choices))
	}
	var texts []string
	for _, c := range r.Would.Changes {
		for _, text := range c.After.Values() {
			if c.Field == "access" && strings.Count(text.Text(), "/") == 1 { // not a tool's level
				texts = append(texts, text.Text())
			}
		}
	}
	return accessNames(v.task, v.Choices, texts)
}

// remark is what is to be known before somebody is copied.
func (v copyView) remark(r copyRow) (tone, words string) {
	switch {
	case r.Would.Refusal != nil:
		return "bad", v.Printer.Error(r.Would.Refusal)
	case r.Would.Outcome == app.Unchanged:
		return "", v.T("adding.already.project")
	case r.Would.Invited:
		return "info", v.T("adding.mark.invited")
	}
	return "", ""
}

// whoRadios say who is copied: those who are ticked, or all.
func (v copyView) whoRadios() []ui.Check {
	all := ui.Check{Name: "who", Value: "all", Label: v.T("adding.copy.all", "Count", v.Members.Project.Members), Checked: v.All}
	if v.Members.Project.Members > app.MostCopied {
		all.Disabled, all.Hint = true, v.T("adding.copy.most", "Count", app.MostCopied)
	}
	return []ui.Check{{Name: "who", Value: "ticked", Label: v.T("adding.copy.ticked"), Checked: !v.All}, all}
}

// turns lead to the other pages of the members; they send the form, so that no tick is
// lost.
func (v copyView) turns() []ui.Act {
	var acts []ui.Act
	if v.Members.Prev != "" {
		acts = append(acts, ui.Act{Label: v.T("ui.pager.previous"), Size: ui.Small, Name: "act", Value: "before:" + v.Members.Prev})
	}
	if v.Members.Next != "" {
		acts = append(acts, ui.Act{Label: v.T("ui.pager.next"), Size: ui.Small, Name: "act", Value: "after:" + v.Members.Next})
	}
	return acts
}

// found says how many members there are, and which of them the page shows.
func (v copyView) found() string {
	things := v.T("adding.copy.members", "Count", v.Members.Found)
	if len(v.Rows) == 0 {
		return things
	}
	return v.T("adding.copy.range", "From", v.Printer.Number(v.Members.From), "To", v.Printer.Number(v.Members.From+int64(len(v.Rows))-1), "Things", things)
}
