package directory

import (
	"strings"
	"testing"
	"time"
)

func TestParseFactorCode(t *testing.T) { // SIGN-6
	t.Parallel()
	for typed, want := range map[string]FactorCode{
		"123456":             {Text: "123456"},
		" 123 456 ":          {Text: "123456"},
		"123\u202f456":       {Text: "123456"},
		"acdef-hjkmn":        {Text: "ACDEFHJKMN", Recovery: true},
		"ACDEF HJKMN":        {Text: "ACDEFHJKMN", Recovery: true},
		"2345678923":         {Text: "2345678923", Recovery: true},
		"\u2060ACDEF–HJKMN ": {Text: "ACDEFHJKMN", Recovery: true},
	} {
		if got, refusal := ParseFactorCode(typed); refusal != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", typed, got, refusal, want)
		}
	}
	for _, typed := range []string{"", "12345", "1234567", "ACDEFHJKM", "ACDEFHJKMNP", "ACDEFHJKM0", "１２３４５６", "ACDEFHJKMÉ",
		strings.Repeat("1", 70_000)} {
		if _, refusal := ParseFactorCode(typed); refusal == nil || refusal.Code != "factor.wrong" {
			t.Errorf("%.20q: %v, want factor.wrong", typed, refusal)
		}
	}
}

func TestFactorConfirmable(t *testing.T) { // SIGN-6
	t.Parallel()
	begun := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	f := Factor{Pending: []byte{1}, Begun: begun}
	if refusal := f.Confirmable(begun.Add(FactorSetup - time.Second)); refusal != nil {
		t.Errorf("within the hour: %v", refusal)
	}
	for name, refusal := range map[string]*Error{"after the hour": f.Confirmable(begun.Add(FactorSetup)), "none": Factor{}.Confirmable(begun)} {
		if refusal == nil || refusal.Code != "factor.not_begun" {
			t.Errorf("%s: %v, want factor.not_begun", name, refusal)
		}
	}
}
