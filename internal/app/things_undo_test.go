package app_test

import (
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// wanting holds what came of an undo against what should.
func wanting(t *testing.T) func(what, got, want string) {
	return func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
		}
	}
}

func TestPartsTakenBack(t *testing.T) { // PLAN-2, SEAT-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		want := wanting(t)
		_, ada := p.housed("ada@maraval.example", "Agence de Nantes")
		_, bob := p.housed("bob@maraval.example", "Agence de Nantes")
		_, eve := p.housed("eve@maraval.example", "Agence de Nantes")
		act := func(do func() string) []audit.Entry {
			t.Helper()
			return w.Written(p.account.ID, func() { want("done", do(), "") })
		}
		is := func(want ...string) {
			t.Helper()
			c := p.contract("Agence de Nantes")
			got := emails(c.Deputies)
			if c.Referent.Member != "" {
				got = append([]string{c.Referent.Email}, got...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("PLAN-2 the unit is looked after by %v, want %v", got, want)
			}
		}
		name := func(part directory.Part, m directory.Member) []audit.Entry {
			t.Helper()
			return act(func() string { return p.name(p.admin, part, "Agence de Nantes", m.UUID) })
		}
		first := name(directory.ReferentPart, ada)
		second := name(directory.ReferentPart, bob)
		undone := w.Written(p.account.ID, func() { want("the former comes back", p.backed(p.admin, second), "changed") })
		is("ada@maraval.example")
		want("again", p.backed(p.admin, second), "unchanged")
		want("undo of undo", p.backed(p.admin, undone), "changed")
		is("bob@maraval.example")
		deputy := name(directory.DeputyPart, eve)
		third := name(directory.ReferentPart, ada)
		want("a third since", p.backed(p.admin, slices.DeleteFunc(slices.Clone(second), func(e audit.Entry) bool { return e.Kind != audit.ReferentEnded })), "unchanged")
		want("another referent since", p.backed(p.admin, slices.DeleteFunc(slices.Clone(third), func(e audit.Entry) bool { return e.Kind != audit.ReferentEnded })), "refused state undo.changed_since")
		want("a deputy", p.backed(p.admin, deputy), "changed")
		is("ada@maraval.example")
		ended := act(func() string { return p.end(p.admin, directory.ReferentPart, "Agence de Nantes", ada.UUID) })
		want("ended", p.backed(p.admin, ended), "changed")
		is("ada@maraval.example")
		want("by who may not", p.backed(w.Person("passant@exemple.example"), ended), "refused account.not_found")
		ended = act(func() string { return p.end(p.admin, directory.ReferentPart, "Agence de Nantes", ada.UUID) })
		w.Must(apptest.ErrOf(w.Members.Deactivate(w.Context(), p.admin, p.account.ID, app.Of(ada.UUID))))
		want("switched off since", p.backed(p.admin, ended), "refused state member.inactive")
		w.Must(apptest.ErrOf(w.Members.Reactivate(w.Context(), p.admin, p.account.ID, app.Of(ada.UUID))))
		w.Must(p.home(p.admin, ada.UUID, p.uuid("Maraval Conseil")))
		want("moved since", p.backed(p.admin, ended), "refused state referent.elsewhere")
		want("is that no more", p.backed(p.admin, first), "unchanged")
		p.takenBackWithMove(want)
	})
}

// takenBackWithMove: what people were for units above comes back with the unit (UNIT-4).
func (p park) takenBackWithMove(want func(what, got, want string)) {
	p.T.Helper()
	_, max := p.housed("max@maraval.example", "Nacelles")
	want("named", p.name(p.admin, directory.ReferentPart, "Maraval Location", max.UUID), "")
	moved := p.Written(p.account.ID, func() { want("moved", p.move(p.admin, "Agence de Nantes", "Maraval Conseil"), "") })
	if len(moved) != 2 || p.contract("Maraval Location").Referent.Member != "" {
		p.T.Fatalf("SEAT-7 the move wrote %d entries", len(moved))
	}
	verdicts, err := p.TakeBack(p.App.Opposites(), p.admin, moved...)
	p.Must(err)
	if verdicts.Count(app.Changed) != 2 || p.under("Agence de Nantes") != "Maraval Location" || p.contract("Maraval Location").Referent.Email != "max@maraval.example" {
		p.T.Errorf("PLAN-2 unit under %s, verdicts %+v", p.under("Agence de Nantes"), verdicts)
	}
}

