package page

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/web/ui"
)

const (
	languageCookie = "language"
	toastCookie    = "toast"
)

// cookieName is __Host-session where the installation is reached by https; on
// this machine alone, over http, some browsers would not keep such a cookie.
func (s *Site) cookieName() string {
	if s.Secure {
		return "__Host-session"
	}
	return "session"
}

// StartSession gives the browser a session's token (SIGN-7).
func (q *Request) StartSession(token string, expires time.Time) {
	seconds := int(expires.Sub(q.Site.Now()).Seconds()) // counted by the browser: its clock may be wrong
	http.SetCookie(q.W, &http.Cookie{Name: q.Site.cookieName(), Value: token, Path: "/", MaxAge: max(seconds, 1),
		HttpOnly: true, Secure: q.Site.Secure, SameSite: http.SameSiteLaxMode})
}

// EndSession takes the token back from the browser.
func (q *Request) EndSession() {
	http.SetCookie(q.W, &http.Cookie{Name: q.Site.cookieName(), Path: "/", MaxAge: -1,
		HttpOnly: true, Secure: q.Site.Secure, SameSite: http.SameSiteLaxMode})
}

// SessionToken is the token the browser sent.
func (q *Request) SessionToken() string {
	cookie, err := q.Cookie(q.Site.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Remember keeps a choice that is no secret, such as language or theme, on
// this machine.
func (q *Request) Remember(name, value string) {
	http.SetCookie(q.W, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600,
		Secure: q.Site.Secure, SameSite: http.SameSiteLaxMode})
}

// RememberLanguage keeps the language a stranger chose.
func (q *Request) RememberLanguage(code string) { q.Remember(languageCookie, code) }

// A keptToast is a sentence that waits in the browser for the next page.
type keptToast struct {
	ui.Toast
	Until int64
}

// The contexts under which cookies are sealed, and how long a sentence waits.
const (
	toastSeal  = "cookie toast"
	toastWaits = time.Minute
)

// Done is Toast with the way back: to what this request has done in its account, where
// that can be taken back (PLAN-2).
func (q *Request) Done(text string) {
	undo := ""
	if q.Frame != nil {
		t, found, err := q.Site.App.Undo.Latest(q.Context(), q.Actor(), q.Frame.Account.ID, q.began)
		refusal, _ := Refusal(err)
		switch {
		case refusal != nil: // whoever has taken themselves out has no way back
		case err != nil:
			q.Site.Log.ErrorContext(q.Context(), "look for what can be undone", "error", err) // it is done all the same
		case found:
			undo = q.UndoPath(t)
		}
	}
	q.Toast(text, undo)
}

// UndoPath is where something that was done here is taken back.
func (q *Request) UndoPath(t app.UndoTarget) string {
	values := url.Values{}
	if t.Act != "" {
		values.Set("act", t.Act)
	} else {
		values.Set("entry", strconv.FormatInt(t.Entry, 10))
	}
	if back := q.cameFrom(); back != "" {
		values.Set("return", back)
	}
	return q.AccountPath("/history/undo?" + values.Encode())
}

// cameFrom is where whoever asks was, as far as the form or the browser says so.
func (q *Request) cameFrom() string {
	if back := q.ReturnTo(""); back != "" {
		return back
	}
	from, err := url.Parse(q.Referer())
	if err != nil || from.Host != q.Host {
		return ""
	}
	return SafeReturn(from.RequestURI(), "")
}

// Toast shows a sentence on the page the redirect leads to. Undo is the page that
// shows what taking it back would do, or empty. It waits sealed in a cookie: a
// page says only what this installation said.
func (q *Request) Toast(text, undo string) {
	value, err := json.Marshal(keptToast{Toast: ui.Toast{Text: text, Undo: undo}, Until: q.Site.Now().Add(toastWaits).Unix()})
	if err != nil {
		return
	}
	http.SetCookie(q.W, &http.Cookie{Name: toastCookie, Value: base64.RawURLEncoding.EncodeToString(q.Site.Box.Seal(value, toastSeal)),
		Path: "/", MaxAge: int(toastWaits.Seconds()),
		HttpOnly: true, Secure: q.Site.Secure, SameSite: http.SameSiteLaxMode})
}

// takeToasts gives the page that is made now what was said for it. An answer
// without a page, such as another redirect, leaves it for the next one.
func (q *Request) takeToasts() []ui.Toast {
	cookie, err := q.Cookie(toastCookie)
	if err != nil || cookie.Value == "" || q.Method != http.MethodGet {
		return nil
	}
	http.SetCookie(q.W, &http.Cookie{Name: toastCookie, Path: "/", MaxAge: -1, Secure: q.Site.Secure})
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil
	}
	value, err := q.Site.Box.Open(sealed, toastSeal)
	var kept keptToast
	if err != nil || json.Unmarshal(value, &kept) != nil || q.Site.Now().Unix() > kept.Until {
		return nil
	}
	toast := kept.Toast
	if !strings.HasPrefix(toast.Undo, "/") || strings.HasPrefix(toast.Undo, "//") {
		toast.Undo = ""
	}
	return []ui.Toast{toast}
}

// RotateSession gives this browser another token, after its person has gained
// rights (SIGN-7).
func (q *Request) RotateSession() error {
	started, err := q.Site.App.Sessions.Rotate(q.Context(), q.SessionToken())
	if err != nil {
		return err
	}
	q.StartSession(started.Token, started.Expires)
	return nil
}
