package identity

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A Registering person says who they are. The password is chosen where the mailed
// link leads: whoever registers need not be whose address it is (SIGN-4). With a
// customer number they ask into that account once the address is confirmed
// (JOIN-1).
type Registering struct {
	Email, First, Last, Language string
	Number, Message              string
}

// registrationLink is how long an address may be confirmed. Rule SIGN-4.
const registrationLink = 24 * time.Hour

// Register signs somebody up: a link goes to their address, and only where it
// leads do they choose a password and become a user. Whoever has that address
// already, and has proved it, is told by mail; the answer is the same (SIGN-4). A
// registration is no history until it is confirmed: until then nothing has
// changed.
//
// It refuses with the field at fault, and with limit.hourly.
func (u *Users) Register(ctx context.Context, client gate.Client, form Registering) error {
	ctx, answer := u.gate.Evenly(ctx)
	defer answer()
	form, err := u.checkRegistering(form)
	if err != nil {
		return err
	}
	err = u.gate.Ration(ctx,
		gate.Ration{Scope: "register", Subject: gate.DigestOf(form.Email), Most: 3},
		gate.Ration{Scope: "register.address", Subject: NetworkOf(client.Address), Most: 20})
	if err != nil {
		return err
	}
	stranger := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err = u.gate.Perform(ctx, stranger, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("signing up is free; the mail goes to the address given")
		known, err := r.UserByAddress(ctx, form.Email)
		if err == nil && (!known.Proved.IsZero() || !known.SwitchedOff.IsZero()) {
			p.Mail(knownMail(known))
			return nil
		}
		if err != nil && !gate.RefusedWith(err, "user.not_found") {
			return err
		}
		token, digest := secret.NewToken()
		expires := p.Now.Add(registrationLink)
		p.Pending(store.PutRegistration{Digest: digest, Email: form.Email, First: form.First, Last: form.Last,
			Language: form.Language, Number: form.Number, Message: form.Message, Expires: expires})
		p.Mail(directory.Mail{Address: form.Email, Kind: directory.MailRegistrationConfirm, Language: form.Language,
			Path: directory.MailRegistrationConfirm.Path(""), Secret: token, Facts: map[string]string{directory.FactDeadline: expires.Format(time.RFC3339)}})
		return nil
	})
	return err
}

// knownMail tells whoever has an address that somebody asked for it.
func knownMail(known directory.User) directory.Mail {
	return directory.Mail{User: known.ID, Address: known.Email, Kind: directory.MailRegistrationKnown, Language: known.Language,
		Path: directory.MailRegistrationKnown.Path(""), Facts: map[string]string{directory.FactUserName: known.UserName}}
}

func (u *Users) checkRegistering(form Registering) (Registering, error) {
	email, refusal := directory.CleanEmail("email", form.Email)
	form.Email = email
	texts := directory.CleanTexts(
		directory.Typed{Kind: directory.FirstName, Value: &form.First}, directory.Typed{Kind: directory.LastName, Value: &form.Last},
		directory.Typed{Kind: directory.CustomerNumber, Value: &form.Number}, directory.Typed{Kind: directory.MessageText, Value: &form.Message},
	)
	if refusal := directory.Together(refusal, texts); refusal != nil {
		return form, refusal
	}
	if !slices.Contains(u.gate.Catalogue().Languages, form.Language) {
		form.Language = u.gate.Catalogue().Languages[0]
	}
	return form, nil
}

// A Confirming registration is what its page shows and asks for.
type Confirming struct {
	Email, First, Last string
	Policy             directory.PasswordPolicy

	form store.Registration
	user directory.User // who has the address without having proved it, or nobody
}

// Confirming reads a registration by its mailed token, without using it (INV-10).
// It refuses with link.dead.
func (u *Users) Confirming(ctx context.Context, token string) (Confirming, error) {
	var c Confirming
	err := u.gate.Read(ctx, func(r *store.Reader) (err error) {
		c, err = u.confirming(ctx, r, token, u.gate.Instant())
		return err
	})
	return c, err
}

