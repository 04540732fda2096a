package sheet

import (
	"errors"
	"io"
	"slices"
	"strings"

	"intendant/internal/directory"
)

// headSample is how many rows are looked at to find the head.
const headSample = 20

// findHead takes the first row that is about as full as the fullest of the
// sample: what stands above it is a title. A row with an e-mail address is no
// head but a person; the columns are nameless then.
func (r *Reader) findHead() error {
	width := 0
	for len(r.pending) < headSample {
		row, err := r.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		r.pending = append(r.pending, row)
		width = max(width, filled(row.Cells))
	}
	if len(r.pending) == 0 {
		return refuse("sheet.empty")
	}
	first := slices.IndexFunc(r.pending, func(row Row) bool { return 5*filled(row.Cells) >= 3*width })
	head := r.pending[first]
	if slices.ContainsFunc(head.Cells, addressed) {
		r.pending = r.pending[first:]
		r.head = make([]string, len(head.Cells))
		return nil
	}
	r.pending, r.head = r.pending[first+1:], head.Cells
	return nil
}

// addressed reports whether a cell holds an address, as no title does.
func addressed(cell string) bool {
	if !strings.Contains(cell, "@") {
		return false
	}
	_, code := directory.ReadAddress(cell)
	return code == ""
}

func filled(cells []string) int {
	count := 0
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			count++
		}
	}
	return count
}
