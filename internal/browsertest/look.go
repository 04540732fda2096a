package browsertest

import (
	"context"
	_ "embed" // holds the accessibility checker
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed axe/axe.min.js
var axeSource string

// Which rules the checker is asked for: those of WCAG 2.2 level A and AA, and the few
// of them that other colours can break.
const (
	allRules    = `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}`
	colourRules = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

// axeRun asks for rules and keeps of the answer what a person needs to mend it.
const axeRun = `axe.run(document, {
	runOnly: %s,
	resultTypes: ["violations"],
}).then(r => r.violations.map(v => ({
	Rule: v.id, Help: v.help,
	Places: v.nodes.map(n => n.target.flat().join(" ") + (n.any[0] ? " (" + n.any[0].message + ")" : "")),
})))`

// A violation is one accessibility rule broken, and where.
type violation struct {
	Rule, Help string
	Places     []string
}

// Axe fails the story for each rule of WCAG 2.2 A and AA that the page breaks in
// the colours and size of the moment. It needs a page whose scripts may run.
func (s *Story) Axe() {
	s.t.Helper()
	s.settle()
	s.axe(allRules)
}

// axe is Axe of a page that is still, by some rules.
func (s *Story) axe(rules string) {
	s.t.Helper()
	for _, v := range s.violations(rules) {
		s.t.Errorf("%s (dark: %t): %s: %s\n\t%s", s.Path(), s.dark, v.Rule, v.Help, strings.Join(v.Places, "\n\t"))
	}
}

func (s *Story) violations(rules string) []violation {
	s.t.Helper()
	if s.scriptless {
		s.t.Fatal("Axe needs scripts: call WithoutScript(false) and open the page again")
	}
	s.loadAxe()
	var found []violation
	s.do("run axe", chromedp.Evaluate(fmt.Sprintf(axeRun, rules), &found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
	return found
}

// injectAxe is evaluated by the developer tools, not put into the page: the content
// policy stays as it is.
func injectAxe(ctx context.Context) error {
	_, exception, err := runtime.Evaluate("void " + wrapped(axeSource)).Do(ctx)
	if err != nil {
		return err
	}
	if exception != nil {
		return exception
	}
	return nil
}

func wrapped(source string) string {
	return "(() => {" + source + "\n})()"
}

// sideways lists what sticks out of the page's width, the outermost first;
// what scrolls inside a box of its own does not count.
const sideways = `(() => {
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= width) return [];
	const boxed = el => {
		for (let p = el.parentElement; p && p !== document.body; p = p.parentElement)
			if (getComputedStyle(p).overflowX !== "visible") return true;
		return false;
	};
	const out = [...document.body.querySelectorAll("*")].filter(el => el.getBoundingClientRect().right > width + 0.5 && !boxed(el));
	const found = out.filter(el => !out.includes(el.parentElement)).map(el =>
		el.tagName.toLowerCase() + (el.id ? "#" + el.id : "") + [...el.classList].map(c => "." + c).join("") +
		" to " + Math.round(el.getBoundingClientRect().right) + " of " + width);
	return found.length ? found : ["page of " + document.documentElement.scrollWidth + " in " + width];
})()`

// NoSidewaysScroll fails the story when the page is wider than the window, and
// names what sticks out.
func (s *Story) NoSidewaysScroll() {
	s.t.Helper()
	s.settle()
	s.fits()
}

// fits is NoSidewaysScroll of a page that is still.
func (s *Story) fits() {
	s.t.Helper()
	if out := s.sticksOut(); len(out) > 0 {
		s.t.Errorf("%s scrolls sideways:\n\t%s", s.Path(), strings.Join(out, "\n\t"))
	}
}

func (s *Story) sticksOut() []string {
	s.t.Helper()
	var out []string
	s.evaluate("measure the page", sideways, &out)
	return out
}

// LooksRight checks the page as it stands: its HTML, and at a wide and a narrow
// window, in light and dark colours, accessibility and width. The window is as high as the
// page, so that nothing lies behind what sticks to its edges. It is left at 1280
// by 800, light, with a picture of each kept as name-width[-dark].
func (s *Story) LooksRight(name string) {
	s.t.Helper()
	s.ValidHTML()
	for _, width := range []int{390, 1280} {
		s.Viewport(width, 800)
		s.fits()
		var height int
		s.evaluate("measure the page", "Math.min(document.documentElement.scrollHeight, 6000)", &height)
		s.Viewport(width, max(height, 800))
		s.axe(allRules)
		s.Screenshot(fmt.Sprintf("%s-%d", name, width))
		s.Dark(true)
		s.axe(colourRules) // all else is as it was in light
		s.Screenshot(fmt.Sprintf("%s-%d-dark", name, width))
		s.Dark(false)
	}
	s.Viewport(1280, 800)
}
