//go:build !linux

package store

import (
	"syscall"
	"time"
)

// unansweredFor leaves it to keep-alives where no such option is known.
func unansweredFor(time.Duration) func(network, address string, c syscall.RawConn) error { return nil }
