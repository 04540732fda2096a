package letter

import (
	"bytes"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
)

// A window is where the address stands and the sheet is folded.
type window struct {
	x, sender, address, room, lines float64
	fold                            float64
}

// windowOf answers the French window at the right (100 × 45 mm) or the one of DIN
// 5008 form B at the left, as the messages of the letter's language say.
func windowOf(side string) window {
	if side == "right" {
		return window{x: 106, sender: 51, address: 58, room: right - 106, lines: 30, fold: 99}
	}
	return window{x: left, sender: 56, address: 64.5, room: 80, lines: 26, fold: 105}
}

// letter prints one account's letter.
func (s *sheet) letter(l Letter) {
	s.pdf.AddPage()
	w := windowOf(l.Printer.T("letter.window"))
	s.head()
	s.addresses(w, l)
	s.draw(line, 0.5)
	s.pdf.Line(4, w.fold, 9, w.fold)

	first := min(len(l.Keys), firstPageSlips)
	cut := footLine - 6 - firstPageSlips*(slipHeight+slipGap) - 4
	// The text is set as large as its language lets it stand above the cut.
	size := 10.5
	for s.text(l, size, false) > cut-6 && size > 7 {
		size -= 0.25
	}
	s.text(l, size, true)
	s.cutLine(cut, l)
	for i := range first {
		s.slip(cut+4+float64(i)*(slipHeight+slipGap), l, i)
	}
	s.foot()
	for i := first; i < len(l.Keys); i++ {
		row := (i - first) % laterPageSlips
		if row == 0 {
			s.pdf.AddPage()
			s.head()
			s.cutLine(40, l)
			s.foot()
		}
		s.slip(44+float64(row)*(slipHeight+slipGap), l, i)
	}
}

// head prints the vendor's logo or mark, and name.
func (s *sheet) head() {
	const y, size = 20.0, 6.0
	if wide := s.logo(y-1, size+2); wide > 0 {
		s.fit(left+wide+2.4, y+4.6, right-left-wide-3, style{bold, 13, ink}, s.brand.Name)
		return
	}
	colour := s.colour()
	s.pdf.SetFillColor(colour>>16&255, colour>>8&255, colour&255)
	s.pdf.RoundedRect(left, y, size, size, 1.3, "1234", "F")
	initial := []rune(strings.TrimSpace(s.brand.Name) + " ")[:1]
	on := 0xffffff
	if (colour>>16&255)*3+(colour>>8&255)*6+colour&255 > 1700 {
		on = ink
	}
	s.fitMiddle(left, y+4.3, size, style{bold, 11, on}, string(unicode.ToUpper(initial[0])))
	s.fit(left+size+2.4, y+4.6, right-left-size-3, style{bold, 13, ink}, s.brand.Name)
}

// logo prints the vendor's logo so high, or as wide as it may be, and answers how wide it
// is: 0 where there is none.
func (s *sheet) logo(y, high float64) float64 {
	const widest = 40.0
	if len(s.brand.Logo) == 0 {
		return 0
	}
	options := fpdf.ImageOptions{ImageType: "PNG"}
	info := s.pdf.RegisterImageOptionsReader("logo", options, bytes.NewReader(s.brand.Logo))
	if s.pdf.Err() || info.Height() == 0 {
		return 0
	}
	wide := high * info.Width() / info.Height()
	if wide > widest {
		wide, high = widest, high*widest/wide
	}
	s.pdf.ImageOptions("logo", left, y, wide, high, false, options, 0, "")
	return wide
}

// addresses prints what shows in the window, and the date below it.
func (s *sheet) addresses(w window, l Letter) {
	sender := strings.Join(append([]string{s.brand.Name}, s.brand.Address...), ", ")
	s.fit(w.x, w.sender, w.room, style{plain, 7, inkNote}, sender)
	s.draw(0xb9c1c5, 0.5)
	s.pdf.Line(w.x, w.sender+1.4, w.x+w.room, w.sender+1.4)
	st := style{plain, 11, ink}
	lines := append(s.halves(w.room, st, l.AccountName), l.Address...)
	step := min(5.3, w.lines/float64(len(lines)))
	st.size = min(st.size, step/pointSize/1.2)
	for i, text := range lines {
		s.fit(w.x, w.address+float64(i)*step, w.room, st, text)
	}
	date := l.Printer.Date(l.Date)
	if s.brand.Place != "" {
		date = l.Printer.T("letter.date", "Place", s.brand.Place, "Date", date)
	}
	s.fit(106, 97, right-106, style{plain, 10.5, ink}, date)
}

