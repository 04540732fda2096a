package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	runes "unicode"
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

// detectCharset trusts a byte order mark of UTF-16, then the zeros of UTF-16,
// then UTF-8 that is valid or has more sound characters than broken ones, with
// its mark or without: the mark alone proves nothing, for programs put it over
// other sets. It weighs the eight-bit sets otherwise.
func detectCharset(r *io.SectionReader) (textStart, error) {
	start := make([]byte, min(r.Size(), 64<<10))
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return textStart{}, fmt.Errorf("read the start of a text: %w", err)
	}
	for _, known := range []struct{ mark, charset string }{{"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"}} {
		if bytes.HasPrefix(start, []byte(known.mark)) {
			return textStart{charset: known.charset, mark: int64(len(known.mark))}, nil
		}
	}
	found := textStart{mark: markOf(start)}
	if found.charset = wideCharset(start); found.charset != "" {
		return found, nil
	}
	sample, err := weigh(io.NewSectionReader(r, found.mark, r.Size()-found.mark))
	if found.charset = "utf-8"; sample.broken > 0 && sample.broken >= sample.sound {
		found.charset = narrowCharset(sample.foreign)
	}
	return found, err
}

// markOf is how many bytes the mark of UTF-8 takes, which is no text in any set.
func markOf(start []byte) int64 {
	if bytes.HasPrefix(start, []byte("\xef\xbb\xbf")) {
		return 3
	}
	return 0
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

// A weighed text says how much of it is UTF-8 beyond ASCII, and what is not.
type weighed struct {
	sound, broken int           // characters, bytes
	foreign       []foreignByte // the first few thousand bytes above ASCII
}

// A foreignByte stands between two others.
type foreignByte struct{ before, it, after byte }

// weigh reads a text to its end.
func weigh(r *io.SectionReader) (weighed, error) {
	const enough = 4096
	var w weighed
	text := bufio.NewReaderSize(r, 64<<10)
	before := byte(' ')
	for {
		next, err := text.Peek(utf8.UTFMax)
		if len(next) == 0 {
			if errors.Is(err, io.EOF) {
				return w, nil
			}
			return w, fmt.Errorf("read a text: %w", err)
		}
		size := 1
		if it := next[0]; it >= utf8.RuneSelf {
			if _, size = utf8.DecodeRune(next); size == 1 {
				w.broken++
			} else {
				w.sound++
			}
			for n := 0; n < size && len(w.foreign) < enough; n++ {
				after := byte(' ')
				if n+1 < len(next) {
					after = next[n+1]
				}
				w.foreign = append(w.foreign, foreignByte{before, next[n], after})
				before = next[n]
			}
		}
		before = next[size-1]
		if _, err := text.Discard(size); err != nil {
			return w, fmt.Errorf("read a text: %w", err)
		}
	}
}

// usualLetters of our languages, each with its weight: the small ones stand in
// most names.
func usualLetters() map[rune]int {
	weights := map[rune]int{'é': 9}
	for _, group := range []struct {
		letters string
		weight  int
	}{{"èàêçôîïëâûüöäß", 6}, {"œùñáíóúãåøÿ", 3}, {"ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒÑ’«»–€\u00a0°", 2}} {
		for _, letter := range group.letters {
			weights[letter] = group.weight
		}
	}
	return weights
}

// narrowCharset weighs which eight-bit set makes usual letters of the sample, in
// the places where letters of their case stand. Windows is what spreadsheets
// here write, and wins where others do as well.
func narrowCharset(sample []foreignByte) string {
	usual := usualLetters()
	best, bestScore := "windows-1252", math.MinInt
	for _, charset := range []string{"windows-1252", "iso-8859-15", "macintosh", "ibm850"} {
		decoder, score := encodingOf(charset).NewDecoder(), 0
		for _, f := range sample {
			decoded, err := decoder.Bytes([]byte{f.it})
			if err != nil {
				continue
			}
			letter, _ := utf8.DecodeRune(decoded)
			score += usual[letter] - misplaced(letter, f)
		}
		if score > bestScore {
			best, bestScore = charset, score
		}
	}
	return best
}

// misplaced is how much speaks against a letter between its neighbours: a
// capital after a small letter, a small one among capitals, a sign in a word.
func misplaced(letter rune, f foreignByte) int {
	small := func(c byte) bool { return 'a' <= c && c <= 'z' }
	capital := func(c byte) bool { return 'A' <= c && c <= 'Z' }
	word := func(c byte) bool { return small(c) || capital(c) }
	switch {
	case letter == '’' || letter == '\u00a0':
		return 0
	case !runes.IsLetter(letter) && word(f.before) && word(f.after),
		runes.IsUpper(letter) && small(f.before), runes.IsLower(letter) && capital(f.before) && capital(f.after):
		return 8
	}
	return 0
}
