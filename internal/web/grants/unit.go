package grants

import (
	"net/url"
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/grantform"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A unitView is who holds what at a unit, with the form that gives a role there.
type unitView struct {
	ui.Page
	app.UnitHolders
	req     *page.Request
	words   grantform.View
	kind    catalogue.AccountType
	here    string
	page    app.HolderPage
	search  string
	people  app.MemberPage
	below   app.PersonGrants
	refusal *directory.Error
	done    []app.GrantVerdict
}

func (h Handler) showUnit(q *page.Request) error {
	v, err := h.unitView(q, q.URL.Query())
	if err != nil {
		return err
	}
	return q.Render(unitPage(v))
}

func (h Handler) unitView(q *page.Request, values url.Values) (unitView, error) {
	v := unitView{req: q, search: values.Get("q"), here: unitPath(q, q.PathValue("unit")) + "/rights"}
	v.page = app.HolderPage{Direct: number(values.Get("direct")), Above: number(values.Get("above"))}
	var err error
	if v.UnitHolders, err = h.App.Grants.AtUnit(q.Context(), q.Actor(), account(q), q.PathValue("unit"), v.page); err != nil {
		return v, err
	}
	v.kind, _ = q.Site.Catalogue().AccountType(q.Frame.Account.Type)
	v.Page = q.InAccount(q.Printer.T("grants.unit.title", "Unit", v.UnitHolders.Unit.Name), page.Units)
	v.words = grantform.New(q, v.Page, app.PersonGrants{}, app.GrantView{}, nil)
	if !v.gives() || !q.Frame.Rights.MayAnywhere(authz.ViewMembers) {
		return v, nil
	}
	if v.people, err = h.App.Members.List(q.Context(), q.Actor(), account(q), app.MemberQuery{Search: v.search, Size: ticked}); err != nil {
		return v, err
	}
	v.below, err = h.App.Grants.Of(q.Context(), q.Actor(), account(q), "", app.GrantView{Search: values.Get("units"), Units: append(values["unit"], v.UnitHolders.Unit.UUID)})
	return v, err
}

// ticked is how many people the form offers; more are searched.
const ticked = 12

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n > 10_000_000 {
		return 0
	}
	return max(n, 0)
}

// give gives a role to the people ticked at the units ticked (ROLE-7).
func (h Handler) give(q *page.Request) error {
	g := app.Giving{Who: app.Selection{Members: q.PostForm["member"], Wait: q.Patience()}, Role: q.Field("role"), Units: q.PostForm["unit"]}
	if len(g.Who.Members) == 0 {
		q.Misread(directory.InvalidField("member", "selection.empty", nil))
	}
	done, err := h.App.Grants.Give(q.Context(), q.Actor(), account(q), g)
	if err := q.Together(err); err != nil {
		refusal, err := page.Refusal(err)
		if err != nil {
			return err
		}
		return h.refused(q, refusal)
	}
	if !slices.ContainsFunc(done, func(v app.GrantVerdict) bool { return v.Refusal != nil || v.Effect.Nothing() && v.Outcome == app.Added }) {
		q.Done(counted(q, done))
		return q.Redirect(unitPath(q, q.PathValue("unit")) + "/rights")
	}
	v, err := h.unitView(q, q.PostForm)
	if err != nil {
		return err
	}
	v.done = done
	return q.Render(unitPage(v))
}

func (h Handler) refused(q *page.Request, refusal *directory.Error) error {
	v, err := h.unitView(q, q.PostForm)
	if err != nil {
		return err
	}
	v.refusal = refusal
	return q.RenderRefused(refusal, unitPage(v))
}

// counted says how many were given, and how many had it.
func counted(q *page.Request, done []app.GrantVerdict) string {
	added, unchanged := 0, 0
	for _, v := range done {
		switch v.Outcome {
		case app.Added:
			added++
		case app.Unchanged:
			unchanged++
		}
	}
	parts := []string{q.Printer.T("grants.result.added", "Count", added)}
	if unchanged > 0 {
		parts = append(parts, q.Printer.T("grants.result.unchanged", "Count", unchanged))
	}
	return q.Printer.List(parts)
}

// end takes a role back from one person.
func (h Handler) end(q *page.Request) error {
	done, err := h.App.Grants.End(q.Context(), q.Actor(), account(q),
		app.Giving{Who: app.Of(q.Field("member")), Role: q.Field("role"), Units: []string{q.PathValue("unit")}})
	if err != nil {
		return err
	}
	for _, v := range done {
		if v.Refusal != nil {
			return v.Refusal
		}
		said := q.Printer.T("grants.ended", "Role", v.Effect.Role.Name(q.Printer.Lang()), "Name", v.Name)
		q.Done(lacking(q, said, done))
	}
	return q.Redirect(q.ReturnTo(unitPath(q, q.PathValue("unit")) + "/rights"))
}

// gives reports whether the reader may give something here.
func (v unitView) gives() bool { return v.Edits && len(v.Roles) > 0 }

func (v unitView) crumbs() []ui.Link {
	return []ui.Link{{Label: v.T("nav.units"), Href: v.req.AccountPath("/units")}, {Label: v.UnitHolders.Unit.Name, Href: unitPath(v.req, v.UnitHolders.Unit.UUID)}}
}

