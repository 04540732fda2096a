package demo

import (
	"slices"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// usesAtOnce is how many uses one report of the portal holds.
const usesAtOnce = 500

// tellUses lets the vendor's portal report who of a customer has used what (APP-5):
// most people this month, some before it, a few never.
func (b *builder) tellUses(account *directory.Account, by func() authz.Actor) {
	b.ago(0.4, "what is used", func() error {
		uses, err := b.uses(*account, by())
		if err != nil {
			return err
		}
		for part := range slices.Chunk(uses, usesAtOnce) {
			if _, err := b.App.Checks.Report(b.ctx, b.portal, part); err != nil {
				return err
			}
		}
		return nil
	})
}

// uses are what the people of an account who have a seat have used last.
func (b *builder) uses(account directory.Account, by authz.Actor) ([]app.ReportedUse, error) {
	var uses []app.ReportedUse
	n := 0
	query := app.MemberQuery{Held: []directory.Holding{directory.HeldOwn, directory.HeldBoth}, Statuses: []directory.Status{directory.Active}, Size: 200}
	for {
		page, err := b.App.Members.List(b.ctx, by, account.ID, query)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Rows {
			for _, held := range m.Products {
				n++
				days := n * 7 % 26
				switch n % 9 {
				case 4:
					days += 35
				case 8:
					days += 95
				}
				if n%17 != 16 {
					uses = append(uses, app.ReportedUse{Account: account.Number, Subject: app.Entity{Type: "user", ID: m.UUID},
						Product: held.Offer.Product, Day: b.day(-float64(days))})
				}
			}
		}
		if query.After = page.Next; page.Next == "" {
			return uses, nil
		}
	}
}
