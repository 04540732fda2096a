package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// housed makes an active member of a home unit.
func (p park) housed(email, unit string) (authz.Actor, directory.Member) {
	p.T.Helper()
	actor, m := p.Member(p.account, email)
	if unit != "Groupe Maraval" {
		p.Must(p.home(p.admin, m.UUID, p.uuid(unit)))
	}
	return actor, m
}

// uuid is a unit's public id, empty for the root.
func (p park) uuid(unit string) string {
	if unit == "Groupe Maraval" {
		return ""
	}
	return p.unit(unit).UUID
}

func (p park) name(actor authz.Actor, part directory.Part, unit, member string) string {
	p.T.Helper()
	_, err := p.Contracts.Name(p.Context(), actor, p.account.ID, app.ContractNaming{Unit: p.uuid(unit), Part: part, Member: member})
	return p.Code(err)
}

func (p park) end(actor authz.Actor, part directory.Part, unit, member string) string {
	p.T.Helper()
	_, err := p.Contracts.End(p.Context(), actor, p.account.ID, app.ContractNaming{Unit: p.uuid(unit), Part: part, Member: member})
	return p.Code(err)
}

// contract is who looks after a unit as the administrator sees it.
func (p park) contract(unit string) app.UnitContract {
	p.T.Helper()
	c, err := p.Contracts.AtUnit(p.Context(), p.admin, p.account.ID, p.uuid(unit))
	p.Must(err)
	return c
}

func emails(people []app.ContractPerson) []string {
	var emails []string
	for _, c := range people {
		emails = append(emails, c.Email)
	}
	return emails
}

func TestNameReferent(t *testing.T) { // SEAT-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		_, nantes := p.housed("nantes@maraval.example", "Agence de Nantes")
		_, location := p.housed("location@maraval.example", "Maraval Location")
		_, root := p.housed("groupe@maraval.example", "Groupe Maraval")
		manager, _ := p.person("gestion@maraval.example", "manager", "Maraval Location")
		off, switched := p.housed("parti@maraval.example", "Maraval Location")
		verdicts, err := w.Members.Deactivate(w.Context(), p.admin, p.account.ID, app.Of(switched.UUID))
		w.Must(errors.Join(err, verdicts.FirstRefusal()))
		_, elsewhere := w.Member(w.Account("117 402"), "ailleurs@ardoises.example")
		t.Run("ACC-2 the first to claim the account is the root's referent", func(t *testing.T) {
			c := p.contract("Groupe Maraval")
			if c.Referent.Email != "helene.castaing@maraval.example" || len(c.Deputies) != 0 || c.Referent.From != w.Now() {
				t.Errorf("%+v", c)
			}
		})
		referent, deputy := directory.ReferentPart, directory.DeputyPart
		for _, test := range []struct {
			name         string
			actor        authz.Actor
			part         directory.Part
			unit, member string
			want         string
		}{
			{"SEAT-7 of the unit itself", p.admin, referent, "Maraval Location", location.UUID, ""},
			{"SEAT-7 the same again", p.admin, referent, "Maraval Location", location.UUID, ""},
			{"SEAT-7 of a unit below, by who manages the members there", manager, referent, "Maraval Location", nantes.UUID, ""},
			{"SEAT-7 the referent is no deputy", p.admin, deputy, "Maraval Location", nantes.UUID, "referent.already"},
			{"SEAT-7 a deputy", manager, deputy, "Maraval Location", location.UUID, ""},
			{"SEAT-7 a user of another entity", p.admin, deputy, "Maraval Location", root.UUID, "referent.elsewhere"},
			{"SEAT-7 at the root anybody of the account", p.admin, deputy, "Groupe Maraval", nantes.UUID, ""},
			{"SEAT-7 at the root who manages members is not enough", manager, deputy, "Groupe Maraval", root.UUID, "unit.not_found"},
			{"SEAT-7 who is switched off", p.admin, deputy, "Maraval Location", switched.UUID, "member.inactive"},
			{"SEAT-7 by who is switched off", off, deputy, "Maraval Location", location.UUID, "account.not_found"},
			{"USER-5 of another account", p.admin, deputy, "Maraval Location", elsewhere.UUID, "member.not_found"},
			{"SEAT-7 nobody", p.admin, referent, "Maraval Location", "", "member.not_found"},
			{"DOOR-6 a very long name", p.admin, referent, "Maraval Location", strings.Repeat("x", 70_000), "member.not_found"},
			{"SEAT-7 no part", p.admin, "owner", "Maraval Location", location.UUID, "field.unknown_choice"},
			{"SEAT-7 a unit whose people one does not manage", manager, referent, "Maraval Conseil", nantes.UUID, "unit.not_found"},
		} {
			if got := p.name(test.actor, test.part, test.unit, test.member); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		t.Run("SEAT-7 the former referent stops in the same act", func(t *testing.T) {
			c := p.contract("Maraval Location")
			if c.Referent.Email != "nantes@maraval.example" || !slices.Equal(emails(c.Deputies), []string{"location@maraval.example"}) {
				t.Errorf("referent %s, deputies %v", c.Referent.Email, emails(c.Deputies))
			}
			if named, ended := recorded(w, audit.ReferentNamed, location.User), recorded(w, audit.ReferentEnded, location.User); named != 1 || ended != 1 {
				t.Errorf("%d entries of the beginning and %d of the end, want 1 each", named, ended)
			}
		})
		t.Run("SEAT-7 a unit without its own is looked after by the nearest above", func(t *testing.T) {
			for _, test := range []struct{ unit, want, of string }{
				{"Nacelles", "nantes@maraval.example", "Maraval Location"}, {"Maraval Conseil", "helene.castaing@maraval.example", "Groupe Maraval"},
			} {
				if c := p.contract(test.unit); c.Referent.Member != "" || c.Above.Email != test.want || c.AboveUnit.Name != test.of {
					t.Errorf("%s: %s of %s, want %s of %s", test.unit, c.Above.Email, c.AboveUnit.Name, test.want, test.of)
				}
			}
			c, err := w.Contracts.AtUnit(w.Context(), manager, p.account.ID, p.uuid("Maraval Location"))
			if w.Must(err); c.Referent.Member == "" || c.Above.Member != "" {
				t.Errorf("one who has their own: %+v", c)
			}
		})
		t.Run("MAIL-1 whoever is named is told, and not of what is over", func(t *testing.T) {
			told := mails(t, w)
			if named := told[directory.MailReferentNamed]; len(named) != 1 || named[0].Mail.Address != "nantes@maraval.example" ||
				named[0].Mail.Path != "/accounts/204817/contract" || named[0].Mail.Facts[directory.FactUnit] != "Maraval Location" {
				t.Errorf("%+v", named)
			}
			if len(told[directory.MailDeputyNamed]) != 2 {
				t.Errorf("%d deputies are told, want 2", len(told[directory.MailDeputyNamed]))
			}
		})
	})
}

