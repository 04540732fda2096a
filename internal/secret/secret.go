// Package secret makes, hides and checks what must not be read: sealed values
// in rows, digests of admin keys and mailed tokens, password hashes, and the
// generators for all of them. It knows no account and no database.
package secret

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// MasterSize is the least number of bytes of an installation's master secret.
const MasterSize = 32

// ErrSealed answers an attempt to open what this box did not seal, or sealed
// for another context, or what was changed since.
var ErrSealed = errors.New("sealed value cannot be opened")

// A Box holds the keys derived from an installation's master secret, one for
// each purpose, so that no use can be turned against another. It is safe for
// concurrent use.
type Box struct {
	seal       cipher.AEAD
	digests    []byte
	recoveries []byte
	mark       []byte
}

// NewBox derives the keys of an installation. It refuses a master secret of
// less than MasterSize bytes.
func NewBox(master []byte) (*Box, error) {
	if len(master) < MasterSize {
		return nil, fmt.Errorf("derive keys: master secret has %d bytes, needs %d", len(master), MasterSize)
	}
	sealing, err := hkdf.Key(sha256.New, master, nil, "intendant seal v1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive sealing key: %w", err)
	}
	digests, err := hkdf.Key(sha256.New, master, nil, "intendant admin key digest v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive digest key: %w", err)
	}
	recoveries, err := hkdf.Key(sha256.New, master, nil, "intendant recovery code digest v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive recovery key: %w", err)
	}
	mark, err := hkdf.Key(sha256.New, master, nil, "intendant mark v1", markSize)
	if err != nil {
		return nil, fmt.Errorf("derive mark: %w", err)
	}
	aead, err := chacha20poly1305.NewX(sealing)
	if err != nil {
		return nil, fmt.Errorf("derive sealing cipher: %w", err)
	}
	return &Box{seal: aead, digests: digests, recoveries: recoveries, mark: mark}, nil
}

// markSize is enough to tell secrets apart.
const markSize = 16

// Mark is by what this installation's secret is told from another. It is derived
// from the secret like the keys: it opens nothing and leads to none of them, so
// that it may lie in the database.
func (b *Box) Mark() []byte { return bytes.Clone(b.mark) }

// Seal hides plain so that only this installation can read it, and only under
// the same context: a value moved to another row does not open there. Sealing
// the same value twice gives different bytes.
func (b *Box) Seal(plain []byte, context string) []byte {
	nonce := make([]byte, b.seal.NonceSize(), b.seal.NonceSize()+len(plain)+b.seal.Overhead())
	fill(nonce)
	return b.seal.Seal(nonce, nonce, plain, []byte(context))
}

// Open gives back what Seal hid under the same context, or ErrSealed.
func (b *Box) Open(sealed []byte, context string) ([]byte, error) {
	size := b.seal.NonceSize()
	if len(sealed) < size+b.seal.Overhead() {
		return nil, ErrSealed
	}
	plain, err := b.seal.Open(nil, sealed[:size], sealed[size:], []byte(context))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// KeyDigest is what is stored of an admin key and what it is found by (rule
// KEY-6). Key is canonical, as directory.ParseKey answers it. The digest needs
// the master secret: a stolen database alone cannot be searched for keys.
func (b *Box) KeyDigest(key string) []byte {
	mac := hmac.New(sha256.New, b.digests)
	mac.Write([]byte(key))
	return mac.Sum(nil)
}

// fill fills p from the system's source of randomness. It cannot fail: the
// runtime ends the program when the system has none.
func fill(p []byte) {
	_, _ = rand.Read(p)
}
