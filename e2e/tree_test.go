package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"intendant/internal/app"
	"intendant/internal/browsertest"
)

// TestTreeByKeyboard walks the drawn tree of an account of many units with the
// keys of WAI-ARIA's pattern of trees, on the drawing and on a phone's list.
func TestTreeByKeyboard(t *testing.T) { // ROLE-9
	fleet := map[string]string{"catalogue": "fleet"}
	eachWith(t, fleet, func(w *world) {
		s := w.maraval("fleet")
		units := w.manyUnits()
		s.Open(network + "/rights")
		s.LooksRight("tree-of-many")
		w.walks(s, units, "tree-drawing", "")
		s.Viewport(360, 780)
		s.Open(network + "/rights")
		w.walks(s, units, "tree-list", "l")
	})
}

// manyUnits are two groups, of which one has 2,000 locations; it answers their
// public ids by name.
func (w *world) manyUnits() map[string]string {
	w.t.Helper()
	rows := []app.SeedUnit{{Name: "Nord", Level: "group"}, {Name: "Sud", Level: "group"}, {Name: "Sud Location", Level: "company", Under: "Sud"}}
	for i := range 2000 {
		rows = append(rows, app.SeedUnit{Name: fmt.Sprintf("Agence %04d", i), Level: "location", Under: "Sud Location"})
	}
	if _, err := w.server.App.Accounts.SeedUnits(w.t.Context(), w.account, rows); err != nil {
		w.t.Fatal(err)
	}
	page, err := w.server.App.Reasons.Tree(w.t.Context(), operator(), w.account, "")
	if err != nil {
		w.t.Fatal(err)
	}
	ids := map[string]string{}
	for _, u := range page.Units {
		ids[u.Name] = u.UUID
	}
	return ids
}

// walks moves through a tree from the root down a wide branch and back; prefix
// begins the ids of its nodes.
func (w *world) walks(s *browsertest.Story, units map[string]string, tree, prefix string) {
	w.t.Helper()
	focused := func(what, id string) {
		w.t.Helper()
		w.await("the focus on "+what+" in "+tree, func() bool { return s.Count("[id='"+id+"']:focus") == 1 })
	}
	at := func(key, name string) {
		w.t.Helper()
		s.Press(key)
		focused(name, prefix+"u-"+units[name])
	}
	for range 80 {
		if s.Count("#"+tree+" :focus") == 1 {
			break
		}
		s.Press(kb.Tab)
	}
	at(kb.Home, company)
	at(kb.ArrowDown, "Nord")
	at(kb.ArrowDown, "Sud")
	at(kb.ArrowUp, "Nord")
	at("s", "Sud")
	at("s", "Sud Location")
	at(kb.ArrowRight, "Agence 0000")
	at(kb.ArrowLeft, "Sud Location")
	at(kb.ArrowLeft, "Sud Location") // folds
	s.Press(kb.End)
	focused("Sud Location", prefix+"u-"+units["Sud Location"])
	at(kb.ArrowRight, "Sud Location") // unfolds a part of the 2,000
	at(kb.ArrowRight, "Agence 0000")
	at("a", "Agence 0001")
	at(kb.ArrowLeft, "Sud Location")
	s.Press(kb.End)
	at(kb.ArrowUp, "Agence 0023")
	at(kb.ArrowLeft, "Sud Location")
	at(kb.ArrowLeft, "Sud Location") // folds
	at(kb.ArrowLeft, "Sud")
	at(kb.Home, company)
	s.Press(kb.Enter)
	s.See("Pourquoi")
}