func TestTechnicalUsersTakenBack(t *testing.T) { // PLAN-2, SIGN-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newWorkshop(w)
		want := wanting(t)
		edit := func(name, purpose string) []audit.Entry {
			return w.Written(s.account.ID, func() {
				w.Must(w.TechnicalUsers.Edit(w.Context(), s.admin, s.account.ID, s.robot.UUID, app.TechnicalEdit{Name: name, Purpose: purpose,
					Version: userOf(t, w, s.robot.User).Version}))
			})
		}
		edited := edit("Salaires", "Autre chose")
		edit("Salaires", "Tout autre chose")
		want("the purpose changed since", cameOf(w, s.admin, edited), "changed purpose")
		want("its name", userOf(t, w, s.robot.User).Last, "Paie")
		want("alone", cameOf(w, s.admin, edited), "refused purpose undo.changed_since")
		edited = edit("Salaires", "Autre chose")
		undone := w.Written(s.account.ID, func() { want("both", cameOf(w, s.admin, edited), "changed") })
		want("again", cameOf(w, s.admin, edited), "unchanged")
		want("undo of undo", cameOf(w, s.admin, undone), "changed")
		plain, _ := w.Member(s.account, "plain@maraval.example")
		want("without the right", cameOf(w, plain, edited), "refused denied.permission")
		other := w.Administrator(w.Account("300100"), "odette@autre.example")
		edited[0].Account = edited[0].Account + 1
		_ = other
		w.Must(apptest.ErrOf(w.Members.Remove(w.Context(), s.admin, s.account.ID, app.Of(s.robot.UUID))))
		edited[0].Account = s.account.ID
		want("removed since", cameOf(w, s.admin, edited), "refused technical.not_found")
	})
}

func TestPeopleTakenBack(t *testing.T) { // PLAN-2, USER-1, USER-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		a := w.Account("204817")
		admin := w.Administrator(a, "helene.castaing@maraval.example")
		m := invite(t, w, admin, a, "nouveau@maraval.example")
		want := wanting(t)
		set := func(c app.PersonChange) []audit.Entry {
			t.Helper()
			return slices.DeleteFunc(w.Written(a.ID, func() { w.Must(edit(w, admin, a, m, c)) }), func(e audit.Entry) bool { return e.Kind != audit.UserChanged })
		}
		set(app.PersonChange{First: text("Ada"), Last: text("Roy"), Language: text("fr")})
		edited := set(app.PersonChange{First: text("Eva"), Last: text("Roi"), Language: text("en")})
		set(app.PersonChange{First: text("Eve"), Last: text("Roi")})
		want("the first name changed since", cameOf(w, admin, edited), "changed first_name")
		if u := userOf(t, w, m.User); u.First != "Eve" || u.Last != "Roy" || u.Language != "fr" {
			t.Errorf("PLAN-2 %s %s, %s", u.First, u.Last, u.Language)
		}
		want("alone", cameOf(w, admin, edited), "refused first_name undo.changed_since")
		moved := set(app.PersonChange{Email: text("ailleurs@maraval.example"), Last: text("Reine")})
		want("the address is left", cameOf(w, admin, moved), "changed email user_name")
		want("an address alone", cameOf(w, admin, moved), "refused email user_name person.not_yours")
		edited = set(app.PersonChange{Last: text("Reine")})
		plain, _ := w.Member(a, "plain@maraval.example")
		want("without the right", cameOf(w, plain, edited), "refused denied.permission")
		theirs := w.Account("163918")
		other := w.Administrator(theirs, "p.domange@domaines.example")
		foreign := slices.Clone(edited)
		foreign[0].Account = theirs.ID
		want("another account's", cameOf(w, other, foreign), "refused member.not_found")
		invite(t, w, other, theirs, "ailleurs@maraval.example")
		want("somebody with another account", cameOf(w, admin, edited), "refused person.not_yours")
		erased := slices.Clone(edited)
		erased[0].Erased, erased[0].Personal = true, nil
		want("erased", cameOf(w, admin, erased), "refused undo.not_kept")
	})
}

