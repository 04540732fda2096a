package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// A Session is one place where somebody is signed in. Purpose "password" opens
// only the page that changes the password (SIGN-1).
type Session struct {
	Digest  []byte
	UUID    string
	User    directory.UserID
	Purpose string
	Created time.Time
	Seen    time.Time
	Expires time.Time
	Agent   string
	Address string
	Entry   StaffEntry // zero unless staff are inside an account
}

// A StaffEntry is a member of the vendor's staff inside an account (VEND-2).
type StaffEntry struct {
	Key     int64
	Account directory.AccountID
	User    directory.UserID
	Reason  string
	Created time.Time
	Expires time.Time
	Left    time.Time
}

const sessionColumns = `s.digest, s.uuid, s.user_key, s.purpose, s.created_at, s.seen_at, s.expires_at, s.agent, s.address,
	e.key, e.account_key, e.reason, e.created_at, e.expires_at, e.left_at`

func scanSession(row scanner) (Session, error) {
	var s Session
	var created, seen, expires, entered, until, left micros
	var entry, account *int64
	var reason *string
	err := row.Scan(&s.Digest, &s.UUID, &s.User, &s.Purpose, &created, &seen, &expires, &s.Agent, &s.Address,
		&entry, &account, &reason, &entered, &until, &left)
	s.Created, s.Seen, s.Expires = created.Time, seen.Time, expires.Time
	if entry != nil && account != nil && reason != nil {
		s.Entry = StaffEntry{Key: *entry, Account: directory.AccountID(*account), User: s.User, Reason: *reason,
			Created: entered.Time, Expires: until.Time, Left: left.Time}
	}
	return s, err
}

// Session reads the session of a token's digest; it refuses with
// sign_in.required.
func (r *Reader) Session(ctx context.Context, digest []byte) (Session, error) {
	var a args
	query := `SELECT ` + sessionColumns + ` FROM session s LEFT JOIN staff_entry e ON e.key = s.entry_key WHERE s.digest = ` + a.add(digest)
	s, err := one(ctx, r, query, a, scanSession)
	if isNoRows(err) {
		return s, directory.Refuse(directory.Denied, "sign_in.required")
	}
	if err != nil {
		return s, fmt.Errorf("read session: %w", err)
	}
	return s, nil
}

// InsertSession writes a new session.
func (tx *Tx) InsertSession(ctx context.Context, s Session) error {
	columns := []string{"digest", "uuid", "user_key", "purpose", "created_at", "seen_at", "expires_at", "agent", "address", "entry_key"}
	row := []any{s.Digest, s.UUID, s.User, s.Purpose, s.Created, s.Seen, s.Expires, s.Agent, s.Address, orNull(s.Entry.Key)}
	if _, err := tx.bulkInsert(ctx, "session", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	return nil
}

// TouchSession notes that a session was used now.
func (tx *Tx) TouchSession(ctx context.Context, digest []byte) error {
	var a args
	if _, err := exec(ctx, tx, `UPDATE session SET seen_at = `+a.add(tx.Now)+` WHERE digest = `+a.add(digest), a); err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// EndSession removes a session; one that is gone already is no error.
func (tx *Tx) EndSession(ctx context.Context, digest []byte) error {
	var a args
	if _, err := exec(ctx, tx, `DELETE FROM session WHERE digest = `+a.add(digest), a); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// SessionsOf lists where a user is signed in, the last used first.
func (r *Reader) SessionsOf(ctx context.Context, user directory.UserID) ([]Session, error) {
	var a args
	query := `SELECT ` + sessionColumns + ` FROM session s LEFT JOIN staff_entry e ON e.key = s.entry_key WHERE s.user_key = ` +
		a.add(user) + ` ORDER BY s.seen_at DESC, s.uuid`
	sessions, err := collect(ctx, r, query, a, scanSession)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return sessions, nil
}

// NoteSignIn notes that a user signed in now, for themselves and their places.
func (tx *Tx) NoteSignIn(ctx context.Context, user directory.UserID) error {
	var a args
	if _, err := exec(ctx, tx, `UPDATE "user" SET last_sign_in_at = `+a.add(tx.Now)+` WHERE key = `+a.add(user), a); err != nil {
		return fmt.Errorf("note sign-in: %w", err)
	}
	a = nil
	query := `UPDATE member SET last_seen_at = ` + a.add(tx.Now) + ` WHERE user_key = ` + a.add(user) + ` AND removed_at IS NULL`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("note sign-in of members: %w", err)
	}
	return nil
}

// NoteSeen says that a user who was signed in already came into an account now.
type NoteSeen struct {
	User    directory.UserID
	Account directory.AccountID
}

func (c NoteSeen) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE member SET last_seen_at = ` + a.add(tx.Now) + ` WHERE user_key = ` + a.add(c.User) + ` AND account_key = ` + a.add(c.Account) +
		` AND removed_at IS NULL`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("note who came in: %w", err)
	}
	return nil
}

// Rehash writes the hash of the same password made at another cost.
func (tx *Tx) Rehash(ctx context.Context, user directory.UserID, old, hash string) error {
	var a args
	query := `UPDATE "user" SET password_hash = ` + a.add(hash) + ` WHERE key = ` + a.add(user) + ` AND password_hash = ` + a.add(old)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("renew password hash: %w", err)
	}
	return nil
}

// PurgeSessions removes at most limit sessions that ended before a time and
// answers how many it removed.
func (tx *Tx) PurgeSessions(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM session WHERE digest IN (SELECT digest FROM session WHERE expires_at < ` + a.add(before) +
		` ORDER BY expires_at` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge sessions: %w", err)
	}
	return n, nil
}

// EndSessions signs a user out everywhere, but not where the session of the
// digest Keep is; UUID limits it to one session.
type EndSessions struct {
	User directory.UserID
	Keep []byte
	UUID string
}

func (c EndSessions) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `DELETE FROM session WHERE user_key = ` + a.add(c.User)
	if len(c.Keep) > 0 {
		query += ` AND digest <> ` + a.add(c.Keep)
	}
	if c.UUID != "" {
		query += ` AND uuid = ` + a.add(c.UUID)
	}
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// StartSession writes a session with the change that opens it.
type StartSession Session

func (c StartSession) apply(ctx context.Context, tx *Tx) error {
	return tx.InsertSession(ctx, Session(c))
}
