package console

import (
	"net/url"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// documentTyped is what the form of a document may carry besides the file.
const documentTyped = 64 << 10

// documentsView is the invoices of one customer (SEAT-8).
type documentsView struct {
	Back   ui.Link
	Rows   []documentView
	Count  string
	Pager  ui.PagerView
	Form   *form // for who may add
	Dialog *dialog
}

type documentView struct{ Number, Day, Unit, Amount, Href, Withdraw string }

// documents lists a customer's invoices, with the form that adds one.
func (h Handler) documents(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	v, err := h.documentsView(q, c.Account)
	if err != nil {
		return err
	}
	return h.showDocuments(q, 200, c.Account, v)
}

func (h Handler) showDocuments(q *page.Request, status int, a directory.Account, v documentsView) error {
	q.Localise(a.TimeZone)
	p, err := h.shell(q, q.Printer.T("customer.documents")+" · "+a.Name, page.Customers)
	if err != nil {
		return err
	}
	return q.RenderStatus(status, documentsPage(p, v))
}

func (h Handler) documentsView(q *page.Request, a directory.Account) (documentsView, error) {
	skip, err := strconv.Atoi(q.URL.Query().Get("skip"))
	if err != nil {
		skip = 0
	}
	found, err := h.App.Contracts.CustomerDocuments(q.Context(), q.Actor(), a.ID, skip)
	if err != nil {
		return documentsView{}, err
	}
	v := documentsView{Back: ui.Link{Label: a.Name, Href: customerPath(a, "")}, Count: q.Printer.T("contract.documents.count", "Count", found.Total)}
	for _, d := range found.Rows {
		one := documentView{Number: d.Number, Day: q.Printer.DateShort(d.Day.Noon(q.Printer.Zone())), Unit: d.Unit.Name, Amount: d.Amount,
			Href: documentPath(a, d.UUID, "")}
		if may(q, authz.ChangeAccounts) {
			one.Withdraw = customerPath(a, "/documents?withdraw="+url.QueryEscape(d.UUID))
		}
		if d.UUID == q.URL.Query().Get("withdraw") && one.Withdraw != "" {
			v.Dialog = withdrawDialog(q, a, d)
		}
		v.Rows = append(v.Rows, one)
	}
	v.Pager = documentsPager(a, found, v.Count)
	if may(q, authz.ChangeAccounts) {
		v.Form = documentForm(q, a)
	}
	return v, nil
}

func documentsPager(a directory.Account, found app.ContractDocuments, count string) ui.PagerView {
	p := ui.PagerView{From: int64(found.From), To: int64(found.From + len(found.Rows) - 1), Things: count}
	at := func(skip int64) string {
		return customerPath(a, "/documents?skip="+strconv.FormatInt(skip, 10))
	}
	if found.From > 1 {
		p.Previous = at(max(0, p.From-1-app.DocumentsPerPage))
	}
	if p.To < found.Total {
		p.Next = at(p.To)
	}
	return p
}

func documentPath(a directory.Account, document, rest string) string {
	return customerPath(a, "/documents/"+url.PathEscape(document)+rest)
}

// documentForm asks for an invoice.
func documentForm(q *page.Request, a directory.Account) *form {
	t := q.Printer.T
	value := func(name string) string { return q.PostFormValue(name) }
	return &form{Action: customerPath(a, "/documents"), Submit: t("customer.documents.add"), Multipart: true, Parts: []part{{
		Title: t("customer.documents.add"), Two: true, Fields: []ui.Field{
			{Name: "document_number", Label: t("field.document_number"), Required: true, Value: value("document_number"),
				Attrs: map[string]any{"maxlength": directory.DocumentNumber.Most()}},
			{Name: "document_day", Kind: "date", Label: t("field.document_day"), Required: true, Value: value("document_day")},
			{Name: "amount", Label: t("field.amount"), Hint: t("customer.documents.amount"), Value: value("amount"),
				Attrs: map[string]any{"maxlength": directory.DocumentAmount.Most()}},
			{Name: "unit", Label: t("customer.documents.unit.label"), Hint: t("customer.documents.unit"), Value: value("unit")},
			{Name: "file", Kind: "file", Label: t("field.file"), Hint: t("customer.documents.file"), Required: true,
				Attrs: map[string]any{"accept": ".pdf,application/pdf"}},
		}}}}
}

func withdrawDialog(q *page.Request, a directory.Account, d app.ContractDocument) *dialog {
	t := q.Printer.T
	one := dialogOf(q, t("customer.documents.withdraw.title", "Number", d.Number), "", documentPath(a, d.UUID, "/withdraw"), customerPath(a, "/documents"))
	one.Losses = []ui.Loss{{Text: t("customer.documents.withdraw.loss")}, {Text: t("customer.documents.withdraw.stays"), Stays: true}}
	one.Act = ui.Act{Label: t("customer.documents.withdraw"), Kind: ui.Danger}
	return one
}

// addDocument takes an invoice in.
func (h Handler) addDocument(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	made, err := h.putDocument(q, c.Account)
	if err == nil {
		q.Toast(q.Printer.T("customer.documents.added", "Number", made.Number), "")
		return q.Redirect(customerPath(c.Account, "/documents"))
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v, err := h.documentsView(q, c.Account)
	if err != nil {
		return err
	}
	if v.Form == nil {
		return refusal
	}
	v.Form.refuse(q, refusal)
	return h.showDocuments(q, page.StatusOf(refusal.Kind), c.Account, v)
}

func (h Handler) putDocument(q *page.Request, a directory.Account) (directory.Document, error) {
	n := app.ContractNewDocument{Number: q.Field("document_number"), Amount: q.Field("amount"), Unit: q.Field("unit"), File: q.UploadedName("file")}
	var refusal *directory.Error
	if text := q.Field("document_day"); text != "" {
		if n.Day, refusal = directory.ParseDay("document_day", text, directory.DayFirst); refusal != nil {
			return directory.Document{}, refusal
		}
	}
	var err error
	if n.Content, err = q.Uploaded("file"); err != nil {
		return directory.Document{}, err
	}
	return h.App.Contracts.AddDocument(q.Context(), q.Actor(), a.ID, n)
}

// withdrawDocument takes an invoice away.
func (h Handler) withdrawDocument(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	gone, err := h.App.Contracts.WithdrawDocument(q.Context(), q.Actor(), c.Account.ID, q.PathValue("document"))
	if err != nil {
		return err
	}
	q.Toast(q.Printer.T("customer.documents.withdrawn", "Number", gone.Number), "")
	return q.Redirect(customerPath(c.Account, "/documents"))
}

// downloadDocument hands an invoice over to the vendor.
func (h Handler) downloadDocument(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := h.App.Contracts.DownloadForVendor(q.Context(), q.Actor(), c.Account.ID, q.PathValue("document"))
	if err != nil {
		return err
	}
	return q.SendDocument(d)
}
