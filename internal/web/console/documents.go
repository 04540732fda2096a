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
	if id := q.URL.Query().Get("withdraw"); id != "" && may(q, authz.ChangeAccounts) {
		if v.Dialog, err = h.askedWithdrawal(q, c.Account, id); err != nil {
			return err
		}
	}
	return h.showDocuments(q, nil, c.Account, v)
}

func (h Handler) showDocuments(q *page.Request, refusal *directory.Error, a directory.Account, v documentsView) error {
	q.Localise(a.TimeZone)
	p, err := h.shell(q, q.Printer.T("customer.documents")+" · "+a.Name, page.Customers)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, documentsPage(p, v))
}

func (h Handler) documentsView(q *page.Request, a directory.Account) (documentsView, error) {
	found, err := h.App.Contracts.CustomerDocuments(q.Context(), q.Actor(), a.ID, app.DocumentWindow{Skip: q.Skip()})
	if err != nil {
		return documentsView{}, err
	}
	v := documentsView{Back: ui.Link{Label: a.Name, Href: customerPath(a, "")}, Count: documentCount(q, found)}
	for _, d := range found.Rows {
		one := shownDocument(q, d)
		one.Href = documentPath(a, d.UUID, "")
		if may(q, authz.ChangeAccounts) {
			one.Withdraw = documentsPath(a, found.From-1, "withdraw", d.UUID)
		}
		v.Rows = append(v.Rows, one)
	}
	v.Pager = page.DocumentsPager(found, v.Count, func(skip int) string { return documentsPath(a, skip) })
	if may(q, authz.ChangeAccounts) {
		v.Form = documentForm(q, a)
	}
	return v, nil
}

// newestDocuments is how many invoices a customer's page names.
const newestDocuments = 3

// newestOf leads from a customer's page to their invoices.
func (h Handler) newestOf(q *page.Request, a directory.Account) (customerDocumentsView, error) {
	found, err := h.App.Contracts.CustomerDocuments(q.Context(), q.Actor(), a.ID, app.DocumentWindow{Size: newestDocuments})
	v := customerDocumentsView{Count: documentCount(q, found), All: q.Printer.T("customer.documents.all"), Href: documentsPath(a, 0)}
	for _, d := range found.Rows {
		v.Newest = append(v.Newest, shownDocument(q, d))
	}
	return v, err
}

func documentCount(q *page.Request, found app.ContractDocuments) string {
	return q.Printer.T("contract.documents.count", "Count", found.Total)
}

// shownDocument is a document in words.
func shownDocument(q *page.Request, d app.ContractDocument) documentView {
	return documentView{Number: d.Number, Day: q.Printer.DateShort(d.Day.Noon(q.Printer.Zone())), Unit: d.Unit.Name, Amount: d.Amount}
}

// documentsPath is the address of the page of a customer's invoices that begins
// after so many, with another name and value.
func documentsPath(a directory.Account, skip int, more ...string) string {
	values := url.Values{}
	if skip > 0 {
		values.Set("skip", strconv.Itoa(skip))
	}
	if len(more) == 2 {
		values.Set(more[0], more[1])
	}
	if len(values) == 0 {
		return customerPath(a, "/documents")
	}
	return customerPath(a, "/documents?"+values.Encode())
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

// askedWithdrawal asks about the document of a public id; of one that is gone there
// is nothing to ask.
func (h Handler) askedWithdrawal(q *page.Request, a directory.Account, id string) (*dialog, error) {
	d, err := h.App.Contracts.CustomerDocument(q.Context(), q.Actor(), a.ID, id)
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "document.not_found" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return withdrawDialog(q, a, d), nil
}

// withdrawDialog asks whether to withdraw a document; either way leads back to the
// page of the list where it was asked.
func withdrawDialog(q *page.Request, a directory.Account, d directory.Document) *dialog {
	t, back := q.Printer.T, documentsPath(a, q.Skip())
	one := dialogOf(q, t("customer.documents.withdraw.title", "Number", d.Number), "", documentPath(a, d.UUID, "/withdraw"), back)
	one.Hidden = []ui.Hidden{{Name: "return", Value: back}}
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
		return q.Redirect(documentsPath(c.Account, 0))
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
	return h.showDocuments(q, refusal, c.Account, v)
}

func (h Handler) putDocument(q *page.Request, a directory.Account) (directory.Document, error) {
	n := app.ContractNewDocument{Number: q.Field("document_number"), Day: q.Day("document_day"), Amount: q.Field("amount"), Unit: q.Field("unit"),
		File: q.UploadedName("file")}
	var err error
	if n.Content, err = q.Uploaded("file"); err != nil {
		return directory.Document{}, err
	}
	made, err := h.App.Contracts.AddDocument(q.Context(), q.Actor(), a.ID, n)
	return made, q.Together(err)
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
	return q.Redirect(q.ReturnTo(documentsPath(c.Account, 0)))
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
