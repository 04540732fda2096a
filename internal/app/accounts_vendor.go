package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"intendant/internal/app/admission"
	"intendant/internal/app/gate"
	"intendant/internal/app/history"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// CustomerPage is how many customers one page of the list holds.
const CustomerPage = 25

// A CustomerList is one page of the customers with exact totals: of everything
// the filter finds in each view, and of the view shown.
type CustomerList struct {
	Lines  []store.AccountLine
	Totals store.AccountTotals
	Found  int64
	Offset int64
}

// List shows the vendor's staff the customers of a filter, one page from an
// offset on. What is in trouble is a view with a count (VEND-1).
func (s *Accounts) List(ctx context.Context, actor authz.Actor, p store.AccountPage) (CustomerList, error) {
	list := CustomerList{Offset: max(p.Offset, 0)}
	p.Filter.Within = actor.Portfolio
	err := s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) (err error) {
		if list.Totals, err = r.AccountTotals(ctx, p.Filter); err != nil {
			return err
		}
		list.Found = foundIn(list.Totals, p.Filter.View)
		if list.Offset >= list.Found {
			list.Offset = max(list.Found-1, 0) / CustomerPage * CustomerPage
		}
		p.Offset, p.Size = list.Offset, CustomerPage
		list.Lines, err = r.Accounts(ctx, p)
		return err
	})
	return list, err
}

func foundIn(t store.AccountTotals, view string) int64 {
	switch view {
	case store.WithoutAdministrator:
		return t.WithoutAdministrator
	case store.KeysLocked:
		return t.Locked
	case store.Unclaimed:
		return t.Unclaimed
	case store.KeyRequested:
		return t.KeyRequested
	}
	return t.All
}

// CustomerViews lists the ready-made views of the customers, the one of all
// left out.
func CustomerViews() []string {
	return []string{store.WithoutAdministrator, store.KeysLocked, store.Unclaimed, store.KeyRequested}
}

// CustomerSorts lists what the customers can be sorted by.
func CustomerSorts() []string { return store.AccountSorts() }

// CustomerFilter chooses customers for the list.
type CustomerFilter = store.AccountFilter

// CustomerQuery is a page of the customers that is asked for.
type CustomerQuery = store.AccountPage

// ConsoleFigures are the counts of the console's navigation.
type ConsoleFigures struct{ Customers, KeyRequests, MailTrouble, Letters int64 }

// accountInSight reads the account of a public id for vendor staff; one outside
// their portfolio is refused like one that does not exist.
func accountInSight(ctx context.Context, r *store.Reader, actor authz.Actor, uuid string) (directory.Account, error) {
	account, err := r.AccountByUUID(ctx, uuid)
	if err == nil {
		err = gate.InPortfolio(actor, account.ID)
	}
	if err != nil {
		return directory.Account{}, err
	}
	return account, nil
}

// Figures counts what the console's navigation shows, for whoever is of the
// vendor's staff.
func (s *Accounts) Figures(ctx context.Context, actor authz.Actor) (ConsoleFigures, error) {
	var f ConsoleFigures
	err := s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) (err error) {
		if f.Customers, err = r.CountAccounts(ctx, actor.Portfolio); err != nil {
			return err
		}
		if f.KeyRequests, err = r.CountKeyRequests(ctx, actor.Portfolio); err != nil {
			return err
		}
		if f.Letters, err = r.CountLetterAccounts(ctx, actor.Portfolio); err != nil {
			return err
		}
		mails, err := r.MailTotals(ctx, store.MailFilter{Within: actor.Portfolio})
		f.MailTrouble = mails[directory.MailDead] + mails[directory.MailBounced]
		return err
	})
	return f, err
}

// A Customer is all that the vendor's page of an account shows.
type Customer struct {
	Account        directory.Account
	Referent       directory.User // the buyer; zero without
	Counts         store.Counts
	Administrators []directory.User
	Keys           []KeyFate
	Locks          []admission.LockedNumber
	Requests       []admission.ShownKeyRequest
	Former         []store.FormerNumber
	Letters        admission.LetterState // keys that wait in letters, and that can be printed again
	Entries        []ShownEntry
	Journal        []history.Shown
}

