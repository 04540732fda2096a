package directory

import (
	"errors"
	"slices"
	"strings"
)

// Faults are what the checks of one input find, so that whoever typed is told of all at
// once (API-3): an operation notes what each check answers and goes on with the next.
// A field has one fault, the first that was found.
type Faults []*Error

// Note keeps a refusal that names its field, so that the next check can be made. Any
// other error is answered, for the checking to end with it: what is refused as a whole,
// a right that is missing, and what is no refusal.
func (f *Faults) Note(err error) error {
	var refusal *Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &refusal):
		return err
	case refusal == nil: // of a check that answers refusals only
		return nil
	case refusal.Code == "unchanged" && len(*f) > 0: // what is at fault would have changed something
		return nil
	case refusal.Field == "" || strings.HasPrefix(refusal.Code, "denied."):
		return err
	}
	for _, fault := range refusal.All() {
		if !f.At(fault.Field) {
			one := *fault
			one.More = nil
			*f = append(*f, &one)
		}
	}
	return nil
}

// At reports whether a fault was found at a field: checks that build on what stands
// there are left out.
func (f Faults) At(field string) bool {
	return slices.ContainsFunc(f, func(fault *Error) bool { return fault.Field == field })
}

// Err is the refusal of the whole, or nil.
func (f Faults) Err() error {
	if refusal := Together(f...); refusal != nil {
		return refusal
	}
	return nil
}

// With is what f and err refuse together: all faults at once, or err alone where it is
// no matter of fields.
func (f Faults) With(err error) error {
	all := slices.Clone(f)
	if err := all.Note(err); err != nil {
		return err
	}
	return all.Err()
}
