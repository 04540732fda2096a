package letter

// cutLine prints scissors, what to do, and the dashes across the page.
func (s *sheet) cutLine(y float64, l Letter) {
	s.draw(inkNote, 0.9)
	s.pdf.Circle(9.3, y-1.1, 0.7, "D")
	s.pdf.Circle(9.3, y+1.1, 0.7, "D")
	s.pdf.Line(9.9, y-0.8, 12.4, y+1.4)
	s.pdf.Line(9.9, y+0.8, 12.4, y-1.4)
	st, text := s.fitted(90, style{plain, 7.5, inkNote}, l.Printer.T("letter.cut"))
	s.put(14, y+0.9, st, text)
	s.draw(0x6a757b, 0.8)
	s.pdf.SetDashPattern([]float64{0.9, 0.9}, 0)
	s.pdf.Line(14+s.width(st, text)+2, y, pageWidth-8, y)
	s.pdf.SetDashPattern(nil, 0)
}

// slip prints one key so that it works alone, cut off from the letter.
func (s *sheet) slip(y float64, l Letter, index int) {
	const first, last, pad = 34.0, 47.0, 3.6
	s.draw(line, 0.6)
	s.pdf.RoundedRect(left, y, right-left, slipHeight, 1, "1234", "D")
	s.draw(lineIn, 0.6)
	s.pdf.Line(left+first, y, left+first, y+slipHeight)
	s.pdf.Line(right-last, y, right-last, y+slipHeight)
	small := style{plain, 7.5, inkSoft}

	s.fit(left+pad, y+7.9, first-2*pad+1, small, l.Printer.T("letter.number"))
	s.fit(left+pad, y+12.6, first-2*pad+1, style{bold, 10, ink}, l.Number)
	s.fit(left+pad, y+16.9, first-2*pad+1, small, l.AccountName)

	middle := right - left - first - last
	s.fitMiddle(left+first+2, y+7.4, middle-4, small,
		l.Printer.T("letter.key", "Index", index+1, "Total", len(l.Keys)))
	s.fitMiddle(left+first+2, y+15.8, middle-4, style{mono, 20, ink}, l.Keys[index])

	x := right - last + pad
	s.fit(x, y+7.9, last-2*pad+1, small, l.Printer.T("letter.enter_at"))
	s.fit(x, y+12.3, last-2*pad+1, style{bold, 7.5, ink}, shown(l.KeyURL))
	given := l.Printer.T("letter.given_to")
	s.fit(x, y+16.9, last-2*pad, small, given)
	if from := x + s.width(small, given) + 1.2; from < right-pad-8 {
		s.draw(inkSoft, 0.7)
		s.pdf.SetDashPattern([]float64{0.25, 0.75}, 0)
		s.pdf.Line(from, y+17, right-pad, y+17)
		s.pdf.SetDashPattern(nil, 0)
	}
}
