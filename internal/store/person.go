package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"intendant/internal/directory"
)

// DomainVerified reports whether a mail domain is known to be the account's
// (USER-1).
func (r *Reader) DomainVerified(ctx context.Context, account directory.AccountID, domain string) (bool, error) {
	var a args
	query := `SELECT count(*) FROM domain WHERE account_key = ` + a.add(account) + ` AND name = ` + a.add(domain) + ` AND verified_at IS NOT NULL`
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return false, fmt.Errorf("read domain: %w", err)
	}
	return n > 0, nil
}

// MembershipsEver lists a user's places in all accounts, removed ones too.
func (r *Reader) MembershipsEver(ctx context.Context, user directory.UserID) ([]directory.Member, error) {
	var a args
	query := `SELECT ` + memberColumns + ` FROM member m WHERE m.user_key = ` + a.add(user) + ` ORDER BY m.key`
	members, err := collect(ctx, r, query, a, scanMember)
	if err != nil {
		return nil, fmt.Errorf("read memberships: %w", err)
	}
	return members, nil
}

// MailsTo lists what was mailed to a user, without values and secrets, newest
// first.
func (r *Reader) MailsTo(ctx context.Context, user directory.UserID) ([]directory.Mail, error) {
	var a args
	query := `SELECT key, account_key, address, kind, language, state, created_at, sent_at FROM mail WHERE user_key = ` +
		a.add(user) + ` ORDER BY key DESC`
	mails, err := collect(ctx, r, query, a, func(row scanner) (directory.Mail, error) {
		m := directory.Mail{User: user}
		var account *int64
		var created, sent micros
		err := row.Scan(&m.ID, &account, &m.Address, &m.Kind, &m.Language, &m.State, &created, &sent)
		m.Account, m.Created, m.Sent = directory.AccountID(orZero(account)), created.Time, sent.Time
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("list mails of user: %w", err)
	}
	return mails, nil
}

// An ErasePerson takes a person out of every row but the history's chain: their
// user row becomes one without a name, and what they typed or was typed about
// them goes (USER-7). User is as it was read; the history's values go by
// EraseHistory.
type ErasePerson struct{ User directory.User }

func (c ErasePerson) apply(ctx context.Context, tx *Tx) error {
	if err := c.eraseTexts(ctx, tx); err != nil {
		return err
	}
	u := c.User
	gone := directory.User{ID: u.ID, UUID: u.UUID, Kind: u.Kind, UserName: "erased-" + u.UUID, Language: u.Language, Password: directory.PasswordNone,
		SwitchedOff: u.SwitchedOff, Erased: tx.Now, Created: u.Created, Version: u.Version}
	if err := (UpdateUser{gone}).apply(ctx, tx); err != nil {
		return err
	}
	var a args
	if _, err := exec(ctx, tx, `DELETE FROM sign_in_name WHERE user_key = `+a.add(u.ID), a); err != nil {
		return fmt.Errorf("give up sign-in names: %w", err)
	}
	return nil
}

// eraseTexts runs one statement after the other; each binds what it needs.
func (c ErasePerson) eraseTexts(ctx context.Context, tx *Tx) error {
	u := c.User
	is := func(column string) func(a *args) string {
		return func(a *args) string { return column + ` = ` + a.add(u.ID) }
	}
	tells := func(a *args) string {
		where := `facts LIKE ` + a.add(containing(u.Email)) + ` ESCAPE '\'`
		if u.First != "" && u.Last != "" {
			where += ` OR facts LIKE ` + a.add(containing(u.Name())) + ` ESCAPE '\'`
		}
		return `(` + where + `)`
	}
	for _, one := range []struct {
		query string
		where func(a *args) string
	}{
		{`DELETE FROM session WHERE `, is("user_key")},
		{`DELETE FROM recovery_code WHERE `, is("user_key")},
		{`DELETE FROM one_time_secret WHERE `, is("user_key")},
		{`DELETE FROM portfolio WHERE `, is("user_key")},
		{`DELETE FROM picture WHERE `, is("user_key")},
		{`DELETE FROM mailed_link WHERE `, is("user_key")},
		{`DELETE FROM join_block WHERE `, is("user_key")},
		{`DELETE FROM registration WHERE `, func(a *args) string { return `email_folded = ` + a.add(directory.FoldEmail(u.Email)) }},
		{`DELETE FROM mailbox_message WHERE `, func(a *args) string { return `address = ` + a.add(u.Email) }},
		{`UPDATE member SET ` + strings.Join(placeColumns(), ` = '', `) + ` = '', suggested_first_name = '', suggested_last_name = '' WHERE `, is("user_key")},
		{`UPDATE invitation SET state = 'withdrawn', ended_at = expires_at WHERE state = 'open' AND `, is("user_key")},
		{`UPDATE join_request SET message = '', reason = '' WHERE `, is("user_key")},
		{`UPDATE key_request SET message = '', answer = '' WHERE `, is("user_key")},
		{`UPDATE access_log SET name = '', address = '', agent = '' WHERE `, func(a *args) string {
			return `user_key = ` + a.add(u.ID) + ` OR name IN (` + a.add(u.Email) + `, ` + a.add(u.UserName) + `)`
		}},
		{`UPDATE mail SET state = 'withdrawn' WHERE state = 'waiting' AND `, is("user_key")},
		{`UPDATE mail SET address = '', facts = '{}', path = '', secret_sealed = NULL, last_error = '' WHERE `, func(a *args) string {
			return `user_key = ` + a.add(u.ID) + ` OR address = ` + a.add(u.Email)
		}},
		{`UPDATE mail SET facts = '{}' WHERE state <> 'waiting' AND `, tells},
		{`UPDATE import_row SET facts = '{}' WHERE `, tells},
		{`UPDATE bulk_refusal SET facts = '{}' WHERE `, tells},
		{`UPDATE repeatable SET answer = '' WHERE `, func(a *args) string {
			return `answer LIKE ` + a.add(containing(u.Email)) + ` ESCAPE '\'`
		}},
		{`UPDATE referent SET valid_to = `, func(a *args) string {
			return a.add(tx.Now) + ` WHERE valid_to IS NULL AND member_key IN (SELECT key FROM member WHERE user_key = ` + a.add(u.ID) + `)`
		}},
		{`UPDATE account SET contact_name = '', contact_email = '' WHERE `, func(a *args) string { return `contact_email = ` + a.add(u.Email) }},
	} {
		var a args
		if _, err := exec(ctx, tx, one.query+one.where(&a), a); err != nil {
			return fmt.Errorf("erase person: %w", err)
		}
	}
	return nil
}

// containing is the pattern of LIKE for a text anywhere.
func containing(text string) string {
	return `%` + escapeLike(text) + `%`
}

// PurgeJoinRequests removes at most limit decided requests from before a time
// and answers how many it removed.
func (tx *Tx) PurgeJoinRequests(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM join_request WHERE key IN (SELECT key FROM join_request WHERE state IN ('rejected', 'withdrawn', 'lapsed')
		AND decided_at < ` + a.add(before) + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge join requests: %w", err)
	}
	return n, nil
}
