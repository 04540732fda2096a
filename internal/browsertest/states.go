package browsertest

import (
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"intendant/internal/htmlcheck"
)

// ValidHTML fails the story for each rule of every page that the page breaks as it
// stands, with what its scripts made of it.
func (s *Story) ValidHTML() {
	s.t.Helper()
	for _, problem := range s.problems() {
		s.t.Errorf("%s: %s", s.Path(), problem)
	}
}

func (s *Story) problems() []string {
	s.t.Helper()
	s.settle()
	var page string
	s.evaluate("read the page", `"<!doctype html>" + document.documentElement.outerHTML`, &page)
	return htmlcheck.Problems(page)
}

// StateLooksRight checks one more state of a kind of page that LooksRight sees
// elsewhere, such as empty or refused: valid, as wide as a phone and a desk, and
// accessible on the phone. It is left at 1280 by 800.
func (s *Story) StateLooksRight(name string) {
	s.t.Helper()
	s.ValidHTML()
	s.fits()
	s.Viewport(390, 800)
	s.fits()
	var height int
	s.evaluate("measure the page", "Math.min(document.documentElement.scrollHeight, 6000)", &height)
	s.Viewport(390, max(height, 800))
	s.axe(allRules)
	s.Screenshot(name + "-390")
	s.Viewport(1280, 800)
}

// openAll opens what the page keeps closed, one after the other and of each kind
// the first: dialogs, menus and what unfolds. It answers what is wrong with each
// while it is open: the rules of accessibility it breaks, and what is cut at the
// edges of the window.
const openAll = `(async known => {
	const found = [], kinds = new Set(), width = document.documentElement.clientWidth;
	const shown = el => el.getClientRects().length > 0;
	const still = () => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
	const names = el => [...el.querySelectorAll("a, button, label, h2, summary")].map(e => e.textContent.trim().replace(/\s+/g, " "));
	const look = async (kind, el) => {
		await still();
		if (!shown(el)) return;
		const box = el.getBoundingClientRect();
		if (box.left < -0.5 || box.right > width + 0.5 || document.documentElement.scrollWidth > width)
			found.push(kind + " from " + Math.round(box.left) + " to " + Math.round(box.right) + " of " + width);
		const result = await axe.run(el, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}, resultTypes: ["violations"]});
		for (const v of result.violations) found.push(kind + ": " + v.id + ": " + v.help + "\n\t" +
			v.nodes.map(n => n.target.flat().join(" ") + (n.any[0] ? " (" + n.any[0].message + ")" : "")).join("\n\t"));
	};
	const fresh = (what, el) => {
		const kind = what + "." + [...el.classList].join(".") + " “" + (el.querySelector("h2, summary, legend, a, button")?.textContent.trim().replace(/\s+/g, " ") || "") + "”";
		const like = what + "." + [...el.classList].join(".") + names(el).length;
		return kinds.has(like) ? "" : (kinds.add(like), kind);
	};
	for (const el of document.querySelectorAll("dialog:not([open])")) {
		const kind = fresh("dialog", el);
		if (!kind) continue;
		el.showModal();
		await look(kind, el);
		el.close();
	}
	if (document.querySelector("dialog:modal")) return {Opened: kinds.size, Found: found};
	for (const el of document.querySelectorAll("[popover]")) {
		const button = [...document.querySelectorAll('[popovertarget="' + el.id + '"]')].find(b => shown(b) && !el.contains(b));
		const kind = button && !known.includes(el.id) ? fresh("menu", el) : "";
		if (!kind) continue;
		button.scrollIntoView({block: "center", behavior: "instant"});
		button.click();
		await look(kind, el);
		el.hidePopover();
	}
	for (const el of document.querySelectorAll("details:not([open])")) {
		const kind = shown(el) ? fresh("fold", el) : "";
		if (!kind) continue;
		el.scrollIntoView({block: "center", behavior: "instant"});
		el.open = true;
		await look(kind, el);
		const inside = el.querySelector(".in-pop");
		if (inside && shown(inside)) {
			const box = inside.getBoundingClientRect();
			if (box.left < -0.5 || box.right > width + 0.5) found.push(kind + " from " + Math.round(box.left) + " to " + Math.round(box.right) + " of " + width);
		}
		el.open = false;
	}
	scrollTo(0, 0);
	return {Opened: kinds.size, Found: found};
})`

