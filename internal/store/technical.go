package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"intendant/internal/directory"
)

const tokenColumns = `t.key, t.uuid, t.user_key, t.account_key, t.name, t.created_at, t.created_by, t.expires_at, t.revoked_at,
	t.last_used_at, t.last_refused_at, t.scope`

func scanToken(row scanner) (directory.APIToken, error) {
	var t directory.APIToken
	var created, expires, revoked, used, refused micros
	var scope *string
	err := row.Scan(&t.ID, &t.UUID, &t.User, &t.Account, &t.Name, &created, &t.By, &expires, &revoked, &used, &refused, &scope)
	if err == nil && scope != nil {
		t.Scope = &directory.TokenScope{}
		err = json.Unmarshal([]byte(*scope), t.Scope)
	}
	t.Created, t.Expires, t.Revoked, t.LastUsed, t.Refused = created.Time, expires.Time, revoked.Time, used.Time, refused.Time
	return t, err
}

// standbyColumns are how a user u and their member m stand.
func standbyColumns(u, m string) string {
	return u + `.switched_off_at, ` + u + `.erased_at, ` + m + `.status, ` + m + `.ends_at, ` + m + `.removed_at, ` + m + `.added_at`
}

// standby scans standbyColumns; without a member they are nobody in the account.
type standby struct {
	off, erased, ends, removed, added micros
	status                            *int64
}

func (s *standby) into() []any {
	return []any{&s.off, &s.erased, &s.status, &s.ends, &s.removed, &s.added}
}

func (s *standby) read() directory.Standby {
	who := directory.Standby{Gone: !s.off.IsZero() || !s.erased.IsZero(), Ends: s.ends.Time, Removed: s.status == nil || !s.removed.IsZero(), Added: s.added.Time}
	if s.status != nil {
		who.Status = directory.Status(*s.status)
	}
	return who
}

// Bearer reads, in one question, the token of a digest and how its technical
// user and the person who answers for it stand (SIGN-5). It refuses with
// token.refused.
func (r *Reader) Bearer(ctx context.Context, digest []byte) (directory.Bearer, error) {
	var a args
	return r.bearerWhere(ctx, `t.digest = `+a.add(digest), a)
}

// BearerOf is Bearer for a token that was found good before.
func (r *Reader) BearerOf(ctx context.Context, token int64) (directory.Bearer, error) {
	var a args
	return r.bearerWhere(ctx, `t.key = `+a.add(token), a)
}

func (r *Reader) bearerWhere(ctx context.Context, where string, a args) (directory.Bearer, error) {
	query := `
		SELECT ` + tokenColumns + `, x.responsible_since, ` + standbyColumns("u", "m") + `, ` + standbyColumns("v", "n") + `
		FROM api_token t
		JOIN technical_user x ON x.user_key = t.user_key AND x.account_key = t.account_key
		JOIN "user" u ON u.key = x.user_key
		LEFT JOIN member m ON m.user_key = x.user_key AND m.account_key = x.account_key
		JOIN "user" v ON v.key = x.responsible_key
		LEFT JOIN member n ON n.user_key = x.responsible_key AND n.account_key = x.account_key
		WHERE ` + where
	b, err := one(ctx, r, query, a, func(row scanner) (directory.Bearer, error) {
		var b directory.Bearer
		var since micros
		var own, responsible standby
		token, err := scanToken(part{scanner: row, after: append(append([]any{&since}, own.into()...), responsible.into()...)})
		b.Token, b.Since, b.Own, b.Responsible = token, since.Time, own.read(), responsible.read()
		return b, err
	})
	if isNoRows(err) {
		return b, directory.Refuse(directory.Denied, "token.refused")
	}
	if err != nil {
		return b, fmt.Errorf("read token: %w", err)
	}
	return b, nil
}

