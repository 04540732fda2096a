package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/admission"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A NewAccount is what the vendor declares of a customer.
type NewAccount struct {
	Number       string
	Name         string
	Type         string
	ServiceLevel string
	Address      directory.PostalAddress
	Contact      directory.Contact
	Language     string
	TimeZone     string
	ContractEnds time.Time
	Buyer        *Buyer // nil: unclaimed, waiting for an admin key (ACC-2)
}

// A Buyer is who bought; their user exists by itself.
type Buyer struct {
	Email, First, Last, Civility, Language string
}

// keysPerAccount is how many keys a new account's letter carries (KEY-5).
const keysPerAccount = 3

// Create makes an account with its root unit, the roles of its type and three
// admin keys in a letter that waits to be printed. With a buyer, the buyer's
// user exists afterwards, is administrator and referent (ACC-2) and gets an
// invitation; without, the account is unclaimed.
//
// It refuses with account.number_taken, and with the field at fault when the
// type, service level, language, country or time zone is none, or the name or
// number is missing.
func (s *Accounts) Create(ctx context.Context, actor authz.Actor, n NewAccount) (directory.Account, error) {
	var made directory.Account
	_, err := s.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDutyOver(authz.CreateAccounts); err != nil {
			return err
		}
		if err := s.gate.FollowCatalogue(ctx, r); err != nil {
			return err
		}
		account, err := s.planAccount(ctx, r, p, n, map[string]directory.User{})
		if made = account; err != nil || !actor.Limited() {
			return err
		}
		p.Change(store.AddToPortfolio{User: actor.User, Account: made.ID}) // who made it looks after it
		return nil
	})
	return made, err
}

// planAccount plans one new account; imports of customers plan many. Buyers are
// the new people of the plan, by folded address: one may have bought twice.
func (s *Accounts) planAccount(ctx context.Context, r *store.Reader, p *gate.Plan, n NewAccount, buyers map[string]directory.User) (directory.Account, error) {
	n, err := s.checkAccount(n)
	if err != nil {
		return directory.Account{}, err
	}
	if err := numberUnused(ctx, r, n.Number); err != nil {
		return directory.Account{}, err
	}
	p = p.OpenLedger()
	id := p.Account
	root := directory.Unit{ID: directory.UnitID(p.NewKey()), UUID: uuid.NewString(), Level: catalogue.RootLevel, Name: n.Name, Version: 1}
	account := directory.Account{
		ID: id, UUID: uuid.NewString(), Number: n.Number, Name: n.Name, Type: n.Type, ServiceLevel: n.ServiceLevel,
		State: directory.AccountOpen, Address: n.Address, Contact: n.Contact, Language: n.Language, TimeZone: n.TimeZone,
		Root: root.ID, ContractEnds: n.ContractEnds, Created: p.Now, Version: 1,
	}
	roles := s.shippedRoles(p, account.Type)
	ro := &roster.Roster{Basis: p.Basis, Plan: p, Account: account, Roles: roles, Companies: map[directory.CompanyID]directory.Company{},
		People: map[directory.UserID]directory.User{}}
	invite, err := s.planBuyer(ctx, r, ro, n.Buyer, buyers)
	if err != nil {
		return directory.Account{}, err
	}
	p.Change(store.InsertAccount{Account: ro.Account, Root: root}, store.PutRoles{Account: id, Roles: roles})
	entry := p.Entry(audit.AccountCreated, 0, int64(id))
	entry.Note("number", "", n.Number)
	entry.Note("name", "", n.Name)
	entry.Note("account_type", "", n.Type)
	entry.Note("service_level", "", n.ServiceLevel)
	p.Record(entry)
	if err := ro.Settle(ctx, r); err != nil {
		return directory.Account{}, err
	}
	if invite != nil {
		buyer := roster.Naming{Account: ro.Account, Unit: root, Part: directory.ReferentPart, Member: invite.Member, Person: invite.User}
		if err := s.roster.NameReferent(ctx, r, p, buyer); err != nil {
			return directory.Account{}, err
		}
		s.roster.PlanInvitation(p, ro, *invite)
	}
	return ro.Account, admission.PlanKeys(s.gate, p, ro.Account, keysPerAccount, 0)
}

// planBuyer gives the buyer their place: administrator and referent (ACC-2).
func (s *Accounts) planBuyer(ctx context.Context, r *store.Reader, ro *roster.Roster, b *Buyer, buyers map[string]directory.User) (*roster.Invitee, error) {
	if b == nil {
		return nil, nil
	}
	u, err := r.UserByAddress(ctx, b.Email)
	already, planned := buyers[b.Email]
	switch {
	case planned:
		u = already
	case gate.RefusedWith(err, "user.not_found"):
		u = ro.NewUser(directory.User{Email: b.Email, Civility: b.Civility, First: b.First, Last: b.Last, Language: b.Language})
		buyers[b.Email] = u
	case err != nil:
		return nil, err
	}
	ro.Account.Referent, ro.Account.Claimed = u.ID, ro.Plan.Now
	m := ro.Add(u, directory.Member{Status: directory.Invited, Level: ro.AdministratorLevel()}, directory.Member{})
	return &roster.Invitee{User: u, Member: m}, nil
}

