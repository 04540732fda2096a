package directory_test

import (
	"encoding/json"
	"testing"

	"intendant/internal/directory"
)

// TestErrorIsKept: a refusal that was kept is told like before, its numbers whole.
func TestErrorIsKept(t *testing.T) { // BULK-3
	t.Parallel()
	before := &directory.Error{Kind: directory.Conflict, Code: "grant.too_many", Field: "unit",
		Args: directory.Args{"Count": 100_001, "Limit": int64(100_000), "Name": "Nord"}}
	kept, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var after *directory.Error
	if err := json.Unmarshal(kept, &after); err != nil {
		t.Fatal(err)
	}
	if after.Error() != before.Error() {
		t.Errorf("BULK-3 kept as %q, was %q", after, before)
	}
	for name := range before.Args {
		if _, fraction := after.Args[name].(float64); fraction {
			t.Errorf("BULK-3 %s came back as a fraction", name)
		}
	}
}
