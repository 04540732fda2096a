package catalogue

import (
	"encoding/json"
	"strings"
	"testing"

	"intendant/internal/directory"
)

// TestSchemaKnowsSettings holds the schema, which editors of catalogues read,
// against the rows of what accounts may set for themselves too.
func TestSchemaKnowsSettings(t *testing.T) { // SIGN-3, INV-1
	type node struct {
		Type             string
		Minimum, Maximum *int
		Properties       map[string]json.RawMessage
		Ref              string `json:"$ref"`
	}
	var schema struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	read := func(text []byte, into any) {
		t.Helper()
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
	read(schemaJSON, &schema)
	for _, row := range directory.AccountSettings() {
		if row.Policy == "" {
			continue
		}
		var at node
		read(schema.Defs["policies"], &at)
		for name := range strings.SplitSeq(row.Policy, ".") {
			text, ok := at.Properties[name]
			if !ok {
				t.Fatalf("the schema has no policy %s", row.Policy)
			}
			at = node{}
			read(text, &at)
		}
		least := row.Bounds.Least
		if row.Bounds.Never {
			least = 0
		}
		if row.Kind == directory.NumberSetting && (at.Type != "integer" || at.Minimum == nil || *at.Minimum != least || at.Maximum == nil || *at.Maximum != row.Bounds.Most) {
			t.Errorf("%s: the schema has %+v, the row %+v", row.Policy, at, row.Bounds)
		}
		if row.Kind == directory.LanguagesSetting && at.Ref != "#/$defs/languages" {
			t.Errorf("%s: the schema refers to %q", row.Policy, at.Ref)
		}
	}
}
