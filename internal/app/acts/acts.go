// Package acts is acts on more people than one transaction takes (BULK-4): begun
// and confirmed once, they go on by themselves, piece after piece, are looked at,
// stopped and found again, and outlive whoever asked and the process that ran them.
// It knows no noun: what an act does to each of its items says its kind.
package acts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Acts are acts on more than one transaction takes, which go on by themselves.
type Acts struct {
	gate   *gate.Gate
	roster *roster.Writer
	kinds  map[directory.BulkKind]Kind

	previews gate.Turnstile // of large ones
}

// New makes acts that know no kind yet.
func New(g *gate.Gate, r *roster.Writer) *Acts {
	return &Acts{gate: g, roster: r, kinds: map[directory.BulkKind]Kind{}}
}

// Register lets acts do things of a kind, before the first is begun.
func (s *Acts) Register(name directory.BulkKind, kind Kind) { s.kinds[name] = kind }

// Preview is what an act would do, by the plan that would do it, all at once and on
// a reader: nothing is written, and nobody is disturbed (PLAN-1). It refuses what the
// act would refuse, and with act.too_many_previewed of more than it tells of. Large ones
// take their turn, so that what they remember is remembered once.
func (s *Acts) Preview(ctx context.Context, actor authz.Actor, account directory.AccountID, d Deed) (gate.Outline, error) {
	if n := len(d.Items); n > directory.BulkPreviewMost {
		return gate.Outline{}, &directory.Error{Kind: directory.Conflict, Code: "act.too_many_previewed", Args: directory.Args{"Count": n, "Limit": directory.BulkPreviewMost}}
	}
	if len(d.Items) > largePreview {
		if err := s.previews.Take(ctx, previewWait); err != nil {
			return gate.Outline{}, err
		}
		defer s.previews.Give()
	}
	kind, err := s.kind(d.Kind)
	if err != nil {
		return gate.Outline{}, err
	}
	plan, err := kind.Plan(d.Change, d.Items)
	if err != nil {
		return gate.Outline{}, err
	}
	return s.gate.Outline(ctx, gate.AsOneAct(actor), account, plan)
}

// From how many things on a preview waits for those before it, and how long.
const (
	largePreview = 10_000
	previewWait  = 20 * time.Second
)

func (s *Acts) kind(name directory.BulkKind) (Kind, error) {
	kind, known := s.kinds[name]
	if !known {
		return kind, fmt.Errorf("no act on many is called %q", name)
	}
	return kind, nil
}

// Job is the kind of job that goes on with an act on many.
const Job = "act"

