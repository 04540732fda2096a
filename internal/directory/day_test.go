package directory

import (
	"testing"
	"time"
)

func TestParseDay(t *testing.T) {
	const last = "2027-12-31"
	for _, test := range []struct {
		text  string
		order DayOrder
		want  string
	}{
		{"31/12/2027", DayFirst, last},
		{"2027-12-31", MonthFirst, last},
		{"2027/12/31", DayFirst, last},
		{"31.12.2027", MonthFirst, last},
		{"31-12-27", DayFirst, last},
		{"31/12/27", DayFirst, last},
		{"12/31/2027", AnyOrder, last},
		{"12/31/2027", MonthFirst, last},
		{"12/31/2027", DayFirst, "date.order"},
		{"31/12/2027", MonthFirst, "date.order"},
		{"1/2/2027", DayFirst, "2027-02-01"},
		{"1/2/2027", MonthFirst, "2027-01-02"},
		{"1/2/2027", AnyOrder, "date.ambiguous"},
		{"2/2/2027", AnyOrder, "2027-02-02"},
		{"1.2.2027", AnyOrder, "2027-02-01"},
		{"46752", DayFirst, last},
		{"31 décembre 2027", DayFirst, last},
		{"31 déc. 2027", DayFirst, last},
		{"vendredi 31 décembre 2027", AnyOrder, last},
		{"1er août 2027", DayFirst, "2027-08-01"},
		{"31. Dezember 2027", DayFirst, last},
		{"5 MÄRZ 2027", DayFirst, "2027-03-05"},
		{"31-Dec-2027", DayFirst, last},
		{"December 31, 2027", DayFirst, last},
		{"3 mrt. 2027", DayFirst, "2027-03-03"},
		{"2027-12-31T00:00:00Z", DayFirst, last},
		{"2027-12-31T00:00:00.000+01:00", DayFirst, last},
		{"2027-12-31T23:59:59Z", DayFirst, last},
		{"2027-12-31T22:00:00Z", DayFirst, "import.bad_date"}, // the next day here, perhaps
		{"31/12/2027 00:00", DayFirst, last},
		{"31/12/2027 00:00:00", DayFirst, last},
		{"31/12/2027 17:30", DayFirst, last},
		{"12/31/2027 12:00:00 AM", MonthFirst, last},
		{"20271231", DayFirst, last},
		{"29/02/2027", DayFirst, "import.bad_date"},
		{"32/12/2027", DayFirst, "import.bad_date"},
		{"13/13/2027", AnyOrder, "import.bad_date"},
		{"31/12", DayFirst, "import.bad_date"},
		{"fin 2027", DayFirst, "import.bad_date"},
		{"123456", DayFirst, "import.bad_date"},
		{"00/00/0000", DayFirst, ""},
		{"0000-00-00", DayFirst, ""},
		{"31/12/9999", DayFirst, ""},
		{"9999-12-31", DayFirst, ""},
		{"01/01/1900", DayFirst, "1900-01-01"},
		{"-", DayFirst, ""},
		{"N/A", DayFirst, ""},
		{" ", DayFirst, ""},
	} {
		t.Run("ADD-13 "+test.text+" "+string(test.order), func(t *testing.T) {
			day, refusal := ParseDay("ends", test.text, test.order)
			got := day.ISO()
			if refusal != nil {
				got = refusal.Code
			}
			if got != test.want {
				t.Errorf("ParseDay: %q, want %q", got, test.want)
			}
		})
	}
}

func TestOrderOf(t *testing.T) {
	for name, test := range map[string]struct {
		texts []string
		want  DayOrder
	}{
		"ADD-13 nothing tells":     {[]string{"1/2/2027", "", "46752", "31.12.2027", "2027-12-31"}, DayFirst},
		"ADD-13 day first":         {[]string{"1/2/2027", "31/12/2027"}, DayFirst},
		"ADD-13 month first":       {[]string{"1/2/2027", "12/31/2027 12:00:00 AM"}, MonthFirst},
		"ADD-13 both in one sheet": {[]string{"12/31/2027", "31-12-27"}, AnyOrder},
	} {
		t.Run(name, func(t *testing.T) {
			if got := OrderOf(test.texts); got != test.want {
				t.Errorf("OrderOf: %q, want %q", got, test.want)
			}
		})
	}
}

func TestEnd(t *testing.T) {
	zone := func(name string) *time.Location {
		t.Helper()
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return zone
	}
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	moment := time.Date(2027, 6, 30, 10, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, zone string
		end        End
		want       string
		last       string
	}{
		{"USER-6 the day counts to its last minute", "Europe/Paris", End{Day: Day{2027, 12, 31}}, "2027-12-31T23:00:00Z", "2027-12-31"},
		{"USER-6 west of Greenwich", "America/New_York", End{Day: Day{2027, 12, 31}}, "2028-01-01T05:00:00Z", "2027-12-31"},
		{"USER-6 clocks put forward at midnight", "Asia/Beirut", End{Day: Day{2027, 3, 27}}, "2027-03-27T22:00:00Z", "2027-03-27"},
		{"USER-6 today may be the last day", "Europe/Paris", End{Day: Day{2026, 3, 2}}, "2026-03-02T23:00:00Z", "2026-03-02"},
		{"USER-6 yesterday is past", "Europe/Paris", End{Day: Day{2026, 3, 1}}, "member.end_past", ""},
		{"USER-6 a moment stands", "Europe/Paris", End{Moment: moment}, "2027-06-30T10:00:00Z", "2027-06-30"},
		{"USER-6 this very moment is past", "Europe/Paris", End{Moment: noon}, "member.end_past", ""},
		{"USER-6 none", "Europe/Paris", End{}, "0001-01-01T00:00:00Z", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			z := zone(test.zone)
			at, refusal := test.end.Coming(z, noon)
			got := at.UTC().Format(time.RFC3339)
			if refusal != nil {
				got = refusal.Code
			}
			if got != test.want || LastDay(at, z).ISO() != test.last {
				t.Errorf("Coming: %s shown as %q, want %s shown as %q", got, LastDay(at, z).ISO(), test.want, test.last)
			}
			if refusal == nil && !test.end.Same(at, z) {
				t.Error("what was set is not the same")
			}
		})
	}
}
