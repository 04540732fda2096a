package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
)

// A Referent is somebody who looks after the contract of a unit.
type Referent struct {
	Member   string    `json:"member" doc:"Public id of the member."`
	Name     string    `json:"name" example:"Hélène Castaing"`
	Part     string    `json:"part" enum:"referent,deputy" example:"referent"`
	Inactive bool      `json:"inactive" doc:"Switched off: still named, and nobody to reach."`
	From     time.Time `json:"from"`
}

// Referents are who looks after the contract of a unit.
type Referents struct {
	Items []Referent `json:"items" nullable:"false" doc:"The referent first, then the deputies by name."`
	Above *Referent  `json:"above,omitempty" doc:"Of a unit without a referent of its own: the nearest above, who looks after it."`
}

type referentsAnswer struct{ Body Referents }

type nameReferent struct {
	OfUnit
	Body struct {
		Member string `json:"member" maxLength:"64" doc:"Public id of a member whose home unit is this one or below it."`
		Part   string `json:"part" maxLength:"64" enum:"referent,deputy" doc:"What they are from now on. The former referent stops."`
		Former string `json:"former,omitempty" maxLength:"64" doc:"Public id of the referent that was seen, \"none\" for none: another one is refused. Absent: whoever it is."`
	}
}

type endReferent struct {
	OfUnit
	Body struct {
		Member string `json:"member" maxLength:"64" doc:"Public id of the member."`
		Part   string `json:"part" maxLength:"64" enum:"referent,deputy" doc:"What they are no longer."`
	}
}

func (f *Face) referents() {
	tag := []string{"units"}
	const path = "/accounts/{account}/units/{unit}/referents"
	operation(f, huma.Operation{OperationID: "list-referents", Method: http.MethodGet, Path: path, Tags: tag,
		Summary: "Read who looks after the contract of a unit"}, f.listReferents)
	operation(f, huma.Operation{OperationID: "name-referent", Method: http.MethodPost, Path: path, Tags: tag,
		Summary: "Name the referent or a deputy of a unit", Description: "Needs account.manage at the root and members.manage at a unit below it. It gives the person no right."}, f.nameReferent)
	operation(f, huma.Operation{OperationID: "end-referent", Method: http.MethodPost, Path: path + "/end", Tags: tag,
		Summary: "End what somebody is for the contract of a unit"}, f.endReferent)
}

func (f *Face) listReferents(ctx context.Context, v visit, in *OfUnit) (*referentsAnswer, error) {
	found, err := f.App.Contracts.AtUnit(ctx, v.actor, v.id(), in.Unit)
	if err != nil {
		return nil, err
	}
	all := Referents{Items: []Referent{}}
	if found.Referent.Member != "" {
		all.Items = append(all.Items, referentOf(found.Referent))
	}
	for _, deputy := range found.Deputies {
		all.Items = append(all.Items, referentOf(deputy))
	}
	if found.Above.Member != "" {
		above := referentOf(found.Above)
		all.Above = &above
	}
	return &referentsAnswer{Body: all}, nil
}

func referentOf(c app.ContractPerson) Referent {
	return Referent{Member: c.Member, Name: c.Name, Part: string(c.Part), Inactive: c.Inactive, From: c.From.UTC()}
}

func (f *Face) nameReferent(ctx context.Context, v visit, in *nameReferent) (*referentsAnswer, error) {
	_, err := f.App.Contracts.Name(ctx, v.actor, v.id(), app.ContractNaming{Unit: in.Unit, Part: app.ContractPart(in.Body.Part), Member: in.Body.Member, Former: in.Body.Former})
	if err != nil {
		return nil, err
	}
	return f.listReferents(ctx, v, &in.OfUnit)
}

func (f *Face) endReferent(ctx context.Context, v visit, in *endReferent) (*referentsAnswer, error) {
	_, err := f.App.Contracts.End(ctx, v.actor, v.id(), app.ContractNaming{Unit: in.Unit, Part: app.ContractPart(in.Body.Part), Member: in.Body.Member})
	if err != nil {
		return nil, err
	}
	return f.listReferents(ctx, v, &in.OfUnit)
}
