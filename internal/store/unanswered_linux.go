package store

import (
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT, which package syscall does not name.
const tcpUserTimeout = 18

// unansweredFor ends connections whose peer confirms nothing of what was sent
// for d.
func unansweredFor(d time.Duration) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		var setting error
		err := c.Control(func(fd uintptr) {
			setting = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(d.Milliseconds()))
		})
		if err != nil {
			return err
		}
		if setting == syscall.ENOPROTOOPT || setting == syscall.EOPNOTSUPP { // a local socket
			return nil
		}
		return setting
	}
}
