package seats_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
)

func TestReportPage(t *testing.T) { // REP-3, REP-4, HIST-4
	d := sit(t)
	has(t, d.Get(products+"/report"), "Aucun produit souscrit")
	d.buys(plans, 5)
	_, maud := d.person("maud@maraval.example")
	d.gives(maud, plans)
	d.w.Must(d.w.Seats.StateExternal(d.w.Context(), d.w.Operator(), d.account.ID, app.ExternalClaim{Member: maud, Product: "plans", Last: directory.DayOf(d.w.Now().AddDate(1, 0, 0), time.UTC)}))
	has(t, d.Get(products), "Rapport des licences")
	t.Run("REP-3 bought, assigned, external, free and unused for so many days", func(t *testing.T) {
		has(t, d.Get(products+"/report"), "Inutilisées", "Depuis 90 jours", "Plans", "Groupe Maraval", "Total")
		has(t, d.Get(products+"/report?days=30"), "days=30")
		for _, days := range []string{"0", "x", "-1", "99999999999999999999"} {
			if p := d.Get(products + "/report?days=" + days); p.Status != http.StatusOK {
				t.Errorf("%q: %d", days, p.Status)
			}
		}
	})
	t.Run("REP-4 as CSV and XLSX, line by line", func(t *testing.T) {
		p := d.Get(products + "/report.csv?days=30")
		has(t, p, "Plans", "Groupe Maraval")
		if !strings.Contains(p.Body, "5") || p.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%q: %s", p.Header.Get("Content-Type"), p.Body)
		}
		if p := d.Get(products + "/report.xlsx"); p.Status != http.StatusOK || !strings.HasPrefix(p.Body, "PK") {
			t.Errorf("XLSX: %d", p.Status)
		}
	})
	t.Run("REP-3 not for who sees a part of the account", func(t *testing.T) {
		unit, err := d.w.Units.Add(d.w.Context(), d.admin, d.account.ID, app.NewUnit{Name: "Lyon", Level: "group"})
		d.w.Must(err)
		reader, _ := d.person("camille@maraval.example")
		d.w.Must(d.w.Members.SeedGrants(t.Context(), d.account.ID, d.admin.User, []app.SeedGrant{{User: reader.User, Role: "manager", Unit: unit.ID}}))
		c := d.site.SignedIn(t, reader)
		lacks(t, c.Get(products), "Rapport des licences")
		for _, path := range []string{"/report", "/report.csv", "/report.xlsx"} {
			if got := c.Get(products + path); got.Status != http.StatusForbidden {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	})
}
