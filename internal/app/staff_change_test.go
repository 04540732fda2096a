package app_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// resolved is the actor that a staff member's session makes now.
func resolved(w *apptest.World, actor authz.Actor) authz.Actor {
	in, err := w.Sessions.Resolve(w.Context(), w.Session(actor, app.PurposeFull), here(), limits())
	w.Must(err)
	return in.Actor
}

func TestChangeStaff(t *testing.T) { // VEND-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Account("204 817")
		w.Account("117 402")
		operator, sales := w.Staff("maelle@batisoft.example", authz.Operator), w.Staff("solene@batisoft.example", authz.Sales)
		person := w.Person("lea.fontanel@maraval.example")
		many := slices.Repeat([]string{"204 817"}, 501)
		for _, test := range []struct {
			name   string
			actor  authz.Actor
			user   directory.UserID
			change app.StaffChange
			want   string
		}{
			{"by sales", sales, operator.User, app.StaffChange{Role: authz.Support, All: true}, "denied.duty"},
			{"by a customer", person, operator.User, app.StaffChange{Role: authz.Support, All: true}, "not_found"},
			{"of a customer", operator, person.User, app.StaffChange{Role: authz.Support, All: true}, "user.not_found"},
			{"an unknown role", operator, sales.User, app.StaffChange{Role: "king", All: true}, "field.unknown_choice"},
			{"an empty portfolio", operator, sales.User, app.StaffChange{Role: authz.Sales}, "staff.portfolio_empty"},
			{"too long a portfolio", operator, sales.User, app.StaffChange{Role: authz.Sales, Numbers: many}, "staff.portfolio_long"},
			{"a number nobody has", operator, sales.User, app.StaffChange{Role: authz.Sales, Numbers: []string{"999"}}, "staff.account_unknown"},
			{"an operator with a portfolio", operator, sales.User, app.StaffChange{Role: authz.Operator, Numbers: []string{"204817"}}, "staff.operator_sees_all"},
			{"an older version", operator, sales.User, app.StaffChange{Role: authz.Support, All: true, Version: 99}, "stale"},
			{"the last operator", operator, operator.User, app.StaffChange{Role: authz.Sales, All: true}, "staff.last_operator"},
			{"a portfolio", operator, sales.User, app.StaffChange{Role: authz.Sales, Numbers: []string{"204-817", "204 817"}}, ""},
			{"the same again", operator, sales.User, app.StaffChange{Role: authz.Sales, Numbers: []string{"204817"}}, ""},
		} {
			if got := w.Code(w.Users.ChangeStaff(w.Context(), test.actor, test.user, test.change)); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		if got := recorded(w, audit.StaffPortfolio, sales.User); got != 1 {
			t.Errorf("the portfolio stands %d times in history", got)
		}
		if now := resolved(w, sales); len(now.Portfolio.Accounts) != 1 || now.Staff != authz.Sales {
			t.Errorf("their next request is by %+v", now)
		}
		t.Run("another role signs them out", func(t *testing.T) {
			token := w.Session(sales, app.PurposeFull)
			w.Must(w.Users.ChangeStaff(w.Context(), operator, sales.User, app.StaffChange{Role: authz.Auditor, All: true}))
			if _, err := w.Sessions.Resolve(w.Context(), token, here(), limits()); w.Code(err) != "sign_in.required" {
				t.Errorf("still signed in: %v", err)
			}
			if now := resolved(w, sales); now.Limited() || now.Staff != authz.Auditor || recorded(w, audit.StaffNamed, sales.User) != 1 {
				t.Errorf("their next request is by %+v", now)
			}
		})
	})
}

