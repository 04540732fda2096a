package gate

import (
	"context"
	"time"

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

// TurnAway keeps in the access log that a dead token was tried, once a minute
// (HIST-1), and answers the refusal.
func (g *Gate) TurnAway(ctx context.Context, t directory.APIToken, client Client, now time.Time) error {
	refusal := directory.Refuse(directory.Denied, "token.refused")
	if now.Sub(t.Refused) < SeenEvery {
		return refusal
	}
	what := store.Access{User: t.User, Account: t.Account, Name: t.Name, Outcome: refusal.Code, Address: client.Address, Agent: client.Agent}
	if err := g.Note(ctx, func(tx *store.Tx) error {
		if err := tx.TouchToken(ctx, t.ID, true); err != nil {
			return err
		}
		return tx.LogAccess(ctx, what)
	}); err != nil {
		return err
	}
	return refusal
}

// TurnAwayApplication keeps in the access log that a dead credential of an
// application was tried, once a minute (HIST-1), and answers the refusal, in the
// words of TurnAway.
func (g *Gate) TurnAwayApplication(ctx context.Context, c directory.Credential, client Client, now time.Time) error {
	refusal := directory.Refuse(directory.Denied, "token.refused")
	if now.Sub(c.Refused) < SeenEvery {
		return refusal
	}
	what := store.Access{User: c.Application, Name: c.Name, Outcome: refusal.Code, Address: client.Address, Agent: client.Agent}
	if err := g.Note(ctx, func(tx *store.Tx) error {
		if err := tx.TouchCredential(ctx, c.ID, true); err != nil {
			return err
		}
		return tx.LogAccess(ctx, what)
	}); err != nil {
		return err
	}
	return refusal
}