// Run is the handler of the job: it goes on where the act stands. It may run
// more than once, and beside itself: each piece is one transaction that says how
// far the act is, so that a crash loses nothing and does nothing twice. Whoever
// asked for it is asked for their rights again with each piece; what they may no
// longer do at all stops it, what they may not do to somebody is that one's
// refusal.
func (s *Acts) Run(ctx context.Context, job directory.Job) error {
	run := &course{Acts: s}
	var err error
	if run.act, err = run.byKey(ctx, directory.BulkActID(job.Subject)); err != nil {
		if gate.RefusedWith(err, "act.not_found") {
			return nil // it was over for long, and removed
		}
		return err
	}
	run.asker = func(ctx context.Context) (authz.Actor, error) {
		return s.AskerAgain(ctx, run.act.Asker, run.act.User, run.act.Batch)
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

// AskerAgain is whoever asked for an act or an export, as they stand now: the vendor's staff
// by the role and portfolio of today while their entry lasts, a technical user by
// the token while it opens. It refuses with act.asker_gone what no longer opens
// anything; the operation asks for all else.
func (s *Acts) AskerAgain(ctx context.Context, by directory.BulkAsker, user directory.UserID, batch string) (authz.Actor, error) {
	actor := gate.AskerNamed(by, user, batch)
	gone := directory.Refuse(directory.Denied, "act.asker_gone")
	err := s.gate.Read(ctx, func(r *store.Reader) error {
		switch actor.Kind {
		case authz.OperatorCLI, authz.System:
			return nil
		case authz.Technical:
			b, err := Bearer(ctx, r, by.Token, s.gate.Instant())
			if gate.RefusedWith(err, "token.refused") {
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
		if u.Staff == "" || e.User != u.ID || !e.Left.IsZero() || !s.gate.Instant().Before(e.Expires) {
			return gone
		}
		actor.Staff, actor.Entered, actor.Entry, actor.Until = authz.StaffRole(u.Staff), e.Account, e.Key, e.Expires
		actor.Portfolio, err = r.Portfolio(ctx, u.ID)
		return err
	})
	return actor, err
}

// Bearer is who comes with a token that was found good before, as it stands now. It
// refuses with token.refused one that opens nothing any more.
func Bearer(ctx context.Context, r *store.Reader, token int64, now time.Time) (directory.Bearer, error) {
	b, err := r.BearerOf(ctx, token)
	if err == nil && !b.Opens(now) {
		err = directory.Refuse(directory.Denied, "token.refused")
	}
	return b, err
}

// Owner is whose acts on many the actor may look at, everybody's when 0, and
// whether any: who manages the members of some units or projects only sees their own.
func Owner(rights authz.Rights, actor authz.Actor) (owner directory.UserID, may bool) {
	if rights.May(authz.ManageMembers, 0) {
		return 0, true
	}
	return actor.User, mayLook(rights) == nil
}

// mayLook refuses who can have no act on many: without managing members at a unit, or
// anything in a project.
func mayLook(rights authz.Rights) error {
	if rights.Member() && rights.AdministersProjects() {
		return nil
	}
	return gate.RequireSomewhere(rights, authz.ManageMembers)
}

// reading runs a read of acts that the actor may look at.
func (s *Acts) reading(ctx context.Context, actor authz.Actor, account directory.AccountID, read func(r *store.Reader, owner directory.UserID) error) error {
	return s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := mayLook(rights); err != nil {
			return err
		}
		owner, _ := Owner(rights, actor)
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

// Listed is how many acts faces list.
const Listed = 50

// Recent lists the account's last acts on many, newest first.
func (s *Acts) Recent(ctx context.Context, actor authz.Actor, account directory.AccountID, limit int) ([]directory.BulkAct, error) {
	var found []directory.BulkAct
	err := s.reading(ctx, actor, account, func(r *store.Reader, owner directory.UserID) (err error) {
		found, err = r.BulkActs(ctx, account, owner, limit)
		return err
	})
	return found, err
}

// A Refused is who was refused in an act on many, and why (BULK-3). Of
// somebody who was erased since nothing is left but the line.
type Refused struct {
	Line     int64            `json:"-"` // from 1, in the order of what there was to do
	Name     string           `json:",omitempty"`
	Email    string           `json:",omitempty"`
	Member   string           `json:",omitempty"` // public id
	Unit     string           `json:",omitempty"` // public id, of a role at a unit
	UnitName string           `json:",omitempty"`
	Refusal  *directory.Error `json:",omitempty"`
	Item     json.RawMessage  `json:",omitempty"` // what there was to do, to try it again
}

func refusedFacts(v gate.Verdict) Refused {
	one := Refused{Name: v.Name, Email: v.Email, Member: v.Public(), Refusal: v.Refusal}
	if v.Effect != nil {
		one.Unit, one.UnitName = v.Effect.Unit.UUID, v.Effect.Unit.Name
	}
	return one
}

// RefusedIn reads who was refused so far, in the order of what there was to do.
func (s *Acts) RefusedIn(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, page Page) ([]Refused, error) {
	act, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return nil, err
	}
	var rows []store.BulkRefusal
	if err := s.gate.Peek(func(r *store.Reader) error {
		rows, err = r.BulkRefusals(ctx, act.ID, store.BulkRefusalPage{After: page.After, Skip: page.Skip, Limit: page.Limit})
		return err
	}); err != nil {
		return nil, err
	}
	found := make([]Refused, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal([]byte(row.Facts), &found[i]); err != nil {
			return nil, errReadRefused(err)
		}
		found[i].Line = row.Line
	}
	return found, nil
}

// A Page is which of those who were refused are read: after a line, or so
// many in.
type Page struct {
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
		if err := p.RequireAs(mayLook); err != nil {
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
