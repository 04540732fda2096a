// Package democodes is the page that shows the one-time codes of the staff of
// the example, in place of an authenticator. Only the example mounts it: its
// secrets are known to everybody anyway.
package democodes

import (
	"strconv"
	"time"

	"intendant/internal/secret"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// Path is where the page is.
const Path = "/demo/codes"

// A Person is somebody of the example with a second factor.
type Person struct{ Name, Login, Secret string }

// Mount declares the route.
func Mount(s *page.Site, people []Person) {
	s.Route("GET "+Path, page.Anyone, func(q *page.Request) error { return show(q, s.Now(), people) })
}

// A line is what one person's authenticator shows.
type line struct{ Name, Login, Code string }

// show asks the browser to come back when the codes change, without a script.
func show(q *page.Request, now time.Time, people []Person) error {
	lines := make([]line, len(people))
	for i, p := range people {
		code, err := secret.OneTimeCode(p.Secret, secret.OneTimeStep(now))
		if err != nil {
			return err
		}
		lines[i] = line{Name: p.Name, Login: p.Login, Code: code}
	}
	left := int(secret.OneTimeLeft(now)/time.Second) + 1
	q.W.Header().Set("Refresh", strconv.Itoa(left))
	return q.Render(codesPage(q.Entry(q.Printer.T("demo.codes.title")), lines, left))
}

func button(p ui.Page) ui.Act {
	return ui.Act{Label: p.T("sign_in.act"), Href: "/sign-in", Kind: ui.Primary, Size: ui.Wide}
}
