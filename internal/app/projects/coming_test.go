package projects_test

import (
	"fmt"
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestRoleDefaults: a function brings its level and products, none or one that says
// nothing of projects the least level; what is said by hand stands, and stands when the
// function changes only where it is said again.
func TestRoleDefaults(t *testing.T) { // ADD-4, ADD-9, PROJ-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		none, site := map[string]string(nil), map[string]string{"site": directory.NoAccess, "model": directory.AdministratorAccess}
		for i, test := range []struct {
			functions []string
			level     string
			access    map[string]string
			want      string
		}{
			{nil, "", none, " |  | project-member | analytics plans"},
			{[]string{"site-manager"}, "", none, " | site-manager | project-member | analytics budget plans site"},
			{[]string{"quantity-surveyor"}, "", none, " | quantity-surveyor | project-member | analytics plans site takeoff"},
			{[]string{"engineer"}, "", none, " | engineer | project-member | analytics model plans"},
			{[]string{"director"}, "", none, " | director | project-member | analytics budget plans"},
			{[]string{"architect", "project-manager"}, "", none, " | architect+project-manager | project-administrator | analytics* budget* model* plans* site* takeoff*"},
			{[]string{"project-manager"}, works, none, " | project-manager | project-member | analytics budget plans site takeoff"},
			{[]string{"site-manager"}, "", site, " | site-manager | project-member | analytics budget model* plans"},
			{[]string{"architect"}, leads, site, " | architect | project-administrator | analytics* budget* model* plans* site* takeoff*"},
			{nil, "", map[string]string{"analytics": directory.NoAccess}, " |  | project-member | plans"},
		} {
			email := fmt.Sprintf("someone.n%d@maraval.example", i)
			_, m := f.hire(email, "")
			f.add(f.admin, project, row{NewMember: app.NewMember{Email: email, Functions: test.functions}, Level: test.level, Access: test.access})
			f.wants(fmt.Sprintf("ADD-4 %v %s %v", test.functions, test.level, test.access), project, m, test.want)
		}
		_, m := f.hire("zoe.lambert@maraval.example", "", "architect")
		f.add(f.admin, project, row{NewMember: app.NewMember{Email: "zoe.lambert@maraval.example"}, Access: site})
		f.wants("PROJ-3", project, m, " | architect | project-member | analytics model* plans")
		f.Must(f.change(f.admin, project, m, app.PlaceChange{Company: text("Maraval")}))
		f.wants("ADD-4 another company sets nothing else", project, m, "Maraval | architect | project-member | analytics model* plans")
		f.Must(f.change(f.admin, project, m, app.PlaceChange{Functions: &[]string{"site-manager"}, Access: site}))
		f.wants("ADD-4 what is said with a role stands", project, m, "Maraval | site-manager | project-member | analytics model* plans")
		f.Must(f.change(f.admin, project, m, app.PlaceChange{Functions: &[]string{"project-manager"}}))
		f.wants("ADD-4 a role sets the row anew", project, m, "Maraval | project-manager | project-administrator | analytics* budget* model* plans* site* takeoff*")
		f.Must(f.change(f.admin, project, m, app.PlaceChange{Level: text(works)}))
		f.wants("PROJ-4 who administers no more has what was given", project, m, "Maraval | project-manager | project-member | analytics budget plans site takeoff")
	})
}

