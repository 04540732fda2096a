package app_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// fieldsOf are the fields at fault of a refusal, in order.
func fieldsOf(err error) []string {
	var refusal *directory.Error
	if !errors.As(err, &refusal) {
		return nil
	}
	var fields []string
	for _, fault := range refusal.All() {
		fields = append(fields, fault.Field)
	}
	slices.Sort(fields)
	return fields
}

// A faultyChange is one with all of its fields wrong.
type faultyChange struct {
	name   string
	change func(ctx context.Context) error
	fields []string
}

// TestAllFaultsAtOnce: who typed several things wrong is told of all of them, at their
// fields, and nothing is written.
func TestAllFaultsAtOnce(t *testing.T) { // API-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.AccountOf("204817", "licences")
		id, admin := account.ID, w.Administrator(account, "helene.castaing@maraval.example")
		_, err := w.Members.Add(w.Context(), admin, id, []app.NewMember{{Row: 1, Email: "karim.haddad@maraval.example"}}, app.AddOptions{Silent: true})
		w.Must(err)
		found, err := w.Members.List(w.Context(), admin, id, app.MemberQuery{Search: "karim"})
		w.Must(err)
		karim := found.Rows[0].UUID
		editing, err := w.Members.Editing(w.Context(), admin, id, karim)
		w.Must(err)
		before := w.Head(id)
		for _, test := range append(ofPeople(w, id, admin, editing), ofThings(w, id, admin, karim)...) {
			t.Run(test.name, func(t *testing.T) {
				if got := fieldsOf(test.change(w.Context())); !slices.Equal(got, test.fields) {
					t.Errorf("refused at %v, want %v", got, test.fields)
				}
				day := directory.Faults{directory.InvalidField("day", "field.bad_date", nil)}
				got := fieldsOf(day.With(test.change(app.Misread(w.Context(), day))))
				if want := slices.Sorted(slices.Values(append([]string{"day"}, test.fields...))); !slices.Equal(got, want) {
					t.Errorf("with what could not be read: %v, want %v", got, want)
				}
			})
		}
		t.Run("what could not be read is refused alone", func(t *testing.T) {
			ctx := app.Misread(w.Context(), directory.Faults{directory.InvalidField("ends", "field.bad_date", nil)})
			if got := fieldsOf(func() error {
				_, err := w.Units.Add(ctx, admin, id, app.NewUnit{Level: "entity", Name: "Nord"})
				return err
			}()); !slices.Equal(got, []string{"ends"}) {
				t.Errorf("refused at %v", got)
			}
		})
		if after := w.Head(id); after != before {
			t.Errorf("%d entries were written", after-before)
		}
	})
}

func ofPeople(w *apptest.World, id directory.AccountID, admin authz.Actor, editing app.MemberEditing) []faultyChange {
	long, no := strings.Repeat("x", 400), "no-such"
	return []faultyChange{
		{"an edit of a member", func(ctx context.Context) error {
			email, unit := "no address", no
			change := app.MemberChange{Company: &long, Unit: &unit, Functions: &[]string{no}, Levels: &[]string{no},
				Ends: &directory.End{Day: directory.DayOf(w.Now().AddDate(0, 0, -9), time.UTC)}, PlaceTexts: directory.PlaceTexts[*string]{Phone: &long},
				Person: app.PersonChange{First: &long, Civility: &no, Email: &email, Language: &no, Provisional: "1"}}
			return w.Members.EditMember(ctx, admin, id, editing.UUID, app.MemberEdit{MemberChange: change, Version: editing.Version})
		}, []string{"access_level", "civility", "company", "email", "ends", "first_name", "function", "language", "password", "phone", "unit"}},
		{"somebody new by the full form", func(ctx context.Context) error {
			n := app.NewPerson{NewMember: app.NewMember{Email: "no address", Language: no, Civility: no, Functions: []string{no}, Levels: []string{no}, Home: no}, Password: "1"}
			n.Phone = long
			_, err := w.Members.Create(ctx, admin, id, n)
			return err
		}, []string{"access_level", "civility", "email", "first_name", "function", "language", "last_name", "password", "phone", "unit", "user_name"}},
	}
}

