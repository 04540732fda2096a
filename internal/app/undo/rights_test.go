package undo_test

import (
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// manager is somebody who manages the people of a unit, and nothing else.
func (f firm) manager(at directory.Unit) authz.Actor {
	f.T.Helper()
	actor, m := f.Member(f.account, "karim.haddad@maraval.example")
	f.gives(m, "manager", at)
	f.Pass(time.Second)
	return actor
}

// TestRights holds undo to what the undoer may do: nobody gains by it what they could
// not give, reaches whom they could not reach, or learns of what they may not see.
func TestRights(t *testing.T) { // PLAN-2, ROLE-6, ACC-5, API-3, USER-5
	testEach(t, "construction", func(t *testing.T, f firm) {
		ctx, id := f.Context(), f.account.ID
		west := f.unit("Direction Ouest", "division")
		karim := f.manager(west)
		people := f.people(3)
		zoe, lea, max := people[0], people[1], people[2]
		f.edit(app.MemberChange{Unit: &west.UUID}, zoe, lea)
		f.Pass(time.Second)

		f.Must(f.Members.NameAdministrator(ctx, f.admin, id, zoe.UUID))
		f.Pass(time.Second)
		f.does(f.Members.Remove(ctx, f.admin, id, of(zoe)))
		was := f.state()
		f.wantsBy("ROLE-6 an administrator is given back by who manages administrators", karim, f.entry(audit.MemberRemoved), "refused denied.permission")
		f.same("nothing is half", was)
		f.undoes(f.entry(audit.MemberRemoved))
		f.Must(f.Members.ExcludeAdministrator(ctx, f.admin, id, zoe.UUID))
		f.Pass(time.Second)
		f.wantsBy("ROLE-6 a level", karim, f.entry(audit.AdministratorExcluded), "refused role.not_held")

		f.gives(lea, "manager", f.root())
		f.Pass(time.Second)
		_, err := f.Grants.End(ctx, f.admin, id, app.Giving{Who: of(lea), Role: "manager", Units: []string{f.root().UUID}})
		f.Must(err)
		f.Pass(time.Second)
		f.wantsBy("ROLE-6 a role at a unit above", karim, f.entry(audit.GrantEnded), "undo.not_found") // of the root's history nothing is theirs

		f.edit(app.MemberChange{Company: text("Kestner")}, max)
		f.Pass(time.Second)
		f.wantsBy("API-3 somebody of another unit", karim, f.entry(audit.MemberChanged), "undo.not_found")
		stranger, other := f.Person("paul@brun.example"), f.Account("163 918")
		foreign := f.Administrator(other, "blanche@brun.example")
		for who, by := range map[string]authz.Actor{"a stranger": stranger, "another account's administrator": foreign} {
			if _, err := f.Undo.Preview(ctx, by, id, f.entry(audit.MemberChanged)); f.Code(err) != "account.not_found" {
				t.Errorf("API-3 %s: %v", who, err)
			}
		}
		if _, err := f.Undo.Preview(ctx, foreign, other.ID, app.UndoTarget{Entry: 100_000}); f.Code(err) != "undo.not_found" {
			t.Errorf("USER-5 a number of nothing: %v", err)
		}
		if _, err := f.Undo.Preview(ctx, foreign, other.ID, f.actOf(people...)); f.Code(err) != "undo.not_found" {
			t.Errorf("USER-5 another account's act: %v", err)
		}

		f.edit(app.MemberChange{Company: text("Ardoises")}, lea)
		f.Pass(time.Second)
		f.wantsBy("their own people", karim, f.entry(audit.MemberChanged), "changed")
		t.Run("ACC-5 the last administrator stays", func(t *testing.T) {
			f.Must(f.Members.NameAdministrator(ctx, f.admin, id, lea.UUID))
			named := f.entry(audit.AdministratorNamed)
			f.Pass(time.Second)
			f.Must(f.Members.ExcludeAdministrator(ctx, f.Operator(), id, f.memberOf(f.admin).UUID))
			f.Pass(time.Second)
			f.wantsBy("ACC-5", f.Operator(), named, "refused administrator.last")
		})
	})
}

// root is the unit at the top of the account.
func (f firm) root() directory.Unit {
	list, err := f.Units.List(f.Context(), f.Operator(), f.account.ID, app.UnitQuery{})
	f.Must(err)
	return list.Root.Unit
}

func (f firm) memberOf(actor authz.Actor) directory.Member {
	f.T.Helper()
	var m directory.Member
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) (err error) {
		m, err = r.MemberOf(f.Context(), f.account.ID, actor.User)
		return err
	}))
	return m
}

// actOf is an act on members as what is undone.
func (f firm) actOf(members ...directory.Member) app.UndoTarget {
	f.edit(app.MemberChange{Company: text("Acte")}, members...)
	f.Pass(time.Second)
	return f.act(audit.MemberChanged)
}

