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

// A Role is a function, an access level, or a role that is granted at units.
type Role struct {
	ID              string            `json:"id" example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Kind            string            `json:"kind" enum:"function,level,rights" doc:"Functions and levels act in the account only, roles of kind rights at units and below." example:"rights"`
	Code            string            `json:"code" doc:"It never changes." example:"manager"`
	Names           map[string]string `json:"names" doc:"By language; \"\" is the name for all others." example:"{\"fr\":\"Gestionnaire\",\"en\":\"Manager\"}"`
	Permissions     []string          `json:"permissions" nullable:"false" example:"[\"members.manage\"]"`
	DefaultLevel    string            `json:"default_level" doc:"Of a function: code of the access level it proposes."`
	DefaultProducts []string          `json:"default_products" nullable:"false" doc:"Of a function: products it proposes."`
	Place           string            `json:"place" enum:"account,project,both" doc:"Where it is offered." example:"both"`
	Shipped         bool              `json:"shipped" doc:"It comes with the catalogue."`
	Holders         int64             `json:"holders" doc:"How many members hold it." example:"12"`
	Archived        *time.Time        `json:"archived_at,omitempty" doc:"Off the lists it is chosen from; who holds it keeps it."`
	Version         string            `json:"version" example:"2"`
}

func roleOf(r app.ShownRole) Role {
	return Role{ID: r.UUID, Kind: string(r.Kind), Code: r.Code, Names: r.Names, Permissions: list(r.Permissions), DefaultLevel: r.DefaultLevel,
		DefaultProducts: list(r.DefaultProducts), Place: r.Place, Shipped: r.Shipped, Holders: r.Holders, Archived: moment(r.Archived),
		Version: strconv.FormatInt(r.Version, 10)}
}

// RoleList is every role of the account.
type RoleList struct {
	Items []Role `json:"items" nullable:"false"`
	Total int64  `json:"total" doc:"Exactly how many there are." example:"14"`
}

type rolesQuery struct {
	InAccount
	Kind     string `query:"kind" enum:"function,level,rights" doc:"Only roles of this kind."`
	Archived bool   `query:"archived" doc:"Archived roles too."`
}

type rolesAnswer struct{ Body RoleList }

type roleAnswer struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a role just made: where it is."`
	Body     Role
}

