package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/i18n"
)

// Base is where the face begins.
const Base = "/api/v1"

// Options are what the face is made of.
type Options struct {
	App      *app.App
	Bundle   *i18n.Bundle
	Log      *slog.Logger
	Now      func() time.Time
	BaseURL  string // the installation's own; empty: addresses are relative
	Language string // where nobody asked for one
	// PerMinute is how many requests a token has in a minute; zero: 600.
	PerMinute int
	// LoadLines is how many lines a load has at most; zero: 100,000.
	LoadLines int
	// LineWait is how long a load waits for its next line; zero: 30 seconds.
	LineWait time.Duration
	// Wait is how long a request waits for an act on many; zero: app.UsualWait.
	Wait time.Duration
}

// usualLoadLines is how many lines a load has at most.
const usualLoadLines = 100_000

// usualPerMinute is how many requests a token has in a minute.
const usualPerMinute = 600

// A Face answers requests under Base.
type Face struct {
	Options
	mux      *http.ServeMux
	api      huma.API
	rates    rates
	document func() documents
}

// New makes the face with all its operations.
func New(o Options) *Face {
	if o.PerMinute == 0 {
		o.PerMinute = usualPerMinute
	}
	if o.LoadLines == 0 {
		o.LoadLines = usualLoadLines
	}
	if o.LineWait == 0 {
		o.LineWait = usualLineWait
	}
	if o.Wait == 0 {
		o.Wait = app.UsualWait
	}
	f := &Face{Options: o, mux: http.NewServeMux()}
	f.api = humago.NewWithPrefix(f.mux, Base, f.config())
	f.account()
	f.settings()
	f.members()
	f.memberActs()
	f.loads()
	f.bulkActs()
	f.exports()
	f.undo()
	f.seats()
	f.seatRules()
	f.units()
	f.companies()
	f.referents()
	f.unitMoves()
	f.roles()
	f.projectTypes()
	f.templates()
	f.projects()
	f.projectsByExternal()
	f.projectMembers()
	f.grants()
	f.explanations()
	f.past()
	f.customers()
	f.customerStates()
	f.customerKeys()
	f.keyRequests()
	f.subscriptions()
	f.uses()
	f.document = sync.OnceValue(f.documents)
	return f
}

// Document is the OpenAPI description, for tests and tools.
func (f *Face) Document() *huma.OpenAPI { return f.api.OpenAPI() }

// A visit is one request of somebody whose token was found good.
type visit struct {
	bearing app.Bearing
	actor   authz.Actor
	caller  app.Caller        // the same, as it asks about people
	account directory.Account // of the address
	printer *i18n.Printer
	live    *live // of a request that is read while it is answered
}

// id is the account of the visit.
func (v visit) id() directory.AccountID { return v.bearing.Account }

type visitKey struct{}

// with puts a visit beside the request, for this package only: operations get
// the actor as a parameter.
func with(r *http.Request, v visit) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
}

func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

// InAccount is the part of an address that every operation has.
type InAccount struct {
	Account string `path:"account" maxLength:"64" doc:"Customer number of the account. A token opens its own account only." example:"204817"`
}

func (a InAccount) number() string { return a.Account }

// OfMember is an address of one member.
type OfMember struct {
	InAccount
	Member string `path:"member" maxLength:"64" doc:"Public id of the member." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

// An addressed input says which account its address names.
type addressed interface{ number() string }

// operation puts an operation into the document and the routes. The account of
// the address is found first: any other than the token's is not there (USER-5).
func operation[I, O any](f *Face, o huma.Operation, handle func(ctx context.Context, v visit, in *I) (*O, error)) {
	f.describe(&o)
	huma.Register(f.api, o, func(ctx context.Context, in *I) (*O, error) {
		v := visitOf(ctx)
		var err error
		if at, ok := any(in).(addressed); ok {
			if err = f.at(ctx, &v, at.number()); err != nil {
				return nil, f.problem(ctx, v, err)
			}
		}
		out, err := handle(ctx, v, in)
		if err != nil {
			return nil, f.failed(ctx, v, err)
		}
		return out, nil
	})
}
