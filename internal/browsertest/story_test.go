package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// shared is the one Chromium of this test binary.
var shared = New()

func TestMain(m *testing.M) {
	code := m.Run()
	shared.Close()
	os.Exit(code)
}

const members = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Membres</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css"><script src="/script.js" defer></script></head><body><main>
<h1>Membres</h1>
<p>Vous avez « 1 248 » membres : tous s’affichent.</p>
<p class="hidden">Invisible</p>
<form method="post" action="/save" enctype="multipart/form-data">
<label for="mail">Adresse e-mail *</label><input id="mail" name="mail">
<label for="start">Début</label><input id="start" name="start" type="date">
<label for="level">Niveau</label><select id="level" name="level"><option value="1">Membre</option><option value="2">Administrateur</option></select>
<fieldset><legend>Langue</legend><label><input type="radio" name="lang" value="fr"> Français</label><label><input type="radio" name="lang" value="de"> Allemand</label></fieldset>
<label><input type="checkbox" name="active"> Actif</label>
<label for="file">Fichier</label><input id="file" name="file" type="file">
<button>Enregistrer</button></form>
<button id="late" type="button" disabled>Plus tard</button><p id="said"></p>
<table aria-label="Membres"><tr><td>Camille Aubrac</td><td><a href="/row?of=camille">Ouvrir</a></td></tr><tr><td>Denis Brun</td><td><a href="/row?of=denis">Ouvrir</a></td></tr></table>
<p><a href="/export">Exporter</a></p></main></body></html>`

const membersScript = `const late = document.getElementById("late"), said = document.getElementById("said");
setTimeout(() => late.disabled = false, 300);
late.addEventListener("click", () => fetch("/row?of=script").then(r => r.text()).then(t => said.textContent = "Arrivé"));
addEventListener("keydown", e => { if (e.key === "/") said.textContent = "Recherche"; });`

// site is a small installation to walk through.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	serve := func(path, kind, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			fmt.Fprint(w, body)
		})
	}
	serve("/{$}", "text/html", members)
	serve("/favicon.ico", "image/x-icon", "")
	serve("/style.css", "text/css", ".hidden{display:none} body{font:14px sans-serif} a,button{display:inline-block;min-height:24px;min-width:24px} @media (prefers-color-scheme: dark){body{background:#000;color:#fff} a{color:#9cf}}")
	serve("/script.js", "text/javascript", membersScript)
	serve("/inline", "text/html", `<!doctype html><html lang="fr"><title>x</title><p>Ligne<script>document.title = "y"</script>`)
	serve("/broken", "text/html", `<!doctype html><html lang="fr"><title>x</title><p>Cassé<script src="/throws.js"></script>`)
	serve("/throws.js", "text/javascript", `console.error("plainte", 7); throw new Error("perdu")`)
	serve("/grey", "text/html", `<!doctype html><html lang="fr"><title>x</title><link rel="stylesheet" href="/grey.css"><main><h1>Gris</h1><input></main>`)
	serve("/grey.css", "text/css", "h1{color:#ccc}")
	serve("/wide", "text/html", `<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width"><title>x</title><link rel="stylesheet" href="/wide.css"><p id="long">Large`)
	serve("/wide.css", "text/css", "#long{width:900px}")
	mux.HandleFunc("GET /row", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "ligne de %s", r.FormValue("of"))
	})
	mux.HandleFunc("GET /export", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="membres.csv"`)
		fmt.Fprint(w, "nom;adresse\n")
	})
	mux.HandleFunc("GET /cookie", func(w http.ResponseWriter, r *http.Request) {
		seen, _ := r.Cookie("__Host-session")
		http.SetCookie(w, &http.Cookie{Name: "__Host-session", Value: "held", Path: "/", Secure: true, HttpOnly: true})
		fmt.Fprintf(w, "cookie %t", seen != nil)
	})
	mux.HandleFunc("POST /save", save)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// save answers what the form sent.
func save(w http.ResponseWriter, r *http.Request) {
	file, _, err := r.FormFile("file")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, "sans fichier")
		return
	}
	content, err := io.ReadAll(file)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "reçu %s le %s niveau %s langue %s actif %s fichier %s",
		r.FormValue("mail"), r.FormValue("start"), r.FormValue("level"), r.FormValue("lang"), r.FormValue("active"), content)
}

func TestStoryForm(t *testing.T) {
	file := filepath.Join(t.TempDir(), "membres.csv")
	if err := os.WriteFile(file, []byte("camille@maraval.example"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, off := range map[string]bool{"with scripts": false, "without scripts": true} {
		t.Run(name, func(t *testing.T) {
			s := shared.Story(t, site(t))
			s.WithoutScript(off)
			s.Open("/")
			s.Fill("Adresse e-mail", "wrong")
			s.Fill("Adresse e-mail", "h@maraval.example")
			s.Fill("Début", "2026-03-01")
			s.Choose("Niveau", "Administrateur")
			s.Choose("Langue", "Allemand")
			s.Click("Actif")
			if got := s.Value("Actif"); got != "on" {
				t.Errorf("Value of a ticked box = %q, want on", got)
			}
			s.Upload("Fichier", file)
			s.Click("Enregistrer")
			s.See("reçu h@maraval.example le 2026-03-01 niveau 2 langue de actif on fichier camille@maraval.example")
			s.At("/save")
		})
	}
}

func TestStorySee(t *testing.T) {
	s := shared.Story(t, site(t))
	s.Open("/")
	s.See("vous avez « 1 248 » membres : tous s'affichent")
	s.DontSee("Invisible")
	s.In("table").See("Denis Brun")
	s.In("table").DontSee("tous s'affichent")
	if got := s.Count("table tr"); got != 2 {
		t.Errorf("Count of rows = %d, want 2", got)
	}
	s.Press("/")
	s.See("Recherche")
	s.Press(kb.Escape)
	s.Screenshot("browsertest")
}

func TestStoryClick(t *testing.T) {
	s := shared.Story(t, site(t))
	s.Open("/")
	s.Click("Plus tard") // waits until it is enabled
	s.See("Arrivé")
	s.Row("Denis").Click("Ouvrir")
	s.See("ligne de denis")
	if got := s.Path(); got != "/row?of=denis" {
		t.Errorf("Path = %q, want /row?of=denis", got)
	}
	if got := s.Status(); got != http.StatusOK {
		t.Errorf("Status = %d, want 200", got)
	}
}

func TestStoryDownload(t *testing.T) {
	s := shared.Story(t, site(t))
	s.Open("/")
	got, err := os.ReadFile(s.Download("Exporter"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != "nom;adresse\n" {
		t.Errorf("downloaded %q", got)
	}
}

// Two stories are two people: nothing of one is known to the other.
func TestStoryOwnCookies(t *testing.T) {
	base := site(t)
	ann, ben := shared.Story(t, base), shared.Story(t, base)
	ann.Open("/cookie")
	ann.Open("/cookie")
	ann.See("cookie true")
	ben.Open("/cookie")
	ben.See("cookie false")
}

func TestStoryUnseenFaults(t *testing.T) {
	for _, test := range []struct {
		path string
		want []string
	}{
		{"/", nil},
		{"/nowhere", []string{"status 404"}},
		{"/inline", []string{"inline script"}},
		{"/broken", []string{"plainte 7", "perdu"}},
	} {
		t.Run(test.path, func(t *testing.T) {
			s := shared.Story(t, site(t))
			s.Open(test.path)
			got := strings.Join(s.watch.complaints(), "\n")
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("complaints %q, want one about %q", got, want)
				}
				s.Allow(want)
			}
			if test.want == nil && got != "" {
				t.Errorf("complaints %q, want none", got)
			}
		})
	}
}

func TestStoryAxe(t *testing.T) {
	s := shared.Story(t, site(t))
	s.Open("/")
	s.LooksRight("browsertest")
	s.Open("/grey")
	var rules []string
	for _, v := range s.violations(allRules) {
		rules = append(rules, v.Rule)
	}
	got := strings.Join(rules, " ")
	for _, want := range []string{"color-contrast", "label"} {
		if !strings.Contains(got, want) {
			t.Errorf("rules broken %q, want %s", got, want)
		}
	}
}

func TestStoryNoSidewaysScroll(t *testing.T) {
	s := shared.Story(t, site(t))
	s.Viewport(390, 800)
	s.Open("/wide")
	got := s.sticksOut()
	if len(got) != 1 || !strings.HasPrefix(got[0], "p#long") {
		t.Errorf("sticks out: %q, want p#long alone", got)
	}
	s.Viewport(1280, 800)
	s.NoSidewaysScroll()
}
