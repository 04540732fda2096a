package ui_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"intendant/internal/httpserver"
	"intendant/internal/web/assets"
	"intendant/internal/web/ui"
)

// axeVar names the file axe.min.js of npm axe-core.
const axeVar = "INTENDANT_AXE"

// browse starts a browser; without one the test is skipped.
func browse(t *testing.T) context.Context {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("force-prefers-reduced-motion", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// serve answers with the sample pages under their names, with the headers of
// every answer.
func (s samples) serve(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	pages := map[string]string{}
	for name, component := range s.pages() {
		page := render(t, component)
		page = strings.ReplaceAll(strings.ReplaceAll(page, `"#m6"`, `"/03-membres-profil"`), `"#membres"`, `"/03-membres"`)
		pages[name] = strings.ReplaceAll(page, `"/members"`, `"/03-membres-vide"`)
	}
	mux.HandleFunc("POST "+ui.ThemePath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /{name}", func(w http.ResponseWriter, r *http.Request) {
		page, known := pages[r.PathValue("name")]
		if !known {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	})
	server := httptest.NewServer(httpserver.Wrap(httpserver.Options{Handler: mux, Logger: slog.New(slog.DiscardHandler), Now: time.Now}))
	t.Cleanup(server.Close)
	return server.URL
}

// complaints gathers what the browser reports: broken scripts, files refused by
// the content security policy.
func complaints(ctx context.Context) *[]string {
	var all []string
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.URL, "favicon.ico") {
				all = append(all, e.Entry.Text+" "+e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			all = append(all, e.ExceptionDetails.Error())
		}
	})
	return &all
}

func TestPagesInABrowser(t *testing.T) {
	axe := os.Getenv(axeVar)
	if axe == "" {
		t.Skip(axeVar + " names no axe.min.js")
	}
	script, err := os.ReadFile(axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx := browse(t)
	reported := complaints(ctx)
	for _, view := range []struct {
		theme ui.Theme
		width int64
	}{{ui.Light, 1280}, {ui.Light, 390}, {ui.Dark, 1280}, {ui.Dark, 360}} {
		s := samples{p: printer(t, "fr"), theme: view.theme}
		address := s.serve(t)
		for name := range s.pages() {
			var found []struct {
				ID    string
				Nodes []struct {
					HTML           string
					FailureSummary string
				}
			}
			var raw string
			var scroll, width int64
			err := chromedp.Run(ctx,
				log.Enable(),
				emulation.SetDeviceMetricsOverride(view.width, 900, 1, view.width < 500),
				chromedp.Navigate(address+"/"+name),
				chromedp.Evaluate(`document.documentElement.scrollWidth`, &scroll),
				chromedp.Evaluate(`innerWidth`, &width),
				chromedp.Evaluate(string(script)+";0", nil),
				chromedp.Evaluate(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => JSON.stringify(r.violations))`, &raw,
					func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(raw), &found); err != nil {
				t.Fatal(err)
			}
			where := name + " " + string(view.theme)
			if scroll > width {
				t.Errorf("%s at %d px scrolls sideways: %d px wide", where, view.width, scroll)
			}
			for _, violation := range found {
				for _, node := range violation.Nodes {
					t.Errorf("%s at %d px: %s: %s\n%s", where, view.width, violation.ID, node.HTML, node.FailureSummary)
				}
			}
		}
	}
	for _, complaint := range *reported {
		t.Error(complaint)
	}
}
