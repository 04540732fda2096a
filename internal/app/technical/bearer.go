package technical

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A Bearing is who comes with a token: a technical user, in its one account.
type Bearing struct {
	Actor   authz.Actor
	Account directory.AccountID
	Token   directory.APIToken
}

// Resolve finds who a bearer token belongs to. The actor comes through the API;
// another face says its own door.
//
// It refuses with token.refused, in the same words, a token that is unknown,
// revoked or expired, whose technical user was switched off, ended or removed,
// and one for which nobody answers any more: the responsible person was
// removed, deactivated, switched off or erased, or their place ended. All of it
// is read anew with each request (SIGN-5).
func (s *Users) Resolve(ctx context.Context, token string, client gate.Client) (Bearing, error) {
	if !strings.HasPrefix(token, directory.TokenPrefix) || len(token) > gate.LongestBearer {
		return Bearing{}, directory.Refuse(directory.Denied, "token.refused")
	}
	var b directory.Bearer
	if err := s.gate.Peek(func(r *store.Reader) (err error) {
		b, err = r.Bearer(ctx, secret.Digest(token))
		return err
	}); err != nil {
		return Bearing{}, err
	}
	now := s.gate.Instant()
	if !b.Opens(now) {
		return Bearing{}, s.gate.TurnAway(ctx, b.Token, client, now)
	}
	if now.Sub(b.Token.LastUsed) >= gate.SeenEvery {
		if err := s.gate.Note(ctx, func(tx *store.Tx) error { return tx.TouchToken(ctx, b.Token.ID, false) }); err != nil {
			return Bearing{}, err
		}
	}
	actor := authz.Actor{Kind: authz.Technical, User: b.Token.User, Door: authz.DoorAPI, Address: client.Address, Agent: client.Agent,
		Token: b.Token.ID, Scope: b.Token.Scope}
	return Bearing{Actor: actor, Account: b.Token.Account, Token: b.Token}, nil
}

// At finds the account of a customer number, of today or before, for whoever
// comes with a token. Any other account than the token's is refused with
// account.not_found, whether the number exists or not (KEY-14, USER-5); of a
// suspended one only administrators are let in (ACC-12).
func (s *Users) At(ctx context.Context, b Bearing, number string) (account directory.Account, err error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer func() { gate.AnswerRefused(answer, err) }()
	nowhere := directory.Refuse(directory.NotFound, "account.not_found")
	if _, refusal := directory.CustomerNumber.Clean(number); refusal != nil {
		return account, nowhere
	}
	err = s.gate.Glance(ctx, b.Actor, b.Account, func(r *store.Reader, rights authz.Rights) error {
		found, err := r.AccountByNumber(ctx, number)
		switch {
		case err != nil:
			return err
		case found.ID != b.Account || !rights.Member():
			return nowhere
		case found.State == directory.AccountSuspended && !rights.May(authz.ManageAdministrators, 0):
			return &directory.Error{Kind: directory.Denied, Code: "account.suspended", Args: directory.Args{"Name": found.Name}}
		}
		account = found
		return nil
	})
	return account, err
}
