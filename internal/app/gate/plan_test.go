package gate

import (
	"testing"

	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestPlanIsWhole: what asks for no permission, or changes rows in silence, is
// not written.
func TestPlanIsWhole(t *testing.T) { // HIST-1
	t.Parallel()
	for _, test := range []struct {
		name string
		fill func(p *Plan)
		want bool
	}{
		{"HIST-1 a change without an entry", func(p *Plan) { p.OpenToAnyone("a test"); p.Change(store.WithdrawMails{}) }, false},
		{"nobody asked", func(p *Plan) { p.Change(store.WithdrawMails{}); p.Record(p.Entry(audit.MemberChanged, 0, 0)) }, false},
		{"HIST-1 an entry of an account that is not held", func(p *Plan) {
			p.OpenToAnyone("a test")
			p.Record(audit.Entry{Account: 8, Kind: audit.MemberChanged})
		}, false},
		{"whole", func(p *Plan) {
			p.OpenToAnyone("a test")
			p.Change(store.WithdrawMails{})
			p.Record(p.Entry(audit.MemberChanged, 0, 0))
		}, true},
		{"nothing", func(p *Plan) { p.OpenToAnyone("a test") }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &Plan{Basis: Basis{Account: 7}, draft: &draft{ledgers: map[directory.AccountID]*store.Ledger{7: {Account: 7}}}}
			test.fill(p)
			if _, err := p.finish(nil); (err == nil) != test.want {
				t.Errorf("finish: %v, want it to pass: %t", err, test.want)
			}
		})
	}
}
