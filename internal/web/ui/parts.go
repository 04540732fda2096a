package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// A Kind says what a button is for. Primary is the one main act of a page or
// block; Danger stands only in a dialog that names the loss.
type Kind string

// The kinds of a button; the zero value is an ordinary one.
const (
	Ordinary Kind = ""
	Primary  Kind = "primary"
	Plain    Kind = "plain"
	Danger   Kind = "danger"
)

// A Size is how large a button is; Wide is large and fills its column.
type Size string

// The sizes of a button; the zero value is the ordinary one.
const (
	Small Size = "sm"
	Large Size = "lg"
	Wide  Size = "wide"
)

// An Act is a button, or a link that looks like one when Href is set. About is
// read aloud only and tells apart buttons of the same word in one list ("Refuse
// Ludivine Garrec"). IconOnly makes Label the name of the icon. Opens is the id
// of a dialog; then the button sends nothing. Name and Value are sent with the
// form; Attrs may carry formaction, form or the attributes of Live.
type Act struct {
	Label, About, Icon string
	Href               string
	Kind               Kind
	Size               Size
	IconOnly           bool
	Disabled           bool
	Name, Value        string
	Opens              string
	Attrs              templ.Attributes
}

func (a Act) class() string {
	var b strings.Builder
	b.WriteString("btn")
	if a.Kind != Ordinary {
		b.WriteString(" btn-" + string(a.Kind))
	}
	if a.IconOnly {
		b.WriteString(" btn-icon")
	}
	switch a.Size {
	case Wide:
		b.WriteString(" btn-lg btn-wide")
	case Small, Large:
		b.WriteString(" btn-" + string(a.Size))
	}
	return b.String()
}

func (a Act) kind() string {
	if a.Opens != "" {
		return "button"
	}
	return "submit"
}

// A Hidden is a value that a form carries without showing it.
type Hidden struct{ Name, Value string }

// An Option is one choice of a select.
type Option struct {
	Value, Label string
	Selected     bool
}

// A Field is one labelled input. Kind is "text" (also when empty), "email",
// "password", "search", "tel", "number", "date", "file", "textarea", "select"
// or "key" (an admin key, large and spaced). ID is "f-" and Name unless set.
// Side is a small link at the end of the label, such as "forgotten?".
type Field struct {
	ID, Name, Kind     string
	Label, Hint, Error string
	Value, Placeholder string
	Required           bool
	Options            []Option
	Side               *Link
	Attrs              templ.Attributes
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return Anchor(f.Name)
}

// Anchor is the id of the field, to which the summary above its form leads.
func (f Field) Anchor() string { return f.id() }

// Anchor is the id of the field, or of the boxes or choices, of a name.
func Anchor(name string) string { return "f-" + name }

func (f Field) input() string {
	switch f.Kind {
	case "", "key":
		return "text"
	}
	return f.Kind
}

func (f Field) class() string {
	class := "form-control"
	if f.Kind == "select" {
		class = "form-select"
	}
	if f.Kind == "key" {
		class += " in-keyfield"
	}
	if f.Error != "" {
		class += " is-invalid"
	}
	return class
}

// attrs are those that depend on what the field says; Attrs come on top.
func (f Field) attrs() templ.Attributes {
	attrs := templ.Attributes{}
	var about []string
	if f.Error != "" {
		about = append(about, f.id()+"-error")
		attrs["aria-invalid"] = "true"
	}
	if f.Hint != "" {
		about = append(about, f.id()+"-hint")
	}
	if len(about) > 0 {
		attrs["aria-describedby"] = strings.Join(about, " ")
	}
	if f.Required {
		attrs["required"] = true
	}
	if f.Placeholder != "" {
		attrs["placeholder"] = f.Placeholder
	}
	if f.Kind == "key" {
		attrs["autocomplete"], attrs["autocapitalize"], attrs["spellcheck"] = "off", "characters", "false"
	}
	for name, value := range f.Attrs {
		attrs[name] = value
	}
	return attrs
}

// A Check is one box to tick, or one of several choices in Radios.
type Check struct {
	Name, Value string
	Label, Hint string
	Checked     bool
	Disabled    bool
	Attrs       templ.Attributes
}

// A Turn is a switch that acts as soon as it is pressed: a form of its own, posted to
// Action with Hidden, which say what becomes of it. Label is read aloud only. Without
// an Action it cannot be turned. Attrs are of the form.
type Turn struct {
	Action string
	Hidden []Hidden
	Label  string
	On     bool
	Attrs  templ.Attributes
}

// A FieldError is one line of the summary above a form: the id of the field at
// fault ("f-" and its name) and the sentence.
type FieldError struct{ ID, Text string }

// A CartItem is one fact of a cartouche or of definition rows. Body, when set,
// stands in place of Value.
type CartItem struct {
	Label, Value string
	Note         string // small, after the value
	Href         string
	Class        string // such as "is-warn"
	Body         templ.Component
}

// Initials are the first letters of the first and the last word of a name.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == '.' || r == '@' })
	if len(words) == 0 {
		return ""
	}
	initials := firstLetter(words[0])
	if len(words) > 1 {
		initials += firstLetter(words[len(words)-1])
	}
	return initials
}

func firstLetter(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r))
}

// avatarClass gives a name one of six colours, always the same one.
func avatarClass(name, size string) string {
	var hash uint32 = 2166136261
	for _, b := range []byte(name) {
		hash = (hash ^ uint32(b)) * 16777619
	}
	class := "in-ava a" + string(rune('1'+hash%6))
	if size != "" {
		class += " in-ava--" + size
	}
	return class
}

// short is a product's sign: the first two letters of its name.
func short(name string) string {
	runes := []rune(name)
	return string(runes[:min(2, len(runes))])
}
