package members_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
)

func TestRefusedFormsStayWhereTheyStand(t *testing.T) { // API-3
	d := sit(t, 1)
	one := at + "/members/" + d.uuid(t, "haddad 000")
	t.Run("a refused act is said on the page it came from, beside the places of the account", func(t *testing.T) {
		shown := d.Get(one)
		if _, err := d.site.App.Members.Deactivate(t.Context(), d.admin, d.account.ID, app.Of(d.uuid(t, "haddad 000"))); err != nil {
			t.Fatal(err)
		}
		p := shown.Submit(one + "/invite")
		if p.Status != http.StatusConflict || !p.Has(".in-side nav") || !p.Has(".in-errors[data-at='"+one+"']") {
			t.Errorf("status %d: %s", p.Status, p.Text())
		}
		if said := p.All(".in-errors"); len(said) != 1 || !strings.Contains(said[0].Text(), "est désactivé") {
			t.Errorf("%d say %s", len(said), said[0].Text())
		}
	})
	t.Run("without the page it came from it has one of its own, beside the places of the account", func(t *testing.T) {
		p := d.Post(one+"/withdraw", "return", at+"/members")
		if p.Status != http.StatusConflict || !p.Has(".in-side nav") {
			t.Errorf("status %d: %s", p.Status, p.Text())
		}
	})
	t.Run("what is out of sight is said beside the places of the account", func(t *testing.T) {
		p := d.Get(at + "/members/nobody")
		if p.Status != http.StatusNotFound || !p.Has(".in-side nav") {
			t.Errorf("status %d: %s", p.Status, p.Text())
		}
	})
}

func TestLastAdministratorIsExplainedBefore(t *testing.T) { // ACC-5
	d := sit(t, 1)
	last, other := at+"/members/"+d.uuid(t, "helene"), at+"/members/"+d.uuid(t, "haddad 000")
	const why = "garde toujours au moins un administrateur actif"
	for _, act := range []string{"exclude", "deactivate", "remove"} {
		p := d.Get(last + "?ask=" + act)
		has(t, p, why)
		if !p.Has("dialog[open] a[href='"+at+"/members?status=active']") || p.Has("dialog[open] footer button[type=submit].btn-danger") {
			t.Errorf("%s: no way to another administrator, or still a button: %s", act, p.Text())
		}
	}
	t.Run("ACC-5 the level is kept by the form, with the way to another", func(t *testing.T) {
		p := d.Get(last + "/edit")
		has(t, p, why)
		if p = p.Submit(last + "/edit"); p.Status != http.StatusSeeOther {
			t.Errorf("saved with %d: %s", p.Status, p.Text())
		}
		if got := d.Get(last).Text(); !strings.Contains(got, "Administrateur") {
			t.Errorf("no administrator any more: %s", got)
		}
	})
	t.Run("ACC-5 whoever sends it all the same is told in the dialog", func(t *testing.T) {
		p := d.Get(last + "?ask=remove").Submit(last + "/remove")
		if p.Status != http.StatusConflict || !p.Has("dialog[open] [role=alert] a[href='"+at+"/members?status=active']") || !p.Has(".in-side nav") {
			t.Errorf("status %d: %s", p.Status, p.Text())
		}
	})
	t.Run("ACC-7 with a second nothing stands in the way", func(t *testing.T) {
		w := d.site.World
		w.Administrator(d.account, "paul.second@maraval.example")
		lacks(t, d.Get(last+"?ask=exclude"), why)
		lacks(t, d.Get(other+"?ask=remove"), why)
	})
}
