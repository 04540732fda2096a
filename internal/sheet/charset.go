package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Charsets are the names of the character sets a CSV can be read in, the usual
// ones first.
func Charsets() []string {
	return []string{"utf-8", "windows-1252", "utf-16le", "utf-16be", "iso-8859-15", "macintosh", "ibm850", "windows-1250"}
}

func encodingOf(charset string) encoding.Encoding {
	switch charset {
	case "utf-8":
		return unicode.UTF8
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case "iso-8859-15":
		return charmap.ISO8859_15
	case "macintosh":
		return charmap.Macintosh
	case "ibm850":
		return charmap.CodePage850
	case "windows-1250":
		return charmap.Windows1250
	}
	return charmap.Windows1252
}

// A textStart is how a text file begins.
type textStart struct {
	charset string
	mark    int64 // bytes of the byte order mark
}

// detectCharset trusts a byte order mark, then the zeros of UTF-16, then UTF-8
// that is valid to the last byte, and weighs the eight-bit sets otherwise.
func detectCharset(r *io.SectionReader) (textStart, error) {
	start := make([]byte, min(r.Size(), 64<<10))
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return textStart{}, fmt.Errorf("read the start of a text: %w", err)
	}
	for _, known := range []struct {
		mark    string
		charset string
	}{{"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"}} {
		if bytes.HasPrefix(start, []byte(known.mark)) {
			return textStart{charset: known.charset, mark: int64(len(known.mark))}, nil
		}
	}
	if charset := wideCharset(start); charset != "" {
		return textStart{charset: charset}, nil
	}
	valid, err := validUTF8(r)
	if err != nil {
		return textStart{}, err
	}
	if valid {
		return textStart{charset: "utf-8"}, nil
	}
	sample, err := firstForeign(r)
	return textStart{charset: narrowCharset(sample)}, err
}

// wideCharset recognises UTF-16 without a mark: most letters of our languages
// have a zero as their upper byte.
func wideCharset(start []byte) string {
	var even, odd int
	for i, c := range start {
		switch {
		case c == 0 && i%2 == 0:
			even++
		case c == 0:
			odd++
		}
	}
	switch half := len(start) / 2; {
	case half > 1 && odd*10 > half*6 && even*20 < half:
		return "utf-16le"
	case half > 1 && even*10 > half*6 && odd*20 < half:
		return "utf-16be"
	}
	return ""
}

func validUTF8(r *io.SectionReader) (bool, error) {
	buffer := make([]byte, 64<<10)
	kept := 0
	for at := int64(0); at < r.Size(); {
		n, err := r.ReadAt(buffer[kept:], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, fmt.Errorf("read a text: %w", err)
		}
		at += int64(n)
		part := buffer[:kept+n]
		whole := len(part)
		for back := 1; at < r.Size() && back < utf8.UTFMax && back <= len(part); back++ {
			if utf8.RuneStart(part[len(part)-back]) {
				if !utf8.FullRune(part[len(part)-back:]) {
					whole -= back
				}
				break
			}
		}
		if !utf8.Valid(part[:whole]) {
			return false, nil
		}
		kept = copy(buffer, part[whole:])
	}
	return true, nil
}

// firstForeign answers bytes above ASCII, the first few thousand.
func firstForeign(r *io.SectionReader) ([]byte, error) {
	const enough = 4096
	var sample []byte
	buffer := make([]byte, 64<<10)
	for at := int64(0); at < r.Size() && len(sample) < enough; {
		n, err := r.ReadAt(buffer, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read a text: %w", err)
		}
		at += int64(n)
		for _, c := range buffer[:n] {
			if c >= utf8.RuneSelf {
				sample = append(sample, c)
			}
		}
	}
	return sample, nil
}

// narrowCharset weighs which eight-bit set makes usual letters of the sample.
// Windows is what spreadsheets here write; the Macintosh's and the one of DOS
// must be clearly better to be taken.
func narrowCharset(sample []byte) string {
	usual := []rune("àâäçéèêëîïôöùûüœßñÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒ’«»–€\u00a0°")
	best, bestScore := "windows-1252", 0
	for _, charset := range []string{"windows-1252", "macintosh", "ibm850"} {
		decoded, err := encodingOf(charset).NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		score := 0
		for _, r := range string(decoded) {
			if slices.Contains(usual, r) {
				score++
			}
		}
		if score > bestScore+bestScore/4 {
			best, bestScore = charset, score
		}
	}
	return best
}
