package i18n

import (
	"sync"
	"testing"
	"time"

	"intendant/internal/directory"
)

func load(t testing.TB) *Bundle {
	t.Helper()
	b, err := Load()
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return b
}

// TestSpeak holds what each language writes for the same values.
func TestSpeak(t *testing.T) {
	t.Parallel()
	b := load(t)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skipf("no time zones here: %v", err)
	}
	march := time.Date(2025, 3, 12, 7, 14, 0, 0, time.UTC)
	first := time.Date(2026, 8, 1, 12, 5, 0, 0, time.UTC)
	for _, test := range []struct {
		name           string
		say            func(p *Printer) string
		fr, en, de, nl string
	}{
		{"number", func(p *Printer) string { return p.Number(1234567) },
			"1\u202f234\u202f567", "1,234,567", "1.234.567", "1.234.567"},
		{"small number", func(p *Printer) string { return p.Number(999) }, "999", "999", "999", "999"},
		{"negative number", func(p *Printer) string { return p.Number(-1248) },
			"-1\u202f248", "-1,248", "-1.248", "-1.248"},
		{"percent", func(p *Printer) string { return p.Percent(1071, 1248) },
			"86\u202f%", "86%", "86\u00a0%", "86%"},
		{"percent of nothing", func(p *Printer) string { return p.Percent(0, 0) }, "0\u202f%", "0%", "0\u00a0%", "0%"},
		{"bytes", func(p *Printer) string { return p.Bytes(1_234_567) },
			"1,2\u00a0Mo", "1.2\u00a0MB", "1,2\u00a0MB", "1,2\u00a0MB"},
		{"few bytes", func(p *Printer) string { return p.Bytes(12) }, "12\u00a0o", "12\u00a0B", "12\u00a0B", "12\u00a0B"},
		{"nearly a unit", func(p *Printer) string { return p.Bytes(999_999) },
			"1,0\u00a0Mo", "1.0\u00a0MB", "1,0\u00a0MB", "1,0\u00a0MB"},
		{"list", func(p *Printer) string { return p.List([]string{"a", "b", "c"}) },
			"a, b et c", "a, b and c", "a, b und c", "a, b en c"},
		{"list of one", func(p *Printer) string { return p.List([]string{"a"}) }, "a", "a", "a", "a"},
		{"either", func(p *Printer) string { return p.Either([]string{"a", "b", "c"}) },
			"a, b ou c", "a, b or c", "a, b oder c", "a, b of c"},
		{"date", func(p *Printer) string { return p.Date(march) },
			"12 mars 2025", "12 March 2025", "12. März 2025", "12 maart 2025"},
		{"first of the month", func(p *Printer) string { return p.DateShort(first) },
			"1er août 2026", "1 Aug 2026", "1. Aug. 2026", "1 aug. 2026"},
		{"time in the zone", func(p *Printer) string { return p.Time(march) },
			"8\u00a0h\u00a014", "08:14", "08:14", "08:14"},
		{"date and time", func(p *Printer) string { return p.DateTime(march) },
			"12 mars 2025 à 8\u00a0h\u00a014", "12 March 2025, 08:14", "12. März 2025, 08:14", "12 maart 2025, 08:14"},
		{"no date", func(p *Printer) string { return p.DateTime(time.Time{}) + p.Date(time.Time{}) }, "", "", "", ""},
		{"country", func(p *Printer) string { return p.Country("DE") },
			"Allemagne", "Germany", "Deutschland", "Duitsland"},
		{"language", func(p *Printer) string { return p.Language("nl") },
			"Nederlands", "Nederlands", "Nederlands", "Nederlands"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for lang, want := range map[string]string{"fr": test.fr, "en": test.en, "de": test.de, "nl": test.nl} {
				if got := test.say(b.Printer(lang, paris)); got != want {
					t.Errorf("%s: %q, want %q", lang, got, want)
				}
			}
		})
	}
}

