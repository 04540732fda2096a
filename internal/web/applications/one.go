package applications

import (
	"time"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A oneView is one application with what became of its credentials. Made is a
// credential just made: its secret stands on this page and on no other.
type oneView struct {
	ui.Page
	app.ListedApplication
	Base    string
	Product string // as the catalogue calls it
	Now     time.Time
	Made    *app.MadeCredential
	Full    bool // no other credential may be made now
	NewOne  []ui.Field
	Change  form
	Errors  []ui.FieldError
	Dialog  ui.DialogView
	Losses  []ui.Loss
}

func (h Handler) oneView(q *page.Request) (oneView, error) {
	row, err := h.App.Applications.Show(q.Context(), q.Actor(), q.PathValue("application"))
	if err != nil {
		return oneView{}, err
	}
	t := q.Printer.T
	v := oneView{ListedApplication: row, Base: path + "/" + row.UUID, Product: h.product(q)(row.Product), Now: h.Now(),
		Full: len(row.Live(h.Now())) >= directory.MostCredentials,
		NewOne: []ui.Field{
			{Name: "credential_name", Label: t("applications.credential.name"), Hint: t("applications.credential.name.hint"), Required: true},
			{Name: "expires", Label: t("applications.credential.expires"), Kind: "date", Hint: t("applications.credential.expires.hint"), Required: true,
				Value: h.day(q, directory.UsualCredentialDays), Attrs: templ.Attributes{"min": h.day(q, 1), "max": h.day(q, directory.LongestCredentialDays-1)}},
		}}
	n := app.ApplicationRegistration{Name: row.Name, Product: row.Application.Product, Rights: row.Rights, All: !row.Portfolio.Limited}
	for _, a := range row.Accounts {
		n.Numbers = append(n.Numbers, a.Number)
	}
	v.Change = h.changeForm(q, n, nil)
	v.Change.Version = version(row.Version)
	v.ask(q)
	return v, nil
}

// changeForm is the form to change an application, on no version yet.
func (h Handler) changeForm(q *page.Request, n app.ApplicationRegistration, refusal *directory.Error) form {
	f := h.form(q, n, refusal)
	f.Action, f.Submit = path+"/"+q.PathValue("application"), q.Printer.T("applications.save")
	return f
}

// day is a day from today on, as a date field has it.
func (h Handler) day(q *page.Request, days int) string {
	return h.Now().In(q.Printer.Zone()).AddDate(0, 0, days).Format(time.DateOnly)
}

// ask opens the dialog that the address asks for, which names what is lost.
func (v *oneView) ask(q *page.Request) {
	t := q.Printer.T
	if q.URL.Query().Get("do") == "end" {
		v.Dialog = ui.DialogView{ID: "end", Title: t("applications.end.title", "Name", v.Name), Action: v.Base + "/end", Keep: t("applications.end.keep"),
			Close: v.Base, Open: true, Act: ui.Act{Label: t("applications.end"), Kind: ui.Danger}}
		v.Losses = []ui.Loss{{Text: t("applications.end.credentials")}, {Text: t("applications.end.customers")}, {Text: t("applications.end.again")},
			{Text: t("applications.end.history"), Stays: true}}
		return
	}
	live := v.Live(v.Now)
	for _, c := range live {
		if c.UUID != q.URL.Query().Get("revoke") {
			continue
		}
		v.Dialog = ui.DialogView{ID: "revoke", Title: t("applications.credential.revoke.title", "Name", c.Name), Keep: t("applications.credential.revoke.keep"),
			Action: v.Base + "/credentials/" + c.UUID + "/revoke", Close: v.Base, Open: true, Act: ui.Act{Label: t("applications.credential.revoke"), Kind: ui.Danger}}
		v.Losses = []ui.Loss{{Text: t("applications.credential.revoke.now")}}
		if len(live) == 1 {
			v.Losses = append(v.Losses, ui.Loss{Text: t("applications.credential.revoke.last")})
		}
		if !c.LastUsed.IsZero() {
			v.Losses = append(v.Losses, ui.Loss{Text: t("applications.credential.revoke.used", "When", q.Printer.Relative(c.LastUsed, v.Now))})
		}
	}
}

func (v oneView) facts() []ui.CartItem {
	facts := []ui.CartItem{{Label: v.T("applications.accounts"), Value: sees(v.Page, v.Application)}, {Label: v.T("applications.rights"), Value: may(v.Page, v.Application)},
		{Label: v.T("applications.used"), Value: v.T("applications.used.never")}}
	if v.Product != "" {
		facts = append([]ui.CartItem{{Label: v.T("applications.product"), Value: v.Product}}, facts...)
	}
	if last := v.LastUsed(); !last.IsZero() {
		facts[len(facts)-1].Value = v.Printer.Relative(last, v.Now)
	}
	return facts
}

// fate says what became of a credential: until when it is good, or how it ended,
// and when it was used last.
func (v oneView) fate(c directory.Credential) string {
	text := v.T("applications.credential.until", "Day", v.Printer.Date(c.Expires.Add(-time.Second)))
	if c.CutShort() {
		text = v.T("applications.credential.revoked_on", "Day", v.Printer.Date(c.Revoked))
	}
	if c.LastUsed.IsZero() {
		return text + " · " + v.T("applications.credential.unused")
	}
	return text + " · " + v.T("applications.credential.used", "When", v.Printer.Relative(c.LastUsed, v.Now))
}

// state is the shape and the message key of what a credential is worth.
func (v oneView) state(c directory.Credential) (shape, key string) {
	switch {
	case c.CutShort():
		return "off", "applications.credential.is_revoked"
	case !c.Live(v.Now):
		return "off", "applications.credential.is_expired"
	}
	return "active", "applications.credential.valid"
}

func (h Handler) show(q *page.Request) error {
	v, err := h.oneView(q)
	if err != nil {
		return err
	}
	return h.render(q, v, nil)
}

func (h Handler) render(q *page.Request, v oneView, refusal *directory.Error) error {
	c, err := h.console(q, v.Name, func(p ui.Page) templ.Component {
		v.Page = p
		return onePage(v)
	})
	switch {
	case err != nil:
		return err
	case refusal != nil:
		return q.RenderRefused(refusal, c)
	}
	return q.Render(c)
}

// done leads back to the page with a word, or shows it again with why nothing was
// done; again puts back what was typed.
func (h Handler) done(q *page.Request, key string, err error, again func(v *oneView, refusal *directory.Error)) error {
	if err == nil {
		q.Toast(q.Printer.T(key), "")
		return q.Redirect(path + "/" + q.PathValue("application"))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if refusal.Kind == directory.NotFound || refusal.Kind == directory.Denied {
		return refusal
	}
	v, err := h.oneView(q)
	if err != nil {
		return err
	}
	again(&v, refusal)
	return h.render(q, v, refusal)
}

func (h Handler) change(q *page.Request) error {
	n := typed(q)
	n.Version = q.Version()
	err := h.App.Applications.Change(q.Context(), q.Actor(), q.PathValue("application"), n)
	return h.done(q, "applications.saved", err, func(v *oneView, refusal *directory.Error) {
		now := v.Change.Version
		v.Change = h.changeForm(q, n, refusal)
		if v.Change.Version = q.Field("version"); refusal.Code == "stale" {
			v.Change.Version = now // said above the form: sending it again means it
		}
		v.Errors, v.Change.Errors = v.Change.Errors, nil
	})
}

// makeCredential answers with the page itself: what leads on to another page
// would have to carry the secret there.
func (h Handler) makeCredential(q *page.Request) error {
	name, until := q.Field("credential_name"), q.Field("expires")
	credential := app.NewCredential{Name: name, Expires: q.Over("expires")}
	made, err := h.App.Applications.MakeCredential(q.Context(), q.Actor(), q.PathValue("application"), credential)
	if err := q.Together(err); err != nil {
		return h.done(q, "", err, func(v *oneView, refusal *directory.Error) {
			v.NewOne[0].Value, v.NewOne[1].Value = name, until
			v.Errors = page.Mark(q.Printer, v.NewOne, refusal)
		})
	}
	v, err := h.oneView(q)
	if err != nil {
		return err
	}
	v.Made = &made
	return h.render(q, v, nil)
}

func (h Handler) revokeCredential(q *page.Request) error {
	err := h.App.Applications.RevokeCredential(q.Context(), q.Actor(), q.PathValue("application"), q.PathValue("credential"))
	return h.done(q, "applications.credential.revoked", err, func(*oneView, *directory.Error) {})
}

func (h Handler) end(q *page.Request) error {
	row, err := h.App.Applications.Show(q.Context(), q.Actor(), q.PathValue("application"))
	if err != nil {
		return err
	}
	if err := h.App.Applications.End(q.Context(), q.Actor(), row.UUID); err != nil {
		return h.done(q, "", err, func(*oneView, *directory.Error) {})
	}
	q.Toast(q.Printer.T("applications.ended", "Name", row.Name), "")
	return q.Redirect(path)
}
