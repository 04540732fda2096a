package app_test

import (
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

func TestSettings(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		plain, _ := w.Member(s.account, "camille.aubrac@maraval.example")
		_, err := w.Accounts.Settings(w.Context(), plain, s.account.ID)
		s.check("account.manage is needed", w.Code(err), "denied.permission")
		view, err := w.Accounts.Settings(w.Context(), s.helene, s.account.ID)
		w.Must(err)
		change := func(edit func(*app.AccountSettings)) string {
			said := view.AccountSettings
			edit(&said)
			return w.Code(w.Accounts.ChangeSettings(w.Context(), s.helene, s.account.ID, said))
		}
		s.check("INV-1 no day", change(func(n *app.AccountSettings) { n.InvitationDays = 0 }), "settings.out_of_range")
		s.check("INV-1 31 days", change(func(n *app.AccountSettings) { n.InvitationDays = 31 }), "settings.out_of_range")
		s.check("SIGN-3 never laxer", change(func(n *app.AccountSettings) { n.Password.MinLength = view.Catalogue.Password.MinLength - 1 }), "settings.too_lax")
		s.check("SIGN-3 renewal", change(func(n *app.AccountSettings) { n.Password.RenewalDays = 29 }), "password_policy.renewal")
		s.check("own language", change(func(n *app.AccountSettings) { n.Languages = []string{"de"} }), "settings.language_left_out")
		s.check("time zone", change(func(n *app.AccountSettings) { n.TimeZone = "Mars/Olympus" }), "field.unknown_choice")
		s.check("INV-1 3 days", change(func(n *app.AccountSettings) { n.InvitationDays, n.Reminders = 3, false }), "")
		s.check("PLAN-4 an older version", change(func(n *app.AccountSettings) { n.InvitationDays = 4 }), "stale")
		token, _ := s.invite(s.helene, "agathe.lormeau@maraval.example", "")
		look, err := w.Invitations.Look(w.Context(), token)
		w.Must(err)
		if want := w.Now().AddDate(0, 0, 3); !look.Until.Equal(want) {
			t.Errorf("INV-1: valid until %v, want %v", look.Until, want)
		}
	})
}

func TestDomains(t *testing.T) { // JOIN-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		other := w.Account("300100")
		odette := w.Administrator(other, "odette.marsan@autre.example")
		_, err := w.Accounts.AddDomain(w.Context(), s.helene, s.account.ID, "pas un domaine")
		s.check("no domain", w.Code(err), "domain.malformed")
		domain, err := w.Accounts.AddDomain(w.Context(), s.helene, s.account.ID, " @Maraval.Example. ")
		w.Must(err)
		s.check("as stored", domain.Name, "maraval.example")
		_, err = w.Accounts.AddDomain(w.Context(), s.helene, s.account.ID, "MARAVAL.example")
		s.check("twice", w.Code(err), "domain.there")
		s.check("not verified", w.Code(w.Accounts.VerifyDomain(w.Context(), s.helene, s.account.ID, "maraval.example")), "domain.record_missing")
		s.check("unverified approves nothing", w.Code(w.Accounts.SetAutoApprove(w.Context(), s.helene, s.account.ID, "maraval.example", true)), "domain.unverified")
		theirs, err := w.Accounts.AddDomain(w.Context(), odette, other.ID, "maraval.example")
		w.Must(err)
		w.TXT["maraval.example"] = []string{"v=spf1 -all", domain.Record(), theirs.Record()}
		w.Must(w.Accounts.VerifyDomain(w.Context(), s.helene, s.account.ID, "maraval.example"))
		s.check("another's", w.Code(w.Accounts.VerifyDomain(w.Context(), odette, other.ID, "maraval.example")), "domain.taken")
		ludivine := w.Person("ludivine.garrec@maraval.example")
		w.Must(w.Accounts.SetAutoApprove(w.Context(), s.helene, s.account.ID, "maraval.example", true))
		asked, err := w.JoinRequests.Ask(w.Context(), ludivine, "204817", "")
		w.Must(err)
		mine, err := w.JoinRequests.Mine(w.Context(), ludivine, asked.UUID)
		w.Must(err)
		s.check("approved by itself", string(mine.State), "approved")
		w.Must(w.Accounts.RemoveDomain(w.Context(), s.helene, s.account.ID, "maraval.example"))
		joris := w.Person("joris.vandamme@maraval.example")
		asked, err = w.JoinRequests.Ask(w.Context(), joris, "204817", "")
		w.Must(err)
		mine, err = w.JoinRequests.Mine(w.Context(), joris, asked.UUID)
		w.Must(err)
		s.check("waits after removal", string(mine.State), "waiting")
	})
}

