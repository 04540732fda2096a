package members_test

import (
	"net/http"
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/web/webtest"
)

// ticked are the values of the boxes of a name that are ticked.
func ticked(p *webtest.Page, name string) []string {
	var values []string
	for _, box := range p.All("input") {
		if box.Attr("name") == name && box.HasAttr("checked") {
			values = append(values, box.Attr("value"))
		}
	}
	return values
}

// levels are the codes of a member's access levels, sorted.
func (d desk) levels(t *testing.T, search string) []string {
	t.Helper()
	page, err := d.site.App.Members.List(t.Context(), d.admin, d.account.ID, app.MemberQuery{Search: search})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%q finds %d: %v", search, len(page.Rows), err)
	}
	var codes []string
	for _, level := range page.Rows[0].Levels {
		codes = append(codes, level.Code)
	}
	slices.Sort(codes)
	return codes
}

func TestLevelBoxes(t *testing.T) { // ADD-8
	d := sitIn(t, "construction", 2)
	one := at + "/members/" + d.uuid(t, "haddad 001")
	form := one + "/edit"
	holds := func(what string, want ...string) {
		t.Helper()
		if got := d.levels(t, "haddad 001"); !slices.Equal(got, want) {
			t.Errorf("%s: holds %q, want %q", what, got, want)
		}
	}
	t.Run("ADD-8 several levels at once, shown everywhere", func(t *testing.T) {
		d.Get(form).Submit(form, "access_level", "standards-administrator", "access_level", "administrator").Follow()
		holds("two ticked", "administrator", "standards-administrator")
		has(t, d.Get(one), "Administrateur et Normes")
		has(t, d.Get(one+"?ask=remove"), "Le niveau d’accès Administrateur", "Le niveau d’accès Normes")
		has(t, d.Get(at+"/members?level=standards-administrator"), "Haddad 001", "Administrateur et Normes")
		lacks(t, d.Get(at+"/members?level=none"), "Haddad 001")
		lacks(t, d.Get(at+"/members?level=executive"), "Haddad 001")
		if got := ticked(d.Get(form), "access_level"); !slices.Equal(got, []string{"administrator", "standards-administrator"}) {
			t.Errorf("ticked in the form: %q", got)
		}
		has(t, d.Get(at+"/history"), "Normes")
	})
	t.Run("ADD-8 what else is changed leaves them", func(t *testing.T) {
		d.Get(form).Submit(form, "job_title", "Gestionnaire").Follow()
		holds("another field", "administrator", "standards-administrator")
	})
	t.Run("ADD-8 a form that is refused keeps its ticks", func(t *testing.T) {
		p := d.Get(form).Submit(form, "access_level", "executive", "access_level", "no-such")
		if got := ticked(p, "access_level"); p.Status != http.StatusUnprocessableEntity || !slices.Equal(got, []string{"executive", "no-such"}) {
			t.Errorf("status %d, ticked %q", p.Status, got)
		}
		holds("refused", "administrator", "standards-administrator")
	})
	t.Run("ACC-7 an administrator excluded keeps the others", func(t *testing.T) {
		d.Get(one + "?ask=exclude").Submit(one + "/exclude").Follow()
		holds("excluded", "standards-administrator")
	})
}

func TestLevelsOfMany(t *testing.T) { // BULK-1
	d := sitIn(t, "construction", 2)
	bulk := at + "/members/bulk"
	page := bulk + "?act=edit&all=1&q=haddad"
	for _, test := range []struct {
		name string
		set  []string
		want []string
	}{
		{"BULK-1 exactly these", []string{"executive", "standards-administrator"}, []string{"executive", "standards-administrator"}},
		{"ADD-7 none ticked leaves them", nil, []string{"executive", "standards-administrator"}},
		{"BULK-1 another set in their place", []string{"executive"}, []string{"executive"}},
		{"BULK-1 none at all", []string{"none"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			fields := []string{"company_set", "Kestner Bau"}
			for _, code := range test.set {
				fields = append(fields, "level_set", code)
			}
			if p := d.Get(page).Submit(bulk, fields...); p.Status != http.StatusSeeOther {
				t.Fatalf("status %d: %.300s", p.Status, p.Text())
			}
			for _, who := range []string{"haddad 000", "haddad 001"} {
				if got := d.levels(t, who); !slices.Equal(got, test.want) {
					t.Errorf("%s holds %q, want %q", who, got, test.want)
				}
			}
		})
	}
	t.Run("BULK-1 levels and none at once are refused", func(t *testing.T) {
		p := d.Get(page).Submit(bulk, "level_set", "executive", "level_set", "none")
		if p.Status != http.StatusUnprocessableEntity || !slices.Equal(ticked(p, "level_set"), []string{"executive", "none"}) {
			t.Errorf("status %d, ticked %q", p.Status, ticked(p, "level_set"))
		}
		if got := d.levels(t, "haddad 000"); got != nil {
			t.Errorf("holds %q", got)
		}
	})
}
