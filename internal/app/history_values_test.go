package app_test

import (
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
)

// TestEntriesHoldWhatWas makes somebody what they were before by nothing but
// the entries of what was done to them, newest first, and compares (HIST-6,
// PLAN-2).
func TestEntriesHoldWhatWas(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		_, m := w.Member(p.account, "quentin.moreau@maraval.example")
		email := "quentin.moreau@maraval.example"
		roles, err := w.Roles.List(w.Context(), p.admin, p.account.ID)
		w.Must(err)
		var codes []string
		for _, o := range roles.Roles {
			if o.Kind == directory.Function {
				codes = append(codes, o.Code)
			}
		}
		edit := func(c app.MemberChange) {
			w.Pass(time.Minute)
			verdicts, err := w.Members.EditMembers(w.Context(), p.admin, p.account.ID, app.Of(m.UUID), c)
			w.Must(err)
			w.Must(verdicts.FirstRefusal())
		}
		text := func(s string) *string { return &s }
		ends := w.Now().AddDate(0, 3, 0).Add(12345 * time.Microsecond)
		var states []directory.Member
		for _, act := range []func(){
			func() {
				edit(app.MemberChange{Company: text("Kestner Bau"), Functions: &[]string{codes[0]}, PlaceTexts: directory.PlaceTexts[*string]{Phone: text("+33 1 02 03 04 05")}})
			},
			func() {
				edit(app.MemberChange{Company: text("Maraval, Fils"), Functions: &[]string{codes[1], codes[0]}, Ends: &directory.End{Moment: ends}, PlaceTexts: directory.PlaceTexts[*string]{JobTitle: text("Métreur")}})
			},
			func() { edit(app.MemberChange{Levels: apptest.Levels(directory.AdminLevel), Ends: &directory.End{}}) },
			func() { edit(app.MemberChange{Levels: apptest.Levels("standards-administrator", "executive")}) },
			func() { w.Must(w.Members.NameAdministrator(w.Context(), p.admin, p.account.ID, m.UUID)) },
			func() { w.Must(w.Members.ExcludeAdministrator(w.Context(), p.admin, p.account.ID, m.UUID)) },
			func() {
				w.Must(failed(w.Members.MoveHome(w.Context(), p.admin, p.account.ID, app.Of(m.UUID), p.unit("Gand").UUID)))
			},
			func() { w.Must(failed(w.Members.Deactivate(w.Context(), p.admin, p.account.ID, app.Of(m.UUID)))) },
			func() {
				edit(app.MemberChange{Company: text(""), Functions: &[]string{}, PlaceTexts: directory.PlaceTexts[*string]{Phone: text("")}})
			},
			func() { w.Must(failed(w.Members.Remove(w.Context(), p.admin, p.account.ID, app.Of(m.UUID)))) },
		} {
			states = append(states, memberByEmail(t, w, p.account, email))
			w.Pass(time.Minute)
			act()
		}
		page, err := w.History.List(w.Context(), p.admin, p.account.ID, app.HistoryFilter{Subject: m.User}, app.Window{Size: 200})
		w.Must(err)
		now := memberByEmail(t, w, p.account, email)
		for _, s := range page.Entries {
			if s.Entry.Kind.Group() != "member" && s.Entry.Kind.Group() != "administrator" || len(states) == 0 {
				continue
			}
			for _, c := range slices.Concat(s.Entry.Facts, s.Entry.Personal) {
				back(t, &now, c)
			}
			want := states[len(states)-1]
			states = states[:len(states)-1]
			slices.Sort(now.Functions)
			slices.Sort(want.Functions)
			if now.Status != want.Status || now.Company != want.Company || !slices.Equal(now.Levels(), want.Levels()) || !slices.Equal(now.Functions, want.Functions) ||
				!now.Ends.Equal(want.Ends) || now.Unit != want.Unit || now.Phone != want.Phone || now.JobTitle != want.JobTitle {
				t.Errorf("HIST-6 before %s the entries make\n%+v, but it was\n%+v", s.Entry.Kind, now, want)
			}
		}
		if len(states) > 0 {
			t.Errorf("HIST-6 %d acts left no entry", len(states))
		}
	})
}

// back sets a member's field to what a change says it was before.
func back(t *testing.T, m *directory.Member, c audit.Change) {
	t.Helper()
	key := func(noun audit.Noun) int64 {
		refs := c.Before.Refs()
		if len(refs) == 0 {
			return 0
		}
		if len(refs) > 1 || refs[0].Noun != noun {
			t.Errorf("%s was %v, want one %s", c.Field, c.Before, noun)
		}
		return refs[0].Key
	}
	switch c.Field {
	case "status":
		for s := directory.Active; s <= directory.Inactive; s++ {
			if s.String() == c.Before.Text() {
				m.Status = s
			}
		}
	case "company":
		m.Company = directory.CompanyID(key(audit.Company))
	case "access_level":
		m.Level, m.MoreLevels = 0, nil
		for i, ref := range c.Before.Refs() {
			if i == 0 {
				m.Level = directory.RoleID(ref.Key)
				continue
			}
			m.MoreLevels = append(m.MoreLevels, directory.RoleID(ref.Key))
		}
	case "functions":
		m.Functions = nil
		for _, ref := range c.Before.Refs() {
			m.Functions = append(m.Functions, directory.RoleID(ref.Key))
		}
	case "ends":
		m.Ends, _ = c.Before.Time()
	case "unit":
		m.Unit = directory.UnitID(key(audit.Unit))
	case "phone":
		m.Phone = c.Before.Text()
	case "job_title":
		m.JobTitle = c.Before.Text()
	}
}
