package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// lastUse is the day on which a member used a product last, empty for never.
func (s *stand) lastUse(member directory.Member, product string) string {
	s.t.Helper()
	return s.Used(member, product).ISO()
}

// use is one line of a report.
func use(account, subject, product, day string) string {
	return fmt.Sprintf(`{"account":%q,"subject":{"type":"user","id":%q},"product":%q,"day":%q}`, account, subject, product, day)
}

func uses(lines ...string) string { return `{"uses":[` + strings.Join(lines, ",") + `]}` }

// refused are the codes of the lines that were not noted, by line.
func refused(r reply) string {
	var said []string
	for i := 0; r.text(fmt.Sprintf("refused.%d.line", i)) != ""; i++ {
		at := fmt.Sprintf("refused.%d.", i)
		said = append(said, r.text(at+"line")+" "+r.text(at+"problem.code")+" "+r.text(at+"problem.field"))
	}
	return strings.Join(said, ", ")
}

func TestReportedUses(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		_, karim := w.Member(s.account, "karim@maraval.example")
		_, zoe := w.Member(s.account, "zoe@maraval.example")
		for _, product := range []string{"plans", "model"} {
			offer := directory.Offer{Product: product}
			_, err := w.Subscriptions.Add(w.Context(), w.Operator(), s.account.ID, app.NewSubscription{Offer: offer, Term: app.SubscriptionTerm{Quantity: 2}})
			w.Must(err)
			for _, m := range []directory.Member{karim, zoe} {
				w.Must(apptest.ErrOf(w.Seats.Assign(w.Context(), s.admin, s.account.ID, app.Of(m.UUID), offer)))
			}
		}
		_, nadia := w.Member(s.account, "nadia@maraval.example")
		elsewhere := w.Account("117 402")
		_, blanche := w.Member(elsewhere, "blanche@ardoises.example")
		program, number := s.token, s.account.Number
		today := w.Now().UTC()
		ago := func(days int) string { return today.AddDate(0, 0, -days).Format(time.DateOnly) }
		s.token = s.application("Plans", []directory.ApplicationRight{directory.MayAsk}, number)
		t.Run("APP-5 the last day of each person and product, however they are named", func(t *testing.T) {
			got := s.post("/vendor/uses", uses(use(number, karim.UUID, "plans", ago(9)), use(s.account.UUID, "KARIM@maraval.example", "plans", ago(3)),
				use("204817", karim.UUID, "plans", ago(5)), use(number, zoe.UUID, "plans", ago(400)))).is(200, "")
			if got.text("noted") != "4" || s.lastUse(karim, "plans") != ago(3) || s.lastUse(zoe, "plans") != ago(400) {
				t.Errorf("%s: %s, %s", got.body, s.lastUse(karim, "plans"), s.lastUse(zoe, "plans"))
			}
		})
		t.Run("APP-5 an earlier day changes nothing, none is today", func(t *testing.T) {
			s.post("/vendor/uses", uses(use(number, karim.UUID, "plans", ago(4)))).is(200, "")
			if got := s.lastUse(karim, "plans"); got != ago(3) {
				t.Errorf("went back to %s", got)
			}
			s.post("/vendor/uses", uses(use(number, karim.UUID, "plans", ""))).is(200, "")
			if got := s.lastUse(karim, "plans"); got != ago(0) {
				t.Errorf("last on %s, want today", got)
			}
		})
		t.Run("APP-5 lines that are not noted are named, and stop no other", func(t *testing.T) {
			got := s.post("/vendor/uses", uses(use(number, "nobody", "plans", ""), use(number, karim.UUID, "none", ""), use(number, karim.UUID, "model", "soon"),
				use(number, karim.UUID, "model", ago(-3)), use(number, zoe.UUID, "plans", ago(1)), use(number, blanche.UUID, "plans", ""),
				use("117402", blanche.UUID, "plans", ""), use("999999", blanche.UUID, "plans", ""), use("", zoe.UUID, "plans", ""), use(number, nadia.UUID, "plans", ""))).is(200, "")
			const want = "0 member.not_found subject, 1 field.unknown_choice product, 2 field.bad_date day, 3 use.to_come day, 5 member.not_found subject, " +
				"6 account.not_found account, 7 account.not_found account, 8 account.not_found account, 9 use.not_held subject"
			if got.text("noted") != "1" || refused(got) != want || s.lastUse(zoe, "plans") != ago(1) || s.lastUse(karim, "model") != "" {
				t.Errorf("said %s", refused(got))
			}
			if there, nowhere := got.text("refused.5.problem"), got.text("refused.6.problem"); there != nowhere {
				t.Errorf("an account out of sight is told: %s, %s", there, nowhere)
			}
			s.post("/vendor/uses", `{"uses":[]}`).is(422, "request.invalid")
			s.post("/vendor/uses", uses(strings.Split(strings.Repeat(use(number, zoe.UUID, "plans", "")+"|", 1001), "|")[:1001]...)).is(422, "request.invalid")
		})
		t.Run("APP-5 what is a product reports that one only", func(t *testing.T) {
			a, err := w.Applications.Register(w.Context(), w.Operator(), app.ApplicationRegistration{Name: "Maquette", Product: "model", All: true,
				Rights: []directory.ApplicationRight{directory.MayAsk}})
			w.Must(err)
			made, err := w.Applications.MakeCredential(w.Context(), w.Operator(), a.UUID, app.NewCredential{Name: "Production", Expires: w.Now().AddDate(1, 0, 0)})
			w.Must(err)
			s.token = made.Secret
			got := s.post("/vendor/uses", uses(use(number, zoe.UUID, "plans", ""), use(number, zoe.UUID, "model", ago(2)))).is(200, "")
			if refused(got) != "0 use.other_product product" || s.lastUse(zoe, "plans") != ago(1) || s.lastUse(zoe, "model") != ago(2) {
				t.Errorf("said %s", refused(got))
			}
		})
		t.Run("APP-5 a technical user reports those of its account", func(t *testing.T) {
			s.token = program
			got := s.post(s.path("/uses"), uses(use("", zoe.UUID, "plans", ago(0)), use("117402", blanche.UUID, "plans", ""), use(number, "x", "plans", ""))).is(200, "")
			if refused(got) != "1 account.not_found account, 2 member.not_found subject" || s.lastUse(zoe, "plans") != ago(0) {
				t.Errorf("said %s", refused(got))
			}
			s.post("/accounts/117402/uses", uses(use("", blanche.UUID, "plans", ""))).is(404, "account.not_found")
		})
	})
}
