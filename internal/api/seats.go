package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A Product is the seats of one product that people of a unit are served from.
type Product struct {
	Product  string     `json:"product" doc:"Product of the catalogue, with its edition where it has some." example:"fleet/complete"`
	Name     string     `json:"name" example:"Parc Complet"`
	Modules  []string   `json:"modules" nullable:"false" example:"[\"base\",\"booking\"]"`
	Unit     string     `json:"unit" doc:"Public id of the unit that holds these seats: the one asked for, or one above it." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Bought   int64      `json:"bought" doc:"By the subscriptions that run." example:"5"`
	Received int64      `json:"received" doc:"Allotted to it from above." example:"0"`
	Allotted int64      `json:"allotted" doc:"To units below it." example:"0"`
	Assigned int64      `json:"assigned" doc:"To members who have accepted their place." example:"4"`
	Reserved int64      `json:"reserved" doc:"For members who have not yet." example:"0"`
	Free     int64      `json:"free" doc:"Can be assigned now." example:"1"`
	Over     int64      `json:"over" doc:"More are held than there are. Nobody loses one; new ones are refused." example:"0"`
	Lapsed   bool       `json:"lapsed" doc:"Nothing runs: the seats open nothing until it is renewed."`
	Ends     *time.Time `json:"ends_at,omitempty" doc:"When there are fewer, as far as it is known."`
}

// ProductList is the products of a unit.
type ProductList struct {
	Unit      string    `json:"unit" doc:"Public id of the unit."`
	Free      int64     `json:"free" doc:"Seats that can be assigned now, of all products." example:"3"`
	MayAssign bool      `json:"may_assign" doc:"The technical user may assign seats there."`
	Items     []Product `json:"items" nullable:"false"`
}

// An Allotment is how many seats of a product a unit has from the one above it.
type Allotment struct {
	Unit     string `json:"unit" doc:"Public id of the unit."`
	Name     string `json:"name" example:"Maraval Benelux"`
	Source   string `json:"source" doc:"Public id of the unit that its seats come from, or would."`
	Quantity int64  `json:"quantity" example:"3"`
	Most     int64  `json:"most" doc:"That it could have now." example:"5"`
	Version  string `json:"version" doc:"For \"version\" of a change." example:"0"`
}

// AllotmentList is the units to which seats can be allotted.
type AllotmentList struct {
	Items []Allotment `json:"items" nullable:"false" doc:"At most thirty; name what is meant in \"search\" or \"unit\"."`
	Total int         `json:"total" example:"12"`
}

type productsQuery struct {
	InAccount
	Unit string `query:"unit" maxLength:"64" doc:"Public id of the unit; without, the root."`
}

type seatGiven struct {
	OfMember
	Body struct {
		Product string `json:"product" maxLength:"200" doc:"Product, with its edition where it has some; without one, any edition that is free." example:"fleet/complete"`
	}
}

type seatTaken struct {
	OfMember
	Product string `path:"product" maxLength:"200" doc:"Product; its seat in whichever edition is meant." example:"fleet"`
}

type seatHanded struct {
	OfMember
	Body struct {
		Product string `json:"product" maxLength:"200" doc:"Product, with its edition where it has some." example:"fleet/complete"`
		To      string `json:"to" maxLength:"64" doc:"Public id of the member who gets it."`
	}
}

type allotmentsQuery struct {
	InAccount
	Product string `query:"product" required:"true" maxLength:"200" doc:"Product, with its edition where it has some." example:"plans"`
	Unit    string `query:"unit" maxLength:"64" doc:"Public id of the one unit that is meant."`
	Search  string `query:"search" maxLength:"1000" doc:"A part of the unit's name."`
}

type allot struct {
	InAccount
	Body struct {
		AtVersion
		Product  string `json:"product" maxLength:"200" example:"plans"`
		Unit     string `json:"unit" maxLength:"64" doc:"Public id of the unit."`
		Quantity int64  `json:"quantity" doc:"The whole allotment, not what is added; 0 gives all back." example:"3"`
	}
}

type (
	productsAnswer   struct{ Body ProductList }
	allotmentsAnswer struct{ Body AllotmentList }
	allotmentAnswer  struct{ Body Allotment }
)

func (f *Face) seats() {
	tag := []string{"seats"}
	operation(f, huma.Operation{OperationID: "list-products", Method: http.MethodGet, Path: "/accounts/{account}/products", Tags: tag,
		Summary: "Products of a unit", Description: "What its people are served from: bought by the unit or one above it, or allotted to it."}, f.listProducts)
	operation(f, huma.Operation{OperationID: "assign-seat", Method: http.MethodPost, Path: "/accounts/{account}/members/{member}/seats", Tags: tag,
		Summary:     "Assign a seat to a member",
		Description: "Who has it already is left as they are. 409 seat.none_free when none is left: never more are assigned than were bought. Needs seats.assign at the home unit."}, f.assignSeat)
	operation(f, huma.Operation{OperationID: "withdraw-seat", Method: http.MethodDelete, Path: "/accounts/{account}/members/{member}/seats/{product}", Tags: tag,
		DefaultStatus: http.StatusNoContent, Summary: "Withdraw a seat", Description: "It is free at once. Who has none is left as they are."}, f.withdrawSeat)
	operation(f, huma.Operation{OperationID: "hand-over-seat", Method: http.MethodPost, Path: "/accounts/{account}/members/{member}/seats/hand-over", Tags: tag,
		Summary: "Hand a seat over to another member", Description: "In one act: it is never free in between."}, f.handOverSeat)
	operation(f, huma.Operation{OperationID: "list-allotments", Method: http.MethodGet, Path: "/accounts/{account}/allotments", Tags: tag,
		Summary: "Units to which seats of a product can be allotted"}, f.listAllotments)
	operation(f, huma.Operation{OperationID: "allot-seats", Method: http.MethodPost, Path: "/accounts/{account}/allotments", Tags: tag,
		Errors: []int{http.StatusPreconditionRequired}, Summary: "Allot seats to a unit",
		Description: "In the place of what it had. Its people, and those below, are served from these. Seats they hold come along with the first allotment and go back with the last. Needs seats.assign where the seats come from."}, f.allotSeats)
}

func (f *Face) listProducts(ctx context.Context, v visit, in *productsQuery) (*productsAnswer, error) {
	panel, err := f.App.Seats.Panel(ctx, v.actor, v.id(), in.Unit)
	if err != nil {
		return nil, err
	}
	list := ProductList{Unit: panel.Unit.UUID, Free: panel.Free, MayAssign: panel.May, Items: make([]Product, len(panel.Lines))}
	for i, l := range panel.Lines {
		list.Items[i] = f.productOf(v, l)
	}
	return &productsAnswer{Body: list}, nil
}

func (f *Face) productOf(v visit, l app.SeatLine) Product {
	c := f.App.Catalogue.InForce()
	p := Product{Product: l.Pool.Offer.String(), Name: c.OfferName(l.Pool.Offer, v.printer.Lang()), Modules: []string{}, Unit: l.Unit.UUID,
		Bought: l.Bought, Received: l.Received, Allotted: l.HandedOn, Assigned: l.Assigned, Reserved: l.Reserved, Free: l.Free, Over: l.Over,
		Lapsed: l.Lapsed, Ends: moment(l.Ends)}
	for _, m := range c.OfferModules(l.Pool.Offer) {
		p.Modules = append(p.Modules, m.ID)
	}
	return p
}

func (f *Face) assignSeat(ctx context.Context, v visit, in *seatGiven) (*memberAnswer, error) {
	if err := one(f.App.Seats.Assign(ctx, v.actor, v.id(), app.Of(in.Member), directory.OfferOf(in.Body.Product))); err != nil {
		return nil, err
	}
	return f.member(ctx, v, in.Member)
}

func (f *Face) withdrawSeat(ctx context.Context, v visit, in *seatTaken) (*removed, error) {
	return &removed{}, one(f.App.Seats.Withdraw(ctx, v.actor, v.id(), app.Of(in.Member), directory.OfferOf(in.Product)))
}

func (f *Face) handOverSeat(ctx context.Context, v visit, in *seatHanded) (*memberAnswer, error) {
	handing := app.SeatHanding{From: in.Member, To: in.Body.To, Offer: directory.OfferOf(in.Body.Product)}
	if _, err := f.App.Seats.HandOver(ctx, v.actor, v.id(), handing); err != nil {
		return nil, err
	}
	return f.member(ctx, v, in.Member)
}

func (f *Face) listAllotments(ctx context.Context, v visit, in *allotmentsQuery) (*allotmentsAnswer, error) {
	found, err := f.App.Seats.Allottable(ctx, v.actor, v.id(), directory.OfferOf(in.Product), app.AllotmentQuery{Unit: in.Unit, Search: in.Search})
	if err != nil {
		return nil, err
	}
	list := AllotmentList{Items: make([]Allotment, len(found.Choices)), Total: found.Total}
	for i, c := range found.Choices {
		list.Items[i] = allotmentOf(c)
	}
	return &allotmentsAnswer{Body: list}, nil
}

func allotmentOf(c app.AllotmentChoice) Allotment {
	return Allotment{Unit: c.Unit.UUID, Name: c.Unit.Name, Source: c.Source.UUID, Quantity: c.Has, Most: c.Most, Version: strconv.FormatInt(c.Version, 10)}
}

func (f *Face) allotSeats(ctx context.Context, v visit, in *allot) (*allotmentAnswer, error) {
	version, err := f.number(v, Conditional{}, in.Body.Version)
	if err != nil {
		return nil, err
	}
	offer := directory.OfferOf(in.Body.Product)
	err = f.App.Seats.Allot(ctx, v.actor, v.id(), app.Allotment{Unit: in.Body.Unit, Offer: offer, Quantity: in.Body.Quantity, Version: version})
	if err != nil {
		return nil, err
	}
	found, err := f.App.Seats.Allottable(ctx, v.actor, v.id(), offer, app.AllotmentQuery{Unit: in.Body.Unit})
	if err != nil {
		return nil, err
	}
	made := app.AllotmentChoice{Has: in.Body.Quantity}
	if len(found.Choices) > 0 { // archived meanwhile otherwise
		made = found.Choices[0]
	}
	return &allotmentAnswer{Body: allotmentOf(made)}, nil
}
