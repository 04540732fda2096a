package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "intendant/"

// root is the top of the repository, seen from this folder.
var root = filepath.Join("..", "..")

// A listed is what go list says of a package.
type listed struct {
	ImportPath string
	Imports    []string // by itself
	Deps       []string // by itself and by what it imports
}

// name is the path below internal: "store", "web/ui", or "cmd/intendant".
func (p listed) name() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "internal/")
}

func packages(t *testing.T) []listed {
	t.Helper()
	// -e: a package that does not compile is its own test's failure.
	list := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,Deps", "./...")
	list.Dir = root
	var complaints bytes.Buffer
	list.Stderr = &complaints
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaints.String())
	}
	var found []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		found = append(found, p)
	}
}

func faces() []string { return []string{"web", "api", "scim", "oidc", "authzen", "cli"} }

// within reports whether a package is one of names or below one of them.
func within(name string, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return name == n || strings.HasPrefix(name, n+"/") })
}

// ours returns the paths below internal among imports.
func ours(imports []string) []string {
	var names []string
	for _, path := range imports {
		if name, ok := strings.CutPrefix(path, module+"internal/"); ok {
			names = append(names, name)
		}
	}
	return names
}

// standard reports whether an import is of Go's own library.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first+"/" != module
}

func TestImports(t *testing.T) {
	t.Parallel()
	outer := append(faces(), "server")
	for _, p := range packages(t) {
		name := p.name()
		forbid := func(imports []string, why string, bad func(path string) bool) {
			for _, path := range imports {
				if bad(path) {
					t.Errorf("%s imports %s: %s", name, path, why)
				}
			}
		}
		oneOf := func(names ...string) func(string) bool {
			return func(path string) bool { return within(strings.TrimPrefix(path, module+"internal/"), names...) }
		}
		otherThan := func(allowed ...string) func(string) bool {
			return func(path string) bool {
				below, own := strings.CutPrefix(path, module+"internal/")
				return own && !within(below, append(allowed, name)...)
			}
		}
		notStandard := func(path string) bool { return !standard(path) && !strings.HasPrefix(path, module) }

		switch {
		case name == "directory":
			forbid(p.Imports, "directory is pure, besides the standard library only address and plain", func(path string) bool {
				return !standard(path) && path != module+"internal/address" && path != module+"internal/plain"
			})
		case name == "address" || name == "plain":
			forbid(p.Imports, "pure, besides the standard library only tables of letters", func(path string) bool {
				return !standard(path) && path != "golang.org/x/net/idna" && path != "golang.org/x/text/unicode/norm"
			})
		case name == "authz":
			forbid(p.Imports, "pure, besides the standard library only directory", notStandard)
			forbid(p.Imports, "pure, besides the standard library only directory", otherThan("directory"))
		case name == "audit": // an entry names its actor and door, which are words of authz
			forbid(p.Imports, "pure, besides the standard library only directory and authz", notStandard)
			forbid(p.Imports, "pure, besides the standard library only directory and authz", otherThan("directory", "authz"))
		case name == "catalogue":
			forbid(p.Imports, "of ours only directory and the message files", otherThan("directory", "i18n/messages"))
		case name == "i18n/messages":
			forbid(p.Imports, "files, besides the standard library only directory", notStandard)
			forbid(p.Imports, "files, besides the standard library only directory", otherThan("directory"))
		case within(name, "store"):
			forbid(p.Deps, "the store knows neither operations nor faces", oneOf(append(outer, "app")...))
		case within(name, "app"):
			forbid(p.Deps, "operations know no face", oneOf(outer...))
			forbid(p.Deps, "operations say nothing: what files may be written with is handed to them", func(path string) bool { return path == module+"internal/i18n" })
			forbid(p.Imports, "operations know no HTTP", func(path string) bool { return path == "net/http" })
			forbid(p.Imports, "a room knows none beside or above it", func(path string) bool { return above(name, path) })
		}
		for _, face := range faces() {
			if !within(name, face) {
				continue
			}
			others := slices.DeleteFunc(faces(), func(f string) bool { return f == face })
			forbid(p.Imports, "a face knows no other face", oneOf(others...))
			forbid(p.Imports, "a face works through app, never through the store", oneOf("store"))
		}
		if !within(name, "store", "storetest") {
			forbid(p.Imports, "only the store speaks SQL", func(path string) bool { return path == "database/sql" })
		}
		if !within(name, "server", "cmd", "apptest") {
			forbid(p.Imports, "only cli and tests start the server", func(path string) bool {
				return oneOf("server")(path) && !within(name, "cli")
			})
		}
	}
}

// floors are the rooms of app from the ground up. Families, which are all the
// others, stand on these and not on one another.
func floors() []string { return []string{"app/gate", "app/roster", "app/acts", "app/decision"} }

// above reports whether a room of app imports one beside or above itself.
func above(room, path string) bool {
	other, own := strings.CutPrefix(path, module+"internal/")
	if !own || !within(other, "app") || room == "app" {
		return false
	}
	floor := func(name string) int {
		switch i := slices.Index(floors(), name); {
		case i >= 0:
			return i
		case name == "app":
			return len(floors()) + 1
		}
		return len(floors())
	}
	return floor(other) >= floor(room)
}

// TestRooms holds how much lies flat where rooms are made: a number may only
// become smaller, and a new family of nouns is a package from its first file.
func TestRooms(t *testing.T) {
	t.Parallel()
	for folder, most := range map[string]int{"app": 57, "store": 83} {
		files, err := filepath.Glob(filepath.Join(root, "internal", folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
		if len(files) != most {
			t.Errorf("%s has %d files of its own: at most %d, and where there are fewer say so here", folder, len(files), most)
		}
	}
}

// TestAbove keeps the rule of rooms honest.
func TestAbove(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		room, imports string
		want          bool
	}{
		{"app/gate", "app/roster", true}, {"app/roster", "app/gate", false}, {"app/decision", "app/roster", false},
		{"app/roster", "app/decision", true}, {"app/imports", "app/roster", false}, {"app/imports", "app/history", true},
		{"app/history", "app", true}, {"app", "app/history", false}, {"app/history", "store", false},
	} {
		if got := above(test.room, module+"internal/"+test.imports); got != test.want {
			t.Errorf("%s imports %s: refused %t, want %t", test.room, test.imports, got, test.want)
		}
	}
}

// TestPackageNames refuses names that say nothing.
func TestPackageNames(t *testing.T) {
	t.Parallel()
	empty := []string{"util", "utils", "common", "shared", "helper", "helpers", "misc", "base", "lib", "types", "x"}
	for _, p := range packages(t) {
		for part := range strings.SplitSeq(p.ImportPath, "/") {
			if slices.Contains(empty, part) {
				t.Errorf("%s: a package is named after what it holds, not %q", p.ImportPath, part)
			}
		}
	}
}

// TestOurs keeps the tests above honest: they would pass on an empty list.
func TestOurs(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.name() == "i18n" {
			if !slices.Contains(ours(p.Imports), "directory") {
				t.Errorf("i18n imports %q, want directory among them", p.Imports)
			}
			return
		}
	}
	t.Error("go list does not know package i18n")
}
