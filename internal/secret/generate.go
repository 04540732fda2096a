package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"

	"intendant/internal/directory"
)

const tokenBytes = 32

// NewToken makes the secret of a mailed link or of a technical user, and the
// digest that is stored instead of it.
func NewToken() (token string, digest []byte) {
	raw := make([]byte, tokenBytes)
	fill(raw)
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, Digest(token)
}

// Digest is what is stored of a token and what it is found by. Tokens are long
// and random, so a plain digest cannot be searched.
func Digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// NewAdminKey makes a canonical admin key of length characters, each drawn
// evenly from directory.KeyAlphabet (rule KEY-1).
func NewAdminKey(length int) string {
	return draw(directory.KeyAlphabet, length)
}

const (
	consonants  = "bcdfghjkmnprstvwxz"
	vowels      = "aeiu"
	plainDigits = "23456789"
	syllables   = 3
	words       = 3
)

// NewProvisionalPassword makes a password a person can read aloud and type,
// such as "Duvaki-negezu-bipaha-47" (rule SIGN-1): three words of three
// syllables and two digits, more than 60 bits, with all four kinds of
// characters so that every policy takes it.
func NewProvisionalPassword() string {
	var b strings.Builder
	for word := range words {
		for syllable := range syllables {
			consonant := draw(consonants, 1)
			if word == 0 && syllable == 0 {
				consonant = strings.ToUpper(consonant)
			}
			b.WriteString(consonant)
			b.WriteString(draw(vowels, 1))
		}
		b.WriteByte('-')
	}
	b.WriteString(draw(plainDigits, 2))
	return b.String()
}

// draw takes n characters of alphabet, each as likely as any other.
func draw(alphabet string, n int) string {
	limit := big.NewInt(int64(len(alphabet)))
	out := make([]byte, n)
	for i := range out {
		// Reading the system's randomness cannot fail, see fill.
		at, _ := rand.Int(rand.Reader, limit)
		out[i] = alphabet[at.Int64()]
	}
	return string(out)
}
