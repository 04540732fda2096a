package secret_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/secret"
)

// rfc is the secret of the test values of RFC 6238, appendix B.
const rfc = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestOneTimeCode(t *testing.T) { // SIGN-6
	t.Parallel()
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		got, err := secret.OneTimeCode(rfc, secret.OneTimeStep(time.Unix(at, 0)))
		if err != nil || got != want {
			t.Errorf("code of second %d: %q, %v; RFC 6238 says %q", at, got, err, want)
		}
	}
	if _, err := secret.OneTimeCode("not base 32", 1); err == nil {
		t.Error("a secret that is none gives a code")
	}
}

func TestMatchOneTimeCode(t *testing.T) { // SIGN-6
	t.Parallel()
	now := time.Unix(1234567890, 0)
	step := secret.OneTimeStep(now)
	for _, test := range []struct {
		name string
		of   int64 // the code's step
		used int64
		want bool
	}{
		{"this step", step, 0, true},
		{"the step before", step - 1, 0, true},
		{"the step after", step + 1, 0, true},
		{"two steps before", step - 2, 0, false},
		{"two steps after", step + 2, 0, false},
		{"used already", step, step, false},
		{"older than one that was used", step - 1, step, false},
		{"after one that was used", step + 1, step, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, err := secret.OneTimeCode(rfc, test.of)
			if err != nil {
				t.Fatal(err)
			}
			got, ok, err := secret.MatchOneTimeCode(rfc, code, now, test.used)
			if err != nil || ok != test.want || ok && got != test.of {
				t.Errorf("step %d, %t, %v; want %d, %t", got, ok, err, test.of, test.want)
			}
		})
	}
}

func TestOneTimeAddress(t *testing.T) {
	t.Parallel()
	got := secret.OneTimeAddress("ABC", "Bâti & fils", "léa@maraval.example")
	want := "otpauth://totp/B%C3%A2ti%20&%20fils:l%C3%A9a@maraval.example?secret=ABC&issuer=B%C3%A2ti%20%26%20fils"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestRecoveryCodes(t *testing.T) { // SIGN-6
	t.Parallel()
	box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, code := range secret.NewRecoveryCodes() {
		if len(code) != directory.RecoveryLength || strings.Trim(code, directory.KeyAlphabet) != "" || seen[code] {
			t.Errorf("code %q", code)
		}
		seen[code] = true
		if bytes.Equal(box.RecoveryDigest(code), box.KeyDigest(code)) {
			t.Error("a recovery code and an admin key of the same characters have one digest")
		}
	}
	if len(seen) != directory.RecoveryCodes {
		t.Errorf("%d codes, want %d", len(seen), directory.RecoveryCodes)
	}
}
