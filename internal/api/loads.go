package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// lines is the type of a stream of JSON objects, one a line.
const lines = "application/x-ndjson"

const loadsPath = "/accounts/{account}/loads"

// streamed reports whether a request is read while it is answered.
func (f *Face) streamed(r *http.Request) bool {
	_, pattern := f.mux.Handler(r)
	return pattern == http.MethodPost+" "+Base+loadsPath
}

// A LoadLine says of one unit, one role, one person or one place what is to be so:
// exactly one of the four.
type LoadLine struct {
	Unit   *LoadUnit   `json:"unit,omitempty" doc:"Made, or found by its external id."`
	Role   *LoadRole   `json:"role,omitempty" doc:"Made, or found by its code or one of its names."`
	Member *LoadMember `json:"member,omitempty" doc:"Added, or found by the address."`
	Place  *LoadPlace  `json:"place,omitempty" doc:"In a project that is there."`
}

// A LoadUnit is a unit as it is to be.
type LoadUnit struct {
	External string `json:"external_id" doc:"The id by which the unit is known, here and to products." example:"TRV-01"`
	Parent   string `json:"parent,omitempty" doc:"External or public id of the unit above, which comes before it or is there; absent: the account itself for a new one, else where it stands. Another one moves it." example:"TRV"`
	Level    string `json:"level,omitempty" maxLength:"64" doc:"Unit level of the catalogue. Needed for a new one; it never changes." example:"company"`
	Name     string `json:"name,omitempty" doc:"Needed for a new one." example:"Maraval Travaux"`
}

// A LoadRole is a role as it is to be.
type LoadRole struct {
	Kind            string            `json:"kind" enum:"function,level,rights" example:"rights"`
	Code            string            `json:"code,omitempty" maxLength:"64" doc:"Of a role that is there; absent: it is found by one of its names, or made."`
	Names           map[string]string `json:"names,omitempty" doc:"By language; \"\" is the name for all others. Those of other languages stay." example:"{\"\":\"Approver\"}"`
	Permissions     *[]string         `json:"permissions,omitempty" nullable:"false" maxItems:"500" doc:"All of them." example:"[\"members.view\"]"`
	DefaultLevel    *string           `json:"default_level,omitempty" doc:"Of a function."`
	DefaultProducts *[]string         `json:"default_products,omitempty" nullable:"false" maxItems:"500" doc:"Of a function."`
	Place           *string           `json:"place,omitempty" enum:"account,project,both" doc:"Of a function or level."`
}

// A LoadMember is a person with what they are to hold.
type LoadMember struct {
	NewMember
	Grants []LoadGrant `json:"grants,omitempty" nullable:"false" maxItems:"200" doc:"Roles at units, added to those that are held."`
}

// A LoadGrant is a role at a unit.
type LoadGrant struct {
	Role string `json:"role" maxLength:"200" doc:"Code, public id or a name of a role of kind rights." example:"manager"`
	Unit string `json:"unit" maxLength:"200" doc:"External or public id." example:"TRV-01"`
}

// A LoadPlace is somebody's place in a project: as those of its members, and brought into
// the account with it where the project lets people in.
type LoadPlace struct {
	Project string `json:"project" maxLength:"200" doc:"External or public id of a project." example:"P-17"`
	NewProjectMember
}

// A LoadRow is what became, or would become, of one line.
type LoadRow struct {
	Line    int             `json:"line" doc:"In the request, from 1; empty lines count." example:"1"`
	Kind    string          `json:"kind,omitempty" enum:"unit,role,member,place" doc:"Absent where the line cannot be read." example:"unit"`
	ID      string          `json:"id,omitempty" doc:"Public id; absent for what is refused, out of sight, or would be added."`
	Code    string          `json:"code,omitempty" doc:"Of a role." example:"own-17"`
	Name    string          `json:"name,omitempty" example:"Nord"`
	Email   string          `json:"email,omitempty"`
	Outcome string          `json:"outcome" enum:"added,changed,unchanged,refused" example:"added"`
	Invited bool            `json:"invited,omitempty" doc:"An invitation goes out."`
	Problem *verdictProblem `json:"problem,omitempty" doc:"Why it was refused."`

	LacksRoleAt []Lack `json:"lacks_role_at,omitempty" nullable:"false" doc:"Levels at which the account requires a role and the member holds none: a warning, no refusal."`
}

