package seats

import (
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/web/page"
	"intendant/internal/web/seatpanel"
	"intendant/internal/web/ui"
)

// A reporting is the page of the seats of an account in figures (REP-3).
type reporting struct {
	ui.Page
	h    Handler
	base string // address of the page of products
	app.SeatReport
	trends []ui.TrendView
}

// usualUnused is after how many days without use a seat is counted, unless asked
// otherwise.
const usualUnused = 90

// unusedFor reads the days of an address; what is no choice is the usual.
func unusedFor(q *page.Request) int {
	days, _ := strconv.Atoi(q.URL.Query().Get("days"))
	if !slices.Contains(app.SeatReportDays(), days) {
		return usualUnused
	}
	return days
}

func (h Handler) report(q *page.Request) error {
	report, err := h.App.Seats.Report(q.Context(), q.Actor(), account(q), unusedFor(q))
	if err != nil {
		return err
	}
	trends, err := h.App.Dashboards.Seats(q.Context(), q.Actor(), account(q))
	if err != nil {
		return err
	}
	return q.Render(reportPage(reporting{trends: q.SeatTrends(trends), Page: q.InAccount(q.Printer.T("seats.report.title"), page.Products), h: h, base: q.AccountPath("/products"), SeatReport: report}))
}

func (h Handler) reportCSV(q *page.Request) error {
	return h.reportFile(q, func() sheet.Writer { return q.CSV("seats.csv") })
}

func (h Handler) reportXLSX(q *page.Request) error {
	return h.reportFile(q, func() sheet.Writer { return q.XLSX("seats.xlsx", q.Printer.T("seats.report.title")) })
}

// reportFile hands over the report as a table, row by row (REP-4).
func (h Handler) reportFile(q *page.Request, begin func() sheet.Writer) error {
	report, err := h.App.Seats.ExportReport(q.Context(), q.Actor(), account(q), unusedFor(q))
	if err != nil {
		return err
	}
	t := q.Printer.T
	table := begin()
	head := []sheet.Cell{sheet.Text(t("field.product")), sheet.Text(t("seats.products.unit"))}
	for _, key := range figureKeys() {
		head = append(head, sheet.Text(t(key)))
	}
	head = append(head, sheet.Text(t("seats.report.unused.days", "Days", report.Days)), sheet.Text(t("seats.report.ends")))
	if err := table.Row(head); err != nil {
		return err
	}
	zone := q.Printer.Zone()
	for _, l := range report.Lines {
		row := []sheet.Cell{sheet.Text(h.product(q, l.Pool.Offer)), sheet.Text(l.Unit.Name)}
		for _, n := range figures(l) {
			row = append(row, sheet.Number(n))
		}
		ends := sheet.Cell{}
		if !l.Ends.IsZero() {
			ends = sheet.Date(directory.LastDay(l.Ends, zone).Noon(zone))
		}
		if err := table.Row(append(row, sheet.Number(l.Unused), ends)); err != nil {
			return err
		}
	}
	return table.Close()
}

// figureKeys are the words above the figures of a line, in their order.
func figureKeys() []string {
	return []string{"seats.report.bought", "seats.report.received", "seats.report.allotted", "seats.report.assigned", "seats.report.reserved",
		"seats.report.external", "seats.products.free", "seats.report.over"}
}

func figures(l app.SeatReportLine) []int64 {
	return []int64{l.Bought, l.Received, l.HandedOn, l.Assigned, l.Reserved, l.External, l.Free, l.Over}
}

// spread reports whether seats were allotted from one unit to another at all.
func (r reporting) spread() bool { return r.Total.Received > 0 || r.Total.HandedOn > 0 }

// figures are those of a line that have a column on the page.
func (r reporting) figures(l app.SeatReportLine) []int64 {
	if r.spread() {
		return figures(l)
	}
	return slices.Delete(figures(l), 1, 3)
}

func (r reporting) columns() []ui.Column {
	keys := figureKeys()
	if !r.spread() {
		keys = slices.Delete(keys, 1, 3)
	}
	columns := []ui.Column{{Label: r.T("field.product")}, {Label: r.T("seats.products.unit")}}
	for _, key := range append(keys, "seats.report.unused") {
		columns = append(columns, ui.Column{Label: r.T(key), Class: "p2 num w-fig"})
	}
	return append(columns, ui.Column{Label: r.T("seats.report.ends"), Class: "p2 w-ends"})
}

// choices lead to the report for another number of days.
func (r reporting) choices() []ui.Tab {
	var tabs []ui.Tab
	for _, days := range app.SeatReportDays() {
		tabs = append(tabs, ui.Tab{Label: r.T("seats.report.since", "Days", days), Href: r.base + "/report?days=" + strconv.Itoa(days), Current: days == r.Days})
	}
	return tabs
}

func (r reporting) acts() []ui.Act {
	days := "?days=" + strconv.Itoa(r.Days)
	return []ui.Act{{Label: r.T("matrix.csv"), About: r.T("seats.report.title"), Icon: "download", Href: r.base + "/report.csv" + days},
		{Label: r.T("matrix.xlsx"), About: r.T("seats.report.title"), Icon: "file-spreadsheet", Href: r.base + "/report.xlsx" + days}}
}

func (r reporting) product(l app.SeatReportLine) string {
	return r.h.Catalogue().OfferName(l.Pool.Offer, r.Printer.Lang())
}

// short says a line in words, where its columns have no room.
func (r reporting) short(l app.SeatReportLine) string {
	seats := l.Total()
	if l.Unit.ID == 0 {
		seats = l.Bought // of the sums: what one unit received another has bought
	}
	said := strings.Join([]string{r.T("seats.count", "Count", seats), seatpanel.Used(r.Page, l.Line), r.T("seats.line.free", "Count", l.Free),
		r.T("seats.report.unused.count", "Count", l.Unused)}, ", ")
	if ends := r.ends(l); ends != "" {
		said += ". " + r.T("seats.line.ends", "Date", ends)
	}
	return said
}

func (r reporting) ends(l app.SeatReportLine) string {
	if l.Ends.IsZero() {
		return ""
	}
	zone := r.Printer.Zone()
	return r.Printer.DateShort(directory.LastDay(l.Ends, zone).Noon(zone))
}
