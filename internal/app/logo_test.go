package app_test

import (
	"testing"

	"intendant/internal/apptest"
)

func TestAccountLogo(t *testing.T) { // ACC-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		odette := w.Administrator(account, "odette.marsan@maraval.example")
		_, err := w.Accounts.Logo(w.Context(), odette, account.ID)
		if got := w.Code(err); got != "picture.not_found" {
			t.Errorf("no logo: code %q, want picture.not_found", got)
		}
		err = w.Accounts.SetLogo(w.Context(), odette, account.ID, []byte("<svg onload=alert(1)>"))
		if got := w.Code(err); got != "picture.unreadable" {
			t.Errorf("a file that is no picture: code %q, want picture.unreadable", got)
		}
		w.Must(w.Accounts.SetLogo(w.Context(), odette, account.ID, signature()))
		frame, err := w.Accounts.Open(w.Context(), odette, "204817")
		w.Must(err)
		if picture, err := w.Accounts.Logo(w.Context(), odette, account.ID); err != nil || len(picture) == 0 || !frame.Account.Logo {
			t.Errorf("logo %d bytes, %v, account says %v", len(picture), err, frame.Account.Logo)
		}
		w.Must(w.Accounts.RemoveLogo(w.Context(), odette, account.ID))
		if _, err := w.Accounts.Logo(w.Context(), odette, account.ID); w.Code(err) != "picture.not_found" {
			t.Errorf("the logo is still there: %v", err)
		}
	})
}
