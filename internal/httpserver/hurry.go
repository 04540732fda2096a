package httpserver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"
)

// How long a form may take to arrive: so much to begin with, and as slow a line
// as this for the rest.
const (
	formTime      = 20 * time.Second
	slowestPerSec = 64 << 10
)

// Hurry gives a body of at most limit bytes a deadline of its own, shorter than
// the server's. What it answers takes the deadline away again, the server's too:
// it would cut off whoever still waits for a long answer.
func Hurry(w http.ResponseWriter, limit int64) (relax func()) {
	return hurry(w, formTime+time.Duration(limit/slowestPerSec)*time.Second)
}

func hurry(w http.ResponseWriter, most time.Duration) (relax func()) {
	connection := http.NewResponseController(w)
	late := time.AfterFunc(most, func() {
		_ = connection.SetReadDeadline(longAgo()) // what is read now fails. Without a connection nobody waits
	})
	return func() {
		if late.Stop() {
			_ = connection.SetReadDeadline(time.Time{})
		}
	}
}

// Left reports whether an error of a request is only that its reader hung up:
// nobody waits for an answer, and nothing is wrong here. A connection of ours that
// breaks while the reader waits is none of that.
func Left(ctx context.Context, err error) bool {
	if !errors.Is(ctx.Err(), context.Canceled) {
		return false
	}
	for _, hangUp := range []error{context.Canceled, syscall.EPIPE, syscall.ECONNRESET, net.ErrClosed, http.ErrAbortHandler} {
		if errors.Is(err, hangUp) {
			return true
		}
	}
	return false
}
