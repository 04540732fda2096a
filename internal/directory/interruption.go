package directory

// An Interruption is neither a refusal nor a fault of the program: what it
// stands on was away, and whoever asked may ask again in a moment. It is
// logged once for all whom it met, not for each.
type Interruption struct {
	// Code is DatabaseAway or OperationUnknown; "error." + Code is the message key.
	Code  string
	Cause error
}

const (
	// DatabaseAway says that nothing was read or written.
	DatabaseAway = "database.away"
	// OperationUnknown says that a change may have happened: the answer to its
	// COMMIT was lost and it could not be looked up.
	OperationUnknown = "operation.unknown"
)

// RetryAfter is after how many seconds it is worth asking again.
func (*Interruption) RetryAfter() int { return 5 }

// Error says the interruption for logs.
func (i *Interruption) Error() string {
	if i.Cause == nil {
		return i.Code
	}
	return i.Code + ": " + i.Cause.Error()
}

// Unwrap returns the cause.
func (i *Interruption) Unwrap() error { return i.Cause }
