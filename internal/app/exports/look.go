package exports

import (
	"context"
	"encoding/json"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// RecentMost is how many exports faces list.
const RecentMost = 50

// exporting refuses who exports nothing at all.
func exporting(rights authz.Rights) error {
	if in := rights.ProjectsWith(authz.RunExports); rights.Member() && (in.All || len(in.Some) > 0) {
		return nil
	}
	return gate.RequireSomewhere(rights, authz.RunExports)
}

// A Listed is an export with who asked for it.
type Listed struct {
	directory.Export
	By roster.Person
}

// Recent lists exports of the account whose files are kept or come, newest first: the
// reader's own, and everybody's of what the reader may export and see of the whole
// account. It refuses who may export nothing.
func (s *Exports) Recent(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]Listed, error) {
	var listed []Listed
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := exporting(rights); err != nil {
			return err
		}
		l := store.ExportList{Account: account, User: actor.User, Now: s.gate.Instant(), Limit: RecentMost}
		for _, source := range s.needs.Sources {
			if oversees(source, rights, 0) {
				l.Kinds = append(l.Kinds, source.Kind)
			}
		}
		found, err := r.Exports(ctx, l)
		if err != nil {
			return err
		}
		keys := make([]directory.UserID, len(found))
		for i, e := range found {
			keys[i] = e.User
		}
		people, err := r.Users(ctx, roster.Distinct(keys))
		listed = make([]Listed, len(found))
		for i, e := range found {
			listed[i] = Listed{Export: e, By: roster.PersonFrom(people, e.User)}
		}
		return err
	})
	return listed, err
}

// oversees reports whether somebody may look at what others exported, of the account
// or of a project.
func oversees(source gate.TableSource, rights authz.Rights, over directory.UnitID) bool {
	return rights.May(authz.RunExports, over) && rights.May(source.Sees, over)
}

// Find reads an export of the account. It refuses with export.not_found whoever did
// not ask for it and may not export and see all of that, and one whose time is over.
func (s *Exports) Find(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Export, error) {
	var e directory.Export
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		e, _, err = s.found(ctx, r, rights, one{actor, account, id})
		return err
	})
	return e, err
}

// A one is an export by its public id, and who asks about it.
type one struct {
	actor   authz.Actor
	account directory.AccountID
	id      string
}

// found is Find within a reading, with the source of the export.
func (s *Exports) found(ctx context.Context, r *store.Reader, rights authz.Rights, of one) (directory.Export, gate.TableSource, error) {
	if err := exporting(rights); err != nil {
		return directory.Export{}, gate.TableSource{}, err
	}
	e, err := r.ExportByUUID(ctx, of.account, of.id)
	if err != nil {
		return directory.Export{}, gate.TableSource{}, err
	}
	source, err := s.source(e.Kind)
	if err != nil {
		return directory.Export{}, gate.TableSource{}, err
	}
	over := e.State != directory.ExportRunning && !s.gate.Instant().Before(e.Expires)
	if over || e.User != of.actor.User && !oversees(source, rights, e.Over) {
		return directory.Export{}, gate.TableSource{}, directory.Refuse(directory.NotFound, "export.not_found")
	}
	return e, source, nil
}

// Stop ends an export that runs. It refuses with export.ended when it is over.
func (s *Exports) Stop(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) error {
	return s.ending(ctx, actor, account, id, func(p *gate.Plan, e directory.Export) error {
		if e.State != directory.ExportRunning {
			return directory.Refuse(directory.Conflict, "export.ended")
		}
		p.Pending(store.StopExport{Export: e.ID})
		return nil
	})
}

// Drop removes an export with its file before its time; one that runs is stopped.
func (s *Exports) Drop(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) error {
	return s.ending(ctx, actor, account, id, func(p *gate.Plan, e directory.Export) error {
		if e.State == directory.ExportRunning {
			p.Pending(store.StopExport{Export: e.ID})
		}
		p.Pending(store.LapseExport{Export: e.ID})
		return nil
	})
}

func (s *Exports) ending(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, end func(p *gate.Plan, e directory.Export) error) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		var e directory.Export
		err := p.RequireAs(func(rights authz.Rights) (err error) {
			e, _, err = s.found(ctx, r, rights, one{actor, account, id})
			return err
		})
		if err != nil {
			return err
		}
		p.EvenClosed("a file that nobody takes goes; nothing of the account changes")
		return end(p, e)
	})
	return err
}

// A Download is an export with its file, read piece by piece, each a reading of its
// own: whoever takes it slowly keeps no reading from others (NODE-7).
type Download struct {
	directory.Export
	gate *gate.Gate
	next int64
}

// Part is what comes next, nothing at the end. It refuses with export.not_found when
// the file was removed meanwhile.
func (d *Download) Part(ctx context.Context) ([]byte, error) {
	if d.next >= d.Parts {
		return nil, nil
	}
	var piece []byte
	err := d.gate.Read(ctx, func(r *store.Reader) (err error) {
		piece, err = r.ExportPart(ctx, d.Export, d.next)
		return err
	})
	if err != nil {
		return nil, err
	}
	if piece == nil {
		return nil, directory.Refuse(directory.NotFound, "export.not_found")
	}
	d.next++
	return unpacked(d.Format, piece)
}

// Download opens the file of an export. Rights are asked for again: whoever asked for
// it still sees and exports all that it was asked for, else it is refused with
// export.reach_lost. That somebody else takes it is recorded (HIST-4). It refuses with
// export.no_file where there is none, yet or at all.
func (s *Exports) Download(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (*Download, error) {
	var d *Download
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		var e directory.Export
		var source gate.TableSource
		err := p.RequireAs(func(rights authz.Rights) (err error) {
			if e, source, err = s.found(ctx, r, rights, one{actor, account, id}); err != nil {
				return err
			}
			if _, err = source.Open(ctx, r, rights, account, json.RawMessage(e.Asked)); err != nil {
				return err
			}
			return reaches(source, rights, e)
		})
		if err != nil {
			return err
		}
		if e.State != directory.ExportDone {
			return directory.Refuse(directory.Conflict, "export.no_file")
		}
		if e.User != actor.User {
			p.Record(ran(p, source, e))
		}
		d = &Download{Export: e, gate: s.gate}
		return nil
	})
	return d, err
}

// What one transaction removes at most: pieces have a megabyte each.
const (
	mostPieces  = 16
	mostExports = 200
)

// Purge removes files whose time is over, and what is left of those that were never
// whole.
func (s *Exports) Purge(ctx context.Context) error {
	for _, some := range []func(tx *store.Tx) (int64, error){
		func(tx *store.Tx) (int64, error) { return tx.DropExportParts(ctx, mostPieces) },
		func(tx *store.Tx) (int64, error) { return tx.PurgeExports(ctx, mostExports) },
	} {
		for removed := int64(1); removed > 0; {
			err := s.gate.Note(ctx, func(tx *store.Tx) (err error) {
				removed, err = some(tx)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
