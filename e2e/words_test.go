package e2e

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"intendant/internal/demo"
	"intendant/internal/i18n/messages"
	"intendant/internal/secret"
	"intendant/internal/storetest"
)

// mostOfKind is how many pages of one kind are read in one language: their words
// come from the same messages, filled with others' names and counts.
const mostOfKind = 3

// TestWords reads the pages of the example in each language, without a browser,
// and looks for what no reader should meet: see words.read.
func TestWords(t *testing.T) { // PREF-2, F11
	t.Parallel()
	w, people := example(t)
	number := strings.ReplaceAll(people["account"], " ", "")
	known := newWords(t, w, people)
	begin := map[string][]string{
		administrator: {"/accounts/" + number, "/accounts/" + number + "/projects/" + people["project"], "/accounts/" + number + "/members/new",
			"/accounts/" + number + "/rights/why?permission=members.manage", "/profile/preferences"},
		vendor:   {"/vendor/customers", "/vendor/mail"},
		prospect: {"/network", "/profile", "/network/services"},
		stranger: {"/sign-in", "/help", "/register", "/password/forgot", "/invitation/none"},
	}
	for who, first := range begin {
		r := &wordReader{w: w, words: known, guide: newGuide(t), who: who}
		r.signIn(t, people[who], people[who+" secret"])
		for _, language := range messages.Languages() {
			t.Run(who+" "+language, func(t *testing.T) {
				r.language, r.kinds, r.seen = language, map[string]int{}, map[string]bool{}
				r.post(t, "/preferences/language", url.Values{"language": {language}})
				r.crawl(t, first)
				t.Logf("%d pages", len(r.seen))
				if len(r.seen) <= len(first) {
					t.Errorf("only %d pages were read", len(r.seen))
				}
			})
		}
	}
	w.keepsToIndexes()
}

// keepsToIndexes looks for questions of the pages that go through a table from one end to the
// other, or that SQLite makes an index of its own for.
func (w *world) keepsToIndexes() { // LIST-10
	var asked []string
	w.asked.Range(func(statement, _ any) bool {
		text, is := statement.(string)
		asked = append(asked, text)
		return is
	})
	few := []string{"goose_db_version", "catalogue", "secret_mark", "application", "portfolio", "user_staff",
		"account", "subscription", "letter", "key_request", "admin_key", // the vendor's own, who has some thousand customers
		"one_time_secret_newest", "recovery_code", // read from their end, some rows at a start
		"import_by_age", "job_due", "address_unsettled", // those that are waited for
		"access_log", "mail", "ledger", "act", "entry_alone_by_age", // the console's journals, read from their end and counted
		"member_search", // the index of texts
	}
	for _, walk := range storetest.Walks(w.t, "sqlite:"+filepath.Join(w.data, "intendant.db"), asked, few...) {
		w.t.Error("LIST-10", walk)
	}
}

// A wordReader follows the links of one person's pages in one language.
type wordReader struct {
	w        *world
	words    *words
	guide    *guide
	who      string
	client   *http.Client
	language string
	kinds    map[string]int  // how many of each kind were read
	seen     map[string]bool // by address
}

// signIn opens a session as people do; a stranger has none.
func (r *wordReader) signIn(t *testing.T, login, known string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	r.client = &http.Client{Jar: jar}
	if login == "" {
		return
	}
	at := r.post(t, "/sign-in", url.Values{"name": {login}, "password": {demo.Password}})
	if known != "" {
		code, err := secret.OneTimeCode(known, secret.OneTimeStep(time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		at = r.post(t, "/sign-in/code", url.Values{"code": {code}})
	}
	if strings.HasPrefix(at, "/sign-in") {
		t.Fatalf("%s stands at %s after signing in", login, at)
	}
}

// post sends a form and answers where it leads.
func (r *wordReader) post(t *testing.T, path string, form url.Values) string {
	t.Helper()
	answer, err := r.client.PostForm(r.w.server.URL()+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }() // not read
	return answer.Request.URL.Path
}

// crawl reads pages and follows their links.
func (r *wordReader) crawl(t *testing.T, waiting []string) {
	t.Helper()
	for len(waiting) > 0 {
		at := waiting[0]
		waiting = waiting[1:]
		if !r.wants(at) {
			continue
		}
		root := r.get(t, at)
		if root == nil {
			continue
		}
		for _, fault := range r.words.read(root, r.language) {
			t.Errorf("%s %s: %s", r.who, at, fault)
		}
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && n.Data == "a" {
				if href := attribute(n, "href"); strings.HasPrefix(href, "/") {
					waiting = append(waiting, href)
				}
			}
		}
	}
}

// wants reports whether the address is a page to read: of this reader, and not
// the like of too many read before.
func (r *wordReader) wants(at string) bool {
	address, err := url.Parse(at)
	if err != nil || r.seen[at] || strings.HasPrefix(at, "/mailbox") {
		return false
	}
	_, pattern := r.guide.mux.Handler(&http.Request{Method: http.MethodGet, URL: address, Host: address.Host})
	if pattern == "" || !isPage(pattern) || owner(pattern) != r.who && !slices.Contains([]string{"GET /profile", "GET /help"}, pattern) {
		return false
	}
	kind := pattern
	for _, ask := range []string{"do", "ask", "act", "view", "tab", "member", "permission", "dialog"} {
		if address.Query().Has(ask) {
			kind += " " + ask
		}
		if slices.Contains([]string{"do", "ask", "act", "view", "tab"}, ask) {
			kind += " " + address.Query().Get(ask)
		}
	}
	if r.kinds[kind]++; r.kinds[kind] > mostOfKind {
		return false
	}
	r.seen[at] = true
	return true
}

// get answers the page at the address; a file or a refusal is none.
func (r *wordReader) get(t *testing.T, at string) *html.Node {
	t.Helper()
	answer, err := r.client.Get(r.w.server.URL() + at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end below
	if answer.StatusCode >= http.StatusInternalServerError {
		t.Errorf("%s %s: status %d", r.who, at, answer.StatusCode)
	}
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		return nil
	}
	root, err := html.Parse(answer.Body)
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	return root
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
