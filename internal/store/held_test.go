package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestHeldBy finds members by the product they have and by what.
func TestHeldBy(t *testing.T) { // EXT-2, LIST-5
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 6)
		next := int64(20_000_000)
		key := func() int64 { next++; return directory.NewKey(c.account, next) }
		plans := directory.Pool{ID: directory.PoolID(key()), UUID: uuid.NewString(), Unit: c.root, Offer: directory.Offer{Product: "plans"}}
		fleet := directory.Pool{ID: directory.PoolID(key()), UUID: uuid.NewString(), Unit: c.root, Offer: directory.Offer{Product: "fleet", Edition: "complete"}}
		seat := func(p directory.Pool, i int) directory.Seat {
			return directory.Seat{ID: directory.SeatID(key()), Pool: p.ID, Member: c.rows[i].ID, Product: p.Offer.Product, From: storetest.Noon}
		}
		// 0 has plans, 1 plans by both, 2 an external one, 3 fleet, 4 an external one that is over, 5 a plain external fleet.
		err := db.Update(t.Context(), []directory.AccountID{c.account}, func(tx *store.Tx) error {
			for i, product := range map[int]string{1: "plans", 2: "plans", 4: "plans", 5: "fleet"} {
				var a store.Args
				ends := storetest.Noon.Add(time.Hour)
				if i == 4 {
					ends = storetest.Noon
				}
				query := `INSERT INTO external_subscription (key, account_key, member_key, product, proof, given_by, ends_at, used_on, valid_from) VALUES (` +
					a.Add(key()) + `, ` + a.Add(c.account) + `, ` + a.Add(c.rows[i].ID) + `, ` + a.Add(product) + `, 'claim', 1, ` + a.Add(ends) + `, 0, ` + a.Add(storetest.Noon) + `)`
				if _, err := tx.Exec(t.Context(), query, a); err != nil {
					return err
				}
			}
			return tx.Apply(t.Context(), store.Write{Changes: []store.Change{store.InsertPools{Account: c.account, Pools: []directory.Pool{plans, fleet}},
				store.MoveSeats{Account: c.account, Start: []directory.Seat{seat(plans, 0), seat(plans, 1), seat(fleet, 3)}}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		own, external, both := directory.HeldOwn, directory.HeldExternal, directory.HeldBoth
		for _, test := range []struct {
			name     string
			products []string
			held     []directory.Holding
			want     []int
		}{
			{"a product, by whatever", []string{"plans"}, nil, []int{0, 1, 2}},
			{"an offer", []string{"fleet/complete"}, nil, []int{3}},
			{"a product in any edition", []string{"fleet"}, nil, []int{3, 5}},
			{"another edition", []string{"fleet/light"}, nil, nil},
			{"EXT-2 own", []string{"plans"}, []directory.Holding{own}, []int{0}},
			{"EXT-2 external", []string{"plans"}, []directory.Holding{external}, []int{2}},
			{"EXT-2 both", []string{"plans"}, []directory.Holding{both}, []int{1}},
			{"EXT-2 own or both", []string{"plans"}, []directory.Holding{own, both}, []int{0, 1}},
			{"EXT-2 external, of any product", nil, []directory.Holding{external}, []int{2, 5}},
			{"an offer is never external", []string{"fleet/complete"}, []directory.Holding{external}, nil},
			{"hostile", []string{"'; DROP TABLE seat; --", "/", ""}, nil, nil},
		} {
			t.Run(test.name, func(t *testing.T) {
				list := store.MemberList{Account: c.account, Scope: everywhere(), Filter: store.MemberFilter{Products: test.products, Held: test.held, At: storetest.Noon}}
				var got []directory.MemberID
				err := db.View(t.Context(), func(r *store.Reader) (err error) {
					got, err = r.MemberKeys(t.Context(), list)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				var want []directory.MemberID
				for _, i := range test.want {
					want = append(want, c.rows[i].ID)
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
			})
		}
	})
}
