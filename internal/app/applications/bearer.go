package applications

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A Visit is an application that comes with a credential.
type Visit struct {
	Actor      authz.Actor
	Credential directory.Credential
}

// Resolve finds the application that a credential belongs to, as it stands now. It
// refuses with token.refused, in the same words, a credential that is unknown,
// revoked or expired, and one of an application that was ended or switched off
// (APP-2). All of it is read anew with each request.
func (s *Applications) Resolve(ctx context.Context, token string, client gate.Client) (Visit, error) {
	if !strings.HasPrefix(token, directory.CredentialPrefix) || len(token) > gate.LongestBearer {
		return Visit{}, directory.Refuse(directory.Denied, "token.refused")
	}
	var found directory.Presented
	if err := s.gate.Peek(func(r *store.Reader) (err error) {
		found, err = r.Presented(ctx, secret.Digest(token))
		return err
	}); err != nil {
		return Visit{}, err
	}
	now := s.gate.Instant()
	if !found.Opens(now) {
		return Visit{}, s.gate.TurnAwayApplication(ctx, found.Credential, client, now)
	}
	if now.Sub(found.Credential.LastUsed) >= gate.SeenEvery {
		if err := s.gate.Note(ctx, func(tx *store.Tx) error { return tx.TouchCredential(ctx, found.Credential.ID, false) }); err != nil {
			return Visit{}, err
		}
	}
	return Visit{Actor: gate.ActorOf(found, client), Credential: found.Credential}, nil
}

// At finds the account of a customer number, of today or before, for an
// application that reads the directory. One it does not see is refused with
// account.not_found, evenly, whether the number exists or not (KEY-14, APP-1); an
// application without that right, with denied.application.
func (s *Applications) At(ctx context.Context, actor authz.Actor, number string) (found directory.Account, err error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer func() { gate.AnswerRefused(answer, err) }()
	if !slices.Contains(actor.Registered, directory.MayReadDirectory) {
		err := gate.NotRegistered(directory.MayReadDirectory)
		s.gate.NoteRefusal(ctx, actor, directory.Installation, err)
		return found, err
	}
	nowhere := directory.Refuse(directory.NotFound, "account.not_found")
	if _, refusal := directory.CustomerNumber.Clean(number); refusal != nil {
		return found, nowhere
	}
	err = s.gate.Read(ctx, func(r *store.Reader) error {
		account, err := r.AccountByNumber(ctx, number)
		switch {
		case err != nil:
			return err
		case !actor.Sees(account.ID):
			return nowhere
		}
		found = account
		return nil
	})
	return found, err
}
