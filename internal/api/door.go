package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
)

// mostBody is the most bytes of a request that are read.
const mostBody = 2 << 20

// mostKey is the longest key of a request.
const mostKey = 255

// ServeHTTP answers one request.
func (f *Face) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := visit{printer: f.Bundle.Printer(f.Bundle.Match(r.Header.Get("Accept-Language"), f.Language), nil)}
	if f.streamed(r) {
		v.live = newLive(w, r, f.LineWait)
		defer v.live.close()
	}
	out := &answer{header: http.Header{}}
	out.header.Set("Cache-Control", "no-store")
	out.header.Set("Content-Language", v.printer.Lang())
	out.header.Set("Vary", "Accept-Language, Authorization")
	func() {
		defer f.caught(out, r, v)
		f.serve(out, r, v)
	}()
	if err := out.send(r.Context(), w); err != nil {
		f.Log.ErrorContext(r.Context(), "a file was not sent whole", "error", err)
		panic(http.ErrAbortHandler) // it must not look whole
	}
}

// caught turns a panic into a fault.
func (f *Face) caught(out *answer, r *http.Request, v visit) {
	value := recover()
	if value == nil {
		return
	}
	reference := uuid.NewString()[:8]
	f.Log.ErrorContext(r.Context(), "panic", "reference", reference, "panic", value, "stack", string(debug.Stack()))
	out.body.Reset()
	out.status = 0
	f.write(out, f.fault(v, reference))
}

// serve lets in whoever has a good token and requests left. The description of
// the face is open: it says nothing about anybody.
func (f *Face) serve(out *answer, r *http.Request, v visit) {
	if f.described(out, r) {
		return
	}
	client := app.Client{Address: httpserver.ClientOf(r.Context()).Addr.String(), Agent: httpserver.Agent(r)}
	token, given := bearerOf(r)
	bearing, err := f.resolve(r.Context(), token, client)
	if err != nil {
		p := f.problem(r.Context(), v, err)
		if p.Status == http.StatusUnauthorized {
			out.header.Set("WWW-Authenticate", challenge(given))
		}
		f.write(out, p)
		return
	}
	v.bearing, v.actor = bearing, bearing.Actor
	v.caller = app.Caller{Token: token, From: func() app.Client { return client }}
	if wait := f.rates.take(out.header, countedAs(bearing), f.PerMinute, f.Now()); wait > 0 {
		p := f.refusal(v, &directory.Error{Kind: directory.Limited, Code: "request.too_many", Args: directory.Args{"Seconds": wait}})
		p.retry = wait
		f.write(out, p)
		return
	}
	f.admitted(out, r, v)
}

// bearerOf is the token of a request, and whether one was sent at all.
func bearerOf(r *http.Request) (token string, given bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}

// challenge says what is wanted, and that what was sent is not it (RFC 6750).
func challenge(given bool) string {
	if given {
		return `Bearer realm="intendant", error="invalid_token"`
	}
	return `Bearer realm="intendant"`
}

// admitted reads the request whole and answers it, once however often it is
// sent with one key. One that is answered while it is read needs no key: sent
// again, it changes nothing.
func (f *Face) admitted(out *answer, r *http.Request, v visit) {
	if v.live != nil {
		if part, is := broken(r, nil); is {
			f.write(out, f.refusal(v, directory.InvalidField(part, "text.broken", nil)))
			return
		}
		f.routed(out, r, v)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBody+1))
	switch {
	case err != nil:
		f.write(out, f.early(v, http.StatusBadRequest))
		return
	case len(body) > mostBody:
		f.write(out, f.early(v, http.StatusRequestEntityTooLarge))
		return
	}
	if part, is := broken(r, body); is {
		f.write(out, f.refusal(v, directory.InvalidField(part, "text.broken", nil)))
		return
	}
	if refusal := strict(body); refusal != nil {
		f.write(out, f.refusal(v, refusal))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if key := r.Header.Get("Idempotency-Key"); key != "" && writes(r.Method) {
		f.once(out, r, v, body)
		return
	}
	f.routed(out, r, v)
}

// early is a problem with the request itself.
func (f *Face) early(v visit, status int) *Problem {
	code := codeOf(status)
	return &Problem{Type: typeOf(code), Title: v.printer.Error(&directory.Error{Code: code}), Status: status, Code: code}
}

func writes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// broken names the part of a request that has what no text has: NUL, or bytes
// that are no text. The databases would refuse them. The body's fields have names
// of their own, but what is no text cannot be taken apart.
func broken(r *http.Request, body []byte) (part string, is bool) {
	for _, text := range []struct{ part, value string }{{"path", r.URL.Path}, {"query", unescaped(r.URL.RawQuery)},
		{"If-Match", r.Header.Get("If-Match")}, {"Idempotency-Key", r.Header.Get("Idempotency-Key")}} {
		if !directory.Readable(text.value) {
			return text.part, true
		}
	}
	return "body", brokenJSON(body)
}

// brokenJSON reports whether JSON has what no text has.
func brokenJSON(body []byte) bool {
	return bytes.IndexByte(body, 0) >= 0 || !utf8.Valid(body) || brokenEscape(body)
}