func TestEndStaff(t *testing.T) { // VEND-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204 817")
		operator, support := w.Staff("maelle@batisoft.example", authz.Operator), w.Staff("bastien@batisoft.example", authz.Support)
		token := w.Session(support, app.PurposeFull)
		_, err := w.Accounts.Enter(w.Context(), support, token, account.ID, "We look for a lost import")
		w.Must(err)
		if got := w.Code(w.Users.EndStaff(w.Context(), operator, operator.User)); got != "user.yourself" {
			t.Errorf("oneself: %q", got)
		}
		if got := w.Code(w.Users.EndStaff(w.Context(), w.Operator(), operator.User)); got != "staff.last_operator" {
			t.Errorf("the last operator: %q", got)
		}
		w.Must(w.Users.EndStaff(w.Context(), operator, support.User))
		if _, err := w.Sessions.Resolve(w.Context(), token, here(), limits()); w.Code(err) != "sign_in.required" {
			t.Errorf("they are still inside: %v", err)
		}
		if now := resolved(w, support); now.Kind != authz.Person || now.User != support.User {
			t.Errorf("they are %+v, want a person", now)
		}
		if got := w.Code(w.Users.EndStaff(w.Context(), operator, support.User)); got != "user.not_found" {
			t.Errorf("again: %q", got)
		}
		for name, do := range map[string]func() error{
			"switched off": func() error { return w.Users.SwitchOff(w.Context(), w.Operator(), operator.User) },
			"erased":       func() error { return w.Users.EraseSelf(w.Context(), operator, w.OneTimeCode(0)) },
		} {
			if got := w.Code(do()); got != "staff.last_operator" {
				t.Errorf("the last operator %s: %q", name, got)
			}
		}
	})
}

// TestLastOperatorAtOnce: of operators who end each other at the same moment one
// stays.
func TestLastOperatorAtOnce(t *testing.T) { // VEND-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		a, b := w.Staff("maelle@batisoft.example", authz.Operator), w.Staff("odile@batisoft.example", authz.Operator)
		var all sync.WaitGroup
		var errs [4]error
		all.Go(func() { errs[0] = w.Users.EndStaff(w.Context(), a, b.User) })
		all.Go(func() { errs[1] = w.Users.EndStaff(w.Context(), b, a.User) })
		all.Go(func() { errs[2] = w.Users.SwitchOff(w.Context(), a, b.User) })
		all.Go(func() {
			errs[3] = w.Users.ChangeStaff(w.Context(), a, a.User, app.StaffChange{Role: authz.Sales, All: true})
		})
		all.Wait()
		for _, err := range errs {
			w.Code(err) // a refusal or nothing, never a fault
		}
		w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
			n, err := r.CountOperators(w.Context(), 0)
			if n != 1 {
				t.Errorf("%d operators are left; %v", n, errs)
			}
			return err
		}))
	})
}

// duties has every operation of the console with the duty it asks for.
func duties() map[string]authz.Duty {
	table := map[string]authz.Duty{}
	for duty, operations := range map[authz.Duty]string{
		authz.ViewAccounts:        "Accounts.Figures Accounts.InOrder Accounts.Keys Accounts.List Accounts.Named Accounts.Show Contracts.CustomerDocument Contracts.CustomerDocuments Contracts.DownloadForVendor Subscriptions.List Subscriptions.Of Subscriptions.One Users.Staff Catalogue.Show",
		authz.CreateAccounts:      "Accounts.Create",
		authz.ChangeAccounts:      "Accounts.Change Accounts.Put Accounts.SetState Contracts.AddDocument Contracts.SetReferent Contracts.WithdrawDocument",
		authz.HandleKeys:          "Accounts.Tries Keys.Answer Keys.Fates Keys.Letters Keys.LockedNumbers Keys.Make Keys.OpenLetters Keys.Posted Keys.PrintLetters Keys.Queue Keys.Refuse Keys.Revoke Keys.Unlock",
		authz.EnterAccounts:       "Accounts.Enter",
		authz.WatchMail:           "Mails.Queue Mails.Retry Mails.Mailbox Mails.MailboxMessage",
		authz.ApplyCatalogue:      "Catalogue.Apply Catalogue.Draft",
		authz.ReadAllHistory:      "Accounts.CheckCounts History.AccessLog History.ListAll History.Verify",
		authz.SwitchUsersOff:      "Users.Lookup Users.SwitchOff Users.SwitchOn",
		authz.NameStaff:           "Users.ChangeStaff Users.CreateStaff Users.EndStaff Users.Named Users.ResetFactor Users.StaffMember",
		authz.ErasePeople:         "Users.Erase",
		authz.ImportCustomers:     "Imports.UploadSubscriptions",
		authz.ManageSubscriptions: "Subscriptions.Add Subscriptions.Change Subscriptions.End Subscriptions.Ending Subscriptions.Extend Subscriptions.Put",
		authz.ManageApplications: "Applications.Change Applications.End Applications.List Applications.MakeCredential Applications.Register " +
			"Applications.RevokeCredential Applications.Show",
	} {
		for name := range strings.FieldsSeq(operations) {
			table[name] = duty
		}
	}
	return table
}