func TestContacts(t *testing.T) { // ACC-10
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		camille, m := w.Member(s.account, "camille.aubrac@maraval.example")
		list, err := w.Accounts.Contacts(w.Context(), camille, s.account.ID, app.ContactQuery{})
		w.Must(err)
		if list.Total != 2 || len(list.People) != 2 || len(list.Reach) != 1 || !list.Reach[0].Administrator || !list.Reach[0].Referent() {
			t.Errorf("%d people, to write to %+v; want two, and the administrator who is referent", list.Total, list.Reach)
		}
		found, err := w.Accounts.Contacts(w.Context(), camille, s.account.ID, app.ContactQuery{Search: "AUBR"})
		w.Must(err)
		if found.Total != 1 || found.People[0].Name != "camille aubrac" {
			t.Errorf("search finds %d: %+v", found.Total, found.People)
		}
		stranger := w.Person("autre@maraval.example")
		_, err = w.Accounts.Contacts(w.Context(), stranger, s.account.ID, app.ContactQuery{})
		s.check("strangers", w.Code(err), "account.not_found")
		mails(t, w)
		w.Must(w.Accounts.Message(w.Context(), camille, s.account.ID, "", "Bonjour, qui gère les licences ?"))
		sent := mail(t, w, "contact_message")
		if sent.Mail.Address != "helene.castaing@maraval.example" || sent.Mail.Facts["Address"] != "camille.aubrac@maraval.example" {
			t.Errorf("mail to %s with %v", sent.Mail.Address, sent.Mail.Facts)
		}
		s.check("nobody else", w.Code(w.Accounts.Message(w.Context(), s.helene, s.account.ID, m.UUID, "Bonjour")), "contact.not_reachable")
		s.check("text", w.Code(w.Accounts.Message(w.Context(), camille, s.account.ID, "", " ")), "field.required")
		for range 4 {
			w.Must(w.Accounts.Message(w.Context(), camille, s.account.ID, list.Reach[0].Member, "Encore"))
		}
		s.check("rationed", w.Code(w.Accounts.Message(w.Context(), camille, s.account.ID, "", "Encore")), "limit.hourly")
	})
}

func TestWriteAboutRequest(t *testing.T) { // JOIN-3, KEY-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		ludivine := w.Person("ludivine.garrec@maraval.example")
		known, err := w.JoinRequests.Ask(w.Context(), ludivine, "204817", "")
		w.Must(err)
		unknown, err := w.JoinRequests.Ask(w.Context(), ludivine, "999999", "")
		w.Must(err)
		mails(t, w)
		w.Must(w.JoinRequests.Write(w.Context(), ludivine, known.UUID, "Je commence lundi."))
		s.check("to the administrator", mail(t, w, "contact_message").Mail.Address, "helene.castaing@maraval.example")
		w.Must(w.JoinRequests.Write(w.Context(), ludivine, unknown.UUID, "Je commence lundi."))
		if due := mails(t, w); len(due) != 0 {
			t.Errorf("a number nobody has: %v", due)
		}
		s.check("another's request", w.Code(w.JoinRequests.Write(w.Context(), s.helene, known.UUID, "Non")), "join.not_found")
		w.Must(w.JoinRequests.Withdraw(w.Context(), ludivine, known.UUID))
		s.check("no longer waiting", w.Code(w.JoinRequests.Write(w.Context(), ludivine, known.UUID, "Non")), "join.gone")
	})
}

func TestServices(t *testing.T) { // ACC-11
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		camille, _ := w.Member(s.account, "camille.aubrac@maraval.example")
		own, err := w.Accounts.Services(w.Context(), camille, s.account.ID)
		w.Must(err)
		prospect := w.Accounts.ProspectServices()
		if len(own.Services) == 0 || len(own.Services) != len(prospect.Services) {
			t.Fatalf("%d sections with a contract, %d without account; want every section for everybody", len(own.Services), len(prospect.Services))
		}
		for _, service := range prospect.Services {
			if service.Opens != "free" && len(service.OpenedBy) == 0 {
				t.Errorf("%s: nothing says what opens it", service.Section.ID)
			}
		}
		if !slices.ContainsFunc(own.Services, func(one app.Service) bool { return one.Opens == "free" }) {
			t.Error("a contract opens nothing")
		}
		_, err = w.Accounts.Services(w.Context(), w.Person("autre@maraval.example"), s.account.ID)
		s.check("strangers", w.Code(err), "account.not_found")
	})
}

func TestInvitationStands(t *testing.T) {
	now := apptest.Noon()
	for _, test := range []struct {
		name string
		v    directory.Invitation
		u    directory.User
		m    directory.Member
		want directory.InvitationState
	}{
		{"INV-1 the last moment", directory.Invitation{State: directory.InvitationOpen, Expires: now.Add(1)}, directory.User{}, directory.Member{}, directory.InvitationOpen},
		{"INV-1 over", directory.Invitation{State: directory.InvitationOpen, Expires: now}, directory.User{}, directory.Member{}, directory.InvitationExpired},
		{"INV-2 own password", directory.Invitation{State: directory.InvitationOpen, Expires: now}, directory.User{Password: directory.PasswordOwn}, directory.Member{}, directory.InvitationOpen},
		{"INV-9 removed", directory.Invitation{State: directory.InvitationOpen, Expires: now.Add(1)}, directory.User{}, directory.Member{Removed: now}, directory.InvitationWithdrawn},
		{"INV-9 switched off", directory.Invitation{State: directory.InvitationOpen, Expires: now.Add(1)}, directory.User{}, directory.Member{Status: directory.Inactive}, directory.InvitationWithdrawn},
		{"INV-3 replaced", directory.Invitation{State: directory.InvitationReplaced, Expires: now.Add(1)}, directory.User{}, directory.Member{}, directory.InvitationReplaced},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.v.Stands(test.u, test.m, now); got != test.want {
				t.Errorf("Stands = %s, want %s", got, test.want)
			}
		})
	}
}
