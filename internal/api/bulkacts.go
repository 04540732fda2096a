package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// An Act is an act on many that goes on by itself, or did.
type Act struct {
	ID        string          `json:"id" doc:"Public id." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Act       string          `json:"act" enum:"edit,deactivate,reactivate,invite,withdraw-invitation,remove,give-role,end-role,add,assign-seat,withdraw-seat,several,add-to-project,edit-in-project,remove-from-project,undo" doc:"What is done to each."`
	State     string          `json:"state" enum:"running,done,stopped,failed" doc:"\"stopped\": by somebody, or for the reason in \"problem\"; \"failed\": at a fault of the installation. What was done stays."`
	Total     int64           `json:"total" doc:"How many there were to do." example:"1000"`
	Handled   int64           `json:"handled" doc:"How many of them are worked through." example:"500"`
	Done      int64           `json:"done" doc:"How many were added or changed." example:"480"`
	Unchanged int64           `json:"unchanged" doc:"How many were so already." example:"15"`
	Refused   int64           `json:"refused" doc:"How many were refused." example:"5"`
	Problem   *verdictProblem `json:"problem,omitempty" doc:"Why it stopped before its end."`
	Created   time.Time       `json:"created_at"`
	Ended     *time.Time      `json:"ended_at,omitempty"`
}

// ActList is the latest acts.
type ActList struct {
	Items []Act `json:"items" nullable:"false"`
}

// RefusedList is one page of who was refused in an act.
type RefusedList struct {
	Items []Refused `json:"items" nullable:"false"`
	Next  string    `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
}

// A Refused is who was refused in an act.
type Refused struct {
	Row     int64           `json:"row" doc:"Position in what there was to do, from 1." example:"17"`
	Member  string          `json:"member,omitempty" doc:"Public id of the member."`
	Unit    string          `json:"unit,omitempty" doc:"Public id of the unit, of a role."`
	Name    string          `json:"name,omitempty" example:"Karim Haddad"`
	Email   string          `json:"email,omitempty" example:"karim.haddad@maraval.example"`
	Problem *verdictProblem `json:"problem,omitempty" doc:"Why. Absent when it told of somebody who was erased since."`
}

// OfAct is an address of one act on many.
type OfAct struct {
	InAccount
	Act string `path:"act" maxLength:"64" doc:"Public id of the act." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

type refusedQuery struct {
	OfAct
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page."`
	Cursor string `query:"cursor" maxLength:"2000" doc:"\"next\" of the page before."`
}

type (
	actAnswer     struct{ Body Act }
	actsAnswer    struct{ Body ActList }
	refusedAnswer struct{ Body RefusedList }
)

func (f *Face) bulkActs() {
	tag := []string{"acts"}
	operation(f, huma.Operation{OperationID: "list-acts", Method: http.MethodGet, Path: "/accounts/{account}/acts", Tags: tag,
		Summary: "List acts on many", Description: "The latest fifty, newest first. Who manages the members of some units only sees their own."}, f.listActs)
	operation(f, huma.Operation{OperationID: "get-act", Method: http.MethodGet, Path: "/accounts/{account}/acts/{act}", Tags: tag,
		Summary: "How far an act on many is", Description: "An act can be looked at for thirty days; what it changed stays in the history."}, f.getAct)
	operation(f, huma.Operation{OperationID: "list-refused", Method: http.MethodGet, Path: "/accounts/{account}/acts/{act}/refused", Tags: tag,
		Summary: "Who was refused in an act on many, and why"}, f.listRefused)
	operation(f, huma.Operation{OperationID: "stop-act", Method: http.MethodPost, Path: "/accounts/{account}/acts/{act}/stop", Tags: tag,
		Summary: "Stop an act on many", Description: "What was done stays; what is left is not done."}, f.stopAct)
	f.actResults()
}

func (f *Face) listActs(ctx context.Context, v visit, _ *InAccount) (*actsAnswer, error) {
	found, err := f.App.Acts.Recent(ctx, v.actor, v.id(), app.RecentActs)
	if err != nil {
		return nil, err
	}
	list := ActList{Items: make([]Act, len(found))}
	for i, act := range found {
		list.Items[i] = f.act(v, act)
	}
	return &actsAnswer{Body: list}, nil
}

func (f *Face) getAct(ctx context.Context, v visit, in *OfAct) (*actAnswer, error) {
	act, err := f.App.Acts.Find(ctx, v.actor, v.id(), in.Act)
	if err != nil {
		return nil, err
	}
	return &actAnswer{Body: f.act(v, act)}, nil
}