// frame are the menus that stand on every page; of a story they are opened once.
const frame = `["me", "menu"]`

// OpensRight opens each dialog, menu and fold of the page, on a phone and in dark
// colours on a desk, and fails the story for what is not accessible or cut there.
// It answers how many kinds there were. It is left at 1280 by 800, light.
func (s *Story) OpensRight() int {
	s.t.Helper()
	s.settle()
	opened := 0
	for _, width := range []int{390, 1280} {
		s.Viewport(width, 800)
		s.Dark(width == 1280)
		n, found := s.opens()
		for _, fault := range found {
			s.t.Errorf("%s at %d (dark: %t): %s", s.Path(), width, s.dark, fault)
		}
		opened = max(opened, n)
	}
	s.Dark(false)
	s.framed = true
	return opened
}

func (s *Story) opens() (int, []string) {
	s.t.Helper()
	s.loadAxe()
	known := "[]"
	if s.framed {
		known = frame
	}
	var answer struct {
		Opened int
		Found  []string
	}
	s.doWithin(8*patience, "open everything", chromedp.Evaluate(openAll+"("+known+")", &answer, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
	return answer.Opened, answer.Found
}

// requiring are the forms of the page that ask for a text.
const requiring = `[...document.querySelectorAll("form[method=post]")].filter(f =>
	[...f.elements].some(e => e.required && !e.disabled && /^(text|email|password|search|tel|url|number|date|textarea)$/.test(e.type)))`

// RequiringForms answers where the forms of the page are sent that ask for a text.
func (s *Story) RequiringForms() []string {
	s.t.Helper()
	s.settle()
	var paths []string
	s.evaluate("find forms", "[...new Set("+requiring+".map(f => new URL(f.action).pathname))]", &paths)
	return paths
}

// SendEmpty sends the form that goes to path with nothing in its fields, as a browser
// would that does not check them. It answers the status: to refuse is no fault.
func (s *Story) SendEmpty(path string) int {
	s.t.Helper()
	before := s.watch.noted()
	s.evaluate("send an empty form", fmt.Sprintf(`(() => {
	const form = %s.find(f => new URL(f.action).pathname === %s);
	for (const e of form.elements) if (/^(text|email|password|search|tel|url|number|date|textarea)$/.test(e.type)) e.value = "";
	form.noValidate = true;
	form.requestSubmit();
	return true;
})()`, requiring, quote(path)), new(bool))
	s.settle()
	s.watch.forgive(before, "status 4")
	return s.Status()
}

// loadAxe puts the accessibility checker into the page, once.
func (s *Story) loadAxe() {
	s.t.Helper()
	var there bool
	s.evaluate("look for axe", `typeof axe === "object"`, &there)
	if !there {
		s.do("load axe", chromedp.ActionFunc(injectAxe))
	}
}

// noted answers how many faults there are.
func (w *watcher) noted() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.faults)
}

// forgive drops the faults after the first n whose line contains fragment.
func (w *watcher) forgive(n int, fragment string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := w.faults[:n:n]
	for _, fault := range w.faults[n:] {
		if !strings.Contains(fault, fragment) {
			left = append(left, fault)
		}
	}
	w.faults = left
}

// Search answers the name of the field in which the page is searched, or nothing.
func (s *Story) Search() string {
	s.t.Helper()
	var name string
	s.evaluate("find the search", `document.querySelector("main [data-search]")?.name || ""`, &name)
	return name
}
