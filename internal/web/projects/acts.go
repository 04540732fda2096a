package projects

import (
	"net/url"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// one selects the member in the address.
func one(q *page.Request) app.ProjectSelection {
	return app.ProjectSelection{Members: []string{q.PathValue("member")}}
}

// access turns a product of a member on or off (PROJ-4). Turning the base product off
// asks first, and then takes the member out of the project (PROJ-5).
func (h Handler) access(q *page.Request) error {
	product, to := q.FormValue("switch"), q.FormValue("to")
	change := app.PlaceChange{Access: map[string]string{product: to}, Leave: q.Ticked("leave")}
	verdicts, err := h.App.Projects.ChangePlaces(q.Context(), q.Actor(), here(q), one(q), change)
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	v := readView(q, q.URL.Query())
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "place.base_off" {
		return q.Redirect(with(q.ReturnTo(v.list()), url.Values{"ask": {"leave"}, "who": {q.PathValue("member")}}))
	}
	if err != nil {
		return err
	}
	if change.Leave {
		return h.left(q, v, verdicts[0].Name)
	}
	said := "projects.done.on"
	if to == directory.NoAccess {
		said = "projects.done.off"
	}
	named, _ := h.Catalogue().Product(product)
	q.Done(q.Printer.T(said, "Name", verdicts[0].Name, "Product", named.Label.In(q.Printer.Lang())))
	return q.Redirect(q.ReturnTo(v.list()))
}

// invite sends somebody who has not accepted their invitation another one (INV-3).
func (h Handler) invite(q *page.Request) error {
	verdicts, err := h.App.Projects.Invite(q.Context(), q.Actor(), here(q), one(q))
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err != nil {
		return err
	}
	q.Done(q.Printer.T("members.done.invite", "Name", verdicts[0].Name))
	return q.Redirect(q.ReturnTo(readView(q, q.URL.Query()).list()))
}

// remove takes a member out of the project; they stay in the account (PROJ-6).
func (h Handler) remove(q *page.Request) error {
	verdicts, err := h.App.Projects.RemovePlaces(q.Context(), q.Actor(), here(q), one(q))
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err != nil {
		return err
	}
	return h.left(q, readView(q, q.URL.Query()), verdicts[0].Name)
}

// left says that somebody is no longer in the project, and leads to its table. Who
// took themselves out may see nothing of it any more, and is led to the list.
func (h Handler) left(q *page.Request, v view, name string) error {
	q.Done(q.Printer.T("projects.done.removed", "Name", name))
	_, err := h.App.Projects.Open(q.Context(), q.Actor(), here(q))
	if refusal, _ := page.Refusal(err); refusal != nil {
		return q.Redirect(base(q))
	}
	return q.Redirect(v.list())
}

// with is an address of ours with more values.
func with(address string, more url.Values) string {
	path, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return path
	}
	for name := range more {
		values.Set(name, more.Get(name))
	}
	return withQuery(path, values)
}

// askHere puts the question into the table that its address asks, about somebody of
// its rows.
func (t *table) askHere() {
	values := t.req.URL.Query()
	i := slices.IndexFunc(t.found.Rows, func(m app.ProjectMember) bool { return m.Member.UUID == values.Get("who") })
	if i >= 0 && t.manages() {
		t.asking(values.Get("ask"), t.found.Rows[i])
	}
}

// asking is the question before somebody leaves the project: it names the person, and
// what goes and what stays.
func (t *table) asking(act string, m app.ProjectMember) {
	if act != "remove" && act != "leave" {
		return
	}
	d := ui.DialogView{ID: "ask", Title: t.T("projects.remove.title", "Name", m.Name()), Open: true, Close: t.back(m), Keep: t.T("ui.cancel"),
		Action: t.view.of("/members/" + url.PathEscape(m.Member.UUID) + "/remove"), Act: ui.Act{Label: t.T("projects.act.remove"), Kind: ui.Danger}}
	if base := t.productName(t.project.Base); act == "leave" {
		d.Lead, d.Keep = t.T("projects.leave.lead", "Product", base), t.T("projects.leave.keep", "Product", base)
		d.Action = accessAt(t.view, m.Member.UUID)
		d.Hidden = []ui.Hidden{{Name: "switch", Value: t.project.Base}, {Name: "to", Value: directory.NoAccess}, {Name: "leave", Value: "on"}}
	}
	t.ask, t.loses = &d, t.losses(m)
}

// losses are what goes with a place in the project, and what stays (PROJ-5, PROJ-6).
func (t *table) losses(m app.ProjectMember) []ui.Loss {
	var products []string
	for _, p := range t.project.Switched {
		if m.Access.Of(p.ID) != directory.NoAccess {
			products = append(products, t.label(p))
		}
	}
	lines := []ui.Loss{{Text: t.T("projects.remove.products", "Products", products, "Project", t.project.Name)}}
	if roles := t.functionNames(m); roles != "" {
		lines = append(lines, ui.Loss{Text: t.T("projects.remove.role", "Role", roles)})
	}
	if m.Administrator {
		lines = append(lines, ui.Loss{Text: t.T("projects.remove.level", "Level", m.Level.Name(t.lang))})
	}
	return append(lines, ui.Loss{Text: t.T("projects.remove.stays"), Stays: true})
}
