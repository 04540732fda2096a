package console

import (
	"net/http"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// act runs one act on the customer of the address: what it refuses comes back in
// its dialog, and afterwards the customer's page says what was done.
func (h Handler) act(q *page.Request, duty authz.Duty, ask func(c app.Customer) *dialog, do func(c app.Customer) error, done func(c app.Customer) string) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	if err := do(c); err != nil {
		if d := ask(c); d != nil && may(q, duty) {
			return h.refused(q, c, d, err)
		}
		return err
	}
	q.Toast(done(c), "")
	return q.Redirect(customerPath(c.Account, ""))
}

func (h Handler) setState(q *page.Request) error {
	state := directory.AccountState(q.Field("state"))
	return h.act(q, authz.ChangeAccounts,
		func(c app.Customer) *dialog { return h.stateDialog(q, c.Account, state) },
		func(c app.Customer) error {
			return h.App.Accounts.SetState(q.Context(), q.Actor(), c.Account.ID, state, q.Field("reason"))
		},
		func(c app.Customer) string {
			return q.Printer.T("customer.state.done."+string(state), "Name", c.Account.Name)
		})
}

func (h Handler) setReferent(q *page.Request) error {
	return h.act(q, authz.ChangeAccounts,
		func(c app.Customer) *dialog { return referentDialog(q, c) },
		func(c app.Customer) error {
			return h.App.Contracts.SetReferent(q.Context(), q.Actor(), c.Account.ID, q.Field("referent"), q.Version())
		},
		func(c app.Customer) string { return q.Printer.T("customer.referent.done", "Name", c.Account.Name) })
}

func (h Handler) makeKeys(q *page.Request) error {
	n := int(integer(q.Field("count")))
	return h.act(q, authz.HandleKeys,
		func(c app.Customer) *dialog { return h.keysDialog(q, c.Account) },
		func(c app.Customer) error { return h.App.Keys.Make(q.Context(), q.Actor(), c.Account.ID, n) },
		func(app.Customer) string { return q.Printer.T("customer.make_keys.done", "Count", n) })
}

func (h Handler) revokeKey(q *page.Request) error {
	key := q.Field("key")
	return h.act(q, authz.HandleKeys,
		func(c app.Customer) *dialog { return h.revokeDialog(q, c, key) },
		func(c app.Customer) error {
			return h.App.Keys.Revoke(q.Context(), q.Actor(), c.Account.ID, key, q.Field("reason"))
		},
		func(app.Customer) string { return q.Printer.T("customer.revoke.done") })
}

func (h Handler) unlockCustomer(q *page.Request) error {
	number, way := q.Field("number"), directory.KeyDelivery(q.Field("delivery"))
	return h.act(q, authz.HandleKeys,
		func(c app.Customer) *dialog {
			return h.unlockDialog(q, c.Account, number, customerPath(c.Account, "/unlock"), customerPath(c.Account, ""))
		},
		func(app.Customer) error { return h.App.Keys.Unlock(q.Context(), q.Actor(), number, way) },
		func(app.Customer) string {
			return q.Printer.T("customer.unlock.done."+string(way), "Number", directory.SpellNumber(number))
		})
}

// enter leads staff into the account with a session that has another token
// (VEND-2, SIGN-7).
func (h Handler) enter(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := h.App.Accounts.Enter(q.Context(), q.Actor(), q.SessionToken(), c.Account.ID, q.Field("reason")); err != nil {
		if !may(q, authz.EnterAccounts) {
			return err
		}
		return h.refused(q, c, h.enterDialog(q, c.Account), err)
	}
	if err := q.RotateSession(); err != nil {
		return err
	}
	return q.Redirect("/accounts/" + directory.CleanNumber(c.Account.Number))
}

// leave leads out of the account, back to the customer's page.
func (h Handler) leave(q *page.Request) error {
	account, err := h.App.Accounts.Leave(q.Context(), q.Actor(), q.SessionToken())
	if err != nil {
		return err
	}
	if account.ID == 0 {
		return q.Redirect(customersPath)
	}
	q.Toast(q.Printer.T("customer.left", "Name", account.Name), "")
	return q.Redirect(customerPath(account, ""))
}

// shownKeys are an account's keys on the screen.
type shownKeys struct {
	Number, Kept, Posted string
	Keys                 []string
}

// showKeys shows the keys that are kept, in place of their letter or beside it (KEY-6).
func (h Handler) showKeys(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	var keys []string
	err = h.App.Keys.OpenLetters(q.Context(), q.Actor(), c.Account.ID, app.ToShow, func(letters []app.KeyLetter) error {
		keys = letters[0].Keys
		return nil
	})
	if err != nil {
		return err
	}
	p, err := h.shell(q, q.Printer.T("customer.shown.title"), page.Customers)
	if err != nil {
		return err
	}
	return q.RenderStatus(http.StatusOK, shownKeysPage(p, ui.Link{Label: c.Account.Name, Href: customerPath(c.Account, "")},
		shownKeys{Number: c.Account.Number, Keys: keys, Kept: q.Printer.T("customer.shown.kept", "Until", q.Printer.Date(h.Now().Add(directory.LetterKept))),
			Posted: lettersPath + "?account=" + c.Account.UUID}))
}

// tries lists who entered keys for the customer's numbers, and when (KEY-14).
func (h Handler) tries(q *page.Request) error {
	account, tries, err := h.App.Accounts.Tries(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.shell(q, q.Printer.T("tries.title"), page.Customers)
	if err != nil {
		return err
	}
	q.Localise(account.TimeZone)
	rows := make([]tryView, len(tries))
	for i, one := range tries {
		rows[i] = tryView{Name: one.Person.Name(), Address: one.Person.Email, When: q.Printer.DateTime(one.At),
			Number: one.Number, Outcome: q.Printer.T("tries.outcome." + one.Outcome), Tone: map[string]string{"right": "active", "locked": "bad"}[one.Outcome]}
		if rows[i].Tone == "" {
			rows[i].Tone = "warn"
		}
	}
	return q.Render(triesPage(p, ui.Link{Label: account.Name, Href: customerPath(account, "")}, rows))
}

type tryView struct{ Name, Address, When, Number, Outcome, Tone string }
