package page

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/ui"
)

// drawAgain answers a form that was refused with the page on which it stands, and on it
// why and what leads on (API-3): nobody is thrown out of where they are. It answers
// false where that page is not known, or does not open any more.
func (q *Request) drawAgain(refusal *directory.Error) bool {
	from := q.formPage()
	if q.Method != http.MethodPost || from == nil || q.Site.mux == nil || !q.SignedIn() {
		return false
	}
	said := &ui.Refusal{Action: q.URL.Path, Title: q.Printer.T(titleOf(refusal)), Text: q.said(refusal), Ways: q.remedies(refusal), At: from.RequestURI()}
	asked := q.Request.Clone(context.WithoutCancel(ui.WithRefusal(q.Context(), said)))
	asked.Method, asked.URL, asked.RequestURI = http.MethodGet, from, from.RequestURI()
	asked.Body, asked.ContentLength, asked.Form, asked.PostForm, asked.MultipartForm = http.NoBody, 0, nil, nil, nil
	for _, name := range []string{"Content-Type", "HX-Request", "HX-Target", "HX-Boosted"} {
		asked.Header.Del(name)
	}
	drawn := &kept{header: http.Header{}}
	q.Site.mux.ServeHTTP(drawn, asked)
	if drawn.status != http.StatusOK || !strings.HasPrefix(drawn.header.Get("Content-Type"), "text/html") || !said.Said() {
		return false
	}
	for name, values := range drawn.header {
		q.W.Header()[name] = values
	}
	if q.Passing() {
		q.Instead("#page")
	}
	q.retryAfter(refusal)
	q.W.WriteHeader(statusOf(refusal))
	if _, err := drawn.body.WriteTo(q.W); err != nil {
		q.Site.Log.DebugContext(q.Context(), "reader left", "error", err)
	}
	return true
}

// formPage is the page of this installation on which the form stands, as the browser
// says it.
func (q *Request) formPage() *url.URL {
	from, err := url.Parse(q.Referer())
	if err != nil || from.Host != q.Host || SafeReturn(from.RequestURI(), "") == "" {
		return nil
	}
	if q.Site.mux != nil && !q.Site.answers(q.Request, http.MethodGet, from) { // a page that was drawn again stands at its form's address
		if from, err = url.Parse(q.ReturnTo("")); err != nil || from.Path == "" {
			return nil
		}
	}
	return &url.URL{Path: from.Path, RawPath: from.RawPath, RawQuery: from.RawQuery}
}

// kept is an answer that is held back until it is known whether it is to be given.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *kept) Write(b []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(b)
}

// refusalPage says a refusal on a page of its own, within what the reader sees beside
// it: the places of the account or of the console.
func (q *Request) refusalPage(refusal *directory.Error) {
	title := q.Printer.T(titleOf(refusal))
	ways := q.remedies(refusal)
	if back := q.formPage(); back != nil && q.Method == http.MethodPost {
		ways = append(ways, ui.Link{Label: q.Printer.T("error.back"), Href: back.RequestURI()})
	}
	if q.Frame != nil {
		ways = append(ways, ui.Link{Label: q.Printer.T("error.home"), Href: q.AccountPath("")})
	}
	acts := make([]ui.Act, len(ways))
	for i, l := range ways {
		acts[i] = ui.Act{Label: l.Label, Href: l.Href}
	}
	q.retryAfter(refusal)
	switch {
	case q.Frame != nil:
		q.write(statusOf(refusal), ui.AccountRefusal(q.InAccount(title, NoPlace), title, q.said(refusal), acts...))
	case q.In.User.Staff != "" && strings.HasPrefix(q.URL.Path, "/vendor/"):
		q.write(statusOf(refusal), ui.VendorRefusal(q.InConsole(title, NoPlace, ConsoleCounts{}), title, q.said(refusal), acts...))
	default:
		q.writeError(statusOf(refusal), title, q.said(refusal), "", acts...)
	}
}

func titleOf(refusal *directory.Error) string {
	switch refusal.Kind {
	case directory.NotFound:
		return "error.title.not_found"
	case directory.Denied:
		return "error.title.denied"
	}
	return "error.title.refused"
}

// said is a refusal with who could give what is missing.
func (q *Request) said(refusal *directory.Error) string {
	help := ""
	if why, ok := q.whoCould(refusal); ok {
		var people []string
		for _, g := range why.Givers {
			people = append(people, g.Name)
		}
		if len(people) > 0 {
			help = q.Printer.T("error.denied.ask", "People", people, "Unit", why.GiveAt.Name)
		}
	}
	return strings.TrimSpace(q.sentence(refusal) + " " + help)
}

// whoCould looks for who could give the permission that was missing (ROLE-9). It
// answers false where the question finds no answer either.
func (q *Request) whoCould(refusal *directory.Error) (app.Why, bool) {
	permission, ok := refusal.Args["Permission"].(string)
	if !ok || refusal.Code != "denied.permission" || q.Frame == nil {
		return app.Why{}, false
	}
	asked := app.WhyQuery{Permission: permission}
	asked.Unit, _ = refusal.Args["Unit"].(string) // without: the account
	why, err := q.Site.App.Reasons.Why(q.Context(), q.Actor(), q.Frame.Account.ID, asked)
	if err != nil || why.Holder.ID == 0 || why.Explanation.Allowed {
		return app.Why{}, false
	}
	return why, true
}

// remedies are what leads on from a refusal, as far as it opens for the reader.
func (q *Request) remedies(refusal *directory.Error) []ui.Link {
	if refusal.Code == "staff.last_operator" {
		return []ui.Link{{Label: q.Printer.T("remedy.operator"), Href: "/vendor/staff"}}
	}
	if q.Frame == nil {
		return nil
	}
	to := func(key, rest string) []ui.Link {
		return []ui.Link{{Label: q.Printer.T(key), Href: q.AccountPath(rest)}}
	}
	switch refusal.Code {
	case "denied.permission":
		if why, ok := q.whoCould(refusal); ok {
			return to("rights.why", "/rights/why?"+url.Values{"permission": {refusal.Args["Permission"].(string)}, "unit": {why.Unit.UUID}}.Encode())
		}
	case "administrator.last":
		if q.Frame.Rights.May(authz.ManageAdministrators, 0) {
			return to("remedy.administrator", "/members?status=active")
		}
		return to("remedy.contacts", "/contacts")
	case "seat.none_free", "seat.none_free_there", "seat.no_subscription":
		var ways []ui.Link
		if q.SeesProducts() {
			ways = to("remedy.products", "/products")
		}
		return append(ways, to("remedy.contacts", "/contacts")...)
	case "unit.archived":
		return to("remedy.units", "/units")
	case "role.too_many", "role.name_archived":
		return to("remedy.roles", "/roles")
	}
	return nil
}
