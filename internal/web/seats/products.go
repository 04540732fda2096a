package seats

import (
	"net/url"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/web/page"
	"intendant/internal/web/seatpanel"
	"intendant/internal/web/ui"
)

// A stocktaking is the page of all that an account has bought.
type stocktaking struct {
	ui.Page
	h        Handler
	base     string // address of the account
	products []app.ProductPools
	open     bool // the account can be changed
	assigns  bool // the reader assigns seats somewhere
	reports  bool // the reader sees the seats of the whole account
}

// products shows every pool of the account by product, and what went where
// (SEAT-1, SEAT-9, SEAT-10).
func (h Handler) products(q *page.Request) error {
	products, err := h.App.Seats.Products(q.Context(), q.Actor(), account(q))
	if err != nil {
		return err
	}
	s := stocktaking{Page: q.InAccount(q.Printer.T("seats.products.title"), page.Products), h: h, base: q.AccountPath(""), products: products,
		open: q.Frame.Account.Writable() == nil, assigns: q.Frame.Rights.MayAnywhere(authz.AssignSeats), reports: app.KnowsAllHolders(q.Frame.Rights)}
	return q.Render(productsPage(s))
}

// acts lead to the pages beside this one, for whoever may open them.
func (s stocktaking) acts() []ui.Act {
	var acts []ui.Act
	if s.assigns {
		acts = append(acts, ui.Act{Label: s.T("seats.rules.title"), Icon: "users-group", Href: s.base + "/products/rules"})
	}
	if s.reports {
		acts = append(acts, ui.Act{Label: s.T("seats.report.title"), Icon: "report-analytics", Href: s.base + "/products/report"})
	}
	return acts
}

// line sums a product up.
func (s stocktaking) line(p app.ProductPools) ui.SeatLine {
	return seatpanel.Line(s.Page, s.h.Site, p.Sum())
}

func (s stocktaking) total(p app.ProductPools) string {
	return s.T("seats.count", "Count", p.Sum().Total())
}

// spread reports whether a product is in more places than the account itself.
func spread(p app.ProductPools) bool { return len(p.Pools) > 1 || p.Pools[0].Unit.Parent != 0 }

// members leads to those who have a product by a seat of ours.
func (s stocktaking) members(p app.ProductPools) string {
	return s.base + "/members?product=" + url.QueryEscape(p.Offer.String())
}

// share leads to the choice of a unit for seats of a product.
func (s stocktaking) share(p app.ProductPools) []ui.Act {
	acts := []ui.Act{{Label: s.T("seats.products.members"), About: s.line(p).Product, Icon: "users", Kind: ui.Plain, Size: ui.Small, Href: s.members(p)}}
	for _, l := range p.Pools {
		if l.Share && s.open {
			return append(acts, ui.Act{Label: s.T("seats.allot"), About: s.line(p).Product, Icon: "git-branch", Size: ui.Small,
				Href: s.base + "/products/allot?product=" + url.QueryEscape(p.Offer.String())})
		}
	}
	return acts
}

// change leads to what a unit was allotted.
func (s stocktaking) change(p app.ProductPools, l app.PoolLine) []ui.Act {
	if !l.Change || !s.open {
		return nil
	}
	values := url.Values{"product": {p.Offer.String()}, "unit": {l.Unit.UUID}}
	return []ui.Act{{Label: s.T("seats.allot.change", "Name", l.Unit.Name), Icon: "pencil", IconOnly: true, Kind: ui.Plain, Size: ui.Small,
		Href: s.base + "/products/allot?" + values.Encode()}}
}

// came says where the seats of a pool come from.
func (s stocktaking) came(l app.PoolLine) string {
	switch {
	case l.Received > 0 && l.Bought > 0:
		return s.T("seats.products.both", "Bought", l.Bought, "Received", l.Received)
	case l.Received > 0:
		return s.T("seats.products.received", "Count", l.Received, "Unit", l.Source.Name)
	case l.Lapsed:
		return s.T("seats.summary.lapsed")
	}
	return s.T("seats.products.bought", "Count", l.Bought)
}

func (s stocktaking) columns() []ui.Column {
	return []ui.Column{{Label: s.T("seats.products.unit")}, {Label: s.T("seats.products.seats"), Class: "w-pname"}, {Label: s.T("seats.products.use"), Class: "p2 w-use"},
		{Label: s.T("seats.products.free"), Class: "num w-mk"}, {Label: s.T("ui.actions"), Class: "w-one", Silent: true}}
}

// depth is how far a pool stands in, at most a few steps.
func depth(l app.PoolLine) string { return "in-in" + strconv.Itoa(min(l.Depth, 4)) }
