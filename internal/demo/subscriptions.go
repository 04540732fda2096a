package demo

import (
	"math"
	"slices"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A sale is what a customer has bought of one product, and who uses it.
type sale struct {
	product   string // as offers are written: "fleet/complete"
	quantity  int64
	reduced   int64   // to so many later; 0: never
	from, to  float64 // days from now on which it begins and ends; to 0: no end
	unit      string  // that holds it; empty: the root
	assigned  int     // to so many people
	reference string
	note      string
}

// sales are what the customers have bought, by number. The large one has one of
// each kind of trouble: too many users of Métré, an end that is near, and a
// subscription of the year before, which is over.
func sales() map[string][]sale {
	return map[string][]sale{
		"117 402": {{product: "plans", quantity: 10, from: -720, to: 40, assigned: 7, reference: "A-0412"}},
		"129 055": {{product: "plans", quantity: 120, from: -640, to: 310, assigned: 96, reference: "A-0533"},
			{product: "site", quantity: 60, from: -600, to: 310, assigned: 41, reference: "A-0534"}},
		"163 918": {{product: "advice", quantity: 40, from: -500, to: 55, assigned: 38, reference: "A-0871", note: "Tarif Sérénité, remise de 8 %"}},
		"174 205": {{product: "advice", quantity: 2, from: -150, to: 215, assigned: 1, reference: "A-1207"},
			{product: "advice-essential", quantity: 1, from: -150, to: 215, reference: "A-1207"}},
		"188 663": {{product: "fleet/complete", quantity: 100, from: -810, to: 130, assigned: 88, reference: "A-0398"}},
		"219 340": {{product: "fleet/complete", quantity: 50, from: -300, to: 220, assigned: 46, reference: "A-1033"},
			{product: "fleet/light", quantity: 30, from: -300, to: 220, assigned: 12, reference: "A-1034"}},
		"231 079": {{product: "fleet/light", quantity: 40, from: -410, to: 8, assigned: 33, reference: "A-0960"}},
		"252 930": {{product: "plans", quantity: 16, from: -930, to: -60, assigned: 14, reference: "A-0320"}},
		maravalNumber: {
			{product: "plans", quantity: 860, from: -maravalSince + 9, to: -236, reference: "A-0251"},
			{product: "plans", quantity: 920, from: -235, to: 130, assigned: 898, reference: "A-0251/2", note: "Tarif groupe, remise de 18 % au-delà de 500 licences"},
			{product: "site", quantity: 400, from: -700, to: 130, assigned: 348, reference: "A-0441"},
			{product: "takeoff", quantity: 45, reduced: 40, from: -400, to: 130, assigned: 42, reference: "A-0702"},
			{product: "fleet/complete", quantity: 160, from: -900, to: 130, assigned: 149, reference: "A-0252"},
			{product: "fleet/light", quantity: 90, from: -420, to: 130, unit: "Maraval Benelux", assigned: 71, reference: "A-0688", note: "Facturé à Maraval Benelux"},
			{product: "advice", quantity: 24, from: -342, to: 23, assigned: 24, reference: "A-0803"},
			{product: "model", quantity: 15, from: 30, to: 395, reference: "A-1302"},
		},
	}
}

// tellSales plans what a customer buys, and who gets seats of it, from whom.
func (b *builder) tellSales(number string, account *directory.Account, units *grove, by func() authz.Actor, since float64) {
	b.tellUses(account, by)
	for i, s := range sales()[number] {
		var made directory.Subscription
		bought := math.Min(math.Max(-s.from, 0.8), since-11-float64(i)*0.01)
		b.ago(bought, "a subscription of "+number, func() (err error) {
			made, err = b.App.Subscriptions.Add(b.ctx, b.staff(), account.ID, app.NewSubscription{Offer: directory.OfferOf(s.product), Unit: (*units)[s.unit].UUID,
				Term: app.SubscriptionTerm{Quantity: s.quantity, First: b.day(s.from), Last: b.last(s.to), Reference: s.reference, PriceNote: s.note}})
			return err
		})
		if s.assigned > 0 {
			b.tellSeats(number, account, units, by, s)
		}
		if s.reduced > 0 {
			b.ago(6.5, "fewer seats of "+number, func() error {
				return b.App.Subscriptions.Change(b.ctx, b.staff(), account.ID, made.UUID, app.SubscriptionChange{
					Term: app.SubscriptionTerm{Quantity: s.reduced, First: b.day(s.from), Last: b.last(s.to), Reference: s.reference, PriceNote: s.note}})
			})
		}
	}
}

// day is the date so many days from the present.
func (b *builder) day(days float64) directory.Day {
	return directory.DayOf(b.now.Add(time.Duration(days*24*float64(time.Hour))), time.UTC)
}

// last is the last day of what ends so many days from the present; none for 0.
func (b *builder) last(days float64) directory.Day {
	if days == 0 {
		return directory.Day{}
	}
	return b.day(days)
}

// rounds is in how many goes seats are assigned.
const rounds = 6

// tellSeats lets somebody assign seats over most of a year, the last of them a week
// ago, once everybody has come.
func (b *builder) tellSeats(number string, account *directory.Account, units *grove, by func() authz.Actor, s sale) {
	end := math.Max(-s.to+1, 7.2) // seats of what is over were assigned before that
	given := 0
	for i := range rounds {
		days := end + (math.Min(since(number, s), 340)-end)*float64(rounds-1-i)/rounds
		b.ago(days, "seats of "+number, func() error {
			query := app.MemberQuery{Statuses: []directory.Status{directory.Active}, Size: 200}
			if s.unit != "" {
				query.Units = []string{(*units)[s.unit].UUID}
			}
			n, err := b.assign(by(), account.ID, query, s.assigned*(i+1)/rounds-given, directory.OfferOf(s.product))
			given += n
			return err
		})
	}
}

// since is how many days ago the first subscription of a customer to what a sale is
// of began: whoever has a seat keeps it when another follows.
func since(number string, s sale) float64 {
	days := -s.from
	for _, other := range sales()[number] {
		if other.product == s.product && other.unit == s.unit {
			days = math.Max(days, -other.from)
		}
	}
	return days
}

// assign gives seats to so many of those whom a query finds and who have none, and
// says how many there were.
func (b *builder) assign(by authz.Actor, account directory.AccountID, query app.MemberQuery, n int, offer directory.Offer) (int, error) {
	var who app.Selection
	for {
		page, err := b.App.Members.List(b.ctx, by, account, query)
		if err != nil {
			return 0, err
		}
		for _, m := range page.Rows {
			if len(who.Members) < n && !m.Person.Technical() && !holds(m, offer) {
				who.Members = append(who.Members, m.UUID)
			}
		}
		if query.After = page.Next; page.Next == "" || len(who.Members) >= n {
			break
		}
	}
	if len(who.Members) == 0 {
		return 0, nil
	}
	verdicts, err := b.App.Seats.Assign(b.ctx, by, account, who, offer)
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	return len(who.Members), err
}

func holds(m app.ListedMember, offer directory.Offer) bool {
	return slices.ContainsFunc(m.Products, func(h directory.HeldProduct) bool { return h.Offer.Product == offer.Product })
}

// tellAllotment gives an agency of the large account seats of its own (SEAT-10).
func (b *builder) tellAllotment(account *directory.Account, units *grove) {
	b.ago(6.9, "seats of an agency of Groupe Maraval", func() error {
		return b.App.Seats.Allot(b.ctx, b.users["helene.castaing@maraval.example"], account.ID, app.Allotment{
			Unit: (*units)["Agence de Lille"].UUID, Offer: directory.Offer{Product: "site"}, Quantity: 90})
	})
}

// tellRule lets technicians of the large account get Parc by themselves, which not
// all of them have, and notes that one of them brings Plans along (SEAT-11, EXT-1).
func (b *builder) tellRule(account *directory.Account) {
	helene := func() authz.Actor { return b.users["helene.castaing@maraval.example"] }
	b.ago(6.5, "a rule of seats of Groupe Maraval", func() error {
		return b.App.Seats.MakeRule(b.ctx, helene(), account.ID, app.NewSeatRule{Offer: directory.Offer{Product: "fleet"}, Function: "technician"})
	})
	b.ago(6.4, "a subscription that somebody brings along", func() error {
		found, err := b.App.Members.List(b.ctx, helene(), account.ID, app.MemberQuery{Search: "thibaut.leguellec", Size: 1})
		if err != nil || len(found.Rows) == 0 {
			return err
		}
		return b.App.Seats.StateExternal(b.ctx, helene(), account.ID, app.ExternalClaim{Member: found.Rows[0].UUID, Product: "plans", Last: b.last(200)})
	})
}

// tellNotices lets the program announce what ends, as it does on its own (MAIL-1).
func (b *builder) tellNotices() {
	for days := 960.5; days > 0; days -= 5 {
		b.ago(days, "subscriptions that end", func() error { return b.App.Subscriptions.Notices(b.ctx) })
	}
}
