package console_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// world is the console with one customer and somebody of each role.
func world(t *testing.T, kind string) (*webtest.Site, directory.Account, map[authz.StaffRole]*webtest.Client) {
	t.Helper()
	w := apptest.New(t, kind)
	s := webtest.New(t, w)
	a := w.Account("204 817")
	clients := map[authz.StaffRole]*webtest.Client{}
	for _, role := range authz.StaffRoles() {
		clients[role] = s.SignedIn(t, w.Staff(string(role)+"@batisoft.example", role))
	}
	return s, a, clients
}

func TestCustomers(t *testing.T) { // VEND-1
	s, a, as := world(t, "sqlite")
	list := as[authz.Sales].Get("/vendor/customers?view=unclaimed&sort=ends&dir=desc&q=compte")
	if list.Status != 200 || !strings.Contains(list.Text(), a.Name) {
		t.Fatalf("list: %d %s", list.Status, list.Text())
	}
	if empty := as[authz.Auditor].Get("/vendor/customers?q=personne"); !strings.Contains(empty.Text(), "Aucun client ne correspond") {
		t.Errorf("an empty search says %s", empty.Text())
	}
	if stranger := s.Stranger(t).Get("/vendor/customers"); !strings.HasPrefix(stranger.Location, "/sign-in") {
		t.Errorf("a stranger: %d to %q", stranger.Status, stranger.Location)
	}
	admin := s.SignedIn(t, s.World.Administrator(a, "admin@maraval.example"))
	if page := admin.Get("/vendor/customers"); page.Status != 404 {
		t.Errorf("a customer's administrator: %d, want 404", page.Status)
	}
	t.Run("a refused form keeps what was typed", func(t *testing.T) {
		form := as[authz.Sales].Get("/vendor/customers/new")
		again := form.Submit("/vendor/customers/new", "number", "204817", "name", "Maraval Bis")
		if again.Status != 409 || !strings.Contains(again.Body, "Maraval Bis") || !strings.Contains(again.Text(), "a été celui") {
			t.Errorf("a taken number: %d %s", again.Status, again.Text())
		}
		made := again.Submit("/vendor/customers/new", "number", "204818", "contract_ends", "2027-03-31").Follow()
		if !strings.Contains(made.Text(), "Maraval Bis") {
			t.Errorf("new customer: %d %s", made.Status, made.Text())
		}
	})
	t.Run("change, suspend and reopen", func(t *testing.T) {
		path := "/vendor/customers/" + a.UUID
		changed := as[authz.Sales].Get(path+"/edit").Submit(path+"/edit", "name", "Groupe Maraval").Follow()
		if !strings.Contains(changed.Text(), "Groupe Maraval") {
			t.Errorf("after the change: %s", changed.Text())
		}
		dialog := as[authz.Sales].Get(path + "?do=state-suspended")
		if refused := dialog.Submit(path + "/state"); refused.Status != 422 {
			t.Errorf("suspend without reason: %d, want 422", refused.Status)
		}
		if done := dialog.Submit(path+"/state", "reason", "Factures impayées").Follow(); !strings.Contains(done.Text(), "Factures impayées") {
			t.Errorf("after suspending: %s", done.Text())
		}
	})
}

