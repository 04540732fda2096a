package export

import (
	"intendant/internal/directory"
	"intendant/internal/i18n"
)

// FileName is what the file of an export is called, in the language it was asked for:
// "membres-204817-2026-11-29.xlsx".
func FileName(p *i18n.Printer, e directory.Export, number string) string {
	return p.T("export.file."+string(e.Kind)) + "-" + directory.CleanNumber(number) + "-" + e.Created.In(p.Zone()).Format("2006-01-02") + "." + string(e.Format)
}

// ContentType is that of a format.
func ContentType(format directory.ExportFormat) string {
	if format == directory.ExportXLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}