// A KeyFate is what became of an admin key, never its characters (KEY-6).
type KeyFate struct {
	store.AdminKey
	By directory.User // who used or revoked it
}

// A ShownEntry is a stay of the vendor's staff in an account, with the person.
type ShownEntry struct {
	store.StaffEntry
	Person directory.User
}

// shownAdministrators is how many administrators a customer's page names.
const shownAdministrators = 20

// Show reads the vendor's page of an account by its public id. It refuses with
// account.not_found.
func (s *Accounts) Show(ctx context.Context, actor authz.Actor, uuid string) (Customer, error) {
	var c Customer
	err := s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) (err error) {
		if c.Account, err = accountInSight(ctx, r, actor, uuid); err != nil {
			return err
		}
		id := c.Account.ID
		if c.Counts, err = r.Counts(ctx, id); err != nil {
			return err
		}
		if c.Administrators, err = r.Administrators(ctx, id, shownAdministrators); err != nil {
			return err
		}
		if c.Former, err = r.FormerNumbers(ctx, id); err != nil {
			return err
		}
		letters, err := admission.LettersOf(ctx, r, actor, s.gate.Instant(), []directory.AccountID{id})
		if err != nil {
			return err
		}
		if len(letters) > 0 {
			c.Letters = letters[0]
		}
		if err := s.showKeys(ctx, r, &c); err != nil {
			return err
		}
		return s.showJournal(ctx, r, actor, &c)
	})
	return c, err
}

// showKeys fills in keys, locks, requests and entries with the people in them.
func (s *Accounts) showKeys(ctx context.Context, r *store.Reader, c *Customer) error {
	keys, err := r.AdminKeys(ctx, c.Account.ID)
	if err != nil {
		return err
	}
	entries, err := r.StaffEntries(ctx, c.Account.ID, 10)
	if err != nil {
		return err
	}
	people := []directory.UserID{c.Account.Referent}
	for _, k := range keys {
		people = append(people, k.EndedBy)
	}
	for _, e := range entries {
		people = append(people, e.User)
	}
	users, err := r.Users(ctx, roster.Distinct(people))
	if err != nil {
		return err
	}
	c.Referent = users[c.Account.Referent]
	for _, k := range keys {
		c.Keys = append(c.Keys, KeyFate{k, users[k.EndedBy]})
	}
	for _, e := range entries {
		c.Entries = append(c.Entries, ShownEntry{e, users[e.User]})
	}
	count, err := r.KeyCount(ctx, c.Account.Number)
	if err != nil {
		return err
	}
	if !count.Locked.IsZero() {
		c.Locks = []admission.LockedNumber{{KeyCount: count, Account: c.Account}}
	}
	requests, err := r.KeyRequestsOf(ctx, c.Account.ID, 10)
	if err != nil {
		return err
	}
	requests = slices.DeleteFunc(requests, func(q directory.KeyRequest) bool { return q.State != directory.KeyRequestWaiting })
	c.Requests, err = admission.ShownKeyRequests(ctx, r, requests)
	return err
}

// numbers are the customer numbers that lead to the account, now and before.
func (c Customer) numbers() []string {
	numbers := []string{directory.CleanNumber(c.Account.Number)}
	for _, n := range c.Former {
		numbers = append(numbers, n.Number)
	}
	return numbers
}

// showJournal adds the latest history, for staff who may read it.
func (s *Accounts) showJournal(ctx context.Context, r *store.Reader, actor authz.Actor, c *Customer) error {
	if !actor.MayDuty(authz.ReadAllHistory) {
		return nil
	}
	var err error
	c.Journal, err = history.Newest(ctx, r, store.EntryFilter{Accounts: []directory.AccountID{c.Account.ID}}, 8)
	return err
}

