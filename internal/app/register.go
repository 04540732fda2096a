package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A Registering person says who they are and what password they choose. With a
// customer number they ask into that account once the address is confirmed
// (JOIN-1).
type Registering struct {
	Email, First, Last, Language string
	Password                     string
	Number, Message              string
}

// registrationLink is how long an address may be confirmed. Rule SIGN-4.
const registrationLink = 24 * time.Hour

// Register signs somebody up: a link goes to their address, and only its button
// makes them a user. Whoever has that address already is told by mail; the
// answer is the same (SIGN-4). A registration is no history until it is
// confirmed: until then nothing has changed.
//
// It refuses with the field at fault, and with limit.hourly.
func (u *Users) Register(ctx context.Context, client Client, form Registering) error {
	ctx, answer := u.evenly(ctx)
	defer answer()
	form, err := u.checkRegistering(ctx, form)
	if err != nil {
		return err
	}
	err = u.ration(ctx,
		ration{"register", digestOf(form.Email), 3},
		ration{"register.address", networkOf(client.Address), 20})
	if err != nil {
		return err
	}
	hash, err := u.passwords.Hash(ctx, form.Password) // for known addresses too: the time tells nothing
	if err != nil {
		return err
	}
	stranger := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err = u.perform(ctx, stranger, directory.Installation, func(ctx context.Context, r *store.Reader, p *Plan) error {
		p.OpenToAnyone("signing up is free; the mail goes to the address given")
		known, err := r.UserBySignInName(ctx, form.Email)
		if err == nil {
			p.Mail(knownMail(known, form.Email))
			return nil
		}
		if !refusedWith(err, "user.not_found") {
			return err
		}
		token, digest := secret.NewToken()
		expires := p.Now.Add(registrationLink)
		p.Pending(store.PutRegistration{Digest: digest, Email: form.Email, First: form.First, Last: form.Last,
			Language: form.Language, PasswordHash: hash, Number: form.Number, Message: form.Message, Expires: expires})
		p.Mail(directory.Mail{Address: form.Email, Kind: "registration_confirm", Language: form.Language,
			Path: "/register/confirm/{secret}", Secret: token, Facts: map[string]string{"Deadline": expires.Format(time.RFC3339)}})
		return nil
	})
	return err
}

// knownMail tells whoever has an address that somebody signed up with it. Who
// only signs in by that name is written to at their own address.
func knownMail(known directory.User, address string) directory.Mail {
	if known.Email != "" {
		address = known.Email
	}
	return directory.Mail{User: known.ID, Address: address, Kind: "registration_known", Language: known.Language,
		Path: "/sign-in", Facts: map[string]string{"UserName": known.UserName}}
}

func (u *Users) checkRegistering(ctx context.Context, form Registering) (Registering, error) {
	email, refusal := directory.CleanEmail("email", form.Email)
	if refusal != nil {
		return form, refusal
	}
	form.Email = email
	if refusal := directory.CleanTexts(
		directory.Typed{Kind: directory.FirstName, Value: &form.First}, directory.Typed{Kind: directory.LastName, Value: &form.Last},
		directory.Typed{Kind: directory.CustomerNumber, Value: &form.Number}, directory.Typed{Kind: directory.MessageText, Value: &form.Message},
	); refusal != nil {
		return form, refusal
	}
	if !slices.Contains(u.catalogue().Languages, form.Language) {
		form.Language = u.catalogue().Languages[0]
	}
	policy := policyFrom(u.catalogue().EffectivePolicies("").Password)
	return form, u.mayHave(ctx, policy, directory.User{First: form.First, Last: form.Last, Email: form.Email}, form.Password)
}

// A Confirmed registration is a user who is signed in. Where they gave a
// customer number, Asked says that their request to join waits; Unasked is why
// it could not be made.
type Confirmed struct {
	Started
	Number  string
	Asked   bool
	Unasked *directory.Error
}

// Confirm makes the user of a registration by its mailed token and signs them
// in. Two at once make one user: the second finds the link used (SIGN-4).
//
// It refuses with link.dead, and with user.name_taken when somebody else got
// that address meanwhile.
func (u *Users) Confirm(ctx context.Context, client Client, token string, limits SessionLimits) (Confirmed, error) {
	var made Confirmed
	var form store.Registration
	actor := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err := u.perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *Plan) (err error) {
		p.OpenToAnyone("the mailed token is the proof")
		if form, err = r.Registration(ctx, secret.Digest(token), p.Now); err != nil {
			return err
		}
		user := directory.User{ID: directory.UserID(p.NewKey()), UUID: uuid.NewString(), UserName: form.Email, Email: form.Email,
			First: form.First, Last: form.Last, Language: form.Language, Password: directory.PasswordOwn,
			PasswordHash: form.PasswordHash, PasswordSet: p.Now, Created: p.Now, Version: 1}
		if err := namesFree(ctx, r, user); err != nil {
			return err
		}
		var session store.Session
		policy := policyFrom(u.catalogue().EffectivePolicies("").Password)
		made.Started, session = beginning{User: user, Policy: policy, Client: client, Limits: limits}.session(p.Now)
		entry := userEntry(p, audit.UserRegistered, directory.User{}, user)
		p.Record(entry)
		p.Change(store.InsertUsers{user}, store.EndRegistrations{Email: form.Email}, store.StartSession(session))
		return nil
	})
	if err != nil {
		return Confirmed{}, err
	}
	actor.Kind, actor.User = authz.Person, made.User.ID
	if err := u.note(ctx, func(tx *store.Tx) error { return tx.NoteSignIn(ctx, made.User.ID) }); err != nil {
		return made, err
	}
	if made.Number = form.Number; form.Number == "" {
		return made, nil
	}
	requests := &JoinRequests{u.core}
	if _, err = requests.Ask(ctx, actor, form.Number, form.Message); err == nil {
		made.Asked = true
		return made, nil
	}
	made.Unasked, err = asRefusal(err)
	return made, err
}
