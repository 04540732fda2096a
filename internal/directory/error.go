package directory

import (
	"encoding/json"
	"fmt"
)

// A Kind sorts refusals by what the caller can do about them. Each face maps a
// kind to its own status once (pages and REST to HTTP, the command line to an
// exit code).
type Kind uint8

const (
	Invalid  Kind = iota + 1 // the input breaks a rule; Field says where
	NotFound                 // no such thing, or the actor may not know of it
	Denied                   // the actor may see it but not do this
	Conflict                 // someone else changed it, or a limit is reached
	Limited                  // asked too often; try again later
)

// Args are the values of a refusal's sentence, by the name the message files
// use for them.
type Args map[string]any

// UnmarshalJSON reads values that were kept, as those of a row that was refused:
// a sentence wants its numbers whole, which JSON makes fractions.
func (a *Args) UnmarshalJSON(kept []byte) error {
	var values map[string]any
	if err := json.Unmarshal(kept, &values); err != nil {
		return err
	}
	for name, value := range values {
		if number, ok := value.(float64); ok {
			values[name] = int64(number)
		}
	}
	*a = values
	return nil
}

// An Error is a refusal made on purpose, safe to show to the person who asked.
// Any other error is a fault: it is logged whole and shown as a reference.
type Error struct {
	Kind  Kind
	Code  string // stable, such as "key.locked"; "error." + Code is the message key
	Field string // the input at fault, or empty
	Args  Args   // values for the translated sentence

	More []*Error `json:",omitempty"` // further faults of the same input, each at its field
}

// All are the faults of an input, the first first.
func (e *Error) All() []*Error {
	all := []*Error{e}
	for _, more := range e.More {
		all = append(all, more.All()...)
	}
	return all
}

// Together is what several checks of one input found: the first refusal with the others
// beside it, so that whoever typed is told of all at once; nil where none refused.
func Together(refusals ...*Error) *Error {
	var all []*Error
	for _, refusal := range refusals {
		if refusal != nil {
			all = append(all, refusal.All()...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	first := *all[0]
	first.More = nil
	for _, more := range all[1:] {
		one := *more
		one.More = nil
		first.More = append(first.More, &one)
	}
	return &first
}

// Error says the refusal for logs; people read the sentence of its code.
func (e *Error) Error() string {
	text := "refused: " + e.Code
	if e.Field != "" {
		text += " (" + e.Field + ")"
	}
	if len(e.Args) > 0 {
		text += fmt.Sprintf(" %v", map[string]any(e.Args))
	}
	return text
}

// Refuse makes a refusal without field or values.
func Refuse(kind Kind, code string) *Error {
	return &Error{Kind: kind, Code: code}
}

// InvalidField makes a refusal of one input. Nothing chosen is said as that,
// not as a choice called nothing.
func InvalidField(field, code string, args Args) *Error {
	if code == "field.unknown_choice" && args["Value"] == "" {
		code, args = "field.required", nil
	}
	return &Error{Kind: Invalid, Code: code, Field: field, Args: args}
}
