package admission

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Request asks the vendor for an admin key of a customer number (KEY-13). A
// number that nobody has is answered alike (KEY-14).
//
// It refuses with the field at fault, with key_request.waiting_already,
// key_request.too_many_open, and limit.hourly.
func (s *Keys) Request(ctx context.Context, actor authz.Actor, number, message string) (directory.KeyRequest, error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer answer()
	refusal := cleanAsking(&number, &message)
	q := directory.KeyRequest{Number: number, User: actor.User, Message: message, State: directory.KeyRequestWaiting}
	switch {
	case actor.User == 0:
		return q, directory.Refuse(directory.Denied, "sign_in.required")
	case refusal != nil:
		return q, refusal
	}
	account, err := s.accountOrNone(ctx, number)
	if err != nil {
		return q, err
	}
	if err := s.gate.Ration(ctx, gate.Ration{Scope: "key_request", Subject: strconv.FormatInt(int64(actor.User), 10), Most: directory.KeyRequestsPerHour}); err != nil {
		return q, err
	}
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSignedIn(); err != nil {
			return err
		}
		p.EvenClosed("a stranger is not told that the account is closed (KEY-14)")
		q.ID, q.UUID, q.Created, q.Account = directory.KeyRequestID(p.NewKey()), uuid.NewString(), p.Now, account
		return planKeyRequest(ctx, r, p, q)
	})
	return q, err
}

func planKeyRequest(ctx context.Context, r *store.Reader, p *gate.Plan, q directory.KeyRequest) error {
	before, err := r.KeyRequestsBy(ctx, q.User, 50)
	if err != nil {
		return err
	}
	open := 0
	for _, other := range before {
		if other.State != directory.KeyRequestWaiting {
			continue
		}
		open++
		if directory.CleanNumber(other.Number) == directory.CleanNumber(q.Number) || q.Account != directory.Installation && other.Account == q.Account {
			return &directory.Error{Kind: directory.Conflict, Code: "key_request.waiting_already", Field: "number"}
		}
	}
	if open >= directory.OpenKeyRequests {
		return &directory.Error{Kind: directory.Limited, Code: "key_request.too_many_open", Field: "number",
			Args: directory.Args{"Count": directory.OpenKeyRequests}}
	}
	p.Change(store.InsertKeyRequest(q))
	entry := p.Entry(audit.KeyRequested, q.User, int64(q.ID))
	entry.Note("typed_number", "", q.Number)
	entry.Note("message", "", q.Message)
	p.Record(entry)
	return nil
}

// Requested lists what the person asked of the vendor, the latest first. How it
// was answered is not in it: the answer goes by letter or to the contact on file.
func (s *Keys) Requested(ctx context.Context, actor authz.Actor) ([]directory.KeyRequest, error) {
	if actor.User == 0 {
		return nil, directory.Refuse(directory.Denied, "sign_in.required")
	}
	var requests []directory.KeyRequest
	err := s.gate.Read(ctx, func(r *store.Reader) (err error) {
		requests, err = r.KeyRequestsBy(ctx, actor.User, 50)
		return err
	})
	for i := range requests {
		if requests[i].State == directory.KeyRequestRefused {
			requests[i].State = directory.KeyRequestAnswered
		}
		requests[i].Account, requests[i].Answer, requests[i].DecidedBy = 0, "", 0
	}
	return requests, err
}

// A ShownKeyRequest is a request with the asker, who decided, and the account of
// the number, or none.
type ShownKeyRequest struct {
	directory.KeyRequest
	Person, By directory.User
	For        directory.Account
	Referent   bool // the asker is the contract's contact
}

// Queue lists the requests that wait, the oldest first, and the latest decided.
func (s *Keys) Queue(ctx context.Context, actor authz.Actor) (waiting, decided []ShownKeyRequest, err error) {
	err = s.gate.Console(ctx, actor, authz.HandleKeys, func(r *store.Reader) error {
		for _, list := range []struct {
			waiting bool
			most    int
			into    *[]ShownKeyRequest
		}{{true, 500, &waiting}, {false, 20, &decided}} {
			requests, err := r.KeyRequests(ctx, actor.Portfolio, list.waiting, list.most)
			if err != nil {
				return err
			}
			if *list.into, err = ShownKeyRequests(ctx, r, requests); err != nil {
				return err
			}
		}
		return nil
	})
	return waiting, decided, err
}

