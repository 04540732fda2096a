package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A Grant is a role of kind rights that a member holds at a unit: it flows down,
// and only ever adds.
type Grant struct {
	Member string    `json:"member" doc:"Public id of the member."`
	Role   string    `json:"role" doc:"Code of the role." example:"manager"`
	Unit   string    `json:"unit" doc:"Public id of the unit."`
	From   time.Time `json:"from"`
}

// GrantList is one page of grants.
type GrantList struct {
	Items []Grant `json:"items" nullable:"false"`
	Next  string  `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
	Total *int64  `json:"total,omitempty" doc:"Exactly how many were found, when asked for."`
}

type grantsQuery struct {
	InAccount
	Paging
	Member string `query:"member" maxLength:"64" doc:"Public id: only what this member holds."`
	Unit   string `query:"unit" maxLength:"64" doc:"Public id: only what is given at this unit itself."`
	Role   string `query:"role" maxLength:"64" doc:"Code or public id: only this role." example:"manager"`
}

type grantsAnswer struct{ Body GrantList }

type giveGrants struct {
	InAccount
	Body struct {
		Role    string   `json:"role" maxLength:"64" doc:"Code or public id of a role of kind rights." example:"manager"`
		Members []string `json:"members" nullable:"false" minItems:"1" maxItems:"1000" doc:"Public ids, at most 1,000."`
		Units   []string `json:"units" nullable:"false" minItems:"1" maxItems:"1000" doc:"Public ids, at most 1,000; at most 5,000 pairs."`
		Preview bool     `json:"preview,omitempty" doc:"Say what would be, and write nothing."`
	}
}

// A GrantVerdict is what became of one member at one unit.
type GrantVerdict struct {
	Verdict
	Unit string   `json:"unit,omitempty" doc:"Public id of the unit."`
	Adds []string `json:"adds" nullable:"false" doc:"Permissions that the member has there because of the role alone; none: it adds nothing there." example:"[\"members.manage\"]"`
}

// GrantVerdicts answer an act on many.
type GrantVerdicts struct {
	Verdicts []GrantVerdict `json:"verdicts" nullable:"false"`
	Done     int            `json:"done" doc:"How many were given or ended." example:"2"`
	Refused  int            `json:"refused" doc:"How many were refused." example:"0"`
}

type grantVerdictsAnswer struct{ Body GrantVerdicts }

func (f *Face) grants() {
	tag := []string{"grants"}
	operation(f, huma.Operation{OperationID: "list-grants", Method: http.MethodGet, Path: "/accounts/{account}/grants", Tags: tag,
		Summary: "List grants", Description: "Those at units, or of members, that the technical user sees."}, f.listGrants)
	operation(f, huma.Operation{OperationID: "give-grants", Method: http.MethodPost, Path: "/accounts/{account}/grants", Tags: tag,
		Errors: []int{http.StatusAccepted}, Summary: "Give one role to members at units",
		Description: "Needs members.manage at each unit and all that the role gives there. A refusal leaves the others done. More than 500 pairs may take longer than the answer: it is 202 then."}, f.giveGrants)
	operation(f, huma.Operation{OperationID: "end-grants", Method: http.MethodPost, Path: "/accounts/{account}/grants/end", Tags: tag,
		Errors: []int{http.StatusAccepted}, Summary: "Take one role back from members at units", Description: "Also the last one that the account requires: the verdict then says in \"lacks_role_at\" what is lacked."}, f.endGrants)
}

func (f *Face) listGrants(ctx context.Context, v visit, in *grantsQuery) (*grantsAnswer, error) {
	found, err := f.App.Grants.Records(ctx, v.actor, v.id(), app.GrantRecordQuery{Member: in.Member, Unit: in.Unit, Role: in.Role, After: in.Cursor, Size: in.Limit, Count: in.Total})
	if err != nil {
		return nil, err
	}
	page := GrantList{Items: make([]Grant, len(found.Rows)), Next: found.Next}
	for i, g := range found.Rows {
		page.Items[i] = Grant{Member: g.Member, Role: g.Role.Code, Unit: g.Unit.UUID, From: g.From.UTC()}
	}
	if in.Total {
		page.Total = &found.Total
	}
	return &grantsAnswer{Body: page}, nil
}

// mostPairs is how many members times units one request takes.
const mostPairs = 5000

func (f *Face) giveGrants(ctx context.Context, v visit, in *giveGrants) (*grantVerdictsAnswer, error) {
	return f.onGrants(ctx, v, in, f.App.Grants.Give)
}

func (f *Face) endGrants(ctx context.Context, v visit, in *giveGrants) (*grantVerdictsAnswer, error) {
	return f.onGrants(ctx, v, in, f.App.Grants.End)
}

type grantAct func(ctx context.Context, actor authz.Actor, account directory.AccountID, g app.Giving) ([]app.GrantVerdict, error)

func (f *Face) onGrants(ctx context.Context, v visit, in *giveGrants, do grantAct) (*grantVerdictsAnswer, error) {
	if n := len(in.Body.Members) * len(in.Body.Units); n > mostPairs {
		return nil, directory.InvalidField("units", "grant.too_many", directory.Args{"Count": n, "Limit": mostPairs})
	}
	verdicts, err := do(ctx, v.actor, v.id(), app.Giving{Who: app.Selection{Members: in.Body.Members, Wait: f.Wait}, Role: in.Body.Role, Units: in.Body.Units, Preview: in.Body.Preview})
	if err != nil {
		return nil, err
	}
	all := GrantVerdicts{Verdicts: make([]GrantVerdict, len(verdicts))}
	for i, one := range verdicts {
		switch one.Outcome {
		case app.Added, app.Changed:
			all.Done++
		case app.Refused:
			all.Refused++
		}
		all.Verdicts[i] = GrantVerdict{Unit: one.Effect.Unit.UUID, Adds: names(one.Effect.Adds), Verdict: Verdict{Row: one.Row, Member: one.Public(),
			Name: one.Name, Email: one.Email, Outcome: string(one.Outcome), Problem: f.reason(v, one.Refusal), LacksRoleAt: lacksOf(one.Lacks)}}
	}
	return &grantVerdictsAnswer{Body: all}, nil
}
