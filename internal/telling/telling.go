// Package telling puts history into words. An entry holds keys, codes and
// moments; what is said of it is made here, in the reader's language and with
// the names of today, for every place that tells what happened: the history
// itself, a profile, an overview, the vendor's console, a mail (HIST-6).
package telling

import (
	"strings"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/i18n"
)

// A Teller speaks to one reader.
type Teller struct {
	Printer   *i18n.Printer
	Catalogue *catalogue.Catalogue
}

// A Role is what a piece of a sentence names.
type Role uint8

// A sentence names who did it, whom it is about and what.
const (
	Words Role = iota
	Actor
	Subject
	Object
)

// A Part is a piece of a sentence.
type Part struct {
	Text string
	Role Role
}

// Signs that stand for the names while the sentence is written: what people
// are called is never read as a sign.
const (
	actorSign   = "\uE000"
	subjectSign = "\uE001"
	objectSign  = "\uE002"
	signs       = actorSign + subjectSign + objectSign
)

// Person is how somebody is called.
func (t Teller) Person(p app.Person) string {
	if p.Name == "" && p.Message != "" {
		return t.Printer.T(p.Message)
	}
	return p.Name
}

// object is what the line is about.
func (t Teller) object(s app.Shown) string {
	name := s.ObjectName(t.Printer.Lang())
	if name == "" && s.Entry.Kind.Group() == "account" {
		name = s.Account
	}
	if name == "" {
		name = t.Printer.T("history.object.unknown")
	}
	return name
}

// Sentence says the line in pieces; joined they are Plain.
func (t Teller) Sentence(s app.Shown) []Part {
	names := map[string]Part{
		actorSign:   {t.Person(s.Actor), Actor},
		subjectSign: {t.Person(s.Subject), Subject},
		objectSign:  {t.object(s), Object},
	}
	rest := t.signed(s)
	var parts []Part
	for rest != "" {
		at := strings.IndexAny(rest, signs)
		if at < 0 {
			return append(parts, Part{Text: rest})
		}
		if at > 0 {
			parts = append(parts, Part{Text: rest[:at]})
		}
		parts = append(parts, names[rest[at:at+len(actorSign)]])
		rest = rest[at+len(actorSign):]
	}
	return parts
}

// Plain is the sentence of a line.
func (t Teller) Plain(s app.Shown) string {
	var text strings.Builder
	for _, p := range t.Sentence(s) {
		text.WriteString(p.Text)
	}
	return text.String()
}

// signed is the sentence with signs where names come.
func (t Teller) signed(s app.Shown) string {
	names := []any{"Actor", actorSign, "Subject", subjectSign, "Object", objectSign}
	switch {
	case s.Act == nil || s.Act.Entries == 1:
		return t.Printer.T(s.Entry.Kind.Message(), names...)
	case s.Entry.Kind.Group() == "import":
		return t.Printer.T("history.many.import", append(names, "Acts", t.counts(s))...)
	case s.Act.Subject != 0:
		if kind, one := gist(s); one {
			return t.Printer.T(kind.Message(), names...)
		}
		return t.Printer.T("history.many.person", append(names, "Acts", t.counts(s))...)
	}
	return t.Printer.T("history.many", append(names, "Acts", t.counts(s))...)
}

// gist is what an act about one person comes to, where one of its entries says
// it: somebody was added, and with that invited and given a role.
func gist(s app.Shown) (audit.Kind, bool) {
	for _, group := range []string{"member", "administrator", "invitation"} {
		for _, k := range s.Act.Kinds {
			if k.Kind.Group() == group {
				return k.Kind, k.Entries == 1
			}
		}
	}
	return "", false
}

// mostCounted is how many counts an act's line has at most; the last may be of
// all the rest.
const mostCounted = 4

// counts are how many of each kind an act on many has: those of members first,
// then the most frequent. What only comes with another kind is left out.
func (t Teller) counts(s app.Shown) string {
	var first, then []string
	other := int64(0)
	for _, k := range s.Act.Kinds {
		row := k.Kind.Row()
		switch {
		case k.Kind.Group() == "import" || k.Kind == audit.UserCreated && has(s, audit.MemberAdded):
		case !row.Many:
			other += k.Entries
		case k.Kind.Group() == "member":
			first = append(first, t.Printer.T(k.Kind.CountMessage(), "Count", k.Entries))
		case len(first)+len(then) >= mostCounted-1:
			other += k.Entries
		default:
			then = append(then, t.Printer.T(k.Kind.CountMessage(), "Count", k.Entries))
		}
	}
	all := append(first, then...)
	if other > 0 || len(all) == 0 {
		all = append(all, t.Printer.T("history.many.other", "Count", max(other, 1)))
	}
	return t.Printer.List(all)
}

func has(s app.Shown, kind audit.Kind) bool {
	for _, k := range s.Act.Kinds {
		if k.Kind == kind {
			return true
		}
	}
	return false
}

// Door says how the entry came in: for the vendor's staff, from where, and for its
// programs that it was one (APP-2).
func (t Teller) Door(s app.Shown) string {
	vendor := t.Catalogue.Branding.Name
	switch {
	case s.Entry.Door == authz.DoorPage && s.Entry.ActorKind == authz.Staff:
		return t.Printer.T("history.door.console", "Vendor", vendor)
	case s.Entry.ActorKind == authz.Application:
		return t.Printer.T("history.door.application", "Vendor", vendor)
	case s.Entry.ActorKind == authz.StaffInside:
		return t.Printer.T("history.door.inside", "Vendor", vendor)
	}
	if key := s.Door(); t.Printer.Has(key) {
		return t.Printer.T(key)
	}
	return string(s.Entry.Door)
}
