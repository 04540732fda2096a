package browsertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// A watcher listens to a window's events: what is under way, what failed.
// Chromium calls it from its own goroutine.
type watcher struct {
	mu       sync.Mutex
	frame    cdp.FrameID                  // the window's own
	open     map[network.RequestID]string // requests under way: method and address
	moved    time.Time                    // when the last request began or ended
	faults   []string
	allowed  []string
	answered int
	done     map[string]bool // downloads by their id
	dialogs  chan struct{}
}

func newWatcher(frame cdp.FrameID) *watcher {
	return &watcher{
		frame:   frame,
		open:    make(map[network.RequestID]string),
		done:    make(map[string]bool),
		dialogs: make(chan struct{}, 16),
	}
}

// see takes one event.
func (w *watcher) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.began(e)
	case *network.EventResponseReceived:
		w.answeredBy(e)
	case *network.EventLoadingFinished:
		w.ended(e.RequestID)
	case *network.EventLoadingFailed:
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			w.complain("request failed: %s: %s", w.open[e.RequestID], e.ErrorText)
		}
		w.ended(e.RequestID)
	case *log.EventEntryAdded:
		// What the network refused arrives as a response too, with more detail.
		if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork {
			w.complain("%s: %s", e.Entry.Source, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		w.complain("script error: %s", e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError {
			w.complain("console error: %s", consoleText(e.Args))
		}
	case *page.EventJavascriptDialogOpening:
		w.complain("dialog: %s", e.Message)
		w.dialogs <- struct{}{}
	case *browser.EventDownloadProgress:
		if e.State == browser.DownloadProgressStateCompleted {
			w.done[e.GUID] = true
		}
	}
}

func (w *watcher) began(e *network.EventRequestWillBeSent) {
	// A stream of events stays open as long as its page; nobody waits for it. What
	// a page shows in a frame may end in another process, unseen from here.
	framed := e.Type == network.ResourceTypeDocument && e.FrameID != w.frame
	if framed || e.Type == network.ResourceTypeEventSource || e.Type == network.ResourceTypeWebSocket {
		return
	}
	w.open[e.RequestID] = e.Request.Method + " " + e.Request.URL
	w.moved = time.Now()
}

func (w *watcher) answeredBy(e *network.EventResponseReceived) {
	status := int(e.Response.Status)
	if e.Type == network.ResourceTypeDocument {
		w.answered = status
	}
	if status >= 400 {
		w.complain("status %d: %s", status, w.open[e.RequestID])
	}
}

// left forgets what a page that is left for another still waits for.
func (w *watcher) left() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.open)
}

func (w *watcher) ended(id network.RequestID) {
	delete(w.open, id)
	w.moved = time.Now()
}

func (w *watcher) complain(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

func (w *watcher) allow(fragment string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allowed = append(w.allowed, fragment)
}

// complaints returns the faults that no allowed fragment covers.
func (w *watcher) complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []string
	for _, fault := range w.faults {
		if !w.covers(fault) {
			left = append(left, fault)
		}
	}
	return left
}

func (w *watcher) covers(fault string) bool {
	for _, fragment := range w.allowed {
		if strings.Contains(fault, fragment) {
			return true
		}
	}
	return false
}

func (w *watcher) status() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.answered
}

// still reports whether nothing has been under way for the time quiet.
func (w *watcher) still(quiet time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.open) == 0 && time.Since(w.moved) >= quiet
}

// downloaded returns the id of a finished download and forgets it.
func (w *watcher) downloaded() (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id := range w.done {
		delete(w.done, id)
		return id, true
	}
	return "", false
}

// answerDialogs accepts every dialog until the window closes, so that one does
// not hang the story; it is a fault all the same, as no page of ours opens one.
func (w *watcher) answerDialogs(ctx context.Context) error {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-w.dialogs:
				// The window may be closing; the fault is already noted.
				_ = page.HandleJavaScriptDialog(true).Do(ctx)
			}
		}
	}()
	return nil
}

func consoleText(args []*runtime.RemoteObject) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = strings.Trim(string(arg.Value), `"`)
		if arg.Description != "" {
			words[i] = arg.Description
		}
	}
	return strings.Join(words, " ")
}
