package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// closed is a page whose faults show only once something is opened or refused.
const closed = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Fermé</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css"></head><body><main>
<h1>Fermé</h1>
<dialog class="pale"><h2>Retirer ?</h2><form method="dialog"><button>Garder</button></form></dialog>
<button popovertarget="menu">Plus</button><div popover id="menu" class="menu"><input></div>
<details class="wide"><summary>Filtre</summary><p>Large</p></details>
<details class="fine"><summary>Détail</summary><p>Étroit</p></details>
<form method="post" action="/names"><input type="hidden" name="name" value="Autre"><button>Autre</button></form>
<form method="post" action="/names"><label>Nom <input name="name" required value="Maraval"></label><button>Enregistrer</button></form>
<form method="post" action="/out"><button>Sortir</button></form></main></body></html>`

func closedSite(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, closed) })
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "button, summary, input { min-height: 24px; min-width: 24px } .pale h2 { color: #ccc } .wide p { width: 900px } @media (min-width: 1000px) { .wide p { width: auto } }")
	})
	mux.HandleFunc("POST /names", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("name") == "" {
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
		fmt.Fprint(w, "<!doctype html><html lang=fr><title>x</title><main><h1>Refusé</h1></main>")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestStoryOpensRight(t *testing.T) {
	s := shared.Story(t, closedSite(t))
	s.Open("/")
	s.Axe() // nothing is wrong while all is closed
	s.Viewport(390, 800)
	opened, found := s.opens()
	if opened != 4 {
		t.Errorf("%d kinds opened, want 4", opened)
	}
	got := strings.Join(found, "\n")
	for _, want := range []string{"Retirer ?”: color-contrast", "menu.menu “”: label", "fold.wide “Filtre” from"} {
		if !strings.Contains(got, want) {
			t.Errorf("found %s\nwant %s", got, want)
		}
	}
	if strings.Contains(got, "Détail") {
		t.Errorf("found %s, want nothing about what opens well", got)
	}
	if n := s.Count("dialog[open], details[open], :popover-open"); n != 0 {
		t.Errorf("%d are left open", n)
	}
}

func TestStorySendEmpty(t *testing.T) {
	s := shared.Story(t, closedSite(t))
	s.Open("/")
	if got := s.RequiringForms(); !slices.Equal(got, []string{"/names"}) {
		t.Errorf("forms that ask for a text: %q, want /names alone", got)
	}
	if got := s.SendEmpty("/names"); got != http.StatusUnprocessableEntity {
		t.Errorf("sent empty: status %d, want 422", got)
	}
	s.See("Refusé")
	if got := s.watch.complaints(); len(got) != 0 {
		t.Errorf("complaints %q about what was provoked", got)
	}
}

func TestStoryValidHTML(t *testing.T) {
	s := shared.Story(t, site(t))
	s.Open("/")
	s.ValidHTML()
	s.Open("/grey")
	if got := strings.Join(s.problems(), "\n"); !strings.Contains(got, "<input> has no label") {
		t.Errorf("problems %q, want one about the input", got)
	}
}
