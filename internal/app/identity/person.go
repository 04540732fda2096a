package identity

import (
	"context"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// SwitchOff ends a person's access everywhere, at once; only the vendor does so
// (USER-2). Nobody switches themselves off, with user.yourself; and whoever is the
// last administrator of an account is refused with administrator.last (ACC-5).
func (u *Users) SwitchOff(ctx context.Context, actor authz.Actor, user directory.UserID) error {
	return u.switchUser(ctx, actor, user, true)
}

// SwitchOn gives a person their access back.
func (u *Users) SwitchOn(ctx context.Context, actor authz.Actor, user directory.UserID) error {
	return u.switchUser(ctx, actor, user, false)
}

func (u *Users) switchUser(ctx context.Context, actor authz.Actor, user directory.UserID, off bool) error {
	accounts, err := u.roster.AccountsOf(ctx, user)
	if err != nil {
		return err
	}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.SwitchUsersOff); err != nil {
			return err
		}
		if user == actor.User {
			return directory.Refuse(directory.Conflict, "user.yourself")
		}
		who, err := r.User(ctx, user)
		if err != nil || who.SwitchedOff.IsZero() != off {
			return err // already so
		}
		kind := audit.UserSwitchedOn
		who.SwitchedOff = time.Time{}
		if off {
			if err := keepOperator(ctx, r, who); err != nil {
				return err
			}
			if err := keepAdministrators(ctx, r, p, user); err != nil {
				return err
			}
			kind, who.SwitchedOff = audit.UserSwitchedOff, p.Now
			p.Change(store.EndSessions{User: user}, store.EndLinks{User: user})
		}
		p.Record(p.Entry(kind, user, 0))
		p.Change(store.UpdateUser{User: who})
		return nil
	}, accounts...)
	return err
}

// keepAdministrators refuses with administrator.last when an account would be left
// without administrators if a person were switched off everywhere (ACC-5). The
// plan holds the ledgers of their accounts, so of two who are the last ones one
// stays. Nobody administers a closed account.
func keepAdministrators(ctx context.Context, r *store.Reader, p *gate.Plan, user directory.UserID) error {
	places, accounts, err := roster.PlacesOf(ctx, r, user)
	if err != nil {
		return err
	}
	for _, m := range places {
		if _, held := p.In(m.Account()); !held {
			return directory.Refuse(directory.Conflict, "stale") // added to another account meanwhile
		}
		if err := remainsAdministered(ctx, r, accounts[m.Account()], m); err != nil {
			return err
		}
	}
	return nil
}

// remainsAdministered refuses with administrator.last a member without whom their
// account would have no administrator; a closed one needs none.
func remainsAdministered(ctx context.Context, r *store.Reader, account directory.Account, m directory.Member) error {
	if account.State == directory.AccountClosed {
		return nil
	}
	return roster.RemainsAdministered(ctx, r, account.ID, []directory.MemberID{m.ID}, 0)
}

// Erase takes a person out of the installation: their places end in every
// account, and their names, addresses, signature and words vanish everywhere.
// The history keeps that something happened and still proves it (USER-7). The
// vendor does so; people erase themselves with EraseSelf.
//
// It refuses with user.erase_yourself, and with administrator.last where an account
// would lose its last administrator (ACC-5).
func (u *Users) Erase(ctx context.Context, actor authz.Actor, user directory.UserID) error {
	if user != 0 && actor.User == user {
		return directory.Refuse(directory.Conflict, "user.erase_yourself")
	}
	return u.erase(ctx, actor, user)
}

// EraseSelf is Erase for the actor, who proves again that it is they: with a code
// of their second factor, or with their password where they have none (SIGN-6).
// It refuses with factor.wrong and password.wrong_old at the field "proof", and
// with sign_in.wait after many.
func (u *Users) EraseSelf(ctx context.Context, actor authz.Actor, proof string) error {
	user, err := u.Profile(ctx, actor)
	if err != nil {
		return err
	}
	var factor directory.Factor
	err = u.gate.Read(ctx, func(r *store.Reader) (err error) {
		factor, err = r.Factor(ctx, user.ID)
		return err
	})
	if err != nil {
		return err
	}
	// A code is not used up: it goes with the person.
	if _, err := u.provesSelf(ctx, actor, user, factor, proof); err != nil {
		return err
	}
	return u.erase(ctx, actor, user.ID)
}

