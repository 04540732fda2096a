package server

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestProducts: the questions of products stand where the metadata says, and a
// stranger is answered nothing.
func TestProducts(t *testing.T) { // CHECK-3
	t.Parallel()
	i := open(t, Options{Config: settings(t, nil), OwnBase: true})
	s, err := Serve(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		stop()
		<-ended
		_ = s.Close()
	}()
	ask := func(method, url, body string) (*http.Response, map[string]string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Request-ID", "r-1")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		var said map[string]string
		_ = json.NewDecoder(answer.Body).Decode(&said) // an error's body is a sentence
		return answer, said
	}
	for _, path := range []string{"", "/accounts/204817"} {
		_, said := ask(http.MethodGet, s.URL()+"/.well-known/authzen-configuration"+path, "")
		if said["policy_decision_point"] != s.URL()+path {
			t.Fatalf("metadata of %q: %v", path, said)
		}
		answer, _ := ask(http.MethodPost, said["access_evaluation_endpoint"], "{}")
		if answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("X-Request-Id") != "r-1" {
			t.Errorf("a stranger's question at %q: %d, request %q", path, answer.StatusCode, answer.Header.Get("X-Request-Id"))
		}
	}
}
