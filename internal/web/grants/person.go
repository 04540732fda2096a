package grants

import (
	"net/url"
	"strings"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/grantform"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A personPage is what one person holds, as a form.
type personPage struct {
	ui.Page
	tabs    ui.MemberTabsView
	form    grantform.View
	who     app.PersonGrants
	action  string
	back    string
	why     string
	refusal *directory.Error
}

func (h Handler) showPerson(q *page.Request) error {
	v, err := h.personPage(q, app.GrantView{Units: q.URL.Query()["unit"]})
	if err != nil {
		return err
	}
	return q.Render(personView(v))
}

func (h Handler) personPage(q *page.Request, view app.GrantView) (personPage, error) {
	var v personPage
	who, err := h.App.Grants.Of(q.Context(), q.Actor(), account(q), q.PathValue("member"), view)
	if err != nil {
		return v, err
	}
	v.Page = q.InAccount(q.Printer.T("grants.title", "Name", who.Name), page.Members)
	if v.tabs, err = q.MemberTabs(who.Member.UUID, page.MemberRights); err != nil {
		return v, err
	}
	v.who, v.back = who, memberPath(q, who.Member.UUID)
	v.action = v.back + "/rights"
	v.why = q.AccountPath("/rights?person=" + url.QueryEscape(who.Member.UUID))
	v.form = grantform.New(q, v.Page, who, view, morph(v.action))
	return v, nil
}

// person saves the form, or shows what is chosen with its effects.
func (h Handler) person(q *page.Request) error {
	view, saving := grantform.Read(q.PostForm), q.PostFormValue("act") == "save"
	if refusal := grantform.Unready(q.PostForm, saving); refusal != nil {
		return h.refusedPerson(q, view, refusal)
	}
	if !saving || grantform.Seeks(q.PostForm) {
		v, err := h.personPage(q, view)
		if err != nil {
			return err
		}
		return q.Render(personView(v))
	}
	done, err := h.App.Grants.Set(q.Context(), q.Actor(), account(q), q.PathValue("member"), view.Chosen)
	if err == nil {
		return h.saved(q, done)
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	return h.refusedPerson(q, view, refusal)
}

// refusedPerson shows the form again with what was chosen.
func (h Handler) refusedPerson(q *page.Request, view app.GrantView, refusal *directory.Error) error {
	v, err := h.personPage(q, view)
	if err != nil {
		return err
	}
	v.refusal, v.form = refusal, v.form.Refused(refusal)
	return q.RenderRefused(refusal, personView(v))
}

func (h Handler) saved(q *page.Request, done []app.GrantVerdict) error {
	given, ended := 0, 0
	for _, v := range done {
		if v.Outcome == app.Added {
			given++
		} else {
			ended++
		}
	}
	var parts []string
	if given > 0 {
		parts = append(parts, q.Printer.T("grants.result.added", "Count", given))
	}
	if ended > 0 {
		parts = append(parts, q.Printer.T("grants.result.ended", "Count", ended))
	}
	if len(parts) == 0 {
		parts = []string{q.Printer.T("grants.result.nothing")}
	}
	q.Done(lacking(q, q.Printer.List(parts), done))
	return q.Redirect(memberPath(q, q.PathValue("member")) + "/rights")
}

// lacking adds to what was done to one person which required role they lack then
// (ROLE-3).
func lacking(q *page.Request, said string, done []app.GrantVerdict) string {
	for _, v := range done {
		if lacks := q.LacksRole(v.Lacks); lacks != "" {
			return strings.TrimSuffix(said, ".") + ". " + lacks
		}
	}
	return said
}

func (v personPage) errors() []ui.FieldError {
	return page.Summary(v.Printer, v.refusal, v.form.At)
}

// missing are the roles that are required and not there (ROLE-3).
func (v personPage) missing(kind func(level string) string) []string {
	var missing []string
	for _, level := range v.who.Missing {
		if level == authz.RootLevel {
			missing = append(missing, v.T("grants.missing.general"))
		} else {
			missing = append(missing, v.T("grants.missing.at", "Level", kind(level)))
		}
	}
	return missing
}

// facts are who it is.
func (v personPage) facts() []ui.CartItem {
	items := []ui.CartItem{{Label: v.T("field.email"), Value: v.who.Email}, {Label: v.T("field.status"), Value: v.T("status." + v.who.Member.Status.String())}}
	if v.who.Home.ID != 0 && v.who.Home.Parent != 0 {
		items = append(items, ui.CartItem{Label: v.T("field.home_unit"), Value: v.who.Home.Name})
	}
	return items
}

func (v personPage) acts() []ui.Act {
	acts := []ui.Act{{Label: v.T("ui.cancel"), Href: v.back}}
	if v.who.Edits {
		acts = append(acts, ui.Act{Label: v.T("grants.preview"), Name: "act", Value: grantform.Preview, Attrs: map[string]any{"formnovalidate": true}},
			ui.Act{Label: v.T("grants.save"), Kind: ui.Primary, Name: "act", Value: "save"})
	}
	return acts
}