func (u *Users) erase(ctx context.Context, actor authz.Actor, user directory.UserID) error {
	u.gate.KeepRefused(ctx) // so that no attempt of theirs is written afterwards
	accounts, err := u.roster.AccountsOf(ctx, user)
	if err != nil {
		return err
	}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := selfOrEraser(p, user); err != nil {
			return err
		}
		who, err := r.User(ctx, user)
		if err != nil || !who.Erased.IsZero() {
			return err // gone already
		}
		if err := keepOperator(ctx, r, who); err != nil {
			return err
		}
		if err := u.leaveAll(ctx, r, p, who); err != nil {
			return err
		}
		p.Record(p.Entry(audit.UserErased, user, 0))
		p.Change(store.ErasePerson{User: who}, store.EraseHistory{Subject: user})
		if who.Email != "" {
			// To the address alone: the row is no longer about anybody.
			p.Mail(directory.Mail{Address: who.Email, Kind: directory.MailErasureDone, Language: who.Language,
				Facts: map[string]string{directory.FactAt: p.Now.Format(time.RFC3339)}})
		}
		return nil
	}, accounts...)
	return err
}

func selfOrEraser(p *gate.Plan, user directory.UserID) error {
	if user != 0 && p.Actor.User == user {
		return p.RequireSelf(user)
	}
	return p.RequireDuty(authz.ErasePeople)
}

// leaveAll ends a person's places. In a closed account, which is read-only, the
// place stays and loses its name with the person.
func (u *Users) leaveAll(ctx context.Context, r *store.Reader, p *gate.Plan, who directory.User) error {
	memberships, err := r.Memberships(ctx, who.ID)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		there, held := p.In(m.Account())
		if !held {
			return directory.Refuse(directory.Conflict, "stale") // added to another account meanwhile
		}
		if err := u.leave(ctx, r, there, who, m); err != nil && !gate.RefusedWith(err, "account.closed") {
			return err
		}
	}
	return nil
}

func (u *Users) leave(ctx context.Context, r *store.Reader, p *gate.Plan, who directory.User, m directory.Member) error {
	ro, err := u.roster.Roster(ctx, r, p, m)
	if err != nil {
		return err
	}
	after := m
	after.Removed = p.Now
	ro.Change(audit.MemberRemoved, who, m, after)
	p.Change(store.EndHoldings{Members: []directory.MemberID{m.ID}, All: true},
		store.EndInvitations{Members: []directory.MemberID{m.ID}, State: "withdrawn"})
	return ro.Settle(ctx, r)
}

// An Export is all that is held about one person (USER-7).
type Export struct {
	Person      ExportedPerson       `json:"person"`
	Memberships []ExportedMembership `json:"memberships"`
	Requests    []ExportedRequest    `json:"join_requests"`
	Sessions    []ExportedSession    `json:"sessions"`
	SignIns     []ExportedSignIn     `json:"sign_ins"`
	Mails       []ExportedMail       `json:"mails"`
	History     []ExportedEntry      `json:"history"`
	Signature   []byte               `json:"signature_png,omitempty"`
}

// The parts of an Export.
// An ExportedPerson is the user row, without the password.
type ExportedPerson struct {
	ID          string     `json:"id"`
	UserName    string     `json:"user_name"`
	Email       string     `json:"email"`
	Civility    string     `json:"civility"`
	First       string     `json:"first_name"`
	Last        string     `json:"last_name"`
	Language    string     `json:"language"`
	Phone       string     `json:"phone"`
	Staff       string     `json:"staff_role,omitempty"`
	Password    string     `json:"password_state"`
	PasswordSet *time.Time `json:"password_set_at,omitempty"`
	SwitchedOff *time.Time `json:"switched_off_at,omitempty"`
	LastSignIn  *time.Time `json:"last_sign_in_at,omitempty"`
	Created     time.Time  `json:"created_at"`
}

