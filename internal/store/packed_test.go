package store_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestPackMembers reads members by every single need, by all and by many of them mixed:
// what is needed is what a list reads of them, in the order asked for, and nothing
// stays from the member before.
func TestPackMembers(t *testing.T) { // REP-2
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 60)
		now := storetest.Noon
		c.strange(t, db, now)
		random := rand.New(rand.NewPCG(5, 6))
		needs := []store.MemberNeed{0, store.NeedAll}
		for need := store.MemberNeed(1); need < store.NeedAll; need <<= 1 {
			needs = append(needs, need)
		}
		for range 40 {
			needs = append(needs, store.MemberNeed(random.Uint32N(store.NeedAll)))
		}
		keys := []directory.MemberID{directory.MemberID(directory.NewKey(c.account, 1<<30))} // nobody’s
		for _, i := range random.Perm(len(c.rows)) {
			keys = append(keys, c.rows[i].ID)
		}
		err := db.ViewLong(t.Context(), func(r *store.Reader) error {
			stock, err := r.Stock(t.Context(), c.account)
			if err != nil {
				return err
			}
			all, err := r.MemberLines(t.Context(), keys, now)
			if err != nil {
				return err
			}
			for _, need := range needs {
				packed, err := r.PackMembers(t.Context(), store.Packing{Keys: keys, Needs: need, Stock: stock, Now: now})
				if err != nil {
					return err
				}
				var got, want []store.MemberLine
				for line, err := range packed.Lines() {
					if err != nil {
						return err
					}
					got = append(got, only(*line, need))
				}
				for _, line := range all {
					want = append(want, only(line, need))
					if need&store.NeedCompany != 0 && !slices.Contains(packed.Companies, line.Company) {
						t.Errorf("needs %b: company %d is not among %v", need, line.Company, packed.Companies)
					}
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("needs %b (-want +got):\n%s", need, diff)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// strange gives members what is rare: several roles, moments, products of both kinds,
// texts that hold what parts the columns of a packed line.
func (c crowd) strange(t *testing.T, db *store.DB, now time.Time) {
	t.Helper()
	soon, over := now.Add(time.Hour).UnixMicro(), now.Add(-time.Hour).UnixMicro()
	run := func(query string, values ...any) {
		t.Helper()
		if _, err := db.Pool().ExecContext(t.Context(), query, values...); err != nil {
			t.Fatal(err)
		}
	}
	key := func(n int64) int64 { return directory.NewKey(c.account, 1<<20+n) }
	for i, product := range []string{"plan", "plan", "chat"} {
		run(`INSERT INTO seat_pool (key, uuid, account_key, unit_key, product, edition, allotted, held, reserved, version)
			VALUES ($1, $2, $3, $4, $5, $6, 9, 0, 0, 1)`, key(int64(i)), product+string(rune('0'+i)), c.account, c.root, product, []string{"", "pro", ""}[i])
	}
	member := func(i int) directory.MemberID { return c.rows[i].ID }
	seat := func(n int64, i int, pool int64, product string, to any) {
		t.Helper()
		run(`INSERT INTO seat (key, account_key, pool_key, member_key, product, reserved, given_by, used_on, valid_from, valid_to)
			VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 1, $6)`, key(n), c.account, key(pool), member(i), product, to)
	}
	brought := func(n int64, i int, product string, ends, to any) {
		t.Helper()
		run(`INSERT INTO external_subscription (key, account_key, member_key, product, proof, given_by, ends_at, used_on, valid_from, valid_to)
			VALUES ($1, $2, $3, $4, 'claim', 0, $5, 0, 1, $6)`, key(n), c.account, member(i), product, ends, to)
	}
	seat(20, 3, 0, "plan", nil)
	seat(10, 3, 2, "chat", nil)
	brought(15, 3, "plan", nil, nil)
	seat(21, 4, 1, "plan", nil)
	brought(16, 4, "site", soon, nil)
	brought(17, 4, "chat", over, nil)
	brought(5, 5, "plan", nil, nil)
	seat(22, 6, 1, "plan", over)
	brought(18, 6, "chat", nil, over)
	run(`UPDATE member SET last_seen_at = $1, ends_at = $2 WHERE key = $3`, over, soon, member(3))
	run(`UPDATE member SET last_seen_at = 0 WHERE key = $1`, member(4))
	run(`UPDATE member SET functions = '[' || $1 || ',' || $2 || ']', level_key = $3, more_levels = '[' || $4 || ']' WHERE key = $5`,
		text(c.functions[0]), text(c.functions[2]), c.levels[0], text(c.levels[1]), member(7))
	run(`UPDATE member SET job_title = $1, suggested_last_name = $2 WHERE key IN ($3, $4)`, "Chef\x1fadjoint", "\x1f", member(3), member(8))
	run(`UPDATE member SET phone = $1, personnel_number = 'B-12' WHERE key = $2`, "; \"' \n", member(9))
	run(`UPDATE "user" SET email = $1, civility = 'ms', language = '' WHERE key = $2`, "\x1f@maraval.example", c.rows[10].User)
}

// only is what some needs read of a line.
func only(l store.MemberLine, needs store.MemberNeed) store.MemberLine {
	some := store.MemberLine{}
	some.ID = l.ID
	for _, part := range []struct {
		need store.MemberNeed
		take func()
	}{
		{store.NeedCompany, func() { some.Company = l.Company }},
		{store.NeedUnit, func() { some.Unit = l.Unit }},
		{store.NeedStatus, func() { some.Status = l.Status }},
		{store.NeedFunctions, func() { some.Functions = l.Functions }},
		{store.NeedLevels, func() { some.Level, some.MoreLevels = l.Level, l.MoreLevels }},
		{store.NeedAdded, func() { some.Added = l.Added }},
		{store.NeedLastSeen, func() { some.LastSeen = l.LastSeen }},
		{store.NeedEnds, func() { some.Ends = l.Ends }},
		{store.NeedNames, func() {
			some.Person.First, some.Person.Last, some.Suggested = l.Person.First, l.Person.Last, l.Suggested
		}},
		{store.NeedCivility, func() { some.Person.Civility = l.Person.Civility }},
		{store.NeedEmail, func() { some.Person.Email = l.Person.Email }},
		{store.NeedUserName, func() { some.Person.UserName = l.Person.UserName }},
		{store.NeedLanguage, func() { some.Person.Language = l.Person.Language }},
		{store.NeedPlaceTexts, func() { some.PlaceTexts = l.PlaceTexts }},
		{store.NeedUUID, func() { some.UUID = l.UUID }},
		{store.NeedProducts, func() { some.Products = slices.Clone(l.Products) }},
	} {
		if needs&part.need != 0 {
			part.take()
		}
	}
	return some
}

func text(role directory.RoleID) string {
	return strconv.FormatInt(int64(role), 10)
}
