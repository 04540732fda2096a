package directory

import (
	"strings"
	"unicode/utf8"
)

// Readable reports whether s is text at all: valid UTF-8 without NUL, which no
// field can mean and PostgreSQL cannot store.
func Readable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
