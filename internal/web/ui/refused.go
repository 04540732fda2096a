package ui

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
)

// A Refusal is what a page says of a form on it that was refused: why, and what leads
// on from there. It reaches the page by its context, so that each page can say it where
// it belongs: in the dialog whose form it was, above a form that names its faults, or
// else at the top of the page.
type Refusal struct {
	Action string // of the form, as its dialog has it
	Title  string
	Text   string // empty: the form says it itself
	Ways   []Link // what leads on
	At     string // address of the page that is drawn in answer to the form; empty: the form's own
	said   bool
}

// Said reports whether the page has said it.
func (r *Refusal) Said() bool { return r.said }

type refusalKey struct{}

// WithRefusal gives a page that is drawn what to say of a refused form.
func WithRefusal(ctx context.Context, r *Refusal) context.Context {
	return context.WithValue(ctx, refusalKey{}, r)
}

func refusalOf(ctx context.Context) *Refusal {
	r, _ := ctx.Value(refusalKey{}).(*Refusal)
	return r
}

// saidBy is the refusal of the form of a dialog, once; nil where there is none to say.
func saidBy(ctx context.Context, action string) *Refusal {
	r := refusalOf(ctx)
	if r == nil || r.said || r.Text == "" || r.Action != action {
		return nil
	}
	r.said = true
	return r
}

// leadsOn are the ways on from a refusal that a form says itself, once.
func leadsOn(ctx context.Context) []Link {
	r := refusalOf(ctx)
	if r == nil || r.said || r.Text != "" {
		return nil
	}
	r.said = true
	return r.Ways
}

// refusable draws what a page holds, below what was refused on it where nothing in it
// has said so.
func refusable() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		content := templ.GetChildren(ctx)
		ctx = templ.ClearChildren(ctx)
		r := refusalOf(ctx)
		if r == nil {
			return content.Render(ctx, w)
		}
		var drawn bytes.Buffer
		if err := content.Render(ctx, &drawn); err != nil {
			return err
		}
		if !r.said && r.Text != "" {
			r.said = true
			if err := refusedNote(r, true).Render(ctx, w); err != nil {
				return err
			}
		}
		_, err := drawn.WriteTo(w)
		return err
	})
}