func TestKeysOnPages(t *testing.T) { // KEY-5, KEY-6
	s, a, as := world(t, "sqlite")
	path := "/vendor/customers/" + a.UUID
	support := as[authz.Support]
	ticked := "/vendor/letters?account=" + a.UUID
	t.Run("KEY-6 shown, and again until it is posted", func(t *testing.T) {
		keys := s.World.Keys(a)
		for range 2 {
			shown := support.Get(path + "?do=show").Submit(path + "/show")
			for _, key := range keys {
				if !strings.Contains(shown.Body, directory.FormatKey(key)) {
					t.Errorf("key is not on the page")
				}
			}
			if shown.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", shown.Header.Get("Cache-Control"))
			}
		}
		asked := support.Get(ticked).Submit("/vendor/letters", "do", "posted")
		if len(s.World.Keys(a)) != 3 || !strings.Contains(asked.Text(), "Leurs clés ne s’impriment plus") {
			t.Errorf("KEY-6 marked without being asked: %s", asked.Text())
		}
		done := asked.Submit("/vendor/letters/posted").Follow()
		if !strings.Contains(done.Text(), "1 courrier marqué comme posté") || len(s.World.Keys(a)) != 0 {
			t.Errorf("marked as posted: %s", done.Text())
		}
		if again := support.Post(path + "/show"); again.Status != 409 {
			t.Errorf("shown once posted: %d, want 409", again.Status)
		}
	})
	t.Run("KEY-5 the letter is a PDF, as often as it is printed", func(t *testing.T) {
		support.Get(path+"?do=keys").Submit(path+"/keys", "count", "4").Follow()
		for range 2 {
			pdf := support.Get(ticked).Submit("/vendor/letters", "do", "print")
			if pdf.Status != 200 || !strings.HasPrefix(pdf.Body, "%PDF") || pdf.Header.Get("Content-Type") != "application/pdf" {
				t.Errorf("letter: %d %s", pdf.Status, pdf.Header.Get("Content-Type"))
			}
		}
		if page := support.Get(path); !strings.Contains(page.Text(), "Le courrier est imprimé, pas encore posté") {
			t.Errorf("after printing: %s", page.Text())
		}
	})
	t.Run("VEND-4 a batch of those ticked", func(t *testing.T) {
		w := s.World
		other := w.Account("300")
		page := support.Post("/vendor/letters", "which", "ticked", "account", other.UUID)
		if page.Status != 200 || !strings.Contains(page.Text(), "3 clés, faites") {
			t.Errorf("batch: %d %s", page.Status, page.Text())
		}
		pdf := page.Submit("/vendor/letters", "do", "print")
		if pdf.Status != 200 || !strings.HasPrefix(pdf.Body, "%PDF") {
			t.Errorf("batch: %d", pdf.Status)
		}
		if none := support.Post("/vendor/letters", "do", "print"); none.Status != 409 {
			t.Errorf("none ticked: %d, want 409", none.Status)
		}
	})
	t.Run("VEND-3 sales handle no keys", func(t *testing.T) {
		if page := as[authz.Sales].Post(path+"/keys", "count", "1"); page.Status != 403 {
			t.Errorf("sales make a key: %d, want 403", page.Status)
		}
		if page := as[authz.Sales].Get(path); strings.Contains(page.Body, "do=keys") || strings.Contains(page.Body, "do=enter") {
			t.Error("sales are offered what they may not do")
		}
	})
}

func TestQueueOfRequests(t *testing.T) { // KEY-13
	s, _, as := world(t, "sqlite")
	asker := s.World.Person("pierre.domange@domaines.example")
	for _, number := range []string{"204 817", "777 777"} {
		q, err := s.World.App.Keys.Request(s.World.Context(), asker, number, "Courrier égaré.")
		s.World.Must(err)
		path := "/vendor/key-requests/" + q.UUID
		page := as[authz.Support].Get(path)
		if !strings.Contains(page.Text(), "Courrier égaré.") {
			t.Errorf("request: %s", page.Text())
		}
		if refused := page.Submit(path, "act", "refuse", "reason", ""); refused.Status != 422 {
			t.Errorf("refuse without reason: %d, want 422", refused.Status)
		}
		act := "answer"
		if number == "777 777" {
			act = "refuse"
		}
		done := as[authz.Support].Post(path, "act", act, "delivery", "letter", "reason", "inconnu")
		if done.Location != "/vendor/key-requests" {
			t.Errorf("%s: %d %s", act, done.Status, done.Text())
		}
		done.Follow()
	}
	if page := as[authz.Sales].Get("/vendor/key-requests"); page.Status != 403 {
		t.Errorf("sales see the queue: %d, want 403", page.Status)
	}
}

