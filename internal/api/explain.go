package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
)

// A Why says whether a member may do something at a unit, and why or why not.
type Why struct {
	Allowed    bool         `json:"allowed" example:"true"`
	Permission string       `json:"permission" example:"members.manage"`
	Unit       string       `json:"unit" doc:"Public id."`
	Reason     string       `json:"reason,omitempty" enum:"not_member,switched_off,not_active,ended,suspended,missing" doc:"Of a no: what failed." example:"missing"`
	By         []HeldRole   `json:"by" nullable:"false" doc:"What gives it, from the root down."`
	Idle       []HeldRole   `json:"idle" nullable:"false" doc:"Held on the way and naming the permission, at a level where it does not count."`
	Elsewhere  []HeldRole   `json:"elsewhere" nullable:"false" doc:"What gives it at units that do not lead here."`
	Givers     []RightGiver `json:"givers" nullable:"false" doc:"Of a no: who could give it, the nearest first; a few of them."`
	GiverTotal int64        `json:"giver_total" doc:"How many could give it."`
}

// A HeldRole is one role somebody holds at a unit.
type HeldRole struct {
	Role string `json:"role" doc:"Code." example:"manager"`
	Kind string `json:"kind" enum:"function,level,rights" example:"rights"`
	Unit string `json:"unit" doc:"Public id of the unit at which it is held."`
}

// A RightGiver is somebody who could give what is missing.
type RightGiver struct {
	Member string `json:"member,omitempty" doc:"Public id, where the technical user sees them."`
	Name   string `json:"name" example:"Hélène Castaing"`
}

// MemberRights are what a member may do at a unit.
type MemberRights struct {
	Unit        string     `json:"unit" doc:"Public id."`
	Permissions []string   `json:"permissions" nullable:"false" example:"[\"members.view\"]"`
	Held        []HeldRole `json:"held" nullable:"false" doc:"Every role the member holds anywhere in the account."`
}

type whyQuery struct {
	OfMember
	Permission string `query:"permission" required:"true" maxLength:"200" doc:"A permission of the catalogue." example:"members.manage"`
	Unit       string `query:"unit" maxLength:"64" doc:"Public id; absent: the root."`
}

type whyAnswer struct{ Body Why }

type rightsQuery struct {
	OfMember
	Unit string `query:"unit" maxLength:"64" doc:"Public id; absent: the root."`
}

type rightsAnswer struct{ Body MemberRights }

func (f *Face) explanations() {
	tag := []string{"explanations"}
	operation(f, huma.Operation{OperationID: "explain", Method: http.MethodGet, Path: "/accounts/{account}/members/{member}/why", Tags: tag,
		Summary: "Why somebody may do something, or what is missing", Description: "The decision itself with its grounds: the two can never disagree."}, f.why)
	operation(f, huma.Operation{OperationID: "get-rights", Method: http.MethodGet, Path: "/accounts/{account}/members/{member}/rights", Tags: tag,
		Summary: "What a member may do at a unit"}, f.rights)
}

func (f *Face) why(ctx context.Context, v visit, in *whyQuery) (*whyAnswer, error) {
	w, err := f.App.Reasons.Why(ctx, v.actor, v.id(), app.WhyQuery{Person: in.Member, Permission: in.Permission, Unit: in.Unit})
	if err != nil {
		return nil, err
	}
	answer := Why{Allowed: w.Explanation.Allowed, Permission: w.Permission.ID, Unit: w.Unit.UUID, Reason: w.Explanation.Reason,
		By: []HeldRole{}, Idle: []HeldRole{}, Elsewhere: []HeldRole{}, Givers: []RightGiver{}, GiverTotal: w.GiverTotal}
	for _, step := range w.Path {
		for _, held := range step.Held {
			if held.Gives && answer.Allowed {
				answer.By = append(answer.By, heldOf(held))
			}
			if held.Idle {
				answer.Idle = append(answer.Idle, heldOf(held))
			}
		}
	}
	for _, held := range w.Elsewhere {
		answer.Elsewhere = append(answer.Elsewhere, heldOf(held))
	}
	for _, giver := range w.Givers {
		answer.Givers = append(answer.Givers, RightGiver{Member: giver.Member, Name: giver.Name})
	}
	return &whyAnswer{Body: answer}, nil
}

func heldOf(h app.HeldRole) HeldRole {
	return HeldRole{Role: h.Role.Code, Kind: string(h.Role.Kind), Unit: h.Unit.UUID}
}

func (f *Face) rights(ctx context.Context, v visit, in *rightsQuery) (*rightsAnswer, error) {
	w, err := f.App.Reasons.Why(ctx, v.actor, v.id(), app.WhyQuery{Person: in.Member, Unit: in.Unit})
	if err != nil {
		return nil, err
	}
	tree, err := f.App.Reasons.Tree(ctx, v.actor, v.id(), in.Member)
	if err != nil {
		return nil, err
	}
	answer := MemberRights{Unit: w.Unit.UUID, Permissions: []string{}, Held: []HeldRole{}}
	for _, p := range w.Here {
		answer.Permissions = append(answer.Permissions, p.ID)
	}
	for _, held := range tree.Held {
		answer.Held = append(answer.Held, heldOf(held))
	}
	return &rightsAnswer{Body: answer}, nil
}
