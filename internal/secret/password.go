package secret

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

const (
	hashLanes = 1
	saltBytes = 16
	hashBytes = 32
)

// A Cost is what a new password hash takes.
type Cost struct {
	Memory uint32 // in KiB, at least 8
	Passes uint32
}

// UsualCost is the cost that OWASP names: 19 MiB and two passes, in one lane.
func UsualCost() Cost { return Cost{Memory: 19 * 1024, Passes: 2} }

// The most a stored hash may ask for, so that a row written by somebody else
// cannot take the machine's memory.
const (
	mostMemory = 256 * 1024
	mostPasses = 16
	mostLanes  = 16
	mostBytes  = 64
)

// Passwords hashes and checks passwords, a few at a time: each takes memory
// and a processor, so the rest wait their turn or until their context ends.
type Passwords struct {
	slots chan struct{}
	cost  Cost
}

// NewPasswords allows slots hashes of the usual cost at the same time, at least
// one.
func NewPasswords(slots int) *Passwords { return NewPasswordsAt(slots, UsualCost()) }

// NewPasswordsAt is NewPasswords at another cost: tests make thousands.
func NewPasswordsAt(slots int, cost Cost) *Passwords {
	return &Passwords{slots: make(chan struct{}, max(slots, 1)), cost: cost}
}

// fresh is a hash of today's cost, without salt and sum.
func (p *Passwords) fresh() hash {
	return hash{memory: p.cost.Memory, passes: p.cost.Passes, lanes: hashLanes, salt: make([]byte, saltBytes)}
}

// Hash gives the encoded hash of a password, ready to be stored. It fails only
// when ctx ends before its turn.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	h := p.fresh()
	fill(h.salt)
	sum, err := p.sum(ctx, h, password, hashBytes)
	if err != nil {
		return "", err
	}
	h.sum = sum
	return h.String(), nil
}

// Verify tells whether password is the one behind encoded, and whether the
// hash was made at another cost than today's and should be made anew. A hash
// it cannot read is a fault, not a wrong password.
func (p *Passwords) Verify(ctx context.Context, encoded, password string) (ok, needsRehash bool, err error) {
	h, err := parseHash(encoded)
	if err != nil {
		return false, false, err
	}
	sum, err := p.sum(ctx, h, password, len(h.sum))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(sum, h.sum) == 1
	stale := h.memory != p.cost.Memory || h.passes != p.cost.Passes || h.lanes != hashLanes ||
		len(h.salt) != saltBytes || len(h.sum) != hashBytes
	return ok, ok && stale, nil
}

// VerifyNothing costs what Verify costs and answers nothing. It is called for
// a person who does not exist, so that the time tells nobody who does (rule
// SIGN-4).
func (p *Passwords) VerifyNothing(ctx context.Context, password string) error {
	_, err := p.sum(ctx, p.fresh(), password, hashBytes)
	return err
}

// sum waits for a slot and hashes. The password is composed first, so that an
// accent typed on another keyboard gives the same bytes.
func (p *Passwords) sum(ctx context.Context, h hash, password string, size int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("wait to hash password: %w", err)
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash password: %w", ctx.Err())
	}
	defer func() { <-p.slots }()
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), h.salt, h.passes, h.memory, h.lanes, uint32(size)), nil
}

// A hash is an argon2id hash with its parameters.
type hash struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

// String writes the hash in PHC form.
func (h hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.sum))
}

// parseHash reads the PHC form. Its errors never carry the hash itself.
func parseHash(encoded string) (hash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return hash{}, fmt.Errorf("read password hash: not argon2id")
	}
	var h hash
	var version int
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return hash{}, fmt.Errorf("read password hash: unknown version")
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); n != 3 || err != nil {
		return hash{}, fmt.Errorf("read password hash: bad parameters")
	}
	var saltErr, sumErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || !h.sane() {
		return hash{}, fmt.Errorf("read password hash: bad parameters")
	}
	return h, nil
}

func (h hash) sane() bool {
	return h.memory >= 8 && h.memory <= mostMemory &&
		h.passes >= 1 && h.passes <= mostPasses &&
		h.lanes >= 1 && h.lanes <= mostLanes &&
		len(h.salt) >= 8 && len(h.salt) <= mostBytes &&
		len(h.sum) >= 16 && len(h.sum) <= mostBytes
}
