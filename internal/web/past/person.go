package past

import (
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A one is the page of one member on a day.
type one struct {
	view
	app.PastPerson
}

// person shows what somebody was and held at the end of a day.
func (h Handler) person(q *page.Request) error {
	member := q.PathValue("member")
	today := ""
	if q.Frame.Rights.MayAnywhere(authz.ViewMembers) {
		today = q.AccountPath("/members/" + member)
	}
	v, err := h.begin(q, q.Printer.T("past.title"), today)
	if err != nil {
		return v.refused(err)
	}
	o := one{view: v}
	if o.PastPerson, err = h.App.Past.Person(q.Context(), q.Actor(), account(q), v.day, member); err != nil {
		return v.refused(err)
	}
	o.Page = q.InAccount(v.name(o.Member), page.HistoryPlace)
	return q.Render(personPage(o))
}

func (o one) crumbs() []ui.Link {
	return []ui.Link{{Label: o.T("past.members"), Href: pastday.On(o.members(), o.day)}}
}

func (o one) acts() []ui.Act {
	acts := []ui.Act{{Label: o.T("past.differences"), Icon: "git-branch", Href: differencesAt(o.view, o.UUID, "")}}
	if o.There {
		tree := o.req.AccountPath("/rights")
		acts = append(acts, ui.Act{Label: o.T("rights.title"), Icon: "sitemap", Href: pastday.On(tree, o.day, "person", o.UUID)},
			ui.Act{Label: o.T("rights.why"), Icon: "help-circle", Href: pastday.On(tree+"/why", o.day, "person", o.UUID)})
	}
	return acts
}

// facts are what the person was.
func (o one) facts() []ui.CartItem {
	items := []ui.CartItem{{Label: o.T("field.status"), Body: ui.State(page.Shape(o.Status), o.T("status."+o.Status.String()))},
		{Label: o.T("field.unit"), Value: o.Home.Name, Href: o.unit(o.Home.UUID)}}
	add := func(key, value string) {
		if value != "" {
			items = append(items, ui.CartItem{Label: o.T(key), Value: value})
		}
	}
	add("field.company", o.Company)
	add("field.access_level", o.roles(o.Levels))
	add("field.functions", o.roles(o.Functions))
	for _, text := range o.PlaceTexts.Each() {
		add("field."+text.Kind.Field(), *text.Value)
	}
	if !o.Ends.IsZero() {
		zone := o.Printer.Zone()
		add("field.ends", o.Printer.Date(directory.LastDay(o.Ends, zone).Noon(zone)))
	}
	return items
}

func (o one) grantColumns() []ui.Column {
	return []ui.Column{{Label: o.T("rights.held.role")}, {Label: o.T("rights.held.unit")}, {Label: o.T("rights.held.giver"), Class: "c-line"}, {Label: o.T("past.since"), Class: "w-date"}}
}

func (o one) placeColumns() []ui.Column {
	return []ui.Column{{Label: o.T("past.project")}, {Label: o.T("field.company"), Class: "p2"}, {Label: o.T("field.access_level")}, {Label: o.T("field.functions"), Class: "p2"},
		{Label: o.T("past.since"), Class: "w-date"}}
}

// A use is a product that somebody had, by what and since when.
type use struct{ name, by, since string }

func (o one) uses() []use {
	var uses []use
	for _, s := range o.Seats {
		uses = append(uses, use{o.h.Catalogue().OfferName(s.Offer, o.Printer.Lang()), o.T("seats.held.own"), o.Printer.DateShort(s.From)})
	}
	for _, e := range o.Externals {
		uses = append(uses, use{o.offer(e.Product), page.ExternalAs(o.Printer, directory.External{Proof: e.Proof, Ends: e.Ends}), o.Printer.DateShort(e.From)})
	}
	return uses
}
