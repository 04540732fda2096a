package app_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A house is an account with an administrator and some members.
type house struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
}

func newHouse(w *apptest.World) house {
	h := house{World: w, account: w.Account("204 817")}
	h.admin = w.Administrator(h.account, "helene.castaing@maraval.example")
	return h
}

// add brings people in who nobody invited yet.
func (h house) add(rows ...app.NewMember) {
	h.T.Helper()
	for i := range rows {
		rows[i].Row = i + 1
	}
	verdicts, err := h.Members.Add(h.Context(), h.admin, h.account.ID, rows, app.AddOptions{Silent: true})
	h.Must(err)
	h.Must(verdicts.FirstRefusal())
}

func (h house) list(q app.MemberQuery) app.MemberPage {
	h.T.Helper()
	page, err := h.Members.List(h.Context(), h.admin, h.account.ID, q)
	h.Must(err)
	return page
}

// find is the one member whom a search finds.
func (h house) find(search string) app.ListedMember {
	h.T.Helper()
	page := h.list(app.MemberQuery{Search: search})
	if len(page.Rows) != 1 {
		h.T.Fatalf("%q finds %d members", search, len(page.Rows))
	}
	return page.Rows[0]
}

func (h house) verdict(verdicts app.Verdicts, err error) string {
	h.T.Helper()
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	return h.Code(err)
}

func names(page app.MemberPage) []string {
	var names []string
	for _, m := range page.Rows {
		names = append(names, m.SortedName())
	}
	return names
}

func TestMembersList(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		var rows []app.NewMember
		for i := range 120 {
			rows = append(rows, app.NewMember{Email: fmt.Sprintf("m%03d@maraval.example", i), First: "Karim", Last: fmt.Sprintf("Haddad %03d", i),
				Company: fmt.Sprintf("Maraval %d", i%3), Functions: []string{"engineer"}})
		}
		h.add(rows...)
		t.Run("LIST-9 exact total and positions from page to page and back", func(t *testing.T) {
			q := app.MemberQuery{Search: "haddad"}
			var seen []string
			var pages []app.MemberPage
			for {
				page := h.list(q)
				if page.Total != 120 || page.All != 121 {
					t.Fatalf("total = %d of %d, want 120 of 121", page.Total, page.All)
				}
				if page.From != int64(len(seen)+1) {
					t.Errorf("page begins at %d, want %d", page.From, len(seen)+1)
				}
				seen, pages = append(seen, names(page)...), append(pages, page)
				if page.Next == "" {
					break
				}
				q.After = page.Next
			}
			if len(seen) != 120 || !slices.IsSorted(seen) {
				t.Errorf("%d members over %d pages, in order: %t", len(seen), len(pages), slices.IsSorted(seen))
			}
			back := h.list(app.MemberQuery{Search: "haddad", Before: pages[2].Prev})
			if !slices.Equal(names(back), names(pages[1])) || back.From != 51 {
				t.Errorf("page before the third = %v from %d", names(back), back.From)
			}
			last := h.list(app.MemberQuery{Search: "haddad", Last: true})
			if !slices.Equal(names(last), names(pages[2])) || last.From != 101 || last.Next != "" {
				t.Errorf("last page = %v from %d", names(last), last.From)
			}
		})
		t.Run("LIST-5 several values are or, several filters and", func(t *testing.T) {
			var ids []string
			for _, c := range h.list(app.MemberQuery{}).Choices.Companies {
				ids = append(ids, c.UUID)
			}
			if got := h.list(app.MemberQuery{Companies: ids[:2]}).Total; got != 80 {
				t.Errorf("two companies: %d, want 80", got)
			}
			if got := h.list(app.MemberQuery{Companies: ids[:2], Functions: []string{"architect"}}).Total; got != 0 {
				t.Errorf("two companies and architects: %d, want 0", got)
			}
			if got := h.list(app.MemberQuery{Companies: []string{app.None}}).Total; got != 1 {
				t.Errorf("no company: %d, want 1", got)
			}
			if got := h.list(app.MemberQuery{Companies: []string{"nothing"}}).Total; got != 0 {
				t.Errorf("an unknown company: %d, want 0", got)
			}
			if got := h.list(app.MemberQuery{Levels: []string{"administrator"}}).Total; got != 1 {
				t.Errorf("administrators: %d, want 1", got)
			}
		})
		t.Run("LIST-8 a plain member opens neither table nor profile", func(t *testing.T) {
			member, m := w.Member(h.account, "camille.aubrac@maraval.example")
			_, err := w.Members.List(w.Context(), member, h.account.ID, app.MemberQuery{})
			if got := w.Code(err); got != "denied.permission" {
				t.Errorf("list: %s", got)
			}
			_, err = w.Members.Profile(w.Context(), member, h.account.ID, m.UUID, app.MemberQuery{})
			if got := w.Code(err); got != "denied.permission" {
				t.Errorf("profile: %s", got)
			}
		})
		t.Run("USER-5 nobody of another account is found", func(t *testing.T) {
			elsewhere := w.Account("117 402")
			other := w.Administrator(elsewhere, "blanche@ardoises.example")
			_, err := w.Members.Profile(w.Context(), other, elsewhere.ID, h.find("haddad 000").UUID, app.MemberQuery{})
			if got := w.Code(err); got != "member.not_found" {
				t.Errorf("profile: %s", got)
			}
			_, err = w.Members.List(w.Context(), other, h.account.ID, app.MemberQuery{})
			if got := w.Code(err); got != "account.not_found" {
				t.Errorf("list: %s", got)
			}
		})
		t.Run("LIST-6 a cursor of nowhere is refused", func(t *testing.T) {
			_, err := w.Members.List(w.Context(), h.admin, h.account.ID, app.MemberQuery{After: "nowhere"})
			if got := w.Code(err); got != "list.bad_cursor" {
				t.Errorf("list: %s", got)
			}
		})
	})
}

