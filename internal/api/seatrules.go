package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A SeatRule is that people of a function, or of a unit and those below it, get a
// seat.
type SeatRule struct {
	ID       string `json:"id" doc:"Public id." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Product  string `json:"product" doc:"Product, with its edition where one is named." example:"fleet/complete"`
	Function string `json:"function,omitempty" doc:"Code of the function it is about." example:"driver"`
	Unit     string `json:"unit,omitempty" doc:"Public id of the unit it is about, with those below."`
	Without  int64  `json:"without_seat" doc:"How many of those it is about hold none." example:"2"`
}

// SeatRuleList is the rules that the technical user may change.
type SeatRuleList struct {
	Items []SeatRule `json:"items" nullable:"false"`
}

// OfSeatRule is an address of one rule.
type OfSeatRule struct {
	InAccount
	Rule string `path:"rule" maxLength:"64" doc:"Public id of the rule." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

type makeSeatRule struct {
	InAccount
	Body struct {
		Product  string `json:"product" maxLength:"200" doc:"Product, with its edition where it has some; without one, any edition that is free." example:"plans"`
		Function string `json:"function,omitempty" maxLength:"64" doc:"Code or public id of a function. Either this or \"unit\"." example:"driver"`
		Unit     string `json:"unit,omitempty" maxLength:"64" doc:"Public id of a unit."`
	}
}

type externalStated struct {
	OfMember
	Body struct {
		Product string  `json:"product" maxLength:"200" doc:"Product of the catalogue." example:"plans"`
		Last    *string `json:"last_day,omitempty" doc:"The last day on which it counts, in the account's time zone; a claim needs one." example:"2027-12-31"`
	}
}

type externalEnded struct {
	OfMember
	Product string `path:"product" maxLength:"200" doc:"Product." example:"plans"`
}

type seatRulesAnswer struct{ Body SeatRuleList }

func (f *Face) seatRules() {
	tag := []string{"seats"}
	operation(f, huma.Operation{OperationID: "list-seat-rules", Method: http.MethodGet, Path: "/accounts/{account}/seat-rules", Tags: tag,
		Summary: "List rules by which seats are assigned", Description: "Those the technical user may change."}, f.listSeatRules)
	operation(f, huma.Operation{OperationID: "make-seat-rule", Method: http.MethodPost, Path: "/accounts/{account}/seat-rules", Tags: tag,
		Summary: "Make a rule by which seats are assigned", Description: "Whoever comes under it from now on gets a seat while there are any; \"follow\" is for those " +
			"who are under it already. Answers all rules. Needs seats.assign at the unit, or in the whole account."}, f.makeSeatRule)
	operation(f, huma.Operation{OperationID: "end-seat-rule", Method: http.MethodDelete, Path: "/accounts/{account}/seat-rules/{rule}", Tags: tag,
		DefaultStatus: http.StatusNoContent, Summary: "End a rule", Description: "Who got a seat by it keeps it."}, f.endSeatRule)
	operation(f, huma.Operation{OperationID: "follow-seat-rule", Method: http.MethodPost, Path: "/accounts/{account}/seat-rules/{rule}/follow", Tags: tag,
		Errors: []int{http.StatusAccepted}, Summary: "Assign seats to those whom a rule is about",
		Description: "To those who hold none, as far as there are any. Many may take longer than the answer: it is 202 then."}, f.followSeatRule)
	operation(f, huma.Operation{OperationID: "state-external", Method: http.MethodPost, Path: "/accounts/{account}/members/{member}/externals", Tags: tag,
		Summary:     "Note that a member brings a subscription along",
		Description: "It takes no seat. It is a claim, which opens use only where the catalogue says so, and needs a last day. Needs seats.assign at the home unit."}, f.stateExternal)
	operation(f, huma.Operation{OperationID: "end-external", Method: http.MethodDelete, Path: "/accounts/{account}/members/{member}/externals/{product}", Tags: tag,
		DefaultStatus: http.StatusNoContent, Summary: "Take back that a member brings a subscription along",
		Description: "Use goes on by a seat of the account, or stops."}, f.endExternal)
}

func (f *Face) listSeatRules(ctx context.Context, v visit, _ *InAccount) (*seatRulesAnswer, error) {
	rules, err := f.App.Seats.Rules(ctx, v.actor, v.id())
	if err != nil {
		return nil, err
	}
	all := SeatRuleList{Items: make([]SeatRule, len(rules))}
	for i, r := range rules {
		all.Items[i] = SeatRule{ID: r.UUID, Product: r.Offer.String(), Function: r.Function.Code, Unit: r.Unit.UUID, Without: r.Without}
	}
	return &seatRulesAnswer{Body: all}, nil
}

func (f *Face) makeSeatRule(ctx context.Context, v visit, in *makeSeatRule) (*seatRulesAnswer, error) {
	rule := app.NewSeatRule{Offer: directory.OfferOf(in.Body.Product), Function: in.Body.Function, Unit: in.Body.Unit}
	if err := f.App.Seats.MakeRule(ctx, v.actor, v.id(), rule); err != nil {
		return nil, err
	}
	return f.listSeatRules(ctx, v, &in.InAccount)
}

func (f *Face) endSeatRule(ctx context.Context, v visit, in *OfSeatRule) (*removed, error) {
	return &removed{}, f.App.Seats.EndRule(ctx, v.actor, v.id(), in.Rule)
}

func (f *Face) followSeatRule(ctx context.Context, v visit, in *OfSeatRule) (*verdictsAnswer, error) {
	verdicts, err := f.App.Seats.Follow(ctx, v.actor, v.id(), in.Rule)
	if err != nil {
		return nil, err
	}
	return f.verdicts(v, verdicts, false), nil
}

func (f *Face) stateExternal(ctx context.Context, v visit, in *externalStated) (*memberAnswer, error) {
	last, err := dayGiven("last_day", in.Body.Last)
	if err != nil {
		return nil, err
	}
	claim := app.ExternalClaim{Member: in.Member, Product: in.Body.Product}
	if last != nil {
		claim.Last = *last
	}
	if err := f.App.Seats.StateExternal(ctx, v.actor, v.id(), claim); err != nil {
		return nil, err
	}
	return f.member(ctx, v, in.Member)
}

func (f *Face) endExternal(ctx context.Context, v visit, in *externalEnded) (*removed, error) {
	return &removed{}, f.App.Seats.EndExternal(ctx, v.actor, v.id(), app.ExternalClaim{Member: in.Member, Product: in.Product})
}
