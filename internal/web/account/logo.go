package account

import (
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// logo shows the account's logo to whoever belongs to it (ACC-1).
func (h Handler) logo(q *page.Request) error {
	picture, err := h.App.Accounts.Logo(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	q.W.Header().Set("Content-Type", "image/png")
	q.W.Header().Set("Cache-Control", "private, max-age=300")
	if _, err := q.W.Write(picture); err != nil {
		h.Log.DebugContext(q.Context(), "reader left", "error", err)
	}
	return nil
}

// setLogo takes the picture that was chosen.
func (h Handler) setLogo(q *page.Request) error {
	file, err := uploaded(q)
	if err == nil {
		err = h.App.Accounts.SetLogo(q.Context(), q.Actor(), q.Frame.Account.ID, file)
	}
	if err == nil {
		q.Toast(q.Printer.T("settings.logo.saved"), "")
		return q.Redirect(q.AccountPath("/settings"))
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	if refusal.Kind != directory.Invalid {
		return refusal
	}
	s, err := h.App.Accounts.Settings(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	v := h.settingsView(q, s, s.AccountSettings)
	v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Logo}, refusal)
	return q.RenderRefused(refusal, settingsPage(q.InAccount(q.Printer.T("settings.title"), page.Settings), v))
}

// uploaded reads the one file of the form.
func uploaded(q *page.Request) ([]byte, error) {
	content, err := q.Uploaded("logo")
	if err != nil || len(content) == 0 {
		return nil, directory.InvalidField("logo", "picture.unreadable", nil)
	}
	return content, nil
}

func (h Handler) removeLogo(q *page.Request) error {
	if err := h.App.Accounts.RemoveLogo(q.Context(), q.Actor(), q.Frame.Account.ID); err != nil {
		return err
	}
	q.Toast(q.Printer.T("settings.logo.removed"), "")
	return q.Redirect(q.AccountPath("/settings"))
}
