package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

func TestMemberPages(t *testing.T) { // INV-5, LIST-8, UNIT-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		south, southMember := p.person("simone.petit", p.units["Sud"], "", "")
		buyer, _ := p.person("benoit.roy", p.units["Sud"], "purchase-approver", "Sud")
		p.add(app.NewMember{Email: "ariane.colin@maraval.example", Home: p.ids["Nord"]})
		ariane := p.find("ariane.colin").Member
		pages := func(as authz.Actor, m directory.Member) (app.MemberPages, string) {
			t.Helper()
			pages, err := p.Members.Pages(p.Context(), as, p.account.ID, m.UUID)
			return pages, p.Code(err)
		}
		all := app.MemberPages{Data: true, Rights: true, Preferences: true}
		inviting := all
		inviting.Invite = true
		for _, one := range []struct {
			name string
			as   authz.Actor
			who  directory.Member
			want app.MemberPages
			code string
		}{
			{"INV-5 who manages somebody saved may open all, and invite", p.admin, ariane, inviting, ""},
			{"UNIT-5 at their group too", p.north, ariane, inviting, ""},
			{"UNIT-5 not elsewhere", p.north, southMember, app.MemberPages{}, "member.not_found"},
			{"LIST-8 a plain member not either", south, ariane, app.MemberPages{}, "member.not_found"},
			{"LIST-8 nor one with a role that lists nobody", buyer, southMember, app.MemberPages{}, "member.not_found"},
			{"PREF-1 their own preferences are everybody's", south, southMember, app.MemberPages{Preferences: true}, ""},
		} {
			got, code := pages(one.as, one.who)
			if got != one.want || code != one.code {
				t.Errorf("%s: %+v %q, want %+v %q", one.name, got, code, one.want, one.code)
			}
		}
		if code := p.verdict(p.Invitations.Send(p.Context(), p.north, p.account.ID, app.Of(ariane.UUID))); code != "" {
			t.Fatal(code)
		}
		if got, _ := pages(p.north, ariane); got != all {
			t.Errorf("INV-5 once invited: %+v", got)
		}
		if code := p.verdict(p.Members.Remove(p.Context(), p.admin, p.account.ID, app.Of(ariane.UUID))); code != "" {
			t.Fatal(code)
		}
		if got, code := pages(p.admin, ariane); code != "member.not_found" {
			t.Errorf("once removed: %+v %q", got, code)
		}
	})
}
