package identity

import (
	"time"
)

// How long the vendor's staff stay inside an account, and how much of a reason
// they give (VEND-2).
const (
	EntryLasts     = 60 * time.Minute
	ShortestReason = 10
)