// An ExportedMembership is one place, present or past.
type ExportedMembership struct {
	Account         string     `json:"account"`
	Number          string     `json:"customer_number"`
	Status          string     `json:"status"`
	Company         string     `json:"company,omitempty"`
	Roles           []string   `json:"roles"`
	Levels          []string   `json:"access_levels,omitempty"`
	Phone           string     `json:"phone"`
	JobTitle        string     `json:"job_title"`
	PersonnelNumber string     `json:"personnel_number"`
	SuggestedFirst  string     `json:"suggested_first_name,omitempty"`
	SuggestedLast   string     `json:"suggested_last_name,omitempty"`
	Added           time.Time  `json:"added_at"`
	LastSeen        *time.Time `json:"last_seen_at,omitempty"`
	Ends            *time.Time `json:"ends_at,omitempty"`
	Removed         *time.Time `json:"removed_at,omitempty"`

	Preferences []ExportedPreference `json:"preferences,omitempty"`
	Contracts   []ExportedPart       `json:"contracts,omitempty"`
	Projects    []ExportedPlace      `json:"projects,omitempty"`
}

// An ExportedPlace is a place that a person had or has in a project; each change of it
// is another.
type ExportedPlace struct {
	Project string            `json:"project"`
	Company string            `json:"company,omitempty"`
	Level   string            `json:"access_level,omitempty"`
	Roles   []string          `json:"roles"`
	Access  map[string]string `json:"access"` // by product
	From    time.Time         `json:"from"`
	To      *time.Time        `json:"to,omitempty"`
}

// An ExportedPart is what a person was or is for the contract of a unit.
type ExportedPart struct {
	Unit string     `json:"unit"`
	Part string     `json:"part"`
	From time.Time  `json:"from"`
	To   *time.Time `json:"to,omitempty"`
}

// An ExportedPreference is what is set for a person in an account.
type ExportedPreference struct {
	Preference string    `json:"preference"`
	Choice     string    `json:"choice,omitempty"`
	Unit       string    `json:"unit,omitempty"`
	Order      []string  `json:"order,omitempty"`
	Ticked     []string  `json:"ticked,omitempty"`
	Set        time.Time `json:"set_at"`
}

// An ExportedRequest is one request to join.
type ExportedRequest struct {
	Number  string     `json:"customer_number"`
	Message string     `json:"message"`
	State   string     `json:"state"`
	Reason  string     `json:"reason,omitempty"`
	Created time.Time  `json:"created_at"`
	Decided *time.Time `json:"decided_at,omitempty"`
}

// An ExportedSession is one place where the person is signed in.
type ExportedSession struct {
	Created time.Time `json:"created_at"`
	Seen    time.Time `json:"seen_at"`
	Expires time.Time `json:"expires_at"`
	Agent   string    `json:"agent"`
	Address string    `json:"address"`
}

// An ExportedSignIn is one line of the access log.
type ExportedSignIn struct {
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"`
	Name    string    `json:"name"`
	Address string    `json:"address"`
	Agent   string    `json:"agent"`
}

// An ExportedMail is one message, without its text: it was sent.
type ExportedMail struct {
	Kind    string     `json:"kind"`
	Address string     `json:"address"`
	State   string     `json:"state"`
	Created time.Time  `json:"created_at"`
	Sent    *time.Time `json:"sent_at,omitempty"`
}

// An ExportedEntry is one history entry about the person or by them; of
// what they did to others the values are the others'.
type ExportedEntry struct {
	At       time.Time      `json:"at"`
	Kind     string         `json:"kind"`
	By       string         `json:"by"` // "self" or "other"
	About    string         `json:"about"`
	Facts    []audit.Change `json:"facts,omitempty"`
	Personal []audit.Change `json:"personal,omitempty"`
}

// maybe is a time that may be none.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
