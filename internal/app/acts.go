package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// JobAct is the kind of job that goes on with an act on many.
const JobAct = "act"

// RunAct is the handler of the job: it goes on where the act stands. It may run
// more than once, and beside itself: each piece is one transaction that says how
// far the act is, so that a crash loses nothing and does nothing twice. Whoever
// asked for it is asked for their rights again with each piece; what they may no
// longer do at all stops it, what they may not do to somebody is that one's
// refusal.
func (s *Acts) RunAct(ctx context.Context, job directory.Job) error {
	run := &bulkRun{core: s.core}
	var err error
	if run.act, err = run.byKey(ctx, directory.BulkActID(job.Subject)); err != nil {
		if gate.RefusedWith(err, "act.not_found") {
			return nil // it was over for long, and removed
		}
		return err
	}
	run.asker = func(ctx context.Context) (authz.Actor, error) {
		return s.askerAgain(ctx, run.act.Asker, run.act.User, run.act.Batch)
	}
	err = run.finish(ctx, ctx)
	refusal, fault := gate.AsRefusal(err)
	var cut *directory.Interruption
	switch {
	case refusal != nil:
		return run.end(ctx, directory.BulkStopped, whyStopped(refusal))
	case fault != nil && ctx.Err() == nil && !errors.As(err, &cut) && job.Tries+1 >= directory.JobTries: // one try is left to write that
		return errors.Join(err, run.end(ctx, directory.BulkFailed, nil))
	}
	return err
}

// whyStopped is what an act is stopped by, as those who look at it later read it:
// that the account is nowhere is told to whoever is no longer in it, and to nobody
// else.
func whyStopped(refusal *directory.Error) *directory.Error {
	if refusal.Code == "account.not_found" {
		return directory.Refuse(directory.Denied, "act.asker_gone")
	}
	return refusal
}

// askerAgain is whoever asked for an act or an export, as they stand now: the vendor's staff
// by the role and portfolio of today while their entry lasts, a technical user by
// the token while it opens. It refuses with act.asker_gone what no longer opens
// anything; the operation asks for all else.
func (c *core) askerAgain(ctx context.Context, by directory.BulkAsker, user directory.UserID, batch string) (authz.Actor, error) {
	actor := gate.AskerNamed(by, user, batch)
	gone := directory.Refuse(directory.Denied, "act.asker_gone")
	err := c.gate.Read(ctx, func(r *store.Reader) error {
		switch actor.Kind {
		case authz.OperatorCLI, authz.System:
			return nil
		case authz.Technical:
			b, err := r.BearerOf(ctx, by.Token)
			if gate.RefusedWith(err, "token.refused") || err == nil && !b.Opens(c.gate.Instant()) {
				return gone
			}
			actor.Scope = b.Token.Scope
			return err
		}
		u, err := r.User(ctx, user)
		switch {
		case err != nil:
			return err
		case !u.SwitchedOff.IsZero() || !u.Erased.IsZero():
			return gone
		case actor.Kind != authz.StaffInside:
			return nil
		}
		e, err := r.StaffEntry(ctx, by.Entry)
		if err != nil {
			return err
		}
		if u.Staff == "" || e.User != u.ID || !e.Left.IsZero() || !c.gate.Instant().Before(e.Expires) {
			return gone
		}
		actor.Staff, actor.Entered, actor.Entry, actor.Until = authz.StaffRole(u.Staff), e.Account, e.Key, e.Expires
		actor.Portfolio, err = r.Portfolio(ctx, u.ID)
		return err
	})
	return actor, err
}

// ownerOfActs is whose acts on many the actor may look at, everybody's when 0, and
// whether any: who manages the members of some units only sees their own.
func ownerOfActs(rights authz.Rights, actor authz.Actor) (owner directory.UserID, may bool) {
	if rights.May(authz.ManageMembers, 0) {
		return 0, true
	}
	return actor.User, rights.MayAnywhere(authz.ManageMembers)
}

// reading runs a read of acts that the actor may look at.
func (s *Acts) reading(ctx context.Context, actor authz.Actor, account directory.AccountID, read func(r *store.Reader, owner directory.UserID) error) error {
	return s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.ManageMembers); err != nil {
			return err
		}
		owner, _ := ownerOfActs(rights, actor)
		return read(r, owner)
	})
}