// OfRole is an address of one role.
type OfRole struct {
	InAccount
	Role string `path:"role" maxLength:"64" doc:"Public id of the role." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (f *Face) roles() {
	tag := []string{"roles"}
	operation(f, huma.Operation{OperationID: "list-roles", Method: http.MethodGet, Path: "/accounts/{account}/roles", Tags: tag,
		Summary: "List roles", Description: "All of them: an account has few. For managers of users or roles at the account or a unit of its first level."}, f.listRoles)
	operation(f, huma.Operation{OperationID: "get-role", Method: http.MethodGet, Path: "/accounts/{account}/roles/{role}", Tags: tag, Summary: "Read one role"}, f.getRole)
	operation(f, huma.Operation{OperationID: "create-role", Method: http.MethodPost, Path: "/accounts/{account}/roles", Tags: tag, DefaultStatus: http.StatusCreated,
		Summary: "Make a role", Description: "Nobody gives what they do not hold: each permission must be held by the technical user."}, f.createRole)
	operation(f, huma.Operation{OperationID: "edit-role", Method: http.MethodPatch, Path: "/accounts/{account}/roles/{role}", Tags: tag,
		Summary: "Change a role", Description: "At once for all who hold it. What is absent stays. The administrator level cannot be changed.",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.editRole)
	operation(f, huma.Operation{OperationID: "archive-role", Method: http.MethodPost, Path: "/accounts/{account}/roles/{role}/archive", Tags: tag,
		Summary: "Take a role off the lists it is chosen from"}, f.archiveRole)
	operation(f, huma.Operation{OperationID: "restore-role", Method: http.MethodPost, Path: "/accounts/{account}/roles/{role}/restore", Tags: tag,
		Summary: "Put a role back on the lists"}, f.restoreRole)
}

func (f *Face) listRoles(ctx context.Context, v visit, in *rolesQuery) (*rolesAnswer, error) {
	found, err := f.App.Roles.List(ctx, v.actor, v.id())
	if err != nil {
		return nil, err
	}
	all := found.Roles
	if in.Archived {
		all = append(all, found.Archived...)
	}
	answer := RoleList{Items: []Role{}}
	for _, role := range all {
		if in.Kind == "" || in.Kind == string(role.Kind) {
			answer.Items = append(answer.Items, roleOf(role))
		}
	}
	answer.Total = int64(len(answer.Items))
	return &rolesAnswer{Body: answer}, nil
}

func (f *Face) getRole(ctx context.Context, v visit, in *OfRole) (*roleAnswer, error) {
	return f.role(ctx, v, in.Role)
}

// role answers a role as it is now.
func (f *Face) role(ctx context.Context, v visit, id string) (*roleAnswer, error) {
	found, err := f.App.Roles.List(ctx, v.actor, v.id())
	if err != nil {
		return nil, err
	}
	for _, one := range append(found.Roles, found.Archived...) {
		if one.UUID == id {
			return &roleAnswer{ETag: quoted(strconv.FormatInt(one.Version, 10)), Body: roleOf(one)}, nil
		}
	}
	return nil, directory.Refuse(directory.NotFound, "role.not_found")
}

type createRole struct {
	InAccount
	Body struct {
		Kind            string            `json:"kind" enum:"function,level,rights" example:"rights"`
		Names           map[string]string `json:"names" doc:"By language; \"\" is the name for all others." example:"{\"\":\"Approver\"}"`
		Permissions     []string          `json:"permissions,omitempty" nullable:"false" maxItems:"500" example:"[\"members.view\"]"`
		DefaultLevel    string            `json:"default_level,omitempty" doc:"Of a function."`
		DefaultProducts []string          `json:"default_products,omitempty" nullable:"false" maxItems:"500" doc:"Of a function."`
		Place           string            `json:"place,omitempty" enum:"account,project,both" doc:"Of a function or level."`
	}
}

func (f *Face) createRole(ctx context.Context, v visit, in *createRole) (*roleAnswer, error) {
	b := in.Body
	made, err := f.App.Roles.Create(ctx, v.actor, v.id(), app.NewRole{Kind: directory.RoleKind(b.Kind), Names: b.Names, Permissions: b.Permissions,
		DefaultLevel: b.DefaultLevel, DefaultProducts: b.DefaultProducts, Place: b.Place})
	if err != nil {
		return nil, err
	}
	answer, err := f.role(ctx, v, made.UUID)
	if err != nil {
		return nil, err
	}
	answer.Location = f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/roles/" + made.UUID
	return answer, nil
}

type editRole struct {
	OfRole
	Conditional
	Body struct {
		AtVersion
		Names           map[string]string `json:"names,omitempty" doc:"All names; absent: they stay."`
		Permissions     *[]string         `json:"permissions,omitempty" nullable:"false" maxItems:"500" doc:"All of them."`
		DefaultLevel    *string           `json:"default_level,omitempty"`
		DefaultProducts *[]string         `json:"default_products,omitempty" nullable:"false" maxItems:"500"`
		Place           *string           `json:"place,omitempty" enum:"account,project,both"`
	}
}

func (f *Face) editRole(ctx context.Context, v visit, in *editRole) (*roleAnswer, error) {
	b := in.Body
	version, err := f.number(v, in.Conditional, b.Version)
	if err != nil {
		return nil, err
	}
	err = f.App.Roles.Edit(ctx, v.actor, v.id(), in.Role, app.RoleChange{Version: version, Names: b.Names, Permissions: b.Permissions,
		DefaultLevel: b.DefaultLevel, DefaultProducts: b.DefaultProducts, Place: b.Place})
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.role(ctx, v, in.Role)
}

func (f *Face) archiveRole(ctx context.Context, v visit, in *OfRole) (*roleAnswer, error) {
	if err := f.App.Roles.Archive(ctx, v.actor, v.id(), in.Role); err != nil {
		return nil, err
	}
	return f.role(ctx, v, in.Role)
}

func (f *Face) restoreRole(ctx context.Context, v visit, in *OfRole) (*roleAnswer, error) {
	if err := f.App.Roles.Restore(ctx, v.actor, v.id(), in.Role); err != nil {
		return nil, err
	}
	return f.role(ctx, v, in.Role)
}
