package seats_test

import (
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// crowded is a firm of many members with a seat for each.
func crowded(b *testing.B, kind string, n int) firm {
	w := apptest.New(b, kind)
	f := newFirm(w)
	w.Crowd(f.account, n)
	f.buys(plans, int64(n)+10, directory.Day{})
	return f
}

// BenchmarkAssign assigns and takes back seats of 20,000 members in one act.
func BenchmarkAssign(b *testing.B) {
	for _, kind := range storetest.Kinds(b) {
		b.Run(kind, func(b *testing.B) { assignToMany(b, kind) })
	}
}

func assignToMany(b *testing.B, kind string) {
	const many = 20_000
	f := crowded(b, kind, many)
	able := []directory.Status{directory.Active, directory.Invited, directory.NotInvited}
	found, err := f.Members.List(b.Context(), f.admin, f.account.ID, app.MemberQuery{Statuses: able, Size: 1})
	f.Must(err)
	all := app.Selection{All: &app.MemberQuery{Statuses: able}, Count: found.Total}
	seats, began := int64(0), time.Now()
	for i := 0; b.Loop(); i++ {
		act := f.Seats.Assign
		if i%2 == 1 {
			act = f.Seats.Withdraw
		}
		verdicts, err := act(b.Context(), f.admin, f.account.ID, all, plans)
		f.Must(err)
		seats += int64(verdicts.Count(app.Changed))
	}
	b.ReportMetric(float64(seats)/time.Since(began).Seconds(), "seats/s")
}

// BenchmarkUse asks whether somebody may use a product, BenchmarkMay whether they
// may do something at the root: the same account, token and index.
func BenchmarkUse(b *testing.B) {
	benchmarkQuestion(b, app.Question{Action: "use", Resource: app.Entity{Type: "product", ID: "plans"}})
}

// BenchmarkMay is the question that BenchmarkUse is held against.
func BenchmarkMay(b *testing.B) {
	benchmarkQuestion(b, app.Question{Action: "members.view", Resource: app.Entity{Type: "account", ID: "204817"}})
}

func benchmarkQuestion(b *testing.B, q app.Question) {
	f := crowded(b, "sqlite", 10_000)
	_, m := f.Member(f.account, "karim@maraval.example")
	f.Must(f.assign(m.UUID, plans))
	_, err := f.Grants.Give(b.Context(), f.admin, f.account.ID, app.Giving{Who: app.Of(m.UUID), Role: "fleet-manager", Units: []string{f.root()}})
	f.Must(err)
	q.Subject = app.Entity{Type: "user", ID: m.UUID}
	caller := app.Caller{Token: f.token(), From: func() app.Client { return app.Client{} }}
	for b.Loop() {
		answer, err := f.Checks.Evaluate(b.Context(), caller, q)
		if err != nil || !answer.Allowed {
			b.Fatal(answer, err)
		}
	}
}