func TestRelative(t *testing.T) {
	t.Parallel()
	p := load(t).Printer("fr", nil)
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"now", now.Add(-10 * time.Second), "à l’instant"},
		{"minutes", now.Add(-5 * time.Minute), "il y a 5 min"},
		{"hours", now.Add(-2*time.Hour - time.Minute), "il y a 2 h"},
		{"minutes across midnight stay minutes", now.Add(-30 * time.Minute), "il y a 30 min"},
		{"yesterday though 11 h ago", now.Add(-11 * time.Hour), "hier"},
		{"this year", now.AddDate(0, 0, -5), "le 17 nov."},
		{"other year", now.AddDate(-1, 0, 0), "le 22 nov. 2025"},
		{"soon", now.Add(20 * time.Minute), "dans 20 min"},
		{"later today", now.Add(3 * time.Hour), "dans 3 h"},
		{"tomorrow", now.Add(20 * time.Hour), "demain"},
		{"never", time.Time{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := p.Relative(test.at, now); got != test.want {
				t.Errorf("Relative = %q, want %q", got, test.want)
			}
		})
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	p := load(t).Printer("fr", nil)
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for days, want := range map[int]string{
		0:    "Aujourd’hui, dimanche 22 novembre",
		-1:   "Hier, samedi 21 novembre",
		-2:   "Vendredi 20 novembre",
		-365: "Samedi 22 novembre 2025",
	} {
		if got := p.Day(now.AddDate(0, 0, days), now); got != want {
			t.Errorf("Day %d = %q, want %q", days, got, want)
		}
	}
}

func TestMatch(t *testing.T) { // PREF-2
	t.Parallel()
	b := load(t)
	for _, test := range []struct {
		name      string
		preferred []string
		want      string
	}{
		{"nothing asked", nil, "fr"},
		{"own code", []string{"nl"}, "nl"},
		{"regional", []string{"de-AT"}, "de"},
		{"header", []string{"pt-BR,pt;q=0.9,en-US;q=0.8,fr;q=0.5"}, "en"},
		{"the earlier wins", []string{"", "de", "en"}, "de"},
		{"unknown, then known", []string{"ja", "nl-BE"}, "nl"},
		{"nonsense", []string{"\x00;;q=9", "%%"}, "fr"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := b.Match(test.preferred...); got != test.want {
				t.Errorf("Match(%q) = %q, want %q", test.preferred, got, test.want)
			}
		})
	}
}

func TestTFills(t *testing.T) {
	t.Parallel()
	p := load(t).Printer("fr", nil)
	day := time.Date(2025, 3, 12, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		value any
		want  string
	}{
		{"integers as the language writes them", 1248, "1\u202f248"},
		{"strings as they are", "204817", "204817"},
		{"times as days", day, "12 mars 2025"},
		{"lists", []string{"a", "b"}, "a et b"},
		{"markup untouched, pages escape", "<b>", "<b>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := "Le service a rencontré un problème. Référence\u202f: " + test.want
			if got := p.T("error.internal", "Reference", test.value); got != want {
				t.Errorf("T = %q, want %q", got, want)
			}
			refusal := &directory.Error{Code: "internal", Args: directory.Args{"Reference": test.value}}
			if got := p.Error(refusal); got != want {
				t.Errorf("Error = %q, want %q", got, want)
			}
		})
	}
	t.Run("an unknown key shows itself", func(t *testing.T) {
		if got := p.T("no.such.key"); got != "[no.such.key]" || p.Has("no.such.key") {
			t.Errorf("T = %q, Has = %t", got, p.Has("no.such.key"))
		}
	})
	t.Run("a missing value shows the key", func(t *testing.T) {
		if got := p.T("error.internal"); got != "[error.internal]" {
			t.Errorf("T = %q", got)
		}
	})
}

func TestCountries(t *testing.T) {
	t.Parallel()
	countries := load(t).Printer("fr", nil).Countries()
	if len(countries) < 240 || len(countries) > 260 {
		t.Errorf("%d countries, want about 250", len(countries))
	}
	place := map[string]int{}
	for i, c := range countries {
		place[c.Code] = i
	}
	if !(place["AF"] < place["EG"] && place["EG"] < place["FR"] && place["FR"] < place["ZW"]) {
		t.Errorf("order: AF %d, EG (Égypte) %d, FR %d, ZW %d", place["AF"], place["EG"], place["FR"], place["ZW"])
	}
	for _, code := range []string{"FR", "BE", "NL", "DE", "CH", "LU"} {
		if _, ok := place[code]; !ok {
			t.Errorf("%s is missing", code)
		}
	}
}

func TestPrinterConcurrently(t *testing.T) {
	t.Parallel()
	b := load(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			p := b.Printer(b.Languages()[i%4], nil)
			for n := range 100 {
				p.T("error.internal", "Reference", n)
				p.Countries()
			}
		})
	}
	group.Wait()
}

func BenchmarkT(b *testing.B) {
	p := load(b).Printer("fr", nil)
	at := time.Date(2025, 3, 12, 7, 14, 0, 0, time.UTC)
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			p.T("status.active")
		}
	})
	b.Run("placeholder", func(b *testing.B) {
		for b.Loop() {
			p.T("error.internal", "Reference", "x")
		}
	})
	b.Run("date", func(b *testing.B) {
		for b.Loop() {
			p.DateShort(at)
		}
	})
}
