package roster_test

import (
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A firm is an account with an administrator, and what it has bought.
type firm struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
}

func newFirm(w *apptest.World, bought map[string]int64) firm {
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	f := firm{w, account, w.Administrator(account, "helene.castaing@maraval.example")}
	for offer, n := range bought {
		_, err := w.Subscriptions.Add(w.Context(), w.Operator(), account.ID, app.NewSubscription{Offer: directory.OfferOf(offer), Term: app.SubscriptionTerm{Quantity: n}})
		w.Must(err)
	}
	return f
}

// held are the offers of which a member has a seat, sorted.
func (f firm) held(member string) []string {
	f.T.Helper()
	c, err := f.Seats.Choices(f.Context(), f.admin, f.account.ID, member)
	f.Must(err)
	var offers []string
	for _, h := range c.Held {
		offers = append(offers, h.Offer.String())
	}
	slices.Sort(offers)
	return offers
}

// edit sets products for members and answers the refusals, in their order.
func (f firm) edit(change app.MemberChange, members ...string) []string {
	f.T.Helper()
	verdicts, err := f.Members.EditMembers(f.Context(), f.admin, f.account.ID, app.Selection{Members: members}, change)
	f.Must(err)
	var said []string
	for _, v := range verdicts {
		if v.Refusal != nil {
			said = append(said, v.Refusal.Code)
		} else {
			said = append(said, string(v.Outcome))
		}
	}
	return said
}

func TestEditOfProducts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w, map[string]int64{"plans": 1, "fleet/light": 1, "fleet/complete": 1})
		_, a := w.Member(f.account, "a@maraval.example")
		_, b := w.Member(f.account, "b@maraval.example")
		company := "Maraval Location"
		is := func(what string, got, want []string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		is("BULK-1 BULK-3 a seat and a company, for more than there are seats", f.edit(app.MemberChange{Company: &company, Assign: []string{"plans"}}, a.UUID, b.UUID),
			[]string{"changed", "seat.none_free"})
		if row, err := w.Members.Card(w.Context(), f.admin, f.account.ID, b.UUID); err != nil || row.Company != "" {
			t.Errorf("BULK-3 whoever gets no seat is not changed at all: %+v %v", row, err)
		}
		is("BULK-1 once more", f.edit(app.MemberChange{Assign: []string{"plans"}}, a.UUID), []string{"unchanged"})
		is("BULK-1 withdraw", f.edit(app.MemberChange{TakeBack: []string{"plans"}}, a.UUID, b.UUID), []string{"changed", "unchanged"})
		is("BULK-1 an edition", f.edit(app.MemberChange{Assign: []string{"fleet/light"}}, a.UUID), []string{"changed"})
		is("SEAT-3 another edition beside it", f.edit(app.MemberChange{Assign: []string{"fleet/complete"}}, a.UUID), []string{"seat.already_held"})
		is("BULK-1 one edition for another", f.edit(app.MemberChange{TakeBack: []string{"fleet"}, Assign: []string{"fleet/complete"}}, a.UUID), []string{"changed"})
		is("BULK-1 what they hold now", f.held(a.UUID), []string{"fleet/complete"})
		is("BULK-1 the other edition is free again", f.edit(app.MemberChange{Assign: []string{"fleet/light"}}, b.UUID), []string{"changed"})
		is("BULK-1 a product nobody sells", f.edit(app.MemberChange{Assign: []string{"no-such"}}, a.UUID), []string{"field.unknown_choice"})
	})
}

// productsMailed are the products that the mails due name, by whom they go to.
func (f firm) productsMailed() map[string]string {
	f.T.Helper()
	f.Pass(directory.UndoWindow)
	due, err := f.Mails.Next(f.Context(), 100)
	f.Must(err)
	named := map[string]string{}
	for _, d := range due {
		if d.Mail.Kind == directory.MailInvitation {
			named[d.Mail.Address] = d.Mail.Facts[directory.FactProducts]
		}
	}
	return named
}

func TestInvitationNamesProducts(t *testing.T) { // MAIL-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w, map[string]int64{"plans": 2, "fleet/complete": 1})
		rows := []app.NewMember{{Row: 1, Email: "a@maraval.example", Products: []string{"plans", "fleet"}}, {Row: 2, Email: "b@maraval.example"},
			{Row: 3, Email: "c@maraval.example", Products: []string{"plans"}}}
		_, err := w.Members.Add(w.Context(), f.admin, f.account.ID, rows[:2], app.AddOptions{Invite: true})
		w.Must(err)
		verdicts, err := w.Members.Add(w.Context(), f.admin, f.account.ID, rows[2:], app.AddOptions{Silent: true})
		w.Must(err)
		if named := f.productsMailed(); named["a@maraval.example"] != "Parc Complet\nPlans" || named["b@maraval.example"] != "" {
			t.Errorf("MAIL-1 invitations with products: %q", named)
		}
		_, err = w.Invitations.Send(w.Context(), f.admin, f.account.ID, app.Selection{Members: []string{verdicts[0].Public()}})
		w.Must(err)
		if named := f.productsMailed(); named["c@maraval.example"] != "Plans" {
			t.Errorf("MAIL-1 an invitation after the seat was reserved: %q", named)
		}
	})
}