// A LoadEnd is the last line of an answer.
type LoadEnd struct {
	End LoadTotals `json:"end"`
}

// LoadTotals are how far a load came, and with what.
type LoadTotals struct {
	Through   int      `json:"through" doc:"The last line that was answered. After a \"problem\", send again from the one after it, or all: what is so already stays." example:"1200"`
	Added     int      `json:"added" example:"1100"`
	Changed   int      `json:"changed" example:"60"`
	Unchanged int      `json:"unchanged" example:"39"`
	Refused   int      `json:"refused" example:"1"`
	Preview   bool     `json:"preview,omitempty" doc:"Nothing was written."`
	Act       string   `json:"act,omitempty" doc:"By which undo takes all of it back; absent where nothing was written."`
	Problem   *Problem `json:"problem,omitempty" doc:"Why lines were left over; absent when all were answered."`
}

type loadInput struct {
	InAccount
	Preview bool   `query:"preview" doc:"Say what would be, and write nothing."`
	Invite  string `query:"invite" enum:"by_level,all,none" default:"by_level" doc:"Whom mails go to of those who are added: those given an access level, everybody, nobody. With a place comes an invitation for who had none, unless nobody is to get one."`
	Type    string `header:"Content-Type"`
}

type loadAnswer struct {
	Type string `header:"Content-Type"`
	Body func(huma.Context)
}

func (f *Face) loads() {
	schemas := f.api.OpenAPI().Components.Schemas
	line := schemas.Schema(reflect.TypeFor[LoadLine](), true, "LoadLine")
	answered := &huma.Schema{OneOf: []*huma.Schema{schemas.Schema(reflect.TypeFor[LoadRow](), true, "LoadRow"), schemas.Schema(reflect.TypeFor[LoadEnd](), true, "LoadEnd")}}
	operation(f, huma.Operation{OperationID: "load", Method: http.MethodPost, Path: loadsPath, Tags: []string{"loads"},
		Summary: "Bring in a whole account: units, roles, people with what they hold, places in projects",
		Description: "One JSON object a line, answered line by line in their order while the request is still read, with the totals last. Each line is made, " +
			"changed to be as it says, left as it is, or refused with the reason, which leaves the others done; what it leaves out stays, and grants only add. " +
			"It takes the rights of the single operations. Units come before what stands under them, and with roles before the people who hold them; projects are there already. " +
			"Lines of one kind that follow one another are written together, up to 500; so units first, then roles, then people, then places by project is fastest. " +
			"The same thing twice in one request is refused the second time. Sent again it changes nothing: that is how it goes on after an interruption, and it needs no Idempotency-Key. " +
			"A request whose first line cannot be read is refused as a whole. A line has up to 256 KB, a request up to 64 MB and as many lines as the installation allows, 100,000 where it says nothing. " +
			"The next line has 30 seconds to arrive.",
		Responses: map[string]*huma.Response{"200": {Description: "What became of each line, and the totals.", Headers: limits(),
			Content: map[string]*huma.MediaType{lines: {Schema: answered}}}}}, f.load)
	// Not before: the library would read it.
	f.api.OpenAPI().Paths[loadsPath].Post.RequestBody = &huma.RequestBody{Required: true, Description: "Lines.", Content: map[string]*huma.MediaType{lines: {Schema: line, Examples: map[string]*huma.Example{
		"unit":   {Value: map[string]any{"unit": map[string]any{"external_id": "N", "level": "group", "name": "Nord"}}},
		"role":   {Value: map[string]any{"role": map[string]any{"kind": "rights", "names": map[string]string{"": "Approver"}, "permissions": []string{"members.view"}}}},
		"member": {Value: map[string]any{"member": map[string]any{"email": "karim.haddad@maraval.example", "home_unit": "N", "grants": []any{map[string]string{"role": "Approver", "unit": "N"}}}}},
	}}}}
}