// marked are the fields of the form, with what was refused at each and above them.
func (v unitView) marked() giving {
	role := v.roleField()
	g := giving{people: v.T("grants.give.people", "Shown", len(v.people.Rows), "Found", v.people.Total)}
	g.errors = page.MarkEach(v.Printer, []*ui.Field{&role}, v.refusal, page.Group{Name: "member", Legend: v.T("grants.column.person"), Fault: &g.memberFault},
		page.Group{Name: "unit", Legend: v.T("grants.give.units"), Fault: &g.unitFault})
	g.role = role
	return g
}

// A giving is the form that gives a role to people at units.
type giving struct {
	errors                 []ui.FieldError
	role                   ui.Field
	people                 string // their legend
	memberFault, unitFault string
}

func (v unitView) roleField() ui.Field {
	f := ui.Field{Name: "role", Kind: "select", Label: v.T("grants.give.role"), Required: true,
		Options: []ui.Option{{Label: v.T("grants.give.role.choose")}}}
	for _, role := range v.Roles {
		f.Options = append(f.Options, ui.Option{Value: role.Code, Label: role.Name(v.Printer.Lang()), Selected: role.Code == v.req.PostFormValue("role")})
	}
	return f
}

func (v unitView) ticks() []ui.Check {
	var checks []ui.Check
	for _, m := range v.people.Rows {
		checks = append(checks, ui.Check{Name: "member", Value: m.UUID, Label: m.Name(), Hint: m.Person.Email, Checked: slices.Contains(v.req.PostForm["member"], m.UUID)})
	}
	return checks
}

// unitTicks are the units where the role can be given: this one and those near.
func (v unitView) unitTicks() []ui.Check {
	var checks []ui.Check
	for _, u := range v.below.Units {
		name := u.Unit.Name
		if n := len(u.Path); n > 1 {
			name += " (" + u.Path[n-2].Name + ")"
		}
		here := u.Unit.UUID == v.UnitHolders.Unit.UUID
		check := ui.Check{Name: "unit", Value: u.Unit.UUID, Label: name, Hint: v.words.LevelName(u.Level), Checked: here}
		if v.req.PostForm != nil && v.req.PostForm.Has("unit") {
			check.Checked = slices.Contains(v.req.PostForm["unit"], u.Unit.UUID)
		}
		if here {
			checks = slices.Insert(checks, 0, check)
			continue
		}
		checks = append(checks, check)
	}
	return checks
}

func (v unitView) columns(above bool) []ui.Column {
	columns := []ui.Column{{Label: v.T("grants.column.person"), Class: "w-name"}, {Label: v.T("grants.column.role")}}
	if above {
		return append(columns, ui.Column{Label: v.T("grants.column.from")})
	}
	return append(columns, ui.Column{Label: v.T("grants.column.effect"), Class: "p3"}, ui.Column{Label: v.T("grants.column.given"), Class: "p2"},
		ui.Column{Label: v.T("ui.actions"), Class: "w-acts", Silent: true})
}

func (v unitView) given(h app.HeldGrant) string {
	by := h.By.Name
	if by == "" {
		by = v.T("grants.given.program")
	}
	return v.T("grants.given", "Actor", by, "Day", v.Printer.DateShort(h.From))
}

func (v unitView) personHref(h app.GrantHolder) string {
	return memberPath(v.req, h.Member.UUID) + "/rights"
}

func (v unitView) pager(above bool) ui.PagerView {
	skip, shown, total, name, key := v.page.Direct, len(v.Direct), v.Given, "direct", "grants.count"
	if above {
		skip, shown, total, name = v.page.Above, len(v.Above), v.Flows, "above"
	}
	p := ui.PagerView{From: int64(skip + 1), To: int64(skip + shown), Things: v.T(key, "Count", total)}
	at := func(n int) string { return v.here + "?" + name + "=" + strconv.Itoa(max(n, 0)) }
	if skip > 0 {
		p.Previous = at(skip - app.HoldersPerPage)
	}
	if int64(skip+shown) < total {
		p.Next = at(skip + shown)
	}
	return p
}

// brief says how much a role adds, for a table.
func (v unitView) brief(e app.Effect) string {
	if e.Nothing() {
		return v.T("grants.brief.nothing")
	}
	return v.T("grants.brief.adds", "Count", len(e.Adds))
}

func (v unitView) roleName(r directory.Role) string { return r.Name(v.Printer.Lang()) }

func (v unitView) sourceName(h app.GrantHolder) string {
	if h.Grant.Unit.Parent == 0 {
		return v.words.LevelName(catalogue.RootLevel)
	}
	return h.Grant.Unit.Name
}

// outcome is what became of one person at one unit, in words.
func (v unitView) outcome(g app.GrantVerdict) string {
	switch {
	case g.Refusal != nil:
		return v.Printer.Error(g.Refusal)
	case g.Outcome == app.Unchanged:
		return v.T("grants.outcome.unchanged")
	}
	return v.words.Effect(g.Effect)
}

// mostShown is how many results are listed.
const mostShown = 200

// shown are the results that are listed: those that were refused or add nothing
// first.
func (v unitView) shown() []app.GrantVerdict {
	var first, rest []app.GrantVerdict
	for _, g := range v.done {
		if g.Refusal != nil || g.Effect.Nothing() {
			first = append(first, g)
		} else {
			rest = append(rest, g)
		}
	}
	all := append(first, rest...)
	return all[:min(len(all), mostShown)]
}

func (v unitView) who(g app.GrantVerdict) string {
	name := g.Name
	if name == "" {
		name = v.T("grants.somebody")
	}
	if g.Effect.Unit.ID == 0 {
		return name
	}
	return v.T("grants.result.line", "Name", name, "Unit", g.Effect.Unit.Name)
}
