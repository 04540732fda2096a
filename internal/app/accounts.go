package app

import (
	"cmp"
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
	External     string // the id by which the vendor's programs know it, or empty
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
// It refuses with account.number_taken, account.external_taken, and with the field at fault when the
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
		if n.External != "" {
			_, err := r.AccountByExternal(ctx, n.External)
			if err == nil {
				return &directory.Error{Kind: directory.Conflict, Code: "account.external_taken", Field: "external_id"}
			}
			if !gate.RefusedWith(err, "account.not_found") {
				return err
			}
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
		ID: id, UUID: uuid.NewString(), Number: n.Number, External: n.External, Name: n.Name, Type: n.Type, ServiceLevel: n.ServiceLevel,
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
	entry.Note("external_id", "", n.External)
	p.Record(entry)
	if err := ro.Settle(ctx, r); err != nil {
		return directory.Account{}, err
	}
	if invite != nil {
		buyer := roster.Naming{Account: ro.Account, Unit: root, Part: directory.ReferentPart, Member: invite.Member, Person: invite.User}
		if err := s.roster.NameReferent(ctx, r, p, buyer); err != nil {
			return directory.Account{}, err
		}
		if err := s.roster.PlanInvitation(p, ro, *invite); err != nil {
			return directory.Account{}, err
		}
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
	texts := directory.CleanTexts(
		directory.Typed{Kind: directory.CustomerNumber, Value: &n.Number}, directory.Typed{Kind: directory.AccountExternal, Value: &n.External},
		directory.Typed{Kind: directory.AccountName, Value: &n.Name},
		directory.Typed{Kind: directory.Street, Value: &n.Address.Street}, directory.Typed{Kind: directory.PostalCode, Value: &n.Address.PostalCode},
		directory.Typed{Kind: directory.City, Value: &n.Address.City}, directory.Typed{Kind: directory.Country, Value: &n.Address.Country},
		directory.Typed{Kind: directory.ContactName, Value: &n.Contact.Name}, directory.Typed{Kind: directory.ContactEmail, Value: &n.Contact.Email},
		directory.Typed{Kind: directory.LanguageCode, Value: &n.Language}, directory.Typed{Kind: directory.ZoneName, Value: &n.TimeZone},
	)
	if n.TimeZone == "" {
		n.TimeZone = "Europe/Paris"
	}
	refusals := []*directory.Error{texts}
	refuse := func(wrong bool, field, code, value string) {
		if wrong && !slices.ContainsFunc(refusals, func(r *directory.Error) bool { return r != nil && r.Field == field }) {
			refusals = append(refusals, directory.InvalidField(field, code, directory.Args{"Value": value}))
		}
	}
	_, kind := c.AccountType(n.Type)
	_, level := c.ServiceLevel(n.ServiceLevel)
	refuse(directory.CleanNumber(n.Number) == "", "number", "field.required", "")
	refuse(n.Name == "", "name", "field.required", "")
	refuse(!kind, "type", "field.unknown_choice", n.Type)
	refuse(!level, "service_level", "field.unknown_choice", n.ServiceLevel)
	refuse(!slices.Contains(c.Languages, n.Language), "language", "field.unknown_choice", n.Language)
	refuse(!directory.KnownZone(n.TimeZone), "time_zone", "field.unknown_choice", n.TimeZone)
	if n.Buyer != nil {
		b := *n.Buyer
		n.Buyer = &b
		if b.Language == "" {
			b.Language = n.Language
		} else {
			refuse(!slices.Contains(c.Languages, b.Language), "buyer_language", "field.unknown_choice", b.Language)
		}
		refusals = append(refusals, cleanBuyer(&b))
	}
	if refusal := directory.Together(refusals...); refusal != nil {
		return n, refusal
	}
	return n, nil
}

// cleanBuyer checks who buys.
func cleanBuyer(b *Buyer) *directory.Error {
	email, refusal := directory.CleanEmail("buyer_email", b.Email)
	b.Email = email
	texts := directory.CleanTexts(directory.Typed{Kind: directory.FirstName, Value: &b.First, Field: "buyer_first_name"},
		directory.Typed{Kind: directory.LastName, Value: &b.Last, Field: "buyer_last_name"})
	return directory.Together(refusal, texts, directory.CheckCivility("buyer_civility", b.Civility))
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

// A CustomerRecord is what a program of the vendor says of a customer that it
// knows by an id of its own (APP-4). What is nil stays as it is; a new customer
// needs number, name, type, service level and language. The buyer counts for a
// new one only. Version is the one a change is made on; 0: whatever stands.
type CustomerRecord struct {
	Number, Name, Type, ServiceLevel, Language, TimeZone *string
	Address                                              *directory.PostalAddress
	Contact                                              *directory.Contact
	ContractEnds                                         *time.Time
	Buyer                                                *Buyer
	Version                                              int64
}

// Put makes the customer of an external id, or changes the one there is, and
// reports whether it made one. A customer of that number whom nothing knows by an
// external id yet becomes it; the number keeps the spelling it has. Sent again it
// changes nothing; of two at the same moment one makes it, and the other changes
// it (APP-4). It answers the account as it stands afterwards: one that was made is
// in its maker's portfolio, and in sight from their next request on (APP-1).
//
// It refuses like Create and Change, with account.external_taken where an account
// out of sight has the id, with account.type_fixed another type than it has, and
// with stale a version of a customer that there is not (PLAN-4).
func (s *Accounts) Put(ctx context.Context, actor authz.Actor, external string, c CustomerRecord) (account directory.Account, made bool, err error) {
	if err := gate.RequireDuty(actor, authz.ChangeAccounts); err != nil {
		s.gate.NoteRefusal(ctx, actor, directory.Installation, err)
		return account, false, err
	}
	external, refusal := directory.AccountExternal.Required(external)
	if refusal != nil {
		return account, false, refusal
	}
	for tries := 1; ; tries++ {
		account, made, err = s.putOnce(ctx, actor, external, c)
		meanwhile := gate.RefusedWith(err, "account.external_taken") || gate.RefusedWith(err, "account.number_taken")
		if tries < putTries && meanwhile {
			continue
		}
		if err != nil {
			return account, made, err
		}
		err = s.gate.Read(ctx, func(r *store.Reader) error {
			account, err = r.Account(ctx, account.ID)
			return err
		})
		return account, made, err
	}
}

// putTries is how often a customer is put where somebody else may have made it
// between reading and writing.
const putTries = 2

func (s *Accounts) putOnce(ctx context.Context, actor authz.Actor, external string, c CustomerRecord) (account directory.Account, made bool, err error) {
	before, err := s.meant(ctx, actor, external, c)
	switch {
	case err == nil:
		account, err = s.putOver(ctx, actor, before.ID, external, c)
		return account, false, err
	case !gate.RefusedWith(err, "account.not_found"):
		return account, false, err
	}
	if c.Version != 0 { // of none
		return account, false, directory.Refuse(directory.Conflict, "stale")
	}
	account, err = s.Create(ctx, actor, c.fresh(external))
	return account, err == nil, err
}

// meant is the account in sight that an external id means: the one that has it,
// else that of the number, if it has none. It refuses with account.not_found.
func (s *Accounts) meant(ctx context.Context, actor authz.Actor, external string, c CustomerRecord) (found directory.Account, err error) {
	err = s.gate.Read(ctx, func(r *store.Reader) error {
		found, err = r.AccountByExternal(ctx, external)
		if gate.RefusedWith(err, "account.not_found") && c.Number != nil && directory.Readable(*c.Number) {
			found, err = r.AccountByNumber(ctx, *c.Number)
			if err == nil && (found.External != "" || directory.CleanNumber(found.Number) != directory.CleanNumber(*c.Number)) {
				err = directory.Refuse(directory.NotFound, "account.not_found")
			}
		}
		if err == nil {
			err = gate.InPortfolio(actor, found.ID)
		}
		return err
	})
	return found, err
}

// fresh is the new customer that a record says.
func (c CustomerRecord) fresh(external string) NewAccount {
	text := func(p *string) string { return *cmp.Or(p, new(string)) }
	return NewAccount{Number: text(c.Number), External: external, Name: text(c.Name), Type: text(c.Type), ServiceLevel: text(c.ServiceLevel),
		Language: text(c.Language), TimeZone: text(c.TimeZone), Address: *cmp.Or(c.Address, &directory.PostalAddress{}),
		Contact: *cmp.Or(c.Contact, &directory.Contact{}), ContractEnds: *cmp.Or(c.ContractEnds, &time.Time{}), Buyer: c.Buyer}
}

// putOver changes an account, as it stands, to what a record says.
func (s *Accounts) putOver(ctx context.Context, actor authz.Actor, id directory.AccountID, external string, c CustomerRecord) (directory.Account, error) {
	return s.changeBy(ctx, actor, id, func(before directory.Account) (AccountChange, error) {
		switch {
		case before.External != "" && before.External != external:
			return AccountChange{}, &directory.Error{Kind: directory.Conflict, Code: "account.number_taken", Field: "number", Args: directory.Args{"Number": before.Number}}
		case c.Type != nil && *c.Type != before.Type:
			return AccountChange{}, directory.InvalidField("type", "account.type_fixed", directory.Args{"Type": before.Type})
		}
		number := *cmp.Or(c.Number, &before.Number)
		if directory.CleanNumber(number) == directory.CleanNumber(before.Number) { // in another spelling only
			number = before.Number
		}
		return AccountChange{Number: number, Name: *cmp.Or(c.Name, &before.Name),
			ServiceLevel: *cmp.Or(c.ServiceLevel, &before.ServiceLevel), Address: *cmp.Or(c.Address, &before.Address), Contact: *cmp.Or(c.Contact, &before.Contact),
			Language: *cmp.Or(c.Language, &before.Language), TimeZone: *cmp.Or(c.TimeZone, &before.TimeZone),
			ContractEnds: *cmp.Or(c.ContractEnds, &before.ContractEnds), External: external, Version: c.Version}, nil
	})
}

// Named reads the account of an external id, for whoever views customers. What is
// not in sight is refused like what there is not, with account.not_found, evenly
// (KEY-14).
func (s *Accounts) Named(ctx context.Context, actor authz.Actor, external string) (found directory.Account, err error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer func() { gate.AnswerRefused(answer, err) }()
	err = s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) error {
		if !directory.Readable(external) {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		account, err := r.AccountByExternal(ctx, external)
		if err == nil {
			err = gate.InPortfolio(actor, account.ID)
		}
		if err == nil {
			found = account
		}
		return err
	})
	return found, err
}

// InOrder lists customers in the order they were made, after the public id of one,
// at most so many. Asked again after the last, it finds those made since. It
// refuses with account.not_found an id of none in sight.
func (s *Accounts) InOrder(ctx context.Context, actor authz.Actor, after string, size int) ([]directory.Account, error) {
	var list []directory.Account
	err := s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) error {
		var from directory.AccountID
		if after != "" {
			last, err := accountInSight(ctx, r, actor, after)
			if err != nil {
				return err
			}
			from = last.ID
		}
		var err error
		list, err = r.AccountsAfter(ctx, actor.Portfolio, from, size)
		return err
	})
	return list, err
}

