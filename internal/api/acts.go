package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
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

	Rights []RightsMove `json:"rights,omitempty" nullable:"false" doc:"Of a preview: what the member really gains and loses, by unit."`
}

// Verdicts answer an act on many.
type Verdicts struct {
	Verdicts []Verdict `json:"verdicts" nullable:"false"`
	Done     int       `json:"done" doc:"How many were added or changed." example:"2"`
	Refused  int       `json:"refused" doc:"How many were refused." example:"0"`

	Act       string     `json:"act,omitempty" doc:"Public id under which the act is kept, to read its result again."`
	Nothing   bool       `json:"nothing_done,omitempty" doc:"All or nothing was asked for, somebody was refused, and nothing was done: the verdicts say what each would have been."`
	Foresight *Foresight `json:"foresight,omitempty" doc:"Of a preview: what it would bring."`
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

		AssignSeats   []string     `json:"assign_seats,omitempty" nullable:"false" maxItems:"20" doc:"Of \"edit\": products of which each gets a seat."`
		WithdrawSeats []string     `json:"withdraw_seats,omitempty" nullable:"false" maxItems:"20" doc:"Of \"edit\": products of which each one's seat ends."`
		GiveRoles     []RoleAt     `json:"give_roles,omitempty" nullable:"false" maxItems:"20" doc:"Of \"edit\": roles that each gets at units."`
		EndRoles      []RoleAt     `json:"end_roles,omitempty" nullable:"false" maxItems:"20" doc:"Of \"edit\": roles that end at units."`
		Project       *IntoProject `json:"project,omitempty" doc:"Of \"edit\": a project to which each is added."`
		Preview       bool         `json:"preview,omitempty" doc:"Say what would be, and write nothing."`
		AllOrNothing  bool         `json:"all_or_nothing,omitempty" doc:"Where one member is refused, nothing is done; at most 10,000 members."`
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
	id := ""
	who := app.Selection{Members: in.Body.Members, Wait: f.Wait, Whole: in.Body.AllOrNothing, Act: &id}
	act, err := in.asked()
	if err != nil {
		return nil, err
	}
	if in.Body.Preview {
		act.Window = app.ForeWindow{Limit: mostForeseen}
		of, err := f.App.Members.Foresee(ctx, v.actor, v.id(), who, act)
		if err != nil {
			return nil, err
		}
		return f.foreseen(v, of), nil
	}
	var verdicts app.Verdicts
	switch in.Body.Act {
	case "move":
		verdicts, err = f.App.Members.MoveHome(ctx, v.actor, v.id(), who, in.Body.Unit)
	case "assign-seat":
		verdicts, err = f.App.Seats.Assign(ctx, v.actor, v.id(), who, act.Offer)
	case "withdraw-seat":
		verdicts, err = f.App.Seats.Withdraw(ctx, v.actor, v.id(), who, act.Offer)
	default:
		verdicts, err = f.App.Members.Do(ctx, v.actor, v.id(), who, act)
	}
	broken := app.AsBroken(err)
	if broken != nil {
		verdicts, err = broken.Verdicts, nil
	}
	if err != nil {
		return nil, err
	}
	answer := f.verdicts(v, verdicts, false)
	if answer.Body.Act = id; broken != nil {
		answer.Body.Nothing, answer.Body.Done = true, 0
	}
	return answer, nil
}
