package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// LeaseJobs takes jobs that are due for a worker until a time and counts the
// try. Of several jobs of one name only one is worked on at a time.
func (tx *Tx) LeaseJobs(ctx context.Context, limit int, until time.Time) ([]directory.Job, error) {
	var a args
	now := a.add(tx.Now)
	query := `SELECT key, account_key, kind, subject, facts, unique_name, due_at, tries FROM job WHERE ` + free(now) + `
		AND (unique_name = '' OR NOT EXISTS (SELECT 1 FROM job o WHERE o.unique_name = job.unique_name
			AND o.state = 'waiting' AND o.leased_until > ` + now + `))
		ORDER BY due_at, key` + atMost(limit) + tx.dialect.skipLocked()
	found, err := collect(ctx, tx.Reader, query, a, scanJob)
	if err != nil {
		return nil, fmt.Errorf("find due jobs: %w", err)
	}
	var jobs []directory.Job
	var keys []directory.JobID
	taken := map[string]bool{}
	for _, j := range found {
		if j.Unique != "" && taken[j.Unique] {
			continue
		}
		taken[j.Unique] = true
		j.Tries++
		jobs, keys = append(jobs, j), append(keys, j.ID)
	}
	if len(jobs) == 0 {
		return nil, nil
	}
	var b args
	query = `UPDATE job SET tries = tries + 1, leased_until = ` + b.add(until) + ` WHERE key` + inKeys(tx.Reader, keys, &b)
	if _, err := exec(ctx, tx, query, b); err != nil {
		return nil, fmt.Errorf("lease jobs: %w", err)
	}
	return jobs, nil
}

func scanJob(row scanner) (directory.Job, error) {
	var j directory.Job
	var account *int64
	var facts string
	var due micros
	if err := row.Scan(&j.ID, &account, &j.Kind, &j.Subject, &facts, &j.Unique, &due, &j.Tries); err != nil {
		return j, err
	}
	j.Account, j.Due = directory.AccountID(orZero(account)), due.Time
	if err := json.Unmarshal([]byte(facts), &j.Facts); err != nil {
		return j, fmt.Errorf("read facts of job %d: %w", j.ID, err)
	}
	return j, nil
}

// RenewJob keeps a job for its worker until a time. It answers false when the
// lease went to another one meanwhile.
func (tx *Tx) RenewJob(ctx context.Context, j directory.Job, until time.Time) (bool, error) {
	var a args
	query := `UPDATE job SET leased_until = ` + a.add(until) + ` WHERE key = ` + a.add(j.ID) + ` AND state = 'waiting' AND tries = ` + a.add(j.Tries)
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return false, fmt.Errorf("renew job: %w", err)
	}
	return n > 0, nil
}

// EndLeases gives back every mail and job that a worker has. It is for whoever
// knows that no worker lives: on an embedded database at the start, after the
// process before was killed.
func (tx *Tx) EndLeases(ctx context.Context) error {
	for _, table := range []string{"job", "mail"} {
		var a args
		now := a.add(tx.Now)
		query := `UPDATE ` + table + ` SET leased_until = ` + now + ` WHERE state = 'waiting' AND leased_until > ` + now
		if _, err := exec(ctx, tx, query, a); err != nil {
			return fmt.Errorf("end leases of a dead worker: %w", err)
		}
	}
	return nil
}

// EndJob ends a job as "done" or "dead", with what went wrong.
func (tx *Tx) EndJob(ctx context.Context, j directory.Job, state, lastError string) error {
	var a args
	query := `UPDATE job SET state = ` + a.add(state) + `, ended_at = ` + a.add(tx.Now) + `, last_error = ` + a.add(lastError) +
		`, leased_until = NULL WHERE key = ` + a.add(j.ID) + ` AND state = 'waiting' AND tries = ` + a.add(j.Tries)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end job: %w", err)
	}
	return nil
}

// ReturnJob gives a job back to be tried again at a time. Where another one of
// its name waits by now, that one does the work and this one is done. The lease
// ends now and stays in the row: an empty one would stand for what is asked
// from now on.
func (tx *Tx) ReturnJob(ctx context.Context, j directory.Job, due time.Time, lastError string) error {
	if j.Unique != "" {
		var a args
		query := `SELECT count(*) FROM job WHERE unique_name = ` + a.add(j.Unique) + ` AND state = 'waiting' AND key <> ` + a.add(j.ID)
		n, err := one(ctx, tx.Reader, query, a, scanInt64)
		if err != nil {
			return fmt.Errorf("find jobs of one name: %w", err)
		}
		if n > 0 {
			return tx.EndJob(ctx, j, "done", lastError)
		}
	}
	var a args
	query := `UPDATE job SET due_at = ` + a.add(due) + `, last_error = ` + a.add(lastError) + `, leased_until = ` + a.add(tx.Now) +
		` WHERE key = ` + a.add(j.ID) + ` AND state = 'waiting' AND tries = ` + a.add(j.Tries)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("return job: %w", err)
	}
	return nil
}

// PurgeJobs removes at most limit jobs that ended before a time and answers how
// many.
func (tx *Tx) PurgeJobs(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM job WHERE key IN (SELECT key FROM job WHERE ended_at < ` + a.add(before) + ` ORDER BY ended_at` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge jobs: %w", err)
	}
	return n, nil
}
