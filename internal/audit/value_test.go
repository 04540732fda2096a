package audit

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func TestValue(t *testing.T) { // HIST-6
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("", 3600))
	for _, test := range []struct {
		name  string
		value Value
		want  string
	}{
		{"HIST-6 nothing", Nothing, `null`},
		{"HIST-6 an empty text is nothing", Text(""), `null`},
		{"HIST-6 text", Text("Renée <b> & \"Co\"\n"), `"Renée \u003cb\u003e \u0026 \"Co\"\n"`},
		{"HIST-6 broken text", Text("Ren\xe9e"), `"Ren�e"`},
		{"HIST-6 number", Number(0), `0`},
		{"HIST-6 yes or no", Bool(false), `false`},
		{"HIST-6 a moment in full", Time(at), `{"at":"2026-03-01T11:00:00.123456Z"}`},
		{"HIST-6 no moment", Time(time.Time{}), `null`},
		{"HIST-6 a thing", Thing(Role, int64(1<<40|7), "Architecte"), `{"kind":"role","id":1099511627783,"name":"Architecte"}`},
		{"HIST-6 a person has no name here", Thing(User, 7, ""), `{"kind":"user","id":7}`},
		{"HIST-6 no thing", Thing(Unit, 0, "Gand"), `null`},
		{"HIST-6 a list", List(Number(1), Thing(Unit, 2, "")), `[1,{"kind":"unit","id":2}]`},
		{"HIST-6 texts", Texts([]string{"fr", "en"}), `["fr","en"]`},
		{"HIST-6 an empty list is nothing", List(), `null`},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, err := json.Marshal(test.value)
			if err != nil || string(text) != test.want {
				t.Errorf("written %s, %v, want %s", text, err, test.want)
			}
			var read Value
			if err := json.Unmarshal(text, &read); err != nil || read != test.value {
				t.Errorf("read back %v, %v, want %v", read, err, test.value)
			}
		})
	}
	t.Run("HIST-6 values are read as what they are", func(t *testing.T) {
		if n, ok := Number(12).Number(); n != 12 || !ok {
			t.Errorf("Number = %d, %v", n, ok)
		}
		if n, ok := Text("12").Number(); n != 12 || !ok {
			t.Errorf("Number of an old text = %d, %v", n, ok)
		}
		if yes, ok := Text("true").Bool(); !yes || !ok {
			t.Errorf("Bool of an old text = %v, %v", yes, ok)
		}
		if _, ok := Text("1").Bool(); ok {
			t.Error("the text 1 is yes or no, want neither")
		}
		if got, ok := Time(at).Time(); !got.Equal(at.Truncate(time.Microsecond)) || !ok {
			t.Errorf("Time = %v, %v", got, ok)
		}
		if _, ok := Thing(Unit, 7, "Gand").Time(); ok {
			t.Error("a thing is a moment")
		}
		if _, ok := Time(at).Ref(); ok {
			t.Error("a moment is a thing")
		}
		refs := List(Thing(Unit, 7, "Gand"), Text("x"), Thing(Unit, 8, "")).Refs()
		if want := []Ref{{Unit, 7, "Gand"}, {Unit, 8, ""}}; !slices.Equal(refs, want) {
			t.Errorf("Refs = %v, want %v", refs, want)
		}
		if got := Text("one").Values(); !slices.Equal(got, []Value{Text("one")}) || Nothing.Values() != nil {
			t.Errorf("Values of a single one = %v", got)
		}
	})
}

// TestChangesAreWrittenAsEver holds the writing against package json's: it is
// what every entry since the first version was hashed over (HIST-3).
func TestChangesAreWrittenAsEver(t *testing.T) {
	for _, changes := range [][]Change{
		nil, {},
		{{Field: "status", Before: Text("active"), After: Text("é<\u2028\x00")}, {Field: "password"}},
		{{Field: "unit", After: List(Thing(Unit, 7, "<Gand>"), Time(time.Unix(1, 0)), Number(1), Bool(true))}},
	} {
		want, err := json.Marshal(changes)
		if err != nil {
			t.Fatal(err)
		}
		if got := written(changes); string(got) != string(want) {
			t.Errorf("written %s, want %s", got, want)
		}
	}
	var old []Change
	const version1 = `[{"field":"functions","before":"architect, buyer"},{"field":"ends","before":"2026-01-31","after":"2026-02-28"}]`
	if err := json.Unmarshal([]byte(version1), &old); err != nil || string(written(old)) != version1 {
		t.Errorf("an old entry is written %s, %v, want %s", written(old), err, version1)
	}
	if old[0].Before != Text("architect, buyer") || !old[0].Before.IsText() {
		t.Errorf("an old value is %v, want a text", old[0].Before)
	}
}

func TestSame(t *testing.T) { // HIST-6
	old, now := Thing(Role, 7, "Architecte"), Thing(Role, 7, "Architect")
	for _, test := range []struct {
		name string
		a, b Value
		want bool
	}{
		{"a thing by its key", old, now, true},
		{"another thing", old, Thing(Role, 8, "Architecte"), false},
		{"a key of another noun", old, Thing(Unit, 7, "Architecte"), false},
		{"a text of the first version that names it", Text("Architecte"), old, true},
		{"a text that names another", old, Text("Maçon"), false},
		{"a number that was written as a text", Number(5), Text("5"), true},
		{"nothing and nothing", Nothing, Text(""), true},
		{"nothing and a list", Nothing, List(old), false},
		{"lists of things", List(old, Text("x")), List(now, Text("x")), true},
		{"lists in another order", Texts([]string{"a", "b"}), Texts([]string{"b", "a"}), false},
		{"a list and one of it", List(old), old, false},
		{"no and nothing", Bool(false), Nothing, false},
	} {
		t.Run("HIST-6 "+test.name, func(t *testing.T) {
			if test.a.Same(test.b) != test.want || test.b.Same(test.a) != test.want {
				t.Errorf("%s and %s: want %t", test.a, test.b, test.want)
			}
		})
	}
}
