package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// The purposes of a mailed link that is no invitation.
const (
	LinkPassword = "password" // choose a new password (SIGN-4)
	LinkEmail    = "email"    // confirm a new address (USER-1)
)

// A MailedLink is a single-use link that waits to be followed.
type MailedLink struct {
	Digest  []byte
	Purpose string
	User    directory.UserID
	Email   string // the address to become the user's
	Expires time.Time
}

// MailedLink reads the link of a token's digest; it refuses with link.dead when
// it was used, replaced, or is over at now.
func (r *Reader) MailedLink(ctx context.Context, digest []byte, purpose string, now time.Time) (MailedLink, error) {
	var a args
	query := `SELECT digest, purpose, user_key, email, expires_at FROM mailed_link WHERE digest = ` + a.add(digest) +
		` AND purpose = ` + a.add(purpose) + ` AND expires_at > ` + a.add(now)
	l, err := one(ctx, r, query, a, func(row scanner) (MailedLink, error) {
		var l MailedLink
		var expires micros
		err := row.Scan(&l.Digest, &l.Purpose, &l.User, &l.Email, &expires)
		l.Expires = expires.Time
		return l, err
	})
	if isNoRows(err) {
		return l, directory.Refuse(directory.NotFound, "link.dead")
	}
	if err != nil {
		return l, fmt.Errorf("read mailed link: %w", err)
	}
	return l, nil
}

// PutMailedLink writes a link; an older one of the same purpose and user dies.
type PutMailedLink MailedLink

func (c PutMailedLink) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `DELETE FROM mailed_link WHERE user_key = ` + a.add(c.User) + ` AND purpose = ` + a.add(c.Purpose)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("replace mailed link: %w", err)
	}
	columns := []string{"digest", "purpose", "user_key", "email", "created_at", "expires_at"}
	row := []any{c.Digest, c.Purpose, c.User, c.Email, tx.Now, c.Expires}
	if _, err := tx.bulkInsert(ctx, "mailed_link", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("write mailed link: %w", err)
	}
	return nil
}

// EndLinks kills every mailed link of a user, and with Invitations their open
// invitations too (USER-1).
type EndLinks struct {
	User        directory.UserID
	Invitations bool
}

func (c EndLinks) apply(ctx context.Context, tx *Tx) error {
	var a args
	if _, err := exec(ctx, tx, `DELETE FROM mailed_link WHERE user_key = `+a.add(c.User), a); err != nil {
		return fmt.Errorf("end mailed links: %w", err)
	}
	if !c.Invitations {
		return nil
	}
	a = nil
	query := `UPDATE invitation SET state = 'replaced', ended_at = ` + a.add(tx.Now) + ` WHERE state = 'open' AND user_key = ` + a.add(c.User)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end invitations: %w", err)
	}
	return nil
}

// InvitationSpans lists how long each invitation of a user lived.
func (r *Reader) InvitationSpans(ctx context.Context, user directory.UserID) ([]directory.InvitationSpan, error) {
	var a args
	query := `SELECT state = 'open', expires_at, ended_at FROM invitation WHERE user_key = ` + a.add(user)
	spans, err := collect(ctx, r, query, a, func(row scanner) (directory.InvitationSpan, error) {
		var s directory.InvitationSpan
		var expires, ended micros
		err := row.Scan(&s.Open, &expires, &ended)
		s.Expires, s.Ended = expires.Time, ended.Time
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read invitations of user: %w", err)
	}
	return spans, nil
}

// A Registration is a sign-up whose address is not confirmed yet (SIGN-4).
type Registration struct {
	Digest          []byte
	Email           string
	First, Last     string
	Language        string
	Number, Message string
	Expires         time.Time
}

// Registration reads the sign-up of a token's digest; it refuses with link.dead
// when it was confirmed, replaced, or is over at now.
func (r *Reader) Registration(ctx context.Context, digest []byte, now time.Time) (Registration, error) {
	var a args
	query := `SELECT digest, email, first_name, last_name, language, number, message, expires_at
		FROM registration WHERE digest = ` + a.add(digest) + ` AND expires_at > ` + a.add(now)
	g, err := one(ctx, r, query, a, func(row scanner) (Registration, error) {
		var g Registration
		var expires micros
		err := row.Scan(&g.Digest, &g.Email, &g.First, &g.Last, &g.Language, &g.Number, &g.Message, &expires)
		g.Expires = expires.Time
		return g, err
	})
	if isNoRows(err) {
		return g, directory.Refuse(directory.NotFound, "link.dead")
	}
	if err != nil {
		return g, fmt.Errorf("read registration: %w", err)
	}
	return g, nil
}

// PutRegistration writes a sign-up; an older one of the same address dies. The
// password hash of its row is of programs before this one and stays empty.
type PutRegistration Registration

func (c PutRegistration) apply(ctx context.Context, tx *Tx) error {
	if err := (EndRegistrations{Email: c.Email}).apply(ctx, tx); err != nil {
		return err
	}
	columns := []string{"digest", "email", "email_folded", "first_name", "last_name", "language", "password_hash", "number",
		"message", "created_at", "expires_at"}
	row := []any{c.Digest, c.Email, directory.FoldEmail(c.Email), c.First, c.Last, c.Language, "", c.Number,
		c.Message, tx.Now, c.Expires}
	if _, err := tx.bulkInsert(ctx, "registration", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("write registration: %w", err)
	}
	return nil
}

// EndRegistrations removes the sign-ups of an address.
type EndRegistrations struct{ Email string }

func (c EndRegistrations) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `DELETE FROM registration WHERE email_folded = ` + a.add(directory.FoldEmail(c.Email))
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end registrations: %w", err)
	}
	return nil
}

// PurgeRegistrations removes at most limit sign-ups whose link ended before a
// time and answers how many it removed.
func (tx *Tx) PurgeRegistrations(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM registration WHERE digest IN (SELECT digest FROM registration WHERE expires_at < ` + a.add(before) +
		` ORDER BY expires_at` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge registrations: %w", err)
	}
	return n, nil
}

// PurgeLinks removes at most limit mailed links that ended before a time and
// answers how many it removed.
func (tx *Tx) PurgeLinks(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM mailed_link WHERE digest IN (SELECT digest FROM mailed_link WHERE expires_at < ` + a.add(before) +
		atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge mailed links: %w", err)
	}
	return n, nil
}