// Tries lists the latest key entries for the numbers of an account: who and
// when (KEY-14).
func (s *Accounts) Tries(ctx context.Context, actor authz.Actor, uuid string) (directory.Account, []admission.ShownTry, error) {
	var account directory.Account
	var shown []admission.ShownTry
	err := s.gate.Console(ctx, actor, authz.HandleKeys, func(r *store.Reader) (err error) {
		if account, err = accountInSight(ctx, r, actor, uuid); err != nil {
			return err
		}
		c := Customer{Account: account}
		if c.Former, err = r.FormerNumbers(ctx, account.ID); err != nil {
			return err
		}
		shown, err = admission.ShownTries(ctx, r, c.numbers())
		return err
	})
	return account, shown, err
}

// An AccountChange is what the vendor changes of an account. Version is the one
// the form was made on (PLAN-4).
type AccountChange struct {
	Name, Number, ServiceLevel string
	Address                    directory.PostalAddress
	Contact                    directory.Contact
	Language, TimeZone         string
	ContractEnds               time.Time
	External                   string // empty leaves it
	Version                    int64
}

// Change writes what the vendor knows of an account. A changed number leaves the
// old one remembered (ACC-12); the service level opens other things to every
// member alike (ACC-3). It refuses with account.number_taken, stale, and with
// the field at fault.
func (s *Accounts) Change(ctx context.Context, actor authz.Actor, id directory.AccountID, change AccountChange) (directory.Account, error) {
	return s.changeBy(ctx, actor, id, func(directory.Account) (AccountChange, error) { return change, nil })
}

// changeBy is Change by what says the change of the account as it stands.
func (s *Accounts) changeBy(ctx context.Context, actor authz.Actor, id directory.AccountID, by func(directory.Account) (AccountChange, error)) (directory.Account, error) {
	var after directory.Account
	_, err := s.gate.Perform(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ChangeAccounts); err != nil {
			return err
		}
		before, err := r.Account(ctx, id)
		if err != nil {
			return err
		}
		change, err := by(before)
		if err != nil {
			return err
		}
		if change.Version != 0 && change.Version != before.Version {
			return directory.Refuse(directory.Conflict, "stale")
		}
		if err := s.gate.FollowCatalogue(ctx, r); err != nil {
			return err
		}
		if after, err = s.changed(before, change); err != nil {
			return err
		}
		if directory.CleanNumber(before.Number) != directory.CleanNumber(after.Number) {
			if err := numberFor(ctx, r, after); err != nil {
				return err
			}
		}
		return s.planChange(p, before, after)
	})
	return after, err
}

// changed is the account as the change leaves it, checked like a new one.
func (s *Accounts) changed(before directory.Account, change AccountChange) (directory.Account, error) {
	n, err := s.checkAccount(NewAccount{Number: change.Number, Name: change.Name, Type: before.Type, ServiceLevel: change.ServiceLevel,
		Address: change.Address, Contact: change.Contact, Language: change.Language, TimeZone: change.TimeZone, External: change.External})
	if err != nil {
		return before, err
	}
	after := before
	after.Number, after.Name, after.ServiceLevel, after.Language, after.TimeZone = n.Number, n.Name, n.ServiceLevel, n.Language, n.TimeZone
	after.Address, after.Contact, after.ContractEnds = n.Address, n.Contact, change.ContractEnds
	after.External = cmp.Or(n.External, before.External)
	return after, nil
}

// numberFor refuses a number that another account has or had; one's own former
// number may be taken back.
func numberFor(ctx context.Context, r *store.Reader, account directory.Account) error {
	other, err := r.AccountByNumber(ctx, account.Number)
	if gate.RefusedWith(err, "account.not_found") || (err == nil && other.ID == account.ID) {
		return nil
	}
	if err != nil {
		return err
	}
	return &directory.Error{Kind: directory.Conflict, Code: "account.number_taken", Field: "number", Args: directory.Args{"Number": account.Number}}
}

