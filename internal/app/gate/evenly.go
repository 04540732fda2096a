package gate

import (
	"context"
	"time"
)

// answerStep is what the answers that must not tell what exists are rounded up
// to: long enough to hide whether an account, an address or a user name was
// found, too short to be felt (KEY-14, SIGN-4).
const answerStep = 50 * time.Millisecond

// answeredEvenly marks the context of a question that is answered evenly: only
// the outermost operation of a request keeps its answer back.
type answeredEvenly struct{}

// Evenly begins a question that must be answered alike whether what it names
// exists or not. What it returns keeps the answer back until a whole number of
// steps has passed since:
//
//	ctx, answer := s.evenly(ctx)
//	defer answer()
//
// All that the operation does goes on with that context. A question asked
// inside another then adds no wait of its own: two of them would tell which way
// was gone.
func (g *Gate) Evenly(ctx context.Context) (context.Context, func()) {
	if g.wait == nil || ctx.Value(answeredEvenly{}) != nil {
		return ctx, func() {}
	}
	begun := g.Now()
	return context.WithValue(ctx, answeredEvenly{}, true), func() {
		g.wait(ctx, answerStep-g.Now().Sub(begun)%answerStep)
	}
}

// AnswerRefused keeps only a refusal back: of an operation that opens what is
// the asker's own at once, and tells others nothing.
func AnswerRefused(answer func(), err error) {
	if err != nil {
		answer()
	}
}
