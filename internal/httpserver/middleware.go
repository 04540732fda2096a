package httpserver

import (
	"crypto/rand"
	"net/http"
	"runtime/debug"
	"time"
)

// contentSecurity lets a page load from this installation only, and no page of
// another one show it in a frame. Pictures may be data addresses: Tabler draws
// its ticks so.
const contentSecurity = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// secure sets the headers that every answer carries. A face may set its own: a
// form that leads to a product's address says so there. Browsers keep to https
// where this request came by it, and wherever the installation is reached so:
// whether a proxy is trusted to say it is another question.
func secure(next http.Handler, https bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentSecurity)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if https || ClientOf(r.Context()).Secure {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
		next.ServeHTTP(w, r)
	})
}

// recoverPanic turns a panic into a fault: logged whole once, shown as a
// reference. An answer that has begun cannot be taken back; the connection ends.
func recoverPanic(next http.Handler, o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &watched{ResponseWriter: w}
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			if value == http.ErrAbortHandler {
				panic(value)
			}
			reference := rand.Text()[:10]
			o.Logger.ErrorContext(r.Context(), "panic", "reference", reference, "panic", value,
				"route", r.Pattern, "request", ClientOf(r.Context()).RequestID, "stack", string(debug.Stack()))
			if answer.status != 0 {
				panic(http.ErrAbortHandler)
			}
			w.Header().Del("Content-Encoding")
			w.Header().Del("Content-Length")
			if o.Fault == nil {
				plain(w, http.StatusInternalServerError, "fault "+reference+"\n")
				return
			}
			o.Fault(w, r, reference)
		}()
		next.ServeHTTP(answer, r)
	})
}

// logAccess writes one line a request. It names the route, not the address:
// links in mails carry their token there. What no route knows has none.
func logAccess(next http.Handler, o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := o.Now()
		answer := &watched{ResponseWriter: w}
		defer func() {
			client := ClientOf(r.Context())
			o.Logger.InfoContext(r.Context(), "request",
				"method", r.Method, "route", r.Pattern, "status", answer.code(), "bytes", answer.bytes,
				"ms", float64(o.Now().Sub(start))/float64(time.Millisecond),
				"client", client.Addr, "request", client.RequestID)
		}()
		next.ServeHTTP(answer, r)
	})
}

// A watched writer remembers what was answered.
type watched struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the first final status.
func (w *watched) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts what is sent.
func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection, for flushing and
// deadlines.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *watched) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
