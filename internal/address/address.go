// Package address knows the one form of an e-mail address, in which it is
// compared and in which mail is sent (USER-9): the domain in A-labels, the local
// part composed (NFC), ASCII letters in lower case. Two texts in the same form
// are the same mailbox, and two in different forms are not.
//
// It is pure, and lies below package directory, so that no door can compare or
// store an address without it.
package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// What an e-mail address may measure in bytes (RFC 5321, 4.5.3.1).
const (
	maxAddress = 254
	maxLocal   = 64
	maxLabel   = 63
)

// Canonical answers the one form of a typed address, or the code of the refusal
// that says what is wrong with it. It asks for one @, a local part and a domain
// of at least two labels, letters of any script among them. Quoted local parts
// and addresses of bare numbers are refused: no person has one.
//
// What does not come back the same is refused with email.form: letters that some
// mail server would take for others, such as the Kelvin sign, full-width letters
// or the Turkish İ in a domain. Mail would go elsewhere than the address reads.
func Canonical(typed string) (form, fault string) {
	local, domain, found := strings.Cut(typed, "@")
	switch {
	case typed == "":
		return "", "email.empty"
	case !readable(typed):
		return "", "email.character"
	case !found:
		return "", "email.no_at"
	case strings.Contains(domain, "@"):
		return "", "email.two_at"
	case len(typed) > maxAddress || len(local) > maxLocal:
		return "", "email.too_long"
	case !validLocal(local):
		return "", "email.local"
	case !validDomain(domain):
		return "", "email.domain"
	}
	if local, fault = localForm(local); fault != "" {
		return "", fault
	}
	if domain, fault = domainForm(domain); fault != "" {
		return "", fault
	}
	if form = local + "@" + domain; len(form) > maxAddress || len(local) > maxLocal {
		return "", "email.too_long"
	}
	return form, ""
}

// Domain answers the one form of a typed mail domain, or the code of what is
// wrong with it, as Canonical does of an address there.
func Domain(typed string) (form, fault string) {
	form, fault = Canonical("x@" + typed)
	return strings.TrimPrefix(form, "x@"), fault
}

// Compared is the form in which a text is looked up that may be an address: the
// one form where it has one, else the text without blanks at its ends and ASCII
// letters in lower case, which is no stored address.
func Compared(text string) string {
	text = strings.TrimSpace(text)
	if plain(text) && !strings.Contains(text, "--") {
		return lowerASCII(text) // what the one form of such an address is, too
	}
	if form, fault := Canonical(text); fault == "" {
		return form
	}
	return lowerASCII(text)
}

// Shown is an address as people read it: its domain in the letters it stands
// for. It is never compared and nothing is sent to it.
func Shown(form string) string {
	at := strings.LastIndexByte(form, '@')
	if at < 0 || !strings.Contains(form[at:], "xn--") {
		return form
	}
	domain, err := names().ToUnicode(form[at+1:])
	if err != nil {
		return form
	}
	return form[:at+1] + domain
}

// names is how mail servers read the labels of a domain.
func names() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(true))
}

// localForm composes the local part. It refuses letters that are written for
// others: a server that unfolds them delivers to somebody else.
func localForm(local string) (form, fault string) {
	if plain(local) {
		return lowerASCII(local), ""
	}
	form = norm.NFC.String(local)
	if form != norm.NFKC.String(local) || doubled(local) {
		return "", "email.form"
	}
	return lowerASCII(form), ""
}

// doubled says whether a letter is only another way to write an ASCII one, such
// as the Kelvin sign.
func doubled(s string) bool {
	for _, r := range s {
		if r >= utf8.RuneSelf && plain(norm.NFC.String(string(r))) {
			return true
		}
	}
	return false
}

// domainForm writes the labels of a domain as A-labels, and reads them back.
func domainForm(domain string) (form, fault string) {
	domain = lowerASCII(domain)
	if plain(domain) && !strings.Contains(domain, "xn--") {
		return domain, ""
	}
	labels := strings.Split(domain, ".")
	for i, label := range labels {
		if labels[i], fault = labelForm(label); fault != "" {
			return "", fault
		}
	}
	return strings.Join(labels, "."), ""
}

func labelForm(label string) (form, fault string) {
	if doubled(label) {
		return "", "email.form"
	}
	form, err := names().ToASCII(label)
	if err != nil || len(form) > maxLabel {
		return "", "email.domain"
	}
	read, err := names().ToUnicode(form)
	switch {
	case err != nil:
		return "", "email.domain"
	case strings.HasPrefix(label, "xn--"):
		read, err = names().ToASCII(read)
		if err != nil {
			return "", "email.domain"
		}
	default:
		label = lower(norm.NFC.String(label))
	}
	if read != label {
		return "", "email.form"
	}
	return form, ""
}

// lower is text in lower case, but for letters whose lower case is an ASCII
// letter: those are others, not the same in another size.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if small := unicode.ToLower(r); r < utf8.RuneSelf || small >= utf8.RuneSelf {
			return small
		}
		return r
	}, s)
}

func lowerASCII(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return strings.Map(func(r rune) rune {
				if 'A' <= r && r <= 'Z' {
					return r + ('a' - 'A')
				}
				return r
			}, s)
		}
	}
	return s
}

// plain says whether s is ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
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
