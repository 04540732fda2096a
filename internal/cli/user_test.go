package cli

import (
	"errors"
	"testing"

	"intendant/internal/directory"
)

// TestUntilTaken: a password that happens to contain the name is made anew, any other
// refusal or fault stands, and there is an end to it.
func TestUntilTaken(t *testing.T) { // SIGN-1
	named, fault := directory.InvalidField("password", "password.contains_name", nil), errors.New("no database")
	for _, test := range []struct {
		name  string
		err   []error
		tries int
		want  error
	}{
		{"at once", []error{nil}, 1, nil},
		{"the third", []error{named, named, nil}, 3, nil},
		{"refused otherwise", []error{directory.InvalidField("email", "email.no_at", nil)}, 1, nil},
		{"a fault", []error{named, fault}, 2, fault},
		{"never", nil, drawnTries, named},
	} {
		tries := 0
		err := untilTaken(func() string { return "" }, func(string) error {
			tries++
			if test.err == nil {
				return named
			}
			return test.err[tries-1]
		})
		if tries != test.tries || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("SIGN-1 %s: %d tries, %v", test.name, tries, err)
		}
	}
}
