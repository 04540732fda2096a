package browsertest

import (
	"context"
	_ "embed" // holds the finder script
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed find.js
var finder string

const (
	pause = 40 * time.Millisecond // between two tries of a verb
	quiet = 80 * time.Millisecond // a page without requests for so long is still
)

// A finding is what the finder script answers: where to press, what to do next,
// or why not yet.
type finding struct {
	At     *struct{ X, Y float64 }
	Done   bool
	Typing bool
	Value  string
	Reason string
}

// In returns the same window with verbs that look only inside the first element
// that matches the CSS selector.
func (s *Story) In(selector string) *Story {
	return s.within(fmt.Sprintf("document.querySelector(%s)", quote(selector)))
}

// Row returns the same window with verbs that look only inside the smallest
// table row or list item that shows text.
func (s *Story) Row(text string) *Story {
	return s.within(fmt.Sprintf("f.row(%s)", quote(text)))
}

func (s *Story) within(scope string) *Story {
	part := *s
	part.scope = scope
	return &part
}

// Click presses what is called target: a link, button, tab, menu entry, tick
// box or label, by its words or its accessible name. A target that begins with
// "#", ".", "[" or "css:" is a CSS selector. What is covered or disabled is not
// pressed.
func (s *Story) Click(target string) {
	s.t.Helper()
	s.press(fmt.Sprintf("click %q", target), fmt.Sprintf("f.press(root, %s)", quote(target)))
}

// Fill types value into the field called label, in place of what it held.
func (s *Story) Fill(label, value string) {
	s.t.Helper()
	what := fmt.Sprintf("fill %q", label)
	found := s.until(what, fmt.Sprintf("f.ready(root, %s, %s)", quote(label), quote(value)),
		func(f finding) bool { return f.Done || f.Typing })
	if found.Typing && value == "" {
		s.do(what, chromedp.KeyEvent(kb.Delete))
	} else if found.Typing {
		s.do(what, input.InsertText(value))
	}
	s.settle()
}

// Choose takes option in the select list called label, or in the group of
// choices with that legend.
func (s *Story) Choose(label, option string) {
	s.t.Helper()
	s.press(fmt.Sprintf("choose %q in %q", option, label), fmt.Sprintf("f.choose(root, %s, %s)", quote(label), quote(option)))
}

// Upload puts the file at path into the file field called label.
func (s *Story) Upload(label, path string) {
	s.t.Helper()
	what := fmt.Sprintf("upload into %q", label)
	absolute, err := filepath.Abs(path)
	if err != nil {
		s.fail("%s: %v", what, err)
	}
	find := fmt.Sprintf("f.field(root, %s)", quote(label))
	s.until(what, "({done: !!"+find+"})", func(f finding) bool { return f.Done })
	s.do(what, chromedp.ActionFunc(func(ctx context.Context) error {
		object, exception, err := runtime.Evaluate(s.script(find)).Do(ctx)
		if err != nil {
			return err
		}
		if exception != nil {
			return exception
		}
		return dom.SetFileInputFiles([]string{absolute}).WithObjectID(object.ObjectID).Do(ctx)
	}))
	s.settle()
}

// A Point is a place inside an element: 0, 0 is its upper left corner and 1, 1
// the opposite one.
type Point struct{ X, Y float64 }

// Draw moves the pressed mouse over the first element that matches the CSS
// selector, from point to point.
func (s *Story) Draw(selector string, points ...Point) {
	s.t.Helper()
	what := "draw on " + selector
	var box struct{ X, Y, Width, Height float64 }
	s.evaluate(what, s.script(fmt.Sprintf("(el => { el.scrollIntoView({ block: 'center', behavior: 'instant' }); "+
		"return el.getBoundingClientRect().toJSON() })(root.querySelector(%s))", quote(selector))), &box)
	mouse := func(kind input.MouseType, p Point) chromedp.Action {
		return input.DispatchMouseEvent(kind, box.X+p.X*box.Width, box.Y+p.Y*box.Height).WithButton(input.Left).WithButtons(1).WithClickCount(1)
	}
	acts := []chromedp.Action{mouse(input.MousePressed, points[0])}
	for _, p := range points[1:] {
		acts = append(acts, mouse(input.MouseMoved, p))
	}
	s.do(what, append(acts, mouse(input.MouseReleased, points[len(points)-1]))...)
	s.settle()
}

// Press sends a key to what has the focus: a character such as "/", or a named
// key of package kb such as kb.Escape.
func (s *Story) Press(key string) {
	s.t.Helper()
	s.do(fmt.Sprintf("press %q", key), chromedp.KeyEvent(key))
	s.settle()
}

// See waits until the page shows text.
func (s *Story) See(text string) {
	s.t.Helper()
	s.until(fmt.Sprintf("see %q", text), fmt.Sprintf("({done: f.sees(root, %s)})", quote(text)),
		func(f finding) bool { return f.Done })
}

// DontSee waits until the page is still and no longer shows text.
func (s *Story) DontSee(text string) {
	s.t.Helper()
	s.settle()
	s.until(fmt.Sprintf("no longer see %q", text), fmt.Sprintf("({done: !f.sees(root, %s)})", quote(text)),
		func(f finding) bool { return f.Done })
}

// At waits until the address shown is path, query included.
func (s *Story) At(path string) {
	s.t.Helper()
	s.until(fmt.Sprintf("be at %q", path), fmt.Sprintf(
		"({done: location.pathname + location.search === %s, reason: 'at ' + location.pathname + location.search})", quote(path)),
		func(f finding) bool { return f.Done })
}

// Value returns what the field called label holds; of a tick box, "on" or "".
func (s *Story) Value(label string) string {
	s.t.Helper()
	// found and read in one: a page that saves by itself may draw it anew in between
	found := s.until("read "+label, fmt.Sprintf("(el => el ? {done: true, value: "+
		"/^(checkbox|radio)$/.test(el.type) ? (el.checked ? 'on' : '') : el.value} : {})(f.field(root, %s))", quote(label)),
		func(f finding) bool { return f.Done })
	return found.Value
}

// Count returns how many visible elements match the CSS selector.
func (s *Story) Count(selector string) int {
	s.t.Helper()
	s.settle()
	var count int
	s.evaluate("count "+selector, s.script(fmt.Sprintf("f.all(root, %s).filter(f.shown).length", quote(selector))), &count)
	return count
}

// Texts returns what the visible elements that match the CSS selector say, in
// the order of the page.
func (s *Story) Texts(selector string) []string {
	s.t.Helper()
	s.settle()
	var texts []string
	s.evaluate("read "+selector, s.script(fmt.Sprintf("f.all(root, %s).filter(f.shown).map(el => el.innerText.trim())", quote(selector))), &texts)
	return texts
}

// A Box is where an element stands in the window.
type Box struct{ Left, Top, Right, Bottom float64 }

// Boxes returns where the visible elements that match the CSS selector stand, in the
// order of the page; what is folded away is not visible.
func (s *Story) Boxes(selector string) []Box {
	s.t.Helper()
	s.settle()
	var boxes []Box
	s.evaluate("measure "+selector, s.script(fmt.Sprintf("f.all(root, %s).filter(el => f.shown(el) && el.checkVisibility()).map(el => { const b = el.getBoundingClientRect(); "+
		"return { Left: b.left, Top: b.top, Right: b.right, Bottom: b.bottom }; })", quote(selector))), &boxes)
	return boxes
}

// Links returns where the links of the page lead, path and query, each once;
// those to other sites are left out.
func (s *Story) Links() []string {
	s.t.Helper()
	s.settle()
	var links []string
	s.evaluate("read links", s.script("[...new Set(f.all(root, 'a[href]').map(a => new URL(a.getAttribute('href'), location))"+
		".filter(u => u.origin === location.origin).map(u => u.pathname + u.search))]"), &links)
	return links
}

// Download clicks target and returns the path of the file it brings; the file
// goes with the test.
func (s *Story) Download(target string) string {
	s.t.Helper()
	folder := s.t.TempDir()
	s.do("prepare download", browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllowAndName).
		WithBrowserContextID(s.person).WithDownloadPath(folder).WithEventsEnabled(true))
	s.Click(target)
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(pause) {
		if name, ok := s.watch.downloaded(); ok {
			path := filepath.Join(folder, name)
			if _, err := os.Stat(path); err != nil {
				s.fail("download %q: %v", target, err)
			}
			return path
		}
	}
	s.fail("download %q: nothing came", target)
	return ""
}

