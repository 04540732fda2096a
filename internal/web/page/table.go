package page

import "intendant/internal/sheet"

// CSV begins a table as a file of a name to keep: what is written to it is sent row by
// row (REP-4).
func (q *Request) CSV(file string) sheet.Writer {
	q.sendsTable("text/csv; charset=utf-8", file)
	return sheet.NewCSV(q.W, sheet.CSVOptions{BOM: true})
}

// XLSX is CSV as a workbook of one sheet with a title.
func (q *Request) XLSX(file, title string) sheet.Writer {
	q.sendsTable("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file)
	return sheet.NewXLSX(q.W, sheet.XLSXOptions{Sheet: title})
}

func (q *Request) sendsTable(contentType, file string) {
	header := q.W.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Disposition", `attachment; filename="`+file+`"`)
	header.Set("Cache-Control", "no-store")
}

// Texts are cells of texts.
func Texts(values []string) []sheet.Cell {
	cells := make([]sheet.Cell, len(values))
	for i, value := range values {
		cells[i] = sheet.Text(value)
	}
	return cells
}
