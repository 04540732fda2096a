package app_test

import (
	"reflect"
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
)

// TestSettingsTakenBack changes each setting and the others beside it: each comes back by
// itself, and what was changed since is left (PLAN-2).
func TestSettingsTakenBack(t *testing.T) { // PLAN-2, SIGN-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := newBoard(t, w)
		want := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
			}
		}
		back := func(entries []audit.Entry) string { return cameOf(w, b.by, entries) }
		change := func(rows ...directory.Setting) []audit.Entry {
			t.Helper()
			return w.Written(b.account.ID, func() {
				before := b.view()
				said := before.AccountSettings
				for _, row := range rows {
					otherwise(row, &said.Settings, before.Catalogue.Settings)
				}
				w.Must(w.Accounts.ChangeSettings(w.Context(), b.by, b.account.ID, said))
			})
		}
		old := b.view().Settings
		for _, row := range directory.AccountSettings() {
			changed := change(row)
			undone := w.Written(b.account.ID, func() { want(row.ID, back(changed), "changed") })
			want(row.ID+" again", back(changed), "unchanged")
			if now := b.view().Settings; !reflect.DeepEqual(now, old) {
				t.Fatalf("PLAN-2 %s: the settings are %+v, want %+v", row.ID, now, old)
			}
			want(row.ID+" undo of undo", back(undone), "changed")
			want(row.ID+" both", back(slices.Concat(undone, changed)), "unchanged")
			want(row.ID+" back", back(changed), "changed")
		}
		all := directory.AccountSettings()
		changed := change(all...)
		want("all of them", back(changed), "changed")
		if now := b.view().Settings; !reflect.DeepEqual(now, old) {
			t.Errorf("PLAN-2 the settings are %+v, want %+v", now, old)
		}
		changed = change(all...)
		said := b.view().AccountSettings
		said.InvitationDays = 29
		w.Must(w.Accounts.ChangeSettings(w.Context(), b.by, b.account.ID, said))
		want("one changed since", back(changed), "changed invitation_days")
		old.InvitationDays = 29
		if now := b.view().Settings; !reflect.DeepEqual(now, old) {
			t.Errorf("PLAN-2 the settings are %+v, want %+v", now, old)
		}
		want("that one alone", back(changed), "refused invitation_days undo.changed_since")
		b.takenBackBeside(want)
	})
}

// takenBackBeside holds what stands beside the settings, and who may.
func (b *board) takenBackBeside(want func(what, got, want string)) {
	b.t.Helper()
	logo := b.Written(b.account.ID, func() { b.Must(b.Accounts.RemoveLogo(b.Context(), b.by, b.account.ID)) })
	want("the logo", cameOf(b.World, b.by, logo), "refused logo undo.not_kept")
	domain, err := b.Accounts.AddDomain(b.Context(), b.by, b.account.ID, "maraval.example")
	b.Must(err)
	b.TXT["maraval.example"] = []string{domain.Record()}
	b.Must(b.Accounts.VerifyDomain(b.Context(), b.by, b.account.ID, "maraval.example"))
	on := b.Written(b.account.ID, func() { b.Must(b.Accounts.SetAutoApprove(b.Context(), b.by, b.account.ID, "maraval.example", true)) })
	approves := func() bool {
		domains, err := b.Accounts.Domains(b.Context(), b.by, b.account.ID)
		b.Must(err)
		return domains[0].AutoApprove
	}
	want("a domain", cameOf(b.World, b.by, on), "changed")
	if approves() {
		b.t.Error("JOIN-7 requests from the domain are approved by themselves still")
	}
	want("a domain again", cameOf(b.World, b.by, on), "unchanged")
	b.Must(b.Accounts.RemoveDomain(b.Context(), b.by, b.account.ID, "maraval.example"))
	want("a domain that is gone", cameOf(b.World, b.by, on), "refused domain.not_found")

	off := b.Written(b.account.ID, func() {
		said := b.view().AccountSettings
		said.SecondFactor = otherDemand(said.SecondFactor)
		b.Must(b.Accounts.ChangeSettings(b.Context(), b.by, b.account.ID, said))
	})
	plain, _ := b.Member(b.account, "camille.aubrac@maraval.example")
	want("without the right", cameOf(b.World, plain, off), "refused denied.permission")
	want("a stranger", cameOf(b.World, b.Person("passant@exemple.example"), off), "refused account.not_found")
}

// otherDemand is another demand for a second factor.
func otherDemand(is directory.FactorDemand) directory.FactorDemand {
	if is == directory.FactorOfNobody {
		return directory.FactorOfAll
	}
	return directory.FactorOfNobody
}

// TestPreferencesTakenBack: a choice, a unit and an order come back as they were (PLAN-2).
func TestPreferencesTakenBack(t *testing.T) { // PLAN-2, PREF-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPyramid(w)
		want := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
			}
		}
		set := func(c app.PreferenceChange) []audit.Entry {
			t.Helper()
			return w.Written(p.account.ID, func() { want("set", p.set(p.north, "", c), "") })
		}
		for _, c := range []app.PreferenceChange{choice("start-screen", "planning"), unit("default-location", p.uuid("Lille")),
			{ID: "fleet-order", Placed: []app.PlacedUnit{{Unit: p.uuid("Engins"), Place: 1, Ticked: true}}}} {
			before := p.tile(p.north, "", c.ID).Value
			changed := set(c)
			undone := w.Written(p.account.ID, func() { want(c.ID, cameOf(w, p.north, changed), "changed") })
			if now := p.tile(p.north, "", c.ID).Value; !now.Equal(before) {
				t.Errorf("PLAN-2 %s is %+v, want %+v", c.ID, now, before)
			}
			want(c.ID+" again", cameOf(w, p.north, changed), "unchanged")
			want(c.ID+" undo of undo", cameOf(w, p.manager, undone), "changed")
			want(c.ID+" by the manager", cameOf(w, p.manager, changed), "changed")
			want(c.ID+" by somebody else", cameOf(w, p.south, changed), "refused denied.permission")
		}
		placed := set(app.PreferenceChange{ID: "fleet-order", Placed: []app.PlacedUnit{{Unit: p.uuid("Engins"), Place: 1, Ticked: true}}})
		set(app.PreferenceChange{ID: "fleet-order", Placed: []app.PlacedUnit{{Unit: p.uuid("Camions"), Place: 1}}})
		want("the order changed since, the ticks not", cameOf(w, p.north, placed), "changed preference_value")
		if tile := p.tile(p.north, "", "fleet-order"); tile.Ticked != 0 || tile.Units[0].Unit.Name != "Camions" {
			t.Errorf("PLAN-2 %d ticked, %s first", tile.Ticked, tile.Units[0].Unit.Name)
		}
		set(unit("default-location", p.uuid("Arras")))
		chosen := set(unit("default-location", p.uuid("Lille")))
		arras, err := w.Units.Unit(w.Context(), p.administrator, p.account.ID, p.uuid("Arras"), app.UnitView{})
		w.Must(err)
		w.Must(w.Units.Archive(w.Context(), p.administrator, p.account.ID, arras.UUID, arras.Version))
		want("a unit archived since", cameOf(w, p.north, chosen), "refused preference_value preference.unit_unknown")
	})
}
