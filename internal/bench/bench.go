// Package bench measures the operations people wait for, on a generated
// database, and prints one figure a line. Figures are not tests: they say what
// a machine did on a day. What cannot be measured says why not.
package bench

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
)

// A Figure is one measurement.
type Figure struct {
	Name     string  `json:"name"`
	Database string  `json:"database"`
	Members  int64   `json:"members"` // of the account it was measured in
	P50      int64   `json:"p50_us,omitempty"`
	P99      int64   `json:"p99_us,omitempty"`
	PerS     float64 `json:"per_s,omitempty"`
	Bytes    int64   `json:"bytes,omitempty"`
	Why      string  `json:"why_not,omitempty"` // it was not measured, a message key

	Growth  float64 `json:"growth,omitempty"`  // its p50 by that of the same figure in a smaller account
	Ceiling string  `json:"ceiling,omitempty"` // the figure that bounds its rate
	Ratio   float64 `json:"ratio,omitempty"`   // its rate by that of its ceiling
}

// Options are what is measured and how often.
type Options struct {
	App      *app.App
	Products httpserver.Lean // what answers the questions of products
	Programs http.Handler    // what answers REST
	Database string          // "sqlite" or "postgres"
	Now      func() time.Time
	Samples  int    // of reads
	Account  string // customer number of the account measured in
	Beside   string // that of a smaller one in which programs are measured too; empty: none
	Start    time.Duration
	Only     []string // names to measure; empty: all

	// Commit writes so many rows of no account in one change.
	Commit func(ctx context.Context, rows int) error
}

// A run is one pass over all figures.
type run struct {
	Options
	ctx     context.Context
	actor   authz.Actor
	account directory.Account
	members int64
	report  func(Figure)
	serial  int
	told    map[string]Figure
}

// Run measures and reports each figure as it is known.
func Run(ctx context.Context, o Options, report func(Figure)) error {
	operator := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
	frame, err := o.App.Accounts.Open(ctx, operator, o.Account)
	if err != nil {
		return fmt.Errorf("open account to measure in: %w", err)
	}
	r := &run{Options: o, ctx: ctx, actor: operator, account: frame.Account, members: frame.Counts.Members(), report: report, told: map[string]Figure{}}
	for _, part := range []func() error{r.ceilings, r.lists, r.searches, r.writes, r.inSmaller, r.programs, r.bulk, r.seats, r.alike, r.exports, r.rights, r.checks, r.process} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// wanted reports whether a figure is to be measured.
func (r *run) wanted(name string) bool { return len(r.Only) == 0 || slices.Contains(r.Only, name) }

// timed measures how long one call takes, many times, after a few that warm up.
func (r *run) timed(name string, samples int, call func(i int) error) error {
	return r.timedAfter(name, samples, func(int) error { return nil }, call)
}

// timedAfter is timed with something done before each call that is not measured.
func (r *run) timedAfter(name string, samples int, before, call func(i int) error) error {
	if !r.wanted(name) {
		return nil
	}
	const warm = 5
	var total time.Duration
	times := make([]time.Duration, 0, samples)
	for i := range samples + warm {
		if err := before(i); err != nil {
			return fmt.Errorf("prepare %s: %w", name, err)
		}
		start := r.Now()
		if err := call(i); err != nil {
			return fmt.Errorf("measure %s: %w", name, err)
		}
		if i >= warm {
			times = append(times, r.Now().Sub(start))
			total += times[len(times)-1]
		}
	}
	slices.Sort(times)
	r.tell(Figure{Name: name, Database: r.Database, Members: r.members, P50: times[samples/2].Microseconds(),
		P99: times[samples*99/100].Microseconds(), PerS: float64(samples) / total.Seconds()})
	return nil
}

// rate measures how many things one long call does in a second.
func (r *run) rate(name string, count int, call func() error) error {
	if !r.wanted(name) {
		return nil
	}
	start := r.Now()
	if err := call(); err != nil {
		return fmt.Errorf("measure %s: %w", name, err)
	}
	took := r.Now().Sub(start)
	r.tell(Figure{Name: name, Database: r.Database, Members: r.members, P50: took.Microseconds(), P99: took.Microseconds(),
		PerS: float64(count) / took.Seconds()})
	return nil
}

// skip says why a figure is not measured.
func (r *run) skip(why string, names ...string) {
	for _, name := range names {
		if r.wanted(name) {
			r.tell(Figure{Name: name, Database: r.Database, Members: r.members, Why: why})
		}
	}
}

// process reports how long the start took and what memory is in use now.
func (r *run) process() error {
	if r.wanted("start") {
		r.tell(Figure{Name: "start", Database: r.Database, Members: r.members, P50: r.Start.Microseconds(), P99: r.Start.Microseconds()})
	}
	if r.wanted("memory") {
		debug.FreeOSMemory() // what is not needed any more is given back, at once and not within minutes
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		r.tell(Figure{Name: "memory", Database: r.Database, Members: r.members, Bytes: int64(m.Sys - m.HeapReleased)})
	}
	return nil
}
