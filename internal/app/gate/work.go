package gate

import (
	"errors"

	"intendant/internal/directory"
)

// InlineGrace is how long the job behind work that is done while somebody waits
// comes due later: it only takes over what a crash has left.
const InlineGrace = directory.JobLease

// ErrMoved is why a worker does not write a piece of long work: another went
// ahead.
var ErrMoved = errors.New("another worker went ahead")
