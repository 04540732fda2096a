package technical

import (
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// usualDays is how long a token lasts unless its maker says otherwise.
const usualDays = 90

// A oneView is one technical user with its tokens. Made is a token just made: its
// secret stands on this page and on no other.
type oneView struct {
	ui.Page
	app.ListedTechnicalUser
	Base     string // of this technical user
	List     string
	Member   string // the address of its place in the members' table
	Rights   string
	Now      time.Time
	Made     *app.MadeToken
	About    []ui.Field
	MadeOn   []ui.Hidden // what About was drawn of
	Answers  ui.Field
	NewToken []ui.Field
	Errors   []ui.FieldError
	Remove   ui.DialogView
}

func (h Handler) oneView(q *page.Request) (oneView, error) {
	row, err := h.find(q)
	if err != nil {
		return oneView{}, err
	}
	t := q.Printer.T
	base := q.AccountPath("/technical-users/" + row.Member.UUID)
	v := oneView{Page: q.InAccount(row.Name, page.Programs), ListedTechnicalUser: row, Base: base, List: q.AccountPath("/technical-users"),
		Member: q.AccountPath("/members/" + row.Member.UUID), Rights: q.AccountPath("/members/" + row.Member.UUID + "/rights"), Now: h.Now(),
		About: []ui.Field{
			{Name: "name", Label: t("technical.name"), Value: row.Name, Required: true},
			{Name: "purpose", Label: t("technical.purpose"), Kind: "textarea", Value: row.Purpose, Required: true},
		},
		Answers: responsibleField(q, row.Responsible.Email),
		NewToken: []ui.Field{
			{Name: "token_name", Label: t("technical.token.name"), Hint: t("technical.token.name.hint"), Required: true},
			{Name: "expires", Label: t("technical.token.expires"), Kind: "date", Hint: t("technical.token.expires.hint"), Required: true,
				Value: h.day(q, usualDays), Attrs: map[string]any{"min": h.day(q, 1), "max": h.day(q, directory.LongestTokenDays-1)}},
		},
		Remove: ui.DialogView{ID: "remove", Title: t("technical.remove.title", "Name", row.Name), Action: base + "/remove", Keep: t("technical.remove.keep"),
			Close: base, Open: q.URL.Query().Get("dialog") == "remove", Act: ui.Act{Label: t("technical.remove"), Kind: ui.Danger}},
	}
	if !row.Answered {
		v.Answers.Value = ""
	}
	v.MadeOn = q.MadeOn(version(row.Version), v.drawn())
	return v, nil
}

// drawn is the form of what the technical user is called and used for.
func (v oneView) drawn() page.Drawn { return page.Drawn{Fields: v.About} }

// day is a day from today on, as a date field has it.
func (h Handler) day(q *page.Request, days int) string {
	return h.Now().In(q.Printer.Zone()).AddDate(0, 0, days).Format(time.DateOnly)
}

func (v oneView) facts() []ui.CartItem {
	shape, key := state(v.ListedTechnicalUser)
	facts := []ui.CartItem{
		{Label: v.T("technical.state"), Body: ui.State(shape, v.T(key))},
		{Label: v.T("technical.responsible"), Value: v.Responsible.Name()},
		{Label: v.T("technical.home"), Value: v.Home.Name},
		{Label: v.T("technical.purpose"), Value: v.Purpose},
	}
	if !v.Answered {
		facts[1].Class = "is-bad"
	}
	return facts
}

func (h Handler) show(q *page.Request) error {
	v, err := h.oneView(q)
	if err != nil {
		return err
	}
	return q.Render(onePage(v))
}

// done leads back to the page, or shows it again with why nothing was done.
func (h Handler) done(q *page.Request, key string, err error, typed func(v *oneView)) error {
	if err == nil {
		q.Done(q.Printer.T(key))
		return q.Redirect(q.AccountPath("/technical-users/" + q.PathValue("technical")))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if refusal.Kind == directory.NotFound {
		return refusal
	}
	v, err := h.oneView(q)
	if err != nil {
		return err
	}
	refusal = q.Meanwhile(refusal, v.drawn(), version(v.Version))
	v.MadeOn = q.MadeOn(version(v.Version), v.drawn())
	typed(&v)
	fields := append(append(v.About, v.Answers), v.NewToken...)
	v.Errors = page.Mark(q.Printer, fields, refusal)
	v.About, v.Answers, v.NewToken = fields[:2], fields[2], fields[3:]
	return q.RenderRefused(refusal, onePage(v))
}

func (h Handler) edit(q *page.Request) error {
	edit := app.TechnicalEdit{Name: q.Field("name"), Purpose: q.Field("purpose"), Version: q.Version()}
	err := h.App.TechnicalUsers.Edit(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("technical"), edit)
	return h.done(q, "technical.changed", err, func(v *oneView) {
		v.About[0].Value, v.About[1].Value = q.Field("name"), q.Field("purpose")
	})
}

func (h Handler) setResponsible(q *page.Request) error {
	who := q.Field("responsible")
	err := h.App.TechnicalUsers.SetResponsible(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("technical"), who)
	return h.done(q, "technical.responsible.done", err, func(v *oneView) { v.Answers.Value = who })
}

// makeToken answers with the page itself: what leads on to another page would
// have to carry the secret there.
func (h Handler) makeToken(q *page.Request) error {
	name, until := q.Field("token_name"), q.Field("expires")
	token := app.NewToken{Name: name, Expires: q.Over("expires")}
	made, err := h.App.TechnicalUsers.MakeToken(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("technical"), token)
	if err := q.Together(err); err != nil {
		return h.done(q, "", err, func(v *oneView) { v.NewToken[0].Value, v.NewToken[1].Value = name, until })
	}
	v, err := h.oneView(q)
	if err != nil {
		return err
	}
	v.Made = &made
	return q.Render(onePage(v))
}

func (h Handler) revokeToken(q *page.Request) error {
	err := h.App.TechnicalUsers.RevokeToken(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("technical"), q.PathValue("secret"))
	return h.done(q, "technical.token.revoked", err, func(*oneView) {})
}

func (h Handler) remove(q *page.Request) error {
	row, err := h.find(q)
	if err != nil {
		return err
	}
	if err := h.App.TechnicalUsers.Remove(q.Context(), q.Actor(), q.Frame.Account.ID, row.Member.UUID); err != nil {
		return h.done(q, "", err, func(*oneView) {})
	}
	q.Done(q.Printer.T("technical.removed", "Name", row.Name))
	return q.Redirect(q.AccountPath("/technical-users"))
}

// lasts says how long a token is good and when it was used last.
func (v oneView) lasts(t directory.APIToken) string {
	text := v.T("technical.token.until", "Day", v.Printer.Date(t.Expires.Add(-time.Second)))
	if t.LastUsed.IsZero() {
		return text + " · " + v.T("technical.token.unused")
	}
	return text + " · " + v.T("technical.token.used", "When", v.Printer.Relative(t.LastUsed, v.Now))
}
