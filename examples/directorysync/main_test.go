package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
	"intendant/internal/i18n"
)

// A company is an account with a technical user, and the file of its directory.
type company struct {
	*apptest.World
	t       *testing.T
	account directory.Account
	sync    sync
	cut     int // so many answers from now on are lost, after what was asked is done
}

func newCompany(t *testing.T, w *apptest.World) *company {
	t.Helper()
	c := &company{World: w, t: t, account: w.AccountOf("204 817", "company-network")}
	admin := w.Administrator(c.account, "helene.castaing@maraval.example")
	for _, unit := range []string{"A-10", "A-20"} {
		_, err := w.Units.Add(w.Context(), admin, c.account.ID, app.NewUnit{Level: "office", Name: "Agence " + unit, External: unit})
		w.Must(err)
	}
	m, err := w.TechnicalUsers.Create(w.Context(), admin, c.account.ID, app.NewTechnicalUser{Name: "Annuaire", Purpose: "Reprend l’annuaire", Responsible: "helene.castaing@maraval.example"})
	w.Must(err)
	w.Must(w.Members.NameAdministrator(w.Context(), admin, c.account.ID, m.UUID))
	made, err := w.TechnicalUsers.MakeToken(w.Context(), admin, c.account.ID, m.UUID, app.NewToken{Name: "nightly", Expires: w.Now().Add(24 * time.Hour)})
	w.Must(err)
	bundle, err := i18n.Load()
	w.Must(err)
	face := api.New(api.Options{App: w.App, Bundle: bundle, Now: w.Now, Language: "en", PerMinute: 1_000_000, Log: slog.New(slog.DiscardHandler)})
	served := httpserver.Wrap(httpserver.Options{Handler: face, Logger: slog.New(slog.DiscardHandler), Now: w.Now, CrossOrigin: []string{"/api/"}})
	server := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		if c.cut == 0 || r.Method == http.MethodGet {
			served.ServeHTTP(to, r)
			return
		}
		c.cut--
		served.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	c.sync = sync{base: server.URL, account: "204817", token: made.Secret, wait: func(time.Duration) {}}
	return c
}

// file writes the directory: five hundred people, each as line says.
func (c *company) file(line func(i int) (job, unit, active string)) string {
	var text strings.Builder
	text.WriteString("personnel_number,email,first_name,last_name,job_title,unit,active\n")
	for i := range 500 {
		job, unit, active := line(i)
		fmt.Fprintf(&text, "%d,person.%d@maraval.example,Prénom%d,Nom%d,%s,%s,%s\n", 1000+i, i, i, i, job, unit, active)
	}
	path := filepath.Join(c.t.TempDir(), "people.csv")
	c.Must(os.WriteFile(path, []byte(text.String()), 0o600))
	return path
}

func (c *company) run(path, want string) {
	c.t.Helper()
	if done, err := c.sync.run(path); err != nil || done.String() != want {
		c.t.Errorf("API-4 the run says %s (%v), want %s", done, err, want)
	}
}

// found is how many people of the account a query finds.
func (c *company) found(query string) int64 {
	c.t.Helper()
	var answer struct{ Total int64 }
	c.Must(c.sync.ask("GET", "/members?total=true&limit=1&"+query, "", nil, &answer))
	return answer.Total
}

// TestDirectorySync: five hundred people are brought in from a file, changed, moved,
// switched off and on again, and read back; what is interrupted goes on.
func TestDirectorySync(t *testing.T) { // API-4, PLAN-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := newCompany(t, w)
		first := c.file(func(i int) (string, string, string) { return "Métreur", "A-10", "yes" })
		c.cut = 3 // the answers to the first pieces are lost: sent again with their key they are done once
		c.run(first, "500 added, 0 changed, 0 unchanged, 0 refused")
		if n := c.found("personnel_number=1000,1499"); n != 2 {
			t.Errorf("API-4 two people are found by their number: %d", n)
		}
		c.cut = 100
		second := c.file(func(i int) (string, string, string) {
			if i < 50 {
				return "Économiste", "A-20", "yes"
			}
			return "Métreur", "A-10", map[bool]string{true: "no", false: "yes"}[i >= 480]
		})
		if _, err := c.sync.run(second); err == nil {
			t.Fatal("a run without any answer ends well")
		}
		c.cut = 0
		c.run(second, "0 added, 70 changed, 430 unchanged, 0 refused")
		if n := c.found("status=inactive"); n != 20 {
			t.Errorf("API-4 switched off: %d, want 20", n)
		}
		third := c.file(func(i int) (string, string, string) { return "Métreur", "A-10", "yes" })
		c.run(third, "0 added, 70 changed, 450 unchanged, 0 refused")
		if n := c.found("status=inactive"); n != 0 {
			t.Errorf("API-4 nobody is switched off any more: %d", n)
		}
	})
}
