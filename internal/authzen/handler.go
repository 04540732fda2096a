package authzen

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
	"intendant/internal/i18n"
)

// mostBytes is the largest body that is read.
const mostBytes = 1 << 20

// strangersBytes is what is read before it is known that a product asks.
const strangersBytes = 64 << 10

// base is where the paths of the standard begin.
const base = "/access/v1/"

// A Handler answers the requests of products.
type Handler struct {
	checks  *app.Checks
	log     *slog.Logger
	trusted []netip.Prefix
	url     func() string // the installation's base address
	words   *wording
	headers headers
	buffers sync.Pool // *[]byte
}

// Options are what a Handler is made of. URL answers the installation's base
// address, without a slash at the end. TrustedProxies are those whose
// X-Forwarded-For is believed.
type Options struct {
	App            *app.App
	Bundle         *i18n.Bundle
	Log            *slog.Logger
	TrustedProxies []netip.Prefix
	URL            func() string
}

// New makes a handler.
func New(o Options) *Handler {
	return &Handler{checks: o.App.Checks, log: o.Log, trusted: o.TrustedProxies, url: o.URL,
		words: &wording{bundle: o.Bundle}, headers: newHeaders(),
		buffers: sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}}
}

// Serves reports whether a path is one of the package's: those of the standard,
// and the same below an account.
func Serves(path string) bool {
	if strings.HasPrefix(path, base) || strings.HasPrefix(path, wellKnown) {
		return true
	}
	_, rest := split(path)
	return strings.HasPrefix(rest, base)
}

// split takes the account a path begins with from it.
func split(path string) (number, rest string) {
	below, found := strings.CutPrefix(path, "/accounts/")
	if !found {
		return "", path
	}
	i := strings.IndexByte(below, '/')
	if i <= 0 {
		return "", path
	}
	return below[:i], below[i:]
}

// An asked is one request while it is answered.
type asked struct {
	h      *Handler
	w      http.ResponseWriter
	r      *http.Request
	caller app.Caller
	body   string
	buffer *[]byte
}

// ServeHTTP answers by path. Requests come by many a second: there is no table
// of routes to look through.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id := r.Header["X-Request-Id"]; len(id) > 0 {
		w.Header()["X-Request-Id"] = id[:1]
	}
	if strings.HasPrefix(r.URL.Path, wellKnown) {
		h.metadata(w, r)
		return
	}
	q := &asked{h: h, w: w, r: r}
	var path string
	q.caller.Number, path = split(r.URL.Path)
	if !directory.Readable(q.caller.Number) {
		q.complain(http.StatusNotFound, "not_found")
		return
	}
	answer := route(path)
	switch {
	case answer == nil:
		q.complain(http.StatusNotFound, "not_found")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		q.complain(http.StatusMethodNotAllowed, "method", "Allowed", http.MethodPost)
		return
	}
	q.buffer = h.buffers.Get().(*[]byte)
	if err := q.serve(answer); err != nil {
		q.refuse(err)
	}
	if cap(*q.buffer) <= 64<<10 { // a large one is not kept
		h.buffers.Put(q.buffer)
	}
}

// route is what answers a path, or nothing.
func route(path string) func(*asked) error {
	switch strings.TrimPrefix(path, base) {
	case "evaluation":
		return (*asked).evaluation
	case "evaluations":
		return (*asked).evaluations
	case "search/subject":
		return (*asked).subjects
	case "search/resource":
		return (*asked).resources
	case "search/action":
		return (*asked).actions
	}
	return nil
}

func (q *asked) serve(answer func(*asked) error) error {
	if err := q.identify(); err != nil {
		return err
	}
	err := q.read()
	if err == nil {
		err = answer(q)
	}
	var wrong fault
	if errors.As(err, &wrong) || errors.Is(err, tooLarge{}) { // only a product is told what is wrong with its request
		if denied := q.h.checks.Admit(q.r.Context(), q.caller); denied != nil {
			return denied
		}
	}
	return err
}

// errNoToken answers a request without a bearer token.
var errNoToken = directory.Refuse(directory.Denied, "token.refused")

// identify takes the token from its header (RFC 6750, section 2.1).
func (q *asked) identify() error {
	const scheme = "bearer "
	value := q.r.Header.Get("Authorization")
	if len(value) <= len(scheme) || !strings.EqualFold(value[:len(scheme)], scheme) {
		return errNoToken
	}
	q.caller.Token = strings.TrimSpace(value[len(scheme):])
	q.caller.From = q.client
	return nil
}

func (q *asked) client() app.Client {
	return app.Client{Address: httpserver.Address(q.r, q.h.trusted), Agent: httpserver.Agent(q.r)}
}

// A tooLarge refuses a body.
type tooLarge struct{}

// Error says so.
func (tooLarge) Error() string { return "body too large" }

// read reads the body, which must be said to be JSON.
func (q *asked) read() error {
	if kind := q.r.Header.Get("Content-Type"); kind != "application/json" {
		if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
			return fault("content_type")
		}
	}
	size := q.r.ContentLength
	if size > mostBytes {
		return tooLarge{}
	}
	if size < 0 || size > strangersBytes {
		if denied := q.h.checks.Admit(q.r.Context(), q.caller); denied != nil {
			return denied
		}
		defer httpserver.Hurry(q.w, mostBytes)()
	}
	body := (*q.buffer)[:0]
	if size >= 0 {
		if int(size) > cap(body) {
			body = make([]byte, 0, size)
			*q.buffer = body
		}
		body = body[:size]
		if _, err := io.ReadFull(q.r.Body, body); err != nil {
			return fault("body")
		}
		q.body = string(body)
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(q.r.Body, mostBytes+1))
	switch {
	case err != nil:
		return fault("body")
	case len(body) > mostBytes:
		return tooLarge{}
	}
	q.body = string(body)
	return nil
}

