package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"intendant/internal/httpserver"
)

// How a request that is read while it is answered may go on.
const (
	mostLine      = 256 << 10        // bytes of a line
	usualLineWait = 30 * time.Second // for the next line, and for somebody to take an answer
	streamEnds    = 30 * time.Minute // for all of it to arrive
)

// A live request is read, line by line, while it is answered. Whoever works on it never
// waits for its reader: many programs send all they have before they read anything, and
// would wait for ever. What is not taken yet is kept, which the limit of lines limits.
type live struct {
	w      http.ResponseWriter
	wait   time.Duration
	stream *httpserver.Stream // none before somebody works on it: till then the server's deadlines hold
	body   *bufio.Reader
	buffer []byte
	whole  bool // the body was read to its end
	poured bool

	mu     sync.Mutex
	bits   [][]byte
	over   bool
	more   chan struct{} // there is something in bits, or it is over
	cancel context.CancelFunc
	worked chan struct{} // closed once nobody works on it; nil before somebody does
}

func newLive(w http.ResponseWriter, r *http.Request, wait time.Duration) *live {
	return &live{w: w, wait: wait, body: bufio.NewReaderSize(r.Body, 64<<10), more: make(chan struct{}, 1)}
}

// errLineLong is the answer to a line of more than mostLine bytes. It was read over.
var errLineLong = errors.New("the line is too long")

// line is the next line without its end, good until the next is read.
func (l *live) line() ([]byte, error) {
	l.stream.Reading()
	defer l.stream.Read()
	l.buffer = l.buffer[:0]
	read, long := 0, false
	for {
		bit, err := l.body.ReadSlice('\n')
		if read += len(bit); read > mostLine {
			long = true
		}
		if !long {
			l.buffer = append(l.buffer, bit...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || read == 0):
			l.whole = errors.Is(err, io.EOF)
			return nil, err
		case long:
			return nil, errLineLong
		}
		return bytes.TrimRight(l.buffer, "\r\n"), nil
	}
}

// slow reports whether reading ended because nothing came for too long.
func slow(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// put adds a bit to the answer.
func (l *live) put(bit []byte) {
	l.mu.Lock()
	l.bits = append(l.bits, bit)
	l.mu.Unlock()
	l.stir()
}

func (l *live) stir() {
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// begin lets somebody work on the answer, and waits until there is the first bit of it.
// What the work ends with before that is the answer.
func (l *live) begin(ctx context.Context, work func(ctx context.Context) error) error {
	ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx)) // what has come is worked on, also when no more comes
	l.worked, l.stream = make(chan struct{}), httpserver.Streamed(l.w, l.wait, streamEnds)
	var failed error
	go func() {
		defer close(l.worked)
		defer l.end()
		defer func() {
			if value := recover(); value != nil {
				failed = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
			}
		}()
		failed = work(ctx)
	}()
	<-l.more
	l.mu.Lock()
	begun := len(l.bits) > 0
	l.mu.Unlock()
	if begun {
		l.stir()
		return nil
	}
	<-l.worked
	return failed
}

func (l *live) end() {
	l.mu.Lock()
	l.over = true
	l.mu.Unlock()
	l.stir()
}

// pour sends the bits as they come, until it is over or nobody takes them any more.
func (l *live) pour(w http.ResponseWriter, status int) {
	l.poured = true
	l.stream.Begin(w)
	w.WriteHeader(status)
	for range l.more {
		l.mu.Lock()
		bits, over := l.bits, l.over
		l.bits = nil
		l.mu.Unlock()
		if len(bits) > 0 {
			if err := l.stream.Send(w, bytes.Join(bits, nil)); err != nil {
				return // whoever hangs up is no fault of ours
			}
		}
		if over {
			return
		}
	}
}

// close ends the work, wherever it is: what is planned together is done or is not. Of
// what was refused as a whole some more is read, since many senders look for an answer
// only after they have sent all.
func (l *live) close() {
	if l.worked == nil {
		return
	}
	select {
	case <-l.worked:
	default:
		l.cancel()
		l.stream.Cut()
		<-l.worked
	}
	l.cancel()
	if !l.whole && !l.poured {
		l.stream.Reading()
		_, err := io.CopyN(io.Discard, l.body, mostLine)
		l.whole = errors.Is(err, io.EOF)
	}
	if !l.whole {
		l.stream.Cut()
	}
	l.stream.End()
}
