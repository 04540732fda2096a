package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"intendant/internal/directory"
)

// refuse makes a refusal of the file, with values as pairs of name and value.
func refuse(code string, pairs ...any) error {
	args := make(directory.Args, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return directory.InvalidField("file", code, args)
}

func tooLong(line int, limits Limits) error {
	return refuse("sheet.cell_too_long", "line", line, "limit", limits.CellBytes)
}

// refuseCompound tells apart what hides in a compound document: a workbook
// under a password, or a workbook of the format before XLSX.
func refuseCompound(r io.Reader) error {
	mark := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	content, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read a compound document: %w", err)
	}
	if bytes.Contains(content, mark) {
		return refuse("sheet.password_protected")
	}
	return refuse("sheet.xls")
}

// withClose answers err, joined with the fault of closing where there is one.
func withClose(err, closing error) error {
	if closing == nil {
		return err
	}
	return errors.Join(err, closing)
}
