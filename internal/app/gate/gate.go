package gate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// Options are what a Gate is made of.
type Options struct {
	DB        *store.DB
	Box       *secret.Box
	Catalogue *catalogue.Catalogue // in force until another is applied
	Now       func() time.Time
	Log       *slog.Logger
	// Wait lets time pass; answers that must not tell what exists wait for a
	// round moment (KEY-14). Without it they do not.
	Wait func(ctx context.Context, d time.Duration)
}

// A Gate is the only way to the database for every operation: reading with the
// rights of who asks, planning and applying what changes, and the catalogue
// that shapes both. It knows no noun.
type Gate struct {
	Box *secret.Box // seals and digests what is kept secret
	Now func() time.Time
	Log *slog.Logger

	db      *store.DB
	wait    func(ctx context.Context, d time.Duration)
	current atomic.Pointer[InForce]
	waker   chan struct{}
	lanes   lanes
	refused refused
	trees   trees
}

// New makes the gate of an installation.
func New(o Options) *Gate {
	g := &Gate{Box: o.Box, Now: o.Now, Log: o.Log, db: o.DB, wait: o.Wait, waker: make(chan struct{}, 1)}
	g.current.Store(&InForce{Declared: o.Catalogue})
	return g
}

// Console runs a read that needs a duty of the vendor's staff.
func (g *Gate) Console(ctx context.Context, actor authz.Actor, duty authz.Duty, read func(r *store.Reader) error) error {
	if err := RequireDuty(actor, duty); err != nil {
		g.NoteRefusal(ctx, actor, directory.Installation, err)
		return err
	}
	return g.Read(ctx, read)
}

// Previewed is preview in the shape of perform.
func (g *Gate) Previewed(ctx context.Context, actor authz.Actor, account directory.AccountID, plan Planner, _ ...directory.AccountID) (Verdicts, error) {
	return g.Preview(ctx, actor, account, plan)
}

// Instant is the present in the precision that is stored.
func (g *Gate) Instant() time.Time { return g.Now().UTC().Truncate(time.Microsecond) }

// Catalogue is the one in force, as far as this process knows: what writes what
// it declares calls FollowCatalogue.
func (g *Gate) Catalogue() *catalogue.Catalogue { return g.current.Load().Declared }

// Policies are the catalogue's for the account's type, under what the account
// set for itself.
func (g *Gate) Policies(a directory.Account) catalogue.ResolvedPolicies {
	p := g.Catalogue().EffectivePolicies(a.Type)
	p.Settings = a.Settings.Under(p.Settings)
	p.Language, p.TimeZone = a.Language, a.TimeZone
	return p
}

// Sealer seals what a change keeps secret.
func (g *Gate) Sealer() store.Sealer { return g.Box.Seal }

// wake tells the workers of this process that mails or jobs wait.
func (g *Gate) wake() {
	select {
	case g.waker <- struct{}{}:
	default:
	}
}

// Woken receives after wake.
func (g *Gate) Woken() <-chan struct{} { return g.waker }

// RefusedWith reports whether err is a refusal with that code.
func RefusedWith(err error, code string) bool {
	var refusal *directory.Error
	return errors.As(err, &refusal) && refusal.Code == code
}

// AsRefusal separates refusals from faults: a verdict can hold only the first.
func AsRefusal(err error) (*directory.Error, error) {
	var refusal *directory.Error
	if err == nil || errors.As(err, &refusal) {
		return refusal, nil
	}
	return nil, fmt.Errorf("unexpected: %w", err)
}

// SystemActorOn is the program acting on so many at once: of more than one it is one act
// (HIST-6).
func SystemActorOn(many int) authz.Actor {
	if many > 1 {
		return AsOneAct(SystemActor())
	}
	return SystemActor()
}

// SystemActor acts for the program itself, through a job.
func SystemActor() authz.Actor {
	return authz.Actor{Kind: authz.System, Door: authz.DoorJob}
}
