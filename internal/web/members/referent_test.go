package members_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/web/webtest"
)

// TestRemovalTellsOfReferent: whoever removes the contract's contact is told
// before that the account then has none.
func TestRemovalTellsOfReferent(t *testing.T) { // ACC-9, PROJ-6
	d := sit(t, 3)
	operator := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
	if err := d.site.App.Contracts.SetReferent(t.Context(), operator, d.account.ID, "m001@maraval.example", 0); err != nil {
		t.Fatal(err)
	}
	const told = "référent du contrat"
	referent, other := d.uuid(t, "haddad 001"), d.uuid(t, "haddad 002")
	has(t, d.Get(at+"/members/"+referent+"?ask=remove"), told)
	if page := d.Get(at + "/members/" + other + "?ask=remove"); strings.Contains(page.Text(), told) {
		t.Error("ACC-9 it is said of somebody else too")
	}
	has(t, d.Get(at+"/members/bulk?act=remove&member="+referent+"&member="+other), told)
	if page := d.Get(at + "/members/bulk?act=remove&member=" + other); page.Status != http.StatusOK || strings.Contains(page.Text(), told) {
		t.Errorf("ACC-9 status %d, or it is said of others too", page.Status)
	}
}

// TestLeavingTellsOfContracts: whoever removes a unit's referent or a deputy, or
// switches them off, is told before which contracts lose them.
func TestLeavingTellsOfContracts(t *testing.T) { // SEAT-7, PROJ-6
	d := sit(t, 12)
	unit, err := d.site.App.Units.Add(t.Context(), d.admin, d.account.ID, app.NewUnit{Name: "Lyon", Level: "office"})
	must(t, err)
	both, deputy, nobody := d.uuid(t, "haddad 001"), d.uuid(t, "haddad 002"), d.uuid(t, "haddad 003")
	for _, member := range []string{both, deputy} {
		must(t, apptest.ErrOf(d.site.App.Members.MoveHome(t.Context(), d.admin, d.account.ID, app.Of(member), unit.UUID)))
	}
	for _, n := range []app.ContractNaming{{Unit: unit.UUID, Part: app.ReferentPart, Member: both}, {Part: app.DeputyPart, Member: both},
		{Unit: unit.UUID, Part: app.DeputyPart, Member: deputy}} {
		_, err := d.site.App.Contracts.Name(t.Context(), d.admin, d.account.ID, n)
		must(t, err)
	}
	referentOf, deputyOf, access := "rôle de référent du contrat de Lyon", "rôle de suppléant pour le contrat de ", "accès au contrat de "
	ask := func(member, act string) *webtest.Page { return d.Get(at + "/members/" + member + "?ask=" + act) }
	has(t, ask(both, "remove"), referentOf, deputyOf+"Compte 204817")
	has(t, ask(both, "deactivate"), access+"Compte 204817 et Lyon")
	has(t, ask(deputy, "remove"), deputyOf+"Lyon")
	lacks(t, ask(deputy, "remove"), referentOf)
	lacks(t, ask(nobody, "remove"), "rôle de référent", deputyOf)
	lacks(t, ask(nobody, "deactivate"), access)
	bulk := func(values string) *webtest.Page { return d.Get(at + "/members/bulk?" + values) }
	two, off := "que 2 personnes tiennent pour le contrat d’une unité", "accès au contrat, pour qui en est"
	has(t, bulk("act=remove&member="+both+"&member="+deputy+"&member="+nobody), two)
	has(t, bulk("act=remove&all=1&count=13"), two, "référent du contrat : Compte 204817")
	has(t, bulk("act=remove&all=1&count=1&q=haddad+002"), "que 1 personne tient")
	has(t, bulk("act=deactivate&member="+deputy), off)
	lacks(t, bulk("act=remove&member="+nobody), "pour le contrat d’une unité", "référent du contrat")
	lacks(t, bulk("act=deactivate&member="+nobody), off)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
