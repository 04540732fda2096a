package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFaultText is how many characters of a bad address a sentence repeats.
const maxFaultText = 80

// A PastedAddress is one e-mail address of a pasted text. First and Last are
// what "Name <address>" suggests and may be empty (ADD-3).
type PastedAddress struct {
	Email          string // as typed; compare it with FoldEmail
	First, Last    string
	Beside             // of a table, what else stands in its row
	Line, Position int // where it begins: line, and character of that line, from 1
}

// Beside is what a row of a pasted table says of a person beside their address and
// name, in words.
type Beside struct{ Company, Function, Level, Products string }

// An AddressFault is a piece of a pasted text that is no address.
type AddressFault struct {
	Text           string // all of it, so that it can be mended; Excerpt shows it
	Line, Position int
	Code           string        // what EmailFault says, or email.quoted
	Row            PastedAddress // of a table, what its row says of the person
}

// An AddressList is what a pasted text holds. Read counts every piece: the
// addresses, their doubles and the faults together.
type AddressList struct {
	Addresses     []PastedAddress
	Faults        []AddressFault
	Read, Doubles int
}

// ParseAddresses reads the addresses of a pasted text, separated by commas,
// semicolons, tabs, blanks or line ends, mixed, and "Name <address>" (rule
// ADD-1). An e-mail column of an export is accepted with its header word
// (ADD-14). Doubles are merged, the first stays; a bad piece is listed with
// its place and stops nothing else (ADD-2), not even where it is broken text.
//
// It refuses with addresses.too_many when more than limit different addresses
// are left.
func ParseAddresses(text string, limit int) (AddressList, *Error) {
	p := addressParser{text: text, line: 1, seen: make(map[string]struct{})}
	p.skipHeader()
	p.parse()
	if count := len(p.list.Addresses); count > limit {
		return AddressList{}, InvalidField("addresses", "addresses.too_many", Args{"count": count, "limit": limit})
	}
	return p.list, nil
}

// ReadAddress reads the one address of a cell or field as a paste reads it:
// "Name <address>", mailto:, quotes, invisible marks and the full stop of a
// sentence around it. The code says what is wrong, as EmailFault does;
// email.several where one cell names several mailboxes, email.quoted where what
// stands before the sign is quoted and no plain address. Nothing else in the
// cell is passed over: it might be part of the address (ADD-1, ADD-2).
func ReadAddress(text string) (PastedAddress, string) {
	if EmailFault(text) == "" && !marked(text) {
		return PastedAddress{Email: text, Line: 1, Position: 1}, ""
	}
	p := addressParser{text: text, line: 1, seen: make(map[string]struct{})}
	p.parse()
	switch found, faults := p.list.Addresses, p.list.Faults; {
	case len(faults) > 0 && (len(found) > 0 || len(faults) > 1):
		if code := EmailFault(strings.TrimSpace(text)); code != "" && faults[0].Code != "email.quoted" {
			return PastedAddress{Email: text}, code
		}
		return PastedAddress{Email: text}, faults[0].Code
	case len(faults) > 0:
		return PastedAddress{Email: text}, faults[0].Code
	case len(found) == 0:
		return PastedAddress{Email: text}, "email.empty"
	case len(found) > 1:
		return PastedAddress{Email: text}, "email.several"
	}
	return p.list.Addresses[0], ""
}

// An addressParser walks once over the text. Words without @ wait as a name,
// until an address in angle brackets takes them or a separator makes them a
// fault.
type addressParser struct {
	text string
	list AddressList
	seen map[string]struct{} // folded addresses
	name []namePart          // at most two, from "Bertin, Yann <…>"
	more bool                // the next word goes on with the last part

	at       int // byte reached
	line     int
	counted  int // byte up to which the characters of the line are counted
	position int // how many they are
}

// A namePart is a run of words without @, as the bytes of the text it fills.
type namePart struct {
	from, to       int
	line, position int
	quoted         bool
}