func (s *Accounts) checkAccount(n NewAccount) (NewAccount, error) {
	c := s.gate.Catalogue()
	if refusal := directory.CleanTexts(
		directory.Typed{Kind: directory.CustomerNumber, Value: &n.Number}, directory.Typed{Kind: directory.AccountName, Value: &n.Name},
		directory.Typed{Kind: directory.Street, Value: &n.Address.Street}, directory.Typed{Kind: directory.PostalCode, Value: &n.Address.PostalCode},
		directory.Typed{Kind: directory.City, Value: &n.Address.City}, directory.Typed{Kind: directory.Country, Value: &n.Address.Country},
		directory.Typed{Kind: directory.ContactName, Value: &n.Contact.Name}, directory.Typed{Kind: directory.ContactEmail, Value: &n.Contact.Email},
		directory.Typed{Kind: directory.LanguageCode, Value: &n.Language}, directory.Typed{Kind: directory.ZoneName, Value: &n.TimeZone},
	); refusal != nil {
		return n, refusal
	}
	switch {
	case directory.CleanNumber(n.Number) == "":
		return n, directory.InvalidField("number", "field.required", nil)
	case n.Name == "":
		return n, directory.InvalidField("name", "field.required", nil)
	}
	if _, ok := c.AccountType(n.Type); !ok {
		return n, directory.InvalidField("type", "field.unknown_choice", directory.Args{"Value": n.Type})
	}
	if _, ok := c.ServiceLevel(n.ServiceLevel); !ok {
		return n, directory.InvalidField("service_level", "field.unknown_choice", directory.Args{"Value": n.ServiceLevel})
	}
	if !slices.Contains(c.Languages, n.Language) {
		return n, directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": n.Language})
	}
	if n.TimeZone == "" {
		n.TimeZone = "Europe/Paris"
	}
	if !directory.KnownZone(n.TimeZone) {
		return n, directory.InvalidField("time_zone", "field.unknown_choice", directory.Args{"Value": n.TimeZone})
	}
	if n.Buyer == nil {
		return n, nil
	}
	b := *n.Buyer
	email, refusal := directory.CleanEmail("buyer_email", b.Email)
	if refusal != nil {
		return n, refusal
	}
	b.Email = email
	if refusal := directory.CleanTexts(directory.Typed{Kind: directory.FirstName, Value: &b.First, Field: "buyer_first_name"},
		directory.Typed{Kind: directory.LastName, Value: &b.Last, Field: "buyer_last_name"}); refusal != nil {
		return n, refusal
	}
	if refusal := directory.CheckCivility("buyer_civility", b.Civility); refusal != nil {
		return n, refusal
	}
	if b.Language == "" {
		b.Language = n.Language
	}
	if !slices.Contains(c.Languages, b.Language) {
		return n, directory.InvalidField("buyer_language", "field.unknown_choice", directory.Args{"Value": b.Language})
	}
	n.Buyer = &b
	return n, nil
}

// numberUnused refuses a customer number that an account has or had (ACC-12).
func numberUnused(ctx context.Context, r *store.Reader, number string) error {
	_, err := r.AccountByNumber(ctx, number)
	if gate.RefusedWith(err, "account.not_found") {
		return nil
	}
	if err != nil {
		return err
	}
	return &directory.Error{Kind: directory.Conflict, Code: "account.number_taken", Field: "number", Args: directory.Args{"Number": number}}
}

// shippedRoles are the roles of an account type as a new account has them.
func (c *core) shippedRoles(p *gate.Plan, accountType string) []directory.Role {
	declared := c.gate.Catalogue()
	t, _ := declared.AccountType(accountType)
	var roles []directory.Role
	for _, o := range declared.Roles {
		if !t.HasRole(o.ID) {
			continue
		}
		place := o.Place
		if place == "" {
			place = directory.AtBoth
		}
		roles = append(roles, directory.Role{
			ID: directory.RoleID(p.NewKey()), UUID: uuid.NewString(), Kind: directory.RoleKind(o.Kind), Code: o.ID, Place: place,
			Names: o.Label, Permissions: o.Permissions, DefaultLevel: o.DefaultLevel, DefaultProducts: o.DefaultProducts,
			Proposed: o.Proposed, Shipped: true,
		})
	}
	return roles
}
