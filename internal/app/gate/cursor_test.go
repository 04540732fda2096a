package gate

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestCut walks a list of any length forward to its end and back to its start by the
// cursors alone: every row is met once each way, at its position.
func TestCut(t *testing.T) { // LIST-6
	rapid.Check(t, func(t *rapid.T) {
		rows := make([]int, rapid.IntRange(0, 40).Draw(t, "rows"))
		for i := range rows {
			rows[i] = i + 1
		}
		size := rapid.IntRange(1, 9).Draw(t, "size")
		page := func(turn Turn) ([]int, Span) {
			turn.Size = size
			read := rows
			switch {
			case turn.After != "":
				turn.Position = number(t, turn.After)
				read = rows[turn.Position:]
			case turn.Before != "":
				turn.Position = number(t, turn.Before)
				read = rows[max(int(turn.Position)-1-size-1, 0) : turn.Position-1]
			}
			if turn.Before == "" {
				read = read[:min(size+1, len(read))]
			}
			return Cut(turn, read, func(row int, position int64) string {
				if int64(row) != position {
					t.Fatalf("row %d is said to stand at %d", row, position)
				}
				return strconv.Itoa(row)
			})
		}
		var met []int
		got, span := page(Turn{})
		for met = append(met, got...); span.Next != ""; met = append(met, got...) {
			if got, span = page(Turn{After: span.Next}); len(got) == 0 || span.From != int64(got[0]) {
				t.Fatalf("a page of %v begins at %d", got, span.From)
			}
		}
		if !slices.Equal(met, rows) {
			t.Fatalf("forward met %v of %d", met, len(rows))
		}
		for back := slices.Clone(got); ; back = append(slices.Clone(got), back...) {
			if span.Prev == "" {
				if !slices.Equal(back, rows) {
					t.Fatalf("back met %v of %d", back, len(rows))
				}
				return
			}
			got, span = page(Turn{Before: span.Prev})
		}
	})
}

func number(t *rapid.T, cursor string) int64 {
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
