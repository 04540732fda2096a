package ui

import "strings"

// A TrendView is how much there was of something, and how much of it was taken, at
// the end of each day: one number a day in both, at least one day.
type TrendView struct {
	Title       string
	Label       string // says the picture in a sentence
	First, Last string // the days it begins and ends with
	Limit, Used []int64
	Most        int64 // the largest of them, 1 at least
	Months      []TrendMonth
	Words       TrendWords
}

// TrendWords are what a trend calls its parts.
type TrendWords struct{ Limit, Used, Figures, Day string }

// A TrendMonth is one line of a trend's figures.
type TrendMonth struct {
	Day         string
	Limit, Used int64
}

const (
	trendWidth  = 360.0
	trendHeight = 96.0
	trendTop    = 16.0 // room over the highest line, for its number
)

func (v TrendView) x(day int) string { return px(trendWidth * float64(day) / float64(len(v.Used))) }

func (v TrendView) y(n int64) string {
	return px(trendHeight - (trendHeight-trendTop)*float64(n)/float64(v.Most))
}

// line draws numbers as steps: each holds for its day.
func (v TrendView) line(numbers []int64) string {
	var d strings.Builder
	d.WriteString("M0 " + v.y(numbers[0]))
	for i := 1; i < len(numbers); i++ {
		if numbers[i] != numbers[i-1] {
			d.WriteString("H" + v.x(i) + "V" + v.y(numbers[i]))
		}
	}
	d.WriteString("H" + px(trendWidth))
	return d.String()
}

// area is the line down to nothing.
func (v TrendView) area(numbers []int64) string {
	return v.line(numbers) + "V" + px(trendHeight) + "H0Z"
}

// over draws where more was taken than there was, between both lines: a box for each
// run of days that are alike.
func (v TrendView) over() string {
	var d strings.Builder
	for from, i := 0, 1; i <= len(v.Used); i++ {
		if i < len(v.Used) && v.Used[i] == v.Used[from] && v.Limit[i] == v.Limit[from] {
			continue
		}
		if v.Used[from] > v.Limit[from] {
			d.WriteString("M" + v.x(from) + " " + v.y(v.Used[from]) + "H" + v.x(i) + "V" + v.y(v.Limit[from]) + "H" + v.x(from) + "Z")
		}
		from = i
	}
	return d.String()
}
