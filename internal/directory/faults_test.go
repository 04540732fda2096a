package directory_test

import (
	"errors"
	"slices"
	"testing"

	"intendant/internal/directory"
)

func TestFaults(t *testing.T) { // API-3
	name, phone := directory.InvalidField("name", "field.required", nil), directory.InvalidField("phone", "field.too_long", nil)
	whole, lacking := directory.Refuse(directory.Conflict, "stale"), &directory.Error{Kind: directory.Denied, Code: "denied.permission", Field: "products"}
	broken := errors.New("broken")
	for _, test := range []struct {
		name   string
		checks []error
		found  []string // codes
		ends   error
	}{
		{"none", []error{nil, (*directory.Error)(nil)}, nil, nil},
		{"API-3 all that name their field", []error{name, nil, phone}, []string{"field.required", "field.too_long"}, nil},
		{"API-3 what was found together already", []error{directory.Together(phone, name)}, []string{"field.too_long", "field.required"}, nil},
		{"API-3 the first of a field", []error{name, directory.InvalidField("name", "role.name_taken", nil)}, []string{"field.required"}, nil},
		{"API-3 not what is refused as a whole", []error{name, whole, phone}, []string{"field.required"}, whole},
		{"API-3 not a right that is missing", []error{name, lacking}, []string{"field.required"}, lacking},
		{"API-3 not that nothing else would change", []error{name, directory.Refuse(directory.Conflict, "unchanged"), phone}, []string{"field.required", "field.too_long"}, nil},
		{"not what is no refusal", []error{broken}, nil, broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			var faults directory.Faults
			var ended error
			for _, err := range test.checks {
				if ended = faults.Note(err); ended != nil {
					break
				}
			}
			var codes []string
			for _, fault := range faults {
				codes = append(codes, fault.Code)
			}
			if !errors.Is(ended, test.ends) || !slices.Equal(codes, test.found) {
				t.Errorf("%v and %v, want %v and %v", codes, ended, test.found, test.ends)
			}
			if (faults.Err() == nil) != (len(test.found) == 0) {
				t.Errorf("refused with %v", faults.Err())
			}
		})
	}
	before := directory.Faults{name}
	var together *directory.Error
	if err := before.With(phone); !errors.As(err, &together) || len(together.All()) != 2 || len(before) != 1 {
		t.Errorf("API-3 with another: %v", together)
	}
	if err := before.With(whole); !errors.Is(err, whole) {
		t.Errorf("API-3 with what is refused as a whole: %v", err)
	}
	if err := before.With(before.Err()); !errors.As(err, &together) || len(together.All()) != 1 {
		t.Errorf("API-3 with itself: %v", together)
	}
}