// skipHeader passes over a first line that is only the head of a column.
func (p *addressParser) skipHeader() {
	head := strings.TrimLeftFunc(p.text, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' })
	end := strings.IndexFunc(head, endsLine)
	if end < 0 {
		end = len(head)
	}
	if end > maxFaultText {
		return
	}
	switch Fold(strings.Trim(Fold(head[:end]), "\"';,: ")) {
	case "e-mail", "email", "mail", "mel", "courriel", "adresse e-mail", "adresse email", "adresse mail",
		"adresse electronique", "e-mails", "emails", "email address", "e-mail address",
		"e-mail-adresse", "emailadresse", "mailadresse", "e-mailadres", "emailadres", "mailadres":
		for limit := len(p.text) - len(head) + end; p.at < limit; {
			r, size := utf8.DecodeRuneInString(p.text[p.at:])
			p.step(r, size)
		}
	}
}

func (p *addressParser) parse() {
	for p.at < len(p.text) {
		r, size := rune(p.text[p.at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(p.text[p.at:])
		}
		switch {
		case r == ',' || r == '，':
			p.more = false
			p.at += size
		case separates(r):
			p.dropName()
			p.step(r, size)
		case r == '<':
			p.bracket()
		case r == '"':
			p.quote()
		case r == '>' || unicode.IsSpace(r):
			p.at += size
		default:
			p.word()
		}
	}
	p.dropName()
}

// step passes over one character and counts lines; CR LF is one line end.
func (p *addressParser) step(r rune, size int) {
	p.at += size
	if !endsLine(r) {
		return
	}
	if r == '\r' && strings.HasPrefix(p.text[p.at:], "\n") {
		p.at++
	}
	p.line++
	p.counted, p.position = p.at, 0
}

// place answers the character of the line at which the byte stands. It only
// ever moves on, which keeps the whole linear.
func (p *addressParser) place(at int) int {
	if at > p.counted {
		p.position += utf8.RuneCountInString(p.text[p.counted:at])
		p.counted = at
	}
	return p.position + 1
}

// word reads up to the next blank, separator or bracket.
func (p *addressParser) word() {
	from, end := p.at, len(p.text)
	for i, r := range p.text[from:] {
		if r == '<' || r == '>' || r == ',' || r == '，' || separates(r) || unicode.IsSpace(r) {
			end = from + i
			break
		}
	}
	p.at = end
	start, stop := trimWord(p.text, from, end)
	word := p.text[start:stop]
	switch {
	case strings.Contains(word, "@") && p.repeated(word):
	case strings.Contains(word, "@"):
		p.dropName()
		p.address(PastedAddress{Email: unescaped(p.text[from:start], word), Line: p.line, Position: p.place(start)}, word)
	case meaningful(p.text[from:end]):
		p.nameWord(from, end)
	}
}

// repeated says whether the word is the name of "a@b.fr <a@b.fr>".
func (p *addressParser) repeated(word string) bool {
	rest, found := strings.CutPrefix(strings.TrimLeft(p.text[p.at:], " \u00a0"), "<")
	return found && len(rest) > len(word) && rest[len(word)] == '>' && strings.EqualFold(rest[:len(word)], word)
}

// nameWord lets a word wait. A third part says that the first was no surname
// before a comma.
func (p *addressParser) nameWord(from, to int) {
	if last := len(p.name) - 1; last >= 0 && p.more && !p.name[last].quoted {
		p.name[last].to = to
		return
	}
	p.addPart(namePart{from: from, to: to, line: p.line, position: p.place(from)})
	p.more = true
}

func (p *addressParser) addPart(part namePart) {
	if len(p.name) == 2 || len(p.name) == 1 && (p.name[0].quoted || part.quoted) {
		p.faultPart(p.name[0])
		p.name = append(p.name[:0], p.name[1:]...)
	}
	p.name = append(p.name, part)
}

// dropName makes the waiting words faults, one for each part.
func (p *addressParser) dropName() {
	for _, part := range p.name {
		p.faultPart(part)
	}
	p.name, p.more = p.name[:0], false
}

func (p *addressParser) faultPart(part namePart) {
	text := p.text[part.from:part.to]
	code := EmailFault(text)
	if showable(text) {
		code = "email.no_at" // blanks between words are not what is wrong
	}
	p.fault(AddressFault{Text: text, Line: part.line, Position: part.position, Code: code})
}

// quote takes a quoted name before a bracket, and a quoted local part with its
// domain, which must not be read as the address it may hold; any other quotation
// mark is passed over, what it holds is read as if it were not there.
func (p *addressParser) quote() {
	if p.quotedLocal() {
		return
	}
	from := p.at + 1
	length := strings.IndexFunc(p.text[from:], func(r rune) bool { return r == '"' || endsLine(r) })
	p.at = from
	if length < 0 || p.text[from+length] != '"' {
		return
	}
	rest := strings.TrimLeft(p.text[from+length+1:], " \u00a0")
	if !strings.HasPrefix(rest, "<") || !meaningful(p.text[from:from+length]) {
		return
	}
	p.addPart(namePart{from: from, to: from + length, line: p.line, position: p.place(from), quoted: true})
	p.at = from + length + 1
}

// quotedLocal takes "john doe"@example.org whole: as the plain address that it
// is, or as a fault.
func (p *addressParser) quotedLocal() bool {
	local, length := quotedPart(p.text[p.at:])
	if length == 0 || !strings.HasPrefix(p.text[p.at+length:], "@") {
		return false
	}
	from, end := p.at, len(p.text)
	for i, r := range p.text[from+length:] {
		if r == '<' || r == '>' || r == ',' || r == '，' || separates(r) || unicode.IsSpace(r) {
			end = from + length + i
			break
		}
	}
	p.dropName()
	p.at = end
	_, stop := trimWord(p.text, from+length, end)
	address := PastedAddress{Email: local + p.text[from+length:stop], Line: p.line, Position: p.place(from)}
	if EmailFault(withoutInvisible(address.Email)) != "" || strings.Contains(local, "@") {
		p.fault(AddressFault{Text: p.text[from:end], Line: p.line, Position: address.Position, Code: "email.quoted"})
		return true
	}
	p.address(address, p.text[from:end])
	return true
}

// bracket takes "<address>" with the name that waits for it. A bracket that
// does not close, or holds several words, is passed over.
func (p *addressParser) bracket() {
	from := p.at + 1
	_, skip := quotedPart(p.text[from:])
	length := strings.IndexFunc(p.text[from+skip:], func(r rune) bool { return r == '>' || r == '<' || endsLine(r) })
	p.at = from
	if length < 0 || p.text[from+skip+length] != '>' {
		return
	}
	length += skip
	if skip > 0 && p.text[from+skip] == '@' {
		p.bracketQuoted(from, length)
		return
	}
	inner := strings.TrimSpace(p.text[from : from+length])
	if !meaningful(inner) || strings.ContainsFunc(inner, func(r rune) bool { return r == ',' || separates(r) || unicode.IsSpace(r) }) {
		return
	}
	address := PastedAddress{Line: p.line}
	whole := p.text[from-1 : from+length+1]
	if part, ok := p.takeName(&address); ok {
		whole = p.text[part.from : from+length+1]
		address.Position = part.position
	} else {
		address.Position = p.place(from)
	}
	start, stop := trimWord(inner, 0, len(inner))
	address.Email = unescaped(inner[:start], inner[start:stop])
	p.at = from + length + 1
	p.address(address, whole)
}

// bracketQuoted takes <"john doe"@example.org> with the name that waits for it.
func (p *addressParser) bracketQuoted(from, length int) {
	whole := AddressFault{Text: p.text[from-1 : from+length+1], Line: p.line, Position: p.place(from)}
	var address PastedAddress
	if part, ok := p.takeName(&address); ok {
		whole.Text, whole.Position = p.text[part.from:from+length+1], part.position
	}
	p.at = from + length + 1
	read, code := ReadAddress(p.text[from : from+length])
	if code != "" {
		whole.Code = code
		p.fault(whole)
		return
	}
	address.Email, address.Line, address.Position = read.Email, whole.Line, whole.Position
	p.address(address, whole.Text)
}

// takeName gives the waiting words to the address and answers where they
// begin.
func (p *addressParser) takeName(address *PastedAddress) (namePart, bool) {
	if len(p.name) == 2 && !surname(p.text[p.name[0].from:p.name[0].to]) {
		p.faultPart(p.name[0])
		p.name = append(p.name[:0], p.name[1])
	}
	parts := p.name
	p.name, p.more = p.name[:0], false
	switch len(parts) {
	case 0:
		return namePart{}, false
	case 1:
		address.First, address.Last = suggestName(p.text[parts[0].from:parts[0].to])
	default:
		address.Last = cleanName(p.text[parts[0].from:parts[0].to])
		address.First = cleanName(p.text[parts[1].from:parts[1].to])
	}
	return parts[0], true
}

// address adds an address, merges it with its double or lists it as a fault.
func (p *addressParser) address(address PastedAddress, whole string) {
	address.Email = withoutInvisible(address.Email)
	if code := EmailFault(address.Email); code != "" {
		p.fault(AddressFault{Text: whole, Line: address.Line, Position: address.Position, Code: code})
		return
	}
	p.list.Read++
	folded := FoldEmail(address.Email)
	if _, double := p.seen[folded]; double {
		p.list.Doubles++
		return
	}
	p.seen[folded] = struct{}{}
	p.list.Addresses = append(p.list.Addresses, address)
}

func (p *addressParser) fault(fault AddressFault) {
	p.list.Read++
	fault.Text = Shown(fault.Text)
	p.list.Faults = append(p.list.Faults, fault)
}
