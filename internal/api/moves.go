package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/authz"
)

// A MovePreview says whose rights change when a unit is moved.
type MovePreview struct {
	Changed  int             `json:"changed" doc:"People whose rights change, exactly." example:"12"`
	Gaining  int             `json:"gaining" doc:"Of these, who gain something." example:"3"`
	Losing   int             `json:"losing" doc:"Of these, who lose something." example:"10"`
	People   []Shift         `json:"people" nullable:"false" doc:"The first of them in sight, at most 100."`
	Contract MoveContract    `json:"contract" doc:"What it means for contracts."`
	Problem  *verdictProblem `json:"problem,omitempty" doc:"Why the technical user may not move it there."`
	Seal     string          `json:"seal" doc:"Stands for exactly this preview: send it with the move." example:"5b1f9c0a7e3d2f46"`
}

// A MoveContract counts what a move means for the contracts of units.
type MoveContract struct {
	Ending        int `json:"ending" doc:"Referents and deputies of units above who are that no more." example:"1"`
	Subscriptions int `json:"subscriptions" doc:"Held by the moved units." example:"2"`
	Gaining       int `json:"gaining" doc:"People who see these subscriptions, and the invoices, from then on." example:"1"`
	Losing        int `json:"losing" doc:"People who see them no more." example:"1"`
}

// A Shift is what one person gains and loses.
type Shift struct {
	Member string   `json:"member" doc:"Public id."`
	Name   string   `json:"name" example:"Karim Haddad"`
	Gained []string `json:"gained" nullable:"false" doc:"Permissions." example:"[\"members.manage\"]"`
	Lost   []string `json:"lost" nullable:"false" doc:"Permissions."`
}

type previewMove struct {
	OfUnit
	To string `query:"to" required:"true" maxLength:"64" doc:"Public id of the unit to hang it under."`
}

type previewAnswer struct{ Body MovePreview }

type moveUnit struct {
	OfUnit
	Conditional
	Body struct {
		AtVersion
		To   string `json:"to" maxLength:"64" doc:"Public id of the unit to hang it under."`
		Seal string `json:"seal,omitempty" maxLength:"200" doc:"Of the preview that was confirmed: when what it said has changed, the move is refused."`
	}
}

func (f *Face) unitMoves() {
	tag := []string{"units"}
	operation(f, huma.Operation{OperationID: "preview-unit-move", Method: http.MethodGet, Path: "/accounts/{account}/units/{unit}/move", Tags: tag,
		Summary: "Preview a move", Description: "Whose rights change when the unit hangs elsewhere; nothing is written."}, f.previewMove)
	operation(f, huma.Operation{OperationID: "move-unit", Method: http.MethodPost, Path: "/accounts/{account}/units/{unit}/move", Tags: tag,
		Summary: "Move a unit with all below it", Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.moveUnit)
}

func (f *Face) previewMove(ctx context.Context, v visit, in *previewMove) (*previewAnswer, error) {
	p, err := f.App.Units.MovePreview(ctx, v.actor, v.id(), in.Unit, in.To)
	if err != nil {
		return nil, err
	}
	preview := MovePreview{Changed: p.Changed, Gaining: p.Gaining, Losing: p.Losing, People: make([]Shift, len(p.People)), Problem: f.reason(v, p.Refusal), Seal: p.Seal,
		Contract: MoveContract{Ending: p.Contract.Ending, Subscriptions: p.Contract.Subscriptions, Gaining: p.Contract.Gaining, Losing: p.Contract.Losing}}
	for i, person := range p.People {
		preview.People[i] = Shift{Member: person.UUID, Name: person.Name(), Gained: names(person.Gained), Lost: names(person.Lost)}
	}
	return &previewAnswer{Body: preview}, nil
}

func names(permissions []authz.Permission) []string {
	all := make([]string, len(permissions))
	for i, p := range permissions {
		all[i] = string(p)
	}
	return all
}

func (f *Face) moveUnit(ctx context.Context, v visit, in *moveUnit) (*unitAnswer, error) {
	version, err := f.number(v, in.Conditional, in.Body.Version)
	if err != nil {
		return nil, err
	}
	err = f.App.Units.Move(ctx, v.actor, v.id(), in.Unit, app.UnitMove{To: in.Body.To, Version: version, Confirmed: in.Body.Seal})
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.unit(ctx, v, in.Unit)
}
