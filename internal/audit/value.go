package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Noun is what kind of row a key names.
type Noun string

// The nouns that entries and values name. A key is one row's only, whatever its
// noun; the noun says where to look, and what is meant when the row is gone.
const (
	Account       Noun = "account"
	Unit          Noun = "unit"
	Company       Noun = "company"
	Role          Noun = "role"
	Member        Noun = "member"
	User          Noun = "user"
	Grant         Noun = "grant"
	Subscription  Noun = "subscription"
	SeatRule      Noun = "seat_rule"
	AdminKey      Noun = "key"
	KeyRequest    Noun = "key_request"
	JoinRequest   Noun = "join"
	Import        Noun = "import"
	Token         Noun = "token"
	Credential    Noun = "credential"
	Mail          Noun = "mail"
	Document      Noun = "document"
	ProjectType   Noun = "project_type"
	Template      Noun = "template"
	CatalogueText Noun = "catalogue"
)

// A Value is what a field was or became: a text, a number, yes or no, a moment,
// a thing by its key, or a list of values. The zero value is nothing. It holds
// the value as it is written, so that an entry read from a database and hashed
// again is the entry that was written, whichever program wrote it: entries of
// the first version know texts only, and read as such.
//
// Values are compared with ==.
type Value struct{ written string }

// Nothing is where there was, or is, no value.
var Nothing Value

// Text is a text, or a code that a catalogue or the program declares; the empty
// text is nothing. Broken text is mended: it would not come back from a
// database as it was hashed.
func Text[S ~string](s S) Value {
	if s == "" {
		return Nothing
	}
	return Value{quote(string(s))}
}

// Number is a number; zero is one too.
func Number[N ~int | ~int64](n N) Value { return Value{strconv.FormatInt(int64(n), 10)} }

// Bool is yes or no.
func Bool(b bool) Value { return Value{strconv.FormatBool(b)} }

// Time is a moment in full; the zero time is nothing.
func Time(t time.Time) Value {
	if t.IsZero() {
		return Nothing
	}
	return Value{`{"at":"` + t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano) + `"}`}
}

// Thing is a row by its key, with what it was called at that time, for readers
// who come when it is gone; key 0 is nothing. Of a person give no name: a name
// is personal, and erased with them.
func Thing[K ~int | ~int64](noun Noun, key K, name string) Value {
	if key == 0 {
		return Nothing
	}
	text := `{"kind":"` + string(noun) + `","id":` + strconv.FormatInt(int64(key), 10)
	if name != "" {
		text += `,"name":` + quote(name)
	}
	return Value{text + "}"}
}

// List is several values in their order; without any it is nothing.
func List(values ...Value) Value {
	if len(values) == 0 {
		return Nothing
	}
	var text strings.Builder
	text.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(v.orNull())
	}
	text.WriteByte(']')
	return Value{text.String()}
}

// Texts is a list of texts.
func Texts[S ~string](texts []S) Value {
	values := make([]Value, len(texts))
	for i, s := range texts {
		values[i] = Text(s)
	}
	return List(values...)
}

// IsZero reports whether there is no value.
func (v Value) IsZero() bool { return v.written == "" }

// Text is the value as a text; other values as they are written.
func (v Value) Text() string {
	if !strings.HasPrefix(v.written, `"`) {
		return v.written
	}
	var s string
	if json.Unmarshal([]byte(v.written), &s) != nil {
		return v.written
	}
	return s
}

// IsText reports whether the value is a text.
func (v Value) IsText() bool { return strings.HasPrefix(v.written, `"`) }

// Number is the value as a number; also one that an old entry wrote as a text.
func (v Value) Number() (int64, bool) {
	n, err := strconv.ParseInt(v.Text(), 10, 64)
	return n, err == nil
}

// Bool is the value as yes or no; also one that an old entry wrote as a text.
func (v Value) Bool() (yes, ok bool) {
	yes, err := strconv.ParseBool(v.Text())
	return yes, err == nil && (v.Text() == "true" || v.Text() == "false")
}

// Time is the value as a moment.
func (v Value) Time() (time.Time, bool) {
	var of struct {
		At *time.Time `json:"at"`
	}
	if !v.isObject() || json.Unmarshal([]byte(v.written), &of) != nil || of.At == nil {
		return time.Time{}, false
	}
	return of.At.UTC(), true
}

// A Ref is a row that a value names.
type Ref struct {
	Noun Noun   `json:"kind"`
	Key  int64  `json:"id"`
	Name string `json:"name"` // what it was called at that time, or empty
}

// Ref is the value as a thing.
func (v Value) Ref() (Ref, bool) {
	var of Ref
	if !v.isObject() || json.Unmarshal([]byte(v.written), &of) != nil || of.Key == 0 {
		return Ref{}, false
	}
	return of, true
}

// Values are the values of a list; of nothing none, of another value itself.
func (v Value) Values() []Value {
	if v.IsZero() {
		return nil
	}
	if !strings.HasPrefix(v.written, "[") {
		return []Value{v}
	}
	var values []Value
	if json.Unmarshal([]byte(v.written), &values) != nil {
		return nil
	}
	return values
}

// Refs are the things among the value and, of a list, its values.
func (v Value) Refs() []Ref {
	var refs []Ref
	for _, one := range v.Values() {
		if ref, ok := one.Ref(); ok {
			refs = append(refs, ref)
		}
	}
	return refs
}

// Same reports whether two values name the same: things by their key, whatever they were
// called, and lists value by value. A text of an entry of earlier versions, which know
// texts only, is the thing that is called so, and the number it writes.
func (v Value) Same(w Value) bool {
	a, isA := v.Ref()
	b, isB := w.Ref()
	switch {
	case isA && isB:
		return a.Noun == b.Noun && a.Key == b.Key
	case isA:
		return w.IsText() && w.Text() == a.Name
	case isB:
		return v.IsText() && v.Text() == b.Name
	case !strings.HasPrefix(v.written, "[") || !strings.HasPrefix(w.written, "["):
		return v.Text() == w.Text()
	}
	as, bs := v.Values(), w.Values()
	return slices.EqualFunc(as, bs, Value.Same)
}

func (v Value) isObject() bool { return strings.HasPrefix(v.written, "{") }

func (v Value) orNull() string {
	if v.IsZero() {
		return "null"
	}
	return v.written
}

// String is the value as it is written, for tests and logs.
func (v Value) String() string { return v.Text() }

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) { return []byte(v.orNull()), nil }

// UnmarshalJSON implements json.Unmarshaler. It keeps the text as it stands.
func (v *Value) UnmarshalJSON(text []byte) error {
	if !json.Valid(text) {
		return fmt.Errorf("value is no JSON")
	}
	if v.written = string(text); v.written == "null" || v.written == `""` {
		v.written = ""
	}
	return nil
}

// quote writes a text as package json does.
func quote(s string) string {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			text, _ := json.Marshal(strings.ToValidUTF8(s, "\uFFFD")) // a string always marshals
			return string(text)
		}
	}
	return `"` + s + `"`
}