// TestReferentNamesDeputies: being referent allows exactly one thing.
func TestReferentNamesDeputies(t *testing.T) { // SEAT-7, SEAT-8, ACC-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		referent, itself := p.housed("referente@maraval.example", "Maraval Location")
		deputy, second := p.housed("suppleant@maraval.example", "Agence de Nantes")
		_, third := p.housed("troisieme@maraval.example", "Maraval Location")
		units := []string{"Groupe Maraval", "Maraval France", "Maraval Location", "Agence de Nantes", "Maraval Conseil"}
		may := func() (all [][]authz.Permission) {
			for _, who := range []authz.Actor{referent, deputy} {
				rights, err := w.Rights(w.Context(), who, p.account.ID)
				w.Must(err)
				for _, unit := range units {
					all = append(all, rights.At(p.keys[unit]))
				}
			}
			return all
		}
		before := may()
		if got := p.name(p.admin, directory.ReferentPart, "Maraval Location", itself.UUID); got != "" {
			t.Fatal(got)
		}
		if got := p.name(referent, directory.DeputyPart, "Maraval Location", second.UUID); got != "" {
			t.Errorf("SEAT-7 a deputy of their own entity: %q", got)
		}
		for _, test := range []struct {
			name  string
			actor authz.Actor
			part  directory.Part
			unit  string
			want  string
		}{
			{"another referent", referent, directory.ReferentPart, "Maraval Location", "denied.permission"},
			{"a deputy of the entity below", referent, directory.DeputyPart, "Agence de Nantes", "denied.permission"},
			{"a deputy of the entity above", referent, directory.DeputyPart, "Maraval France", "unit.not_found"},
			{"a deputy at the root", referent, directory.DeputyPart, "Groupe Maraval", "unit.not_found"},
			{"a deputy names nobody", deputy, directory.DeputyPart, "Maraval Location", "denied.permission"},
		} {
			if got := p.name(test.actor, test.part, test.unit, third.UUID); got != test.want {
				t.Errorf("SEAT-8 %s: %q, want %q", test.name, got, test.want)
			}
		}
		if after := may(); !slices.EqualFunc(before, after, slices.Equal) {
			t.Errorf("ACC-9 rights before %v, after %v", before, after)
		}
		choice, err := w.Contracts.Choices(w.Context(), referent, p.account.ID, app.ContractNaming{Unit: p.uuid("Maraval Location"), Part: directory.DeputyPart}, "")
		w.Must(err)
		if choice.Total != 3 || len(choice.People) != 3 || slices.ContainsFunc(choice.People, func(c app.ContractPerson) bool { return c.Email != "" }) {
			t.Errorf("ACC-10 they choose among %d, with addresses %v", choice.Total, emails(choice.People))
		}
		if _, err := w.Contracts.Choices(w.Context(), deputy, p.account.ID, app.ContractNaming{Unit: p.uuid("Maraval Location"), Part: directory.DeputyPart}, ""); w.Code(err) != "denied.permission" {
			t.Errorf("SEAT-8 a deputy chooses: %v", err)
		}
		if got := p.end(referent, directory.ReferentPart, "Maraval Location", itself.UUID); got != "denied.permission" {
			t.Errorf("SEAT-8 their own end: %q", got)
		}
		if got := p.end(referent, directory.DeputyPart, "Maraval Location", second.UUID); got != "" {
			t.Errorf("SEAT-7 a deputy's end: %q", got)
		}
		if got := p.end(referent, directory.DeputyPart, "Maraval Location", second.UUID); got != "referent.not_found" {
			t.Errorf("SEAT-7 the same again: %q", got)
		}
	})
}

