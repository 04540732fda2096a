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

// Spreadsheets stop at about 250 formats of 255 characters.
const (
	maxFormats    = 4000
	maxFormatCode = 1000
)

// rawFormat is a number format that is not declared, with which the library
// answers the number as stored. The general format would round identifiers of
// more than eleven digits to a power of ten.
const rawFormat = 9999

// showISODates changes the number formats of an opened workbook, so that dates
// read as yyyy-mm-dd and general numbers with all their digits. Other formats
// stay: a telephone number is read as it is shown.
//
// It refuses with sheet.damaged more formats, or longer ones, than spreadsheets
// write: the library goes through all of them for each cell.
func showISODates(file *excelize.File) error {
	styles := file.Styles
	if styles == nil || styles.CellXfs == nil {
		return nil
	}
	for i := range styles.CellXfs.Xf {
		if id := styles.CellXfs.Xf[i].NumFmtID; id != nil && *id == 0 {
			*id = rawFormat
		}
	}
	setNew(&styles.NumFmts)
	if len(styles.NumFmts.NumFmt) > maxFormats {
		return refuse("sheet.damaged")
	}
	literal := regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)
	var declared []int
	for _, format := range styles.NumFmts.NumFmt {
		code := format.FormatCode
		if format.FormatCode16 != "" {
			code = format.FormatCode16
		}
		if len(code) > maxFormatCode {
			return refuse("sheet.damaged")
		}
		declared = append(declared, format.NumFmtID)
		if iso := isoFormat(literal.ReplaceAllString(code, "")); iso != "" {
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
	return nil
}

// setNew and appendNew make values of the library's unexported types.
func setNew[T any](p **T) {
	if *p == nil {
		*p = new(T)
	}
}

func appendNew[T any](list []*T) []*T { return append(list, new(T)) }

// isoFormat answers the format that shows the same moment as ISO 8601, empty
// for a format that is no date. The code comes without literal characters.
func isoFormat(code string) string {
	code = strings.ToLower(code)
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
