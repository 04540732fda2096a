package api

import (
	"context"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/export"
)

// An Export is a table that was asked for.
type Export struct {
	ID      string          `json:"id" doc:"Public id." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Kind    string          `json:"kind" enum:"members,project_members,history,past_members,rights,differences"`
	Format  string          `json:"format" enum:"csv,xlsx"`
	Columns []string        `json:"columns" nullable:"false" example:"[\"last_name\",\"email\"]"`
	State   string          `json:"state" enum:"running,done,stopped,failed" doc:"Only one that is done has a file. \"stopped\": by somebody, or for the reason in \"problem\"; \"failed\": at a fault of the installation."`
	Rows    int64           `json:"rows" doc:"How many are written." example:"1248"`
	Total   int64           `json:"total" doc:"How many there are, as far as it is known." example:"1248"`
	Bytes   int64           `json:"bytes" doc:"Size of the file." example:"73412"`
	Problem *verdictProblem `json:"problem,omitempty" doc:"Why it stopped before its end."`
	Created time.Time       `json:"created_at"`
	Ended   *time.Time      `json:"ended_at,omitempty"`
	Kept    time.Time       `json:"kept_until" doc:"The file can be read until then."`
}

// ExportList is the exports whose files are kept or come.
type ExportList struct {
	Items []Export `json:"items" nullable:"false"`
}

// An ExportOfMembers says which members of the account, in which order.
type ExportOfMembers struct {
	Search    string    `json:"search,omitempty" maxLength:"1000"`
	Status    []string  `json:"status,omitempty" nullable:"false" enum:"active,invited,not_invited,inactive" maxItems:"4"`
	Company   []string  `json:"company,omitempty" nullable:"false" maxItems:"100"`
	Function  []string  `json:"function,omitempty" nullable:"false" maxItems:"100"`
	Level     []string  `json:"access_level,omitempty" nullable:"false" maxItems:"100"`
	Product   []string  `json:"product,omitempty" nullable:"false" maxItems:"100"`
	Held      []string  `json:"held,omitempty" nullable:"false" enum:"own,external,both" maxItems:"3"`
	Unit      []string  `json:"unit,omitempty" nullable:"false" maxItems:"100"`
	HomeUnit  []string  `json:"home_unit,omitempty" nullable:"false" maxItems:"100"`
	AddedFrom time.Time `json:"added_from,omitzero"`
	AddedTo   time.Time `json:"added_to,omitzero"`
	LacksRole bool      `json:"lacks_role,omitempty"`
	Sort      string    `json:"sort,omitempty" enum:"name,email,status,company,functions,level,products,added,seen,-name,-email,-status,-company,-functions,-level,-products,-added,-seen" doc:"A column; with a minus the other way round."`
}

func (e ExportOfMembers) query() app.MemberQuery {
	q := MemberFilter{Search: e.Search, Status: e.Status, Company: e.Company, Function: e.Function, Level: e.Level, Product: e.Product, Held: e.Held,
		Unit: e.Unit, HomeUnit: e.HomeUnit, AddedFrom: e.AddedFrom, AddedTo: e.AddedTo, LacksRole: e.LacksRole}.query()
	q.Sort, q.Descending = strings.CutPrefix(e.Sort, "-")
	return q
}

// An ExportOfProject says which members of which project, in which order.
type ExportOfProject struct {
	Project  string   `json:"project" maxLength:"64" doc:"Public id of the project."`
	Search   string   `json:"search,omitempty" maxLength:"1000"`
	Status   []string `json:"status,omitempty" nullable:"false" enum:"active,invited,inactive" maxItems:"3"`
	Company  []string `json:"company,omitempty" nullable:"false" maxItems:"100"`
	Function []string `json:"function,omitempty" nullable:"false" maxItems:"100"`
	Level    []string `json:"access_level,omitempty" nullable:"false" maxItems:"100"`
	Product  string   `json:"product,omitempty" maxLength:"200"`
	Sort     string   `json:"sort,omitempty" enum:"name,email,status,company,level,-name,-email,-status,-company,-level" doc:"A column; with a minus the other way round."`
}

func (e ExportOfProject) query() app.ExportedProject {
	asked := projectMembersQuery{Search: e.Search, Status: e.Status, Company: e.Company, Function: e.Function, Level: e.Level, Product: e.Product, Sort: e.Sort}
	return app.ExportedProject{Project: e.Project, MemberQuery: asked.query()}
}

// An ExportOfHistory says which entries, which come newest first.
type ExportOfHistory struct {
	From  time.Time `json:"from,omitzero" doc:"At that moment or later."`
	To    time.Time `json:"to,omitzero" doc:"Before that moment."`
	By    string    `json:"by,omitempty" maxLength:"400" doc:"Who did it: public id, user name, address or a part of the name."`
	About string    `json:"about,omitempty" maxLength:"400" doc:"About whom, in the same words."`
	Group string    `json:"group,omitempty" maxLength:"40" doc:"Entries of one noun, such as \"member\"."`
	Door  string    `json:"door,omitempty" enum:"page,import,api,command,job"`
	Batch string    `json:"act,omitempty" maxLength:"64" doc:"Those of one act on many."`
	Unit  []string  `json:"unit,omitempty" nullable:"false" maxItems:"100" doc:"Public ids of units; those below are meant too."`
}

func (e ExportOfHistory) query() app.HistoryFilter {
	f := app.HistoryFilter{From: e.From, To: e.To, By: e.By, About: e.About, Door: authz.Door(e.Door), Batch: e.Batch, Units: e.Unit}
	if e.Group != "" {
		f.Kinds = audit.KindsOf(e.Group)
	}
	return f
}

// An ExportOfDay says which past day, or which two of them, and of whom.
type ExportOfDay struct {
	On     string `json:"on,omitempty" maxLength:"10" doc:"The day; absent: today. Not of differences." example:"2026-03-12"`
	From   string `json:"from,omitempty" maxLength:"10" doc:"Of differences: the earlier day."`
	To     string `json:"to,omitempty" maxLength:"10" doc:"Of differences: the later day."`
	Member string `json:"member,omitempty" maxLength:"64" doc:"Of rights and differences: of one member, by public id."`
	Unit   string `json:"unit,omitempty" maxLength:"64" doc:"Of rights: as they count at a unit. Of differences: in a unit and below, by public id."`
}

func (e ExportOfDay) query() app.PastTable {
	return app.PastTable{Day: e.On, From: e.From, To: e.To, Member: e.Member, Unit: e.Unit}
}

// A NewExport says what is exported: exactly one of the lists there are.
type NewExport struct {
	Format  string           `json:"format,omitempty" enum:"csv,xlsx" default:"csv"`
	Columns []string         `json:"columns,omitempty" nullable:"false" maxItems:"40" doc:"Absent: the usual ones."`
	Members *ExportOfMembers `json:"members,omitempty" doc:"Members of the account, as list-members filters and sorts them."`
	Project *ExportOfProject `json:"project_members,omitempty" doc:"Members of a project, as list-project-members filters and sorts them."`
	History *ExportOfHistory `json:"history,omitempty"`
	Past    *ExportOfDay     `json:"past_members,omitempty" doc:"Who was in the account at the end of a day."`
	Rights  *ExportOfDay     `json:"rights,omitempty" doc:"Effective rights at the end of a day, direct and inherited, with where they came from."`
	Between *ExportOfDay     `json:"differences,omitempty" doc:"What became otherwise between two days."`
}

// ask is what the operation takes. It refuses what names none or several lists.
func (n NewExport) ask() (app.ExportAsk, error) {
	ask := app.ExportAsk{Format: directory.ExportFormat(n.Format), Columns: n.Columns}
	named := 0
	if n.Members != nil {
		named, ask.Kind, ask.Query = named+1, directory.ExportMembers, n.Members.query()
	}
	if n.Project != nil {
		named, ask.Kind, ask.Query = named+1, directory.ExportProjectMembers, n.Project.query()
	}
	if n.History != nil {
		named, ask.Kind, ask.Query = named+1, directory.ExportHistory, n.History.query()
	}
	for kind, of := range map[directory.ExportKind]*ExportOfDay{directory.ExportPastMembers: n.Past, directory.ExportRights: n.Rights,
		directory.ExportDifferences: n.Between} {
		if of != nil {
			named, ask.Kind, ask.Query = named+1, kind, of.query()
		}
	}
	if named != 1 {
		return ask, directory.InvalidField("members", "export.one_list", nil)
	}
	return ask, nil
}

type newExport struct {
	InAccount
	Body NewExport
}

// OfExport is an address of one export.
type OfExport struct {
	InAccount
	Export string `path:"export" maxLength:"64" doc:"Public id of the export." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

type (
	exportAnswer  struct{ Body Export }
	exportsAnswer struct{ Body ExportList }
	begunAnswer   struct {
		Location string `header:"Location" doc:"Where the export is found."`
		Body     Export
	}
	fileAnswer struct {
		Type        string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition" doc:"With the name of the file."`
		Body        func(huma.Context)
	}
)

func (f *Face) exports() {
	tag := []string{"exports"}
	const all, one = "/accounts/{account}/exports", "/accounts/{account}/exports/{export}"
	operation(f, huma.Operation{OperationID: "export", Method: http.MethodPost, Path: all, Tags: tag, DefaultStatus: http.StatusAccepted,
		Summary:     "Export a list as a table",
		Description: "It goes on by itself: \"state\" says whether it is done already, Location where it is found. It is recorded in the history. Needs export.run beside the right to see the list, in the project for one of a project; rights are asked for again while it runs. 409 export.too_many with more than five at a time. Heads and words are in the language of Accept-Language."}, f.beginExport)
	operation(f, huma.Operation{OperationID: "list-exports", Method: http.MethodGet, Path: all, Tags: tag,
		Summary: "List exports", Description: "The latest fifty whose files are kept or come, newest first: one's own, and those of everybody to who may export and see the whole account."}, f.listExports)
	operation(f, huma.Operation{OperationID: "get-export", Method: http.MethodGet, Path: one, Tags: tag, Summary: "How far an export is"}, f.getExport)
	operation(f, huma.Operation{OperationID: "get-export-file", Method: http.MethodGet, Path: one + "/file", Tags: tag, Errors: []int{http.StatusConflict},
		Summary: "Read the file of an export", Description: "409 export.no_file when there is none, yet or at all; 403 export.reach_lost when the reader no longer sees all that it holds. Files are kept for seven days."}, f.getExportFile)
	operation(f, huma.Operation{OperationID: "drop-export", Method: http.MethodDelete, Path: one, Tags: tag, DefaultStatus: http.StatusNoContent,
		Summary: "Stop an export, or remove it with its file"}, f.dropExport)
}

func (f *Face) beginExport(ctx context.Context, v visit, in *newExport) (*begunAnswer, error) {
	ask, err := in.Body.ask()
	if err != nil {
		return nil, err
	}
	ask.Language, ask.Zone, ask.Wait = v.printer.Lang(), app.ZoneOf(v.account), f.Wait
	e, err := f.App.Exports.Begin(ctx, v.actor, v.id(), ask)
	if err != nil {
		return nil, err
	}
	at := f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/exports/" + e.UUID
	return &begunAnswer{Location: at, Body: f.exported(v, e)}, nil
}

func (f *Face) listExports(ctx context.Context, v visit, _ *InAccount) (*exportsAnswer, error) {
	found, err := f.App.Exports.Recent(ctx, v.actor, v.id())
	if err != nil {
		return nil, err
	}
	list := ExportList{Items: make([]Export, len(found))}
	for i, e := range found {
		list.Items[i] = f.exported(v, e.Export)
	}
	return &exportsAnswer{Body: list}, nil
}

func (f *Face) getExport(ctx context.Context, v visit, in *OfExport) (*exportAnswer, error) {
	e, err := f.App.Exports.Find(ctx, v.actor, v.id(), in.Export)
	if err != nil {
		return nil, err
	}
	return &exportAnswer{Body: f.exported(v, e)}, nil
}

// getExportFile hands over a file part by part, holding nothing between two (NODE-7).
func (f *Face) getExportFile(ctx context.Context, v visit, in *OfExport) (*fileAnswer, error) {
	d, err := f.App.Exports.Download(ctx, v.actor, v.id(), in.Export)
	if err != nil {
		return nil, err
	}
	name := export.FileName(f.Bundle.Printer(d.Language, app.ZoneOf(v.account)), d.Export, v.account.Number)
	return &fileAnswer{Type: export.ContentType(d.Format), Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": name}),
		Body: func(hc huma.Context) {
			if _, w := humago.Unwrap(hc); w != nil {
				w.(*answer).follow(d.Bytes, d.Part)
			}
		}}, nil
}

func (f *Face) dropExport(ctx context.Context, v visit, in *OfExport) (*struct{}, error) {
	return nil, f.App.Exports.Drop(ctx, v.actor, v.id(), in.Export)
}

func (f *Face) exported(v visit, e directory.Export) Export {
	return Export{ID: e.UUID, Kind: string(e.Kind), Format: string(e.Format), Columns: e.Columns, State: string(e.State), Rows: e.Done, Total: e.Total,
		Bytes: e.Bytes, Problem: f.reason(v, e.Stopped), Created: e.Created.UTC(), Ended: moment(e.Ended), Kept: e.Expires.UTC()}
}