func TestEnterOnPages(t *testing.T) { // VEND-2
	s, a, as := world(t, "sqlite")
	s.World.Administrator(a, "admin@maraval.example")
	path := "/vendor/customers/" + a.UUID
	dialog := as[authz.Support].Get(path + "?do=enter")
	if short := dialog.Submit(path+"/enter", "reason", "court"); short.Status != 422 || !strings.Contains(short.Text(), "au moins 10") {
		t.Errorf("short reason: %d %s", short.Status, short.Text())
	}
	inside := dialog.Submit(path+"/enter", "reason", "Le client ne trouve plus sa clé").Follow()
	if inside.Status != 200 || !strings.Contains(inside.Text(), "Vous agissez dans le compte d’un client") {
		t.Fatalf("inside: %d %s", inside.Status, inside.Text())
	}
	left := inside.Submit("/vendor/leave").Follow()
	if !strings.Contains(left.Text(), "Le client ne trouve plus sa clé") {
		t.Errorf("the customer's page does not list the visit: %s", left.Text())
	}
	if out := as[authz.Support].Get("/accounts/204817"); out.Status != 404 {
		t.Errorf("after leaving: %d, want 404", out.Status)
	}
}

func TestInstallationPages(t *testing.T) {
	s, a, as := world(t, "sqlite")
	operator := as[authz.Operator]
	t.Run("ROLE-3 a faulty catalogue says where", func(t *testing.T) {
		page := operator.Send("/vendor/catalogue", "multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nformat: 1\nname: [\r\n--x--\r\n")
		if page.Status != 422 || !strings.Contains(page.Text(), "Ligne") {
			t.Errorf("faulty: %d %s", page.Status, page.Text())
		}
	})
	t.Run("VEND-3 staff are added", func(t *testing.T) {
		form := operator.Get("/vendor/staff")
		if weak := form.Submit("/vendor/staff", "email", "neuf@batisoft.example", "password", "x"); weak.Status != 422 {
			t.Errorf("weak password: %d, want 422", weak.Status)
		}
		added := form.Submit("/vendor/staff", "email", "neuf@batisoft.example", "password", "Chantier-2026-bleu", "role", "sales").Follow()
		if !strings.Contains(added.Text(), "neuf@batisoft.example") {
			t.Errorf("staff: %s", added.Text())
		}
	})
	t.Run("USER-2 switched off everywhere and on again", func(t *testing.T) {
		s.World.Administrator(a, "admin@maraval.example")
		s.World.Administrator(a, "second@maraval.example") // the last one is refused (ACC-5)
		found := operator.Get("/vendor/users?q=admin@mar")
		if !strings.Contains(found.Text(), a.Name) {
			t.Fatalf("search: %s", found.Text())
		}
		for _, do := range []string{"switch_off", "switch_on"} {
			link := ""
			for _, one := range operator.Get("/vendor/users?q=admin@mar").All("a") {
				if strings.HasSuffix(one.Attr("href"), "do="+do) {
					link = one.Attr("href")
				}
			}
			if link == "" {
				t.Fatalf("%s is not offered", do)
			}
			dialog := operator.Get(link)
			for _, form := range dialog.All("form") {
				if strings.HasPrefix(form.Attr("action"), "/vendor/users/") {
					dialog.Submit(form.Attr("action")).Follow()
				}
			}
		}
	})
	t.Run("VEND-4 customers from a file", func(t *testing.T) {
		file := "Numéro de client;Raison sociale;Type de compte;Niveau de service\n600 001;Ardoises Ferrière;licences;licence\n600 002;;licences;licence\n"
		sent := operator.Send("/vendor/customers/import", "multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"clients.csv\"\r\nContent-Type: text/csv\r\n\r\n"+file+"\r\n--x--\r\n")
		preview := sent.Follow()
		if !strings.Contains(preview.Text(), "Ardoises Ferrière") || !strings.Contains(preview.Text(), "obligatoire") {
			t.Fatalf("preview: %s", preview.Text())
		}
		done := preview.Submit(sent.Location).Follow()
		if !strings.Contains(done.Text(), "Les comptes sont créés") {
			t.Errorf("import: %s", done.Text())
		}
	})
}

