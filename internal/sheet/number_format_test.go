package sheet

import (
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestISOFormat(t *testing.T) { // ADD-13
	for code, want := range map[string]string{
		"dd/mm/yyyy": isoDate, "D. MMMM YYYY": isoDate, "mmm yy": isoDate, "d-mmm;@": isoDate,
		"yyyy-mm-ddThh:mm": isoMoment, "m/d/yy h:mm AM/PM": isoMoment,
		"General": "", "0": "", "hh:mm": "", "mm:ss": "", "#,##0.00": "", "@": "", "": "",
	} {
		if got := isoFormat(code); got != want {
			t.Errorf("isoFormat(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestTooManyFormats(t *testing.T) {
	content := book(t, func(f *excelize.File) {
		set(t, f, "A1", "Nom")
		styles := f.Styles
		setNew(&styles.NumFmts)
		for i := range maxFormats + 1 {
			styles.NumFmts.NumFmt = appendNew(styles.NumFmts.NumFmt)
			styles.NumFmts.NumFmt[i].NumFmtID, styles.NumFmts.NumFmt[i].FormatCode = 200+i, fmt.Sprintf("0.%d", i)
		}
	})
	if _, err := open(t, "f.xlsx", content, Options{}); code(err) != "sheet.damaged" {
		t.Errorf("a workbook of too many formats: %v, want sheet.damaged", err)
	}
}
