package browsertest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a verb tries before it fails the story.
const patience = 30 * time.Second

// A Story is one person at one window. Open a second story for a second person.
type Story struct {
	t          *testing.T
	ctx        context.Context
	person     cdp.BrowserContextID // holds the cookies
	base       string
	watch      *watcher
	scope      string // where verbs look, as a script expression
	dark       bool
	scriptless bool
	framed     bool // what stands on every page was opened once
}

// Story opens a fresh window, 1280 by 800, for pages under base. The window
// closes with the test, which then fails for errors nobody allowed.
func (b *Browser) Story(t *testing.T, base string) *Story {
	t.Helper()
	b.require(t)
	person, id, err := b.window()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithTargetID(id))
	t.Cleanup(func() { b.leave(person) })
	t.Cleanup(stop)
	s := &Story{t: t, ctx: ctx, person: person, base: strings.TrimSuffix(base, "/"), watch: newWatcher(cdp.FrameID(id)), scope: "document"}
	chromedp.ListenTarget(ctx, s.watch.see)
	// The first run ties the window to its context, which therefore has no limit.
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), chromedp.ActionFunc(s.watch.answerDialogs)); err != nil {
		t.Fatalf("open window: %v", err)
	}
	t.Cleanup(s.end)
	s.Viewport(1280, 800)
	s.Dark(false)
	return s
}

// end reports what went wrong unseen during the story.
func (s *Story) end() {
	for _, complaint := range s.watch.complaints() {
		s.t.Errorf("unseen fault: %s", complaint)
	}
}

// Allow lets the story end well in spite of faults whose line contains
// fragment, such as "status 422" where it provokes a refusal.
func (s *Story) Allow(fragment string) {
	s.watch.allow(fragment)
}

// Open goes to path, or to a whole address such as a mailed link.
func (s *Story) Open(path string) {
	s.t.Helper()
	address := path
	if !strings.Contains(path, "://") {
		address = s.base + path
	}
	s.watch.left()
	s.do("open "+path, chromedp.ActionFunc(func(ctx context.Context) error {
		_, _, failure, _, err := page.Navigate(address).Do(ctx)
		if err != nil {
			return err
		}
		if failure != "" && failure != "net::ERR_ABORTED" {
			return fmt.Errorf("open %s: %s", address, failure)
		}
		return nil
	}))
	s.settle()
}

// Reload loads the page again, as a person who presses F5.
func (s *Story) Reload() {
	s.t.Helper()
	s.do("reload", page.Reload())
	s.settle()
}

// Path returns the path and query of the address shown.
func (s *Story) Path() string {
	s.t.Helper()
	var location string
	s.evaluate("read address", "location.href", &location)
	address, err := url.Parse(location)
	if err != nil {
		s.fail("read address: %v", err)
	}
	return address.RequestURI()
}

// Status returns the HTTP status of the last page opened, not of the parts it
// fetched later.
func (s *Story) Status() int {
	return s.watch.status()
}

// Viewport sets the size of the window in CSS pixels.
func (s *Story) Viewport(width, height int) {
	s.t.Helper()
	s.do("set viewport", emulation.SetDeviceMetricsOverride(int64(width), int64(height), 1, false))
}

// Dark chooses the colours a system in dark or light mode asks for. Motion is
// always reduced, so that stories need not wait for it.
func (s *Story) Dark(dark bool) {
	s.t.Helper()
	s.dark = dark
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	s.do("set colours", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}

// Language chooses which language the browser asks pages for, such as "fr".
func (s *Story) Language(code string) {
	s.t.Helper()
	s.do("set language", network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": code}))
}

// WithoutScript switches the scripts of pages opened from now on off or on
// again. The story's own verbs work either way, except Axe.
func (s *Story) WithoutScript(off bool) {
	s.t.Helper()
	s.scriptless = off
	s.do("switch scripts", emulation.SetScriptExecutionDisabled(off))
}

// Screenshot keeps a picture of the whole page as name.png in the folder
// INTENDANT_SCREENSHOTS; without that setting it does nothing.
func (s *Story) Screenshot(name string) {
	s.t.Helper()
	folder := os.Getenv("INTENDANT_SCREENSHOTS")
	if folder == "" {
		return
	}
	if _, err := s.picture(folder, name); err != nil {
		s.fail("keep screenshot: %v", err)
	}
}

func (s *Story) picture(folder, name string) (string, error) {
	var png []byte
	err := s.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		png, err = page.CaptureScreenshot().WithCaptureBeyondViewport(true).Do(ctx)
		return err
	}))
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(folder, name+".png")
	return path, os.WriteFile(path, png, 0o644)
}

// run does actions within the story's patience.
func (s *Story) run(actions ...chromedp.Action) error {
	return s.runWithin(patience, actions...)
}

func (s *Story) runWithin(limit time.Duration, actions ...chromedp.Action) error {
	ctx, stop := context.WithTimeout(s.ctx, limit)
	defer stop()
	return chromedp.Run(ctx, actions...)
}

func (s *Story) do(what string, actions ...chromedp.Action) {
	s.t.Helper()
	s.doWithin(patience, what, actions...)
}

// doWithin is do for what is many things in one, and may take as long.
func (s *Story) doWithin(limit time.Duration, what string, actions ...chromedp.Action) {
	s.t.Helper()
	if err := s.runWithin(limit, actions...); err != nil {
		s.fail("%s: %v", what, err)
	}
}

// evaluate runs a script expression once and fails the story when it cannot.
func (s *Story) evaluate(what, expression string, result any) {
	s.t.Helper()
	s.do(what, chromedp.Evaluate(expression, result))
}

// fail ends the test with what the person would see: address, words, picture.
func (s *Story) fail(format string, args ...any) {
	s.t.Helper()
	var seen struct{ Address, Text string }
	const read = `({Address: location.href, Text: document.body ? document.body.innerText.slice(0, 3000) : ""})`
	if err := s.run(chromedp.Evaluate(read, &seen)); err != nil {
		seen.Text = fmt.Sprintf("(page unreadable: %v)", err)
	}
	folder := os.Getenv("INTENDANT_SCREENSHOTS")
	if folder == "" {
		folder = filepath.Join(os.TempDir(), "intendant-stories")
	}
	picture, err := s.picture(folder, "failed-"+strings.NewReplacer("/", "-", " ", "_").Replace(s.t.Name()))
	if err != nil {
		picture = fmt.Sprintf("(none: %v)", err)
	}
	s.t.Fatalf("%s\naddress: %s\npicture: %s\npage:\n%s", fmt.Sprintf(format, args...), seen.Address, picture, seen.Text)
}
