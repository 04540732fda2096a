package page

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
	"intendant/internal/web/ui"
)

// Render answers with a page; nothing is sent before the whole of it stands.
func (q *Request) Render(c templ.Component) error { return q.RenderStatus(http.StatusOK, c) }

// RenderStatus is Render with another status, such as 422 for a form that
// comes back with its errors.
func (q *Request) RenderStatus(status int, c templ.Component) error {
	var buffer bytes.Buffer
	if err := c.Render(q.Context(), &buffer); err != nil {
		return err
	}
	q.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.W.Header().Set("Cache-Control", "no-store")
	q.W.WriteHeader(status)
	_, err := buffer.WriteTo(q.W)
	if err != nil {
		q.Site.Log.DebugContext(q.Context(), "reader left", "error", err)
	}
	return nil
}

// RenderRefused answers a form that was refused with the form again, with what leads on
// from it. Who is held back is told how long. Of a page that is shown with a form that
// nobody has sent yet there is no refusal.
func (q *Request) RenderRefused(refusal *directory.Error, c templ.Component) error {
	if refusal == nil {
		return q.Render(c)
	}
	q.retryAfter(refusal)
	q.Request = q.WithContext(ui.WithRefusal(q.Context(), &ui.Refusal{Ways: q.remedies(refusal)}))
	return q.RenderStatus(statusOf(refusal), c)
}

// retryAfter says when a request that was too many can be made again (RFC 9110).
func (q *Request) retryAfter(refusal *directory.Error) {
	if refusal.Kind != directory.Limited {
		return
	}
	minutes, _ := refusal.Args["Minutes"].(int)
	q.W.Header().Set("Retry-After", strconv.Itoa(max(minutes, 1)*60))
}

// Redirect leads on after a form was done.
func (q *Request) Redirect(to string) error {
	http.Redirect(q.W, q.Request, to, http.StatusSeeOther)
	return nil
}

// ReturnTo is the address named in "return" when it is one of this
// installation, else the one given (SIGN-7: relative only).
func (q *Request) ReturnTo(otherwise string) string {
	return SafeReturn(q.FormValue("return"), otherwise)
}

// SafeReturn is to when it leads nowhere but into this installation.
func SafeReturn(to, otherwise string) string {
	parsed, err := url.Parse(to)
	if err != nil || parsed.IsAbs() || parsed.Host != "" || !strings.HasPrefix(to, "/") ||
		strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return otherwise
	}
	return to
}

// statusOf is the HTTP status of a refusal. What is wrong with a form as a whole
// has statuses of its own.
func statusOf(refusal *directory.Error) int {
	switch refusal.Code {
	case "form.too_large":
		return http.StatusRequestEntityTooLarge
	case "form.no_files":
		return http.StatusUnsupportedMediaType
	case "form.too_slow":
		return http.StatusRequestTimeout
	}
	return StatusOf(refusal.Kind)
}

