package sheet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Separators are the characters a CSV may be separated by.
func Separators() []string { return []string{";", ",", "\t", "|"} }

// openText opens a CSV: its character set, then its separator.
func (r *Reader) openText(name string, file *io.SectionReader, o Options) error {
	start, err := detectCharset(file)
	if err != nil {
		return err
	}
	switch {
	case o.Charset != "" && !slices.Contains(Charsets(), o.Charset):
		return refuse("sheet.unknown_charset", "charset", o.Charset)
	case o.Separator != "" && !slices.Contains(Separators(), o.Separator):
		return refuse("sheet.unknown_separator", "separator", o.Separator)
	case o.Charset != "" && o.Charset != start.charset:
		start.charset = o.Charset
	}
	body := io.NewSectionReader(file, start.mark, file.Size()-start.mark)
	text := bufio.NewReaderSize(encodingOf(start.charset).NewDecoder().Reader(body), 64<<10)
	sample, err := text.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the start of a text: %w", err)
	}
	if !tabular(sample) {
		return refuse("sheet.not_a_table")
	}
	lines := &csvReader{text: text, line: 1, cellBytes: o.Limits.CellBytes, limits: o.Limits}
	declared, length := declaredSeparator(sample)
	if _, err := text.Discard(length); err != nil {
		return fmt.Errorf("pass over the first line: %w", err)
	}
	if length > 0 {
		lines.line++
	}
	separator := o.Separator
	if separator == "" {
		separator = declared
	}
	if separator == "" {
		separator = detectSeparator(name, string(sample), len(sample) == 64<<10)
	}
	lines.separator = separator[0]
	r.source = lines
	r.format = Format{Kind: "csv", Charset: start.charset, Separator: separator}
	return nil
}

// tabular says whether a decoded text can be a table: neither the beginning of
// a page or document, nor full of control characters.
func tabular(sample []byte) bool {
	start := strings.ToLower(strings.TrimSpace(string(sample[:min(len(sample), 256)])))
	for _, prefix := range []string{"<!doctype", "<html", "<?xml", "<table", "begin:vcard"} {
		if strings.HasPrefix(start, prefix) {
			return false
		}
	}
	control := 0
	for _, c := range sample {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			control++
		}
	}
	return control <= 8+len(sample)/50
}

// declaredSeparator reads the line "sep=;" a spreadsheet puts first, and
// answers how many bytes it takes.
func declaredSeparator(sample []byte) (separator string, length int) {
	text := string(sample[:min(len(sample), 16)])
	line, _, _ := strings.Cut(text, "\n")
	declared := strings.Trim(strings.TrimSuffix(line, "\r"), `"`)
	value, found := strings.CutPrefix(strings.ToLower(declared), "sep=")
	if !found || !slices.Contains(Separators(), value) {
		return "", 0
	}
	return value, min(len(line)+1, len(sample))
}

// detectSeparator tries each separator on the first rows and takes the one that
// cuts most of them into the same number of columns, the more the better.
func detectSeparator(name, sample string, cut bool) string {
	best, bestScore := ",", 0.0
	if strings.HasSuffix(strings.ToLower(name), ".tsv") || strings.HasSuffix(strings.ToLower(name), ".tab") {
		best = "\t"
	}
	for _, separator := range Separators() {
		if score := separatorScore(separator[0], sample, cut); score > bestScore {
			best, bestScore = separator, score
		}
	}
	return best
}

func separatorScore(separator byte, sample string, cut bool) float64 {
	const rows = 100
	lines := &csvReader{text: bufio.NewReader(strings.NewReader(sample)), separator: separator, cellBytes: len(sample)}
	var widths []int
	for len(widths) < rows {
		row, err := lines.next()
		if err != nil {
			break
		}
		switch {
		case slices.ContainsFunc(row.Cells, oddQuotes):
			widths = append(widths, 0)
		case len(row.Cells) > 1 || !blank(row.Cells):
			widths = append(widths, len(row.Cells))
		}
	}
	if cut && len(widths) > 1 && len(widths) < rows {
		widths = widths[:len(widths)-1]
	}
	counts := make(map[int]int)
	score := 0.0
	for _, width := range widths {
		if width == 0 {
			continue // the separator stood inside quotation marks
		}
		counts[width]++
		if width > 1 {
			share := float64(counts[width]) / float64(len(widths))
			score = max(score, share*min(float64(width), 12))
		}
	}
	return score
}

func oddQuotes(cell string) bool { return strings.Count(cell, `"`)%2 == 1 }
