package gate

import (
	"strconv"
	"strings"
	"time"
)

// A Window is the part of a long list that is asked for: Size lines after the
// place Before, which the page before it answered as Next. A Before that cannot
// be read is the beginning.
type Window struct {
	Before string
	Size   int
}

const (
	windowUsual = 50
	WindowMost  = 500 // lines of one page
)

// Lines is how many lines are asked for: the usual number, and never too many.
func (w Window) Lines() int {
	if w.Size <= 0 {
		return windowUsual
	}
	return min(w.Size, WindowMost)
}

// Place reads the numbers of Before.
func (w Window) Place() (at time.Time, numbers [2]int64) {
	parts := strings.Split(w.Before, ".")
	if len(parts) != 3 {
		return time.Time{}, numbers
	}
	var read [3]int64
	for i, part := range parts {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return time.Time{}, numbers
		}
		read[i] = n
	}
	return time.UnixMicro(read[0]).UTC(), [2]int64{read[1], read[2]}
}

// PlaceAfter writes where a list goes on.
func PlaceAfter(at time.Time, first, second int64) string {
	return strconv.FormatInt(at.UnixMicro(), 10) + "." + strconv.FormatInt(first, 10) + "." + strconv.FormatInt(second, 10)
}