// ShownKeyRequests gives key requests the people who asked and decided, and their accounts.
func ShownKeyRequests(ctx context.Context, r *store.Reader, requests []directory.KeyRequest) ([]ShownKeyRequest, error) {
	var people []directory.UserID
	var accounts []directory.AccountID
	for _, q := range requests {
		people, accounts = append(people, q.User, q.DecidedBy), append(accounts, q.Account)
	}
	users, err := r.Users(ctx, roster.Distinct(people))
	if err != nil {
		return nil, err
	}
	known, err := r.AccountsByKey(ctx, roster.Distinct(accounts))
	shown := make([]ShownKeyRequest, len(requests))
	for i, q := range requests {
		account := known[q.Account]
		shown[i] = ShownKeyRequest{KeyRequest: q, Person: users[q.User], By: users[q.DecidedBy], For: account,
			Referent: account.Referent != 0 && account.Referent == q.User}
	}
	return shown, err
}

// Answer makes a key for the number that was asked about. It leaves in a letter
// to the postal address or by mail to the contact on file; the asker is told
// only that the request was dealt with (KEY-13).
//
// It refuses with key_request.not_found, key_request.decided,
// key_request.no_account for a number that nobody has, and as Account.MayMail
// says.
func (s *Keys) Answer(ctx context.Context, actor authz.Actor, id string, by directory.KeyDelivery) error {
	return s.decide(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan, q directory.KeyRequest, asker directory.User) error {
		if p.Account == directory.Installation {
			return &directory.Error{Kind: directory.Conflict, Code: "key_request.no_account", Args: directory.Args{"Number": q.Number}}
		}
		if err := s.planOneKey(ctx, r, p, by, asker.Email); err != nil {
			return err
		}
		return s.planDecided(p, q, asker, store.EndKeyRequest{ID: q.ID, State: directory.KeyRequestAnswered, Answer: string(by)})
	})
}

// Refuse ends a request without a key. The reason stays with the vendor: the
// asker gets the same mail as when a key is on its way (KEY-14).
func (s *Keys) Refuse(ctx context.Context, actor authz.Actor, id, reason string) error {
	reason, refusal := directory.ReasonText.Required(reason)
	if refusal != nil {
		return refusal
	}
	return s.decide(ctx, actor, id, func(_ context.Context, _ *store.Reader, p *gate.Plan, q directory.KeyRequest, asker directory.User) error {
		p.EvenClosed("refusing changes nothing of the account")
		return s.planDecided(p, q, asker, store.EndKeyRequest{ID: q.ID, State: directory.KeyRequestRefused, Answer: reason})
	})
}

type keyDecision func(ctx context.Context, r *store.Reader, p *gate.Plan, q directory.KeyRequest, asker directory.User) error

// decide plans under the lock of the account that has the number now, which may
// have come after the request.
func (s *Keys) decide(ctx context.Context, actor authz.Actor, id string, plan keyDecision) error {
	var asked directory.KeyRequest
	err := s.gate.Console(ctx, actor, authz.HandleKeys, func(r *store.Reader) (err error) {
		asked, err = r.KeyRequest(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	account, err := s.accountOrNone(ctx, asked.Number)
	if err != nil {
		return err
	}
	if !actor.Sees(account) {
		return directory.Refuse(directory.NotFound, "key_request.not_found")
	}
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.HandleKeys); err != nil {
			return err
		}
		q, err := r.KeyRequest(ctx, id)
		if err != nil {
			return err
		}
		if refusal := q.Decidable(); refusal != nil {
			return refusal
		}
		asker, err := r.User(ctx, q.User)
		if err != nil {
			return err
		}
		return plan(ctx, r, p, q, asker)
	})
	return err
}

func (s *Keys) planDecided(p *gate.Plan, q directory.KeyRequest, asker directory.User, end store.EndKeyRequest) error {
	end.By = p.Actor.User
	p.Change(end)
	entry := p.Entry(audit.KeyRequestDecided, q.User, int64(q.ID))
	entry.Note("outcome", string(q.State), string(end.State))
	entry.Note("reason", "", end.Answer)
	p.Record(entry)
	// Without the account's name, which is not shown before approval (KEY-14).
	p.Mail(directory.Mail{User: asker.ID, Address: asker.Email, Kind: directory.MailKeyOnItsWay, Language: asker.Language,
		Facts: map[string]string{directory.FactNumber: q.Number}})
	return nil
}

// Delivers lists the ways a key can leave for a request, the safe one first
// (KEY-13).
func (q ShownKeyRequest) Delivers() []directory.KeyDelivery {
	ways := []directory.KeyDelivery{directory.ByLetter, directory.ByMail}
	return slices.DeleteFunc(ways, func(way directory.KeyDelivery) bool {
		return way == directory.ByMail && q.For.MayMail(q.Person.Email) != nil
	})
}
