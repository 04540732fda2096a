package httpserver

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
)

// compress packs HTML for readers who take it; other answers are packed already
// (assets), small, or streamed. Pages carry no secret beside words a stranger
// chose: tokens live in cookies and mails, so their length tells nothing.
func compress(next http.Handler) http.Handler {
	writers := &sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
		if err != nil {
			return gzip.NewWriter(io.Discard)
		}
		return w
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead || !acceptsGzip(r) {
			next.ServeHTTP(w, r)
			return
		}
		packed := &packer{ResponseWriter: w, writers: writers}
		next.ServeHTTP(packed, r)
		packed.close()
	})
}

func acceptsGzip(r *http.Request) bool {
	for offer := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if coding == "gzip" && strings.ReplaceAll(quality, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// A packer decides with the header whether this answer is packed.
type packer struct {
	http.ResponseWriter
	writers *sync.Pool
	gz      *gzip.Writer
	decided bool
}

// WriteHeader decides: HTML with a body that nobody has packed yet.
func (p *packer) WriteHeader(status int) {
	header := p.Header()
	if !p.decided && status >= http.StatusOK {
		p.decided = true
		html := strings.HasPrefix(header.Get("Content-Type"), "text/html")
		body := status != http.StatusNoContent && status != http.StatusNotModified
		if html && body && header.Get("Content-Encoding") == "" {
			header.Set("Content-Encoding", "gzip")
			header.Add("Vary", "Accept-Encoding")
			header.Del("Content-Length")
			if gz, ok := p.writers.Get().(*gzip.Writer); ok {
				gz.Reset(p.ResponseWriter)
				p.gz = gz
			}
		}
	}
	p.ResponseWriter.WriteHeader(status)
}

// Write packs, or passes on.
func (p *packer) Write(b []byte) (int, error) {
	if !p.decided {
		if p.Header().Get("Content-Type") == "" {
			p.Header().Set("Content-Type", http.DetectContentType(b))
		}
		p.WriteHeader(http.StatusOK)
	}
	if p.gz != nil {
		return p.gz.Write(b)
	}
	return p.ResponseWriter.Write(b)
}

// FlushError sends what was written so far.
func (p *packer) FlushError() error {
	if p.gz != nil {
		if err := p.gz.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(p.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (p *packer) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// close ends the packed body. It does not run after a panic, so that a broken
// answer is not ended as if it were whole.
func (p *packer) close() {
	if p.gz == nil {
		return
	}
	// A reader that hangs up is not our fault to report.
	_ = p.gz.Close()
	p.writers.Put(p.gz)
	p.gz = nil
}
