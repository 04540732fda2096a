package server

import (
	"context"
	"strings"

	"intendant/internal/demo"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Demo fills the empty installation, which must run on the clock, with a living
// example.
func (i *Installation) Demo(ctx context.Context, clock *demo.Clock) (demo.World, error) {
	return demo.Build(ctx, demo.Options{App: i.App, Clock: clock, Keys: i.letterKeys})
}

// letterKeys reads the keys of letters that wait to be printed, for the demo:
// whoever starts it holds the letters.
func (i *Installation) letterKeys(ctx context.Context, account directory.AccountID) ([]string, error) {
	var keys []string
	err := i.db.View(ctx, func(r *store.Reader) error {
		letters, err := r.WaitingLetters(ctx, account)
		for _, l := range letters {
			text, err := i.box.Open(l.Sealed, store.LetterContext(l.Key))
			if err != nil {
				return err
			}
			for key := range strings.FieldsSeq(string(text)) {
				keys = append(keys, directory.FormatKey(key))
			}
		}
		return err
	})
	return keys, err
}