func ofThings(w *apptest.World, id directory.AccountID, admin authz.Actor, karim string) []faultyChange {
	long, no, operator := strings.Repeat("x", 400), "no-such", w.Operator()
	return []faultyChange{
		{"a role", func(ctx context.Context) error {
			_, err := w.Roles.Create(ctx, admin, id, app.NewRole{Kind: directory.Function, Names: map[string]string{"": long, "fr": long}, Permissions: []string{no},
				DefaultLevel: no, DefaultProducts: []string{no}, Place: no})
			return err
		}, []string{"default_level", "name", "name_fr", "permissions", "place", "products"}},
		{"a unit", func(ctx context.Context) error {
			_, err := w.Units.Add(ctx, admin, id, app.NewUnit{Level: no, Name: long, External: long})
			return err
		}, []string{"external", "level", "name"}},
		{"what a customer has bought", func(ctx context.Context) error {
			day := directory.DayOf(w.Now(), time.UTC)
			_, err := w.Subscriptions.Add(ctx, operator, id, app.NewSubscription{Offer: directory.Offer{Product: no}, Unit: no,
				Term: app.SubscriptionTerm{First: day, Last: directory.DayOf(w.Now().AddDate(0, 0, -9), time.UTC), Reference: long, External: long}})
			return err
		}, []string{"external_id", "last", "product", "quantity", "reference", "unit"}},
		{"roles at units", func(ctx context.Context) error {
			_, err := w.Grants.Give(ctx, admin, id, app.Giving{Who: app.Of(karim)})
			return err
		}, []string{"role", "unit"}},
		{"roles of one person", func(ctx context.Context) error {
			_, err := w.Grants.Set(ctx, admin, id, karim, []app.RoleStep{{Roles: []string{no}}, {Unit: no, Roles: []string{no}}})
			return err
		}, []string{"general_role", "role_" + no}},
		{"an export", func(ctx context.Context) error {
			_, err := w.Exports.Begin(ctx, admin, id, app.ExportAsk{Kind: directory.ExportMembers, Format: directory.ExportFormat(no), Columns: []string{no}})
			return err
		}, []string{"columns", "format"}},
		{"a rule of seats", func(ctx context.Context) error { return w.Seats.MakeRule(ctx, admin, id, app.NewSeatRule{}) }, []string{"function", "product"}},
		{"an invoice", func(ctx context.Context) error {
			_, err := w.Contracts.AddDocument(ctx, operator, id, app.ContractNewDocument{Unit: no, Amount: long})
			return err
		}, []string{"amount", "document_day", "document_number", "file", "unit"}},
		{"a technical user", func(ctx context.Context) error {
			_, err := w.TechnicalUsers.Create(ctx, admin, id, app.NewTechnicalUser{Unit: no})
			return err
		}, []string{"name", "purpose", "responsible", "unit"}},
		{"an application", func(ctx context.Context) error {
			_, err := w.Applications.Register(ctx, operator, app.ApplicationRegistration{Product: no})
			return err
		}, []string{"accounts", "name", "product", "rights"}},
		{"one of the vendor's people", func(ctx context.Context) error {
			_, err := w.Users.CreateStaff(ctx, operator, app.NewStaff{First: long, Password: "1"})
			return err
		}, []string{"email", "first_name", "password", "role"}},
		{"a customer with a buyer", func(ctx context.Context) error {
			_, err := w.Accounts.Create(ctx, operator, app.NewAccount{Type: no, ServiceLevel: no, Language: no, Contact: directory.Contact{Name: long},
				Buyer: &app.Buyer{First: long, Civility: no, Language: no}})
			return err
		}, []string{"buyer_civility", "buyer_email", "buyer_first_name", "buyer_language", "contact", "language", "name", "number", "service_level", "type"}},
		{"asking for a key", func(ctx context.Context) error {
			_, err := w.App.Keys.Request(ctx, admin, "", strings.Repeat(long, 9))
			return err
		}, []string{"message", "number"}},
		{"asking to join", func(ctx context.Context) error {
			_, err := w.JoinRequests.Ask(ctx, admin, "", strings.Repeat(long, 9))
			return err
		}, []string{"message", "number"}},
	}
}