func (q *asked) evaluation() error {
	p, err := readQuestion(q.body)
	if err != nil {
		return err
	}
	return q.single(&p)
}

func (q *asked) single(p *parts) error {
	answer, err := q.h.checks.Evaluate(q.r.Context(), q.caller, p.question())
	if err != nil {
		return err
	}
	*q.buffer = q.h.words.appendDecision((*q.buffer)[:0], answer, q.h.words.language(p.language, q.r))
	q.h.reply(q.w, *q.buffer)
	return nil
}

func (q *asked) evaluations() error {
	b, err := readBatch(q.body)
	if err != nil {
		return err
	}
	if len(b.list) == 0 {
		return q.single(&b.parts)
	}
	answers, err := q.h.checks.EvaluateAll(q.r.Context(), q.caller, b.questions(), b.semantic)
	if err != nil {
		return err
	}
	top := q.h.words.language(b.language, q.r)
	*q.buffer = q.h.words.appendDecisions((*q.buffer)[:0], answers, func(i int) string {
		if own := b.list[i].language; own != "" {
			return q.h.words.language(own, q.r)
		}
		return top
	})
	q.h.reply(q.w, *q.buffer)
	return nil
}

// A searcher is one of the searches of the operations.
type searcher func(*app.Checks, context.Context, app.Caller, app.Question, app.Paging) (app.Found, error)

func (q *asked) subjects() error  { return q.search(forSubjects, (*app.Checks).SearchSubjects) }
func (q *asked) resources() error { return q.search(forResources, (*app.Checks).SearchResources) }
func (q *asked) actions() error   { return q.search(forActions, (*app.Checks).SearchActions) }

func (q *asked) search(what string, find searcher) error {
	s, err := readSearch(q.body, what)
	if err != nil {
		return err
	}
	request, err := identity(q.body)
	if err != nil {
		return err
	}
	found, err := find(q.h.checks, q.r.Context(), q.caller, s.question(), app.Paging{Token: s.token, Limit: s.limit, Request: request})
	if err != nil {
		return err
	}
	*q.buffer = appendFound((*q.buffer)[:0], found)
	q.h.reply(q.w, *q.buffer)
	return nil
}

// identity stands for all a request says but which page is asked for, however
// its members are ordered and spaced: with a page's token nothing else may have
// changed.
func identity(body string) (string, error) {
	var members map[string]any
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		return "", fault(noJSON)
	}
	if page, ok := members["page"].(map[string]any); ok {
		delete(page, "token")
		delete(page, "limit")
		if len(page) == 0 {
			delete(members, "page")
		}
	} else {
		delete(members, "page")
	}
	text, err := json.Marshal(members)
	if err != nil {
		return "", fault(noJSON)
	}
	sum := sha256.Sum256(text)
	return string(sum[:]), nil
}

// refuse is the face's one writer of errors: a status and a sentence, as the
// standard says. A no is none of them.
func (q *asked) refuse(err error) {
	var wrong fault
	var refusal *directory.Error
	var cut *directory.Interruption
	switch {
	case errors.As(err, &cut):
		q.w.Header().Set("Retry-After", strconv.Itoa(cut.RetryAfter()))
		q.say(http.StatusServiceUnavailable, q.printer().T("error."+cut.Code))
	case errors.As(err, &wrong):
		q.complain(http.StatusBadRequest, string(wrong), "Most", mostQuestions)
	case errors.Is(err, tooLarge{}):
		q.complain(http.StatusRequestEntityTooLarge, "too_large", "Most", mostBytes)
	case errors.As(err, &refusal):
		q.say(q.status(refusal), q.printer().Error(refusal))
	default:
		if httpserver.Left(q.r.Context(), err) {
			return
		}
		reference := rand.Text()[:10]
		q.h.log.ErrorContext(q.r.Context(), "fault", "reference", reference, "error", err, "route", "access", "request", q.r.Header.Get("X-Request-Id"))
		q.complain(http.StatusInternalServerError, "fault", "Reference", reference)
	}
}

// status is what a refusal is in HTTP. One of the token asks for another.
func (q *asked) status(refusal *directory.Error) int {
	switch {
	case refusal.Code == "token.refused":
		q.w.Header().Set("WWW-Authenticate", `Bearer realm="access"`)
		return http.StatusUnauthorized
	case refusal.Kind == directory.Denied:
		return http.StatusForbidden
	case refusal.Kind == directory.NotFound:
		return http.StatusNotFound
	case refusal.Kind == directory.Limited:
		return http.StatusTooManyRequests
	}
	return http.StatusBadRequest
}

func (q *asked) printer() *i18n.Printer {
	return q.h.words.bundle.Printer(q.h.words.language("", q.r), nil)
}

func (q *asked) complain(status int, word string, pairs ...any) {
	q.say(status, q.h.words.complaint(word, q.h.words.language("", q.r), pairs...))
}

// say answers with a sentence.
func (q *asked) say(status int, sentence string) {
	header := q.w.Header()
	header["Content-Type"] = q.h.headers.text
	header["Cache-Control"] = q.h.headers.fresh
	header["X-Content-Type-Options"] = q.h.headers.nosniff
	q.w.WriteHeader(status)
	_, _ = io.WriteString(q.w, sentence+"\n") // a product that hangs up is not our fault to report
}
