package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"intendant/internal/directory"
)

const (
	oneTimeBytes  = 20 // as RFC 4226 recommends
	oneTimePeriod = 30 // seconds that one code is shown
	// oneTimeDrift is how many steps a clock may be wrong, each way.
	oneTimeDrift = 1
)

// NewOneTimeSecret makes what a person's authenticator and the installation
// share, in the characters that authenticators take (base 32).
func NewOneTimeSecret() string {
	raw := make([]byte, oneTimeBytes)
	fill(raw)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

// OneTimeStep is the step of a moment: a code belongs to one (RFC 6238).
func OneTimeStep(at time.Time) int64 { return at.Unix() / oneTimePeriod }

// OneTimeLeft is how long the code of a moment is still shown.
func OneTimeLeft(at time.Time) time.Duration {
	return time.Unix((OneTimeStep(at)+1)*oneTimePeriod, 0).Sub(at)
}

// OneTimeCode is what an authenticator shows for a secret at a step.
func OneTimeCode(secret string, step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("make one-time code: %w", err)
	}
	return code, nil
}

// MatchOneTimeCode finds the step of a code among those around a moment. A step
// up to the one used last is worth nothing any more: whoever looks over a
// shoulder types the same code too late (SIGN-6).
func MatchOneTimeCode(secret, code string, now time.Time, used int64) (step int64, ok bool, err error) {
	for at := OneTimeStep(now) - oneTimeDrift; at <= OneTimeStep(now)+oneTimeDrift; at++ {
		right, err := OneTimeCode(secret, at)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 && at > used && !ok {
			step, ok = at, true
		}
	}
	return step, ok, nil
}

// OneTimeAddress is what an authenticator reads from the picture: the secret
// with whose it is and where.
func OneTimeAddress(secret, issuer, person string) string {
	who := url.PathEscape(issuer) + ":" + url.PathEscape(person)
	// Not url.Values: some authenticators show its plus sign for a space.
	return "otpauth://totp/" + who + "?secret=" + secret + "&issuer=" + strings.ReplaceAll(url.QueryEscape(issuer), "+", "%20")
}

// NewRecoveryCodes makes canonical recovery codes, each drawn evenly from the
// alphabet of admin keys: they are read from paper like those.
func NewRecoveryCodes() []string {
	codes := make([]string, directory.RecoveryCodes)
	for i := range codes {
		codes[i] = draw(directory.KeyAlphabet, directory.RecoveryLength)
	}
	return codes
}

// RecoveryDigest is what is stored of a recovery code. Like KeyDigest it needs
// the master secret, so that a stolen database cannot be searched for codes.
func (b *Box) RecoveryDigest(code string) []byte {
	mac := hmac.New(sha256.New, b.recoveries)
	mac.Write([]byte(code))
	return mac.Sum(nil)
}