// TestStaffDuties calls every operation of the console in every role: whoever
// lacks the duty is told which one, and nobody else is.
func TestStaffDuties(t *testing.T) { // VEND-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := newBesieged(w)
		roles := map[authz.StaffRole]authz.Actor{}
		for _, role := range authz.StaffRoles() {
			roles[role] = w.Staff(string(role)+"@batisoft.example", role)
		}
		table := duties()
		for name, kind := range walls() {
			if _, listed := table[name]; kind == wallDuty && !listed {
				t.Errorf("%s has no duty here", name)
			}
		}
		for name, duty := range table {
			noun, verb, _ := strings.Cut(name, ".")
			method := reflect.ValueOf(w.App).Elem().FieldByName(noun).MethodByName(verb)
			for role, actor := range roles {
				err := b.guarded(t.Context(), operation{method, brings(name)}, actor)
				denied := err != nil && strings.Contains(err.Error(), "denied.duty")
				if denied == role.Has(duty) {
					t.Errorf("%s as %s: %v; the role has %s: %t", name, role, err, duty, role.Has(duty))
				}
			}
		}
	})
}

// guarded calls an operation that may have nothing to work on: that it got as far
// is an answer too.
func (b besieged) guarded(ctx context.Context, o operation, actor authz.Actor) (err error) {
	defer func() {
		if recover() != nil {
			err = nil // past the wall, without what it needs
		}
	}()
	return b.call(ctx, o, actor)
}

