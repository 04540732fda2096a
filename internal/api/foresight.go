package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A Foresight is what an act would bring, by the plan that would do it.
type Foresight struct {
	Changed   int64      `json:"changed" doc:"How many would be added or changed." example:"12"`
	Unchanged int64      `json:"unchanged" example:"1"`
	Refused   int64      `json:"refused" example:"0"`
	Invited   int64      `json:"invited" doc:"How many invitations would go." example:"2"`
	Companies int64      `json:"companies_created" example:"0"`
	Rights    []RoleMove `json:"rights" nullable:"false" doc:"Roles that people would begin and cease to hold, the most people first."`
	Seats     []SeatMove `json:"seats" nullable:"false"`
	Mails     []MailMove `json:"mails" nullable:"false"`
}

// A RoleMove is how many would gain and lose a role at a unit or in a project.
type RoleMove struct {
	Role        string   `json:"role" doc:"Code of the role." example:"manager"`
	Unit        string   `json:"unit" doc:"Public id of the unit."`
	UnitName    string   `json:"unit_name" example:"Nord"`
	Gain        int64    `json:"gain" example:"3"`
	Lose        int64    `json:"lose" example:"0"`
	Permissions []string `json:"permissions" nullable:"false" doc:"What the role permits there."`
}

// A SeatMove is how many seats of a product would be used and freed.
type SeatMove struct {
	Product string `json:"product" example:"plans"`
	Used    int64  `json:"used" example:"3"`
	Freed   int64  `json:"freed" example:"0"`
}

// A MailMove is how many mails of a kind would go.
type MailMove struct {
	Mail  string `json:"mail" example:"invitation"`
	Count int64  `json:"count" example:"3"`
}

// mostForeseen is how many members a preview answers one by one: as many as an act takes.
const mostForeseen = 1000

// foreseen answers an act that is only previewed: the verdicts as they would be, and what
// it would bring. Nothing is written.
func (f *Face) foreseen(v visit, of app.Foresight) *verdictsAnswer {
	all := Verdicts{Verdicts: make([]Verdict, len(of.People)), Done: int(of.Changed + of.Added), Refused: int(of.Refused), Foresight: &Foresight{
		Changed: of.Changed + of.Added, Unchanged: of.Unchanged, Refused: of.Refused, Invited: of.Invited, Companies: of.Companies,
		Rights: []RoleMove{}, Seats: []SeatMove{}, Mails: []MailMove{}}}
	for i, one := range of.People {
		all.Verdicts[i] = Verdict{Row: i + 1, Member: one.Member, Name: one.Name, Email: one.Email, Outcome: string(one.Outcome), Invited: one.Invited, Problem: f.reason(v, one.Refusal)}
		for _, m := range one.Rights {
			all.Verdicts[i].Rights = append(all.Verdicts[i].Rights, RightsMove{m.Unit.UUID, permissionNames(m.Gain), permissionNames(m.Lose)})
		}
	}
	for _, m := range of.Rights {
		all.Foresight.Rights = append(all.Foresight.Rights, RoleMove{m.Role.Code, m.Unit.UUID, m.Unit.Name, m.Gain, m.Lose, permissionNames(m.Permissions)})
	}
	for _, s := range of.Seats {
		all.Foresight.Seats = append(all.Foresight.Seats, SeatMove{s.Offer.String(), s.Used, s.Freed})
	}
	for _, m := range of.Mails {
		all.Foresight.Mails = append(all.Foresight.Mails, MailMove{string(m.Kind), m.Count})
	}
	return &verdictsAnswer{Body: all}
}

// A RightsMove is what a member really gains and loses at a unit, of what they hold there
// by something else neither.
type RightsMove struct {
	Unit  string   `json:"unit" doc:"Public id of the unit."`
	Gains []string `json:"gains" nullable:"false"`
	Loses []string `json:"loses" nullable:"false"`
}

func permissionNames(ps []authz.Permission) []string {
	names := make([]string, len(ps))
	for i, p := range ps {
		names[i] = string(p)
	}
	return names
}

// ResultList is one page of what became of people in an act.
type ResultList struct {
	Items []Result `json:"items" nullable:"false"`
	Next  string   `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
}

// A Result is what became of somebody in an act.
type Result struct {
	Refused
	Outcome string `json:"outcome" enum:"changed,unchanged,refused" example:"changed"`
}

type resultsQuery struct {
	OfAct
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page."`
	Cursor  string `query:"cursor" maxLength:"2000" doc:"\"next\" of the page before."`
	Outcome string `query:"outcome" enum:"changed,unchanged,refused" default:"refused" doc:"Which of them."`
}

type resultsAnswer struct{ Body ResultList }

