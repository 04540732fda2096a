package server

import "intendant/internal/jobs"

// handlers do the jobs that changes leave behind, by kind.
func (i *Installation) handlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{}
}

// periodic is the work at intervals. Each finds nothing to do the second time:
// it runs on every node.
func (i *Installation) periodic() []jobs.Periodic {
	return nil
}
