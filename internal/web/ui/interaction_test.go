package ui_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"intendant/internal/web/ui"
)

// said runs what a person does and compares what stands there afterwards.
func said(ctx context.Context, t *testing.T, what, script string, want any, acts ...chromedp.Action) {
	t.Helper()
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
	const barCount = `document.querySelector("[data-ticked-count]").textContent`
	said(ctx, t, "/ leads to the search", `document.activeElement.id`, "f-q",
		chromedp.Evaluate(`document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true}))`, nil))
	said(ctx, t, "three are ticked", barCount, "3")
	said(ctx, t, "shift ticks the range", barCount, "6",
		chromedp.Click(`tbody tr:nth-child(7) .c-tick input`),
		chromedp.Evaluate(`document.querySelector("tbody tr:nth-child(9) .c-tick input").dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, shiftKey: true}))`, nil))
	said(ctx, t, "the head ticks all", barCount, "10", chromedp.Click(`thead .c-tick input`))
	said(ctx, t, "the cross unticks", `getComputedStyle(document.querySelector(".in-selbar")).display`, "none", chromedp.Click(`[data-untick]`))
	said(ctx, t, "a tick raises the bar", `getComputedStyle(document.querySelector(".in-selbar")).display`, "flex", chromedp.Click(`tbody tr:nth-child(2) .c-tick input`))

	said(ctx, t, "a name opens the panel", `location.pathname + (document.querySelector(".in-panel h2") || {}).textContent`, "/03-membres-profilKarim Haddad",
		chromedp.Click(`tbody tr:nth-child(7) .in-who a`))
	said(ctx, t, "the page stayed", `window.kept || ""`, "yes")
	said(ctx, t, "the title followed", `document.title`, "Karim Haddad, membres · Bâtisoft")
	said(ctx, t, "focus is in the panel", `document.activeElement.closest(".in-panel") !== null`, true)
	said(ctx, t, "the row is open", `document.querySelector("tr.is-open .in-who a").textContent`, "Haddad Karim")
	said(ctx, t, "Escape closes it", `location.pathname + (document.querySelector(".in-panel") === null)`, "/03-membrestrue", chromedp.KeyEvent(kb.Escape))
	said(ctx, t, "still the same page", `window.kept || ""`, "yes")

	said(ctx, t, "a menu opens beside its button", `document.querySelector("#more-0").matches(":popover-open") && Math.abs(document.querySelector("#more-0").getBoundingClientRect().right - document.querySelector("[popovertarget=more-0]").getBoundingClientRect().right) < 40`, true,
		chromedp.Click(`[popovertarget=more-0]`))
	said(ctx, t, "its dialog opens with the safe way focused", `document.querySelector("#remove").matches(":modal") && document.activeElement.getAttribute("formmethod")`, "dialog",
		chromedp.Click(`#more-0 [data-opens]`))
	said(ctx, t, "and closes without sending", `document.querySelector("#remove").open + location.pathname`, "false/03-membres", chromedp.Click(`#remove [formmethod=dialog]`))
	said(ctx, t, "typing searches", `location.pathname + location.search`, "/03-membres-vide?sort=name&q=corvai&status=invited", chromedp.SendKeys("#f-q", "corvai"))
	said(ctx, t, "the list follows", `document.querySelector(".in-empty b") !== null`, true)
	said(ctx, t, "what is typed stays, and the focus", `document.activeElement.id + document.activeElement.value`, "f-qcorvai")
	said(ctx, t, "all on one page", `window.kept || ""`, "yes")
	said(ctx, t, "the ground changes at once", `document.documentElement.dataset.bsTheme + document.cookie`, "darktheme=dark",
		chromedp.Click(`[popovertarget=me]`), chromedp.Click(`#me [value=dark]`))
	for _, complaint := range *reported {
		t.Error(complaint)
	}
}