func (s *Accounts) planChange(p *gate.Plan, before, after directory.Account) error {
	entry := p.Entry(audit.AccountChanged, 0, int64(after.ID))
	entry.Note("name", before.Name, after.Name)
	entry.Note("service_level", before.ServiceLevel, after.ServiceLevel)
	entry.NoteValue("address", postal(before.Address), postal(after.Address))
	entry.Note("contact", before.Contact.Name, after.Contact.Name)
	entry.Note("contact_email", before.Contact.Email, after.Contact.Email)
	entry.Note("language", before.Language, after.Language)
	entry.Note("time_zone", before.TimeZone, after.TimeZone)
	entry.Note("external_id", before.External, after.External)
	entry.NoteValue("contract_ends", audit.Time(before.ContractEnds), audit.Time(after.ContractEnds))
	numbered := p.Entry(audit.AccountNumberChanged, 0, int64(after.ID))
	numbered.Note("number", before.Number, after.Number)
	some := false
	for _, e := range []audit.Entry{entry, numbered} {
		if len(e.Facts)+len(e.Personal) > 0 {
			p.Record(e)
			some = true
		}
	}
	if some {
		p.Change(store.UpdateAccount{Account: after, Before: before})
	}
	return nil
}

// postal is an address as history keeps it: street, postal code, city, country.
func postal(a directory.PostalAddress) audit.Value {
	if a == (directory.PostalAddress{}) {
		return audit.Nothing
	}
	return audit.Texts([]string{a.Street, a.PostalCode, a.City, a.Country})
}

// SetState suspends, closes or reopens an account with a reason its
// administrators see. In a suspended one nobody uses products; a closed one is
// kept, read-only (ACC-12). It refuses with account.state_already, and with the
// reason when it is missing or too long; reopening needs none.
func (s *Accounts) SetState(ctx context.Context, actor authz.Actor, id directory.AccountID, state directory.AccountState, reason string) error {
	reason, refusal := directory.ReasonText.Clean(reason)
	kind, known := map[directory.AccountState]audit.Kind{directory.AccountOpen: audit.AccountReopened,
		directory.AccountSuspended: audit.AccountSuspended, directory.AccountClosed: audit.AccountClosed}[state]
	switch {
	case !known:
		return directory.InvalidField("state", "field.unknown_choice", directory.Args{"Value": string(state)})
	case refusal != nil:
		return refusal
	case reason == "" && state != directory.AccountOpen:
		return directory.InvalidField("reason", "field.required", nil)
	}
	_, err := s.gate.Perform(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ChangeAccounts); err != nil {
			return err
		}
		p.EvenClosed("reopening is what can be done with a closed account")
		before, err := r.Account(ctx, id)
		if err != nil {
			return err
		}
		if before.State == state {
			return &directory.Error{Kind: directory.Conflict, Code: "account.state_already", Args: directory.Args{"Name": before.Name}}
		}
		after := before
		after.State, after.StateReason = state, reason
		if state == directory.AccountOpen {
			after.StateReason = ""
		}
		entry := p.Entry(kind, 0, int64(id))
		entry.Note("state", string(before.State), string(state))
		entry.Note("reason", "", reason)
		p.Record(entry)
		p.Change(store.UpdateAccount{Account: after, Before: before})
		return nil
	})
	return err
}

// CustomerLine is a customer with the figures of their row.
type CustomerLine = store.AccountLine

// Keys are the accounts of public ids, for acts on those that were ticked. It
// refuses with account.not_found.
func (s *Accounts) Keys(ctx context.Context, actor authz.Actor, uuids []string) ([]directory.AccountID, error) {
	ids := make([]directory.AccountID, 0, len(uuids))
	err := s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) error {
		known, err := r.AccountKeysOf(ctx, uuids)
		if err != nil {
			return err
		}
		for _, uuid := range uuids {
			id, ok := known[uuid]
			if !ok || !actor.Sees(id) {
				return directory.Refuse(directory.NotFound, "account.not_found")
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}
