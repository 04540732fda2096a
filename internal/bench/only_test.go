package bench

import (
	"slices"
	"testing"
	"time"
)

// TestOnlyWhatIsAsked: people are thought up for the figures that are asked for.
func TestOnlyWhatIsAsked(t *testing.T) {
	r := &run{Options: Options{Now: time.Now, Only: []string{"add"}}}
	if got := []int{len(r.rowsFor("preview", 20)), len(r.rowsFor("add", 20))}; !slices.Equal(got, []int{0, 20}) || r.serial != 20 {
		t.Errorf("%v rows, %d people thought up", got, r.serial)
	}
}
