package web_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/web/page"
)

// formNames are the fields that forms of the pages post, besides those found on
// the pages themselves.
func formNames() []string {
	return []string{"name", "email", "number", "key", "message", "reason", "user_name", "act", "member", "addresses", "unit", "role", "level",
		"company", "functions", "language", "password", "token", "code", "domain", "version", "return", "value", "order", "text"}
}

// TestNoTextIsBroken sends what is no text, NUL and broken UTF-8, to every
// address in each value of its path, in its query, in cookies, and in every
// field of a form, however the form is encoded. The answer says so; it is never a
// fault.
func TestNoTextIsBroken(t *testing.T) { // DOOR-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFortressOn(t, w)
		for _, route := range f.site.Routes() {
			as := reader("administrator")
			if route.Reach == page.StaffOnly {
				as = "staff"
			}
			if strings.Contains(route.Pattern, "sign-out") || strings.Contains(route.Pattern, "/erase") {
				as = "stranger"
			}
			f.breakRoute(t, route, as)
		}
	})
}

func (f *fortress) breakRoute(t *testing.T, route page.Route, as reader) {
	t.Helper()
	turn, all := 0, []string{"\x00", "a\xffb", "\xed\xa0\x80"}
	broken := all[0]
	method, path := f.address(route)
	_, pattern, _ := strings.Cut(route.Pattern, " ")
	client := f.clients[as]
	expect := func(where string, status int, wanted ...int) {
		for _, want := range wanted {
			if status == want {
				return
			}
		}
		t.Errorf("DOOR-3 %s, %q in %s: %d, want one of %v", route.Pattern, broken, where, status, wanted)
	}
	for _, name := range wildcard.FindAllString(pattern, -1) {
		if name == "{$}" {
			continue
		}
		before, after, _ := strings.Cut(pattern, name)
		at := f.with(before) + url.PathEscape(broken) + f.with(after)
		expect("the path", client.Ask(method, at, "", "").Status, http.StatusNotFound)
	}
	if method != http.MethodPost {
		for _, field := range []string{"q", "cursor", "unit", "member", "act", "anything"} {
			expect("the query", client.Get(path+"?"+field+"="+url.QueryEscape(broken)).Status, 422)
		}
		return
	}
	refused := 422
	if as == "stranger" && route.Reach != page.Anyone {
		refused = http.StatusSeeOther
	}
	for _, field := range formNames() {
		turn++
		broken = all[turn%len(all)]
		value := url.Values{field: {broken}}.Encode()
		answer := client.Send(path, "application/x-www-form-urlencoded", value)
		if field != "addresses" { // which answer for their own pieces
			expect("the field "+field, answer.Status, refused)
			if answer.Status == 422 && !strings.Contains(answer.Body, `name="`+field+`"`) {
				t.Errorf("DOOR-3 %s: the form that comes back lacks its field %s", route.Pattern, field)
			}
		} else if answer.Status >= 500 {
			t.Errorf("DOOR-3 %s: pasted addresses: %d", route.Pattern, answer.Status)
		}
		if route.Takes.File == "" {
			continue
		}
		kind, body := sent{field, broken, route.Takes.File, "a.csv", 10}.encoded(t)
		expect("the field "+field+" beside a file", client.Send(path, kind, body).Status, 422, 303)
		kind, body = sent{"text", "words", route.Takes.File, "a" + broken + ".csv", 10}.encoded(t)
		if got := client.Send(path, kind, body); got.Status >= 500 {
			t.Errorf("DOOR-3 %s: a file called %q: %d", route.Pattern, broken, got.Status)
		}
	}
}

// with is a part of a pattern with something in place of its wildcards.
func (f *fortress) with(part string) string {
	return wildcard.ReplaceAllStringFunc(part, func(name string) string { return f.values[strings.Trim(name, "{}")] })
}

// TestBrokenCookies sends cookies that are no text, or not ours.
func TestBrokenCookies(t *testing.T) { // DOOR-3, SIGN-7
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFortressOn(t, w)
		own := ""
		for _, c := range f.clients["administrator"].Cookies() {
			own = c.Value
		}
		for _, cookies := range []string{"session=\xff\xfe", "session=" + strings.Repeat("a", 4000), "session=" + own + "; language=\xff; theme=\xff; toast=\xff",
			"session=" + own + "; toast=eyJUZXh0IjoiQ2FsbCAxMjMiLCJVbmRvIjoiL3NpZ24tb3V0In0", "session=" + own + "; language=" + strings.Repeat("é", 1500)} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.site.URL+"/accounts/204817/members", nil)
			w.Must(err)
			r.Header["Cookie"] = []string{cookies}
			r.Header.Set("User-Agent", "browser \xff\xfe"+strings.Repeat("é", 200))
			answer, err := http.DefaultTransport.RoundTrip(r)
			w.Must(err)
			body, err := io.ReadAll(answer.Body)
			w.Must(err)
			_ = answer.Body.Close()
			if answer.StatusCode >= 500 || strings.Contains(string(body), "Call 123") {
				t.Errorf("%.40q: %d; a sentence of somebody else's: %v", cookies, answer.StatusCode, strings.Contains(string(body), "Call 123"))
			}
		}
	})
}
