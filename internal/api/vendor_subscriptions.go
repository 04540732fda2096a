package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A Subscription is what a customer has bought, as the vendor's programs keep it.
type Subscription struct {
	External  string     `json:"external_id" doc:"The id by which the vendor's programs know it, or empty." example:"SUB-77120"`
	ID        string     `json:"id" doc:"Public id; one without an external id goes by it." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Product   string     `json:"product" doc:"Product of the catalogue, with its edition where it has some." example:"fleet/complete"`
	Unit      string     `json:"unit" doc:"Public id of the unit that holds it." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Quantity  int64      `json:"quantity" doc:"Seats." example:"25"`
	First     string     `json:"first_day" doc:"In the account's time zone." example:"2026-01-01"`
	Last      string     `json:"last_day" doc:"The last day on which it gives seats; empty: open-ended." example:"2026-12-31"`
	Starts    time.Time  `json:"starts_at"`
	Ends      *time.Time `json:"ends_at,omitempty" doc:"The moment it is over."`
	Reference string     `json:"reference" doc:"As it stands on the invoice." example:"F-2026-118"`
	PriceNote string     `json:"price_note" doc:"What the vendor wants to remember of the price; no customer reads it." example:""`
	State     string     `json:"state" enum:"coming,running,over" example:"running"`
	Version   string     `json:"version" example:"1"`
}

// A ListedSubscription is a subscription with whose it is.
type ListedSubscription struct {
	Subscription
	Customer string  `json:"customer" doc:"External id of the customer, or empty." example:"ERP-10442"`
	Account  string  `json:"customer_id" doc:"Public id of the account." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Number   string  `json:"customer_number" example:"204 817"`
	Pool     Product `json:"pool" doc:"Seats of that product in the unit that holds it, of all subscriptions together."`
}

func subscriptionOf(s app.SubscriptionLine, zone *time.Location) Subscription {
	return Subscription{External: s.External, ID: s.UUID, Product: s.Offer.String(), Unit: s.Unit.UUID, Quantity: s.Quantity,
		First: directory.DayOf(s.Starts, zone).ISO(), Last: directory.LastDay(s.Ends, zone).ISO(), Starts: s.Starts.UTC(), Ends: moment(s.Ends),
		Reference: s.Reference, PriceNote: s.PriceNote, State: string(s.State), Version: strconv.FormatInt(s.Version, 10)}
}

// OfSubscription is an address of one subscription of a customer.
type OfSubscription struct {
	OfCustomer
	Subscription string `path:"subscription" maxLength:"100" doc:"The id by which the vendor's programs know it, else its public id." example:"SUB-77120"`
}

type subscriptionRecord struct {
	OfSubscription
	Conditional
	Body struct {
		AtVersion
		Product   *string `json:"product,omitempty" maxLength:"200" doc:"Needed for a new one, and then fixed. With its edition where the product has some." example:"fleet/complete"`
		Unit      *string `json:"unit,omitempty" maxLength:"100" doc:"External or public id of the unit that holds it, and then fixed; absent or empty: the root." example:"B-2"`
		Quantity  *int64  `json:"quantity,omitempty" doc:"Seats; needed for a new one." example:"25"`
		First     *string `json:"first_day,omitempty" doc:"A day; of a new one, absent: today." example:"2026-01-01"`
		Last      *string `json:"last_day,omitempty" doc:"A day, included; empty: open-ended." example:"2026-12-31"`
		Reference *string `json:"reference,omitempty" example:"F-2026-118"`
		PriceNote *string `json:"price_note,omitempty" example:"3 years, -10 %"`
	}
}

type subscriptionEnd struct {
	OfSubscription
	Conditional
	Body *AtVersion `required:"false"`
}

type subscriptionAnswer struct {
	Status   int
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a subscription just made: where it is."`
	Body     Subscription
}

// SubscriptionsOf is what a customer has bought and what is used of it.
type SubscriptionsOf struct {
	Items []Subscription `json:"items" nullable:"false" doc:"Those that run first, then those to come, then those that are over."`
	Pools []Product      `json:"pools" nullable:"false" doc:"Bought, held, free and over-used seats, by product and unit."`
}

// SubscriptionPage is one page of the subscriptions of all customers.
type SubscriptionPage struct {
	Items []ListedSubscription `json:"items" nullable:"false"`
	Total int64                `json:"total" doc:"On all pages." example:"312"`
	Next  string               `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
}

type subscriptionsQuery struct {
	Limit   int      `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page."`
	Cursor  string   `query:"cursor" maxLength:"4000" doc:"\"next\" of the page before."`
	Search  string   `query:"search" maxLength:"1000" doc:"A part of the customer's name, or its number."`
	Product []string `query:"product" maxItems:"50" doc:"Products, with or without edition."`
	State   []string `query:"state" maxItems:"3" enum:"coming,running,over" doc:"Absent: coming and running."`
	View    string   `query:"view" enum:"ending,over_used,lapsed" doc:"Those that end within 90 days, of which more is used than there is, or that are over while people hold seats of them."`
}

type (
	subscriptionsOfAnswer struct{ Body SubscriptionsOf }
	subscriptionsAnswer   struct{ Body SubscriptionPage }
)

