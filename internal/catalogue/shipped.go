package catalogue

import (
	"bytes"
	"fmt"

	"intendant/catalogues"
)

// Standard is the name of the catalogue of an installation that names none.
const Standard = "standard"

// Builtin returns the names of the catalogues that ship with the program, the
// standard one first.
func Builtin() []string {
	return []string{Standard, "company-network", "construction", "licences", "fleet"}
}

// BuiltinFile returns the file of a shipped catalogue, and false for a name
// that is none.
func BuiltinFile(name string) ([]byte, bool) {
	if !contains(Builtin(), name) {
		return nil, false
	}
	content, err := catalogues.Files.ReadFile(name + ".yaml")
	return content, err == nil
}

// ReadBuiltin reads a shipped catalogue, which a test holds against the schema: making
// that ready is most of what reading one takes. An error is a fault of the program or of
// name, never of an installation.
func ReadBuiltin(name string) (*Catalogue, error) {
	content, ok := BuiltinFile(name)
	if !ok {
		return nil, fmt.Errorf("read shipped catalogue: no catalogue %q", name)
	}
	c, faults := read(bytes.NewReader(content), func(*tree, any) Faults { return nil })
	if len(faults) > 0 {
		return nil, fmt.Errorf("read shipped catalogue %s: %s", name, faults)
	}
	return c, nil
}
