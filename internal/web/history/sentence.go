package history

import (
	"strconv"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/web/page"
)

// A day is the entries of one day under its heading.
type day struct {
	ID, Title string
	Events    []event
}

// An event is one entry as it is read: a sentence, how it came in, and what
// changed.
type event struct {
	At      time.Time
	Clock   string
	Face    string // whose initials stand beside, empty for no person
	Parts   []part
	Door    string
	Unit    string
	Many    string // where the whole act on many stands, or empty
	Account string // whose history it stands in, where several are shown
	Number  string
	OfOne   string // where the history of that account stands
	Changes []change
	Given   bool // nothing was before: the values stand in one line
	Erased  bool
}

// A part is a piece of a sentence.
type part struct {
	Text   string
	Strong bool
	Href   string
}

// A change is one field in words.
type change struct {
	Field, Before, After string
	Hidden               bool // a secret: that it changed is all there is
}

// Signs that stand for the names while the sentence is written: what people
// are called is never read as a sign.
const (
	actorSign   = "\uE000"
	subjectSign = "\uE001"
	objectSign  = "\uE002"
)

// days puts entries under their days.
func (h Handler) days(q *page.Request, f filter, found app.EntryPage) []day {
	var days []day
	now := h.Now()
	for _, s := range found.Entries {
		title := q.Printer.Day(s.Entry.At, now)
		if n := len(days); n == 0 || days[n-1].Title != title {
			days = append(days, day{ID: "day-" + strconv.Itoa(n+1), Title: title})
		}
		last := &days[len(days)-1]
		last.Events = append(last.Events, h.event(q, f, s))
	}
	return days
}

func (h Handler) event(q *page.Request, f filter, s app.Shown) event {
	e := event{At: s.Entry.At, Clock: q.Printer.Time(s.Entry.At), Parts: sentence(q, f, s), Door: h.door(q, s), Unit: s.Unit,
		Account: s.Account, Number: s.Number, Erased: s.Entry.Erased}
	if s.Actor.Name != "" {
		e.Face = s.Actor.Name
	}
	if s.Unit == s.Account {
		e.Unit = "" // the account's own unit says nothing more
	}
	if s.Entry.Batch != "" && f.get(byBatch) == "" && f.path != "" {
		e.Many = f.path + "?" + byBatch + "=" + s.Entry.Batch
	}
	e.Changes = h.changes(q, s)
	e.Given = !strings.HasSuffix(string(s.Entry.Kind), "changed")
	for _, c := range e.Changes {
		e.Given = e.Given && c.Before == "" && !c.Hidden
	}
	return e
}

// sentence is the entry's message with its names as parts.
func sentence(q *page.Request, f filter, s app.Shown) []part {
	object := s.ObjectName(q.Printer.Lang())
	if object == "" && s.Entry.Kind.Group() == "account" {
		object = s.Account
	}
	if object == "" {
		object = q.Printer.T("history.object.unknown")
	}
	names := map[string]part{
		actorSign:   {Text: called(q, s.Actor), Strong: true},
		subjectSign: {Text: called(q, s.Subject)},
		objectSign:  {Text: object},
	}
	if s.Subject.UUID != "" && f.path != "" {
		names[subjectSign] = part{Text: called(q, s.Subject), Href: f.path + "?" + byPerson + "=" + s.Subject.UUID}
	}
	rest := q.Printer.T(s.Entry.Kind.Message(), "Actor", actorSign, "Subject", subjectSign, "Object", objectSign)
	var parts []part
	for rest != "" {
		at := strings.IndexAny(rest, actorSign+subjectSign+objectSign)
		if at < 0 {
			return append(parts, part{Text: rest})
		}
		if at > 0 {
			parts = append(parts, part{Text: rest[:at]})
		}
		parts = append(parts, names[rest[at:at+len(actorSign)]])
		rest = rest[at+len(actorSign):]
	}
	return parts
}

// plain is the sentence without links.
func (e event) plain() string {
	var text strings.Builder
	for _, p := range e.Parts {
		text.WriteString(p.Text)
	}
	return text.String()
}

// door says how the entry came in: for the vendor's staff, from where.
func (h Handler) door(q *page.Request, s app.Shown) string {
	vendor := h.Catalogue().Branding.Name
	switch {
	case s.Entry.Door == authz.DoorPage && s.Entry.ActorKind == authz.Staff:
		return q.Printer.T("history.door.console", "Vendor", vendor)
	case s.Entry.ActorKind == authz.StaffInside:
		return q.Printer.T("history.door.inside", "Vendor", vendor)
	}
	if key := s.Door(); q.Printer.Has(key) {
		return q.Printer.T(key)
	}
	return string(s.Entry.Door)
}

