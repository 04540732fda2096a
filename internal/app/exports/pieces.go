package exports

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"intendant/internal/directory"
)

// packed is a piece of a file as it is kept: a workbook is packed by itself, text is
// packed piece by piece, so that each can be read alone.
func packed(format directory.ExportFormat, piece []byte) ([]byte, error) {
	if format != directory.ExportCSV {
		return bytes.Clone(piece), nil
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("pack a file: %w", err)
	}
	if _, err := w.Write(piece); err != nil {
		return nil, fmt.Errorf("pack a file: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack a file: %w", err)
	}
	return out.Bytes(), nil
}

// unpacked is a piece as it was written.
func unpacked(format directory.ExportFormat, piece []byte) ([]byte, error) {
	if format != directory.ExportCSV {
		return piece, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(piece))
	if err != nil {
		return nil, fmt.Errorf("unpack a file: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack a file: %w", err)
	}
	return text, nil
}
