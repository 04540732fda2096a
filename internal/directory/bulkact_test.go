package directory

import (
	"testing"
	"time"
)

func TestBulkActLeft(t *testing.T) { // BULK-4
	t.Parallel()
	began := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		state       BulkState
		done, total int64
		after, want time.Duration
	}{
		"a quarter took ten seconds": {BulkRunning, 5000, 20_000, 10 * time.Second, 30 * time.Second},
		"too early to tell":          {BulkRunning, 500, 20_000, 10 * time.Second, 0},
		"no time passed":             {BulkRunning, 5000, 20_000, 0, 0},
		"all is done":                {BulkRunning, 20_000, 20_000, 10 * time.Second, 0},
		"over":                       {BulkStopped, 5000, 20_000, 10 * time.Second, 0},
	} {
		t.Run("BULK-4 "+name, func(t *testing.T) {
			act := BulkAct{State: test.state, Created: began, Counts: BulkCounts{Done: test.done, Total: test.total}}
			if got := act.Left(began.Add(test.after)); got != test.want {
				t.Errorf("left %v, want %v", got, test.want)
			}
		})
	}
}
