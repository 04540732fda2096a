package secret

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"intendant/internal/directory"
)

func newBox(t *testing.T, fillWith byte) *Box {
	t.Helper()
	box, err := NewBox(bytes.Repeat([]byte{fillWith}, MasterSize))
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func TestNewBoxShortMaster(t *testing.T) {
	if _, err := NewBox(make([]byte, MasterSize-1)); err == nil {
		t.Error("NewBox took a short master secret")
	}
}

func TestSeal(t *testing.T) { // MAIL-3
	box := newBox(t, 1)
	sealed := box.Seal([]byte("Duvaki-47"), "mail/7")
	if bytes.Contains(sealed, []byte("Duvaki")) {
		t.Error("MAIL-3 the sealed value can be read")
	}
	if got, err := box.Open(sealed, "mail/7"); err != nil || string(got) != "Duvaki-47" {
		t.Errorf("Open = %q, %v", got, err)
	}
	if bytes.Equal(sealed, box.Seal([]byte("Duvaki-47"), "mail/7")) {
		t.Error("Seal gave the same bytes twice")
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for _, test := range []struct {
		name    string
		box     *Box
		sealed  []byte
		context string
	}{
		{"another row", box, sealed, "mail/8"},
		{"another installation", newBox(t, 2), sealed, "mail/7"},
		{"changed", box, changed, "mail/7"},
		{"cut", box, sealed[:10], "mail/7"},
		{"nothing", box, nil, "mail/7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := test.box.Open(test.sealed, test.context); !errors.Is(err, ErrSealed) || got != nil {
				t.Errorf("Open = %q, %v, want ErrSealed", got, err)
			}
		})
	}
}

func TestKeyDigest(t *testing.T) { // KEY-6
	one, two := newBox(t, 1), newBox(t, 2)
	if !bytes.Equal(one.KeyDigest("ADMKEY7WX9PQ"), one.KeyDigest("ADMKEY7WX9PQ")) {
		t.Error("KEY-6 a key has two digests")
	}
	if bytes.Equal(one.KeyDigest("ADMKEY7WX9PQ"), two.KeyDigest("ADMKEY7WX9PQ")) {
		t.Error("KEY-6 two installations share a digest")
	}
	if got := hex.EncodeToString(one.KeyDigest("ADMKEY7WX9PQ")); got != wantDigest {
		t.Errorf("KEY-6 KeyDigest = %s, want %s: stored keys would no longer be found", got, wantDigest)
	}
}

// wantDigest pins the derivation: changing it makes every printed key useless.
const wantDigest = "67b5d9680754ad84106f82d640994bb4e97da1d4203cd67db9eecdfb5054ddfe"

func TestNewToken(t *testing.T) {
	token, digest := NewToken()
	other, _ := NewToken()
	if token == other || len(token) != 43 || strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		t.Errorf("NewToken = %q, then %q", token, other)
	}
	if !bytes.Equal(digest, Digest(token)) {
		t.Error("Digest(token) differs from the digest made with it")
	}
}

func TestNewAdminKey(t *testing.T) { // KEY-1
	count := map[rune]int{}
	const keys = 2000
	for range keys {
		key := NewAdminKey(12)
		if parsed, err := directory.ParseKey(directory.FormatKey(key), 12); err != nil || parsed != key {
			t.Fatalf("KEY-1 %q does not survive printing: %q, %v", key, parsed, err)
		}
		for _, r := range key {
			count[r]++
		}
	}
	mean := float64(keys*12) / float64(len(directory.KeyAlphabet))
	for _, r := range directory.KeyAlphabet {
		if off := math.Abs(float64(count[r]) - mean); off > 6*math.Sqrt(mean) {
			t.Errorf("%q drawn %d times, mean %.0f: not even", r, count[r], mean)
		}
	}
}

func TestNewProvisionalPassword(t *testing.T) { // SIGN-1
	policy := directory.PasswordPolicy{MinLength: 20, Classes: 4}
	for range 200 {
		password := NewProvisionalPassword()
		if err := policy.Check(password); err != nil {
			t.Fatalf("SIGN-1 %q breaks the hardest policy: %v", password, err)
		}
		if strings.ContainsAny(password, "01OlI") {
			t.Fatalf("SIGN-1 %q has look-alikes", password)
		}
		if got := Measure(password, nil).Score; got != 4 {
			t.Fatalf("Measure(%q) = %d, want 4", password, got)
		}
	}
	bits := words*syllables*(math.Log2(float64(len(consonants)))+math.Log2(float64(len(vowels)))) + 2*math.Log2(float64(len(plainDigits)))
	if bits < 60 {
		t.Errorf("a provisional password has %.1f bits, want 60", bits)
	}
}