// press waits until expression finds a point to press twice at the same place,
// so that nothing moving is missed, and presses it.
func (s *Story) press(what, expression string) {
	s.t.Helper()
	var last finding
	found := s.until(what, expression, func(f finding) bool {
		rests := f.At != nil && last.At != nil && *f.At == *last.At
		last = f
		return f.Done || rests
	})
	if found.At != nil {
		s.do(what, chromedp.MouseClickXY(found.At.X, found.At.Y))
	}
	s.settle()
}

// until tries expression until enough says so. A page in the middle of changing
// answers errors; they are tries like any other.
func (s *Story) until(what, expression string, enough func(finding) bool) finding {
	s.t.Helper()
	var found finding
	var err error
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(pause) {
		found = finding{}
		if err = s.run(chromedp.Evaluate(s.script(expression), &found)); err == nil && enough(found) {
			return found
		}
	}
	s.fail("cannot %s within %v: %s %v", what, patience, found.Reason, orNothing(err))
	return found
}

// script wraps expression with the finder as f and the story's scope as root.
func (s *Story) script(expression string) string {
	return fmt.Sprintf("(f => (root => %s)(%s))(%s)", expression, s.scope, finder)
}

// settle waits until the page is loaded and asks for nothing more. A page that
// never comes to rest is not a fault by itself: the next verb judges.
func (s *Story) settle() {
	time.Sleep(pause)
	for limit := time.Now().Add(patience / 6); time.Now().Before(limit); time.Sleep(pause) {
		var state string
		err := s.run(chromedp.Evaluate("document.readyState", &state))
		if err == nil && state == "complete" && s.watch.still(quiet) {
			return
		}
	}
}

// quote writes text as a script literal.
func quote(text string) string {
	literal, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always marshals
	}
	return string(literal)
}

func orNothing(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
