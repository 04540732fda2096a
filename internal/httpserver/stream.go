package httpserver

import (
	"net/http"
	"time"
)

// A Stream is a request that is read while it is answered: the server's deadlines, which
// are for the whole of both, do not fit it.
type Stream struct {
	connection *http.ResponseController
	each       time.Duration
	late, over *time.Timer
	stuck      *time.Timer
}

// Streamed lifts the server's deadlines from a request that is read and answered bit by
// bit. Instead each bit has so long to arrive, and to be taken, and all of it so long to
// arrive. Where nothing is known of the connection, nothing is cut off.
func Streamed(w http.ResponseWriter, each, all time.Duration) *Stream {
	s := &Stream{connection: http.NewResponseController(w), each: each}
	_ = s.connection.SetReadDeadline(time.Time{})
	_ = s.connection.SetWriteDeadline(time.Time{})
	s.late, s.over = time.AfterFunc(each, s.Cut), time.AfterFunc(all, s.Cut)
	s.stuck = time.AfterFunc(each, func() { _ = s.connection.SetWriteDeadline(longAgo()) })
	s.stuck.Stop()
	return s
}

func longAgo() time.Time { return time.Unix(1, 0) }

// Begin lets the answer be sent while the request is still read, before anything of it is
// written. The connection ends with it: nobody knows where on it another request began.
func (s *Stream) Begin(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	_ = s.connection.EnableFullDuplex() // without a connection the answer waits for the request
}

// Reading says that the next bit is waited for.
func (s *Stream) Reading() { s.late.Reset(s.each) }

// Read says that nothing is waited for until Reading is called again.
func (s *Stream) Read() { s.late.Stop() }

// Cut lets what is read of the request from now on fail.
func (s *Stream) Cut() { _ = s.connection.SetReadDeadline(longAgo()) }

// Send writes a bit of the answer and sends it off.
func (s *Stream) Send(w http.ResponseWriter, bit []byte) error {
	s.stuck.Reset(s.each)
	defer s.stuck.Stop()
	if _, err := w.Write(bit); err != nil {
		return err
	}
	return s.connection.Flush()
}

// End stops all clocks.
func (s *Stream) End() {
	s.late.Stop()
	s.over.Stop()
	s.stuck.Stop()
}
