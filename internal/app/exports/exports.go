package exports

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// JobExport is the kind of job that writes the file of an export.
const JobExport = "export"

// Words begin the file of an export: what writes rows into it in the words of whoever
// asked, and what ends it. They are handed in: operations say nothing themselves.
type Words func(out io.Writer, f File) (Lines, error)

// A File is the table that is written, under the catalogue in force.
type File struct {
	directory.Export
	Catalogue *catalogue.Catalogue
}

// Lines write a table. Only after Close without error it is whole; Close may be
// called once, also after a failure.
type Lines struct {
	Row   func(directory.ExportRow) error
	Close func() error
}

// Needs are what exports are given by others.
type Needs struct {
	Sources []gate.TableSource
	Words   Words
	// Asker is who asked, as they stand now.
	Asker func(ctx context.Context, by directory.BulkAsker, user directory.UserID, batch string) (authz.Actor, error)
}

// Exports are tables that were asked for.
type Exports struct {
	gate  *gate.Gate
	needs Needs
}

// New makes the exports of an installation.
func New(g *gate.Gate, needs Needs) *Exports { return &Exports{g, needs} }

// An Ask is what is asked for: a table of a kind, of what Query chooses, which its
// source reads.
type Ask struct {
	Kind     directory.ExportKind
	Format   directory.ExportFormat
	Query    any
	Columns  []string // none: the usual ones
	Language string
	Zone     *time.Location
	Wait     time.Duration // how long the caller waits for its end; 0: until then
}

// inlineMost is how many rows an export has at most that is tried while its asker
// waits: a file that is not whole in that time is begun anew.
const inlineMost = 20_000

// mostRunning is how many exports of one asker run at a time.
const mostRunning = 5

// Begin asks for a table and waits a little for its end. Who may not see it all, or
// not export it, is refused; export.too_many refuses more than five at a time. That
// it was asked for is recorded with it (HIST-4).
func (s *Exports) Begin(ctx context.Context, actor authz.Actor, account directory.AccountID, ask Ask) (directory.Export, error) {
	source, err := s.source(ask.Kind)
	if err != nil {
		return directory.Export{}, err
	}
	columns, refusal := chosen(source, ask.Columns)
	var format *directory.Error
	if !slices.Contains(directory.ExportFormats(), ask.Format) {
		format = unknown("format", string(ask.Format))
	}
	if refusal := directory.Together(refusal, format); refusal != nil {
		return directory.Export{}, refusal
	}
	asked, err := written(ask.Query)
	if err != nil {
		return directory.Export{}, err
	}
	actor = gate.AsOneAct(actor)
	e := directory.Export{UUID: roster.PublicID(), Account: account, User: actor.User, Asker: gate.AskerOf(actor), Kind: ask.Kind, Format: ask.Format,
		Asked: string(asked), Columns: columns, Language: ask.Language, Zone: zoneName(ask.Zone), State: directory.ExportRunning, Batch: actor.Batch}
	if e.Total, err = s.count(ctx, actor, account, source, asked); err == nil {
		err = s.begin(ctx, actor, source, &e)
	}
	if err != nil {
		return directory.Export{}, err
	}
	if e.Total > inlineMost {
		return e, nil
	}
	return s.tried(ctx, actor, source, e, ask.Wait)
}

// zoneName is a zone as it is kept.
func zoneName(zone *time.Location) string {
	if zone == nil {
		return "UTC"
	}
	return zone.String()
}

// written is what is asked for as it is kept.
func written(query any) (json.RawMessage, error) {
	asked, err := json.Marshal(query)
	if err != nil {
		return nil, fmt.Errorf("write what an export is of: %w", err)
	}
	return asked, nil
}

// Count says how many rows a table would have now. It refuses as Begin does.
func (s *Exports) Count(ctx context.Context, actor authz.Actor, account directory.AccountID, kind directory.ExportKind, query any) (int64, error) {
	source, err := s.source(kind)
	if err != nil {
		return 0, err
	}
	asked, err := written(query)
	if err != nil {
		return 0, err
	}
	return s.count(ctx, actor, account, source, asked)
}

