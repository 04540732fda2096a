package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A Key is what became of an admin key. Its characters are in no answer: it is
// printed, or goes to the contact on file (KEY-6, KEY-13).
type Key struct {
	ID      string     `json:"id" example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Ordinal int64      `json:"ordinal" doc:"Its number in the account, as letters print it." example:"2"`
	State   string     `json:"state" enum:"unused,used,revoked" example:"unused"`
	Made    time.Time  `json:"made_at"`
	Ended   *time.Time `json:"ended_at,omitempty" doc:"When it was used or revoked."`
	Reason  string     `json:"reason,omitempty" doc:"Why it was revoked."`
}

// Keys are what became of all keys of a customer.
type Keys struct {
	Items   []Key      `json:"items" nullable:"false"`
	Waiting int64      `json:"waiting" doc:"How many keys wait in letters to be printed." example:"3"`
	Locked  *time.Time `json:"locked_at,omitempty" doc:"Since when key entry is locked for this number; absent: it is not."`
}

type keysAnswer struct{ Body Keys }

type makeKeys struct {
	OfCustomer
	Body struct {
		Count int `json:"count" minimum:"1" maximum:"10" doc:"How many." example:"3"`
	}
}

type revokeKey struct {
	OfCustomer
	Key  string `path:"key" maxLength:"64" doc:"Id of the key." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Body struct {
		Reason string `json:"reason" example:"The letter was lost"`
	}
}

// Delivery is the way a new key leaves.
type Delivery struct {
	Delivery string `json:"delivery" enum:"letter,mail" doc:"\"letter\": it waits to be printed; \"mail\": it goes to the contact on file." example:"letter"`
}

type unlockCustomer struct {
	OfCustomer
	Body Delivery
}

func (f *Face) customerKeys() {
	vendor(f, huma.Operation{OperationID: "list-keys", Method: http.MethodGet, Path: "/vendor/customers/{external_id}/keys", Summary: "List what became of admin keys",
		Description: "Never their characters. Needs the right \"keys\", as all that follows."}, f.listKeys)
	vendor(f, huma.Operation{OperationID: "make-keys", Method: http.MethodPost, Path: "/vendor/customers/{external_id}/keys", Summary: "Make admin keys",
		Description: "They wait in a letter, which the vendor's staff print; no answer has them."}, f.makeKeys)
	vendor(f, huma.Operation{OperationID: "revoke-key", Method: http.MethodPost, Path: "/vendor/customers/{external_id}/keys/{key}/revoke", Summary: "Revoke an unused key"}, f.revokeKey)
	vendor(f, huma.Operation{OperationID: "unlock-customer", Method: http.MethodPost, Path: "/vendor/customers/{external_id}/unlock", Summary: "Unlock key entry",
		Description: "Sets the count to zero and makes one new key in the same act."}, f.unlock)
}

// keys answers what became of a customer's keys, as it is now.
func (f *Face) keys(ctx context.Context, v visit) (*keysAnswer, error) {
	fates, err := f.App.Keys.Fates(ctx, v.actor, v.account.ID)
	if err != nil {
		return nil, err
	}
	answer := &keysAnswer{Body: Keys{Items: make([]Key, len(fates.Keys)), Waiting: fates.Letters, Locked: moment(fates.Locked)}}
	for i, k := range fates.Keys {
		answer.Body.Items[i] = Key{ID: k.UUID, Ordinal: k.Ordinal, State: k.State, Made: k.Made.UTC(), Ended: moment(k.Ended), Reason: k.Reason}
	}
	return answer, nil
}

func (f *Face) listKeys(ctx context.Context, v visit, _ *OfCustomer) (*keysAnswer, error) {
	return f.keys(ctx, v)
}

func (f *Face) makeKeys(ctx context.Context, v visit, in *makeKeys) (*keysAnswer, error) {
	if err := f.App.Keys.Make(ctx, v.actor, v.account.ID, in.Body.Count); err != nil {
		return nil, err
	}
	return f.keys(ctx, v)
}

func (f *Face) revokeKey(ctx context.Context, v visit, in *revokeKey) (*keysAnswer, error) {
	if err := f.App.Keys.Revoke(ctx, v.actor, v.account.ID, in.Key, in.Body.Reason); err != nil {
		return nil, err
	}
	return f.keys(ctx, v)
}