// vendorOpposites take back what the vendor changed of a customer (PLAN-2).
func (s *Accounts) vendorOpposites() map[audit.Kind]gate.Opposite {
	return map[audit.Kind]gate.Opposite{audit.AccountChanged: s.takeAccountBack}
}

// takeAccountBack plans the opposite of entries about a customer. It refuses as Change
// does, each field by itself, and with undo.not_kept a contact that was erased.
func (s *Accounts) takeAccountBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.RequireDuty(authz.ChangeAccounts)
	if err := s.gate.FollowCatalogue(ctx, r); err != nil {
		return err
	}
	return gate.Opposed(p, entries, gate.ByObject[directory.AccountID], func(id directory.AccountID, n *gate.Net) (gate.Verdict, error) {
		if denied != nil || id != p.Account {
			return gate.Verdict{}, cmp.Or(denied, error(directory.Refuse(directory.NotFound, "account.not_found")))
		}
		before, err := r.Account(ctx, id)
		if err != nil {
			return gate.Verdict{}, err
		}
		after, err := s.accountBack(ctx, r, before, n)
		if err == nil {
			err = s.planChange(p, before, after)
		}
		return n.Verdict(int64(id), after.Name), err
	})
}

// accountBack is the account with what it was, as far as Change would set it.
func (s *Accounts) accountBack(ctx context.Context, r *store.Reader, before directory.Account, n *gate.Net) (directory.Account, error) {
	after := before
	for _, f := range []struct {
		field string
		now   audit.Value
		set   func(c *AccountChange, was audit.Value)
	}{
		{"name", audit.Text(before.Name), func(c *AccountChange, was audit.Value) { c.Name = was.Text() }},
		{"service_level", audit.Text(before.ServiceLevel), func(c *AccountChange, was audit.Value) { c.ServiceLevel = was.Text() }},
		{"address", postal(before.Address), func(c *AccountChange, was audit.Value) { c.Address = postedTo(was) }},
		{"contact", audit.Text(before.Contact.Name), func(c *AccountChange, was audit.Value) { c.Contact.Name = was.Text() }},
		{"contact_email", audit.Text(before.Contact.Email), func(c *AccountChange, was audit.Value) { c.Contact.Email = was.Text() }},
		{"language", audit.Text(before.Language), func(c *AccountChange, was audit.Value) { c.Language = was.Text() }},
		{"time_zone", audit.Text(before.TimeZone), func(c *AccountChange, was audit.Value) { c.TimeZone = was.Text() }},
		{"contract_ends", audit.Time(before.ContractEnds), func(c *AccountChange, was audit.Value) { c.ContractEnds, _ = was.Time() }},
	} {
		err := n.Restore(f.field, f.now, func(was audit.Value) error {
			is := AccountChange{Name: after.Name, Number: after.Number, ServiceLevel: after.ServiceLevel, Address: after.Address, Contact: after.Contact,
				Language: after.Language, TimeZone: after.TimeZone, ContractEnds: after.ContractEnds, External: after.External}
			f.set(&is, was)
			changed, err := s.changed(after, is)
			if err == nil {
				after = changed
			}
			return err
		})
		if err != nil {
			return before, err
		}
	}
	return after, n.Restore("external_id", audit.Text(before.External), func(was audit.Value) error {
		other, err := r.AccountByExternal(ctx, was.Text())
		switch {
		case gate.RefusedWith(err, "account.not_found"):
		case err != nil:
			return err
		case other.ID != before.ID:
			return &directory.Error{Kind: directory.Conflict, Code: "account.external_taken", Field: "external_id"}
		}
		after.External = was.Text()
		return nil
	})
}

// postedTo is what postal made of an address.
func postedTo(v audit.Value) directory.PostalAddress {
	lines := append(*textsOf(v), "", "", "", "")
	return directory.PostalAddress{Street: lines[0], PostalCode: lines[1], City: lines[2], Country: lines[3]}
}
