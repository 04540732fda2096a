package sheet

import (
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Formats every date cell is read with, whatever the workbook's own.
const (
	isoDate   = "yyyy-mm-dd"
	isoMoment = "yyyy-mm-dd hh:mm:ss"
)

// rawFormat is a number format that is not declared, with which the library
// answers the number as stored. The general format would round identifiers of
// more than eleven digits to a power of ten.
const rawFormat = 9999

// showISODates changes the number formats of an opened workbook, so that dates
// read as yyyy-mm-dd and general numbers with all their digits. Other formats
// stay: a telephone number is read as it is shown.
func showISODates(file *excelize.File) {
	styles := file.Styles
	if styles == nil || styles.CellXfs == nil {
		return
	}
	for i := range styles.CellXfs.Xf {
		if id := styles.CellXfs.Xf[i].NumFmtID; id != nil && *id == 0 {
			*id = rawFormat
		}
	}
	setNew(&styles.NumFmts)
	var declared []int
	for _, format := range styles.NumFmts.NumFmt {
		code := format.FormatCode
		if format.FormatCode16 != "" {
			code = format.FormatCode16
		}
		declared = append(declared, format.NumFmtID)
		if iso := isoFormat(code); iso != "" {
			format.FormatCode, format.FormatCode16 = iso, ""
		}
	}
	// Built-in: 14 to 17 are dates, 22 is a date with its time.
	for id, code := range map[int]string{14: isoDate, 15: isoDate, 16: isoDate, 17: isoDate, 22: isoMoment} {
		if slices.Contains(declared, id) {
			continue
		}
		styles.NumFmts.NumFmt = appendNew(styles.NumFmts.NumFmt)
		format := styles.NumFmts.NumFmt[len(styles.NumFmts.NumFmt)-1]
		format.NumFmtID, format.FormatCode = id, code
	}
}

// setNew and appendNew make values of the library's unexported types.
func setNew[T any](p **T) {
	if *p == nil {
		*p = new(T)
	}
}

func appendNew[T any](list []*T) []*T { return append(list, new(T)) }

// isoFormat answers the format that shows the same moment as ISO 8601, empty
// for a format that is no date.
func isoFormat(code string) string {
	literal := regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)
	code = strings.ToLower(literal.ReplaceAllString(code, ""))
	code, _, _ = strings.Cut(code, ";")
	code = strings.ReplaceAll(code, "am/pm", "")
	switch {
	case strings.Contains(code, "general") || !strings.ContainsAny(code, "yd") || !strings.Contains(code, "m"):
		return ""
	case strings.ContainsAny(code, "hs"):
		return isoMoment
	}
	return isoDate
}