// Find reads an act on many of the account. It refuses with act.not_found.
func (s *Acts) Find(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.BulkAct, error) {
	var act directory.BulkAct
	err := s.reading(ctx, actor, account, func(r *store.Reader, owner directory.UserID) (err error) {
		if act, err = r.BulkActByUUID(ctx, account, id); err == nil && owner != 0 && act.User != owner {
			act, err = directory.BulkAct{}, directory.Refuse(directory.NotFound, "act.not_found")
		}
		return err
	})
	return act, err
}

// RecentActs is how many acts faces list.
const RecentActs = 50

// Recent lists the account's last acts on many, newest first.
func (s *Acts) Recent(ctx context.Context, actor authz.Actor, account directory.AccountID, limit int) ([]directory.BulkAct, error) {
	var found []directory.BulkAct
	err := s.reading(ctx, actor, account, func(r *store.Reader, owner directory.UserID) (err error) {
		found, err = r.BulkActs(ctx, account, owner, limit)
		return err
	})
	return found, err
}

// A RefusedOne is who was refused in an act on many, and why (BULK-3). Of
// somebody who was erased since nothing is left but the line.
type RefusedOne struct {
	Line     int64            `json:"-"` // from 1, in the order of what there was to do
	Name     string           `json:",omitempty"`
	Email    string           `json:",omitempty"`
	Member   string           `json:",omitempty"` // public id
	Unit     string           `json:",omitempty"` // public id, of a role at a unit
	UnitName string           `json:",omitempty"`
	Refusal  *directory.Error `json:",omitempty"`
}

func refusedFacts(v gate.Verdict) RefusedOne {
	one := RefusedOne{Name: v.Name, Email: v.Email, Member: v.Public(), Refusal: v.Refusal}
	if v.Effect != nil {
		one.Unit, one.UnitName = v.Effect.Unit.UUID, v.Effect.Unit.Name
	}
	return one
}

// Refused reads who was refused so far, in the order of what there was to do.
func (s *Acts) Refused(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, page RefusedPage) ([]RefusedOne, error) {
	act, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return nil, err
	}
	var rows []store.BulkRefusal
	if err := s.gate.Peek(func(r *store.Reader) error {
		rows, err = r.BulkRefusals(ctx, act.ID, store.BulkRefusalPage(page))
		return err
	}); err != nil {
		return nil, err
	}
	found := make([]RefusedOne, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal([]byte(row.Facts), &found[i]); err != nil {
			return nil, fmt.Errorf("read who was refused: %w", err)
		}
		found[i].Line = row.Line
	}
	return found, nil
}

// A RefusedPage is which of those who were refused are read: after a line, or so
// many in.
type RefusedPage struct {
	After int64
	Skip  int
	Limit int
}

// Stop ends an act after the piece it is at; what was done stays. It refuses with
// act.ended when it is over.
func (s *Acts) Stop(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) error {
	act, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return err
	}
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		p.EvenClosed("what is left is not done; nothing else changes")
		now, err := r.BulkAct(ctx, act.ID)
		if err != nil {
			return err
		}
		if now.State != directory.BulkRunning {
			return directory.Refuse(directory.Conflict, "act.ended")
		}
		planActEnd(p, now, directory.BulkStopped, nil)
		return nil
	})
	return err
}

// mostPurged is how many acts one transaction removes.
const mostPurged = 20

// Purge removes old acts that are over, with who was refused in them; what they
// changed stays, and the history with it (USER-7).
func (s *Acts) Purge(ctx context.Context) error {
	before := s.gate.Instant().AddDate(0, 0, -directory.BulkDays)
	for removed := mostPurged; removed == mostPurged; {
		err := s.gate.Note(ctx, func(tx *store.Tx) (err error) {
			removed, err = tx.PurgeBulkActs(ctx, before, mostPurged)
			return err
		})
		if err != nil {
			return fmt.Errorf("purge acts on many: %w", err)
		}
	}
	return nil
}
