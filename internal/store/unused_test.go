package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// BenchmarkUnusedSeats counts what nobody uses among a million seats, most of which
// are old (REP-3). The seats are one member's, of as many products: the count looks
// at pool, day and age only.
func BenchmarkUnusedSeats(b *testing.B) {
	const many = 1_000_000
	for _, kind := range storetest.Kinds(b) {
		b.Run(kind, func(b *testing.B) {
			db := storetest.OpenWith(b, kind, store.Options{Deadlines: store.Deadlines{Statement: time.Hour, Change: time.Hour, Reading: time.Hour}})
			c := fill(b, db, 1)
			key := directory.NewKey(c.account, 20_000_000)
			pool := directory.Pool{ID: directory.PoolID(key), UUID: uuid.NewString(), Unit: c.root, Offer: directory.Offer{Product: "plans"}}
			err := db.Update(b.Context(), []directory.AccountID{c.account}, func(tx *store.Tx) error {
				if err := tx.Apply(b.Context(), store.Write{Changes: []store.Change{store.InsertPools{Account: c.account, Pools: []directory.Pool{pool}}}}); err != nil {
					return err
				}
				var a store.Args
				query := `INSERT INTO seat (key, account_key, pool_key, member_key, product, reserved, given_by, used_on, valid_from)
					WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ` + a.Add(int64(many)) + `)
					SELECT ` + a.Add(key) + ` + i, ` + a.Add(c.account) + `, ` + a.Add(key) + `, ` + a.Add(c.rows[0].ID) + `, CAST(i AS TEXT), 0, 1, 20000 + i % 400, ` + a.Add(storetest.Noon) + ` FROM n`
				_, err := tx.Exec(b.Context(), query, a)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := db.Pool().ExecContext(b.Context(), map[string]string{"sqlite": "ANALYZE", "postgres": "VACUUM ANALYZE seat"}[kind]); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				err := db.View(b.Context(), func(r *store.Reader) error {
					unused, err := r.UnusedSeats(b.Context(), []directory.PoolID{pool.ID}, storetest.Noon, 20300)
					if unused[pool.ID] != many*3/4 {
						b.Fatal(unused)
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
