package api_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/apptest"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestLoadTrips: what a chunk of lines reads does not grow with them.
func TestLoadTrips(t *testing.T) { // API-4, LIST-10
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var heard trips
			s := newStandOf(t, apptest.OnWith(t, storetest.Address(t, kind), store.Options{Trips: heard.hear}), api.Options{PerMinute: 1_000_000}, "construction")
			s.load("", `{"unit":{"external_id":"top","level":"division","name":"Tête"}}`)
			reads := map[string][]int{}
			for round, n := range []int{40, 400, 400} {
				again := min(round, 1) // the last sends what the one before it sent
				lines := map[string][]string{}
				for i := range n {
					above := "top"
					if i > 0 {
						above = fmt.Sprintf("u%d-%d", again, (i+7)/8)
					}
					lines["unit"] = append(lines["unit"], fmt.Sprintf(`{"unit":{"external_id":"u%d-%d","parent":%q,"level":"division","name":"D %d %d"}}`, again, i+1, above, again, i))
					lines["member"] = append(lines["member"], fmt.Sprintf(`{"member":{"email":"m%d.%d@maraval.example","company":"C %d","home_unit":"top","grants":[{"role":"manager","unit":"top"},{"role":"manager","unit":"u%d-%d"}]}}`,
						again, i, i%3, again, i+1))
				}
				for _, of := range []string{"unit", "member"} {
					heard.forget()
					rows, end := s.load("?invite=none", lines[of]...)
					if end.Refused > 0 {
						t.Fatal(said(rows))
					}
					reads[of] = append(reads[of], heard.reads())
				}
			}
			for of, counts := range reads {
				if counts[1] > counts[0]+5 || counts[2] > counts[0]+5 {
					t.Errorf("%ss: 40, 400 and 400 again are read for by %d statements:\n%s", of, counts, heard.told())
				}
			}
		})
	}
}

// reads is how many of the statements read.
func (h *trips) reads() int {
	n := 0
	for line := range strings.Lines(h.told()) {
		_, statement, _ := strings.Cut(line, " ")
		if strings.HasPrefix(statement, "SELECT") || strings.HasPrefix(statement, "WITH") {
			n++
		}
	}
	return n
}