func (h Handler) changes(q *page.Request, s app.Shown) []change {
	var changes []change
	email := ""
	for _, all := range [][]audit.Change{s.Entry.Facts, s.Entry.Personal} {
		for _, c := range all {
			if c.Field == "email" {
				email = c.After.Text()
			}
			if c.Field == "referent" || c.Field == "version" || c.Field == "user_name" && c.Before.IsZero() && c.After.Text() == email {
				continue // says nothing to people, or nothing more
			}
			changes = append(changes, change{Field: fieldName(q, c.Field), Before: h.words(q, s, c.Field, c.Before.Text()),
				After: h.words(q, s, c.Field, c.After.Text()), Hidden: c.Before.IsZero() && c.After.IsZero()})
		}
	}
	return changes
}

// fieldName is what a field is called in history.
func fieldName(q *page.Request, field string) string {
	for _, key := range []string{"history.field." + field, "field." + field} {
		if q.Printer.Has(key) {
			return q.Printer.T(key)
		}
	}
	return q.Printer.T("history.field.other")
}

// words puts a value into words where it is a code.
func (h Handler) words(q *page.Request, s app.Shown, field, value string) string {
	if value == "" {
		return ""
	}
	switch field {
	case "status", "state", "staff", "civility", "purpose", "outcome":
		return coded(q, s.Entry.Kind, field, value)
	case "access_level", "functions", "role", "default_level", "service_level", "account_type", "products", "permissions", "unit_level":
		return h.named(q, s, field, value)
	case "preference", "preference_value":
		return h.preferred(q, field, value)
	case "language":
		return q.Printer.Language(value)
	case "languages":
		return each(value, q.Printer.Language)
	case "place":
		if key := "roles.place." + value; q.Printer.Has(key) {
			return q.Printer.T(key)
		}
	case "country":
		return q.Printer.Country(value)
	case "expires", "ends", "contract_ends":
		if at, err := time.Parse(time.DateOnly, value); err == nil {
			return q.Printer.DateShort(at.Add(12 * time.Hour)) // a day is the same day everywhere
		}
	case "auto_approve", "verified", "active", "reminders":
		if key := "history.value." + value; q.Printer.Has(key) {
			return q.Printer.T(key)
		}
	case "count", "tries", "added", "changed", "faulty", "unchanged", "invitation_days", "quick_add_limit", "rights_changed":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return q.Printer.Number(n)
		}
	}
	return value
}

// coded is the word of a state, by what the state is one of.
func coded(q *page.Request, kind audit.Kind, field, value string) string {
	var key string
	switch {
	case field == "status":
		key = "status." + value
	case field == "staff":
		key = "staff.role." + value
	case field == "civility":
		key = "civility." + value
	case field == "purpose":
		key = "history.purpose." + value
	case field == "outcome":
		key = "history.outcome." + value
	case kind.Group() == "account":
		key = "account.state." + value
	case kind.Group() == "mail":
		key = "mail.state." + value
	}
	if q.Printer.Has(key) {
		return q.Printer.T(key)
	}
	return value
}

// named gives codes their names: of roles those the account has given them, of
// all else those of the catalogue. A code that is of neither stays.
func (h Handler) named(q *page.Request, s app.Shown, field, value string) string {
	c, lang := h.Catalogue(), q.Printer.Lang()
	return each(value, func(code string) string {
		switch field {
		case "access_level", "functions", "role", "default_level":
			if name, ok := s.RoleName(field, code, lang); ok {
				return name
			}
			if role, ok := c.Role(code); ok {
				return role.Label.In(lang)
			}
		case "service_level":
			if level, ok := c.ServiceLevel(code); ok {
				return level.Label.In(lang)
			}
		case "account_type":
			if kind, ok := c.AccountType(code); ok {
				return kind.Label.In(lang)
			}
		case "unit_level":
			for _, kind := range c.AccountTypes {
				if level, ok := kind.Level(code); ok {
					return level.Label.In(lang)
				}
			}
		case "products":
			if product, ok := c.Product(code); ok {
				return product.Label.In(lang)
			}
		case "permissions":
			if permission, ok := c.Permission(code); ok {
				return permission.Label.In(lang)
			}
		}
		return code
	})
}

func each(list string, word func(string) string) string {
	items := strings.Split(list, ",")
	for i, item := range items {
		items[i] = word(strings.TrimSpace(item))
	}
	return strings.Join(items, ", ")
}

// preferred says a preference, or the option behind its slash, as the catalogue
// does; the names of units stay as they are.
func (h Handler) preferred(q *page.Request, field, value string) string {
	id, option, _ := strings.Cut(value, "/")
	declared, known := h.Catalogue().Preference(id)
	if !known {
		return value
	}
	if field == "preference" {
		return declared.Label.In(q.Printer.Lang())
	}
	if o, offered := declared.Option(option); offered {
		return o.Label.In(q.Printer.Lang())
	}
	return value
}
