package ui_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"intendant/internal/web/ui"
)

// A reader is one person in front of a browser.
type reader struct {
	*testing.T
	ctx context.Context
}

// said runs what a person does and compares what stands there afterwards.
func (t reader) said(what, script string, want any, acts ...chromedp.Action) {
	t.Helper()
	ctx := t.ctx
	var got any
	acts = append(acts, chromedp.Poll("("+script+") === "+quoted(want), nil, chromedp.WithPollingTimeout(3e9)))
	if err := chromedp.Run(ctx, acts...); err != nil {
		if err := chromedp.Run(ctx, chromedp.Evaluate(script, &got)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		t.Errorf("%s: %v, want %v (%v)", what, got, want, err)
	}
}

func quoted(v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "true"
		}
		return "false"
	case string:
		return `"` + v + `"`
	}
	return "undefined"
}

// TestMembersTableInABrowser goes through what the script of the pages adds.
func TestMembersTableInABrowser(t *testing.T) {
	ctx := browse(t)
	reported := complaints(ctx)
	address := samples{p: printer(t, "fr"), theme: ui.Light}.serve(t)
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address+"/03-membres"), chromedp.Evaluate(`window.kept = "yes"`, nil)); err != nil {
		t.Fatal(err)
	}
	r := reader{t, ctx}
	const barCount = `document.querySelector("[data-ticked-count]").textContent`
	r.said("/ leads to the search", `document.activeElement.id`, "f-q",
		chromedp.Evaluate(`document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true}))`, nil))
	r.said("three are ticked", barCount, "3")
	r.said("shift ticks the range", barCount, "6",
		chromedp.Click(`tbody tr:nth-child(7) .c-tick input`),
		chromedp.Evaluate(`document.querySelector("tbody tr:nth-child(9) .c-tick input").dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, shiftKey: true}))`, nil))
	r.said("the head ticks all", barCount, "10", chromedp.Click(`thead .c-tick input`))
	r.said("the cross unticks", `getComputedStyle(document.querySelector(".in-selbar")).display`, "none", chromedp.Click(`[data-untick]`))
	r.said("a tick raises the bar", `getComputedStyle(document.querySelector(".in-selbar")).display`, "flex", chromedp.Click(`tbody tr:nth-child(2) .c-tick input`))

	r.said("a name opens the panel", `location.pathname + (document.querySelector(".in-panel h2") || {}).textContent`, "/03-membres-profilKarim Haddad",
		chromedp.Click(`tbody tr:nth-child(7) .in-who a`))
	r.said("the page stayed", `window.kept || ""`, "yes")
	r.said("the title followed", `document.title`, "Karim Haddad, membres · Bâtisoft")
	r.said("focus is in the panel", `document.activeElement.closest(".in-panel") !== null`, true)
	r.said("the row is open", `document.querySelector("tr.is-open .in-who a").textContent`, "Haddad Karim")
	r.said("Escape closes it", `location.pathname + (document.querySelector(".in-panel") === null)`, "/03-membrestrue", chromedp.KeyEvent(kb.Escape))
	r.said("still the same page", `window.kept || ""`, "yes")

	r.said("a menu opens beside its button", `document.querySelector("#more-0").matches(":popover-open") && Math.abs(document.querySelector("#more-0").getBoundingClientRect().right - document.querySelector("[popovertarget=more-0]").getBoundingClientRect().right) < 40`, true,
		chromedp.Click(`[popovertarget=more-0]`))
	r.said("its dialog opens with the safe way focused", `document.querySelector("#remove").matches(":modal") && document.activeElement.getAttribute("formmethod")`, "dialog",
		chromedp.Click(`#more-0 [data-opens]`))
	r.said("and closes without sending", `document.querySelector("#remove").open + location.pathname`, "false/03-membres", chromedp.Click(`#remove [formmethod=dialog]`))
	r.said("typing searches", `location.pathname + location.search`, "/03-membres-vide?sort=name&q=corvai&status=invited", chromedp.SendKeys("#f-q", "corvai"))
	r.said("the list follows", `document.querySelector(".in-empty b") !== null`, true)
	r.said("what is typed stays, and the focus", `document.activeElement.id + document.activeElement.value`, "f-qcorvai")
	r.said("all on one page", `window.kept || ""`, "yes")
	r.said("the ground changes at once", `document.documentElement.dataset.bsTheme + document.cookie`, "darktheme=dark",
		chromedp.Click(`[popovertarget=me]`), chromedp.Click(`#me [value=dark]`))
	for _, complaint := range *reported {
		t.Error(complaint)
	}
}
