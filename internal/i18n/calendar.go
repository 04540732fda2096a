package i18n

import (
	"fmt"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// calendar is how a language writes days and hours.
type calendar struct {
	months, short [12]string
	weekdays      [7]string
	first         string // the first day of a month: "1er"
	patterns      map[string]pattern
}

func newCalendar(s *speech) calendar {
	c := calendar{first: s.plain["date.first"], patterns: map[string]pattern{}}
	for i := range c.months {
		c.months[i] = s.plain[fmt.Sprintf("date.month.%d", i+1)]
		c.short[i] = s.plain[fmt.Sprintf("date.month_short.%d", i+1)]
	}
	for i := range c.weekdays {
		c.weekdays[i] = s.plain[fmt.Sprintf("date.weekday.%d", i)]
	}
	for _, key := range []string{
		"date.long", "date.short", "date.day", "date.day_year", "date.time", "date.date_time",
		"date.today_heading", "date.yesterday_heading",
		"relative.now", "relative.minutes_ago", "relative.hours_ago", "relative.in_minutes", "relative.in_hours",
		"relative.yesterday", "relative.tomorrow", "relative.this_year", "relative.other_year",
	} {
		c.patterns[key] = s.pattern(key)
	}
	return c
}

// Date returns the day: "12 mars 2025". The zero time is empty, here and in
// the methods below.
func (p *Printer) Date(t time.Time) string { return p.stamp("date.long", t) }

// DateShort returns the day for tables: "12 nov. 2026".
func (p *Printer) DateShort(t time.Time) string { return p.stamp("date.short", t) }

// Time returns the hour and minute: "8 h 14", "08:14".
func (p *Printer) Time(t time.Time) string { return p.stamp("date.time", t) }

// DateTime returns day and hour: "12 mars 2025 à 8 h 14".
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.speech.calendar.patterns["date.date_time"].write(func(name string) string {
		if name == "Date" {
			return p.Date(t)
		}
		return p.Time(t)
	})
}

// Day returns the day as the heading of a diary, seen from now: "Aujourd’hui,
// dimanche 22 novembre", "Samedi 21 novembre", with the year when it is
// another.
func (p *Printer) Day(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	key := "date.day"
	if t.In(p.zone).Year() != now.In(p.zone).Year() {
		key = "date.day_year"
	}
	day := p.stamp(key, t)
	switch p.daysBetween(t, now) {
	case 0:
		return p.speech.calendar.patterns["date.today_heading"].one(day)
	case 1:
		return p.speech.calendar.patterns["date.yesterday_heading"].one(day)
	}
	letter, size := utf8.DecodeRuneInString(day)
	return string(unicode.ToUpper(letter)) + day[size:]
}

// Relative returns when t is, seen from now: "il y a 2 h", "hier", "le 17
// nov.". Hours are told within a calendar day of the printer's zone only, so
// that "hier" is the day before and never today.
func (p *Printer) Relative(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	patterns := p.speech.calendar.patterns
	past := now.Sub(t)
	switch days := p.daysBetween(t, now); {
	case past.Abs() < time.Minute:
		return patterns["relative.now"].one("")
	case 0 < past && past < time.Hour:
		return patterns["relative.minutes_ago"].one(p.Number(int64(past / time.Minute)))
	case past < 0 && -past < time.Hour:
		return patterns["relative.in_minutes"].one(p.Number(int64(-past / time.Minute)))
	case days == 0 && past > 0:
		return patterns["relative.hours_ago"].one(p.Number(int64(past / time.Hour)))
	case days == 0:
		return patterns["relative.in_hours"].one(p.Number(int64(-past / time.Hour)))
	case days == 1:
		return patterns["relative.yesterday"].one("")
	case days == -1:
		return patterns["relative.tomorrow"].one("")
	}
	if t.In(p.zone).Year() == now.In(p.zone).Year() {
		return p.stamp("relative.this_year", t)
	}
	return p.stamp("relative.other_year", t)
}

// daysBetween counts the midnights from t to now in the printer's zone.
func (p *Printer) daysBetween(t, now time.Time) int {
	midnight := func(t time.Time) time.Time {
		year, month, day := t.In(p.zone).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(now).Sub(midnight(t)) / (24 * time.Hour))
}

// stamp fills the pattern of key with the parts of t.
func (p *Printer) stamp(key string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.zone)
	c := &p.speech.calendar
	return c.patterns[key].write(func(name string) string {
		switch name {
		case "Day":
			if t.Day() == 1 {
				return c.first
			}
			return strconv.Itoa(t.Day())
		case "Month":
			return c.months[t.Month()-1]
		case "MonthShort":
			return c.short[t.Month()-1]
		case "Year":
			return strconv.Itoa(t.Year())
		case "Weekday":
			return c.weekdays[t.Weekday()]
		case "Hour":
			return strconv.Itoa(t.Hour())
		case "HourTwo":
			return two(t.Hour())
		case "Minute":
			return two(t.Minute())
		}
		return ""
	})
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
