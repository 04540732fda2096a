package profile

import (
	"fmt"
	"image/color"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

const (
	factorSetup  = page.FactorPath + "/setup"
	factorCodes  = page.FactorPath + "/codes"
	factorRemove = page.FactorPath + "/remove"
)

// factorView is what a person sees of their second factor.
type factorView struct {
	frame
	Since      time.Time
	Left       string
	Few        bool
	Compulsory bool
	Demanded   string // which accounts demand it
}

// showFactor is the state of the second factor. Who has to have one before all
// else gets it alone, since nothing else is open (VEND-3).
func (h Handler) showFactor(q *page.Request) error {
	state, err := h.App.Users.Factor(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	t := q.Printer.T
	if q.In.Session.Purpose == app.PurposeEnrol {
		return q.Render(cardPage(cardView{Page: q.Entry(t("factor.title")), Title: t("factor.title"), Lead: t("factor.compulsory.lead"),
			Action: page.FactorPath + "/begin", Submit: t("factor.begin")}))
	}
	v := factorView{frame: h.frame(q, tabFactor), Since: state.Since, Compulsory: state.Compulsory,
		Left: t("factor.codes.left", "Count", state.Left), Few: state.Left < 3}
	if len(state.Demanded) > 0 {
		v.Demanded = t("factor.demanded", "Accounts", state.Demanded)
	}
	return q.Render(factorPage(v))
}

func (h Handler) beginFactor(q *page.Request) error {
	if err := h.App.Users.BeginFactor(q.Context(), q.Actor()); err != nil {
		return err
	}
	return q.Redirect(factorSetup)
}

// setupView is the secret, as a picture and as text, with the form for the first
// code.
type setupView struct {
	cardView
	Picture picture
	Secret  string
}

// A picture is a QR code: the side in modules, and the dark ones as a path.
type picture struct {
	Side int
	Path string
}

// quiet is the empty edge that scanners need, in modules.
const quiet = 4

// drawn makes the picture of an address. It is drawn in the page: nothing else
// sees the secret.
func drawn(address string) (picture, error) {
	code, err := qr.Encode(address, qr.M, qr.Unicode)
	if err != nil {
		return picture{}, fmt.Errorf("draw QR code: %w", err)
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := 0; x < size; {
			run := 0
			for x+run < size && code.At(x+run, y) == color.Black {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			}
			x += max(run, 1)
		}
	}
	return picture{Side: size + 2*quiet, Path: path.String()}, nil
}

func codeField(name, label, hint string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Required: true, Attrs: map[string]any{"autocomplete": "one-time-code",
		"inputmode": "numeric", "autocapitalize": "characters", "spellcheck": "false"}}
}

// proofField asks again who it is: for a code, or for the password where there
// is no second factor.
func proofField(q *page.Request, state app.FactorState) ui.Field {
	t := q.Printer.T
	if state.Since.IsZero() {
		return ui.Field{Name: "proof", Kind: "password", Label: t("password.old"), Required: true,
			Attrs: map[string]any{"autocomplete": "current-password"}}
	}
	return codeField("proof", t("factor.proof"), t("factor.proof.hint"))
}

func (h Handler) setupView(q *page.Request) (setupView, error) {
	state, err := h.App.Users.Factor(q.Context(), q.Actor())
	if err != nil {
		return setupView{}, err
	}
	if state.Setup == nil {
		return setupView{}, directory.Refuse(directory.Conflict, "factor.not_begun")
	}
	t := q.Printer.T
	v := setupView{cardView: cardView{Page: q.Entry(t("factor.setup.title")), Title: t("factor.setup.title"), Lead: t("factor.setup.lead"),
		Action: factorSetup, Submit: t("factor.setup.act"), Under: ui.Link{Label: t("factor.back"), Href: page.FactorPath},
		Fields: []ui.Field{codeField("code", t("factor.code.first"), "")}}, Secret: grouped(state.Setup.Secret)}
	v.Fields = append(v.Fields, proofField(q, state))
	v.Picture, err = drawn(state.Setup.Address)
	return v, err
}

// grouped writes a secret in groups of four, to be typed.
func grouped(secret string) string {
	var b strings.Builder
	for i, r := range secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// showSetup begins anew where nothing waits.
func (h Handler) showSetup(q *page.Request) error {
	v, err := h.setupView(q)
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "factor.not_begun" {
		return q.Redirect(page.FactorPath)
	}
	if err != nil {
		return err
	}
	return q.Render(setupPage(v))
}

// confirmFactor answers the recovery codes themselves: they are shown this once,
// and an address for them would show them again.
func (h Handler) confirmFactor(q *page.Request) error {
	given := app.FactorConfirm{Token: q.SessionToken(), Code: q.PostFormValue("code"), Proof: q.PostFormValue("proof")}
	done, err := h.App.Users.ConfirmFactor(q.Context(), q.Actor(), given, h.Limits)
	if err != nil {
		return h.againSetup(q, err)
	}
	q.StartSession(done.Started.Token, done.Started.Expires)
	return q.Render(codesPage(codesOf(q, q.Printer.T("factor.done"), done.Codes)))
}

func (h Handler) againSetup(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v, fault := h.setupView(q)
	if fault != nil {
		return fault
	}
	v.Errors = page.Mark(q.Printer, v.Fields, refusal)
	return q.RenderRefused(refusal, setupPage(v))
}

// codesView is the recovery codes, this once.
type codesView struct {
	cardView
	Codes []string
	All   string
}

func codesOf(q *page.Request, title string, codes []string) codesView {
	t := q.Printer.T
	v := codesView{cardView: cardView{Page: q.Entry(title), Title: title, Lead: t("factor.codes.lead"),
		Under: ui.Link{Label: t("factor.codes.kept"), Href: "/"}}}
	for _, code := range codes {
		v.Codes = append(v.Codes, directory.FormatRecovery(code))
	}
	v.All = strings.Join(v.Codes, "\n")
	return v
}

// proofCard asks for a code before something is done.
func proofCard(q *page.Request, action string) cardView {
	t := q.Printer.T
	return cardView{Action: action, Under: ui.Link{Label: t("factor.back"), Href: page.FactorPath},
		Fields: []ui.Field{codeField("code", t("factor.code"), t("sign_in.code.hint"))}}
}

func renewCard(q *page.Request) cardView {
	v, t := proofCard(q, factorCodes), q.Printer.T
	v.Title, v.Lead, v.Submit = t("factor.renew.title"), t("factor.renew.lead"), t("factor.renew.act")
	v.Page = q.Entry(v.Title)
	return v
}

func removeCard(q *page.Request) cardView {
	v, t := proofCard(q, factorRemove), q.Printer.T
	v.Title, v.Lead, v.Submit = t("factor.remove.title"), t("factor.remove.lead"), t("factor.remove.act")
	v.Page = q.Entry(v.Title)
	return v
}

func (h Handler) askCodes(q *page.Request) error {
	return q.Render(cardPage(renewCard(q)))
}

func (h Handler) newCodes(q *page.Request) error {
	codes, err := h.App.Users.NewRecoveryCodes(q.Context(), q.Actor(), q.PostFormValue("code"))
	if err != nil {
		return h.again(q, renewCard(q), err)
	}
	return q.Render(codesPage(codesOf(q, q.Printer.T("factor.renewed"), codes)))
}

func (h Handler) askRemove(q *page.Request) error {
	return q.Render(cardPage(removeCard(q)))
}

func (h Handler) removeFactor(q *page.Request) error {
	if err := h.App.Users.RemoveFactor(q.Context(), q.Actor(), q.PostFormValue("code")); err != nil {
		return h.again(q, removeCard(q), err)
	}
	q.Toast(q.Printer.T("factor.removed"), "")
	return q.Redirect(page.FactorPath)
}
