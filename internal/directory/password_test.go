package directory

import (
	"strings"
	"testing"
	"time"
)

func TestPasswordPolicyCheck(t *testing.T) { // SIGN-3
	policy := PasswordPolicy{MinLength: 10, Classes: 3}
	for _, test := range []struct {
		name, password, wantCode string
	}{
		{"good", "Sablière-27", ""},
		{"too short", "Sab-27", "password.too_short"},
		{"length counts characters", "Éàéèêëïö-1", ""},
		{"two kinds", "sablieresable27", "password.too_few_kinds"},
		{"first name", "Hélène-2026-x", "password.contains_name"},
		{"first name without accents", "xhelene-2026-X", "password.contains_name"},
		{"user name in other case", "xCASTAING-2026", "password.contains_name"},
		{"domain of the address is no name", "batisoft-Xy-27", ""},
		{"200 characters", "Aa1" + strings.Repeat("x", 197), ""},
		{"201 characters", "Aa1" + strings.Repeat("x", 198), "password.too_long"},
		{"NUL", "Sablière-27\x00", "password.unreadable"},
		{"broken text", "Sabliere-27\xff", "password.unreadable"},
	} {
		t.Run("SIGN-3 "+test.name, func(t *testing.T) {
			var got string
			if err := policy.Check(test.password, "Hélène", "h.castaing@batisoft.example", "helene.castaing"); err != nil {
				got = err.Code
			}
			if got != test.wantCode {
				t.Errorf("Check: code %q, want %q", got, test.wantCode)
			}
		})
	}
	t.Run("the empty password breaks the empty policy", func(t *testing.T) {
		if err := (PasswordPolicy{}).Check(""); err == nil || err.Code != "password.too_short" {
			t.Errorf("Check of nothing: %v, want password.too_short", err)
		}
	})
}

func TestStrictest(t *testing.T) { // USER-4
	got := Strictest(PasswordPolicy{MinLength: 8, Classes: 3}, PasswordPolicy{MinLength: 14, RenewalDays: 90})
	if want := (PasswordPolicy{MinLength: 14, Classes: 3, RenewalDays: 90}); got != want {
		t.Errorf("Strictest = %+v, want %+v", got, want)
	}
	got = Strictest(PasswordPolicy{RenewalDays: 60}, PasswordPolicy{RenewalDays: 90})
	if got.RenewalDays != 60 {
		t.Errorf("Strictest renewal = %d, want 60", got.RenewalDays)
	}
}

func TestRenewalDue(t *testing.T) { // SIGN-3
	set := time.Date(2026, 1, 14, 9, 0, 0, 0, time.UTC)
	policy := PasswordPolicy{RenewalDays: 30}
	end := set.AddDate(0, 0, 30)
	for _, test := range []struct {
		name            string
		policy          PasswordPolicy
		now             time.Time
		wantDue, notice bool
	}{
		{"SIGN-3 eight days before", policy, end.AddDate(0, 0, -8), false, false},
		{"SIGN-3 a week before", policy, end.AddDate(0, 0, -7), false, true},
		{"SIGN-3 a moment before", policy, end.Add(-time.Microsecond), false, true},
		{"SIGN-3 at the end", policy, end, true, false},
		{"SIGN-3 no renewal", PasswordPolicy{}, end.AddDate(9, 0, 0), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			due, notice := test.policy.RenewalDue(set, test.now)
			if due != test.wantDue || notice != test.notice {
				t.Errorf("RenewalDue = %v, %v, want %v, %v", due, notice, test.wantDue, test.notice)
			}
		})
	}
}