func (f *Face) subscriptions() {
	const all, one = "/vendor/customers/{external_id}/subscriptions", "/vendor/customers/{external_id}/subscriptions/{subscription}"
	vendor(f, huma.Operation{OperationID: "list-subscriptions", Method: http.MethodGet, Path: "/vendor/subscriptions", Summary: "List subscriptions of all customers",
		Description: "Of the customers the application sees, those that end first. Needs the right \"subscriptions\"."}, f.listSubscriptions)
	vendor(f, huma.Operation{OperationID: "list-customer-subscriptions", Method: http.MethodGet, Path: all, Summary: "List subscriptions of a customer",
		Description: "With what is used of them. Needs the right \"subscriptions\"."}, f.subscriptionsOf)
	vendor(f, huma.Operation{OperationID: "get-subscription", Method: http.MethodGet, Path: one, Summary: "Read one subscription"},
		func(ctx context.Context, v visit, in *OfSubscription) (*subscriptionAnswer, error) {
			return f.subscription(ctx, v, in.Subscription)
		})
	vendor(f, huma.Operation{OperationID: "put-subscription", Method: http.MethodPut, Path: one, Summary: "Create or update a subscription",
		Description: "Makes the subscription of that id (201), or changes the one there is (200); what is absent stays. Sent again it changes nothing. " +
			"Fewer seats than are held is over-use: nobody loses one. 409 subscription.other_product when it is of another product or unit. " +
			"Needs the right \"subscriptions\".",
		Errors: []int{http.StatusPreconditionFailed}}, f.putSubscription)
	f.describeMade(one)
	vendor(f, huma.Operation{OperationID: "end-subscription", Method: http.MethodPost, Path: one + "/end", Summary: "End a subscription now",
		Description: "Its seats lapse, members stay; one that has not begun never gives anything. Needs the right \"subscriptions\".",
		Errors:      []int{http.StatusPreconditionFailed}}, f.endSubscription)
}

// subscription answers a subscription as it is now.
func (f *Face) subscription(ctx context.Context, v visit, name string) (*subscriptionAnswer, error) {
	s, err := f.App.Subscriptions.One(ctx, v.actor, v.account.ID, name)
	if err != nil {
		return nil, err
	}
	return &subscriptionAnswer{Status: http.StatusOK, ETag: quoted(strconv.FormatInt(s.Version, 10)), Body: subscriptionOf(s, app.ZoneOf(v.account))}, nil
}

func (f *Face) subscriptionsOf(ctx context.Context, v visit, _ *OfCustomer) (*subscriptionsOfAnswer, error) {
	contract, err := f.App.Subscriptions.Of(ctx, v.actor, v.account.ID)
	if err != nil {
		return nil, err
	}
	zone := app.ZoneOf(v.account)
	of := SubscriptionsOf{Items: make([]Subscription, len(contract.Subscriptions)), Pools: make([]Product, len(contract.Lines))}
	for i, s := range contract.Subscriptions {
		of.Items[i] = subscriptionOf(s, zone)
	}
	for i, l := range contract.Lines {
		of.Pools[i] = f.productOf(v, l)
	}
	return &subscriptionsOfAnswer{Body: of}, nil
}

func (f *Face) listSubscriptions(ctx context.Context, v visit, in *subscriptionsQuery) (*subscriptionsAnswer, error) {
	found, err := f.App.Subscriptions.List(ctx, v.actor, app.SubscriptionQuery{Search: in.Search, Products: in.Product, States: in.State, View: in.View,
		Sort: "ends", After: in.Cursor, Size: in.Limit})
	if err != nil {
		return nil, err
	}
	page := SubscriptionPage{Items: make([]ListedSubscription, len(found.Rows)), Total: found.Found, Next: found.Next}
	for i, s := range found.Rows {
		page.Items[i] = ListedSubscription{Subscription: subscriptionOf(s.SubscriptionLine, app.ZoneOf(s.Account)), Customer: s.Account.External,
			Account: s.Account.UUID, Number: s.Account.Number, Pool: f.productOf(v, s.Line)}
	}
	return &subscriptionsAnswer{Body: page}, nil
}

func (f *Face) putSubscription(ctx context.Context, v visit, in *subscriptionRecord) (*subscriptionAnswer, error) {
	b := in.Body
	record := app.SubscriptionRecord{Product: b.Product, Unit: b.Unit, Reference: b.Reference, PriceNote: b.PriceNote, Quantity: b.Quantity}
	var err error
	if record.Version, err = f.given(v, in.Conditional, b.Version); err != nil {
		return nil, err
	}
	if record.First, err = dayGiven("first_day", b.First); err != nil {
		return nil, err
	}
	if record.Last, err = dayGiven("last_day", b.Last); err != nil {
		return nil, err
	}
	id, made, err := f.App.Subscriptions.Put(ctx, v.actor, v.account.ID, in.Subscription, record)
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	answer, err := f.subscription(ctx, v, id)
	if err == nil && made {
		answer.Status = http.StatusCreated
		answer.Location = f.BaseURL + Base + "/vendor/customers/" + url.PathEscape(in.External) + "/subscriptions/" + url.PathEscape(answer.Body.External)
	}
	return answer, err
}

func (f *Face) endSubscription(ctx context.Context, v visit, in *subscriptionEnd) (*subscriptionAnswer, error) {
	version, err := f.given(v, in.Conditional, bodyVersion(in.Body))
	if err != nil {
		return nil, err
	}
	s, err := f.App.Subscriptions.One(ctx, v.actor, v.account.ID, in.Subscription)
	if err == nil {
		err = f.App.Subscriptions.End(ctx, v.actor, v.account.ID, s.UUID, version)
	}
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.subscription(ctx, v, s.UUID)
}

func bodyVersion(b *AtVersion) string {
	if b == nil {
		return ""
	}
	return b.Version
}

// dayGiven reads a day that a program may send: empty stands for none.
func dayGiven(field string, text *string) (*directory.Day, error) {
	if text == nil {
		return nil, nil
	}
	day := directory.Day{}
	if *text != "" {
		t, err := time.Parse(time.DateOnly, *text)
		if err != nil || t.Year() < 1900 {
			return nil, directory.InvalidField(field, "field.bad_date", nil)
		}
		day = directory.DayOf(t, time.UTC)
	}
	return &day, nil
}