// TestPartsEndWithTheEntity: leaving the entity ends what somebody is for its
// contract, by whichever door; what stays in it does not.
func TestPartsEndWithTheEntity(t *testing.T) { // SEAT-7, UNIT-4, UNIT-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		_, m := p.housed("nantes@maraval.example", "Agence de Nantes")
		for _, unit := range []string{"Groupe Maraval", "Maraval France", "Maraval Location", "Agence de Nantes"} {
			if got := p.name(p.admin, directory.DeputyPart, unit, m.UUID); got != "" {
				t.Fatalf("%s: %s", unit, got)
			}
		}
		still := func() []string {
			var units []string
			for _, unit := range []string{"Groupe Maraval", "Maraval France", "Maraval Location", "Agence de Nantes"} {
				if slices.Contains(emails(p.contract(unit).Deputies), "nantes@maraval.example") {
					units = append(units, unit)
				}
			}
			return units
		}
		check := func(what string, want ...string) {
			t.Helper()
			if got := still(); !slices.Equal(got, want) {
				t.Errorf("SEAT-7 %s: still deputy of %v, want %v", what, got, want)
			}
		}
		verdicts, err := w.Members.Deactivate(w.Context(), p.admin, p.account.ID, app.Of(m.UUID))
		w.Must(errors.Join(err, verdicts.FirstRefusal()))
		check("switched off", "Groupe Maraval", "Maraval France", "Maraval Location", "Agence de Nantes")
		if c := p.contract("Maraval Location"); !c.Deputies[0].Inactive {
			t.Error("SEAT-7 who is switched off is not shown as such")
		}
		w.Must(p.home(p.admin, m.UUID, p.uuid("Nacelles")))
		check("a home unit below", "Groupe Maraval", "Maraval France", "Maraval Location", "Agence de Nantes")
		if got := p.move(p.admin, "Agence de Nantes", "Maraval Benelux"); got != "" {
			t.Fatal(got)
		}
		check("the unit has moved", "Groupe Maraval", "Agence de Nantes")
		if n := recorded(w, audit.DeputyEnded, m.User); n != 2 {
			t.Errorf("HIST-1 %d entries of it, want 2", n)
		}
		w.Must(p.home(p.admin, m.UUID, p.uuid("Gand")))
		check("another home unit", "Groupe Maraval")
		verdicts, err = w.Members.Remove(w.Context(), p.admin, p.account.ID, app.Of(m.UUID))
		w.Must(errors.Join(err, verdicts.FirstRefusal()))
		check("removed")
		export, err := w.Users.Export(w.Context(), w.Operator(), m.User)
		if w.Must(err); len(export.Memberships) != 1 || len(export.Memberships[0].Contracts) != 4 || export.Memberships[0].Contracts[0].To == nil {
			t.Errorf("USER-7 what is exported of it: %+v", export.Memberships)
		}
	})
}

