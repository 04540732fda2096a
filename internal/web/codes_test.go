package web_test

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/i18n"
)

// TestRefusalsNameNoCode looks for what only programs read in what people are told: a
// permission, a duty or a type of account is called as the catalogue and the console
// call it, in every language and whichever refusal carries it.
func TestRefusalsNameNoCode(t *testing.T) { // API-3
	t.Parallel()
	w := apptest.New(t, "sqlite")
	bundle, err := i18n.Load()
	w.Must(err)
	bundle.Names(w.App.Catalogue.Naming)
	declared := w.App.Catalogue.InForce()
	var refusals []*directory.Error
	say := func(code, what, id string) {
		refusals = append(refusals, &directory.Error{Code: code, Args: directory.Args{what: id, "Unit": "Atlantique"}})
	}
	for _, p := range declared.Permissions {
		for _, code := range []string{"denied.permission", "unit.move_gives", "role.permission_not_held"} {
			say(code, "Permission", p.ID)
		}
	}
	for _, duty := range []authz.Duty{authz.HandleKeys, authz.EnterAccounts, authz.NameStaff, authz.ErasePeople, authz.WatchMail, authz.ReadAllHistory} {
		say("denied.duty", "Duty", string(duty))
	}
	for _, kind := range declared.AccountTypes {
		say("account.type_fixed", "Type", kind.ID)
	}
	for _, lang := range bundle.Languages() {
		p := bundle.Printer(lang, time.UTC)
		for _, refusal := range refusals {
			text := p.Error(refusal)
			for what, id := range refusal.Args {
				if id := id.(string); what != "Unit" && (strings.Contains(text, id) && strings.ContainsAny(id, "._") || strings.Contains(text, ": "+id)) {
					t.Errorf("%s of %s in %s shows the id: %s", refusal.Code, id, lang, text)
				}
			}
		}
	}
}