// A TechnicalRow is a technical user with their place, and whether somebody
// answers for them.
type TechnicalRow struct {
	directory.TechnicalUser
	Answering directory.Standby // of the responsible person
	Person    directory.User
	Member    directory.Member
	Who       directory.User // the responsible person
}

// Answered reports whether somebody answers for the technical user.
func (t TechnicalRow) Answered(now time.Time) bool {
	return directory.Bearer{Responsible: t.Answering, Since: t.Since}.Answers(now)
}

// TechnicalUsers reads the technical users of an account that were not removed,
// by name.
func (r *Reader) TechnicalUsers(ctx context.Context, account directory.AccountID) ([]TechnicalRow, error) {
	var a args
	query := `
		SELECT x.user_key, x.account_key, x.purpose, x.responsible_key, x.responsible_since, m.key, ` + standbyColumns("v", "n") + `
		FROM technical_user x
		JOIN member m ON m.user_key = x.user_key AND m.account_key = x.account_key AND m.removed_at IS NULL
		JOIN "user" v ON v.key = x.responsible_key
		LEFT JOIN member n ON n.user_key = x.responsible_key AND n.account_key = x.account_key
		WHERE x.account_key = ` + a.add(account) + `
		ORDER BY m.name_folded, m.key`
	rows, err := collect(ctx, r, query, a, func(row scanner) (TechnicalRow, error) {
		var t TechnicalRow
		var since micros
		var responsible standby
		err := row.Scan(append([]any{&t.User, &t.Account, &t.Purpose, &t.Responsible, &since, &t.Member.ID}, responsible.into()...)...)
		t.Since, t.Answering = since.Time, responsible.read()
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("list technical users: %w", err)
	}
	return rows, r.fillTechnical(ctx, account, rows)
}

// fillTechnical reads the members and people of technical users, in two
// questions.
func (r *Reader) fillTechnical(ctx context.Context, account directory.AccountID, rows []TechnicalRow) error {
	var members []directory.MemberID
	var people []directory.UserID
	for _, t := range rows {
		members = append(members, t.Member.ID)
		people = append(people, t.User, t.Responsible)
	}
	found, err := r.Members(ctx, account, members)
	if err != nil {
		return err
	}
	users, err := r.Users(ctx, people)
	if err != nil {
		return err
	}
	places := map[directory.MemberID]directory.Member{}
	for _, m := range found {
		places[m.ID] = m
	}
	for i := range rows {
		rows[i].Member, rows[i].Person, rows[i].Who = places[rows[i].Member.ID], users[rows[i].User], users[rows[i].Responsible]
	}
	return nil
}

// TechnicalUser reads what is kept of a technical user; it refuses with
// technical.not_found.
func (r *Reader) TechnicalUser(ctx context.Context, user directory.UserID) (directory.TechnicalUser, error) {
	var a args
	query := `SELECT user_key, account_key, purpose, responsible_key, responsible_since FROM technical_user WHERE user_key = ` + a.add(user)
	t, err := one(ctx, r, query, a, func(row scanner) (directory.TechnicalUser, error) {
		var t directory.TechnicalUser
		var since micros
		err := row.Scan(&t.User, &t.Account, &t.Purpose, &t.Responsible, &since)
		t.Since = since.Time
		return t, err
	})
	if isNoRows(err) {
		return t, directory.Refuse(directory.NotFound, "technical.not_found")
	}
	if err != nil {
		return t, fmt.Errorf("read technical user: %w", err)
	}
	return t, nil
}

// CountTechnical counts the technical users of an account whose places have one
// of some states.
func (r *Reader) CountTechnical(ctx context.Context, account directory.AccountID, statuses []directory.Status) (int64, error) {
	states := make([]int64, len(statuses))
	for i, status := range statuses {
		states[i] = int64(status)
	}
	var a args
	at := a.add(account)
	query := `SELECT count(*) FROM technical_user t CROSS JOIN member m
		WHERE t.account_key = ` + at + ` AND m.user_key = t.user_key AND m.account_key = ` + at + ` AND m.removed_at IS NULL AND m.status` + inKeys(r, states, &a)
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count technical users: %w", err)
	}
	return n, nil
}

