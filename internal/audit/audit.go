// Package audit says what a history entry is, which values of a change may
// stand in it, and how entries form a chain that can forget (HIST-1, HIST-3).
// It is pure.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"iter"
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
	Before Value  `json:"before,omitzero"`
	After  Value  `json:"after,omitzero"`
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

	facts, personal []byte // as they are hashed, from Chain on
}

// Note is NoteValue for texts.
func (e *Entry) Note(field, before, after string) {
	if before != after {
		e.NoteValue(field, Text(before), Text(after))
	}
}

// NoteValue adds a field's change under its class; equal values add nothing, and
// of a secret only the fact is kept. The values are those from which the
// opposite act can be made (HIST-6): keys of rows, codes and moments, never what
// they are called on screen.
func (e *Entry) NoteValue(field string, before, after Value) {
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

// Changed reports whether the entry notes anything.
func (e *Entry) Changed() bool { return len(e.Facts)+len(e.Personal) > 0 }

// Refs visits the things that the entry's values name.
func (e *Entry) Refs() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		for _, changes := range [][]Change{e.Facts, e.Personal} {
			for _, c := range changes {
				for _, ref := range append(c.Before.Refs(), c.After.Refs()...) {
					if !yield(ref) {
						return
					}
				}
			}
		}
	}
}

// Chain gives the entry its digest and its hash over the hash before it. Salt
// must be set and random when there are personal values.
func (e *Entry) Chain(before []byte) {
	e.facts, e.personal = written(e.Facts), written(e.Personal)
	e.Digest = e.digest(e.personal)
	e.Hash = e.link(before, e.facts)
}

// Verify reports whether the entry stands where it says in the chain: its hash
// follows from the one before, and personal values that are still there match
// their digest.
func (e *Entry) Verify(before []byte) bool {
	if !e.Erased && !bytes.Equal(e.digest(written(e.Personal)), e.Digest) {
		return false
	}
	return bytes.Equal(e.link(before, written(e.Facts)), e.Hash)
}

// Texts are the open and the personal changes of an entry that was chained, as
// they were hashed and are to be stored. Without personal changes the second is
// empty.
func (e *Entry) Texts() (facts, personal string) {
	if len(e.Personal) == 0 {
		return string(e.facts), ""
	}
	return string(e.facts), string(e.personal)
}

// written is a list of changes as package json writes it, which is how entries
// were hashed from the first on.
func written(changes []Change) []byte {
	if changes == nil {
		return []byte("null")
	}
	text := []byte{'['}
	for i, c := range changes {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, `{"field":`...), quote(c.Field)...)
		if !c.Before.IsZero() {
			text = append(append(text, `,"before":`...), c.Before.written...)
		}
		if !c.After.IsZero() {
			text = append(append(text, `,"after":`...), c.After.written...)
		}
		text = append(text, '}')
	}
	return append(text, ']')
}

func (e *Entry) digest(personal []byte) []byte {
	h := sha256.New()
	h.Write(e.Salt)
	h.Write(personal)
	return h.Sum(nil)
}

func (e *Entry) link(before, facts []byte) []byte {
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
	return h.Sum(nil)
}