// TestInvitations takes invitations back: the link dies, and a mail that waits does not
// leave; of one that has left that is said.
func TestInvitations(t *testing.T) { // PLAN-2, MAIL-4, INV-9
	testEach(t, "construction", func(t *testing.T, f firm) {
		ctx, id := f.Context(), f.account.ID
		var rows []app.NewMember
		for i, email := range apptest.Addresses(3, "maraval.example") {
			rows = append(rows, app.NewMember{Row: i + 1, Email: email})
		}
		start := f.state()
		f.does(f.Members.Add(ctx, f.admin, id, rows, app.AddOptions{}))
		was := f.state()
		f.does(f.Invitations.Send(ctx, f.admin, id, app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.NotInvited}}, Count: 3}))
		sent := f.act(audit.InvitationSent)
		if n := f.waiting(); n != 3 {
			t.Fatalf("%d mails wait", n)
		}
		f.wants("PLAN-2", sent, "changed; changed; changed")
		f.same("PLAN-2 not invited again", was)
		if n := f.waiting(); n != 0 {
			t.Errorf("MAIL-4 %d mails of what was undone still wait", n)
		}
		f.does(f.Invitations.Send(ctx, f.admin, id, app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.NotInvited}}, Count: 3}))
		f.send()
		f.wants("MAIL-4 mails that have left are named", f.act(audit.InvitationSent), "changed mail:undo.mail_gone; changed mail:undo.mail_gone; changed mail:undo.mail_gone")
		f.same("PLAN-2", was)
		f.wants("PLAN-2 people who were brought in leave", f.act(audit.MemberAdded), "changed; changed; changed")
		f.same("PLAN-2", start)
	})
}

// TestAtOnce undoes one thing twice at the same moment: one does, the other is told so.
func TestAtOnce(t *testing.T) { // PLAN-2, PLAN-4
	testEach(t, "construction", func(t *testing.T, f firm) {
		m := f.people(1)[0]
		was := f.state()
		f.edit(app.MemberChange{Company: text("Maraval")}, m)
		f.Pass(time.Second)
		e := f.entry(audit.MemberChanged)
		got := make([]string, 8)
		var all sync.WaitGroup
		for i := range got {
			all.Go(func() {
				verdicts, err := f.Undo.Do(f.Context(), f.admin, f.account.ID, e)
				if got[i] = told(verdicts); err != nil {
					got[i] = f.Code(err)
				}
			})
		}
		all.Wait()
		done := 0
		for _, one := range got {
			switch one {
			case "changed":
				done++
			case "undo.already", "refused undo.already":
			default:
				t.Errorf("at once: %s", one)
			}
		}
		if done != 1 {
			t.Errorf("undone %d times", done)
		}
		f.same("PLAN-2", was)
	})
}

// waiting is how many mails of the account wait.
func (f firm) waiting() int {
	f.T.Helper()
	n := 0
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		mails, err := r.MailQueue(f.Context(), store.MailFilter{Account: f.account.ID, State: directory.MailWaiting}, store.MailPlace{}, 1000)
		n = len(mails)
		return err
	}))
	return n
}

// send sends all mails that wait.
func (f firm) send() {
	f.T.Helper()
	f.Pass(directory.UndoWindow + time.Second)
	for {
		next, err := f.Mails.Next(f.Context(), 100)
		f.Must(err)
		if len(next) == 0 {
			return
		}
		for _, d := range next {
			f.Must(f.Mails.Sent(f.Context(), d, "sent"))
		}
	}
}

// TestProjectLeader lets whoever leads a project take back what they did there, and
// nothing else.
func TestProjectLeader(t *testing.T) { // PLAN-2, PROJ-7
	testEach(t, "construction", func(t *testing.T, f firm) {
		ctx, id := f.Context(), f.account.ID
		project, _, err := f.Projects.Create(ctx, f.admin, id, app.NewProject{Change: app.ProjectChange{Name: text("Collège")}})
		f.Must(err)
		at := app.ProjectAt{Account: id, Project: project.UUID}
		people := f.people(2)
		leader, _ := f.Member(f.account, "odile@maraval.example")
		f.does(f.Projects.Add(ctx, f.admin, at, []app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: "odile@maraval.example"}, Level: "project-administrator"},
			{NewMember: app.NewMember{Row: 2, Email: "p0@maraval.example"}}}, app.PlaceOptions{}))
		was, since := f.state(), f.Now()
		f.does(f.Projects.RemovePlaces(ctx, leader, at, app.ProjectSelection{Members: []string{people[0].UUID}}))
		latest, found, err := f.Undo.Latest(ctx, leader, id, since)
		f.Must(err)
		if !found {
			t.Fatal("nothing to take back")
		}
		f.wantsBy("PLAN-2", leader, latest, "changed")
		f.same("PLAN-2", was)
		f.edit(app.MemberChange{Company: text("Kestner")}, people[0])
		f.Pass(time.Second)
		f.wantsBy("PROJ-7 of the account nothing", leader, f.entry(audit.MemberChanged), "undo.not_found")
	})
}
