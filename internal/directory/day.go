package directory

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A Day is a date of the calendar, in no zone. The zero Day is none.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day of a moment as a zone's calendar has it, none of the zero
// time.
func DayOf(t time.Time, zone *time.Location) Day {
	if t.IsZero() {
		return Day{}
	}
	year, month, day := t.In(zone).Date()
	return Day{year, month, day}
}

// ISO is the day as 2027-12-31, empty for none.
func (d Day) ISO() string {
	if d == (Day{}) {
		return ""
	}
	return d.UTC().Format(time.DateOnly)
}

// UTC is the midnight with which the day begins in UTC, the zero time for none.
func (d Day) UTC() time.Time {
	if d == (Day{}) {
		return time.Time{}
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// DayNumber is the day of a moment in UTC as it is stored and counted: days since
// 1970 began.
func DayNumber(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// DayNumbered is the day of a number, none for 0.
func DayNumbered(n int64) Day {
	if n == 0 {
		return Day{}
	}
	return DayOf(time.Unix(n*24*60*60, 0), time.UTC)
}

// Noon is the middle of the day in a zone, to be shown there.
func (d Day) Noon(zone *time.Location) time.Time {
	if d == (Day{}) {
		return time.Time{}
	}
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, zone)
}

// over is the moment with which the day is over in a zone. Where clocks are put
// forward at midnight there is no midnight, and the hour after it counts.
func (d Day) over(zone *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, zone)
	if t.Day() == d.Day {
		t = t.Add(time.Hour)
	}
	return t.UTC()
}

// Begins is the moment with which the day begins in a zone. Where clocks are put
// forward at midnight that is the hour after it.
func (d Day) Begins(zone *time.Location) time.Time { return d.before().over(zone) }

// before is the day before.
func (d Day) before() Day {
	return DayOf(time.Date(d.Year, d.Month, d.Day-1, 12, 0, 0, 0, time.UTC), time.UTC)
}

// Over is the moment with which the day is over in a zone.
func (d Day) Over(zone *time.Location) time.Time { return d.over(zone) }

// An End is when a place ends by itself: with a day, which counts to its last
// minute in the account's zone, or at a moment that a program names. The zero
// End is none. Rule USER-6.
type End struct {
	Day    Day
	Moment time.Time
}

// None reports whether there is no end.
func (e End) None() bool { return e == End{} }

// Coming is the moment of the end in the account's zone, the zero time for
// none. It refuses with member.end_past what is past at now. Every door that
// sets an end goes through it.
func (e End) Coming(zone *time.Location, now time.Time) (time.Time, *Error) {
	at := e.Moment
	if e.Day != (Day{}) {
		at = e.Day.over(zone)
	}
	if !e.None() && !at.After(now) {
		return time.Time{}, InvalidField("ends", "member.end_past", nil)
	}
	return at, nil
}

// Same reports whether an end says what is set already: no end, that very
// moment, or the day on which that moment is shown.
func (e End) Same(set time.Time, zone *time.Location) bool {
	if e.Day != (Day{}) {
		return e.Day == LastDay(set, zone)
	}
	return e.Moment.Equal(set)
}

// LastDay is the last day on which a place that ends counts in a zone: what was
// typed, and what is shown. None for no end.
func LastDay(end time.Time, zone *time.Location) Day {
	if end.IsZero() {
		return Day{}
	}
	return DayOf(end.Add(-time.Microsecond), zone)
}

// A DayOrder says how 1/2/2027 is read.
type DayOrder string

// Day first is how the languages of this program write; a file may be month
// first, or hold both, and then what can be either is refused.
const (
	DayFirst   DayOrder = "day-first"
	MonthFirst DayOrder = "month-first"
	AnyOrder   DayOrder = "any"
)

// DayOrders are the orders a person can choose.
func DayOrders() []DayOrder { return []DayOrder{DayFirst, MonthFirst, AnyOrder} }

// OrderOf finds out from days that can be read one way only in which order the
// texts of a column are written.
func OrderOf(texts []string) DayOrder {
	dayFirst, monthFirst := false, false
	for _, text := range texts {
		date, _, ok := cutTime(Fold(text))
		parts := dateParts(date)
		if !ok || len(parts) != 3 || strings.Contains(date, ".") || len(parts[0]) > 2 {
			continue
		}
		a, b := digits(parts[0]), digits(parts[1])
		dayFirst = dayFirst || a > 12 && b >= 1 && b <= 12
		monthFirst = monthFirst || b > 12 && a >= 1 && a <= 12
	}
	switch {
	case dayFirst && monthFirst:
		return AnyOrder
	case monthFirst:
		return MonthFirst
	}
	return DayFirst
}

// ParseDay reads a day as people's sheets hold it: year first, day or month
// first with slashes, dots or hyphens, with a month's name in four languages,
// as a spreadsheet's number of days, eight digits, and with a time of day that
// is dropped. "-", "n/a" and the ends of time of other systems (0000-00-00,
// 31/12/9999) are none.
//
// It refuses, at the field, with import.bad_date, with date.ambiguous what may be two
// days, and with date.order what does not fit the order of the others.
func ParseDay(field, text string, order DayOrder) (Day, *Error) {
	bad := InvalidField(field, "import.bad_date", Args{"Value": text})
	folded := strings.TrimSpace(Fold(text))
	switch folded {
	case "", "-", "—", "n/a":
		return Day{}, nil
	}
	date, zoned, ok := cutTime(folded)
	if !ok || zoned {
		return Day{}, bad
	}
	y, m, d, code := readDate(date, order)
	switch {
	case code != "":
		return Day{}, InvalidField(field, code, Args{"Value": text})
	case y == 0 && m == 0 && d == 0, y == 9999 && m == 12 && d == 31:
		return Day{}, nil
	}
	day := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < 1900 || y > 9999 || int(day.Month()) != m || day.Day() != d {
		return Day{}, bad
	}
	return Day{y, time.Month(m), d}, nil
}

// cutTime takes the time of day off a folded date. A time in a zone of its own
// that is not the beginning or end of a day may be another day here: zoned.
func cutTime(text string) (date string, zoned, ok bool) {
	colon := strings.IndexByte(text, ':')
	if colon < 0 {
		return text, false, true
	}
	at := strings.LastIndexAny(text[:colon], " t")
	if at < 0 {
		return text, false, false
	}
	date, clock := strings.TrimSpace(text[:at]), strings.ToUpper(strings.TrimSpace(text[at+1:]))
	for _, layout := range []string{"15:04", "15:04:05", "3:04 PM", "3:04:05 PM"} {
		for _, zone := range []string{"", "Z07:00", " Z07:00", "Z0700"} {
			t, err := time.Parse(layout+zone, clock)
			if err != nil {
				continue
			}
			edge := t.Hour() == 0 && t.Minute() == 0 || t.Hour() == 23 && t.Minute() == 59
			return strings.TrimSuffix(date, ","), zone != "" && !edge, true
		}
	}
	return text, false, false
}

// readDate reads year, month and day; code says what is wrong.
func readDate(date string, order DayOrder) (y, m, d int, code string) {
	parts := dateParts(date)
	if len(parts) == 4 && listed(weekdays, parts[0]) > 0 {
		parts = parts[1:]
	}
	if len(parts) == 1 {
		return oneNumber(parts[0])
	}
	if len(parts) != 3 {
		return 0, 0, 0, "import.bad_date"
	}
	for n, part := range parts[:2] {
		if m := listed(months, part); m > 0 {
			d, y = ordinal(parts[1-n]), year(parts[2])
			if d < 0 || y < 0 {
				return 0, 0, 0, "import.bad_date"
			}
			return y, m, d, ""
		}
	}
	if len(parts[0]) == 4 {
		y, m, d = digits(parts[0]), digits(parts[1]), digits(parts[2])
	} else {
		y, m, d = year(parts[2]), digits(parts[1]), digits(parts[0])
		if strings.Contains(date, ".") {
			order = DayFirst // nobody writes the month first with full stops
		}
		if code = fits(d, m, order); order == MonthFirst || order == AnyOrder && m > 12 {
			d, m = m, d
		}
	}
	if y < 0 || m < 0 || d < 0 {
		code = "import.bad_date"
	}
	return y, m, d, code
}

// fits says what is wrong with two numbers before a year in an order.
func fits(a, b int, order DayOrder) string {
	switch {
	case a > 31 || b > 31 || a > 12 && b > 12:
		return "import.bad_date"
	case order == DayFirst && b > 12, order == MonthFirst && a > 12:
		return "date.order"
	case order == AnyOrder && a != b && a >= 1 && b >= 1 && a <= 12 && b <= 12:
		return "date.ambiguous"
	}
	return ""
}

// oneNumber reads 20271231, or a spreadsheet's number of days from 2000 to
// 2099.
func oneNumber(text string) (y, m, d int, code string) {
	n := digits(text)
	switch {
	case len(text) == 8 && n >= 0:
		return n / 10_000, n / 100 % 100, n % 100, ""
	case len(text) == 5 && n >= 36_526 && n <= 73_050:
		t := time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC)
		return t.Year(), int(t.Month()), t.Day(), ""
	}
	return 0, 0, 0, "import.bad_date"
}

// dateParts are the numbers and words of a folded date.
func dateParts(date string) []string {
	return strings.FieldsFunc(date, func(r rune) bool { return r == '/' || r == '.' || r == '-' || r == ',' || unicode.IsSpace(r) })
}

// digits is a number of one to eight plain digits, else -1.
func digits(text string) int {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || len(text) > 8 {
		return -1
	}
	return int(n)
}

// year is a number of four digits, or of two: those of this century up to 69.
func year(text string) int {
	n := digits(text)
	switch {
	case len(text) == 2 && n >= 70:
		return 1900 + n
	case len(text) == 2 && n >= 0:
		return 2000 + n
	case len(text) == 4:
		return n
	}
	return -1
}

// ordinal is the number of a day: 1, 1er, 2nd.
func ordinal(text string) int {
	for _, ending := range []string{"er", "st", "nd", "rd", "th"} {
		if number, found := strings.CutSuffix(text, ending); found {
			return digits(number)
		}
	}
	return digits(text)
}
