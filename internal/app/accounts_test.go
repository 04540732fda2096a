package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
)

func TestAccountsCreate(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		t.Run("ACC-1 number is unique, in any spelling", func(t *testing.T) {
			w.Account("204 817")
			_, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204.817", Name: "Autre",
				Type: "company-network", ServiceLevel: "contract", Language: "fr"})
			if got := w.Code(err); got != "account.number_taken" {
				t.Errorf("second account of one number: code %q, want account.number_taken", got)
			}
		})
		t.Run("ACC-2 the buyer is administrator and referent", func(t *testing.T) {
			account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "163918", Name: "Domaines & Conseils",
				Type: "licences", ServiceLevel: "contract", Language: "fr",
				Buyer: &app.Buyer{Email: "p.domange@domaines.example", First: "Pierre-Yves", Last: "Domange"}})
			w.Must(err)
			if account.Referent == 0 || account.Claimed.IsZero() {
				t.Errorf("referent %d, claimed %v: the buyer is not referent", account.Referent, account.Claimed)
			}
			_, err = w.Invitations.Accept(w.Context(), here(), app.Acceptance{Token: mail(t, w, "invitation").Mail.Secret,
				First: "Pierre-Yves", Last: "Domange", Language: "fr", Password: goodPassword}, limits())
			w.Must(err)
			buyer := authz.Actor{Kind: authz.Person, User: account.Referent}
			frame, err := w.Accounts.Open(w.Context(), buyer, "163 918")
			w.Must(err)
			if !frame.Rights.May(authz.ManageAdministrators, 0) {
				t.Error("the buyer is not administrator")
			}
		})
		t.Run("KEY-14 a stranger's number and an unknown one are answered alike", func(t *testing.T) {
			stranger := authz.Actor{Kind: authz.Person}
			_, known := w.Accounts.Open(w.Context(), stranger, "204817")
			_, unknown := w.Accounts.Open(w.Context(), stranger, "999999")
			if w.Code(known) != "account.not_found" || w.Code(unknown) != "account.not_found" {
				t.Errorf("codes %q and %q, want account.not_found twice", w.Code(known), w.Code(unknown))
			}
		})
	})
}