// TestPortfolio: what is outside a portfolio does not exist, and figures and
// lists count what is inside.
func TestPortfolio(t *testing.T) { // VEND-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		mine, other := w.Account("204 817"), w.Account("117 402")
		asker := w.Person("ophelie.tardieu@atelier.example")
		var requests []directory.KeyRequest
		for _, number := range []string{"204 817", "117 402", "999 999"} {
			q, err := w.App.Keys.Request(w.Context(), asker, number, "We lost the letter")
			w.Must(err)
			requests = append(requests, q)
		}
		sales, support := w.Staff("solene@batisoft.example", authz.Sales), w.Staff("bastien@batisoft.example", authz.Support)
		for _, actor := range []authz.Actor{sales, support} {
			w.Must(w.Users.ChangeStaff(w.Context(), w.Operator(), actor.User, app.StaffChange{Role: actor.Staff, Numbers: []string{"204 817"}}))
		}
		sales, support = resolved(w, sales), resolved(w, support)
		all, err := w.Accounts.Figures(w.Context(), w.Operator())
		w.Must(err)
		figures, err := w.Accounts.Figures(w.Context(), support)
		w.Must(err)
		if figures.Customers != 1 || figures.KeyRequests != 1 || figures.Letters != 1 || all.Customers != 2 || all.KeyRequests != 3 {
			t.Errorf("figures %+v of %+v", figures, all)
		}
		list, err := w.Accounts.List(w.Context(), support, app.CustomerQuery{Filter: app.CustomerFilter{Search: "Compte"}})
		w.Must(err)
		if len(list.Lines) != 1 || list.Lines[0].ID != mine.ID || list.Totals.All != 1 {
			t.Errorf("%d customers of %+v", len(list.Lines), list.Totals)
		}
		waiting, _, err := w.App.Keys.Queue(w.Context(), support)
		w.Must(err)
		if len(waiting) != 1 || waiting[0].ID != requests[0].ID {
			t.Errorf("%d key requests", len(waiting))
		}
		for name, err := range map[string]error{
			"show":           second(w.Accounts.Show(w.Context(), support, other.UUID)),
			"tries":          third(w.Accounts.Tries(w.Context(), support, other.UUID)),
			"keys":           second(w.Accounts.Keys(w.Context(), support, []string{mine.UUID, other.UUID})),
			"enter":          second(w.Accounts.Enter(w.Context(), support, w.Session(support, app.PurposeFull), other.ID, "We look for a lost import")),
			"change":         second(w.Accounts.Change(w.Context(), sales, other.ID, app.AccountChange{})),
			"referent":       w.Contracts.SetReferent(w.Context(), sales, other.ID, "", 0),
			"state":          w.Accounts.SetState(w.Context(), sales, other.ID, directory.AccountClosed, "They asked for it"),
			"make keys":      w.App.Keys.Make(w.Context(), support, other.ID, 1),
			"revoke":         w.App.Keys.Revoke(w.Context(), support, other.ID, "key", "Lost"),
			"letters":        w.App.Keys.OpenLetters(w.Context(), support, other.ID, app.ToPrint, func([]app.KeyLetter) error { return nil }),
			"print":          second(w.App.Keys.PrintLetters(w.Context(), support, []app.ChosenLetter{{Account: mine.ID}, {Account: other.ID}}, func([]app.KeyLetter) error { return nil })),
			"posted":         second(w.App.Keys.Posted(w.Context(), support, []app.ChosenLetter{{Account: other.ID}})),
			"unlock":         w.App.Keys.Unlock(w.Context(), support, "117 402", directory.ByLetter),
			"unlock nobodys": w.App.Keys.Unlock(w.Context(), support, "999 999", directory.ByLetter),
			"answer":         w.App.Keys.Answer(w.Context(), support, requests[1].UUID, directory.ByLetter),
			"refuse nobodys": w.App.Keys.Refuse(w.Context(), support, requests[2].UUID, "Nobody has it"),
			"count anew":     w.Accounts.CheckCounts(w.Context(), support, []directory.AccountID{other.ID}, true, func(app.CountCheck) error { return nil }),
			"verify":         w.History.Verify(w.Context(), support, []directory.AccountID{other.ID}, func(app.ChainCheck) error { return nil }),
		} {
			if code := w.Code(err); !strings.HasSuffix(code, "not_found") {
				t.Errorf("%s outside the portfolio: %q, want not found", name, code)
			}
		}
		if _, err := w.Imports.Upload(w.Context(), sales, directory.Installation, "c.csv", strings.NewReader("Number;Name\n1;A\n")); w.Code(err) != "denied.portfolio" {
			t.Errorf("an import of customers: %v", err)
		}
		page, err := w.History.ListAll(w.Context(), support, app.HistoryFilter{}, app.Window{})
		w.Must(err)
		for _, e := range page.Entries {
			if e.Entry.Account != mine.ID {
				t.Errorf("history shows %s of account %d", e.Entry.Kind, e.Entry.Account)
			}
		}
		for name, f := range map[string]app.HistoryFilter{"by account": {Accounts: []directory.AccountID{other.ID}},
			"by number": {Number: "117 402"}, "the vendor's": {Accounts: []directory.AccountID{directory.Installation}}} {
			if page, err := w.History.ListAll(w.Context(), support, f, app.Window{}); err != nil || page.Total != 0 {
				t.Errorf("history %s: %d entries, %v", name, page.Total, err)
			}
		}
		mails, err := w.Mails.Queue(w.Context(), support, app.MailFilter{}, app.Window{})
		w.Must(err)
		for _, m := range mails.Mails {
			if m.Account != mine.ID {
				t.Errorf("the outbox shows a mail of account %d", m.Account)
			}
		}
		t.Run("a customer they make is theirs", func(t *testing.T) {
			made, err := w.Accounts.Create(w.Context(), sales, app.NewAccount{Number: "301 222", Name: "Ardoises", Type: "company-network",
				ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "1 rue", PostalCode: "1", City: "A", Country: "FR"}})
			w.Must(err)
			if now := resolved(w, sales); !now.Sees(made.ID) || now.Sees(other.ID) {
				t.Errorf("they see %v", now.Portfolio)
			}
		})
		t.Run("who is inside leaves with the account", func(t *testing.T) {
			token := w.Session(support, app.PurposeFull)
			_, err := w.Accounts.Enter(w.Context(), support, token, mine.ID, "We look for a lost import")
			w.Must(err)
			w.Must(w.Users.ChangeStaff(w.Context(), w.Operator(), support.User, app.StaffChange{Role: authz.Support, Numbers: []string{"117 402"}}))
			in, err := w.Sessions.Resolve(w.Context(), token, here(), limits())
			w.Must(err)
			if _, err := w.Accounts.Open(w.Context(), in.Actor, "204 817"); in.Actor.Kind != authz.Staff || w.Code(err) != "account.not_found" {
				t.Errorf("they are %s inside: %v", in.Actor.Kind, err)
			}
		})
	})
}