// TestInvitedByComing: who was not invited yet is when they come into a project, once,
// and not by a silent act or a preview; who is in already hears of it without being
// invited.
func TestInvitedByComing(t *testing.T) { // INV-8, PLAN-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project, other := f.create(f.admin, "Collège des Sablons"), f.create(f.admin, "Gare du Nord")
		emails := apptest.Addresses(4, "maraval.example")
		verdicts, err := f.Members.Add(f.Context(), f.admin, f.account.ID, []app.NewMember{{Row: 1, Email: emails[0]}, {Row: 2, Email: emails[1]}, {Row: 3, Email: emails[2]}},
			app.AddOptions{Silent: true})
		f.Must(apptest.ErrOf(verdicts, err))
		f.hire("active.member@maraval.example", "")
		if n := len(f.invitations()); n != 0 {
			t.Fatalf("%d invitations before", n)
		}
		rows := []row{mail(emails[0]), mail("active.member@maraval.example"), mail(emails[3])}
		_, err = f.try(f.admin, project, app.PlaceOptions{Preview: true}, rows...)
		f.Must(err)
		if n := f.members(project, app.ProjectMemberQuery{}).Found; n != 0 || len(f.invitations()) != 0 {
			t.Errorf("PLAN-1 a preview brought %d in and invited %v", n, f.invitations())
		}
		verdicts, err = f.try(f.admin, project, app.PlaceOptions{}, rows...)
		f.Must(apptest.ErrOf(verdicts, err))
		for i, want := range []bool{true, false, true} {
			if verdicts[i].Invited != want {
				t.Errorf("INV-8 row %d is invited: %v", i+1, verdicts[i].Invited)
			}
		}
		f.add(f.admin, other, mail(emails[0]))
		silent, err := f.try(f.admin, project, app.PlaceOptions{Silent: true}, mail(emails[1]))
		f.Must(apptest.ErrOf(silent, err))
		if m := f.in(project, silent[0].Member).Member; m.Status != directory.NotInvited || silent[0].Invited {
			t.Errorf("INV-8 silently in, and %s", m.Status)
		}
		if got := f.invitations(); !slices.Equal(got, []string{emails[0], emails[3]}) {
			t.Errorf("INV-8 invited are %v", got)
		}
		copied, err := f.Projects.CopyMembers(f.Context(), f.admin, f.at(other), app.ProjectCopying{From: project})
		f.Must(apptest.ErrOf(copied, err))
		if got := f.invitations(); !slices.Equal(got, []string{emails[0], emails[1], emails[3]}) {
			t.Errorf("INV-8 with who was copied invited are %v", got)
		}
	})
}

// invitations are the addresses to which an invitation is to go, sorted.
func (f firm) invitations() (emails []string) {
	f.t.Helper()
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		mails, err := r.MailQueue(f.Context(), store.MailFilter{}, store.MailPlace{}, 1000)
		for _, m := range mails {
			if (m.Kind == directory.MailInvitation || m.Kind == directory.MailInvitationKnown) && m.State == directory.MailWaiting {
				emails = append(emails, m.Address)
			}
		}
		return err
	}))
	slices.Sort(emails)
	return emails
}

// TestDoubleRows: who stands in two rows comes by the first; the second is refused and
// says which that was; a role that is named twice is held once.
func TestDoubleRows(t *testing.T) { // ADD-2, BULK-3, PROJ-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		_, camille := f.hire("camille.aubrac@maraval.example", "")
		verdicts, err := f.try(f.admin, project, app.PlaceOptions{}, row{NewMember: app.NewMember{Email: "camille.aubrac@maraval.example", Company: "Kestner Bau"}},
			mail("new.one@kestner.example"), row{NewMember: app.NewMember{Email: " Camille.Aubrac@MARAVAL.example", Company: "Ferrand"}}, mail("NEW.one@kestner.example"))
		f.Must(err)
		var got []string
		for _, v := range verdicts {
			word := string(v.Outcome)
			if v.Refusal != nil {
				word = fmt.Sprint(v.Refusal.Field, " ", v.Refusal.Code, " ", v.Refusal.Args["Row"])
			}
			got = append(got, fmt.Sprint(v.Row, " ", word))
		}
		if want := []string{"1 added", "2 added", "3 email member.double_row 1", "4 email member.double_row 2"}; !slices.Equal(got, want) {
			t.Errorf("ADD-2 %q, want %q", got, want)
		}
		f.wants("ADD-2", project, camille, "Kestner Bau |  | project-member | analytics plans")
		_, zoe := f.hire("zoe.lambert@maraval.example", "")
		f.add(f.admin, project, row{NewMember: app.NewMember{Email: "zoe.lambert@maraval.example", Functions: []string{"architect", "architect"}}})
		f.wants("PROJ-2 a role named twice", project, zoe, " | architect | project-member | analytics model plans")
		f.Must(f.change(f.admin, project, camille, app.PlaceChange{Functions: &[]string{"site-manager", "site-manager"}}))
		f.wants("PROJ-2 a role named twice", project, camille, "Kestner Bau | site-manager | project-member | analytics budget plans site")
		v := f.add(f.admin, project, row{NewMember: app.NewMember{Email: "third@kestner.example", Functions: []string{"architect", "architect"}}})
		if len(v.Member.Functions) != 1 {
			t.Errorf("PROJ-8 a role named twice is held in the account as %v", v.Member.Functions)
		}
		for _, m := range []directory.Member{camille, zoe, v.Member} {
			if held := f.in(project, m).Since.Functions; len(held) != 1 {
				t.Errorf("PROJ-2 a role named twice is held as %v", held)
			}
		}
		twice, err := f.Projects.RemovePlaces(f.Context(), f.admin, f.at(project), app.ProjectSelection{Members: []string{zoe.UUID, zoe.UUID}})
		f.Must(apptest.ErrOf(twice, err))
		if len(twice) != 1 {
			t.Errorf("BULK-3 %d verdicts about one", len(twice))
		}
	})
}