func (f *Face) load(ctx context.Context, v visit, in *loadInput) (*loadAnswer, error) {
	kind, _, err := mime.ParseMediaType(in.Type)
	if in.Type != "" && (err != nil || !slices.Contains([]string{lines, "application/ndjson", "application/jsonl", "application/json"}, kind)) {
		return nil, f.early(v, http.StatusUnsupportedMediaType)
	}
	l := &load{Face: f, v: v, in: in, schema: f.api.OpenAPI().Components.Schemas.Map()["LoadLine"]}
	if err := v.live.begin(ctx, l.run); err != nil {
		return nil, err
	}
	return &loadAnswer{Type: lines, Body: func(hc huma.Context) {
		if _, w := humago.Unwrap(hc); w != nil {
			w.(*answer).live = v.live
			w.WriteHeader(http.StatusOK)
		}
	}}, nil
}

// A load is a stream while it is brought in.
type load struct {
	*Face
	v      visit
	in     *loadInput
	schema *huma.Schema
	read   int  // lines
	said   bool // some of them said something
	totals LoadTotals
	act    string
}

// run brings the lines in and says at the end how far it came. What ends it before
// anything was answered is the answer.
func (l *load) run(ctx context.Context) error {
	l.totals.Preview = l.in.Preview
	err := l.App.Loads.Load(ctx, l.v.actor, l.v.id(), app.LoadOptions{Lines: l.next, Tell: l.tell, Preview: l.in.Preview, Act: &l.act,
		Invite: l.in.Invite == inviteAll, Silent: l.in.Invite == inviteNone})
	if err != nil {
		if l.totals.Through == 0 {
			return err
		}
		l.totals.Problem = l.problem(ctx, l.v, err)
	}
	if !l.in.Preview && l.totals.Added+l.totals.Changed > 0 {
		l.totals.Act = l.act
	}
	return l.put(LoadEnd{l.totals})
}

// put adds lines to the answer.
func (l *load) put(all ...any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, one := range all {
		if err := e.Encode(one); err != nil {
			return err
		}
	}
	l.v.live.put(b.Bytes())
	return nil
}

// next reads a line. The first one that says something must be one that can be read:
// else somebody sends what is no load at all.
func (l *load) next() (app.LoadLine, error) {
	for {
		text, err := l.v.live.line()
		switch {
		case errors.Is(err, io.EOF) && !l.said:
			return app.LoadLine{}, directory.InvalidField("body", "load.empty", nil)
		case errors.Is(err, errLineLong) && !l.said:
			return app.LoadLine{}, l.early(l.v, http.StatusRequestEntityTooLarge)
		case err != nil && !errors.Is(err, errLineLong):
			return app.LoadLine{}, l.cut(err)
		}
		if l.read++; l.read > l.LoadLines {
			return app.LoadLine{}, &directory.Error{Kind: directory.Conflict, Code: "load.too_many", Args: directory.Args{"Max": l.LoadLines}}
		}
		line := app.LoadLine{Number: l.read}
		if err != nil {
			line.Fault = directory.InvalidField("line", "load.line_long", directory.Args{"Max": mostLine >> 10})
			return line, nil
		}
		if l.read == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		first := !l.said
		l.said = true
		if first && !json.Valid(text) && !brokenJSON(text) {
			return line, l.early(l.v, http.StatusBadRequest)
		}
		line.Fault = l.understand(text, &line)
		if first && line.Fault != nil {
			return line, line.Fault
		}
		return line, nil
	}
}

// cut is why the lines end before their end.
func (l *load) cut(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, io.EOF):
		return err
	case slow(err):
		return directory.Refuse(directory.Conflict, "load.too_slow")
	case errors.As(err, &large):
		return l.early(l.v, http.StatusRequestEntityTooLarge)
	}
	return l.early(l.v, http.StatusBadRequest)
}