func (u *Users) confirming(ctx context.Context, r *store.Reader, token string, now time.Time) (Confirming, error) {
	form, err := r.Registration(ctx, secret.Digest(token), now)
	if err != nil {
		return Confirming{}, err
	}
	c := Confirming{Email: form.Email, First: form.First, Last: form.Last, form: form}
	c.user, err = r.UserByAddress(ctx, form.Email)
	switch {
	case gate.RefusedWith(err, "user.not_found"):
		c.Policy = u.gate.Catalogue().EffectivePolicies("").Password
		return c, nil
	case err != nil:
		return c, err
	case !c.user.Proved.IsZero() || !c.user.SwitchedOff.IsZero():
		return c, directory.Refuse(directory.NotFound, "link.dead")
	}
	c.Policy, err = u.roster.PasswordPolicy(ctx, r, c.user.ID)
	return c, err
}

// A Confirmation is what somebody says who followed the link of a registration.
type Confirmation struct {
	Token                 string
	First, Last, Password string
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

// Confirm makes the user of a registration by its mailed token, with the password
// they choose there, and signs them in. Two at once make one user: the second
// finds the link used (SIGN-4). Where somebody had that address without having
// proved it, because an account wrote it down, they are that user from now on:
// what others had set of them ends (USER-8).
//
// It refuses with link.dead, and with what the password policy says.
func (u *Users) Confirm(ctx context.Context, client gate.Client, c Confirmation, limits SessionLimits) (Confirmed, error) {
	var made Confirmed
	found, err := u.Confirming(ctx, c.Token)
	if err != nil {
		return made, err
	}
	if refusal := directory.CleanTexts(directory.Typed{Kind: directory.FirstName, Value: &c.First},
		directory.Typed{Kind: directory.LastName, Value: &c.Last}); refusal != nil {
		return made, refusal
	}
	who := found.user
	who.Email, who.First, who.Last = found.Email, c.First, c.Last
	hash, err := u.roster.NewHash(ctx, found.Policy, who, c.Password)
	if err != nil {
		return made, err
	}
	accounts, err := u.roster.AccountsOf(ctx, found.user.ID)
	if err != nil {
		return made, err
	}
	actor := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("the mailed token is the proof")
		now, err := u.confirming(ctx, r, c.Token, p.Now)
		if err != nil {
			return err
		}
		if now.user.ID != found.user.ID { // got or lost that address meanwhile
			return directory.Refuse(directory.Conflict, "stale")
		}
		after := u.planConfirmed(p, now, who, hash)
		factor, err := r.Factor(ctx, after.ID)
		if err != nil {
			return err
		}
		var session store.Session
		made.Started, session = Beginning{User: after, Policy: now.Policy, Factor: factor, Client: client, Limits: limits}.Session(p.Now)
		p.Change(store.EndRegistrations{Email: now.Email}, store.StartSession(session))
		return nil
	}, accounts...)
	if err != nil {
		return Confirmed{}, err
	}
	form := found.form
	actor.Kind, actor.User = authz.Person, made.User.ID
	if err := u.gate.Note(ctx, func(tx *store.Tx) error { return tx.NoteSignIn(ctx, made.User.ID) }); err != nil {
		return made, err
	}
	if made.Number = form.Number; form.Number == "" {
		return made, nil
	}
	if _, err = u.needs.AskToJoin(ctx, actor, form.Number, form.Message); err == nil {
		made.Asked = true
		return made, nil
	}
	made.Unasked, err = gate.AsRefusal(err)
	return made, err
}

// planConfirmed writes the user of a confirmed registration: a new one, or who
// had the address unproved.
func (u *Users) planConfirmed(p *gate.Plan, c Confirming, who directory.User, hash string) directory.User {
	after := c.user
	after.First, after.Last = who.First, who.Last
	after.Choose(hash, p.Now)
	if after.ID != 0 {
		after.Prove(p.Now)
		p.Record(roster.UserEntry(p, audit.UserRegistered, c.user, after))
		p.Change(store.UpdateUser{User: after}, store.EndSessions{User: after.ID}, store.EndLinks{User: after.ID})
		return after
	}
	after.ID, after.UUID, after.UserName, after.Email = directory.UserID(p.NewKey()), uuid.NewString(), c.Email, c.Email
	after.Language, after.Created, after.Version = c.form.Language, p.Now, 1
	after.Prove(p.Now)
	p.Record(roster.UserEntry(p, audit.UserRegistered, directory.User{}, after))
	p.Change(store.InsertUsers{after})
	return after
}
