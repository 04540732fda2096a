package app_test

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// ask queues jobs of the installation that are due now.
func ask(t *testing.T, w *apptest.World, jobs ...directory.Job) {
	t.Helper()
	for i := range jobs {
		jobs[i].Due = w.Now()
	}
	askLater(t, w, jobs...)
}

// askLater queues jobs of the installation.
func askLater(t *testing.T, w *apptest.World, jobs ...directory.Job) {
	t.Helper()
	w.Must(w.DB.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error {
		first, err := tx.NextKeys(t.Context(), 0, len(jobs))
		if err != nil {
			return err
		}
		for i := range jobs {
			jobs[i].ID = directory.JobID(first + int64(i))
		}
		return tx.Apply(t.Context(), store.Write{Jobs: jobs})
	}))
}

func TestJobs(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		take := func() []directory.Job {
			t.Helper()
			jobs, err := w.Jobs.Next(t.Context(), 10)
			w.Must(err)
			return jobs
		}
		t.Run("one of a name waits, and what is asked while it runs is not lost", func(t *testing.T) {
			ask(t, w, directory.Job{Kind: "fold", Unique: "fold 1", Facts: map[string]string{"a": "b"}}, directory.Job{Kind: "fold", Unique: "fold 1"})
			running := take()
			if len(running) != 1 || running[0].Facts["a"] != "b" || running[0].Tries != 1 {
				t.Fatalf("took %+v, want the first", running)
			}
			ask(t, w, directory.Job{Kind: "fold", Unique: "fold 1"})
			ask(t, w, directory.Job{Kind: "fold", Unique: "fold 1"})
			if got := take(); len(got) != 0 {
				t.Errorf("took %+v beside the one that runs", got)
			}
			w.Must(w.Jobs.Done(t.Context(), running[0]))
			after := take()
			if len(after) != 1 {
				t.Fatalf("after it: %+v, want one", after)
			}
			ask(t, w, directory.Job{Kind: "fold", Unique: "fold 1"})
			w.Must(w.Jobs.Failed(t.Context(), after[0], "broken"))
			last := take()
			if len(last) != 1 || last[0].ID == after[0].ID {
				t.Fatalf("after a failure: %+v, want the one that waited", last)
			}
			w.Must(w.Jobs.Done(t.Context(), last[0]))
			w.Pass(24 * time.Hour)
			if got := take(); len(got) != 0 {
				t.Errorf("%+v is left, want nothing: the failed one was done by another", got)
			}
		})
		t.Run("of two that nobody has begun the sooner counts", func(t *testing.T) {
			i := directory.Job{Kind: "fold", Unique: "fold 2", Due: w.Now().Add(time.Minute)}
			askLater(t, w, i)
			if got := take(); len(got) != 0 {
				t.Fatalf("took %+v before it was due", got)
			}
			ask(t, w, directory.Job{Kind: "fold", Unique: "fold 2"})
			askLater(t, w, i)
			due := take()
			if len(due) != 1 {
				t.Fatalf("took %+v, want the one that is due now", due)
			}
			w.Must(w.Jobs.Done(t.Context(), due[0]))
		})
		t.Run("a worker that died, and one that renews", func(t *testing.T) {
			ask(t, w, directory.Job{Kind: "long", Unique: "long 1"})
			job := take()[0]
			w.Pass(directory.JobLease - time.Second)
			if kept, err := w.Jobs.Renew(t.Context(), job); err != nil || !kept {
				t.Fatalf("Renew = %v, %v, want it kept", kept, err)
			}
			w.Pass(directory.JobLease - time.Second)
			if got := take(); len(got) != 0 {
				t.Errorf("took %+v while its worker renews", got)
			}
			w.Pass(time.Second)
			again := take()
			if len(again) != 1 || again[0].Tries != 2 {
				t.Fatalf("after the lease: %+v, want it again", again)
			}
			if kept, err := w.Jobs.Renew(t.Context(), job); err != nil || kept {
				t.Errorf("Renew by the first worker = %v, %v, want it lost", kept, err)
			}
			w.Must(w.Jobs.Done(t.Context(), job)) // too late: changes nothing
			w.Must(w.Jobs.Released(t.Context(), again[0]))
			if got := take(); len(got) != 1 {
				t.Errorf("a released job is not there at once: %+v", got)
			} else {
				w.Must(w.Jobs.Done(t.Context(), got[0]))
			}
		})
		t.Run("dead after the last try", func(t *testing.T) {
			ask(t, w, directory.Job{Kind: "broken"})
			for try := 1; try <= directory.JobTries; try++ {
				jobs := take()
				if len(jobs) != 1 {
					t.Fatalf("try %d: %+v", try, jobs)
				}
				w.Must(w.Jobs.Failed(t.Context(), jobs[0], strings.Repeat("long ", 1000)))
				w.Pass(directory.RetryPause(try))
			}
			if got := take(); len(got) != 0 {
				t.Errorf("a dead job comes again: %+v", got)
			}
		})
	})
}
