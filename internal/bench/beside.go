package bench

import (
	"errors"
	"fmt"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// Figures of what the database does alone, which no operation can pass.
const (
	ceilingCommits = "ceiling-commits"
	ceilingRows    = "ceiling-rows"
)

// ceilingRowsWritten is how many rows one change writes.
const ceilingRowsWritten = 50_000

// ceilingOf is what bounds a figure from above: what the database or the server does
// alone, measured in the same run.
func ceilingOf(name string) string {
	switch name {
	case "create-8", "http-create-8":
		return ceilingCommits
	case "add", "import", "http-batch", "http-world", "bulk-edit", "invite":
		return ceilingRows
	case "check", "check-batch":
		return "check-constant"
	}
	return ""
}

// ceilings measures what the database does alone: commits of one row by as many clients
// as create side by side, and rows in one change.
func (r *run) ceilings() error {
	if r.Commit == nil {
		return nil
	}
	err := r.sideBySide(ceilingCommits, sideClients, sideEach, func(int) error { return r.Commit(r.ctx, 1) })
	if err != nil {
		return err
	}
	return r.rate(ceilingRows, ceilingRowsWritten, func() error { return r.Commit(r.ctx, ceilingRowsWritten) })
}

// inSmaller measures what programs do in a smaller account first, so that their figures
// in the larger one can say how they grow. Without such an account they do not.
func (r *run) inSmaller() error {
	if r.Beside == "" {
		return nil
	}
	operator := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
	frame, err := r.App.Accounts.Open(r.ctx, operator, r.Beside)
	var refusal *directory.Error
	if errors.As(err, &refusal) && refusal.Kind == directory.NotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the smaller account: %w", err)
	}
	larger, members := r.account, r.members
	r.account, r.members = frame.Account, frame.Counts.Members()
	defer func() { r.account, r.members = larger, members }()
	if r.members >= members {
		return nil
	}
	return r.programs()
}

// tell reports a figure, beside what was measured before: the same one in the smaller
// account, and what bounds it.
func (r *run) tell(f Figure) {
	if smaller, ok := r.told[f.Name]; ok && smaller.Members < f.Members && smaller.P50 > 0 {
		f.Growth = float64(f.P50) / float64(smaller.P50)
	}
	if ceiling, ok := r.told[ceilingOf(f.Name)]; ok && ceiling.PerS > 0 {
		f.Ceiling, f.Ratio = ceiling.Name, f.PerS/ceiling.PerS
	}
	r.told[f.Name] = f
	r.report(f)
}
