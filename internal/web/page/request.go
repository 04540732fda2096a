package page

import (
	"errors"
	"mime/multipart"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
	"intendant/internal/i18n"
)

// A Request is one request with who asks, in which language, and in which
// account.
type Request struct {
	*http.Request
	W       http.ResponseWriter
	Site    *Site
	In      app.SignedIn // zero when nobody is signed in
	Frame   *app.Frame   // set on routes in an account
	Printer *i18n.Printer

	began   time.Time         // when it came
	parts   *multipart.Reader // of a form whose file is read as it arrives
	misread directory.Faults  // of the form, while it is read
}

// SignedIn reports whether somebody is.
func (q *Request) SignedIn() bool { return q.In.User.ID != 0 }

func (q *Request) identify() error {
	q.began = q.Site.Now().UTC().Truncate(time.Microsecond)
	zone := time.UTC
	if cookie, err := q.Cookie(q.Site.cookieName()); err == nil && cookie.Value != "" {
		in, err := q.Site.App.Sessions.Resolve(q.Context(), cookie.Value, q.client(), q.Site.Limits)
		var refusal *directory.Error
		switch {
		case err == nil:
			q.In = in
		case !errors.As(err, &refusal):
			return err
		}
	}
	q.Printer = q.Site.Bundle.Printer(q.language(), zone)
	return nil
}

// Localise sets the time zone of the account whose page this is.
func (q *Request) Localise(zone string) {
	if location, err := time.LoadLocation(zone); err == nil {
		q.Printer = q.Site.Bundle.Printer(q.Printer.Lang(), location)
	}
}

// language is the person's, else the one chosen on this machine, else what the
// browser asks for, else the installation's (PREF-2).
func (q *Request) language() string {
	if q.SignedIn() && q.In.User.Language != "" {
		return q.Site.Bundle.Match(q.In.User.Language)
	}
	if cookie, err := q.Cookie(languageCookie); err == nil {
		return q.Site.Bundle.Match(cookie.Value)
	}
	return q.Site.Bundle.Match(q.Header.Get("Accept-Language"), q.Site.Language)
}

// Field is a form field, trimmed.
func (q *Request) Field(name string) string { return strings.TrimSpace(q.PostFormValue(name)) }

// Version is the one the form was made on (PLAN-4). A form without one is made
// on none that stands: written over whatever is there now, it could undo
// somebody else's change unseen.
func (q *Request) Version() int64 {
	version, err := strconv.ParseInt(q.Field("version"), 10, 64)
	if err != nil {
		return -1
	}
	return version
}

// Ticked reports whether a check box was sent ticked.
func (q *Request) Ticked(name string) bool { return q.PostFormValue(name) != "" }

func (q *Request) client() app.Client {
	address := q.RemoteAddr
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	if behind := httpserver.ClientOf(q.Context()).Addr; behind.IsValid() {
		address = behind.String() // what a trusted proxy says
	}
	return app.Client{Address: address, Agent: httpserver.Agent(q.Request)}
}

// Client is where the request comes from.
func (q *Request) Client() app.Client { return q.client() }

// PasswordRules says what a password has to meet, a line each (SIGN-3).
func (q *Request) PasswordRules(policy directory.PasswordPolicy) []string {
	t := q.Printer.T
	rules := []string{t("password.rule.length", "Count", max(policy.MinLength, 1))}
	if policy.Classes > 1 {
		rules = append(rules, t("password.rule.kinds", "Count", policy.Classes))
	}
	rules = append(rules, t("password.rule.name"), t("password.rule.hopeless"))
	if policy.RenewalDays > 0 {
		rules = append(rules, t("password.rule.renewal", "Count", policy.RenewalDays))
	}
	return rules
}

// PasswordStrengthPath is where fields of new passwords ask how strong one is.
const PasswordStrengthPath = "/password/strength"

// Passing reports whether a script asks, to put the answer into the page that
// stands.
func (q *Request) Passing() bool { return q.Header.Get("HX-Request") != "" }

// Instead makes a script put the answer in the place of another part of the page
// than it meant to, such as of the dialog whose form was refused.
func (q *Request) Instead(part string) {
	header := q.W.Header()
	header.Set("HX-Retarget", part)
	header.Set("HX-Reselect", part)
	header.Set("HX-Reswap", "outerHTML")
	header.Set("HX-Replace-Url", "false")
}