func (f *Face) actResults() {
	tag := []string{"acts"}
	operation(f, huma.Operation{OperationID: "list-results", Method: http.MethodGet, Path: "/accounts/{account}/acts/{act}/results", Tags: tag,
		Summary: "What became of each in an act on many", Description: "Those who were refused, found as they should be, or changed, page by page, for thirty days. Positions of those who were changed are those of the history."}, f.listResults)
	operation(f, huma.Operation{OperationID: "repeat-act", Method: http.MethodPost, Path: "/accounts/{account}/acts/{act}/again", Tags: tag, Errors: []int{http.StatusAccepted},
		Summary: "Try again for those who were refused", Description: "The same is set, for them as they are now, by the rights of whoever asks."}, f.repeatAct)
}

func (f *Face) listResults(ctx context.Context, v visit, in *resultsQuery) (*resultsAnswer, error) {
	page := app.ActResults{Outcome: app.Outcome(in.Outcome), Limit: in.Limit}
	if in.Cursor != "" {
		var err error
		if page.After, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || page.After < 1 {
			return nil, directory.InvalidField("cursor", "list.bad_cursor", nil)
		}
	}
	found, err := f.App.Acts.ResultsOf(ctx, v.actor, v.id(), in.Act, page)
	if err != nil {
		return nil, err
	}
	list := ResultList{Items: make([]Result, len(found))}
	for i, one := range found {
		list.Items[i] = Result{f.refusedOne(v, one.Refused), string(one.Outcome)}
	}
	if n := len(found); n == in.Limit {
		list.Next = strconv.FormatInt(found[n-1].Line, 10)
	}
	return &resultsAnswer{Body: list}, nil
}

func (f *Face) repeatAct(ctx context.Context, v visit, in *OfAct) (*verdictsAnswer, error) {
	next := ""
	verdicts, err := f.App.Acts.Again(ctx, v.actor, v.id(), in.Act, app.Deed{Wait: f.Wait, Told: &next})
	if err != nil {
		return nil, err
	}
	answer := f.verdicts(v, verdicts, false)
	answer.Body.Act = next
	return answer, nil
}

// refusedOne is who was refused, and why.
func (f *Face) refusedOne(v visit, one app.RefusedOne) Refused {
	return Refused{Row: one.Line, Member: one.Member, Unit: one.Unit, Name: one.Name, Email: one.Email, Problem: f.reason(v, one.Refusal)}
}

// A RoleAt is a role at units.
type RoleAt struct {
	Role  string   `json:"role" maxLength:"64" doc:"Code or public id of a role of rights." example:"manager"`
	Units []string `json:"units" nullable:"false" minItems:"1" maxItems:"200" doc:"Public ids."`
}

// An IntoProject is a place in a project.
type IntoProject struct {
	Project     string `json:"project" maxLength:"64" doc:"Public id."`
	AccessLevel string `json:"access_level,omitempty" maxLength:"64" doc:"Code; absent: the one of the member's functions."`
}

func rolesAt(all []RoleAt) []app.RoleAt {
	roles := make([]app.RoleAt, 0, min(len(all), 50))
	for _, one := range all {
		roles = append(roles, app.RoleAt{Role: one.Role, Units: one.Units})
	}
	return roles
}

// asked is what the body of an act on members asks for.
func (in *actOnMembers) asked() (app.MembersAct, error) {
	act := app.MembersAct{Offer: directory.OfferOf(in.Body.Product)}
	switch in.Body.Act {
	case "edit":
		act.Kind = directory.BulkSeveral
		if in.Body.Change == nil && len(in.Body.GiveRoles)+len(in.Body.EndRoles)+len(in.Body.AssignSeats)+len(in.Body.WithdrawSeats) == 0 && in.Body.Project == nil {
			return act, directory.InvalidField("change", "field.required", nil)
		}
		if in.Body.Change != nil {
			var err error
			if act.MemberChange, err = in.Body.Change.forMany(); err != nil {
				return act, err
			}
		}
		act.Assign, act.TakeBack = in.Body.AssignSeats, in.Body.WithdrawSeats
		act.Give, act.End = rolesAt(in.Body.GiveRoles), rolesAt(in.Body.EndRoles)
		if p := in.Body.Project; p != nil {
			act.Project = &app.IntoPlace{Project: p.Project, Level: p.AccessLevel}
		}
	case "move":
		act.Kind, act.MemberChange = directory.BulkEdit, app.MemberChange{Unit: &in.Body.Unit}
	case "assign-seat":
		act.Kind = directory.BulkAssign
	case "withdraw-seat":
		act.Kind = directory.BulkTakeBack
	case "withdraw-invitation":
		act.Kind = directory.BulkWithdraw
	default:
		act.Kind = directory.BulkKind(in.Body.Act)
	}
	return act, nil
}
