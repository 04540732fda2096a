package units

import (
	"net/url"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/referents"
	"intendant/internal/web/seatpanel"
	"intendant/internal/web/ui"
)

// A single is the page of one unit.
type single struct {
	ui.Page
	words
	app.UnitPage
	req      *page.Request
	h        Handler
	ask      *ui.DialogView
	contract referents.View
	seats    app.SeatPanel
}

// unit shows one unit: what stands above and under it, who is there, and who
// holds roles there.
func (h Handler) unit(q *page.Request) error {
	values := q.URL.Query()
	view := app.UnitView{Skip: q.Skip(), Members: app.MemberQuery{After: values.Get("after"), Before: values.Get("before")}}
	u, err := h.App.Units.Unit(q.Context(), q.Actor(), account(q), q.PathValue("unit"), view)
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "list.bad_cursor" {
		return q.Redirect(at(q, q.PathValue("unit"), ""))
	}
	if err != nil {
		return err
	}
	contract, err := h.App.Contracts.AtUnit(q.Context(), q.Actor(), account(q), u.UUID)
	if err != nil {
		return err
	}
	s := single{UnitPage: u, req: q, h: h}
	s.Page, s.words = h.frame(q, u.Name)
	s.contract = referents.Of(q, s.Page, contract, at(q, u.UUID, ""))
	if s.seats, err = h.App.Seats.Panel(q.Context(), q.Actor(), account(q), u.UUID); err != nil {
		return err
	}
	if len(s.seats.Lines) > 0 {
		s.Page.Aside, s.Page.Rail = seatpanel.Rail(seatpanel.Of(q, s.Page, s.seats)), true
	}
	if values.Get("ask") == "archive" && u.May.Change {
		s.ask = s.askArchive()
	}
	return q.Render(unitPage(s))
}

func (s single) at(rest string) string { return at(s.req, s.UUID, rest) }

func (s single) crumbs() []ui.Link {
	crumbs := []ui.Link{{Label: s.words.title(s.Page), Href: base(s.req)}}
	for _, u := range s.Path[:len(s.Path)-1] {
		crumbs = append(crumbs, ui.Link{Label: u.Name, Href: at(s.req, u.UUID, "")})
	}
	return crumbs
}

func (s single) acts() []ui.Act {
	var acts []ui.Act
	add := func(may bool, act ui.Act) {
		if may {
			acts = append(acts, act)
		}
	}
	add(s.May.Change, ui.Act{Label: s.T("units.archive"), Icon: "database", Kind: ui.Plain, Href: s.at("?ask=archive")})
	add(s.May.Move, ui.Act{Label: s.T("units.move"), Icon: "switch-horizontal", Href: s.at("/move")})
	add(s.May.Change || s.root() && s.May.Add, ui.Act{Label: s.T("units.edit"), Icon: "pencil", Href: s.at("/edit")})
	add(s.May.AddMember, ui.Act{Label: s.T("units.add.user"), Icon: "user-plus", Kind: ui.Primary, Href: s.req.AccountPath("/members/new?unit=" + url.QueryEscape(s.UUID))})
	return acts
}

func (s single) root() bool { return len(s.Path) == 1 }

// facts identify the unit.
func (s single) facts() []ui.CartItem {
	items := []ui.CartItem{{Label: s.T("units.level"), Value: s.level(s.Level)}}
	if s.May.See {
		users := ui.CartItem{Label: s.T("units.users.title"), Value: s.Printer.Number(s.Members)}
		if s.All != s.Members {
			users.Value = s.T("units.users.with_below", "Here", s.Members, "All", s.All)
		}
		items = append(items, users)
	}
	items = append(items, ui.CartItem{Label: s.T("units.below"), Value: s.Printer.Number(int64(s.Below))})
	if s.External != "" {
		items = append(items, ui.CartItem{Label: s.T("units.external"), Value: s.External})
	}
	return items
}

// addBelow leads to a new unit under this one.
func (s single) addBelow(kind ui.Kind) []ui.Act {
	if !s.May.Add {
		return nil
	}
	return []ui.Act{{Label: s.words.addBelow(s.Page), Icon: "corner-down-right", Kind: kind, Href: base(s.req) + "/new?under=" + url.QueryEscape(s.UUID)}}
}