// TestNamingRaces: of two who name at once on what both saw, one is told; whoever
// is removed at the same moment is not named afterwards.
func TestNamingRaces(t *testing.T) { // SEAT-7, PLAN-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		unit := p.uuid("Maraval Location")
		for round := range 5 {
			_, one := p.housed(fmt.Sprintf("un%d@maraval.example", round), "Maraval Location")
			_, two := p.housed(fmt.Sprintf("deux%d@maraval.example", round), "Maraval Location")
			former := p.contract("Maraval Location").Former()
			var codes [2]string
			var both sync.WaitGroup
			for i, m := range []directory.Member{one, two} {
				both.Go(func() {
					_, err := w.Contracts.Name(w.Context(), p.admin, p.account.ID,
						app.ContractNaming{Unit: unit, Part: directory.ReferentPart, Member: m.UUID, Former: former})
					codes[i] = w.Code(err)
				})
			}
			both.Wait()
			slices.Sort(codes[:])
			if codes != [2]string{"", "stale"} {
				t.Errorf("PLAN-4 two at once: %q", codes)
			}
			both.Go(func() {
				_, err := w.Contracts.Name(w.Context(), p.admin, p.account.ID, app.ContractNaming{Unit: unit, Part: directory.DeputyPart, Member: one.UUID})
				if code := w.Code(err); code != "" && code != "member.not_found" && code != "referent.already" {
					t.Errorf("SEAT-7 named while they go: %q", code)
				}
			})
			both.Go(func() {
				verdicts, err := w.Members.Remove(w.Context(), p.admin, p.account.ID, app.Selection{Members: []string{one.UUID, two.UUID}})
				if err := errors.Join(err, verdicts.FirstRefusal()); err != nil {
					t.Error(err)
				}
			})
			both.Wait()
			if c := p.contract("Maraval Location"); c.Referent.Member != "" || len(c.Deputies) != 0 {
				t.Errorf("SEAT-7 who has gone is named: %+v %v", c.Referent, c.Deputies)
			}
		}
	})
}

// TestContractsOfManyUnits: each unit that somebody is named for says its own people,
// and else the nearest referent above.
func TestContractsOfManyUnits(t *testing.T) { // SEAT-7, SEAT-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		reader, m := p.housed("nacelles@maraval.example", "Nacelles")
		_, other := p.housed("autre@maraval.example", "Nacelles")
		referent, deputy := directory.ReferentPart, directory.DeputyPart
		for _, named := range []struct {
			part         directory.Part
			unit, member string
		}{
			{deputy, "Maraval France", m.UUID}, {referent, "Maraval Location", m.UUID}, {deputy, "Maraval Location", other.UUID},
			{deputy, "Agence de Nantes", m.UUID}, {deputy, "Agence de Nantes", other.UUID}, {referent, "Nacelles", other.UUID}, {deputy, "Nacelles", m.UUID},
		} {
			if got := p.name(p.admin, named.part, named.unit, named.member); got != "" {
				t.Fatalf("%s of %s: %s", named.part, named.unit, got)
			}
		}
		page, err := w.Contracts.Page(w.Context(), reader, p.account.ID, 0)
		w.Must(err)
		var said []string
		for _, c := range page.Units {
			line := c.Unit.Name + ": " + c.Referent.Name
			for _, d := range c.Deputies {
				line += " + " + d.Name
			}
			if c.Above.Member != "" {
				line += ", above " + c.Above.Name + " of " + c.AboveUnit.Name
			}
			said = append(said, line)
		}
		want := []string{
			"Maraval France:  + nacelles, above helene castaing of Groupe Maraval",
			"Maraval Location: nacelles + autre",
			"Agence de Nantes:  + autre + nacelles, above nacelles of Maraval Location",
			"Nacelles: autre + nacelles",
		}
		if !slices.Equal(said, want) {
			t.Errorf("SEAT-7\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
		}
	})
}

