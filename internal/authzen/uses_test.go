package authzen_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestUsesOfAnswers: a yes that a product got is a use, one that lies behind the end
// of a list is none, and neither is one that another product was told.
func TestUsesOfAnswers(t *testing.T) { // APP-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		var people []directory.Member
		for i := range 3 {
			_, m := w.Member(s.account, fmt.Sprintf("p%d@maraval.example", i))
			people = append(people, m)
		}
		for _, product := range []string{"plans", "model"} {
			offer := directory.Offer{Product: product}
			_, err := w.Subscriptions.Add(w.Context(), w.Operator(), s.account.ID, app.NewSubscription{Offer: offer, Term: app.SubscriptionTerm{Quantity: 2}})
			w.Must(err)
			for _, m := range people[:2] {
				w.Must(apptest.ErrOf(w.Seats.Assign(w.Context(), s.admin, s.account.ID, app.Of(m.UUID), offer)))
			}
		}
		used := func() string {
			w.Must(w.Checks.WriteUses(w.Context()))
			var who []string
			for _, product := range []string{"plans", "model"} {
				for i, m := range people {
					if w.Used(m, product) != (directory.Day{}) {
						who = append(who, fmt.Sprint(product, " ", i))
					}
				}
			}
			return strings.Join(who, ", ")
		}
		use := func(i int, product string) string {
			return about(people[i].UUID, "use", "product", product, "204817")
		}
		list := func(semantic string, questions ...string) string {
			return `{"options":{"evaluations_semantic":"` + semantic + `"},"evaluations":[` + strings.Join(questions, ",") + `]}`
		}
		program, plain := s.token, credential(w, s.application(), "Production").Secret
		n := asking()
		n.Name, n.Product = "Maquette", "model"
		model, err := w.Applications.Register(t.Context(), w.Operator(), n)
		w.Must(err)
		for _, token := range []string{plain, program} {
			s.token = token
			s.post(evaluations, list("deny_on_first_deny", use(2, "plans"), use(0, "plans")))
			if got := used(); got != "" {
				t.Errorf("behind the first no: %s", got)
			}
		}
		s.token = credential(w, model, "Production").Secret
		if d := s.decision(s.post(evaluation, use(0, "plans"))); !d.yes() || used() != "" {
			t.Errorf("another product asks: %+v, used %q", d, used())
		}
		if d := s.decision(s.post(evaluation, use(1, "model"))); !d.yes() || used() != "model 1" {
			t.Errorf("the product itself asks: %+v, used %q", d, used())
		}
		s.token = plain
		s.post(evaluations, list("permit_on_first_permit", use(2, "plans"), use(1, "plans"), use(0, "plans")))
		if got := used(); got != "plans 1, model 1" {
			t.Errorf("up to the first yes: %s", got)
		}
		s.token = program
		if d := s.decision(s.post(evaluation, use(0, "plans"))); !d.yes() || used() != "plans 0, plans 1, model 1" {
			t.Errorf("a technical user asks: %+v, used %q", d, used())
		}
	})
}
