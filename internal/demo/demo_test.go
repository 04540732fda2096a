package demo

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	t.Parallel()
	present := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	c := NewClock(func() time.Time { return present })
	c.stand(present.AddDate(-1, 0, 0))
	if got := c.Now(); !got.Equal(present.AddDate(-1, 0, 0)) {
		t.Errorf("standing: %v", got)
	}
	c.run()
	if got := c.Now(); !got.Equal(present) {
		t.Errorf("running: %v", got)
	}
}

// TestNames: the same seed invents the same people, and nobody twice.
func TestNames(t *testing.T) {
	t.Parallel()
	a, b := NewNames(3), NewNames(3)
	seen := map[string]bool{}
	for range 5000 {
		p, q := a.Person("maraval.example"), b.Person("maraval.example")
		if p != q {
			t.Fatalf("%+v and %+v of one seed", p, q)
		}
		if seen[p.Email] {
			t.Fatalf("%s twice", p.Email)
		}
		seen[p.Email] = true
	}
}
