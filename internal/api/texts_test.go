package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// TestNothingStoredBesidesTheTable sends every operation hostile texts in every
// member of its body, and reads afterwards what is stored.
func TestNothingStoredBesidesTheTable(t *testing.T) { // DOOR-6
	t.Parallel()
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			q := newQuarter(t, apptest.On(t, address))
			q.router = nil // what is sent fits no description
			for id := range q.operations() {
				e := exchanges()[id]
				if e.body == "" {
					continue
				}
				path := q.named(q.path(e.path))
				var sample map[string]any
				q.Must(json.Unmarshal([]byte(q.named(e.body)), &sample))
				for _, field := range slices.Sorted(keysOf(sample)) {
					was := sample[field]
					for _, text := range []string{strings.Repeat("a", 70_000), strings.Repeat("é", 35_000), "Marie\u202egnp.exe", "a\x1bb", "\u200b", "e\u0301"} {
						sample[field] = text
						body, err := json.Marshal(sample)
						q.Must(err)
						q.ask(e.method, path, string(body))
					}
					sample[field] = was
				}
			}
			for _, rule := range directory.TextRules() {
				for _, column := range rule.Columns {
					for _, text := range storetest.Column(t, address, column) {
						if utf8.RuneCountInString(text) > rule.Most && rule.Kind != directory.RoleName || strings.ContainsAny(text, "\u202e\x1b\u200b\u0301") {
							t.Errorf("DOOR-6 %s holds %d characters, %.40q", column, utf8.RuneCountInString(text), text)
						}
					}
				}
			}
		})
	}
}
