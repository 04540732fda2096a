package app_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

func TestAdministrators(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		ctx, id := w.Context(), h.account.ID
		_, karim := w.Member(h.account, "karim@maraval.example")
		helene := h.find("helene").UUID
		t.Run("ACC-6 a single administrator is told, and a second proposed", func(t *testing.T) {
			o, err := w.Accounts.Overview(ctx, h.admin, id)
			w.Must(err)
			if !o.Alone || len(o.Administrators) != 1 {
				t.Errorf("overview = alone %t, %d administrators", o.Alone, len(o.Administrators))
			}
		})
		t.Run("ACC-5 the last one cannot be excluded", func(t *testing.T) {
			if got := w.Code(w.Members.ExcludeAdministrator(ctx, h.admin, id, helene)); got != "administrator.last" {
				t.Errorf("exclude: %s", got)
			}
		})
		t.Run("ACC-7 each can exclude another", func(t *testing.T) {
			w.Must(w.Members.NameAdministrator(ctx, h.admin, id, karim.UUID))
			second := authz.Actor{Kind: authz.Person, User: karim.User, Door: authz.DoorPage}
			w.Must(w.Members.ExcludeAdministrator(ctx, second, id, helene))
			if got := w.Code(w.Members.ExcludeAdministrator(ctx, second, id, helene)); got != "member.not_administrator" {
				t.Errorf("twice: %s", got)
			}
			if told := mail(t, w, "administrator_excluded"); told.Mail.User != h.admin.User {
				t.Errorf("the mail goes to user %d, want the excluded one", told.Mail.User)
			}
			if _, err := w.Members.List(ctx, h.admin, id, app.MemberQuery{}); w.Code(err) != "denied.permission" {
				t.Errorf("the excluded one still lists: %v", err)
			}
		})
		t.Run("ACC-5 an end date on the last one is refused", func(t *testing.T) {
			second := authz.Actor{Kind: authz.Person, User: karim.User, Door: authz.DoorPage}
			ends := directory.End{Moment: w.Now().Add(time.Hour)}
			if got := h.verdict(w.Members.EditMembers(ctx, second, id, app.Of(karim.UUID), app.MemberChange{Ends: &ends})); got != "administrator.last" {
				t.Errorf("end date: %s", got)
			}
		})
	})
}

func TestTwoAdministratorsExcludeEachOther(t *testing.T) { // ACC-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for round := range 5 {
			account := w.Account(fmt.Sprintf("300 %03d", round))
			admins := []authz.Actor{w.Administrator(account, fmt.Sprintf("a%d@maraval.example", round)), w.Administrator(account, fmt.Sprintf("b%d@maraval.example", round))}
			page, err := w.Members.List(w.Context(), admins[0], account.ID, app.MemberQuery{})
			w.Must(err)
			var outcomes [2]error
			var both sync.WaitGroup
			for i := range admins {
				both.Go(func() {
					for _, m := range page.Rows {
						if m.User != admins[i].User {
							outcomes[i] = w.Members.ExcludeAdministrator(w.Context(), admins[i], account.ID, m.UUID)
						}
					}
				})
			}
			both.Wait()
			done := 0
			for _, err := range outcomes {
				var refusal *directory.Error
				switch {
				case err == nil:
					done++
				case !errors.As(err, &refusal):
					t.Fatalf("fault: %v", err)
				}
			}
			if done != 1 {
				t.Errorf("%d exclusions went through, want 1: %v", done, outcomes)
			}
		}
	})
}

// TestAccountKeepsAnAdministrator tries every door in random order: a claimed
// account always keeps an active administrator (ACC-5).
func TestAccountKeepsAnAdministrator(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		people := []authz.Actor{h.admin}
		for i := range 3 {
			actor, _ := w.Member(h.account, fmt.Sprintf("m%d@maraval.example", i))
			people = append(people, actor)
		}
		ids := make([]string, 0, len(people))
		for _, m := range h.list(app.MemberQuery{}).Rows {
			ids = append(ids, m.UUID)
		}
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(rt, "acts") {
				h.anyDoor(rt, rapid.SampledFrom(people).Draw(rt, "actor"), ids)
			}
			if got := h.administrators(); got == 0 {
				rt.Fatal("no active administrator is left")
			}
		})
	})
}

// anyDoor takes one random way to change who administers; refusals are part of
// the game, faults are not.
func (h house) anyDoor(rt *rapid.T, actor authz.Actor, ids []string) {
	ctx, id := h.Context(), h.account.ID
	one := rapid.SampledFrom(ids).Draw(rt, "member")
	many := app.Selection{Members: rapid.SliceOfN(rapid.SampledFrom(ids), 1, 4).Draw(rt, "members")}
	none, admin, ends := "", "administrator", directory.End{Moment: h.Now().Add(time.Hour)}
	never := directory.End{}
	doors := map[string]func() error{
		"exclude": func() error { return h.Members.ExcludeAdministrator(ctx, actor, id, one) },
		"name":    func() error { return h.Members.NameAdministrator(ctx, actor, id, one) },
		"demote": func() error {
			return apptest.ErrOf(h.Members.EditMembers(ctx, actor, id, many, app.MemberChange{Levels: apptest.Levels(none)}))
		},
		"promote": func() error {
			return apptest.ErrOf(h.Members.EditMembers(ctx, actor, id, many, app.MemberChange{Levels: apptest.Levels(admin)}))
		},
		"ends": func() error {
			return apptest.ErrOf(h.Members.EditMembers(ctx, actor, id, many, app.MemberChange{Ends: &ends}))
		},
		"stays": func() error {
			return apptest.ErrOf(h.Members.EditMembers(ctx, actor, id, many, app.MemberChange{Ends: &never}))
		},
		"deactivate": func() error { return apptest.ErrOf(h.Members.Deactivate(ctx, actor, id, many)) },
		"reactivate": func() error { return apptest.ErrOf(h.Members.Reactivate(ctx, actor, id, many)) },
		"remove":     func() error { return apptest.ErrOf(h.Members.Remove(ctx, actor, id, many)) },
		"return": func() error { // by the program itself, so that the game goes on
			operator := h.Operator()
			rows := []app.NewMember{{Row: 1, Email: "helene.castaing@maraval.example"}, {Row: 2, Email: "m0@maraval.example"},
				{Row: 3, Email: "m1@maraval.example"}, {Row: 4, Email: "m2@maraval.example"}}
			return errors.Join(apptest.ErrOf(h.Members.Add(ctx, operator, id, rows, app.AddOptions{Silent: true})),
				apptest.ErrOf(h.Members.EditMembers(ctx, operator, id, many, app.MemberChange{Levels: apptest.Levels(admin), Ends: &never})))
		},
		"time": func() error {
			h.Pass(2 * time.Hour)
			_, err := h.Members.EndPlaces(ctx)
			return err
		},
	}
	door := rapid.SampledFrom([]string{"exclude", "name", "demote", "promote", "ends", "stays", "deactivate", "reactivate", "remove", "return", "time"}).Draw(rt, "door")
	var refusal *directory.Error
	if err := doors[door](); err != nil && !errors.As(err, &refusal) {
		rt.Fatalf("%s: fault: %v", door, err)
	}
}

func (h house) administrators() int {
	h.T.Helper()
	system := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
	page, err := h.Members.List(h.Context(), system, h.account.ID, app.MemberQuery{Levels: []string{"administrator"}, Statuses: []directory.Status{directory.Active}})
	h.Must(err)
	n := 0
	for _, m := range page.Rows {
		if m.Ends.IsZero() || h.Now().Before(m.Ends) {
			n++
		}
	}
	return n
}