// TestNamingAnswers: whoever names somebody who is it already changes nothing, names
// themselves like anybody else, and is told at the field who cannot be named.
func TestNamingAnswers(t *testing.T) { // SEAT-7, DOOR-6, MAIL-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		_, one := p.housed("un@maraval.example", "Maraval Location")
		_, two := p.housed("deux@maraval.example", "Maraval Location")
		_, beside := p.housed("conseil@maraval.example", "Maraval Conseil")
		_, above := p.housed("france@maraval.example", "Maraval France")
		karim := w.Administrator(p.account, "karim.haddad@maraval.example")
		itself := memberByEmail(t, w, p.account, "karim.haddad@maraval.example")
		helene := memberByEmail(t, w, p.account, "helene.castaing@maraval.example")
		referent, deputy := directory.ReferentPart, directory.DeputyPart
		for _, test := range []struct {
			name         string
			actor        authz.Actor
			part         directory.Part
			unit, member string
			want, field  string
		}{
			{"a deputy", p.admin, deputy, "Maraval Location", one.UUID, "", ""},
			{"the same deputy again", p.admin, deputy, "Maraval Location", one.UUID, "", ""},
			{"oneself deputy", karim, deputy, "Groupe Maraval", itself.UUID, "", ""},
			{"oneself referent", karim, referent, "Groupe Maraval", itself.UUID, "", ""},
			{"oneself again", karim, referent, "Groupe Maraval", itself.UUID, "", ""},
			{"oneself deputy, being referent", karim, deputy, "Groupe Maraval", itself.UUID, "referent.already", "member"},
			{"oneself of a unit below one's own", karim, referent, "Maraval Location", itself.UUID, "referent.elsewhere", "member"},
			{"somebody of the unit beside", p.admin, referent, "Maraval Location", beside.UUID, "referent.elsewhere", "member"},
			{"somebody of the unit above", p.admin, deputy, "Maraval Location", above.UUID, "referent.elsewhere", "member"},
			{"the former referent, as a deputy", p.admin, deputy, "Groupe Maraval", helene.UUID, "", ""},
		} {
			_, err := w.Contracts.Name(w.Context(), test.actor, p.account.ID, app.ContractNaming{Unit: p.uuid(test.unit), Part: test.part, Member: test.member})
			if got := w.Code(err); got != test.want || fieldOf(err) != test.field {
				t.Errorf("SEAT-7 %s: %q at %q, want %q at %q", test.name, got, fieldOf(err), test.want, test.field)
			}
		}
		unit := p.uuid("Maraval Location")
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() {
				_, err := w.Contracts.Name(w.Context(), p.admin, p.account.ID, app.ContractNaming{Unit: unit, Part: deputy, Member: two.UUID})
				if code := w.Code(err); code != "" && code != "stale" {
					t.Errorf("SEAT-7 at the same moment: %q", code)
				}
			})
		}
		both.Wait()
		if got := emails(p.contract("Maraval Location").Deputies); !slices.Equal(got, []string{"deux@maraval.example", "un@maraval.example"}) {
			t.Errorf("SEAT-7 deputies %v", got)
		}
		if c := p.contract("Groupe Maraval"); c.Referent.Member != itself.UUID || !slices.Equal(emails(c.Deputies), []string{"helene.castaing@maraval.example"}) {
			t.Errorf("SEAT-7 of the root: %s, %v", c.Referent.Email, emails(c.Deputies))
		}
		for who, want := range map[directory.UserID]int64{one.User: 1, two.User: 1, itself.User: 1, helene.User: 1} {
			if got := recorded(w, audit.DeputyNamed, who); got != want {
				t.Errorf("HIST-1 %d entries of naming %d, want %d", got, who, want)
			}
		}
		told := mails(t, w)
		var addresses []string
		for _, m := range append(told[directory.MailDeputyNamed], told[directory.MailReferentNamed]...) {
			addresses = append(addresses, m.Mail.Address)
		}
		if slices.Sort(addresses); !slices.Equal(addresses, []string{"deux@maraval.example", "un@maraval.example"}) {
			t.Errorf("MAIL-1 told are %v", addresses)
		}
	})
}
