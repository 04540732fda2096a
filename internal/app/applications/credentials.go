package applications

import (
	"context"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A Made is a new credential. Secret is shown once and kept nowhere.
type Made struct {
	directory.Credential
	Secret string
}

// A NewCredential is what a credential is called and how long it is good.
type NewCredential struct {
	Name    string
	Expires time.Time
}

// MakeCredential makes a secret for an application, of 256 random bits, good until
// a moment. Two are good at a time, so that one takes the other's place without a
// pause (APP-2).
//
// It refuses without the duty applications.manage, with application.not_found, as
// directory.CleanCredential does, and with credential.too_many a third.
func (s *Applications) MakeCredential(ctx context.Context, actor authz.Actor, id string, n NewCredential) (Made, error) {
	var made Made
	err := s.change(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan, a directory.Application) error {
		expires := n.Expires.UTC().Truncate(time.Microsecond)
		if refusal := directory.CleanCredential(&n.Name, expires, p.Now); refusal != nil {
			return refusal
		}
		others, err := r.CredentialsOf(ctx, []directory.UserID{a.ID})
		if err != nil {
			return err
		}
		if refusal := directory.AnotherCredential(others[a.ID], p.Now); refusal != nil {
			return refusal
		}
		random, _ := secret.NewToken()
		made = Made{Secret: directory.CredentialPrefix + random, Credential: directory.Credential{ID: p.NewKey(), UUID: roster.PublicID(),
			Application: a.ID, Name: n.Name, Created: p.Now, By: p.Actor.User, Expires: expires}}
		p.Change(store.InsertCredential{Credential: made.Credential, Digest: secret.Digest(made.Secret)})
		entry := p.Entry(audit.CredentialMade, a.ID, made.ID)
		entry.Note("name", "", made.Name)
		entry.NoteValue("expires", audit.Nothing, audit.Time(expires))
		p.Record(entry)
		return nil
	})
	if err != nil {
		return Made{}, err
	}
	return made, nil
}

// RevokeCredential ends a credential at once and for good: the next request with it
// is turned away, on whichever node (APP-2). One whose day is past is ended by it
// too, whatever a node's clock says. It refuses with application.not_found, and with
// credential.not_found one that is not the application's or was revoked before.
func (s *Applications) RevokeCredential(ctx context.Context, actor authz.Actor, id, credential string) error {
	return s.change(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan, a directory.Application) error {
		of, err := r.CredentialsOf(ctx, []directory.UserID{a.ID})
		if err != nil {
			return err
		}
		for _, c := range of[a.ID] {
			if c.UUID == credential && c.Revoked.IsZero() {
				p.Change(store.RevokeCredentials{c.ID})
				p.Record(revoked(p, c))
				return nil
			}
		}
		return directory.Refuse(directory.NotFound, "credential.not_found")
	})
}

// revoked tells that a credential opens nothing any more.
func revoked(p *gate.Plan, c directory.Credential) audit.Entry {
	entry := p.Entry(audit.CredentialRevoked, c.Application, c.ID)
	entry.Note("name", c.Name, "")
	return entry
}