// TestPortfolioOfNothing: whoever's portfolio holds no account any more sees none,
// in no list, count or act. It is not the portfolio of all.
func TestPortfolioOfNothing(t *testing.T) { // VEND-3, APP-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204 817")
		w.Administrator(account, "helene.castaing@maraval.example")
		_, err := w.App.Keys.Request(w.Context(), w.Person("ophelie.tardieu@atelier.example"), "204 817", "We lost the letter")
		w.Must(err)
		support := w.Staff("bastien@batisoft.example", authz.Support)
		program := authz.Actor{Kind: authz.Application, User: support.User, Door: authz.DoorAPI, Registered: directory.ApplicationRights()}
		for _, actor := range []authz.Actor{support, program} {
			seen := func() string {
				figures, err := w.Accounts.Figures(w.Context(), actor)
				w.Must(err)
				customers, err := w.Accounts.List(w.Context(), actor, app.CustomerQuery{})
				w.Must(err)
				inOrder, err := w.Accounts.InOrder(w.Context(), actor, "", 9)
				w.Must(err)
				waiting, _, err := w.App.Keys.Queue(w.Context(), actor)
				w.Must(err)
				said := fmt.Sprintf("%d %d %d, %d of %d, %d, %d requests", figures.Customers, figures.KeyRequests, figures.Letters, len(customers.Lines), customers.Totals.All,
					len(inOrder), len(waiting))
				if actor.Kind != authz.Staff {
					return said
				}
				history, err := w.History.ListAll(w.Context(), actor, app.HistoryFilter{}, app.Window{})
				w.Must(err)
				access, err := w.History.AccessLog(w.Context(), actor, app.AccessFilter{}, app.Window{})
				w.Must(err)
				mails, err := w.Mails.Queue(w.Context(), actor, app.MailFilter{}, app.Window{})
				w.Must(err)
				checked := 0
				w.Must(w.History.Verify(w.Context(), actor, nil, func(app.ChainCheck) error { checked++; return nil }))
				w.Must(w.Accounts.CheckCounts(w.Context(), actor, nil, false, func(app.CountCheck) error { checked++; return nil }))
				return fmt.Sprintf("%s, %d entries, %d lines, %d mails, %d checked", said, min(history.Total, 1), min(access.Total, 1), min(mails.Total, 1), checked)
			}
			all := seen()
			actor.Portfolio = directory.Only()
			if got, want := seen(), map[bool]string{true: "0 0 0, 0 of 0, 0, 0 requests, 0 entries, 0 lines, 0 mails, 0 checked",
				false: "0 0 0, 0 of 0, 0, 0 requests"}[actor.Kind == authz.Staff]; got != want || strings.HasPrefix(all, "0") {
				t.Errorf("%s sees %s, of %s", actor.Kind, got, all)
			}
			if _, err := w.Accounts.Show(w.Context(), actor, account.UUID); w.Code(err) != "account.not_found" {
				t.Errorf("%s opens the account: %v", actor.Kind, err)
			}
		}
	})
}

func second[T any](_ T, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }

func TestSetReferent(t *testing.T) { // ACC-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204 817")
		buyer := w.Administrator(account, "helene.castaing@maraval.example")
		member, _ := w.Member(account, "camille.aubrac@maraval.example")
		w.Person("ophelie.tardieu@atelier.example")
		_, off := w.Member(account, "quentin.moreau@maraval.example")
		_, left := w.Member(account, "parti@maraval.example")
		verdicts, err := w.Members.Deactivate(w.Context(), w.Operator(), account.ID, app.Of(off.UUID))
		w.Must(errors.Join(err, verdicts.FirstRefusal()))
		verdicts, err = w.Members.Remove(w.Context(), w.Operator(), account.ID, app.Of(left.UUID))
		w.Must(errors.Join(err, verdicts.FirstRefusal()))
		sales := w.Staff("solene@batisoft.example", authz.Sales)
		is := buyer.User
		for _, test := range []struct{ name, want string }{
			{"quentin.moreau@maraval.example", "member.inactive"},
			{"parti@maraval.example", "account.referent_unknown"},
			{"ophelie.tardieu@atelier.example", "account.referent_unknown"},
			{"nobody@maraval.example", "account.referent_unknown"},
			{" CAMILLE.aubrac@maraval.example ", ""},
			{"camille.aubrac@maraval.example", ""},
			{"", ""},
			{strings.Repeat("x", 70_000), "account.referent_unknown"},
		} {
			err := w.Contracts.SetReferent(w.Context(), sales, account.ID, test.name, 0)
			if got := w.Code(err); got != test.want || (got == "") != (fieldOf(err) != "referent") {
				t.Errorf("SEAT-7 %.40q: %q at %q, want %q", test.name, got, fieldOf(err), test.want)
			}
			shown, err := w.Accounts.Show(w.Context(), sales, account.UUID)
			w.Must(err)
			switch {
			case test.name == "":
				is = 0
			case test.want == "":
				is = member.User
			}
			if shown.Referent.ID != is {
				t.Errorf("%.40q: the referent is %d, want %d", test.name, shown.Referent.ID, is)
			}
			rights, err := w.Rights(w.Context(), member, account.ID)
			if w.Must(err); len(rights.At(account.Root)) != 0 {
				t.Errorf("%.40q: being the referent gave %v", test.name, rights.At(account.Root))
			}
		}
		if recorded(w, audit.ReferentNamed, member.User) != 1 || recorded(w, audit.ReferentEnded, member.User) != 1 {
			t.Error("history lacks the referent")
		}
		if got := w.Code(w.Contracts.SetReferent(w.Context(), sales, account.ID, "", 1)); got != "stale" {
			t.Errorf("an older version: %q", got)
		}
	})
}

