// Package audit says what a history entry is, which values of a change may
// stand in it, and how entries form a chain that can forget (HIST-1, HIST-3).
// It is pure.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strings"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A Kind names what happened, such as "member.added"; "history.kind." + Kind is
// its message key.
type Kind string

// A Class says how a field's values may be kept.
type Class uint8

// Unclassified fields are secret: history says that they changed, never from
// what to what.
const (
	Secret   Class = iota // keys, passwords, tokens and whatever is not classified
	Open                  // ids, codes, states, dates of the contract: in the chain
	Personal              // names, addresses, telephone: beside the chain, can be erased
)

// A Change is one field before and after.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// An Entry is one change, or one thing worth knowing, in an account's history.
// Account 0 is the installation's own chain.
type Entry struct {
	Account    directory.AccountID
	N          int64
	At         time.Time
	Batch      string
	Actor      directory.UserID
	ActorKind  authz.ActorKind
	StaffEntry int64
	Door       authz.Door
	Kind       Kind
	Subject    directory.UserID // the person it is about
	Unit       directory.UnitID
	Object     int64    // any other row it is about
	Facts      []Change // open values
	Personal   []Change // personal values
	Erased     bool     // the personal values are gone
	Salt       []byte
	Digest     []byte // over salt and personal values
	Hash       []byte
}

// Note adds a field's change under its class; equal values add nothing, and of
// a secret only the fact is kept.
func (e *Entry) Note(field, before, after string) {
	if before == after {
		return
	}
	switch ClassOf(field) {
	case Open:
		e.Facts = append(e.Facts, Change{field, before, after})
	case Personal:
		e.Personal = append(e.Personal, Change{field, before, after})
	default:
		e.Facts = append(e.Facts, Change{Field: field})
	}
}

// Chain gives the entry its digest and its hash over the hash before it. Salt
// must be set and random when there are personal values.
func (e *Entry) Chain(before []byte) error {
	for _, changes := range [][]Change{e.Facts, e.Personal} {
		for i := range changes {
			changes[i] = changes[i].clean()
		}
	}
	personal, err := json.Marshal(e.Personal)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append(bytes.Clone(e.Salt), personal...))
	e.Digest = sum[:]
	e.Hash, err = e.link(before)
	return err
}

// Verify reports whether the entry stands where it says in the chain: its hash
// follows from the one before, and personal values that are still there match
// their digest.
func (e *Entry) Verify(before []byte) bool {
	if !e.Erased {
		personal, err := json.Marshal(e.Personal)
		if err != nil {
			return false
		}
		sum := sha256.Sum256(append(bytes.Clone(e.Salt), personal...))
		if !bytes.Equal(sum[:], e.Digest) {
			return false
		}
	}
	hash, err := e.link(before)
	return err == nil && bytes.Equal(hash, e.Hash)
}

// clean replaces broken text, which would not come back from a database as it
// was hashed.
func (c Change) clean() Change {
	const instead = "\uFFFD"
	return Change{strings.ToValidUTF8(c.Field, instead), strings.ToValidUTF8(c.Before, instead), strings.ToValidUTF8(c.After, instead)}
}

func (e *Entry) link(before []byte) ([]byte, error) {
	facts, err := json.Marshal(e.Facts)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	field := func(b []byte) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(b)))
		h.Write(size[:])
		h.Write(b)
	}
	number := func(n int64) { field(binary.BigEndian.AppendUint64(nil, uint64(n))) }
	field(before)
	number(int64(e.Account))
	number(e.N)
	number(e.At.UnixMicro())
	number(int64(e.Actor))
	number(e.StaffEntry)
	number(int64(e.Subject))
	number(int64(e.Unit))
	number(e.Object)
	for _, text := range []string{e.Batch, string(e.ActorKind), string(e.Door), string(e.Kind)} {
		field([]byte(text))
	}
	field(facts)
	field(e.Digest)
	return h.Sum(nil), nil
}
