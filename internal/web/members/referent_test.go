package members_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/authz"
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
