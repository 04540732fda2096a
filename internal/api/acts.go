package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A Verdict is what became of one thing of an act on many.
type Verdict struct {
	Row     int             `json:"row" doc:"Position in what was sent, from 1." example:"1"`
	Member  string          `json:"member,omitempty" doc:"Public id of the member."`
	Name    string          `json:"name,omitempty" example:"Karim Haddad"`
	Email   string          `json:"email,omitempty" example:"karim.haddad@maraval.example"`
	Outcome string          `json:"outcome" enum:"added,changed,unchanged,refused" example:"added"`
	Invited bool            `json:"invited,omitempty" doc:"An invitation goes out."`
	Problem *verdictProblem `json:"problem,omitempty" doc:"Why it was refused."`

	LacksRoleAt []Lack `json:"lacks_role_at,omitempty" nullable:"false" doc:"Levels at which the account requires a role and the member holds none after what was done: a warning, no refusal."`
}

// Verdicts answer an act on many.
type Verdicts struct {
	Verdicts []Verdict `json:"verdicts" nullable:"false"`
	Done     int       `json:"done" doc:"How many were added or changed." example:"2"`
	Refused  int       `json:"refused" doc:"How many were refused." example:"0"`
}

type verdictsAnswer struct{ Body Verdicts }

func (f *Face) verdicts(v visit, verdicts app.Verdicts, preview bool) *verdictsAnswer {
	all := Verdicts{Verdicts: make([]Verdict, len(verdicts)), Done: verdicts.Count(app.Added) + verdicts.Count(app.Changed), Refused: verdicts.Count(app.Refused)}
	for i, one := range verdicts {
		all.Verdicts[i] = Verdict{Row: one.Row, Name: one.Name, Email: one.Email, Outcome: string(one.Outcome), Invited: one.Invited, Problem: f.reason(v, one.Refusal), LacksRoleAt: lacksOf(one.Lacks)}
		if !preview || one.Outcome != app.Added {
			all.Verdicts[i].Member = one.Public()
		}
	}
	return &verdictsAnswer{Body: all}
}

type memberAct func(ctx context.Context, v visit, who app.Selection) (app.Verdicts, error)

// acts are what can be done to members that needs no more words.
func (f *Face) acts() map[string]memberAct {
	return map[string]memberAct{
		"deactivate": func(ctx context.Context, v visit, who app.Selection) (app.Verdicts, error) {
			return f.App.Members.Deactivate(ctx, v.actor, v.id(), who)
		},
		"reactivate": func(ctx context.Context, v visit, who app.Selection) (app.Verdicts, error) {
			return f.App.Members.Reactivate(ctx, v.actor, v.id(), who)
		},
		"invite": func(ctx context.Context, v visit, who app.Selection) (app.Verdicts, error) {
			return f.App.Invitations.Send(ctx, v.actor, v.id(), who)
		},
		"withdraw-invitation": func(ctx context.Context, v visit, who app.Selection) (app.Verdicts, error) {
			return f.App.Invitations.Withdraw(ctx, v.actor, v.id(), who)
		},
		"remove": func(ctx context.Context, v visit, who app.Selection) (app.Verdicts, error) {
			return f.App.Members.Remove(ctx, v.actor, v.id(), who)
		},
	}
}

type actOnMembers struct {
	InAccount
	Body struct {
		Act     string      `json:"act" enum:"deactivate,reactivate,invite,withdraw-invitation,remove,move,edit,assign-seat,withdraw-seat" doc:"What is done to each."`
		Members []string    `json:"members" nullable:"false" minItems:"1" maxItems:"1000" doc:"Public ids, at most 1,000."`
		Unit    string      `json:"home_unit,omitempty" doc:"Of \"move\": public id of the new home unit."`
		Product string      `json:"product,omitempty" maxLength:"200" doc:"Of \"assign-seat\" and \"withdraw-seat\": the product, with its edition where it has some."`
		Change  *MemberEdit `json:"change,omitempty" doc:"Of \"edit\": what is set for each; names, address and language are edited one by one."`
	}
}

type removed struct{}