// understand reads what a line says.
func (l *load) understand(text []byte, into *app.LoadLine) *directory.Error {
	if brokenJSON(text) {
		return directory.InvalidField("line", "text.broken", nil)
	}
	if refusal := strict(text); refusal != nil {
		return refusal
	}
	var said any
	if err := json.Unmarshal(text, &said); err != nil {
		return directory.InvalidField("line", "request.unreadable", nil)
	}
	if object, is := said.(map[string]any); !is || len(object) != 1 {
		return directory.InvalidField("line", "load.line", nil)
	}
	var found huma.ValidateResult
	huma.Validate(l.api.OpenAPI().Components.Schemas, l.schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, said, &found)
	if len(found.Errors) > 0 {
		return misfit(found.Errors[0])
	}
	var line LoadLine
	if err := json.Unmarshal(text, &line); err != nil {
		return directory.InvalidField("line", "request.invalid", nil)
	}
	return line.into(into)
}

// misfit is the part of a line that does not fit the description.
func misfit(err error) *directory.Error {
	var at *huma.ErrorDetail
	if !errors.As(err, &at) {
		return directory.InvalidField("line", "request.invalid", nil)
	}
	_, field, inside := strings.Cut(at.Location, ".")
	if !inside {
		return directory.InvalidField("line", "load.line", nil)
	}
	return directory.InvalidField(field, "request.invalid", directory.Args{"Detail": at.Message})
}

// into turns a line into what the operation takes.
func (n LoadLine) into(line *app.LoadLine) *directory.Error {
	switch {
	case n.Unit != nil:
		line.Unit = &app.LoadUnit{External: n.Unit.External, Parent: n.Unit.Parent, Level: n.Unit.Level, Name: n.Unit.Name}
	case n.Role != nil:
		r := n.Role
		line.Role = &app.LoadRole{Kind: directory.RoleKind(r.Kind), Code: r.Code, Names: r.Names, Permissions: r.Permissions,
			DefaultLevel: r.DefaultLevel, DefaultProducts: r.DefaultProducts, Place: r.Place}
	case n.Member != nil:
		row, err := n.Member.row(line.Number)
		if err != nil && !errors.As(err, &row.Fault) {
			return directory.InvalidField("line", "request.invalid", nil)
		}
		member := app.Holding{NewMember: row}
		for _, g := range n.Member.Grants {
			member.Give = append(member.Give, app.RoleThere{Role: g.Role, Unit: g.Unit})
		}
		line.Member = &member
	case n.Place != nil:
		line.Place = &app.LoadPlace{NewPlace: n.Place.row(line.Number), Project: n.Place.Project}
	default:
		return directory.InvalidField("line", "load.line", nil)
	}
	return nil
}

// tell answers what became of lines.
func (l *load) tell(rows []app.LoadRow) error {
	all := make([]any, len(rows))
	for i, row := range rows {
		one := LoadRow{Line: row.Line.Number, Kind: row.Line.Kind(), Name: row.Name, Email: row.Email, Outcome: string(row.Outcome), Invited: row.Invited}
		if one.Outcome != string(app.Refused) {
			one.Code = row.Role.Code
			if row.Outcome != app.Added || !l.in.Preview {
				one.ID = row.Unit.UUID + row.Role.UUID + row.Public()
			} else {
				one.Code = ""
			}
		}
		if len(row.Lacks) > 0 {
			one.LacksRoleAt = lacksOf(row.Lacks)
		}
		if row.Refusal != nil {
			one.Problem = l.why(row.Refusal)
		}
		switch row.Outcome {
		case app.Added:
			l.totals.Added++
		case app.Changed:
			l.totals.Changed++
		case app.Unchanged:
			l.totals.Unchanged++
		default:
			l.totals.Refused++
		}
		all[i], l.totals.Through = one, one.Line
	}
	return l.put(all...)
}

// why is the reason of a refusal, with the detail that only the face knows of.
func (l *load) why(refusal *directory.Error) *verdictProblem {
	p := l.reason(l.v, refusal)
	if detail, is := refusal.Args["Detail"].(string); is && refusal.Code == "request.invalid" {
		p.Detail, p.Args = directory.Short(detail, mostSaid), nil
	}
	return p
}
