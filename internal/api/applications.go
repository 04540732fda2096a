package api

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// resolve finds who a bearer is: a technical user of one account, or an
// application of the vendor's, which is in none until an address names one.
func (f *Face) resolve(ctx context.Context, token string, client app.Client) (app.Bearing, error) {
	if !strings.HasPrefix(token, directory.CredentialPrefix) {
		return f.App.TechnicalUsers.Resolve(ctx, token, client)
	}
	visit, err := f.App.Applications.Resolve(ctx, token, client)
	if err != nil {
		return app.Bearing{}, err
	}
	c := visit.Credential
	return app.Bearing{Actor: visit.Actor, Token: directory.APIToken{ID: c.ID, UUID: c.UUID, User: c.Application, Name: c.Name, Created: c.Created,
		Expires: c.Expires}}, nil
}

// countedAs is whose requests are counted together: a token's, or those of all
// credentials of an application, so that rotating gives no more.
func countedAs(b app.Bearing) int64 {
	if b.Actor.Kind == authz.Application {
		return int64(b.Actor.User)
	}
	return b.Token.ID
}

// at finds the account of an address for whoever comes. Any other than a token's
// own, or out of an application's sight, is not there (USER-5, APP-1).
func (f *Face) at(ctx context.Context, v *visit, number string) (err error) {
	if v.actor.Kind != authz.Application {
		v.account, err = f.App.TechnicalUsers.At(ctx, v.bearing, number)
		return err
	}
	v.account, err = f.App.Applications.At(ctx, v.actor, number)
	v.bearing.Account = v.account.ID
	return err
}

// OfCustomer is an address of one customer, by the vendor's own id.
type OfCustomer struct {
	External string `path:"external_id" maxLength:"100" doc:"The id by which the vendor's programs know the customer." example:"ERP-10442"`
}

func (c OfCustomer) external() string { return c.External }

// A customerAddressed input says which customer its address names.
type customerAddressed interface{ external() string }

// vendor puts an operation for applications of the vendor's into the document and
// the routes. To anybody else it is not there. The customer of the address is
// found first, but by what makes one (APP-4).
func vendor[I, O any](f *Face, o huma.Operation, handle func(ctx context.Context, v visit, in *I) (*O, error)) {
	o.Tags = []string{"vendor"}
	f.describe(&o)
	huma.Register(f.api, o, func(ctx context.Context, in *I) (*O, error) {
		v := visitOf(ctx)
		if v.actor.Kind != authz.Application {
			return nil, f.problem(ctx, v, directory.Refuse(directory.NotFound, "not_found"))
		}
		if of, ok := any(in).(customerAddressed); ok && o.OperationID != putCustomer {
			account, err := f.App.Accounts.Named(ctx, v.actor, of.external())
			if err != nil {
				return nil, f.problem(ctx, v, err)
			}
			v.account = account
		}
		out, err := handle(ctx, v, in)
		if err != nil {
			return nil, f.failed(ctx, v, err)
		}
		return out, nil
	})
}
