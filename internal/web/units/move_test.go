package units_test

import (
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
)

// TestMoveTellsOfContracts: whoever moves a unit is told before who is nothing any
// more for a contract above it, and nothing of it where all stays.
func TestMoveTellsOfContracts(t *testing.T) { // UNIT-4, SEAT-7
	d := fleet(t)
	w := d.site.World
	one, to := d.at(t, "Agence de Nantes"), strings.TrimPrefix(d.at(t, "Maraval Conseil"), base+"/")
	lacks(t, d.Get(one+"/move?to="+to), "Contrats", "suppléant")
	_, m := w.Member(d.account, "nacelles@maraval.example")
	w.Must(apptest.ErrOf(w.Members.MoveHome(t.Context(), d.admin, d.account.ID, app.Of(m.UUID), strings.TrimPrefix(one, base+"/"))))
	_, err := w.Contracts.Name(t.Context(), d.admin, d.account.ID,
		app.ContractNaming{Unit: strings.TrimPrefix(d.at(t, "Maraval Location"), base+"/"), Part: app.DeputyPart, Member: m.UUID})
	w.Must(err)
	has(t, d.Get(one+"/move?to="+to), "Contrats", "nacelles n’est plus suppléant pour le contrat de Maraval Location",
		"1 personne ne verra plus ses abonnements ni ses factures")
}