func (s single) people() people {
	t := s.h.people(s.req, s.Page, s.Unit, s.Table.Rows)
	t.assigns, t.back = s.seats.May && len(s.seats.Lines) > 0 && s.UnitPage.Account.Writable() == nil, s.req.URL.RequestURI()
	return t
}

func (s single) allMembers() *ui.Link {
	if s.Table.Total == 0 {
		return nil
	}
	return &ui.Link{Label: s.T("units.users.all", "Count", s.Table.Total), Href: s.req.AccountPath("/members?home=" + url.QueryEscape(s.UUID))}
}

// pager leads through the unit's own table.
func (s single) pager() ui.PagerView {
	p := ui.PagerView{From: s.Table.From, To: s.Table.To(), Things: s.T("units.users", "Count", s.Table.Total)}
	if s.Table.Prev != "" {
		p.Previous = s.at("?before=" + url.QueryEscape(s.Table.Prev))
	}
	if s.Table.Next != "" {
		p.Next = s.at("?after=" + url.QueryEscape(s.Table.Next))
	}
	return p
}

// below leads through the units under this one.
func (s single) below() ui.PagerView {
	const size = 100
	to := s.ChildrenFrom + len(s.Children) - 1
	p := ui.PagerView{From: int64(s.ChildrenFrom), To: int64(to), Things: s.T("units.count", "Count", s.ChildrenTotal)}
	if s.ChildrenFrom > 1 {
		p.Previous = s.at("?skip=" + strconv.Itoa(max(0, s.ChildrenFrom-1-size)) + "#below")
	}
	if to < s.ChildrenTotal {
		p.Next = s.at("?skip=" + strconv.Itoa(to) + "#below")
	}
	return p
}

func (s single) holderHref(m app.HolderHere) string {
	return s.req.AccountPath("/members/" + url.PathEscape(m.UUID) + "/rights")
}

func (s single) rights() *ui.Link {
	return &ui.Link{Label: s.T("units.roles.manage"), Href: s.at("/rights")}
}

func (s single) otherHolders() int64 { return s.HoldersTotal - int64(len(s.Holders)) }

// askArchive says what is inside and what becomes of it.
func (s single) askArchive() *ui.DialogView {
	return &ui.DialogView{ID: "ask", Title: s.T("units.archive.title", "Name", s.Name), Action: s.at("/archive"), Keep: s.T("ui.cancel"), Close: s.at(""), Open: true,
		Act: ui.Act{Label: s.T("units.archive"), Kind: ui.Danger}, Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(s.Version, 10)}}}
}

func (s single) archiveLines() []ui.Loss {
	lines := []ui.Loss{{Text: s.T("units.archive.choices")}}
	if s.Below > 0 {
		lines = append(lines, ui.Loss{Text: s.T("units.archive.below", "Count", s.Below)})
	}
	if s.All > 0 && s.May.See {
		lines = append(lines, ui.Loss{Text: s.T("units.archive.people", "Count", s.All), Stays: true})
	}
	if s.Granted > 0 {
		lines = append(lines, ui.Loss{Text: s.T("units.archive.roles", "Count", s.Granted), Stays: true})
	}
	return append(lines, ui.Loss{Text: s.T("units.archive.back"), Stays: true})
}

// archive archives the unit (UNIT-2).
func (h Handler) archive(q *page.Request) error {
	return h.doneWith(q, "units.done.archive", h.App.Units.Archive(q.Context(), q.Actor(), account(q), q.PathValue("unit"), q.Version()))
}

// restore brings it back.
func (h Handler) restore(q *page.Request) error {
	return h.doneWith(q, "units.done.restore", h.App.Units.Restore(q.Context(), q.Actor(), account(q), q.PathValue("unit"), q.Version()))
}

// doneWith goes back to the unit and says what was done.
func (h Handler) doneWith(q *page.Request, key string, err error) error {
	if err != nil {
		return err
	}
	u, err := h.App.Units.Unit(q.Context(), q.Actor(), account(q), q.PathValue("unit"), app.UnitView{})
	if err != nil {
		return err
	}
	q.Done(q.Printer.T(key, "Name", u.Name))
	return q.Redirect(at(q, u.UUID, ""))
}