func TestMeasure(t *testing.T) { // SIGN-3
	own := []string{"Bâtisoft", "Groupe Maraval", "helene.castaing@maraval.example"}
	for _, test := range []struct {
		name, password string
		most, least    int
	}{
		{"own product", "Intendant2026", 2, 0},
		{"customer", "maraval2026", 2, 0},
		{"the person", "castaing44", 2, 0},
		{"French", "chouchou", 1, 0},
		{"German", "willkommen1", 1, 0},
		{"Dutch", "wachtwoord1", 1, 0},
		{"English", "password1", 1, 0},
		{"good", "fjord Lampe 7 quittance", 4, 4},
		{"long without end", strings.Repeat("ab", 100_000), 2, 0},
		{"nothing", "", 0, 0},
	} {
		t.Run("SIGN-3 "+test.name, func(t *testing.T) {
			if got := Measure(test.password, own).Score; got > test.most || got < test.least {
				t.Errorf("Measure = %d, want %d to %d", got, test.least, test.most)
			}
		})
	}
}

func TestPasswords(t *testing.T) {
	ctx := context.Background()
	passwords := NewPasswords(1)
	encoded, err := passwords.Hash(ctx, "Sablière-27")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("Hash = %q, want argon2id in PHC form", encoded)
	}
	// The same password hashed elsewhere at a smaller cost.
	const weaker = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$eMWyv6LYdFZRNHwksmQg06NtiL3clkaCs2kcSjkLTxo"
	for _, test := range []struct {
		name, encoded, password string
		wantOK, wantRehash      bool
	}{
		{"right", encoded, "Sablière-27", true, false},
		{"accent typed as two characters", encoded, "Sablie\u0300re-27", true, false},
		{"wrong", encoded, "sablière-27", false, false},
		{"right at an old cost", weaker, "Sablière-27", true, true},
		{"wrong at an old cost", weaker, "x", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			ok, rehash, err := passwords.Verify(ctx, test.encoded, test.password)
			if err != nil || ok != test.wantOK || rehash != test.wantRehash {
				t.Errorf("Verify = %v, %v, %v, want %v, %v", ok, rehash, err, test.wantOK, test.wantRehash)
			}
		})
	}
	if err := passwords.VerifyNothing(ctx, "x"); err != nil {
		t.Errorf("VerifyNothing: %v", err)
	}
}

func TestVerifyUnreadable(t *testing.T) {
	passwords := NewPasswords(1)
	for _, encoded := range []string{
		"", "x", "$2b$10$abc", "$argon2id$v=18$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZXNhbHRzb21lc2FsdA",
		"$argon2id$v=19$m=4000000,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZXNhbHRzb21lc2FsdA",
		"$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZXNhbHRzb21lc2FsdA",
		"$argon2id$v=19$m=64,t=1,p=1$$", "$argon2id$v=19$m=64,t=1,p=1$!!$!!",
	} {
		if ok, _, err := passwords.Verify(context.Background(), encoded, "x"); ok || err == nil {
			t.Errorf("Verify(%q) = %v, %v, want a fault", encoded, ok, err)
		} else if encoded != "" && strings.Contains(err.Error(), "c29t") {
			t.Errorf("the fault shows the hash: %v", err)
		}
	}
}

func TestPasswordsWait(t *testing.T) {
	passwords := NewPasswords(1)
	passwords.slots <- struct{}{}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := passwords.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("Hash in a full house = %v, want the context's end", err)
	}
}

func TestLoadMaster(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	var wait sync.WaitGroup
	got := make([][]byte, 8)
	for i := range got {
		wait.Go(func() {
			var err error
			if got[i], err = LoadMaster(path); err != nil {
				t.Errorf("LoadMaster: %v", err)
			}
		})
	}
	wait.Wait()
	for _, master := range got {
		if len(master) != MasterSize || !bytes.Equal(master, got[0]) {
			t.Errorf("LoadMaster gave different secrets: %d bytes", len(master))
		}
	}
	stat, err := os.Stat(path)
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", stat.Mode(), err)
	}
	if rest, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".master-*")); len(rest) > 0 {
		t.Errorf("left behind: %v", rest)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadMaster(path); err == nil {
		t.Error("LoadMaster took a file others may read")
	}
}

func TestLoadMasterBroken(t *testing.T) {
	for _, text := range []string{"", "c2hvcnQ=", "not base64 at all"} {
		path := filepath.Join(t.TempDir(), "master.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadMaster(path); err == nil {
			t.Errorf("LoadMaster took %q", text)
		}
	}
}
