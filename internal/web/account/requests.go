package account

import (
	"net/url"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A requestsView is the queue of requests in one state (JOIN-2).
type requestsView struct {
	State  directory.JoinState
	Tabs   []ui.Tab
	Rows   []app.ShownRequest
	Total  int64
	Pager  *ui.PagerView
	Errors []ui.FieldError   // why a decision was not taken (JOIN-6)
	Asked  *app.ShownRequest // whose rejection is to be confirmed
	Reason ui.Field
	Base   string
}

// states are the tabs of the page, in their order.
func states() []directory.JoinState {
	return []directory.JoinState{directory.JoinWaiting, directory.JoinApproved, directory.JoinRejected}
}

func (h Handler) requests(q *page.Request) error {
	v, err := h.requestsView(q)
	if err != nil {
		return err
	}
	return q.Render(requestsPage(q.InAccount(q.Printer.T("requests.title"), page.Requests), v))
}

func (h Handler) requestsView(q *page.Request) (requestsView, error) {
	t := q.Printer.T
	v := requestsView{State: directory.JoinWaiting, Base: q.AccountPath("/requests")}
	for _, state := range states() {
		if q.URL.Query().Get("state") == string(state) {
			v.State = state
		}
	}
	number := max(1, atoi(q.URL.Query().Get("page")))
	var err error
	v.Rows, v.Total, err = h.App.JoinRequests.List(q.Context(), q.Actor(), q.Frame.Account.ID, v.State, (number-1)*app.RequestsPerPage)
	if err != nil {
		return v, err
	}
	for _, state := range states() {
		tab := ui.Tab{Label: t("requests." + string(state)), Href: v.Base + "?state=" + string(state), Current: state == v.State}
		switch {
		case tab.Current:
			tab.Count = q.Printer.Number(v.Total)
		case state == directory.JoinWaiting:
			tab.Count = q.Printer.Number(q.Frame.Counts.Waiting)
		}
		v.Tabs = append(v.Tabs, tab)
	}
	v.Pager = requestPager(q, v, number)
	v.Reason = ui.Field{Name: "reason", Kind: "textarea", Label: t("requests.reason"), Hint: t("requests.reason.hint"), Value: q.PostFormValue("reason"),
		Attrs: map[string]any{"maxlength": "1000", "rows": "3"}}
	v.ask(q.URL.Query().Get("reject"))
	return v, nil
}

// ask opens the confirmation of a rejection.
func (v *requestsView) ask(id string) {
	for i := range v.Rows {
		if v.Rows[i].UUID == id && v.State == directory.JoinWaiting {
			v.Asked = &v.Rows[i]
		}
	}
}

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return min(n, 1_000_000)
}

func requestPager(q *page.Request, v requestsView, number int) *ui.PagerView {
	if v.Total <= app.RequestsPerPage {
		return nil
	}
	from := int64((number-1)*app.RequestsPerPage + 1)
	p := &ui.PagerView{From: from, To: from + int64(len(v.Rows)) - 1, Things: q.Printer.T("requests.count", "Count", v.Total)}
	at := func(n int) string { return v.Base + "?state=" + string(v.State) + "&page=" + strconv.Itoa(n) }
	if number > 1 {
		p.Previous = at(number - 1)
	}
	if p.To < v.Total {
		p.Next = at(number + 1)
	}
	return p
}

// approve lets the person in (JOIN-5).
func (h Handler) approve(q *page.Request) error {
	who, err := h.App.JoinRequests.Approve(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("request"))
	if err != nil {
		return h.undecided(q, err)
	}
	said := []string{q.Printer.T("requests.approved.done", "Name", who.Name())}
	if lacks := q.LacksRole(who.Lacks); lacks != "" {
		said = append(said, lacks)
	}
	q.Done(strings.Join(said, " "))
	return q.Redirect(q.ReturnTo(q.AccountPath("/requests")))
}

// reject turns the person away, with a reason and a block if wanted.
func (h Handler) reject(q *page.Request) error {
	who, err := h.App.JoinRequests.Reject(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("request"),
		app.Rejection{Reason: q.Field("reason"), Block: q.Ticked("block")})
	if err != nil {
		return h.undecided(q, err)
	}
	q.Done(q.Printer.T("requests.rejected.done", "Name", who.Name()))
	return q.Redirect(q.AccountPath("/requests"))
}

// undecided shows the queue again with why the decision was not taken: somebody
// else was first (JOIN-6), or the reason is too long.
func (h Handler) undecided(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	if refusal.Kind == directory.Denied || refusal.Kind == directory.NotFound {
		return refusal
	}
	v, err := h.requestsView(q)
	if err != nil {
		return err
	}
	if v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Reason}, refusal); v.Reason.Error != "" {
		v.ask(q.PathValue("request"))
	}
	return q.RenderRefused(refusal, requestsPage(q.InAccount(q.Printer.T("requests.title"), page.Requests), v))
}

// unblock lets a blocked person ask again (JOIN-4).
func (h Handler) unblock(q *page.Request) error {
	if err := h.App.JoinRequests.Unblock(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("request")); err != nil {
		return err
	}
	q.Done(q.Printer.T("requests.unblock.done"))
	return q.Redirect(q.AccountPath("/requests?state=" + url.QueryEscape(string(directory.JoinRejected))))
}

// decidedBy says who decided and when; nobody did where a verified domain let
// the person in.
func decidedBy(p ui.Page, r app.ShownRequest) string {
	if r.By.ID == 0 || r.By.ID == r.Person.ID {
		return p.T("requests.by_domain", "At", r.Decided)
	}
	return p.T("requests.by", "Name", r.By.Name(), "At", r.Decided)
}