func TestMemberProfile(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		var rows []app.NewMember
		for i := range 9 {
			rows = append(rows, app.NewMember{Email: fmt.Sprintf("p%d@maraval.example", i), Last: fmt.Sprintf("Perrin %d", i), Company: "Maraval Location"})
		}
		h.add(rows...)
		t.Run("LIST-7 identity and place in the list, on any page", func(t *testing.T) {
			at := func(name string, q app.MemberQuery) app.MemberProfile {
				p, err := w.Members.Profile(w.Context(), h.admin, h.account.ID, h.find(name).UUID, q)
				w.Must(err)
				return p
			}
			q := app.MemberQuery{Search: "perrin", Size: 3}
			for i := range 9 {
				p := at(fmt.Sprintf("perrin %d", i), q)
				if p.Position != int64(i+1) || p.Page.Total != 9 || !p.Found || p.Company != "Maraval Location" {
					t.Errorf("perrin %d: position %d of %d, company %q", i, p.Position, p.Page.Total, p.Company)
				}
				if (p.Previous == "") != (i == 0) || (p.Next == "") != (i == 8) {
					t.Errorf("perrin %d: previous %q, next %q", i, p.Previous, p.Next)
				}
			}
			if p := at("perrin 4", app.MemberQuery{Search: "nobody"}); p.Found || len(p.Page.Rows) != 0 {
				t.Errorf("outside the search: found %t, %d rows", p.Found, len(p.Page.Rows))
			}
		})
		t.Run("LIST-7 the invitation and the history", func(t *testing.T) {
			m := h.find("perrin 1")
			if got := h.verdict(w.Invitations.Send(w.Context(), h.admin, h.account.ID, app.Of(m.UUID))); got != "" {
				t.Fatal(got)
			}
			p, err := w.Members.Profile(w.Context(), h.admin, h.account.ID, m.UUID, app.MemberQuery{})
			w.Must(err)
			if p.Invitation.State != "open" || p.Status != directory.Invited || len(p.History) == 0 || !p.May.Withdraw {
				t.Errorf("profile = %+v, %d entries", p.Invitation, len(p.History))
			}
		})
	})
}

