package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"

	"intendant/internal/directory"
)

// strict refuses what one reader of JSON would understand otherwise than
// another: a member that stands twice, and one whose name fits a field in
// another case only. What is no JSON at all it leaves to whoever reads it.
func strict(body []byte) *directory.Error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return strictValue(d)
}

func strictValue(d *json.Decoder) *directory.Error {
	token, err := d.Token()
	if err != nil {
		return nil
	}
	switch token {
	case json.Delim('{'):
		return strictObject(d)
	case json.Delim('['):
		for d.More() {
			if refusal := strictValue(d); refusal != nil {
				return refusal
			}
		}
		_, _ = d.Token() // the end of the list, or what is no JSON: the next read meets it again
	}
	return nil
}

func strictObject(d *json.Decoder) *directory.Error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		switch {
		case err != nil || !ok:
			return nil
		case seen[name]:
			return directory.InvalidField(directory.Short(name, mostSaid), "request.member_twice", directory.Args{"Name": directory.Short(name, mostSaid)})
		case !plainName(name):
			return directory.InvalidField(directory.Short(name, mostSaid), "request.member_unknown", directory.Args{"Name": directory.Short(name, mostSaid)})
		}
		seen[name] = true
		if refusal := strictValue(d); refusal != nil {
			return refusal
		}
	}
	_, _ = d.Token() // as above
	return nil
}

// plainName reports whether a member is written as all of ours are: in small
// letters. The library's reader would take First_Name, and ſ for s.
func plainName(name string) bool {
	for _, r := range name {
		if r >= 'A' && r <= 'Z' || r == 'ſ' || r == '\u212a' {
			return false
		}
	}
	return true
}

// brokenEscape finds an escape that stands for no character: NUL, and half of a
// pair, which a reader would replace without a word.
func brokenEscape(body []byte) bool {
	for i := bytes.IndexByte(body, '\\'); i >= 0 && i < len(body); {
		if body[i] != '\\' {
			next := bytes.IndexByte(body[i:], '\\')
			if next < 0 {
				return false
			}
			i += next
		}
		first, ok := escapedUnit(body[i:])
		switch {
		case !ok:
			i += 2
		case first == 0:
			return true
		case utf16.IsSurrogate(first):
			second, ok := escapedUnit(body[i+6:])
			if !ok || utf16.DecodeRune(first, second) == '\uFFFD' {
				return true
			}
			i += 12
		default:
			i += 6
		}
	}
	return false
}

// escapedUnit reads one \uXXXX.
func escapedUnit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
