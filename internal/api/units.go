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

// A Unit is a node of the account's tree.
type Unit struct {
	ID       string     `json:"id" example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Parent   string     `json:"parent" doc:"Public id of the unit above; empty for the root."`
	Level    string     `json:"level" doc:"Unit level of the catalogue; \"account\" for the root." example:"company"`
	Name     string     `json:"name" example:"Maraval Travaux"`
	External string     `json:"external_id" doc:"The id by which products know it, or empty." example:"TRV-01"`
	Live     bool       `json:"live" doc:"Neither it nor a unit above it is archived."`
	Archived *time.Time `json:"archived_at,omitempty"`
	Version  string     `json:"version" example:"2"`
}

func unitOf(u app.UnitRecord) Unit {
	return Unit{ID: u.UUID, Parent: u.Parent.UUID, Level: u.Level, Name: u.Name, External: u.External, Live: u.Live,
		Archived: moment(u.Archived), Version: strconv.FormatInt(u.Version, 10)}
}

// UnitList is one page of units.
type UnitList struct {
	Items []Unit `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
	Total *int64 `json:"total,omitempty" doc:"Exactly how many were found, when asked for."`
}

type unitsQuery struct {
	InAccount
	Paging
	Search   string `query:"search" maxLength:"1000" doc:"A part of the name or of the external id."`
	Under    string `query:"under" maxLength:"64" doc:"Public id of a unit: only it and the units below."`
	Archived bool   `query:"archived" doc:"Archived units too."`
}

type unitsAnswer struct{ Body UnitList }

type unitAnswer struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a unit just made: where it is."`
	Body     Unit
}

// OfUnit is an address of one unit.
type OfUnit struct {
	InAccount
	Unit string `path:"unit" maxLength:"64" doc:"Public id of the unit." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (f *Face) units() {
	tag := []string{"units"}
	operation(f, huma.Operation{OperationID: "list-units", Method: http.MethodGet, Path: "/accounts/{account}/units", Tags: tag,
		Summary: "List units", Description: "Units in sight, in the order of the tree: each after the one above it."}, f.listUnits)
	operation(f, huma.Operation{OperationID: "get-unit", Method: http.MethodGet, Path: "/accounts/{account}/units/{unit}", Tags: tag,
		Summary: "Read one unit"}, f.getUnit)
	operation(f, huma.Operation{OperationID: "create-unit", Method: http.MethodPost, Path: "/accounts/{account}/units", Tags: tag, DefaultStatus: http.StatusCreated,
		Summary: "Add a unit", Description: "The catalogue says which level may stand under which."}, f.createUnit)
	operation(f, huma.Operation{OperationID: "edit-unit", Method: http.MethodPatch, Path: "/accounts/{account}/units/{unit}", Tags: tag,
		Summary: "Rename a unit, or give it another external id", Description: "What is absent stays.",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.editUnit)
	operation(f, huma.Operation{OperationID: "archive-unit", Method: http.MethodPost, Path: "/accounts/{account}/units/{unit}/archive", Tags: tag,
		Summary: "Archive a unit with all below it", Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.archiveUnit)
	operation(f, huma.Operation{OperationID: "restore-unit", Method: http.MethodPost, Path: "/accounts/{account}/units/{unit}/restore", Tags: tag,
		Summary: "Bring an archived unit back", Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.restoreUnit)
}

func (f *Face) listUnits(ctx context.Context, v visit, in *unitsQuery) (*unitsAnswer, error) {
	found, err := f.App.Units.Records(ctx, v.actor, v.id(), app.UnitRecordQuery{Search: in.Search, Under: in.Under, Archived: in.Archived, After: in.Cursor, Size: in.Limit})
	if err != nil {
		return nil, err
	}
	page := UnitList{Items: make([]Unit, len(found.Rows)), Next: found.Next}
	for i, u := range found.Rows {
		page.Items[i] = unitOf(u)
	}
	if in.Total {
		total := int64(found.Total)
		page.Total = &total
	}
	return &unitsAnswer{Body: page}, nil
}

func (f *Face) getUnit(ctx context.Context, v visit, in *OfUnit) (*unitAnswer, error) {
	return f.unit(ctx, v, in.Unit)
}

// unit answers a unit as it is now.
func (f *Face) unit(ctx context.Context, v visit, id string) (*unitAnswer, error) {
	found, err := f.App.Units.Record(ctx, v.actor, v.id(), id)
	if err != nil {
		return nil, err
	}
	return &unitAnswer{ETag: quoted(strconv.FormatInt(found.Version, 10)), Body: unitOf(found)}, nil
}

type createUnit struct {
	InAccount
	Body struct {
		Parent   string `json:"parent,omitempty" maxLength:"64" doc:"Public id of the unit above; absent: the root."`
		Level    string `json:"level" maxLength:"64" doc:"Unit level of the catalogue." example:"company"`
		Name     string `json:"name" example:"Maraval Travaux"`
		External string `json:"external_id,omitempty" doc:"The id by which products know it." example:"TRV-01"`
	}
}

func (f *Face) createUnit(ctx context.Context, v visit, in *createUnit) (*unitAnswer, error) {
	made, err := f.App.Units.Add(ctx, v.actor, v.id(), app.NewUnit{Under: in.Body.Parent, Level: in.Body.Level, Name: in.Body.Name, External: in.Body.External})
	if err != nil {
		return nil, err
	}
	answer, err := f.unit(ctx, v, made.UUID)
	if err != nil {
		return nil, err
	}
	answer.Location = f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/units/" + made.UUID
	return answer, nil
}

// AtVersion is a change that needs nothing but the version it is made on.
type AtVersion struct {
	Version string `json:"version,omitempty" doc:"The version the change is made on, when If-Match does not say it." example:"2"`
}

type editUnit struct {
	OfUnit
	Conditional
	Body struct {
		AtVersion
		Name     *string `json:"name,omitempty" example:"Maraval Travaux"`
		External *string `json:"external_id,omitempty" doc:"Empty takes it away." example:"TRV-01"`
	}
}

func (f *Face) editUnit(ctx context.Context, v visit, in *editUnit) (*unitAnswer, error) {
	version, err := f.number(v, in.Conditional, in.Body.Version)
	if err != nil {
		return nil, err
	}
	err = f.App.Units.Change(ctx, v.actor, v.id(), in.Unit, app.UnitChange{Name: in.Body.Name, External: in.Body.External, Version: version})
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.unit(ctx, v, in.Unit)
}

type unitAtVersion struct {
	OfUnit
	Conditional
	Body *AtVersion `required:"false"`
}

func (in unitAtVersion) version() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.Version
}

func (f *Face) archiveUnit(ctx context.Context, v visit, in *unitAtVersion) (*unitAnswer, error) {
	version, err := f.number(v, in.Conditional, in.version())
	if err != nil {
		return nil, err
	}
	if err := f.App.Units.Archive(ctx, v.actor, v.id(), in.Unit, version); err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.unit(ctx, v, in.Unit)
}

func (f *Face) restoreUnit(ctx context.Context, v visit, in *unitAtVersion) (*unitAnswer, error) {
	version, err := f.number(v, in.Conditional, in.version())
	if err != nil {
		return nil, err
	}
	if err := f.App.Units.Restore(ctx, v.actor, v.id(), in.Unit, version); err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.unit(ctx, v, in.Unit)
}