func TestStaffPages(t *testing.T) { // VEND-3
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	mine, other := w.Account("204 817"), w.Account("117 402")
	operator, support := w.Staff("maelle@batisoft.example", authz.Operator), w.Staff("bastien@batisoft.example", authz.Support)
	c := site.SignedIn(t, operator)
	user, err := w.Users.Profile(w.Context(), support)
	w.Must(err)
	path := "/vendor/staff/" + user.UUID
	list := c.Get("/vendor/staff")
	if !list.Has("a[href='"+path+"']") || !strings.Contains(list.Text(), "Tous les comptes") {
		t.Errorf("the list leads nowhere: %s", list.Text())
	}
	refused := c.Get(path).Submit(path, "portfolio", "some", "accounts", "204 817\n999 999")
	if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Text(), "999 999") {
		t.Errorf("a number nobody has: status %d: %s", refused.Status, refused.Text())
	}
	if saved := refused.Submit(path, "accounts", "204 817"); saved.Location != "/vendor/staff" {
		t.Errorf("status %d: %s", saved.Status, saved.Text())
	}
	limited := site.SignedIn(t, support)
	if page := limited.Get("/vendor/customers"); !strings.Contains(page.Text(), mine.Name) || strings.Contains(page.Text(), other.Name) {
		t.Errorf("the customers are %s", page.Text())
	}
	for _, address := range []string{"", "/edit", "/tries", "?do=keys"} {
		if page := limited.Get("/vendor/customers/" + other.UUID + address); page.Status != http.StatusNotFound {
			t.Errorf("another account's page%s: status %d", address, page.Status)
		}
	}
	if page := limited.Get(path); page.Status != http.StatusForbidden {
		t.Errorf("support opens a colleague's page: status %d", page.Status)
	}
	t.Run("the second factor is reset for a reason", func(t *testing.T) {
		asked := c.Get(path + "?do=reset")
		if without := asked.Submit(path+"/reset-factor", "reason", ""); without.Status != http.StatusUnprocessableEntity {
			t.Errorf("without a reason: status %d", without.Status)
		}
		if done := asked.Submit(path+"/reset-factor", "reason", "The telephone was stolen"); done.Location != "/vendor/staff" {
			t.Errorf("status %d: %s", done.Status, done.Text())
		}
		if page := c.Get("/vendor/staff"); !strings.Contains(page.Text(), "À configurer") {
			t.Errorf("the list says %s", page.Text())
		}
		if gone := limited.Get("/vendor/customers"); !strings.HasPrefix(gone.Location, "/sign-in") {
			t.Errorf("they are still signed in: %d", gone.Status)
		}
	})
	t.Run("the last operator stays, others are ended", func(t *testing.T) {
		self, err := w.Users.Profile(w.Context(), operator)
		w.Must(err)
		own := "/vendor/staff/" + self.UUID
		if page := c.Get(own).Submit(own, "role", "sales"); page.Status != http.StatusConflict {
			t.Errorf("demoted: status %d", page.Status)
		}
		if ended := c.Get(path + "?do=end").Submit(path + "/end"); ended.Location != "/vendor/staff" {
			t.Errorf("status %d: %s", ended.Status, ended.Text())
		}
		if page := c.Get(path); page.Status != http.StatusNotFound {
			t.Errorf("the page of who is no staff: status %d", page.Status)
		}
	})
}

func TestReferentOnPages(t *testing.T) { // ACC-9
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	account := w.Account("204 817")
	w.Member(account, "camille.aubrac@maraval.example")
	c := site.SignedIn(t, w.Staff("solene@batisoft.example", authz.Sales))
	path := "/vendor/customers/" + account.UUID
	wrong := c.Get(path+"?do=referent").Submit(path+"/referent", "referent", "nobody@maraval.example")
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("input[name=referent][value='nobody@maraval.example']") {
		t.Errorf("status %d: %s", wrong.Status, wrong.Text())
	}
	if done := wrong.Submit(path+"/referent", "referent", "camille.aubrac@maraval.example"); done.Location != path {
		t.Errorf("status %d: %s", done.Status, done.Text())
	}
	if page := c.Get(path); !strings.Contains(page.Text(), "camille aubrac") {
		t.Errorf("the page names no referent: %s", page.Text())
	}
}
