package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// ErrNoBrowser says that this machine has no Chromium.
var ErrNoBrowser = errors.New("no Chromium found: install chromium or set INTENDANT_TEST_CHROMIUM")

// A Browser is one Chromium, started by the first story and shared by all
// stories of a test binary.
type Browser struct {
	once    sync.Once
	err     error
	ctx     context.Context
	stop    context.CancelFunc
	profile string
}

// New returns a browser that starts with its first story.
func New() *Browser {
	return &Browser{}
}

// Close ends Chromium and removes its profile. A browser that never started
// closes too.
func (b *Browser) Close() {
	if b.stop == nil {
		return
	}
	// Asks Chromium to end and waits, so that nothing writes to the profile any more.
	if err := chromedp.Cancel(b.ctx); err != nil {
		fmt.Fprintln(os.Stderr, "browsertest: end Chromium:", err)
	}
	b.stop()
	if err := os.RemoveAll(b.profile); err != nil {
		fmt.Fprintln(os.Stderr, "browsertest: remove profile:", err)
	}
}

// start launches Chromium once; later calls answer what the first one found.
func (b *Browser) start() error {
	b.once.Do(func() { b.err = b.launch() })
	return b.err
}

func (b *Browser) launch() error {
	path, err := find()
	if err != nil {
		return err
	}
	if b.profile, err = os.MkdirTemp("", "intendant-chromium-"); err != nil {
		return fmt.Errorf("make profile: %w", err)
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path),
		chromedp.UserDataDir(b.profile),
		chromedp.Headless,
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-features", "PaintHolding,SpareRendererForSitePerProcess"), // a process in reserve for each page costs a tenth
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	// Its own complaints are about events it does not know; verbs report faults.
	ctx, stopBrowser := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	b.ctx = ctx
	b.stop = func() {
		stopBrowser()
		stopAllocator()
	}
	if err := chromedp.Run(ctx); err != nil {
		return fmt.Errorf("start %s: %w", path, err)
	}
	return nil
}

// window opens an empty window of a person without history. Without a window of
// its own, a new person gets no page in Chromium's headless mode.
func (b *Browser) window() (person cdp.BrowserContextID, id target.ID, err error) {
	ctx := cdp.WithExecutor(b.ctx, chromedp.FromContext(b.ctx).Browser)
	if person, err = target.CreateBrowserContext().Do(ctx); err != nil {
		return "", "", fmt.Errorf("make browser context: %w", err)
	}
	id, err = target.CreateTarget("about:blank").WithBrowserContextID(person).WithNewWindow(true).Do(ctx)
	if err != nil {
		return "", "", fmt.Errorf("open window: %w", err)
	}
	return person, id, nil
}

// leave forgets a person's cookies and storage.
func (b *Browser) leave(person cdp.BrowserContextID) {
	ctx := cdp.WithExecutor(b.ctx, chromedp.FromContext(b.ctx).Browser)
	if err := target.DisposeBrowserContext(person).Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "browsertest: forget browser context:", err)
	}
}

// find returns the Chromium to start: the configured one, else the first known
// name on the path.
func find() (string, error) {
	if path := os.Getenv("INTENDANT_TEST_CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// require starts the browser or ends the test: without Chromium it is skipped,
// except under CI=true, where a missing browser is a failure. Short runs need no
// services and skip it too.
func (b *Browser) require(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("stories are not part of a short run")
	}
	err := b.start()
	switch {
	case errors.Is(err, ErrNoBrowser) && os.Getenv("CI") != "true":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
}
