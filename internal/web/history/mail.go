package history

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

const mailPath = "/vendor/mail"

// A mailView is a page of the queue.
type mailView struct {
	Title  string
	Tabs   []ui.Tab
	Filter filter
	Found  string
	Mails  []mailLine
	Pager  ui.PagerView
	Newest string
}

// A mailLine is one mail: never its values, its link or its secret (MAIL-3).
type mailLine struct {
	To, Reader    string
	Kind, Account string
	Shape, State  string
	Tries         string
	Error         string
	Created, Next time.Time
	Sent          time.Time
	Retry         string // where to post to, or empty
}

// queue shows the outbox by state, with tries and last errors (MAIL-2).
func (h Handler) queue(q *page.Request) error {
	f := readFilter(q, mailPath)
	found, err := h.App.Mails.Queue(q.Context(), q.Actor(), app.MailFilter{State: directory.MailState(f.get(byState)),
		Number: f.get(byAccount), Address: f.get(bySearch)}, f.window())
	if err != nil {
		return err
	}
	t := q.Printer.T
	v := mailView{Title: t("mails.title"), Filter: f, Found: t("mails.found", "Count", found.Total)}
	v.Tabs = append(v.Tabs, stateTab(q, f, "", found))
	for _, state := range []directory.MailState{directory.MailWaiting, directory.MailSent, directory.MailBounced, directory.MailDead,
		directory.MailWithdrawn} {
		v.Tabs = append(v.Tabs, stateTab(q, f, state, found))
	}
	for _, m := range found.Mails {
		v.Mails = append(v.Mails, h.mailLine(q, m))
	}
	v.Pager, v.Newest = f.pager(len(v.Mails), found.Next, found.Total, v.Found)
	return h.console(q, v.Title, page.MailQueue, func(p ui.Page) templ.Component { return mailPage(p, v) })
}

func stateTab(q *page.Request, f filter, state directory.MailState, found app.MailPage) ui.Tab {
	tab := ui.Tab{Label: q.Printer.T("mails.all"), Href: f.with(byState, string(state)), Current: f.get(byState) == string(state)}
	n := found.Totals[state]
	if state == "" {
		for _, of := range found.Totals {
			n += of
		}
	} else {
		tab.Label = q.Printer.T("mail.state." + string(state))
	}
	tab.Count = q.Printer.Number(n)
	return tab
}

// shape is the sign of a state; a mail that waits after an error warns.
func shape(state directory.MailState, failed string) string {
	switch state {
	case directory.MailSent:
		return "active"
	case directory.MailBounced, directory.MailDead:
		return "bad"
	case directory.MailWithdrawn:
		return "off"
	}
	if failed != "" {
		return "warn"
	}
	return "invited"
}

func (h Handler) mailLine(q *page.Request, m app.QueuedMail) mailLine {
	t := q.Printer.T
	l := mailLine{To: m.Address, Reader: m.Reader, Account: m.AccountName, Kind: string(m.Kind), State: t("mail.state." + string(m.State)),
		Shape: shape(m.State, m.LastError), Tries: q.Printer.Number(int64(m.Tries)), Created: m.Created, Sent: m.Sent}
	if key := "mails.kind." + string(m.Kind); q.Printer.Has(key) {
		l.Kind = t(key)
	}
	if l.Error = m.LastError; m.Message() != "" && q.Printer.Has(m.Message()) {
		l.Error = t(m.Message())
	}
	switch m.State {
	case directory.MailWaiting:
		l.Next = m.Due
		if m.LastError != "" {
			l.Retry = retryPath(m.ID)
		}
	case directory.MailBounced, directory.MailDead:
		l.Retry = retryPath(m.ID)
	}
	return l
}

func retryPath(id directory.MailID) string {
	return mailPath + "/" + strconv.FormatInt(int64(id), 10) + "/retry"
}

