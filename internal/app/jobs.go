package app

import (
	"context"
	"fmt"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Next takes at most limit jobs that are due for the worker that asks, for
// directory.JobLease; what is not ended or renewed by then is handed out again.
// Of several jobs of one name one is handed out at a time.
func (j *Jobs) Next(ctx context.Context, limit int) ([]directory.Job, error) {
	var leased []directory.Job
	err := j.gate.Note(ctx, func(tx *store.Tx) (err error) {
		leased, err = tx.LeaseJobs(ctx, limit, tx.Now.Add(directory.JobLease))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take jobs: %w", err)
	}
	return leased, nil
}

// Renew keeps a job for another directory.JobLease. It answers false when the
// job has gone to another worker and this one must stop.
func (j *Jobs) Renew(ctx context.Context, job directory.Job) (bool, error) {
	var kept bool
	err := j.gate.Note(ctx, func(tx *store.Tx) (err error) {
		kept, err = tx.RenewJob(ctx, job, tx.Now.Add(directory.JobLease))
		return err
	})
	return kept, err
}

// TakeBack gives back what workers of a process that is dead had taken, so that
// it goes on at once. It does so only where this process is the one that works
// on the database, which an embedded one alone can tell; elsewhere leases end by
// themselves after directory.JobLease.
func (j *Jobs) TakeBack(ctx context.Context) error {
	alone, err := j.gate.HoldWork()
	if err != nil || !alone {
		return err
	}
	return j.gate.Note(ctx, func(tx *store.Tx) error { return tx.EndLeases(ctx) })
}

// Done ends a job that was worked through.
func (j *Jobs) Done(ctx context.Context, job directory.Job) error {
	return j.gate.Note(ctx, func(tx *store.Tx) error { return tx.EndJob(ctx, job, "done", "") })
}

// Failed gives a job back to be tried again after a pause; after its last try
// it is dead.
func (j *Jobs) Failed(ctx context.Context, job directory.Job, reason string) error {
	reason = withoutSecret(reason, "")
	return j.gate.Note(ctx, func(tx *store.Tx) error {
		if job.Tries >= directory.JobTries {
			return tx.EndJob(ctx, job, "dead", reason)
		}
		return tx.ReturnJob(ctx, job, tx.Now.Add(directory.RetryPause(job.Tries)), reason)
	})
}

// Released gives back a job whose worker stops, to be taken again at once.
func (j *Jobs) Released(ctx context.Context, job directory.Job) error {
	return j.gate.Note(ctx, func(tx *store.Tx) error { return tx.ReturnJob(ctx, job, tx.Now, "") })
}

// KeepRefused writes the refused attempts that wait into the access log.
func (a *App) KeepRefused(ctx context.Context) error {
	a.Jobs.gate.KeepRefused(ctx)
	return nil
}

// PurgeReceipts removes what tells whether changes of long ago were committed.
func (a *App) PurgeReceipts(ctx context.Context) error {
	return a.Jobs.gate.Purge(ctx, func(tx *store.Tx) (int64, error) { return tx.PurgeReceipts(ctx, gate.PurgeRows) })
}
