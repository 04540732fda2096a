// Package library holds what new projects of an account begin with: the list of
// project types, and templates with products and members (ACC-13, PROJ-9). Functions
// and levels, which the library shows beside them, are roles of the account.
package library

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Library is what whoever sets an account's standards keeps in order.
type Library struct{ gate *gate.Gate }

// New makes the libraries of an installation.
func New(g *gate.Gate) *Library { return &Library{g} }

// manages is what all of it takes, at the root.
const manages = authz.ManageLibrary

// view runs a read of the library. It refuses without library.manage at the root.
func (s *Library) view(ctx context.Context, actor authz.Actor, account directory.AccountID,
	read func(r *store.Reader, rights authz.Rights) error) error {
	return s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.Require(rights, manages, 0); err != nil {
			return err
		}
		return read(r, rights)
	})
}

// A list is one of the lists of a library whose names differ by more than case,
// accents and blanks, archived lines included: each can come back.
type list struct {
	text            directory.Text
	taken, archived string // refusals of a name that is another's
	lines           []line
}

// A line is one of a list.
type line struct {
	key      int64
	name     string
	archived bool
}

// free is a name as it is kept, when no line but one bears it. It refuses with the
// field name: field.required, field.too_long, text.broken, or the list's own word for
// a name that is another's.
func (l list) free(name string, own int64) (string, error) {
	clean, refusal := l.text.Required(name)
	if refusal == nil && directory.Fold(clean) == "" {
		refusal = directory.InvalidField("name", "field.required", nil)
	}
	if refusal != nil {
		return "", refusal
	}
	i := slices.IndexFunc(l.lines, func(o line) bool { return o.key != own && directory.Fold(o.name) == directory.Fold(clean) })
	if i < 0 {
		return clean, nil
	}
	code := l.taken
	if l.lines[i].archived {
		code = l.archived
	}
	return "", &directory.Error{Kind: directory.Conflict, Code: code, Field: "name", Args: directory.Args{"Name": l.lines[i].name}}
}

// full refuses one line more than there may be.
func full(code string, has, most int) error {
	if has < most {
		return nil
	}
	return &directory.Error{Kind: directory.Conflict, Code: code, Args: directory.Args{"Max": most}}
}

// stale refuses what was made on an older version of a type or a template than stands,
// which entries of these kinds tell of.
func stale[ID ~int64](ctx context.Context, r *store.Reader, account directory.AccountID, id ID, kinds ...audit.Kind) error {
	return gate.Stale(ctx, r, store.LatestQuery{Account: account, Object: int64(id), Kinds: kinds})
}
