package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// soon is how long what others do may take while slow readers are at it.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestSlowReadersHoldNothing has eight people download exports who take no more after
// the first part, while pages and changes go on.
func TestSlowReadersHoldNothing(t *testing.T) { // NODE-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		history, err := w.Exports.Begin(w.Context(), h.admin, h.account.ID, app.ExportAsk{Kind: directory.ExportHistory, Format: directory.ExportCSV,
			Query: app.HistoryFilter{}, Language: "fr"})
		w.Must(err)
		const slow = 8
		var downloads [slow]*app.ExportDownload
		for i := range downloads {
			downloads[i], err = w.Exports.Download(w.Context(), h.admin, h.account.ID, history.UUID)
			w.Must(err)
			part, err := downloads[i].Part(w.Context())
			if err != nil || len(part) == 0 {
				t.Fatalf("a first part of %d bytes: %v", len(part), err)
			}
		}
		ctx := soon(t)
		for i := range 3 {
			if _, err := w.Members.List(ctx, h.admin, h.account.ID, app.MemberQuery{}); err != nil {
				t.Errorf("a page beside slow readers: %v", err)
			}
			_, err := w.Members.Add(ctx, h.admin, h.account.ID, []app.NewMember{{Row: 1, Email: fmt.Sprintf("n%d@maraval.example", i)}}, app.AddOptions{Silent: true})
			if err != nil {
				t.Errorf("a change beside slow readers: %v", err)
			}
		}
		for _, d := range downloads {
			if rest, err := d.Part(ctx); err != nil || len(rest) > 0 {
				t.Errorf("the rest: %d bytes, %v", len(rest), err)
			}
		}
	})
}

// TestHistoryExportInParts changes the account between the parts of an export: no
// entry that stood throughout is doubled or lost, and a right that is taken away
// ends it.
func TestHistoryExportInParts(t *testing.T) { // NODE-7, HIST-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		second := w.Person("second.admin@maraval.example")
		var rows []app.NewMember
		for i, email := range apptest.Addresses(700, "maraval.example") {
			rows = append(rows, app.NewMember{Row: i + 1, Email: email})
		}
		h.add(rows...)
		seen := map[int64]int{}
		parts, newest := 0, int64(0)
		w.Must(h.parts(h.admin, func(part []directory.ExportRow) {
			if parts++; parts == 1 {
				newest = part[0].Told.(app.Shown).Entry.N
			}
			for _, row := range part {
				seen[row.Told.(app.Shown).Entry.N]++
			}
			h.add(app.NewMember{Email: fmt.Sprintf("between%d@maraval.example", parts)})
		}))
		if parts < 2 || int64(len(seen)) != newest {
			t.Errorf("%d parts had %d entries of %d", parts, len(seen), newest)
		}
		for n, times := range seen {
			if times != 1 || n > newest {
				t.Errorf("entry %d of %d came %d times", n, newest, times)
			}
		}

		h.add(app.NewMember{Email: "second.admin@maraval.example"})
		id := h.find("second.admin").UUID
		level := "administrator"
		w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), w.Operator(), h.account.ID, app.Of(id), app.MemberChange{Levels: apptest.Levels(level)})))
		w.Must(drop(w.Invitations.AcceptMine(w.Context(), second, id)))
		parts = 0
		err := h.parts(second, func([]directory.ExportRow) {
			parts++
			w.Must(w.Members.ExcludeAdministrator(w.Context(), h.admin, h.account.ID, id))
		})
		if code := w.Code(err); code != "denied.permission" || parts != 1 {
			t.Errorf("an export whose right ended after its first part ended with %q after %d, want denied.permission", code, parts)
		}
	})
}

// parts reads the table of a history part by part, each with the rights of its moment.
func (h house) parts(actor authz.Actor, visit func([]directory.ExportRow)) error {
	source := h.History.Table()
	rights, err := h.Rights(h.Context(), actor, h.account.ID)
	h.Must(err)
	var next func(*store.Reader, authz.Rights) (directory.ExportRows, bool, error)
	h.Must(h.DB.View(h.Context(), func(r *store.Reader) error {
		table, err := source.Open(h.Context(), r, rights, h.account.ID, []byte("{}"))
		next = func(r *store.Reader, rights authz.Rights) (directory.ExportRows, bool, error) {
			return table.Next(h.Context(), r, rights, nil, func() {})
		}
		return err
	}))
	for more := true; more; {
		rights, err := h.Rights(h.Context(), actor, h.account.ID)
		h.Must(err)
		var rows directory.ExportRows
		err = h.DB.View(h.Context(), func(r *store.Reader) (err error) {
			rows, more, err = next(r, rights)
			return err
		})
		if err != nil {
			return err
		}
		if rows == nil {
			continue
		}
		var part []directory.ExportRow
		for row, err := range rows {
			h.Must(err)
			part = append(part, row)
		}
		visit(part)
	}
	return nil
}

// TestLettersAreDrawnOutside changes the account while its letter is drawn: the
// change is not kept waiting, and the letter is drawn anew when it is another by it.
func TestLettersAreDrawnOutside(t *testing.T) { // NODE-7, KEY-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		support := w.Staff("soutien@batisoft.example", authz.Support)
		account := w.Account("204 817")
		customer, err := w.Accounts.Show(w.Context(), support, account.UUID)
		w.Must(err)
		var drawn [][]string
		err = w.App.Keys.OpenLetters(w.Context(), support, account.ID, app.ToPrint, func(letters []app.KeyLetter) error {
			drawn = append(drawn, letters[0].Keys)
			if len(drawn) > 1 {
				return nil
			}
			return w.App.Keys.Revoke(soon(t), support, account.ID, customer.Keys[0].UUID, "courrier égaré")
		})
		if err != nil || len(drawn) != 2 || len(drawn[0]) != 3 || len(drawn[1]) != 2 {
			t.Errorf("letters drawn: %v, %v", drawn, err)
		}

		var posted error
		w.Must(w.App.Keys.Make(w.Context(), support, account.ID, 1))
		first := true
		err = w.App.Keys.OpenLetters(w.Context(), support, account.ID, app.ToPrint, func([]app.KeyLetter) error {
			if first {
				first = false
				_, err := opened(w, support, account)
				w.Must(err)
				_, posted = w.App.Keys.Posted(w.Context(), support, []app.ChosenLetter{{Account: account.ID}})
			}
			return nil
		})
		if w.Code(err) != "letter.none" || posted != nil {
			t.Errorf("who drew while another marked the letter as posted got %v, the other %v", err, posted)
		}
	})
}
