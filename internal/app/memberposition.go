package app

// onward is a position so many further on; from an unknown one it is unknown.
func onward(position int64, by int) int64 {
	if position == 0 {
		return 0
	}
	return position + int64(by)
}

// mostBefore is how many are counted that stand before somebody whose address was
// opened: a page does not take the longer the further down it is (LIST-12).
const mostBefore = 10_000

// To is the position of the last row, 0 where that of the first is not said.
func (p MemberPage) To() int64 { return onward(p.From, len(p.Rows)-1) }
