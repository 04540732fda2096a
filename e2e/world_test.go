package e2e

import (
	"context"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/browsertest"
	"intendant/internal/config"
	"intendant/internal/directory"
	"intendant/internal/mail/mailtest"
	"intendant/internal/secret"
	"intendant/internal/server"
	"intendant/internal/storetest"
)

var browser = browsertest.New()

func TestMain(m *testing.M) {
	code := m.Run()
	browser.Close()
	os.Exit(code)
}

// password is everybody's in the stories: it satisfies the standard policy.
const password = "Quai-Tanneurs-18"

// maelle is the member of the vendor's staff the stories begin with.
const maelle = "maelle.corvaisier@batisoft.example"

// oneTimeSecret is what Maëlle's authenticator knows.
const oneTimeSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// A world is an installation under test with its own mail server.
type world struct {
	t            *testing.T
	installation *server.Installation
	server       *server.Server
	mails        *mailtest.Receiver
	data         string              // its folder
	asked        sync.Map            // the statements its database was asked
	account      directory.AccountID // of the stories, once it is there
}

// each tells a story on every database.
func each(t *testing.T, story func(w *world)) {
	t.Helper()
	eachWith(t, nil, story)
}

// eachWith tells a story on every database of an installation with settings of
// its own.
func eachWith(t *testing.T, settings map[string]string, story func(w *world)) {
	t.Helper()
	t.Parallel()
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			story(newWorld(t, kind, settings))
		})
	}
}

func newWorld(t *testing.T, kind string, own map[string]string) *world {
	t.Helper()
	w := &world{t: t, mails: mailtest.Start(t)}
	w.open(kind, own, time.Now)
	w.serve()
	w.vendor()
	return w
}

// open puts an installation on an empty database together.
func (w *world) open(kind string, own map[string]string, now func() time.Time) {
	w.t.Helper()
	w.data = w.t.TempDir()
	settings := map[string]string{
		"addr": "127.0.0.1:0", "data": w.data, "language": "fr", "base_url": "http://127.0.0.1",
		"mail.from":      "Bâtisoft <clients@batisoft.example>",
		"mail.smtp_host": w.mails.Host, "mail.smtp_port": strconv.Itoa(w.mails.Port), "mail.tls": "none",
	}
	if kind == "postgres" {
		settings["database"] = storetest.Address(w.t, kind)
	}
	maps.Copy(settings, own)
	c, err := config.Load("", nil, settings)
	if err != nil {
		w.t.Fatal(err)
	}
	c.BaseURL = "" // the server's own address, known once it listens
	w.installation, err = server.Open(w.t.Context(), server.Options{Config: c, Now: now, Log: slog.New(slog.DiscardHandler), OwnBase: true, Trips: w.hear})
	if err != nil {
		w.t.Fatal(err)
	}
}

// hear keeps what the database is asked.
func (w *world) hear(statements ...string) {
	for _, statement := range statements {
		w.asked.Store(statement, true)
	}
}

// serve starts the installation, which ends with the test.
func (w *world) serve() {
	w.t.Helper()
	var err error
	if w.server, err = server.Serve(w.t.Context(), w.installation); err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.server.Run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			w.t.Errorf("server: %v", err)
		}
		if err := w.server.Close(); err != nil {
			w.t.Errorf("close: %v", err)
		}
	})
}

// operator is who works at the command line.
func operator() authz.Actor {
	return authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
}

func (w *world) vendor() {
	w.t.Helper()
	user, err := w.server.App.Users.CreateStaff(w.t.Context(), operator(), app.NewStaff{Email: maelle,
		First: "Maëlle", Last: "Corvaisier", Language: "fr", Role: authz.Operator, Password: password})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.server.App.Users.SeedFactor(w.t.Context(), user.ID, oneTimeSecret); err != nil {
		w.t.Fatal(err)
	}
}

// person makes somebody with a sign-in of their own.
func (w *world) person(email, first, last string) authz.Actor {
	w.t.Helper()
	client := app.Client{Address: "127.0.0.1"}
	err := w.server.App.Users.Register(w.t.Context(), client, app.Registering{Email: email, First: first, Last: last, Language: "fr"})
	if err != nil {
		w.t.Fatal(err)
	}
	token := strings.TrimPrefix(w.link(email, "/register/confirm/"), "/register/confirm/")
	confirmed, err := w.server.App.Users.Confirm(w.t.Context(), client,
		app.Confirmation{Token: token, First: first, Last: last, Password: password}, app.SessionLimits{Idle: time.Hour, Max: time.Hour})
	if err != nil {
		w.t.Fatal(err)
	}
	return authz.Actor{Kind: authz.Person, User: confirmed.User.ID, Door: authz.DoorPage}
}

