package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// A SealedValue is one that the installation's secret opens, with the context it
// was sealed for.
type SealedValue struct {
	Sealed  []byte
	Context string
}

// A SecretUse is what a database knows of the installation's secret: the mark it
// left, and what needs it.
type SecretUse struct {
	Mark    []byte        // none before the first start
	Sealed  []SealedValue // where there is no mark some, the newest of each kind
	Digests bool          // where there is no mark: admin keys or recovery codes are found by it
}

// Needed reports whether another secret would lose something.
func (u SecretUse) Needed() bool { return len(u.Mark)+len(u.Sealed) > 0 || u.Digests }

// SecretUse reads what is known of the installation's secret. Its mark says all: what is
// sealed, which takes the longer the more there is, is looked for where there is none.
func (r *Reader) SecretUse(ctx context.Context) (SecretUse, error) {
	var u SecretUse
	marks, err := collect(ctx, r, `SELECT mark FROM secret_mark`, nil, func(row scanner) (mark []byte, err error) { return mark, row.Scan(&mark) })
	if err != nil {
		return u, fmt.Errorf("read the secret's mark: %w", err)
	}
	if len(marks) > 0 {
		u.Mark = marks[0]
		return u, nil
	}
	for _, kind := range []struct {
		query   string
		context func(key int64) string
	}{
		{`SELECT user_key, secret_sealed FROM one_time_secret WHERE secret_sealed IS NOT NULL ORDER BY created_at DESC LIMIT 5`,
			func(key int64) string { return FactorContext(directory.UserID(key)) }},
		{`SELECT key, keys_sealed FROM letter WHERE keys_sealed IS NOT NULL ORDER BY made_at DESC LIMIT 5`,
			func(key int64) string { return LetterContext(key) }},
		{`SELECT key, secret_sealed FROM mail WHERE state = 'waiting' AND secret_sealed IS NOT NULL ORDER BY due_at DESC LIMIT 5`,
			func(key int64) string { return MailContext(directory.MailID(key)) }},
	} {
		err := each(ctx, r, kind.query, nil, func(row scanner) error {
			var key int64
			var v SealedValue
			err := row.Scan(&key, &v.Sealed)
			v.Context = kind.context(key)
			u.Sealed = append(u.Sealed, v)
			return err
		})
		if err != nil {
			return u, fmt.Errorf("read what is sealed: %w", err)
		}
	}
	digests, err := one(ctx, r, `SELECT (SELECT count(*) FROM (SELECT 1 FROM admin_key LIMIT 1) k) + (SELECT count(*) FROM (SELECT 1 FROM recovery_code LIMIT 1) c)`,
		nil, scanInt64)
	if err != nil {
		return u, fmt.Errorf("look for digests: %w", err)
	}
	u.Digests = digests > 0
	return u, nil
}

// MarkSecret keeps by what the secret is known. One that is known already stays,
// unless this one is to replace it: of several nodes that start at once one
// leaves its mark, and the others read it.
func (tx *Tx) MarkSecret(ctx context.Context, mark []byte, replace bool) error {
	onConflict := `ON CONFLICT (one) DO NOTHING`
	if replace {
		onConflict = `ON CONFLICT (one) DO UPDATE SET mark = excluded.mark, at = excluded.at`
	}
	if _, err := tx.bulkInsert(ctx, "secret_mark", []string{"one", "mark", "at"}, [][]any{{1, mark, tx.Now}}, onConflict); err != nil {
		return fmt.Errorf("keep the secret's mark: %w", err)
	}
	return nil
}
