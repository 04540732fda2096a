package gate

import "sync"

// Totals keeps counts of filtered lists: only the first who asks for a view of an
// account in one state waits for them. A key says account, sequence and filter.
type Totals struct {
	mu   sync.Mutex
	kept map[string]int64
}

// keptTotals is how many are kept at most; then all are forgotten.
const keptTotals = 10_000

// At is the count that was kept under a key, if one was.
func (t *Totals) At(key string) (int64, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.kept[key]
	return n, ok
}

// Keep keeps a count under a key.
func (t *Totals) Keep(key string, n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == nil || len(t.kept) >= keptTotals {
		t.kept = map[string]int64{}
	}
	t.kept[key] = n
}