func TestCustomersTakenBack(t *testing.T) { // PLAN-2, VEND-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		a := w.Account("204817")
		w.Account("163918")
		sales := w.Staff("ventes@batisoft.example", authz.Sales)
		want := wanting(t)
		shown := func() directory.Account {
			t.Helper()
			c, err := w.Accounts.Show(w.Context(), sales, a.UUID)
			w.Must(err)
			c.Account.Version = 0
			return c.Account
		}
		set := func(by func(c *app.AccountChange)) []audit.Entry {
			t.Helper()
			return w.Written(a.ID, func() {
				c := change(shown())
				by(&c)
				_, err := w.Accounts.Change(w.Context(), sales, a.ID, c)
				w.Must(err)
			})
		}
		old := shown()
		all := func(c *app.AccountChange) {
			c.Name, c.ServiceLevel, c.Language, c.TimeZone, c.ContractEnds = "Autre nom", "licence", "en", "Europe/Brussels", time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
			c.Address = directory.PostalAddress{Street: "1 rue", PostalCode: "1000", City: "Bruxelles", Country: "BE"}
			c.Contact = directory.Contact{Name: "Anne Roy", Email: "anne@autre.example"}
		}
		changed := set(all)
		set(func(c *app.AccountChange) { c.Name = "Encore un autre" })
		want("the name changed since", cameOf(w, sales, changed), "changed name")
		kept := old
		kept.Name = "Encore un autre"
		if now := shown(); now.Address != kept.Address || now.Contact != kept.Contact || now.Name != kept.Name || now.ServiceLevel != kept.ServiceLevel ||
			now.Language != kept.Language || now.TimeZone != kept.TimeZone || !now.ContractEnds.Equal(kept.ContractEnds) {
			t.Errorf("PLAN-2 the customer is %+v, want %+v", now, kept)
		}
		want("alone", cameOf(w, sales, changed), "refused name undo.changed_since")
		changed = set(func(c *app.AccountChange) { c.External = "K1" })
		undone := w.Written(a.ID, func() { want("an id that there was not", cameOf(w, sales, changed), "changed") })
		want("again", cameOf(w, sales, changed), "unchanged")
		want("undo of undo", cameOf(w, sales, undone), "changed")
		admin := w.Administrator(a, "helene.castaing@maraval.example")
		want("the customer's administrator", cameOf(w, admin, changed), "refused not_found")
	})
}

func TestApplicationsTakenBack(t *testing.T) { // PLAN-2, APP-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Account("204817")
		w.Account("163918")
		a := anApplication(w, "Facturation", "204 817")
		want := wanting(t)
		now := func() app.ListedApplication {
			list, err := w.Applications.List(w.Context(), w.Operator())
			w.Must(err)
			return list[0]
		}
		set := func(n app.ApplicationRegistration) []audit.Entry {
			t.Helper()
			return w.Written(directory.Installation, func() {
				n.Version = now().Version
				w.Must(w.Applications.Change(w.Context(), w.Operator(), a.UUID, n))
			})
		}
		rights := directory.ApplicationRights()
		changed := set(app.ApplicationRegistration{Name: "Factures", Rights: rights[:1], All: true})
		undone := w.Written(directory.Installation, func() { want("all", cameOf(w, w.Operator(), changed), "changed") })
		if is := now(); is.Name != "Facturation" || !slices.Equal(is.Rights, a.Rights) || !is.Portfolio.Equal(a.Portfolio) {
			t.Errorf("PLAN-2 the application is %+v, want %+v", is.Application, a)
		}
		want("again", cameOf(w, w.Operator(), changed), "unchanged")
		want("undo of undo", cameOf(w, w.Operator(), undone), "changed")
		set(app.ApplicationRegistration{Name: "Factures", Rights: rights[:1], Numbers: []string{"163918"}})
		want("its accounts changed since", cameOf(w, w.Operator(), changed), "changed portfolio")
		want("alone", cameOf(w, w.Operator(), changed), "refused portfolio undo.changed_since")
		want("staff of sales", cameOf(w, w.Staff("ventes@batisoft.example", authz.Sales), changed), "refused denied.duty")
		w.Must(w.Applications.End(w.Context(), w.Operator(), a.UUID))
		want("ended since", cameOf(w, w.Operator(), changed), "refused application.not_found")
	})
}