// retry lets a mail be tried anew.
func (h Handler) retry(q *page.Request) error {
	id, err := mailID(q.PathValue("mail"))
	if err != nil {
		return err
	}
	if err := h.App.Mails.Retry(q.Context(), q.Actor(), id); err != nil {
		return err
	}
	q.Toast(q.Printer.T("mails.retried"), "")
	return q.Redirect(q.ReturnTo(mailPath))
}

func mailID(text string) (directory.MailID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, directory.Refuse(directory.NotFound, "mail.not_found")
	}
	return directory.MailID(id), nil
}

const mailboxPath = "/mailbox"

// A mailboxView is a page of the built-in mailbox.
type mailboxView struct {
	Title    string
	To       string
	Found    string
	Messages []boxed
	Pager    ui.PagerView
	Newest   string
}

// A boxed is one message in the list.
type boxed struct {
	Href, Subject, To, ToHref string
	At                        time.Time
}

func mailboxOf(address string) string { return mailboxPath + "?to=" + url.QueryEscape(address) }

func messagePath(id directory.MailID) string {
	return mailboxPath + "/" + strconv.FormatInt(int64(id), 10)
}

// mailbox lists what would have been sent (MAIL-3).
func (h Handler) mailbox(q *page.Request) error {
	to := q.FormValue("to")
	f := filter{path: mailboxPath, values: url.Values{}}
	for name, value := range map[string]string{"to": to, fromPlace: q.FormValue(fromPlace), fromNumber: q.FormValue(fromNumber)} {
		if value != "" {
			f.values.Set(name, value)
		}
	}
	found, err := h.App.Mails.Mailbox(q.Context(), q.Actor(), to, f.window())
	if err != nil {
		return err
	}
	v := mailboxView{Title: q.Printer.T("mailbox.title"), To: to, Found: q.Printer.T("mails.found", "Count", found.Total)}
	for _, m := range found.Messages {
		v.Messages = append(v.Messages, boxed{Href: messagePath(m.Mail), Subject: m.Subject, To: m.Address,
			ToHref: mailboxOf(m.Address), At: m.At})
	}
	v.Pager, v.Newest = f.pager(len(v.Messages), found.Next, found.Total, v.Found)
	return h.console(q, v.Title, page.MailboxPlace, func(p ui.Page) templ.Component { return mailboxPage(p, v) })
}

// A messageView is one message, its HTML apart in a frame.
type messageView struct {
	Subject, To, ToHref string
	At                  time.Time
	Frame               string
	Links               []ui.Link
	Text                string
}

// message shows one message and where its links lead.
func (h Handler) message(q *page.Request) error {
	id, err := mailID(q.PathValue("message"))
	if err != nil {
		return err
	}
	m, err := h.App.Mails.MailboxMessage(q.Context(), q.Actor(), id)
	if err != nil {
		return err
	}
	v := messageView{Subject: m.Subject, To: m.Address, ToHref: mailboxOf(m.Address), At: m.At, Frame: messagePath(id) + "/html",
		Links: links(m.HTML), Text: m.Text}
	return h.console(q, m.Subject, page.MailboxPlace, func(p ui.Page) templ.Component { return messagePage(p, v) })
}

// messageContent lets a message show itself and nothing else: no script, no form, no
// picture but what it carries, no other address but what its reader follows.
const messageContent = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; " +
	"sandbox allow-popups allow-top-navigation-by-user-activation"

// messageHTML is a message as its reader would see it, to be framed.
func (h Handler) messageHTML(q *page.Request) error {
	id, err := mailID(q.PathValue("message"))
	if err != nil {
		return err
	}
	m, err := h.App.Mails.MailboxMessage(q.Context(), q.Actor(), id)
	if err != nil {
		return err
	}
	header := q.W.Header()
	header.Set("Content-Security-Policy", messageContent)
	header.Set("X-Frame-Options", "SAMEORIGIN")
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	if _, err := q.W.Write([]byte(leadingOut(m.HTML))); err != nil {
		h.Log.DebugContext(q.Context(), "reader left", "error", err)
	}
	return nil
}