// unescaped is a query with its escapes undone; one that cannot be is broken.
func unescaped(query string) string {
	text := []byte(query)
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if n, err := strconv.ParseUint(string(text[i+1:i+3]), 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// A kept answer is what a repeated request gets.
type kept struct {
	Header map[string]string `json:"h,omitempty"`
	Body   string            `json:"b"`
}

// once answers a request that carries a key of its sender's (PLAN-3).
func (f *Face) once(out *answer, r *http.Request, v visit, body []byte) {
	key := strings.Trim(r.Header.Get("Idempotency-Key"), `"`)
	if key == "" || len(key) > mostKey {
		f.write(out, f.refusal(v, directory.InvalidField("Idempotency-Key", "field.too_long", directory.Args{"Max": mostKey})))
		return
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n", r.URL.RawQuery, r.Header.Get("If-Match"), r.Header.Get("Content-Type"))
	sum.Write(body)
	claim, err := f.App.TechnicalUsers.Claim(r.Context(), v.bearing, app.Repeatable{Key: key, Route: r.Method + " " + r.URL.Path, Digest: sum.Sum(nil)})
	if err != nil {
		f.write(out, f.problem(r.Context(), v, err))
		return
	}
	if claim.Done {
		f.again(out, claim)
		return
	}
	if claim.Act != "" {
		f.begun(out, r, v, claim.Act)
		return
	}
	v.actor = claim.Actor
	defer func() {
		status := out.status
		if p := recover(); p != nil {
			status = http.StatusInternalServerError
			defer panic(p)
		}
		f.keep(r.Context(), claim, status, out)
	}()
	f.routed(out, r, v)
}

func (f *Face) keep(ctx context.Context, claim app.Claim, status int, out *answer) {
	k := kept{Header: map[string]string{}, Body: out.body.String()}
	for _, name := range []string{"Content-Type", "Location", "ETag"} {
		if value := out.header.Get(name); value != "" {
			k.Header[name] = value
		}
	}
	text, err := json.Marshal(k)
	if err == nil {
		err = f.keepText(context.WithoutCancel(ctx), claim, status, string(text))
	}
	if err != nil && !interrupted(err) {
		f.Log.ErrorContext(ctx, "keep answer", "error", err)
	}
}

// keepText tries twice to keep the answer of what was done: whoever asks again would
// else hear for minutes that it is under way.
func (f *Face) keepText(ctx context.Context, claim app.Claim, status int, text string) error {
	err := f.App.TechnicalUsers.Answered(ctx, claim, status, text)
	if status < http.StatusInternalServerError && interrupted(err) {
		err = f.App.TechnicalUsers.Answered(ctx, claim, status, text)
	}
	return err
}

func interrupted(err error) bool {
	var cut *directory.Interruption
	return errors.As(err, &cut)
}

// again gives the answer that was given.
func (f *Face) again(out *answer, claim app.Claim) {
	var k kept
	if claim.Answer != "" {
		if err := json.Unmarshal([]byte(claim.Answer), &k); err != nil {
			f.Log.Error("read kept answer", "error", err)
		}
	}
	for name, value := range k.Header {
		out.header.Set(name, value)
	}
	out.header.Set("Idempotency-Replayed", "true")
	out.WriteHeader(claim.Status)
	out.body.WriteString(k.Body)
}

// routed answers by the operation of the address, and leaves its pattern on the
// request for the log: all of the face hangs under one pattern of its server.
func (f *Face) routed(out *answer, r *http.Request, v visit) {
	visited := with(r, v)
	defer func() { r.Pattern = cmp.Or(visited.Pattern, r.Pattern) }()
	f.route(out, visited)
}

// route finds the operation; what none has is said as a problem too.
func (f *Face) route(out *answer, r *http.Request) {
	if _, pattern := f.mux.Handler(r); pattern != "" {
		f.mux.ServeHTTP(out, r)
		return
	}
	probe := &answer{header: http.Header{}}
	f.mux.ServeHTTP(probe, r)
	v := visitOf(r.Context())
	refusal := directory.Refuse(directory.NotFound, "not_found")
	if probe.status != http.StatusMethodNotAllowed {
		f.write(out, f.refusal(v, refusal))
		return
	}
	out.header.Set("Allow", probe.header.Get("Allow"))
	p := f.refusal(v, directory.Refuse(directory.NotFound, "request.wrong_method"))
	p.Status = http.StatusMethodNotAllowed
	f.write(out, p)
}

// An answer is put together before it is sent.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
	next   func(context.Context) ([]byte, error) // what comes after the body, part by part
	live   *live                                 // what comes after it while the request is still read
}

// follow has parts sent after the body, which are so many bytes.
func (a *answer) follow(bytes int64, next func(context.Context) ([]byte, error)) {
	a.header.Set("Content-Length", strconv.FormatInt(bytes, 10))
	a.WriteHeader(http.StatusOK)
	a.next = next
}

// Header is what will be sent before the body.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status; the first one stands.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write adds to the body.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// send hands the answer over, and says why its parts were not read to their end.
func (a *answer) send(ctx context.Context, w http.ResponseWriter) error {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	a.WriteHeader(http.StatusOK)
	if a.live != nil {
		a.live.pour(w, a.status)
		return nil
	}
	w.WriteHeader(a.status)
	if _, err := w.Write(a.body.Bytes()); err != nil || a.next == nil {
		return nil // whoever hangs up is no fault of ours
	}
	for {
		part, err := a.next(ctx)
		if err != nil || len(part) == 0 {
			return err
		}
		if _, err := w.Write(part); err != nil {
			return nil
		}
	}
}