func TestMemberActs(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		h.add(app.NewMember{Email: "nadia@ferrand.example", First: "Nadia", Last: "Ferrand"},
			app.NewMember{Email: "karim@maraval.example", First: "Karim", Last: "Haddad"})
		nadia, karim := h.find("nadia").UUID, h.find("karim").UUID
		ctx, id := w.Context(), h.account.ID
		t.Run("INV-8 BULK-2 LIST-2 invite one or many, INV-3 again", func(t *testing.T) {
			verdicts, err := w.Invitations.Send(ctx, h.admin, id, app.Selection{Members: []string{nadia, karim}})
			w.Must(err)
			if verdicts.Count(app.Changed) != 2 || !verdicts[0].Invited || h.find("nadia").Status != directory.Invited {
				t.Errorf("verdicts = %+v", verdicts)
			}
			if got := h.verdict(w.Invitations.Send(ctx, h.admin, id, app.Of(nadia))); got != "" {
				t.Errorf("again: %s", got)
			}
			helene := h.find("helene").UUID
			if got := h.verdict(w.Invitations.Send(ctx, h.admin, id, app.Of(helene))); got != "member.already_active" {
				t.Errorf("an active one: %s", got)
			}
		})
		t.Run("INV-9 LIST-2 withdraw", func(t *testing.T) {
			if got := h.verdict(w.Invitations.Withdraw(ctx, h.admin, id, app.Of(karim))); got != "" {
				t.Errorf("withdraw: %s", got)
			}
			if got := h.verdict(w.Invitations.Withdraw(ctx, h.admin, id, app.Of(karim))); got != "member.not_invited" {
				t.Errorf("twice: %s", got)
			}
			if got := h.find("karim").Status; got != directory.NotInvited {
				t.Errorf("status %s", got)
			}
			w.Pass(directory.UndoWindow + time.Second)
			for _, m := range next(t, w, 50) {
				if m.Mail.Address == "karim@maraval.example" && m.Mail.Kind == "invitation" {
					t.Error("MAIL-4 the mail of a withdrawn invitation goes out")
				}
			}
		})
		t.Run("USER-2 SIGN-2 LIST-2 deactivate and reactivate", func(t *testing.T) {
			camille, m := w.Member(h.account, "camille@maraval.example")
			w.Must(apptest.ErrOf(w.Members.Deactivate(ctx, h.admin, id, app.Of(m.UUID))))
			if _, err := w.Accounts.Overview(ctx, camille, id); w.Code(err) != "account.not_found" {
				t.Errorf("access after deactivation: %v", err)
			}
			w.Must(apptest.ErrOf(w.Members.Reactivate(ctx, h.admin, id, app.Of(m.UUID))))
			if _, err := w.Accounts.Overview(ctx, camille, id); err != nil {
				t.Errorf("access after reactivation: %v", err)
			}
			if got := h.find("camille").Status; got != directory.Active {
				t.Errorf("status %s, want active again", got)
			}
		})
		t.Run("PROJ-6 USER-6 remove, and come back as the same member", func(t *testing.T) {
			w.Must(apptest.ErrOf(w.Members.Remove(ctx, h.admin, id, app.Of(nadia))))
			if got := h.list(app.MemberQuery{Search: "nadia"}).Total; got != 0 {
				t.Fatalf("still found: %d", got)
			}
			h.add(app.NewMember{Email: "nadia@ferrand.example", First: "Nadia", Last: "Ferrand"})
			if got := h.find("nadia").UUID; got != nadia {
				t.Errorf("came back as %s, was %s", got, nadia)
			}
		})
		t.Run("USER-6 a place ends by itself on its day", func(t *testing.T) {
			ends := directory.End{Moment: w.Now().Add(48 * time.Hour)}
			m := h.find("karim")
			w.Must(apptest.ErrOf(w.Members.EditMembers(ctx, h.admin, id, app.Of(m.UUID), app.MemberChange{Ends: &ends})))
			if n, err := w.Members.EndPlaces(ctx); n != 0 || err != nil {
				t.Errorf("ended early: %d, %v", n, err)
			}
			w.Pass(49 * time.Hour)
			if n, err := w.Members.EndPlaces(ctx); n != 1 || err != nil {
				t.Errorf("ended: %d, %v", n, err)
			}
			if got := h.list(app.MemberQuery{Search: "karim"}).Total; got != 0 {
				t.Errorf("still found: %d", got)
			}
		})
	})
}

