// Package referents shows who looks after the contract of a unit, and leads to
// naming and ending them (SEAT-7): a part of a unit's page and of the contract's.
package referents

import (
	"net/url"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A View is who looks after one unit, on the page of Here.
type View struct {
	ui.Page
	app.UnitContract
	Title string // of the section
	at    string // address of the unit's contract
	here  string // where an act leads back to
}

// Of is who looks after a unit; acts lead back to an address of this account.
func Of(q *page.Request, p ui.Page, c app.UnitContract, here string) View {
	return View{Page: p, UnitContract: c, Title: p.T("referents.title"), at: At(q, c.Unit.UUID), here: here}
}

// At is the address of a unit's contract.
func At(q *page.Request, unit string) string {
	return q.AccountPath("/contract/units/" + url.PathEscape(unit))
}

// People are the referent and the deputies.
func (v View) people() []app.ContractPerson {
	if v.Referent.Member == "" {
		return v.Deputies
	}
	return append([]app.ContractPerson{v.Referent}, v.Deputies...)
}

// since says what somebody is, and from when.
func (v View) since(c app.ContractPerson) string {
	return v.T("referents.since", "Part", v.T("referents.part."+string(c.Part)), "Day", v.Printer.Date(c.From))
}

// above says who looks after a unit without a referent of its own.
func (v View) above() string {
	switch {
	case v.Above.Member == "":
		return v.T("referents.nobody")
	case v.AboveUnit.Name == "":
		return v.T("referents.above.hidden", "Name", v.Above.Name)
	}
	return v.T("referents.above", "Name", v.Above.Name, "Unit", v.AboveUnit.Name)
}

// mayEnd reports whether to offer an end.
func (v View) mayEnd(c app.ContractPerson) bool {
	if c.Part == app.ReferentPart {
		return v.MayName
	}
	return v.MayNameDeputy
}

func (v View) hidden(c app.ContractPerson) []ui.Hidden {
	return []ui.Hidden{{Name: "part", Value: string(c.Part)}, {Name: "member", Value: c.Member}, {Name: "return", Value: v.here}}
}

// acts name others.
func (v View) acts() []ui.Act {
	var acts []ui.Act
	name := func(part app.ContractPart, label string) {
		query := url.Values{"part": {string(part)}, "return": {v.here}}
		acts = append(acts, ui.Act{Label: label, Icon: "user-check", Size: ui.Small, About: v.Unit.Name, Href: v.at + "/name?" + query.Encode()})
	}
	if v.MayName {
		label := v.T("referents.name")
		if v.Referent.Member != "" {
			label = v.T("referents.change")
		}
		name(app.ReferentPart, label)
	}
	if v.MayNameDeputy {
		name(app.DeputyPart, v.T("referents.name_deputy"))
	}
	return acts
}
