package messages

import (
	"encoding/json"
	"testing"
)

// TestVisit holds what is read of each file against what json reads of it.
func TestVisit(t *testing.T) {
	t.Parallel()
	for _, code := range Languages() {
		content, err := Read(code)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal([]byte(content), &raw); err != nil {
			t.Fatalf("parse %s: %v", code, err)
		}
		visited := 0
		err = Visit(code, func(key string, got Message) {
			visited++
			var want Message
			if json.Unmarshal(raw[key], &want.Other) != nil && json.Unmarshal(raw[key], &want) != nil || got != want {
				t.Errorf("%s: %s is read as %q, want %q", code, key, got, want)
			}
		})
		if err != nil || visited != len(raw) {
			t.Errorf("%s: %d messages, want %d: %v", code, visited, len(raw), err)
		}
	}
}

func TestScan(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		fails      bool
	}{
		{"nothing", `{}`, false},
		{"texts", `{"a": "é \"x\" \u00e9 \\", "b":"2"}`, false},
		{"forms", "{\n\"a\": {\"one\": \"1\", \"many\": \"3\", \"other\": \"2\"}\n}\n", false},
		{"no object", `["a"]`, true},
		{"an empty file", ``, true},
		{"a number", `{"a": 1}`, true},
		{"null", `{"a": null}`, true},
		{"a list", `{"a": ["b"]}`, true},
		{"an unknown form", `{"a": {"two": "2"}}`, true},
		{"a form of forms", `{"a": {"one": {"one": "1"}}}`, true},
		{"no comma", `{"a": "1" "b": "2"}`, true},
		{"a comma too many", `{"a": "1",}`, true},
		{"no colon", `{"a" "1"}`, true},
		{"an open text", `{"a": "1}`, true},
		{"an escape that is none", `{"a": "\x"}`, true},
		{"a line within a text", "{\"a\": \"1\n2\"}", true},
		{"an open object", `{"a": "1"`, true},
		{"two objects", `{"a": "1"} {}`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if err := read(test.file, func(string, Message) {}); (err != nil) != test.fails {
				t.Errorf("error %v, want one: %t", err, test.fails)
			}
		})
	}
}
