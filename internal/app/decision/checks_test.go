package decision

import (
	"fmt"
	"testing"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
)

func TestAnswerAll(t *testing.T) { // CHECK-3
	t.Parallel()
	for _, test := range []struct {
		semantic        Semantic
		decisions, want string
	}{
		{ExecuteAll, "yny", "yny"}, {ExecuteAll, "", ""},
		{DenyOnFirstDeny, "yyny", "yyn"}, {DenyOnFirstDeny, "yy", "yy"}, {DenyOnFirstDeny, "ny", "n"},
		{PermitOnFirstPermit, "nnyn", "nny"}, {PermitOnFirstPermit, "nn", "nn"}, {PermitOnFirstPermit, "yn", "y"},
	} {
		questions := make([]Question, len(test.decisions))
		asked := 0
		answers := answerAll(questions, test.semantic, func(Question) Answer {
			asked++
			return Answer{Allowed: test.decisions[asked-1] == 'y'}
		})
		got := ""
		for _, a := range answers {
			got += map[bool]string{true: "y", false: "n"}[a.Allowed]
		}
		if got != test.want || asked != len(test.want) {
			t.Errorf("%s of %s: %s after %d, want %s", test.semantic, test.decisions, got, asked, test.want)
		}
	}
}

// largeDesk is a desk over an account of members and units in groups of ten,
// with a role of each at one unit.
func largeDesk(tb testing.TB, members, units int) *desk {
	tb.Helper()
	c, err := catalogue.ReadBuiltin("fleet")
	if err != nil {
		tb.Fatal(err)
	}
	s := authz.Structure{Units: []directory.Unit{{ID: 1, UUID: "root"}}, Rules: gate.RulesOf(c)}
	for i := 2; i <= units; i++ {
		s.Units = append(s.Units, directory.Unit{ID: directory.UnitID(i), UUID: fmt.Sprintf("unit-%d", i), Parent: directory.UnitID(i / 10), Level: "location", External: fmt.Sprintf("L-%d", i)})
		if i < 10 {
			s.Units[i-1].Parent = 1
		}
	}
	for i, r := range c.Roles {
		s.Roles = append(s.Roles, directory.Role{ID: directory.RoleID(i + 1), Kind: directory.RightsRole, Permissions: r.Permissions})
	}
	x := authz.NewIndex(authz.NewTree(s), directory.AccountOpen, members)
	for i := 1; i <= members; i++ {
		m := authz.Resident{UUID: fmt.Sprintf("member-%d", i), Names: map[string]string{authz.ByEmail: fmt.Sprintf("person.%d@maraval.example", i), authz.ByID: fmt.Sprintf("user-%d", i)}}
		m.Standing = authz.Standing{Account: 1, Member: directory.MemberID(i), User: directory.UserID(i), Status: directory.Active, Home: 1,
			Held: []authz.Held{{Unit: directory.UnitID(1 + i%units), Role: directory.RoleID(1 + i%len(c.Roles)), Grant: 1}, {Unit: directory.UnitID(1 + 7*i%units), Role: 2, Grant: 2}}}
		x.Put(m)
	}
	checks := &Checks{&core{}}
	return &desk{asker: &asker{account: directory.Account{ID: 1, Type: "fleet"}}, checks: checks, x: x, now: time.Unix(1_770_000_000, 0),
		words: checks.checks.words.of(c)}
}

// BenchmarkDecide is one question answered in memory: an account of 100,000
// members and 10,000 units, questions at random, yes and no.
func BenchmarkDecide(b *testing.B) {
	d := largeDesk(b, 100_000, 10_000)
	questions := make([]Question, 8192)
	for i := range questions {
		member := 1 + i*7919%100_000
		unit := 1 + 7*member%10_000 // where the member may view and book
		if i%2 == 1 {
			unit = 2 + i*6151%9_999
		}
		questions[i] = Question{Subject: Entity{"user", fmt.Sprintf("user-%d", member)}, Action: []string{"view", "book"}[i/2%2],
			Resource: Entity{"location", fmt.Sprintf("unit-%d", unit)}}
		d.answer(questions[i]) // who could give what is found once
	}
	yes := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if d.answer(questions[i%len(questions)]).Allowed {
			yes++
		}
	}
	b.ReportMetric(float64(yes)/float64(b.N), "yes/op")
}