// TestComesBack: who was removed from the account and is brought into a project again
// is in the account again, invited, and in that project alone; who administers projects
// does it only where the account lets them add people.
func TestComesBack(t *testing.T) { // PROJ-6, PROJ-8, INV-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project, other := f.create(f.admin, "Collège des Sablons"), f.create(f.admin, "Gare du Nord")
		chief, _ := f.leader(project, "fatou.diarra@maraval.example")
		camille, m := f.leader(other, "camille.aubrac@maraval.example")
		f.add(f.admin, project, row{NewMember: app.NewMember{Email: "camille.aubrac@maraval.example", Company: "Kestner Bau"}})
		f.Must(apptest.ErrOf(f.Members.Remove(f.Context(), f.admin, f.account.ID, app.Of(m.UUID))))
		if a, b := f.members(project, app.ProjectMemberQuery{}).Found, f.members(other, app.ProjectMemberQuery{}).Found; a != 1 || b != 0 {
			t.Errorf("PROJ-6 %d and %d are left", a, b)
		}
		f.refused("PROJ-6", f.leave(f.admin, project, m), "place.not_found")
		f.people(false)
		f.refused("PROJ-8 back by who may not", apptest.ErrOf(f.try(chief, project, app.PlaceOptions{}, mail("camille.aubrac@maraval.example"))), "project.people_off")
		f.people(true)
		v := f.add(chief, project, row{NewMember: app.NewMember{Email: "camille.aubrac@maraval.example", Functions: []string{"architect"}}})
		if !v.Invited || !v.Came || v.Member.Status != directory.Invited || v.Member.User != camille.User {
			t.Errorf("PROJ-8 back is %+v", v)
		}
		f.wants("PROJ-3 back", project, v.Member, " | architect | project-member | analytics model plans")
		if n := f.members(other, app.ProjectMemberQuery{}).Found; n != 0 {
			t.Errorf("PROJ-6 back in %d other places", n)
		}
		_, err := f.Projects.Open(f.Context(), camille, f.at(project))
		f.refused("PROJ-11 back, and not in yet", err, "account.not_found")
		if n := len(f.entries(audit.PlaceAdded)); n != 4 {
			t.Errorf("HIST-1 %d entries of places", n)
		}
	})
}

// people says whether administrators of projects add people who are new to the account.
func (f firm) people(may bool) {
	f.t.Helper()
	settings, err := f.Accounts.Settings(f.Context(), f.admin, f.account.ID)
	f.Must(err)
	settings.AddPeople = may
	f.Must(f.Accounts.ChangeSettings(f.Context(), f.admin, f.account.ID, settings.AccountSettings))
}

