package directory

import (
	"bytes"
	"path"
	"strings"
)

// A Document is an invoice that the vendor put among an account's (SEAT-8). Its
// content is read apart.
type Document struct {
	ID     DocumentID
	UUID   string
	Unit   UnitID
	Number string
	Day    Day    // on which it was issued
	Amount string // as it is written on it
	File   string
	Bytes  int64
}

// DocumentMost is how many bytes a document may have.
const DocumentMost = 10 << 20

// pdfBegins is what every PDF begins with.
var pdfBegins = []byte("%PDF-")

// CheckDocument refuses a content that is too large, empty, or does not begin as a
// PDF, whatever the file is called.
func CheckDocument(content []byte) *Error {
	switch {
	case len(content) == 0:
		return InvalidField("file", "document.empty", nil)
	case len(content) > DocumentMost:
		return InvalidField("file", "document.too_large", Args{"Max": DocumentMost >> 20})
	case !bytes.HasPrefix(content, pdfBegins):
		return InvalidField("file", "document.not_pdf", nil)
	}
	return nil
}

// Clean cleans what is typed of a document: a number, the day, and the amount,
// which may stay empty. The file is called as it was sent, without folders, and
// else after the number.
func (d *Document) Clean() *Error {
	var number, amount, day *Error
	d.Number, number = DocumentNumber.Required(d.Number)
	d.Amount, amount = DocumentAmount.Clean(d.Amount)
	if d.Day == (Day{}) {
		day = InvalidField("document_day", "field.required", nil)
	}
	d.File = pdfName(d.File, d.Number)
	return Together(number, amount, day)
}

// pdfName is the name of a file that any system can store, ending in .pdf.
func pdfName(name, number string) string {
	for _, text := range []string{name, number} {
		text = path.Base(strings.ReplaceAll(strings.ToValidUTF8(text, ""), `\`, "/"))
		text = strings.Map(func(r rune) rune {
			if strings.ContainsRune(`/:*?"<>|`, r) {
				return '-'
			}
			return r
		}, text)
		if at := len(text) - len(".pdf"); at >= 0 && strings.EqualFold(text[at:], ".pdf") {
			text = text[:at]
		}
		clean, refusal := FileName.Clean(Short(strings.Trim(text, ". "), FileName.Most()-len(".pdf")))
		if refusal == nil && clean != "" {
			return clean + ".pdf"
		}
	}
	return "document.pdf"
}
