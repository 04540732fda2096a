package audit

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
	"time"
)

// entry is one with open, personal and secret changes.
func entry() Entry {
	e := Entry{Account: 7, N: 1, At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Actor: 5, ActorKind: "person", Door: "page",
		Kind: MemberChanged, Subject: 6, Unit: 7<<32 | 1, Object: 7<<32 | 2, Batch: "b", Salt: bytes.Repeat([]byte{1}, 16)}
	e.Note("status", "active", "inactive")
	e.Note("last_name", "Moreau", "Moreau-Vial")
	e.Note("password", "one", "two")
	e.Note("phone", "same", "same")
	return e
}

func TestEntryNote(t *testing.T) {
	e := entry()
	t.Run("HIST-1 secrets never, and what is not classified is one", func(t *testing.T) {
		e.Note("something_new", "before", "after")
		want := []Change{{"status", Text("active"), Text("inactive")}, {Field: "password"}, {Field: "something_new"}}
		if !slices.Equal(e.Facts, want) {
			t.Errorf("facts %v, want %v", e.Facts, want)
		}
	})
	t.Run("HIST-3 personal values lie beside the chain", func(t *testing.T) {
		if want := []Change{{"last_name", Text("Moreau"), Text("Moreau-Vial")}}; !slices.Equal(e.Personal, want) {
			t.Errorf("personal %v, want %v", e.Personal, want)
		}
	})
}

func TestEntryVerify(t *testing.T) { // HIST-3
	before := []byte("the hash before")
	for _, test := range []struct {
		name   string
		change func(*Entry)
		want   bool
	}{
		{"HIST-3 as written", func(*Entry) {}, true},
		{"HIST-3 personal values erased", func(e *Entry) { e.Personal, e.Salt, e.Erased = nil, nil, true }, true},
		{"HIST-3 personal values changed", func(e *Entry) { e.Personal[0].After = Text("X") }, false},
		{"HIST-3 personal values gone, not erased", func(e *Entry) { e.Personal = nil }, false},
		{"HIST-3 salt changed", func(e *Entry) { e.Salt[0]++ }, false},
		{"HIST-3 fact changed", func(e *Entry) { e.Facts[0].After = Text("active") }, false},
		{"HIST-3 kind changed", func(e *Entry) { e.Kind = MemberRemoved }, false},
		{"HIST-3 actor changed", func(e *Entry) { e.Actor++ }, false},
		{"HIST-3 subject changed", func(e *Entry) { e.Subject++ }, false},
		{"HIST-3 unit changed", func(e *Entry) { e.Unit++ }, false},
		{"HIST-3 object changed", func(e *Entry) { e.Object++ }, false},
		{"HIST-3 time changed", func(e *Entry) { e.At = e.At.Add(time.Microsecond) }, false},
		{"HIST-3 door changed", func(e *Entry) { e.Door = "command" }, false},
		{"HIST-3 staff entry changed", func(e *Entry) { e.StaffEntry = 1 }, false},
		{"HIST-3 batch moved into actor kind", func(e *Entry) { e.Batch, e.ActorKind = "", "bperson" }, false},
		{"HIST-3 account changed", func(e *Entry) { e.Account++ }, false},
		{"HIST-3 number changed", func(e *Entry) { e.N++ }, false},
		{"HIST-3 digest changed", func(e *Entry) { e.Erased = true; e.Digest = bytes.Repeat([]byte{1}, 32) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := entry()
			e.Chain(before)
			test.change(&e)
			if got := e.Verify(before); got != test.want {
				t.Errorf("Verify = %v, want %v", got, test.want)
			}
		})
	}
	t.Run("HIST-3 another entry before", func(t *testing.T) {
		e := entry()
		e.Chain(before)
		if e.Verify([]byte("another")) {
			t.Error("Verify after another entry = true, want false")
		}
	})
	t.Run("HIST-3 broken text survives being stored", func(t *testing.T) {
		e := entry()
		e.Note("first_name", "", "Ren\xe9e")
		e.Note("name", "", "Ren\xe9e")
		e.Chain(before)
		for _, changes := range []*[]Change{&e.Facts, &e.Personal} {
			text, err := json.Marshal(*changes)
			if err != nil {
				t.Fatal(err)
			}
			*changes = nil
			if err := json.Unmarshal(text, changes); err != nil {
				t.Fatal(err)
			}
		}
		if !e.Verify(before) {
			t.Error("Verify of what was stored and read = false, want true")
		}
	})
}

func TestKinds(t *testing.T) {
	seen := map[Kind]bool{}
	for _, k := range Kinds() {
		if seen[k] || !strings.Contains(string(k), ".") || !slices.Contains(KindsOf(k.Group()), k) {
			t.Errorf("kind %q comes twice or has no group", k)
		}
		seen[k] = true
	}
	groups := Groups()
	if slices.Sort(groups); len(slices.Compact(groups)) != len(Groups()) {
		t.Errorf("a group is not in one piece: %v", Groups())
	}
	if KindsOf("nothing") != nil {
		t.Error("KindsOf an unknown group: want none")
	}
}

// TestTables holds the tables of kinds and fields against the constants and
// each other (HIST-1, HIST-6).
func TestTables(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "kinds.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Kind" {
				declared += len(spec.Names)
			}
		}
		return true
	})
	if declared != len(Rows()) {
		t.Errorf("%d kinds are declared and %d have their row", declared, len(Rows()))
	}
	used := map[string]bool{}
	for _, row := range Rows() {
		if row.Kind.Row() != row {
			t.Errorf("kind %s has two rows", row.Kind)
		}
		for _, field := range strings.Fields(row.Fields) {
			used[field] = true
			if ClassOf(field) == Secret {
				t.Errorf("HIST-1 field %s of %s has no class", field, row.Kind)
			}
		}
		if !row.Person && slices.ContainsFunc(strings.Fields(row.Fields), func(f string) bool { return ClassOf(f) == Personal }) &&
			!slices.Contains(aboutNobody(), row.Kind) {
			t.Errorf("USER-7 %s has personal values and names nobody with whom they are erased", row.Kind)
		}
	}
	for name := range Fields() {
		if !used[name] && !slices.Contains(formerFields(), name) {
			t.Errorf("no kind has the field %s", name)
		}
	}
}

// aboutNobody are kinds whose personal values are not of a user: a customer's
// contact on file, a reason that staff gave, the name of a file.
func aboutNobody() []Kind {
	return []Kind{AccountChanged, AccountSuspended, AccountReopened, AccountClosed, KeyRevoked, StaffEntered, ImportStarted, ImportFinished, ImportStopped}
}

// formerFields stand in entries of earlier versions, or will in later ones.
func formerFields() []string {
	return []string{"verified", "active", "letter", "country", "signature", "person", "password_policy"}
}