// TestWhoMayNot: a plain member, a stranger and who left see or refuse alike, do
// nothing, and the plain member reads who is there and opens no profile.
func TestWhoMayNot(t *testing.T) { // LIST-8, PROJ-7, PROJ-11
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		plain, m := f.hire("camille.aubrac@maraval.example", "")
		f.add(f.admin, project, mail("camille.aubrac@maraval.example"))
		outside, _ := f.hire("zoe.lambert@maraval.example", "")
		stranger := w.Administrator(w.AccountOf("204 818", "construction"), "paul.boss@kestner.example")
		page, err := f.Projects.Members(f.Context(), plain, f.at(project), app.ProjectMemberQuery{})
		f.Must(err)
		if may := page.Project.May; page.Found != 1 || len(page.Rows) != 1 || may.OpenProfiles || may.ManageMembers || may.Change || may.Archive || may.Export {
			t.Errorf("LIST-8 a plain member sees %d and may %+v", page.Found, may)
		}
		for _, who := range []struct {
			by   authz.Actor
			code string
		}{{plain, "denied.permission"}, {outside, "project.not_found"}, {stranger, "account.not_found"}} {
			at, ctx, one := f.at(project), f.Context(), app.ProjectSelection{Members: []string{m.UUID}}
			errs := map[string]error{}
			_, errs["profile"] = f.Projects.Profile(ctx, who.by, at, m.UUID, app.ProjectMemberQuery{})
			_, errs["selected"] = f.Projects.Selected(ctx, who.by, at, one)
			_, errs["choices"] = f.Projects.Choices(ctx, who.by, at)
			_, errs["editing"] = f.Projects.Editing(ctx, who.by, at)
			_, errs["sources"] = f.Projects.Sources(ctx, who.by, at, app.ProjectSourceQuery{})
			_, errs["add nobody"] = f.Projects.Add(ctx, who.by, at, nil, app.PlaceOptions{})
			_, errs["change nobody"] = f.Projects.ChangePlaces(ctx, who.by, at, app.ProjectSelection{}, app.PlaceChange{})
			_, errs["quick"] = f.Projects.AddQuick(ctx, who.by, at, "x@y.example", row{})
			_, errs["copy"] = f.Projects.CopyMembers(ctx, who.by, at, app.ProjectCopying{From: project})
			errs["remove"] = f.leave(who.by, project, m)
			errs["edit"] = f.edit(who.by, project, app.ProjectChange{Name: text("Autre")})
			errs["archive"] = f.Projects.Archive(ctx, who.by, at, 1)
			for name, err := range errs {
				f.refused("LIST-8 PROJ-7 "+name, err, who.code)
			}
		}
		if n := f.members(project, app.ProjectMemberQuery{}).Found; n != 1 || f.shown(project).Revision != 1 {
			t.Errorf("PROJ-7 %d are there after all", n)
		}
	})
}

