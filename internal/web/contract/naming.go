package contract

import (
	"net/url"
	"strings"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/referents"
	"intendant/internal/web/ui"
)

// A chooseView is the form in which somebody is named: people found, each with a
// button.
type chooseView struct {
	ui.Page
	app.ContractChoice
	part    app.ContractPart
	at      string
	back    string
	search  string
	problem string
	crumbs  []ui.Link
}

// part is the part that a form or an address names; deputy for none.
func part(q *page.Request) app.ContractPart {
	if p := q.FormValue("part"); p != "" {
		return app.ContractPart(p)
	}
	return app.DeputyPart
}

// choose offers people to name.
func (h Handler) choose(q *page.Request) error {
	v, err := h.chooseView(q)
	if err != nil {
		return err
	}
	return q.Render(choosePage(v))
}

func (h Handler) chooseView(q *page.Request) (chooseView, error) {
	v := chooseView{part: part(q), search: strings.TrimSpace(q.URL.Query().Get("q")), back: q.ReturnTo(q.AccountPath(""))}
	naming := app.ContractNaming{Unit: q.PathValue("unit"), Part: v.part}
	var err error
	if v.ContractChoice, err = h.App.Contracts.Choices(q.Context(), q.Actor(), account(q), naming, v.search); err != nil {
		return v, err
	}
	v.Page = q.InAccount(q.Printer.T("contract.name."+string(v.part), "Unit", v.Unit.Name), page.NoPlace)
	v.at = referents.At(q, v.Unit.UUID)
	v.crumbs = []ui.Link{{Label: v.Unit.Name, Href: v.back}}
	return v, nil
}

// replaced is who stops being referent by it.
func (v chooseView) replaced() string {
	if v.part == app.ReferentPart {
		return v.Referent.Name
	}
	return ""
}

// cleared leads from a search back to everybody.
func (v chooseView) cleared() []ui.Act {
	if v.search == "" {
		return nil
	}
	query := url.Values{"part": {string(v.part)}, "return": {v.back}}
	return []ui.Act{{Label: v.T("members.clear"), Href: v.at + "/name?" + query.Encode()}}
}

// kept are the values that the search carries along.
func (v chooseView) kept() []ui.Hidden {
	return []ui.Hidden{{Name: "part", Value: string(v.part)}, {Name: "return", Value: v.back}}
}

func (v chooseView) hidden(c app.ContractPerson) []ui.Hidden {
	return append(v.kept(), ui.Hidden{Name: "member", Value: c.Member}, ui.Hidden{Name: "former", Value: v.Former()})
}

// about tells people of one name apart.
func (v chooseView) about(c app.ContractPerson) string {
	if c.Email != "" {
		return c.Email
	}
	return c.JobTitle
}

func (v chooseView) more() bool { return v.Total > int64(len(v.People)) }

// day is the day on which a document was issued.
func (v view) day(d app.ContractDocument) string {
	return v.Printer.DateShort(d.Day.Noon(v.Printer.Zone()))
}

// name names a member.
func (h Handler) name(q *page.Request) error {
	n := app.ContractNaming{Unit: q.PathValue("unit"), Part: part(q), Member: q.Field("member"), Former: q.Field("former")}
	told, err := h.App.Contracts.Name(q.Context(), q.Actor(), account(q), n)
	if err == nil {
		return h.told(q, told, "contract.done."+string(n.Part))
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v, err := h.chooseView(q)
	if err != nil {
		return err
	}
	v.problem = q.Printer.Error(refusal)
	return q.RenderRefused(refusal, choosePage(v))
}

// end ends what a member is for the contract of a unit.
func (h Handler) end(q *page.Request) error {
	n := app.ContractNaming{Unit: q.PathValue("unit"), Part: part(q), Member: q.Field("member")}
	told, err := h.App.Contracts.End(q.Context(), q.Actor(), account(q), n)
	if err != nil {
		return err
	}
	return h.told(q, told, "contract.done.ended")
}

// told says what was done on the page that it leads back to.
func (h Handler) told(q *page.Request, n app.ContractNamed, key string) error {
	q.Done(q.Printer.T(key, "Name", n.Name, "Unit", n.Unit))
	return q.Redirect(q.ReturnTo(base(q)))
}
