package technical

import (
	"bytes"
	"context"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Repeatable is a request whose sender may send it again without it being done
// twice (PLAN-3): the key they gave it, and what it says.
type Repeatable struct {
	Key    string
	Route  string // method and address
	Digest []byte // of the body
}

// A Claim is the right to do a request. Actor is who does it: what they change is
// bound to the claim. With Done it was done before, and Status and Answer are
// what was answered then. With Act it has begun an act on many, of that public id,
// and has not answered yet, or never will: the act is what there is to answer.
type Claim struct {
	Actor  authz.Actor
	Done   bool
	Act    string
	Status int
	Answer string
}

const (
	// keptAnswers is how long what was answered can be asked for again.
	keptAnswers = 24 * time.Hour
	// longestRequest is how long a request may take before its claim counts as
	// left by whoever had it.
	longestRequest = 2 * time.Minute
)

// Claim begins a request under the key its sender gave it. The same key with the
// same request answers what was answered, once the sender's rights to it were
// checked again; it never does anything twice, whichever of two comes first and
// wherever a process ends.
//
// It refuses with idempotency.other_request when the key was used for another
// request, with idempotency.in_progress while the first is at work, with
// idempotency.unfinished when it changed something and ended before it answered,
// and like the operation itself when the rights it asked for are gone.
func (s *Users) Claim(ctx context.Context, b Bearing, q Repeatable) (Claim, error) {
	wanted := store.Repeat{User: b.Actor.User, Name: q.Key, Account: b.Account, Route: q.Route, Digest: q.Digest, Holder: uuid.NewString(),
		Expires: s.gate.Instant().Add(keptAnswers)}
	var before store.Repeat
	var mine bool
	err := s.gate.Note(ctx, func(tx *store.Tx) error {
		var err error
		if mine, err = tx.BeginRepeat(ctx, wanted); err != nil || mine {
			return err
		}
		if before, err = tx.Repeat(ctx, wanted.User, wanted.Name); err != nil {
			return err
		}
		if !leftOver(before, tx.Now) {
			return nil
		}
		mine, err = tx.TakeRepeat(ctx, before, wanted)
		return err
	})
	switch {
	case err != nil:
		return Claim{}, err
	case mine:
		claim := Claim{Actor: b.Actor}
		claim.Actor.Request = wanted.Holder
		return claim, nil
	}
	return s.answered(ctx, b, before, wanted)
}

// leftOver reports whether a request's key is free again: its answer is kept no
// longer, or it changed nothing and whoever did it is gone.
func leftOver(q store.Repeat, now time.Time) bool {
	return !now.Before(q.Expires) || q.State == store.RepeatBegun && now.Sub(q.Begun) >= longestRequest
}

// answered is what a key says that was used before.
func (s *Users) answered(ctx context.Context, b Bearing, before, wanted store.Repeat) (Claim, error) {
	switch {
	case before.Route != wanted.Route || !bytes.Equal(before.Digest, wanted.Digest) || before.Account != wanted.Account:
		return Claim{}, directory.Refuse(directory.Conflict, "idempotency.other_request")
	case before.State == store.RepeatApplied:
		return s.applied(ctx, b, before)
	case before.State != store.RepeatAnswered:
		return Claim{}, directory.Refuse(directory.Conflict, "idempotency.in_progress")
	case before.Answer == "": // it told of somebody who was erased since (USER-7)
		return Claim{}, directory.Refuse(directory.Conflict, "idempotency.unfinished")
	}
	err := s.gate.View(ctx, b.Actor, b.Account, func(_ *store.Reader, rights authz.Rights) error {
		for _, asked := range before.Asked {
			if asked.Duty != "" {
				if err := dutyStill(b.Actor, asked); err != nil {
					return err
				}
				continue
			}
			permission := authz.Permission(asked.Permission)
			if asked.Anywhere && rights.MayAnywhere(permission) {
				continue
			}
			if err := gate.Require(rights, permission, asked.Unit); err != nil {
				return err
			}
		}
		return nil
	})
	return Claim{Actor: b.Actor, Done: true, Status: before.Status, Answer: before.Answer}, err
}

// dutyStill refuses an application that lost the right it acted on, or the account
// from its sight (APP-1).
func dutyStill(actor authz.Actor, asked store.Asked) error {
	if err := gate.RequireDuty(actor, authz.Duty(asked.Duty)); err != nil {
		return err
	}
	if asked.Account == directory.Installation {
		return nil
	}
	return gate.InPortfolio(actor, asked.Account)
}

// applied is what a key says whose request has changed something and has not
// answered: the act on many it has begun goes on without it (BULK-4). Of anything
// else nobody knows how it ended, once it took too long.
func (s *Users) applied(ctx context.Context, b Bearing, before store.Repeat) (Claim, error) {
	var act directory.BulkAct
	err := s.gate.Peek(func(r *store.Reader) (err error) {
		act, err = r.BulkActOfRequest(ctx, before.Holder)
		return err
	})
	switch {
	case err == nil:
		return Claim{Actor: b.Actor, Act: act.UUID}, nil
	case !gate.RefusedWith(err, "act.not_found"):
		return Claim{}, err
	case s.gate.Instant().Sub(before.Begun) >= longestRequest:
		return Claim{}, directory.Refuse(directory.Conflict, "idempotency.unfinished")
	}
	return Claim{}, directory.Refuse(directory.Conflict, "idempotency.in_progress")
}

// Answered keeps what a claimed request answered. One that changed nothing gives
// its key back where it was refused, or asked for no right that could be asked for
// again before its answer is; one that failed keeps it, if it changed something.
func (s *Users) Answered(ctx context.Context, claim Claim, status int, answer string) error {
	if claim.Actor.Request == "" {
		return nil
	}
	return s.gate.Note(ctx, func(tx *store.Tx) error { return tx.AnswerRepeat(ctx, claim.Actor.Request, status, answer) })
}
