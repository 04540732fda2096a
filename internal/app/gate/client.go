package gate

import (
	"context"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Client is where a request comes from.
type Client struct{ Address, Agent string }

// SeenEvery is how exactly a session's last use is kept: one write a minute is
// enough for a list, and reading stays reading.
const SeenEvery = time.Minute

// LongestBearer is more than any token of ours has.
const LongestBearer = 200

// ActorOf is the application behind a credential as it acts through the API.
func ActorOf(p directory.Presented, client Client) authz.Actor {
	return authz.Actor{Kind: authz.Application, User: p.Application.ID, Door: authz.DoorAPI, Address: client.Address, Agent: client.Agent,
		Token: p.Credential.ID, Portfolio: p.Application.Portfolio, Registered: p.Application.Rights}
}

// TurnAway keeps in the access log that a dead token was tried, once a minute
// (HIST-1), and answers the refusal.
func (g *Gate) TurnAway(ctx context.Context, t directory.APIToken, client Client, now time.Time) error {
	return g.turnAway(ctx, dead{store.Access{User: t.User, Account: t.Account, Name: t.Name}, now.Sub(t.Refused), t.ID, (*store.Tx).TouchToken}, client)
}

// TurnAwayApplication is TurnAway for a dead credential of an application.
func (g *Gate) TurnAwayApplication(ctx context.Context, c directory.Credential, client Client, now time.Time) error {
	return g.turnAway(ctx, dead{store.Access{User: c.Application, Name: c.Name}, now.Sub(c.Refused), c.ID, (*store.Tx).TouchCredential}, client)
}

// A dead secret opens nothing any more: whose it is, how long ago it was turned
// away last, and what notes that it was now.
type dead struct {
	of    store.Access
	since time.Duration
	key   int64
	touch func(tx *store.Tx, ctx context.Context, key int64, refused bool) error
}

func (g *Gate) turnAway(ctx context.Context, d dead, client Client) error {
	refusal := directory.Refuse(directory.Denied, "token.refused")
	if d.since < SeenEvery {
		return refusal
	}
	d.of.Outcome, d.of.Address, d.of.Agent = refusal.Code, client.Address, client.Agent
	if err := g.Note(ctx, func(tx *store.Tx) error {
		if err := d.touch(tx, ctx, d.key, true); err != nil {
			return err
		}
		return tx.LogAccess(ctx, d.of)
	}); err != nil {
		return err
	}
	return refusal
}