// StatusOf is the HTTP status of a kind of refusal.
func StatusOf(kind directory.Kind) int {
	switch kind {
	case directory.Invalid:
		return http.StatusUnprocessableEntity
	case directory.NotFound:
		return http.StatusNotFound
	case directory.Denied:
		return http.StatusForbidden
	case directory.Conflict:
		return http.StatusConflict
	case directory.Limited:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// Lacks says that the account is kept and not changed any more, or else which right
// is missing, for a form that would lead nowhere.
func (q *Request) Lacks(permission authz.Permission) error {
	if err := q.Frame.Account.Writable(); err != nil {
		return err
	}
	return &directory.Error{Kind: directory.Denied, Code: "denied.permission", Args: directory.Args{"Permission": string(permission)}}
}

// Patience is how long the page waits for an act on many (BULK-4).
func (q *Request) Patience() time.Duration { return cmp.Or(q.Site.Wait, app.UsualWait) }

// Refusal separates what the person can mend in a form from all else: it answers
// the refusal, or nil and the error the page is to return. Pages use it to show
// a form again. A missing right is no matter of the form: it gets the page that
// says which one.
func Refusal(err error) (*directory.Error, error) {
	var refusal *directory.Error
	if !errors.As(err, &refusal) {
		return nil, err
	}
	if refusal.Code == "denied.permission" || refusal.Code == "denied.duty" {
		return nil, err
	}
	return refusal, nil
}

// networkPath is home to who can open no account.
const networkPath = "/network"

// fail turns what a page returned into the page that says it. A fault is
// logged once, here, under the reference that is shown; that the reader left is
// none.
func (q *Request) fail(err error) {
	if httpserver.Left(q.Context(), err) {
		return
	}
	var going *app.Unfinished
	if errors.As(err, &going) { // its own page says how far it is (BULK-4)
		http.Redirect(q.W, q.Request, q.AccountPath("/acts/"+going.Act.UUID), http.StatusSeeOther)
		return
	}
	var cut *directory.Interruption
	if errors.As(err, &cut) {
		q.interrupted(cut)
		return
	}
	var refusal *directory.Error
	if !errors.As(err, &refusal) {
		reference := uuid.NewString()[:8]
		q.Site.Log.ErrorContext(q.Context(), "request failed", "reference", reference, "method", q.Method,
			"route", q.Pattern, "error", err)
		q.errorPage(http.StatusInternalServerError, "error.internal", reference)
		return
	}
	switch refusal.Code {
	case "sign_in.required":
		q.toSignIn()
	case "password.change_first":
		http.Redirect(q.W, q.Request, "/password/change", http.StatusSeeOther)
	case "factor.set_up_first", "factor.account_demands":
		http.Redirect(q.W, q.Request, FactorPath, http.StatusSeeOther)
	case "account.outside":
		http.Redirect(q.W, q.Request, networkPath, http.StatusSeeOther)
	default:
		if !q.drawAgain(refusal) {
			q.refusalPage(refusal)
		}
	}
}

// interrupted says that the database is away, or that the end of a change is not
// known, and when to come again. The store has logged it, once for all.
func (q *Request) interrupted(cut *directory.Interruption) {
	q.W.Header().Set("Retry-After", strconv.Itoa(cut.RetryAfter()))
	if q.Printer == nil {
		q.Printer = q.Site.Bundle.Printer(q.language(), nil)
	}
	q.writeError(http.StatusServiceUnavailable, q.Printer.T("error.title.away"), q.Printer.T("error."+cut.Code), "")
}

// The pages of the second factor: where a person sets up their own, and where a
// sign-in asks for it.
const (
	FactorPath = "/profile/factor"
	CodePath   = "/sign-in/code"
)

// toSignIn leads to the sign-in, or on with one that waits for its second page.
func (q *Request) toSignIn() {
	to := "/sign-in"
	if q.In.Session.Purpose == app.PurposeFactor {
		to = CodePath
	}
	if q.Method == http.MethodGet && q.URL.Path != "/" {
		to += "?return=" + url.QueryEscape(q.URL.RequestURI())
	}
	http.Redirect(q.W, q.Request, to, http.StatusSeeOther)
}

// sentence is the refusal in the reader's words.
func (q *Request) sentence(refusal *directory.Error) string {
	text := q.Printer.Error(refusal)
	if refusal.Code == "text.broken" && refusal.Field != "" { // no form stands around it that would name the field
		text = q.Printer.T("form.mend.said", "Field", q.fieldLabel(refusal.Field), "Error", text)
	}
	return text
}

func (q *Request) errorPage(status int, key, reference string) {
	if q.Printer == nil {
		q.Printer = q.Site.Bundle.Printer(q.Site.Language, nil)
	}
	q.writeError(status, q.Printer.T("error.title.internal"), q.Printer.T(key, "Reference", reference), reference)
}

func (q *Request) writeError(status int, title, text, reference string, acts ...ui.Act) {
	acts = append(acts, ui.Act{Label: q.Printer.T("error.home"), Href: "/", Kind: ui.Primary})
	q.write(status, ui.ErrorPage(q.Entry(title), title, text, reference, acts...))
}

// write answers with a page that says why there is no other.
func (q *Request) write(status int, c templ.Component) {
	err := q.RenderStatus(status, c)
	if err != nil && !httpserver.Left(q.Context(), err) {
		q.Site.Log.ErrorContext(q.Context(), "write error page", "error", err)
		http.Error(q.W, http.StatusText(status), status)
	}
}

// NotFound answers any address that no route knows, and one that is asked with a
// method it does not answer.
func (s *Site) NotFound(w http.ResponseWriter, r *http.Request) {
	q := &Request{Request: r, W: w, Site: s}
	if err := q.identify(); err != nil {
		q.fail(err)
		return
	}
	if methods := s.methods(r); len(methods) > 0 {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		q.writeError(http.StatusMethodNotAllowed, q.Printer.T("error.title.refused"), q.Printer.T("error.method"), "")
		return
	}
	q.fail(directory.Refuse(directory.NotFound, "not_found"))
}

// methods lists what the address of a request answers to. The multiplexer would
// say so itself if no pattern took every address.
func (s *Site) methods(r *http.Request) []string {
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		if s.answers(r, method, r.URL) {
			methods = append(methods, method)
		}
	}
	return methods
}

// answers reports whether a route answers an address that is asked with a method.
func (s *Site) answers(r *http.Request, method string, at *url.URL) bool {
	asked := r.Clone(r.Context())
	asked.Method, asked.URL = method, at
	_, pattern := s.mux.Handler(asked)
	return strings.Contains(pattern, " ") // "GET /…", not "/"
}

// Fault answers a request whose handler broke, under the reference that stands
// in the log.
func (s *Site) Fault(w http.ResponseWriter, r *http.Request, reference string) {
	q := &Request{Request: r, W: w, Site: s}
	if err := q.identify(); err != nil {
		q.In = app.SignedIn{}
	}
	q.errorPage(http.StatusInternalServerError, "error.internal", reference)
}

// Forged answers a form that another site sent.
func (s *Site) Forged(w http.ResponseWriter, r *http.Request) {
	q := &Request{Request: r, W: w, Site: s}
	if err := q.identify(); err != nil {
		q.fail(err)
		return
	}
	q.fail(directory.Refuse(directory.Denied, "form.forged"))
}
