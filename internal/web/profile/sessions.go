package profile

import (
	"bytes"
	"strings"
	"time"

	"intendant/internal/secret"
	"intendant/internal/web/page"
)

// A sessionLine is one place where the person is signed in.
type sessionLine struct {
	UUID, Device, Address string
	Seen                  time.Time
	Here                  bool
}

type sessionsView struct {
	frame
	Now   time.Time
	Lines []sessionLine
}

func (h Handler) sessions(q *page.Request) error {
	sessions, err := h.App.Sessions.List(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	v := sessionsView{frame: h.frame(q, tabSessions), Now: h.Now()}
	here := secret.Digest(q.SessionToken())
	for _, s := range sessions {
		v.Lines = append(v.Lines, sessionLine{UUID: s.UUID, Device: device(s.Agent), Address: s.Address, Seen: s.Seen,
			Here: bytes.Equal(s.Digest, here)})
	}
	return q.Render(sessionsPage(v))
}

// device is the browser and system in what a browser says of itself; all of it
// where neither is known.
func device(agent string) string {
	first := func(known ...string) string {
		for i := 0; i+1 < len(known); i += 2 {
			if strings.Contains(agent, known[i]) {
				return known[i+1]
			}
		}
		return ""
	}
	browser := first("Edg/", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := first("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS", "macOS", "Linux", "Linux")
	switch {
	case browser != "" && system != "":
		return browser + " · " + system
	case browser+system != "":
		return browser + system
	}
	return agent
}

func (h Handler) endSession(q *page.Request) error {
	if err := h.App.Sessions.Revoke(q.Context(), q.Actor(), q.Field("session")); err != nil {
		return err
	}
	q.Toast(q.Printer.T("profile.session.ended"), "")
	return q.Redirect("/profile/sessions")
}

func (h Handler) endOthers(q *page.Request) error {
	if err := h.App.Sessions.RevokeOthers(q.Context(), q.Actor(), q.SessionToken()); err != nil {
		return err
	}
	q.Toast(q.Printer.T("profile.session.others_ended"), "")
	return q.Redirect("/profile/sessions")
}