func TestMemberEdit(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		h.add(app.NewMember{Email: "karim@maraval.example", First: "Karim", Last: "Haddad"}, app.NewMember{Email: "lea@maraval.example", Last: "Fontanel"})
		ctx, id := w.Context(), h.account.ID
		text := func(s string) *string { return &s }
		t.Run("ADD-6 BULK-1 company, role and level for many", func(t *testing.T) {
			functions := []string{"engineer"}
			verdicts, err := w.Members.EditMembers(ctx, h.admin, id, app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.NotInvited}}, Count: 2},
				app.MemberChange{Company: text("Maraval Location"), Functions: &functions})
			w.Must(err)
			if verdicts.Count(app.Changed) != 2 {
				t.Errorf("verdicts = %+v", verdicts)
			}
			if m := h.find("karim"); m.Company != "Maraval Location" || len(m.Functions) != 1 || m.Functions[0].Code != "engineer" {
				t.Errorf("karim = %q %v", m.Company, m.Functions)
			}
			verdicts, err = w.Members.EditMembers(ctx, h.admin, id, app.Of(h.find("karim").UUID), app.MemberChange{Company: text("maraval  LOCATION")})
			w.Must(err)
			if verdicts.Count(app.Unchanged) != 1 {
				t.Errorf("the same company again: %+v", verdicts)
			}
		})
		t.Run("PLAN-4 all that match is the set that was confirmed", func(t *testing.T) {
			_, err := w.Members.Remove(ctx, h.admin, id, app.Selection{All: &app.MemberQuery{Search: "maraval"}, Count: 1})
			if got := w.Code(err); got != "selection.changed" {
				t.Errorf("remove: %s", got)
			}
		})
		t.Run("PLAN-4 an edit of an older version is told", func(t *testing.T) {
			m := h.find("karim")
			e, err := w.Members.Editing(ctx, h.admin, id, m.UUID)
			w.Must(err)
			w.Must(w.Members.EditMember(ctx, h.admin, id, m.UUID, app.MemberEdit{MemberChange: app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{Phone: text("01 99 00 41 20")}}, Version: e.Version}))
			err = w.Members.EditMember(ctx, h.admin, id, m.UUID, app.MemberEdit{MemberChange: app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{Phone: text("02")}}, Version: e.Version})
			if got := w.Code(err); got != "stale" {
				t.Errorf("second edit: %s", got)
			}
		})
		t.Run("USER-1 the person too, while they are nobody else's", func(t *testing.T) {
			m := h.find("karim")
			e, err := w.Members.Editing(ctx, h.admin, id, m.UUID)
			w.Must(err)
			change := app.MemberChange{Person: app.PersonChange{First: text("Karim"), Last: text("Haddad-Roussel"), Email: text("k.haddad@maraval.example")}}
			w.Must(w.Members.EditMember(ctx, h.admin, id, m.UUID, app.MemberEdit{MemberChange: change, Version: e.Version}))
			if got := h.find("haddad-roussel"); got.Person.Email != "k.haddad@maraval.example" || got.UUID != m.UUID {
				t.Errorf("found %+v", got.Person)
			}
			_, camille := w.Member(h.account, "camille@maraval.example")
			e, err = w.Members.Editing(ctx, h.admin, id, camille.UUID)
			w.Must(err)
			if !e.Own {
				t.Error("who has a password of their own can be renamed")
			}
			err = w.Members.EditMember(ctx, h.admin, id, camille.UUID, app.MemberEdit{Version: e.Version,
				MemberChange: app.MemberChange{Person: app.PersonChange{Last: text("Autre")}}})
			if got := w.Code(err); got != "person.not_yours" {
				t.Errorf("rename: %s", got)
			}
		})
		t.Run("ADD-8 whoever is given a level is invited", func(t *testing.T) {
			m := h.find("fontanel")
			w.Must(apptest.ErrOf(w.Members.EditMembers(ctx, h.admin, id, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels("administrator")})))
			if got := h.find("fontanel"); got.Status != directory.Invited || !got.Administrator() {
				t.Errorf("status %s, levels %v", got.Status, got.Levels)
			}
		})
		t.Run("ROLE-6 nobody gives what they do not hold", func(t *testing.T) {
			soraya, m := w.Member(h.account, "soraya@maraval.example")
			err := w.Members.NameAdministrator(ctx, soraya, id, m.UUID)
			if got := w.Code(err); got != "denied.permission" {
				t.Errorf("names herself: %s", got)
			}
		})
		t.Run("BULK-3 each is named, refusals leave the others done", func(t *testing.T) {
			helene, karim := h.find("helene").UUID, h.find("haddad-roussel").UUID
			verdicts, err := w.Members.Deactivate(ctx, h.admin, id, app.Selection{Members: []string{helene, karim, "nobody"}})
			w.Must(err)
			if verdicts.Count(app.Changed) != 1 || verdicts.Count(app.Refused) != 2 {
				t.Errorf("verdicts = %+v", verdicts)
			}
			for _, v := range verdicts {
				if v.Email == "helene.castaing@maraval.example" && (v.Refusal == nil || v.Refusal.Code != "administrator.last") {
					t.Errorf("the last administrator: %+v", v)
				}
			}
		})
	})
}
