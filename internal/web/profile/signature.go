package profile

import (
	"encoding/base64"
	"errors"
	"strings"

	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

type signatureView struct {
	frame
	Has    bool
	Errors []ui.FieldError
	Field  ui.Field
}

func (h Handler) signatureView(q *page.Request) (signatureView, error) {
	v := signatureView{frame: h.frame(q, tabSignature), Field: ui.Field{Name: "signature", Label: q.Printer.T("profile.signature.new"),
		Hint: q.Printer.T("profile.signature.hint")}}
	_, err := h.App.Users.Signature(q.Context(), q.Actor())
	var refusal *directory.Error
	switch {
	case err == nil:
		v.Has = true
	case !errors.As(err, &refusal):
		return v, err
	}
	return v, nil
}

func (h Handler) showSignature(q *page.Request) error {
	v, err := h.signatureView(q)
	if err != nil {
		return err
	}
	return q.Render(signaturePage(v))
}

// setSignature takes the picture drawn on the page, or the file chosen where no
// script runs (PREF-3).
func (h Handler) setSignature(q *page.Request) error {
	file, err := drawing(q)
	if err == nil {
		err = h.App.Users.SetSignature(q.Context(), q.Actor(), file)
	}
	if err == nil {
		q.Toast(q.Printer.T("profile.signature.saved"), "")
		return q.Redirect("/profile/signature")
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v, fault := h.signatureView(q)
	if fault != nil {
		return fault
	}
	if v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Field}, refusal); v.Field.Error != "" {
		v.Errors[0].ID = v.Field.Anchor() + "-file" // what is drawn has no field of its own to lead to
	}
	return q.RenderRefused(refusal, signaturePage(v))
}

// drawing reads the picture of the form: a file before what was drawn.
func drawing(q *page.Request) ([]byte, error) {
	content, err := q.Uploaded("signature_file")
	if err != nil {
		return nil, directory.InvalidField("signature", "picture.unreadable", nil)
	}
	if len(content) > 0 {
		return content, nil
	}
	_, drawn, found := strings.Cut(q.PostFormValue("signature"), ";base64,")
	content, err = base64.StdEncoding.DecodeString(drawn)
	if !found || err != nil || len(content) == 0 {
		return nil, directory.InvalidField("signature", "picture.unreadable", nil)
	}
	return content, nil
}

func (h Handler) removeSignature(q *page.Request) error {
	if err := h.App.Users.RemoveSignature(q.Context(), q.Actor()); err != nil {
		return err
	}
	q.Toast(q.Printer.T("profile.signature.removed"), "")
	return q.Redirect("/profile/signature")
}

// signaturePicture shows the signature to its owner only.
func (h Handler) signaturePicture(q *page.Request) error {
	picture, err := h.App.Users.Signature(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	q.W.Header().Set("Content-Type", "image/png")
	q.W.Header().Set("Cache-Control", "no-store")
	if _, err := q.W.Write(picture); err != nil {
		h.Log.DebugContext(q.Context(), "reader left", "error", err)
	}
	return nil
}