// TokensOf reads the tokens of technical users that are not revoked, the newest
// first.
func (r *Reader) TokensOf(ctx context.Context, users []directory.UserID) (map[directory.UserID][]directory.APIToken, error) {
	found := make(map[directory.UserID][]directory.APIToken, len(users))
	if len(users) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT ` + tokenColumns + ` FROM api_token t WHERE t.revoked_at IS NULL AND t.user_key` + inKeys(r, users, &a) + ` ORDER BY t.key DESC`
	tokens, err := collect(ctx, r, query, a, scanToken)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	for _, t := range tokens {
		found[t.User] = append(found[t.User], t)
	}
	return found, nil
}

// InsertTechnicalUser writes what makes a user a technical one.
type InsertTechnicalUser directory.TechnicalUser

func (c InsertTechnicalUser) apply(ctx context.Context, tx *Tx) error {
	row := []any{c.User, c.Account, c.Purpose, c.Responsible, c.Since}
	columns := []string{"user_key", "account_key", "purpose", "responsible_key", "responsible_since"}
	if _, err := tx.bulkInsert(ctx, "technical_user", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("add technical user: %w", err)
	}
	return nil
}

// UpdateTechnicalUser writes the purpose and responsible person of a technical
// user.
type UpdateTechnicalUser directory.TechnicalUser

func (c UpdateTechnicalUser) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE technical_user SET purpose = ` + a.add(c.Purpose) + `, responsible_key = ` + a.add(c.Responsible) +
		`, responsible_since = ` + a.add(c.Since) + ` WHERE user_key = ` + a.add(c.User)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("change technical user: %w", err)
	}
	return nil
}

// InsertToken writes a new token by its digest.
type InsertToken struct {
	directory.APIToken
	Digest []byte
}

func (c InsertToken) apply(ctx context.Context, tx *Tx) error {
	var scope any
	if c.Scope != nil {
		text, err := json.Marshal(c.Scope)
		if err != nil {
			return fmt.Errorf("scope of token: %w", err)
		}
		scope = string(text)
	}
	row := []any{c.ID, c.UUID, c.Account, c.User, c.Digest, c.Name, c.Created, c.By, c.Expires, scope}
	columns := []string{"key", "uuid", "account_key", "user_key", "digest", "name", "created_at", "created_by", "expires_at", "scope"}
	if _, err := tx.bulkInsert(ctx, "api_token", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("make token: %w", err)
	}
	return nil
}

// RevokeTokens ends one token, or with User all of a technical user; one that is
// over already keeps its end.
type RevokeTokens struct {
	Key  int64
	User directory.UserID
}

func (c RevokeTokens) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE api_token SET revoked_at = ` + a.add(tx.Now) + ` WHERE revoked_at IS NULL AND (key = ` + a.add(c.Key) +
		` OR user_key = ` + a.add(c.User) + `)`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("revoke tokens: %w", err)
	}
	return nil
}

// TouchToken notes that a token was used now, or turned away.
func (tx *Tx) TouchToken(ctx context.Context, token int64, refused bool) error {
	column := `last_used_at`
	if refused {
		column = `last_refused_at`
	}
	var a args
	if _, err := exec(ctx, tx, `UPDATE api_token SET `+column+` = `+a.add(tx.Now)+` WHERE key = `+a.add(token), a); err != nil {
		return fmt.Errorf("touch token: %w", err)
	}
	return nil
}

// PurgeTokens removes at most limit tokens that were over before a time and
// answers how many it removed.
func (tx *Tx) PurgeTokens(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM api_token WHERE key IN (SELECT key FROM api_token WHERE expires_at < ` + a.add(before) +
		` OR revoked_at < ` + a.add(before) + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge tokens: %w", err)
	}
	return n, nil
}