func (f *Face) unlock(ctx context.Context, v visit, in *unlockCustomer) (*keysAnswer, error) {
	if err := f.App.Keys.Unlock(ctx, v.actor, v.account.Number, directory.KeyDelivery(in.Body.Delivery)); err != nil {
		return nil, err
	}
	return f.keys(ctx, v)
}

// A KeyRequest is somebody's wish for an admin key, in the vendor's queue.
type KeyRequest struct {
	ID       string    `json:"id" example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Number   string    `json:"number" doc:"The customer number as it was typed." example:"204 817"`
	Customer string    `json:"customer,omitempty" doc:"The external id of the customer of that number, where it has one." example:"ERP-10442"`
	Known    bool      `json:"known" doc:"Somebody has the number."`
	Referent bool      `json:"referent" doc:"The asker is the contract's contact."`
	Name     string    `json:"name" doc:"Who asks." example:"Karim Haddad"`
	Email    string    `json:"email" example:"karim.haddad@maraval.example"`
	Message  string    `json:"message"`
	Asked    time.Time `json:"asked_at"`
	Delivers []string  `json:"delivers" nullable:"false" doc:"The ways a key can leave for it, the safe one first."`
}

// KeyRequests are those that wait.
type KeyRequests struct {
	Items []KeyRequest `json:"items" nullable:"false"`
}

type keyRequestsAnswer struct{ Body KeyRequests }

// OfKeyRequest is an address of one key request.
type OfKeyRequest struct {
	Request string `path:"request" maxLength:"64" doc:"Id of the request." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

type answerKeyRequest struct {
	OfKeyRequest
	Body Delivery
}

type refuseKeyRequest struct {
	OfKeyRequest
	Body struct {
		Reason string `json:"reason" doc:"Stays with the vendor: the asker is told the same as when a key is on its way." example:"Not one of theirs"`
	}
}

func (f *Face) keyRequests() {
	vendor(f, huma.Operation{OperationID: "list-key-requests", Method: http.MethodGet, Path: "/vendor/key-requests", Summary: "List key requests that wait",
		Description: "The oldest first, at most 500."}, f.listKeyRequests)
	vendor(f, huma.Operation{OperationID: "answer-key-request", Method: http.MethodPost, Path: "/vendor/key-requests/{request}/answer", Summary: "Answer a request with a key",
		Description:   "The key leaves in a letter to the postal address or by mail to the contact on file; the asker is told only that the request was dealt with.",
		DefaultStatus: http.StatusNoContent}, f.answerKeyRequest)
	vendor(f, huma.Operation{OperationID: "refuse-key-request", Method: http.MethodPost, Path: "/vendor/key-requests/{request}/refuse", Summary: "Refuse a request",
		DefaultStatus: http.StatusNoContent}, f.refuseKeyRequest)
}

func (f *Face) listKeyRequests(ctx context.Context, v visit, _ *struct{}) (*keyRequestsAnswer, error) {
	waiting, _, err := f.App.Keys.Queue(ctx, v.actor)
	if err != nil {
		return nil, err
	}
	answer := &keyRequestsAnswer{Body: KeyRequests{Items: make([]KeyRequest, len(waiting))}}
	for i, q := range waiting {
		answer.Body.Items[i] = keyRequestOf(q)
	}
	return answer, nil
}

func keyRequestOf(q app.ShownKeyRequest) KeyRequest {
	shown := KeyRequest{ID: q.UUID, Number: q.Number, Customer: q.For.External, Known: q.For.ID != 0, Referent: q.Referent, Name: q.Person.Name(),
		Email: q.Person.Email, Message: q.Message, Asked: q.Created.UTC(), Delivers: []string{}}
	if shown.Known {
		for _, way := range q.Delivers() {
			shown.Delivers = append(shown.Delivers, string(way))
		}
	}
	return shown
}

func (f *Face) answerKeyRequest(ctx context.Context, v visit, in *answerKeyRequest) (*struct{}, error) {
	return nil, f.App.Keys.Answer(ctx, v.actor, in.Request, directory.KeyDelivery(in.Body.Delivery))
}

func (f *Face) refuseKeyRequest(ctx context.Context, v visit, in *refuseKeyRequest) (*struct{}, error) {
	return nil, f.App.Keys.Refuse(ctx, v.actor, in.Request, in.Body.Reason)
}