func (f *Face) stopAct(ctx context.Context, v visit, in *OfAct) (*actAnswer, error) {
	if err := f.App.Acts.Stop(ctx, v.actor, v.id(), in.Act); err != nil {
		return nil, err
	}
	return f.getAct(ctx, v, in)
}

func (f *Face) listRefused(ctx context.Context, v visit, in *refusedQuery) (*refusedAnswer, error) {
	page := app.RefusedPage{Limit: in.Limit}
	if in.Cursor != "" {
		var err error
		if page.After, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || page.After < 1 {
			return nil, directory.InvalidField("cursor", "list.bad_cursor", nil)
		}
	}
	found, err := f.App.Acts.RefusedIn(ctx, v.actor, v.id(), in.Act, page)
	if err != nil {
		return nil, err
	}
	list := RefusedList{Items: make([]Refused, len(found))}
	for i, one := range found {
		list.Items[i] = f.refusedOne(v, one)
	}
	if n := len(found); n == in.Limit {
		list.Next = strconv.FormatInt(found[n-1].Line, 10)
	}
	return &refusedAnswer{Body: list}, nil
}

func (f *Face) act(v visit, act directory.BulkAct) Act {
	n := act.Counts
	a := Act{ID: act.UUID, Act: actName(act.Kind), State: string(act.State), Total: n.Total, Handled: n.Done, Done: n.Changed, Unchanged: n.Unchanged,
		Refused: n.Refused, Problem: f.reason(v, act.Stopped), Created: act.Created.UTC()}
	if !act.Ended.IsZero() {
		ended := act.Ended.UTC()
		a.Ended = &ended
	}
	return a
}

// actName is what an act is called where programs ask for it.
func actName(kind directory.BulkKind) string {
	switch kind {
	case directory.BulkWithdraw:
		return "withdraw-invitation"
	case directory.BulkGive:
		return "give-role"
	case directory.BulkEnd:
		return "end-role"
	case directory.BulkAssign:
		return "assign-seat"
	case directory.BulkTakeBack:
		return "withdraw-seat"
	case directory.BulkPlaceAdd:
		return "add-to-project"
	case directory.BulkPlaceEdit:
		return "edit-in-project"
	case directory.BulkPlaceRemove:
		return "remove-from-project"
	}
	return string(kind)
}

// accepted answers a request that began an act on many and does not wait for its
// end (BULK-4). It comes the way of errors, since the operation itself has another
// answer.
type accepted struct {
	Act
	location string
}

// Error says it for logs.
func (a *accepted) Error() string { return "act on many goes on" }

// GetStatus is the HTTP status.
func (a *accepted) GetStatus() int { return http.StatusAccepted }

// GetHeaders says where the act is found.
func (a *accepted) GetHeaders() http.Header { return http.Header{"Location": {a.location}} }

// failed is what an operation that gave no answer of its own is answered with.
func (f *Face) failed(ctx context.Context, v visit, err error) error {
	var going *app.Unfinished
	if errors.As(err, &going) {
		return f.goesOn(v, going.Act)
	}
	return f.problem(ctx, v, err)
}

func (f *Face) goesOn(v visit, act directory.BulkAct) *accepted {
	return &accepted{f.act(v, act), f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/acts/" + act.UUID}
}

// begun answers a request again whose act on many goes on, or is over, without
// having been answered (PLAN-3).
func (f *Face) begun(out *answer, r *http.Request, v visit, id string) {
	number, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Base+"/accounts/"), "/")
	var err error
	if err = f.at(r.Context(), &v, number); err != nil {
		f.write(out, f.problem(r.Context(), v, err))
		return
	}
	act, err := f.App.Acts.Find(r.Context(), v.actor, v.id(), id)
	if err != nil {
		f.write(out, f.problem(r.Context(), v, err))
		return
	}
	going := f.goesOn(v, act)
	text, err := json.Marshal(going.Act)
	if err != nil {
		f.write(out, f.problem(r.Context(), v, err))
		return
	}
	out.header.Set("Content-Type", "application/json")
	out.header.Set("Location", going.location)
	out.header.Set("Idempotency-Replayed", "true")
	out.WriteHeader(http.StatusAccepted)
	out.body.Write(append(text, '\n'))
}

// describeAccepted says that an operation may go on after its answer.
func (f *Face) describeAccepted(o *huma.Operation) {
	headers := limits()
	headers["Location"] = &huma.Param{Description: "Where the act is found.", Schema: &huma.Schema{Type: huma.TypeString}}
	o.Responses[strconv.Itoa(http.StatusAccepted)] = &huma.Response{
		Description: "The act is begun and goes on by itself; Location says where it is found.", Headers: headers,
		Content: map[string]*huma.MediaType{"application/json": {Schema: f.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Act](), true, "Act")}}}
}
