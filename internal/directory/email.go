package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What an e-mail address may measure in bytes (RFC 5321, 4.5.3.1).
const (
	maxEmail      = 254
	maxEmailLocal = 64
	maxLabel      = 63
)

// ValidEmail says whether s is an address mail can go to, see EmailFault.
func ValidEmail(s string) bool { return EmailFault(s) == "" }

// EmailFault names what is wrong with an address, as the code of a refusal, or
// answers the empty string. It asks for one @, a local part and a domain of at
// least two labels, letters of any script among them. Quoted local parts and
// addresses of bare numbers are refused: no person has one.
func EmailFault(s string) string {
	local, domain, found := strings.Cut(s, "@")
	switch {
	case s == "":
		return "email.empty"
	case !readable(s):
		return "email.character"
	case !found:
		return "email.no_at"
	case strings.Contains(domain, "@"):
		return "email.two_at"
	case len(s) > maxEmail || len(local) > maxEmailLocal:
		return "email.too_long"
	case !validLocal(local):
		return "email.local"
	case !validDomain(domain):
		return "email.domain"
	}
	return ""
}

// DomainOf answers the domain of an address in lower case, or the empty string
// where there is no @.
func DomainOf(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return ""
	}
	return FoldEmail(email[at+1:])
}

// readable says whether s is valid UTF-8 without blanks and without characters
// that show nothing.
func readable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsSpace(r) || r == utf8.RuneError || r <= ' ' || r == 0x7f || r >= 0x80 && !unicode.IsGraphic(r) {
			return false
		}
	}
	return true
}

func validLocal(local string) bool {
	if local == "" || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return false
	}
	for _, r := range local {
		if r < utf8.RuneSelf && !alphanumeric(r) && !strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r) {
			return false
		}
		if r >= utf8.RuneSelf && !worded(r) {
			return false
		}
	}
	return true
}

func validDomain(domain string) bool {
	labels := 0
	for label := range strings.SplitSeq(domain, ".") {
		if !validLabel(label) {
			return false
		}
		labels++
	}
	last := domain[strings.LastIndexByte(domain, '.')+1:]
	return labels >= 2 && strings.Trim(last, "0123456789") != ""
}

func validLabel(label string) bool {
	if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for _, r := range label {
		if r != '-' && !alphanumeric(r) && (r < utf8.RuneSelf || !worded(r)) {
			return false
		}
	}
	return true
}

func alphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// worded says whether words of some script are written with r.
func worded(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