// helene is administrator of the account of the stories.
const helene = "helene.garrec@maraval.example"

// maraval makes the account of the stories with Hélène as its administrator,
// and opens her window on it.
func (w *world) maraval(kind string) *browsertest.Story {
	w.t.Helper()
	account, err := w.server.App.Accounts.Create(w.t.Context(), operator(), app.NewAccount{Number: number, Name: company,
		Type: kind, ServiceLevel: "contract", Language: "fr", TimeZone: "Europe/Paris",
		Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.account = account.ID
	var keys []string
	err = w.server.App.Keys.OpenLetters(w.t.Context(), operator(), account.ID, app.ToShow, func(letters []app.KeyLetter) error {
		keys = letters[0].Keys
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.server.App.Keys.Enter(w.t.Context(), w.person(helene, "Hélène", "Garrec"), number, keys[0]); err != nil {
		w.t.Fatal(err)
	}
	s := w.window()
	w.signIn(s, helene)
	s.At(network)
	return s
}

// link waits for the newest mail to an address that leads to a path, and
// answers that path with its token.
func (w *world) link(address, prefix string) string {
	w.t.Helper()
	var path string
	w.await("a mail to "+address+" that leads to "+prefix, func() bool {
		messages := w.mails.To(address)
		for i := len(messages) - 1; i >= 0 && path == ""; i-- {
			path = pathIn(messages[i], prefix)
		}
		return path != ""
	})
	return path
}

// mailed waits for a mail to an address whose subject holds words.
func (w *world) mailed(address, words string) mailtest.Message {
	w.t.Helper()
	var found mailtest.Message
	w.await("a mail to "+address+" about "+words, func() bool {
		for _, m := range w.mails.To(address) {
			if strings.Contains(m.Subject, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (w *world) await(what string, there func() bool) {
	w.t.Helper()
	for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		if there() {
			return
		}
	}
	var came []string
	for _, m := range w.mails.Messages() {
		came = append(came, m.To+": "+m.Subject)
	}
	w.t.Fatalf("waited in vain for %s; what came:\n%s", what, strings.Join(came, "\n"))
}

func pathIn(m mailtest.Message, prefix string) string {
	for _, link := range m.Links {
		if address, err := url.Parse(link); err == nil && strings.HasPrefix(address.Path, prefix) {
			return address.Path
		}
	}
	return ""
}

// window opens a browser window of one person, who reads French.
func (w *world) window() *browsertest.Story {
	w.t.Helper()
	s := browser.Story(w.t, w.server.URL())
	s.Language("fr")
	return s
}

// signIn signs somebody in through the page.
func (w *world) signIn(s *browsertest.Story, login string) {
	w.t.Helper()
	s.Open("/sign-in")
	s.Fill("Adresse e-mail ou nom d’utilisateur", login)
	s.Fill("Mot de passe", password)
	s.Click("Se connecter")
	s.DontSee("Mot de passe oublié")
	if login == maelle {
		w.enterCode(s, oneTimeSecret)
	}
}

// enterCode types what an authenticator shows on the second page of the sign-in.
func (w *world) enterCode(s *browsertest.Story, known string) {
	w.t.Helper()
	s.See("Deuxième étape")
	w.fillCode(s, "Code", known)
	s.Click("Continuer")
	s.DontSee("Deuxième étape")
}

// fillCode types what an authenticator shows now.
func (w *world) fillCode(s *browsertest.Story, field, known string) {
	w.t.Helper()
	code, err := secret.OneTimeCode(known, secret.OneTimeStep(time.Now()))
	if err != nil {
		w.t.Fatal(err)
	}
	s.Fill(field, code)
}

// enterKey types a number and a key of the letter.
func (w *world) enterKey(s *browsertest.Story, number, key string) {
	w.t.Helper()
	s.Open("/network")
	s.Fill("Numéro de client", number)
	s.Fill("Clé administrateur", key)
	s.Click("Devenir administrateur")
}