type moveMember struct {
	OfMember
	Body struct {
		Unit string `json:"home_unit" maxLength:"64" doc:"Public id of the new home unit." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	}
}

func (f *Face) memberActs() {
	tag := []string{"members"}
	for _, a := range []struct{ name, summary, description string }{
		{"deactivate", "Switch a member off", "Access ends at their next request; the record stays. The last active administrator is refused with administrator.last."},
		{"reactivate", "Switch a member on again", "They get back the status they had."},
		{"invite", "Send an invitation", "Or send it again: the old link dies."},
		{"withdraw-invitation", "Withdraw an invitation", "Its link does nothing any more."},
	} {
		do := f.acts()[a.name]
		operation(f, huma.Operation{OperationID: a.name + idSuffix(a.name), Method: http.MethodPost, Path: "/accounts/{account}/members/{member}/" + a.name,
			Tags: tag, Summary: a.summary, Description: a.description}, func(ctx context.Context, v visit, in *OfMember) (*memberAnswer, error) {
			if err := one(do(ctx, v, app.Of(in.Member))); err != nil {
				return nil, err
			}
			return f.member(ctx, v, in.Member)
		})
	}
	operation(f, huma.Operation{OperationID: "remove-member", Method: http.MethodDelete, Path: "/accounts/{account}/members/{member}", Tags: tag,
		DefaultStatus: http.StatusNoContent, Summary: "Remove a member", Description: "Out of the account and all its projects in one act. Somebody removed can be added again."}, f.removeMember)
	operation(f, huma.Operation{OperationID: "move-member", Method: http.MethodPost, Path: "/accounts/{account}/members/{member}/move", Tags: tag,
		Summary: "Give a member another home unit", Description: "Needs members.manage at both units. Roles held stay as they are."}, f.moveMember)
	operation(f, huma.Operation{OperationID: "act-on-members", Method: http.MethodPost, Path: "/accounts/{account}/members/acts", Tags: tag,
		Errors: []int{http.StatusAccepted}, Summary: "Do one thing to many members",
		Description: "Each member is changed, left as they are, or refused with the reason; a refusal leaves the others done. More than 500 members may take longer than the answer: it is 202 then. Mails of an act on many wait two minutes."}, f.actOnMembers)
}

func idSuffix(act string) string {
	if act == "withdraw-invitation" {
		return ""
	}
	return "-member"
}

func (f *Face) removeMember(ctx context.Context, v visit, in *OfMember) (*removed, error) {
	return &removed{}, one(f.App.Members.Remove(ctx, v.actor, v.id(), app.Of(in.Member)))
}

func (f *Face) moveMember(ctx context.Context, v visit, in *moveMember) (*memberAnswer, error) {
	if err := one(f.App.Members.MoveHome(ctx, v.actor, v.id(), app.Of(in.Member), in.Body.Unit)); err != nil {
		return nil, err
	}
	return f.member(ctx, v, in.Member)
}

func (f *Face) actOnMembers(ctx context.Context, v visit, in *actOnMembers) (*verdictsAnswer, error) {
	who := app.Selection{Members: in.Body.Members, Wait: f.Wait}
	var verdicts app.Verdicts
	var err error
	switch in.Body.Act {
	case "move":
		verdicts, err = f.App.Members.MoveHome(ctx, v.actor, v.id(), who, in.Body.Unit)
	case "edit":
		if in.Body.Change == nil {
			return nil, directory.InvalidField("change", "field.required", nil)
		}
		var change app.MemberChange
		if change, err = in.Body.Change.forMany(); err != nil {
			return nil, err
		}
		verdicts, err = f.App.Members.EditMembers(ctx, v.actor, v.id(), who, change)
	case "assign-seat":
		verdicts, err = f.App.Seats.Assign(ctx, v.actor, v.id(), who, directory.OfferOf(in.Body.Product))
	case "withdraw-seat":
		verdicts, err = f.App.Seats.Withdraw(ctx, v.actor, v.id(), who, directory.OfferOf(in.Body.Product))
	default:
		verdicts, err = f.acts()[in.Body.Act](ctx, v, who)
	}
	if err != nil {
		return nil, err
	}
	return f.verdicts(v, verdicts, false), nil
}
