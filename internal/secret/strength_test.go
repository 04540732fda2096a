package secret

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestHopeless(t *testing.T) { // SIGN-3
	own := []string{"Intendant", "Bâtisoft", "Groupe Maraval", "Hélène", "Castaing", "helene.castaing@maraval.example"}
	for _, password := range []string{"123456789012", "aaaaaaaaaaaa", "abcabcabcabc", "Password1234", "P@ssw0rd1234", "Motdepasse1!",
		"Bonjour12345", "Azerty123456", "qwertyuiop12", "Welkom123456", "Intendant2026", "Batisoft2026", "Bâtisoft-2026", "Maraval-44000",
		"GroupeMaraval!", "Hélène-Castaing", strings.Repeat("aaaaaaaaaaaa", 16)} {
		if got := Measure(password, own); !got.Hopeless() {
			t.Errorf("SIGN-3 %q: score %d, want it refused", password, got.Score)
		}
	}
	for _, password := range []string{"Quai-Tanneurs-18", "fjord Lampe 7 quittance", "Falaise-Ocre-77", NewProvisionalPassword(),
		strings.Repeat("a", 32) + "fjord Lampe quittance"} {
		if got := Measure(password, own); got.Hopeless() {
			t.Errorf("SIGN-3 %q: score %d, want it taken", password, got.Score)
		}
	}
}

// crafted are inputs that cost the estimator most: many signs that may stand for
// letters, repetitions, long words beside it.
func crafted() map[string][]string {
	leet := "4@8({[<369&#!1/|0$5+7%2"
	drawn := make([]byte, 200)
	signs := "4836910257aeiosltgczx-a"
	for i := range drawn {
		drawn[i] = signs[rand.IntN(len(signs))]
	}
	return map[string][]string{
		strings.Repeat(leet, 10):           nil,
		string(drawn):                      nil,
		strings.Repeat("𝔸é漢", 60):          nil,
		strings.Repeat("19991999", 25):     nil,
		strings.Repeat("p4$$w0rd!|", 1000): {strings.Repeat("mot ", 100_000), strings.Repeat("x", 1<<20)},
	}
}

// TestMeasureCost holds that no input costs much more than an ordinary password.
// The smallest of several times is compared: the machine does other things too.
func TestMeasureCost(t *testing.T) { // SIGN-3
	cost := func(password string, own []string) time.Duration {
		least := time.Hour
		for range 7 {
			began := time.Now()
			Measure(password, own)
			least = min(least, time.Since(began))
		}
		return least
	}
	for password, own := range crafted() {
		if took := cost(password, own); took > 50*time.Millisecond {
			t.Errorf("SIGN-3 %.20q… took %v, want a few milliseconds", password, took)
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	for password, own := range crafted() {
		b.Run(strings.ToValidUTF8(password[:12], ""), func(b *testing.B) {
			for b.Loop() {
				Measure(password, own)
			}
		})
	}
}
