package api_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"intendant/internal/api"
	"intendant/internal/apptest"
	"intendant/internal/httpserver"
	"intendant/internal/i18n"
)

// TestBrokenText sends every operation what is no text, in each value of its
// address, its query, its headers, and its body.
func TestBrokenText(t *testing.T) { // DOOR-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		q := newQuarter(t, w)
		q.router = nil // what is sent fits no description
		for id, of := range q.operations() {
			e := exchanges()[id]
			path := q.named(q.path(e.path))
			for _, broken := range []string{"%00", "%ff", "%ed%a0%80"} {
				for _, name := range []string{"{account}", "{member}", "{unit}", "{role}", "{project}"} {
					if !strings.Contains(of.path, name) {
						continue
					}
					at := strings.ReplaceAll(of.path, name, "a"+broken)
					at = strings.NewReplacer("{account}", "204817", "{member}", q.ids["karim"], "{unit}", q.ids["unit"], "{role}", q.ids["role"], "{project}", q.ids["project"]).Replace(at)
					if got := q.ask(of.method, at, "{}"); got.status != 422 && got.status != 404 {
						t.Errorf("DOOR-3 %s, %s as %s: %d", id, broken, name, got.status)
					}
				}
				for _, field := range append(of.query, "anything") {
					got := q.ask(of.method, strings.SplitN(path, "?", 2)[0]+"?"+field+"="+broken, e.body)
					if got.status != 422 || got.text("field") != "query" {
						t.Errorf("DOOR-3 %s, %s in %s: %d %s", id, broken, field, got.status, got.body)
					}
				}
			}
			if e.body == "" {
				continue
			}
			for _, header := range []string{"If-Match", "Idempotency-Key"} {
				if got := q.ask(e.method, path, q.named(e.body), header, "\xff\xfe"); got.status != 422 || got.text("field") != header {
					t.Errorf("DOOR-3 %s, %s: %d %s", id, header, got.status, got.body)
				}
			}
			for _, broken := range []string{"\x00", "\xff", `\u0000`, `\ud800`, `\udc00`} {
				q.ask(e.method, path, `{"name":"a`+broken+`b"}`).is(422, "text.broken")
			}
		}
	})
}

func TestStrictMembers(t *testing.T) { // DOOR-4
	t.Parallel()
	w := apptest.New(t, "sqlite")
	s := newStand(t, w)
	s.router = nil
	for body, field := range map[string]string{
		`{"email":"a@maraval.example","email":"b@maraval.example"}`: "email",
		`{"Email":"a@maraval.example"}`:                             "Email",
		`{"email":"a@maraval.example","LAST_NAME":"Haddad"}`:        "LAST_NAME",
	} {
		if got := s.post(s.path("/members"), body); got.status != 422 || got.text("field") != field || !strings.Contains(got.text("title"), field) {
			t.Errorf("DOOR-4 %s: %d %s", body, got.status, got.body)
		}
	}
}

// TestLogNamesRoutes: the log says which operation was asked, not that it was
// one of the face.
func TestLogNamesRoutes(t *testing.T) { // API-1
	t.Parallel()
	w := apptest.New(t, "sqlite")
	s := newStand(t, w)
	bundle, err := i18n.Load()
	w.Must(err)
	bundle.Names(w.App.Catalogue.Naming)
	var log bytes.Buffer
	mux := http.NewServeMux()
	mux.Handle("/api/", api.New(api.Options{App: w.App, Bundle: bundle, Log: slog.New(slog.DiscardHandler), Now: w.Now, Language: "fr"}))
	server := httptest.NewServer(httpserver.Wrap(httpserver.Options{Handler: mux, Logger: slog.New(slog.NewTextHandler(&log, nil)), Now: w.Now}))
	defer server.Close()
	for _, key := range []string{"", "a"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+api.Base+"/accounts/204817/members", strings.NewReader(`{"email":"x"}`))
		w.Must(err)
		r.Header.Set("Authorization", "Bearer "+s.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		answer, err := http.DefaultClient.Do(r)
		w.Must(err)
		_ = answer.Body.Close()
	}
	server.Close()
	if strings.Count(log.String(), `route="POST /api/v1/accounts/{account}/members"`) != 2 {
		t.Errorf("logged: %s", &log)
	}
}