// halves breaks a name too long for the window in two; what the second line
// cannot hold is for fit to settle.
func (s *sheet) halves(room float64, st style, name string) []string {
	lines := s.wrap(room, st, name)
	if len(lines) == 1 {
		return lines
	}
	return []string{lines[0], strings.Join(lines[1:], " ")}
}

// text prints, or only measures, what stands between window and cut line, and
// answers where it ends.
func (s *sheet) text(l Letter, size float64, print bool) float64 {
	st := style{plain, size, ink}
	p := s
	if !print {
		p = s.blank()
	}
	y := p.paragraph(left, 109, right-left, style{bold, size * 1.43, ink}, title(l))
	y = p.paragraph(left, y+1, right-left, st, l.Printer.T("letter.body", "Vendor", s.brand.Name))
	y = p.cartouche(y+1, l) + 8.5
	for i, step := range []string{
		l.Printer.T("letter.step_open") + " " + shown(l.KeyURL),
		l.Printer.T("letter.step_enter"),
		l.Printer.T("letter.step_second"),
	} {
		if i == 2 && len(l.Keys) < 2 {
			break
		}
		p.put(left+0.7, y, st, string(rune('1'+i))+".")
		if i == 0 {
			y = p.firstStep(y, st, l) + 0.9
			continue
		}
		y = p.paragraph(left+5, y, right-left-5, st, step) + 0.9
	}
	return p.paragraph(left, y+2, right-left, st, l.Printer.T("letter.validity"))
}

// firstStep sets the address in bold: behind its sentence where it has room,
// else on a line of its own.
func (s *sheet) firstStep(y float64, st style, l Letter) float64 {
	lines := s.wrap(right-left-5, st, l.Printer.T("letter.step_open"))
	last := lines[len(lines)-1]
	for _, text := range lines[:len(lines)-1] {
		s.put(left+5, y, st, text)
		y += lead(st)
	}
	s.put(left+5, y, st, last)
	strong := style{bold, st.size, st.colour}
	x := left + 5 + s.width(st, last+" ")
	if x+s.width(strong, shown(l.KeyURL)) > right {
		x, y = left+5, y+lead(st)
	}
	s.fit(x, y, right-x, strong, shown(l.KeyURL))
	return y + lead(st)
}

// blank is a sheet on which nothing shows, to measure on.
func (s *sheet) blank() *sheet {
	return &sheet{pdf: s.pdf, glyphs: s.glyphs, brand: s.brand, dry: true}
}

// shown is an address as people type it.
func shown(url string) string {
	return strings.TrimPrefix(strings.TrimPrefix(url, "https://"), "http://")
}

func title(l Letter) string {
	if len(l.Keys) == 3 {
		return l.Printer.T("letter.title_three")
	}
	return l.Printer.T("letter.title", "Count", len(l.Keys))
}

// cartouche prints the title block and answers its lower edge.
func (s *sheet) cartouche(y float64, l Letter) float64 {
	const height = 14.5
	type cell struct{ key, value string }
	var cells []cell
	for _, c := range []cell{
		{"letter.number", l.Number}, {"letter.level", l.Level},
		{"letter.licences", l.Licences}, {"letter.support", s.brand.Support},
	} {
		if c.value != "" {
			cells = append(cells, c)
		}
	}
	y -= 2
	if s.dry || len(cells) == 0 {
		return y + height
	}
	s.draw(line, 0.75)
	s.pdf.RoundedRect(left, y, right-left, height, 1.2, "1234", "D")
	wide := (right - left) / float64(len(cells))
	for i, c := range cells {
		x := left + float64(i)*wide
		if i > 0 {
			s.draw(lineIn, 0.75)
			s.pdf.Line(x, y, x, y+height)
		}
		s.fit(x+3.7, y+5.7, wide-6, style{plain, 8, inkNote}, l.Printer.T(c.key))
		s.fit(x+3.7, y+10.8, wide-6, style{medium, 10, ink}, c.value)
	}
	return y + height
}

// foot prints the sender at the lower edge.
func (s *sheet) foot() {
	sender := strings.Join(append([]string{s.brand.Name}, s.brand.Address...), ", ")
	s.fitMiddle(left, footLine+1, right-left, style{plain, 7, inkNote}, sender)
}