func (s *Exports) count(ctx context.Context, actor authz.Actor, account directory.AccountID, source gate.TableSource, asked json.RawMessage) (total int64, err error) {
	err = s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		table, err := source.Open(ctx, r, rights, account, asked)
		if err == nil {
			total, err = table.Count(ctx, r)
		}
		return err
	})
	return total, err
}

// begin writes an export with its job.
func (s *Exports) begin(ctx context.Context, actor authz.Actor, source gate.TableSource, e *directory.Export) error {
	var begun directory.Export
	_, err := s.gate.Perform(ctx, actor, e.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		begun = *e
		var scope authz.Scope
		err := p.RequireAs(func(rights authz.Rights) error {
			table, err := source.Open(ctx, r, rights, begun.Account, json.RawMessage(begun.Asked))
			begun.Over = table.Over
			scope = source.Scope(rights, table.Over)
			return err
		})
		if err != nil {
			return err
		}
		if !scope.All() {
			begun.Reach = scope.Units()
		}
		mine, err := r.Exports(ctx, store.ExportList{Account: begun.Account, User: actor.User, Now: p.Now, Limit: RecentMost})
		if err != nil {
			return err
		}
		if len(slices.DeleteFunc(mine, func(one directory.Export) bool { return one.State != directory.ExportRunning })) >= mostRunning {
			return directory.Refuse(directory.Conflict, "export.too_many")
		}
		p.EvenClosed("what an account has can be taken along; nothing of it changes")
		begun.ID, begun.Created, begun.Expires = directory.ExportID(p.NewKey()), p.Now, p.Now.AddDate(0, 0, directory.ExportDays)
		p.Change(store.InsertExport{Export: begun})
		p.Record(ran(p, source, begun))
		grace := gate.InlineGrace
		if begun.Total > inlineMost {
			grace = 0
		}
		p.Job(jobOf(begun, grace, p.Now))
		return nil
	})
	*e = begun
	return err
}

// ran is the entry that says that something was exported (HIST-4).
func ran(p *gate.Plan, source gate.TableSource, e directory.Export) audit.Entry {
	entry := p.Entry(audit.ExportRun, 0, 0)
	entry.Unit = e.Over
	entry.Note("purpose", "", source.Purpose)
	return entry
}

func jobOf(e directory.Export, wait time.Duration, now time.Time) directory.Job {
	return directory.Job{Account: e.Account, Kind: JobExport, Subject: int64(e.ID), Unique: fmt.Sprintf("export %d", e.ID), Due: now.Add(wait)}
}

// source is what exports of a kind are made of. It refuses with field.unknown_choice.
func (s *Exports) source(kind directory.ExportKind) (gate.TableSource, error) {
	for _, source := range s.needs.Sources {
		if source.Kind == kind {
			return source, nil
		}
	}
	return gate.TableSource{}, unknown("kind", string(kind))
}

// Columns are the columns that a table of a kind may have, none of an unknown kind.
func (s *Exports) Columns(kind directory.ExportKind) []directory.ExportColumn {
	source, err := s.source(kind)
	if err != nil {
		return nil
	}
	return source.Columns
}

// chosen are the columns of a table, in the order of the source. It refuses with
// field.unknown_choice what is none.
func chosen(source gate.TableSource, ids []string) ([]string, *directory.Error) {
	for _, id := range ids {
		if !slices.ContainsFunc(source.Columns, func(c directory.ExportColumn) bool { return c.ID == id }) {
			return nil, unknown("columns", id)
		}
	}
	var columns []string
	for _, c := range source.Columns {
		if slices.Contains(ids, c.ID) || len(ids) == 0 && c.Usual {
			columns = append(columns, c.ID)
		}
	}
	return columns, nil
}

func unknown(field, value string) *directory.Error {
	return directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": directory.Short(value, directory.Quoted)})
}