// TestReferentStopsWithThePlace: by whichever door somebody leaves, they are
// nobody's contact from that moment, and do not become it again by coming back.
func TestReferentStopsWithThePlace(t *testing.T) { // ACC-9, SEAT-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		helene := w.Administrator(account, "helene.castaing@maraval.example")
		w.Administrator(account, "karim.haddad@maraval.example")
		referent := func() directory.UserID {
			shown, err := w.Accounts.Show(w.Context(), w.Operator(), account.UUID)
			w.Must(err)
			overview, err := w.Accounts.Overview(w.Context(), helene, account.ID)
			w.Must(err)
			if shown.Referent.ID != overview.Referent.ID || shown.Account.Referent != overview.Referent.ID {
				t.Errorf("ACC-9 the console shows %d, the account %d and %d", shown.Referent.ID, overview.Referent.ID, shown.Account.Referent)
			}
			return shown.Referent.ID
		}
		for door, leave := range map[string]func(who authz.Actor, m directory.Member) error{
			"removed": func(_ authz.Actor, m directory.Member) error {
				verdicts, err := w.Members.Remove(w.Context(), helene, account.ID, app.Of(m.UUID))
				return errors.Join(err, verdictsRefusal(verdicts))
			},
			"end date": func(_ authz.Actor, m directory.Member) error {
				ends := w.Now().Add(24 * time.Hour)
				verdicts, err := w.Members.EditMembers(w.Context(), helene, account.ID, app.Of(m.UUID), app.MemberChange{Ends: &directory.End{Moment: ends}})
				w.Pass(49 * time.Hour)
				_, endErr := w.Members.EndPlaces(w.Context())
				return errors.Join(err, verdictsRefusal(verdicts), endErr)
			},
			"erased": func(who authz.Actor, _ directory.Member) error {
				return w.Users.Erase(w.Context(), w.Operator(), who.User)
			},
			"erased oneself": func(who authz.Actor, _ directory.Member) error {
				return w.Users.EraseSelf(w.Context(), who, apptest.Password)
			},
		} {
			email := strings.ReplaceAll(door, " ", ".") + "@maraval.example"
			who, m := w.Member(account, email)
			w.Must(w.Contracts.SetReferent(w.Context(), w.Operator(), account.ID, email, 0))
			if got := referent(); got != who.User {
				t.Fatalf("ACC-9 %s: the referent is %d before, want %d", door, got, who.User)
			}
			w.Must(leave(who, m))
			if got := referent(); got != 0 {
				t.Errorf("ACC-9 %s: the referent is still %d", door, got)
			}
			if n := recorded(w, audit.ReferentEnded, who.User); n != 1 {
				t.Errorf("ACC-9 %s: %d entries of it in history, want 1", door, n)
			}
			if door != "removed" {
				continue
			}
			verdicts, err := w.Members.Add(w.Context(), helene, account.ID, []app.NewMember{{Row: 1, Email: email}}, app.AddOptions{Silent: true})
			w.Must(errors.Join(err, verdictsRefusal(verdicts)))
			if got := referent(); got != 0 {
				t.Errorf("ACC-9 who came back is referent again: %d", got)
			}
		}
	})
}

func verdictsRefusal(v app.Verdicts) error { return v.FirstRefusal() }