// TestRowChanges: a row about somebody who is there changes nothing, or where it is
// asked for what it says and nothing else; what was set by hand stands until another
// role is said.
func TestRowChanges(t *testing.T) { // ADD-13, ADD-4, PROJ-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		_, m := f.hire("camille.aubrac@maraval.example", "Maraval", "architect")
		who := app.NewMember{Email: "camille.aubrac@maraval.example"}
		said := func(set func(n *row)) row {
			n := row{NewMember: who}
			set(&n)
			return n
		}
		f.add(f.admin, project, said(func(n *row) { n.Company, n.Functions, n.Level = "Kestner Bau", []string{"site-manager"}, leads }))
		f.Must(f.change(f.admin, project, m, app.PlaceChange{Tools: map[string]map[string]string{"plans": {"files": "edit"}}}))
		f.Must(f.change(f.admin, project, m, app.PlaceChange{Level: text(works)}))
		f.Must(f.change(f.admin, project, m, app.PlaceChange{Access: map[string]string{"takeoff": directory.MemberAccess, "budget": directory.NoAccess}}))
		was := "Kestner Bau | site-manager | project-member | analytics plans site takeoff"
		for _, test := range []struct {
			n    row
			o    app.PlaceOptions
			want string
		}{
			{said(func(n *row) { n.Company, n.Functions, n.Level = "Ferrand", []string{"architect"}, leads }), app.PlaceOptions{}, was},
			{said(func(*row) {}), app.PlaceOptions{Change: true}, was},
			{said(func(n *row) { n.Functions = []string{"site-manager"} }), app.PlaceOptions{Change: true}, was},
			{said(func(n *row) { n.Access = map[string]string{"model": directory.AdministratorAccess} }), app.PlaceOptions{Change: true},
				"Kestner Bau | site-manager | project-member | analytics model* plans site takeoff"},
			{said(func(n *row) { n.Company = "Ferrand" }), app.PlaceOptions{Change: true}, "Ferrand | site-manager | project-member | analytics model* plans site takeoff"},
			{said(func(n *row) { n.Functions = []string{"quantity-surveyor"} }), app.PlaceOptions{Change: true},
				"Ferrand | quantity-surveyor | project-member | analytics plans site takeoff"},
			{said(func(n *row) { n.Level = leads }), app.PlaceOptions{Change: true},
				"Ferrand | quantity-surveyor | project-administrator | analytics* budget* model* plans* site* takeoff*"},
		} {
			verdicts, err := f.try(f.admin, project, test.o, test.n)
			f.Must(apptest.ErrOf(verdicts, err))
			f.wants(fmt.Sprintf("ADD-13 %+v %v", test.n, test.o.Change), project, m, test.want)
		}
		if level := f.in(project, m).Given["plans"].Tools["files"]; level != "edit" {
			t.Errorf("PROJ-12 the level of a tool is %q", level)
		}
	})
}

// TestInvitedAgain: who manages a project's members sends an invitation again, also to
// whom they see nowhere in the account; to nobody who has accepted theirs.
func TestInvitedAgain(t *testing.T) { // INV-3, INV-8, PROJ-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		lea, _ := w.Member(f.account, "lea@maraval.example")
		w.Must(apptest.ErrOf(f.Projects.Add(f.Context(), f.admin, f.at(project), []app.NewPlace{
			{NewMember: app.NewMember{Row: 1, Email: "lea@maraval.example"}, Level: "project-administrator"},
			{NewMember: app.NewMember{Row: 2, Email: "nadia@atelier.example"}},
		}, app.PlaceOptions{})))
		page, err := f.Projects.Members(f.Context(), lea, f.at(project), app.ProjectMemberQuery{Search: "nadia"})
		w.Must(err)
		if len(page.Rows) != 1 || !page.Rows[0].Resend {
			t.Fatalf("INV-3 the row offers nothing: %+v", page.Rows)
		}
		nadia := app.ProjectSelection{Members: []string{page.Rows[0].Member.UUID}}
		w.Must(apptest.ErrOf(f.Projects.Invite(f.Context(), lea, f.at(project), nadia)))
		if n := len(f.entries(audit.InvitationResent)); n != 1 {
			t.Errorf("INV-3 %d invitations were sent again, want one", n)
		}
		mine, err := f.Projects.Members(f.Context(), lea, f.at(project), app.ProjectMemberQuery{Search: "lea"})
		w.Must(err)
		verdicts, err := f.Projects.Invite(f.Context(), f.admin, f.at(project), app.ProjectSelection{Members: []string{mine.Rows[0].Member.UUID}})
		w.Must(err)
		if got := w.Code(verdicts.FirstRefusal()); got != "member.already_active" || mine.Rows[0].Resend {
			t.Errorf("INV-3 who has accepted theirs: %q, offered %t", got, mine.Rows[0].Resend)
		}
		w.Must(apptest.ErrOf(f.Projects.ChangePlaces(f.Context(), f.admin, f.at(project), app.ProjectSelection{Members: []string{mine.Rows[0].Member.UUID}},
			app.PlaceChange{Level: text("project-member")})))
		if _, err := f.Projects.Invite(f.Context(), lea, f.at(project), nadia); w.Code(err) != "denied.permission" {
			t.Errorf("PROJ-7 a plain member: %v", err)
		}
	})
}
