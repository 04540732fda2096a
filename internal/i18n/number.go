package i18n

import (
	"strconv"
	"strings"
)

// numbers is how a language writes numbers and lists.
type numbers struct {
	group, decimal string
	percent        pattern
	last, either   pattern // the end of a list: and, or
	bytes          [4]pattern
}

func newNumbers(s *speech) numbers {
	n := numbers{
		group:   s.plain["number.group"],
		decimal: s.plain["number.decimal"],
		percent: s.pattern("number.percent"),
		last:    s.pattern("list.last"),
		either:  s.pattern("list.either"),
	}
	for i, key := range []string{"bytes.b", "bytes.kb", "bytes.mb", "bytes.gb"} {
		n.bytes[i] = s.pattern(key)
	}
	return n
}

// Number returns n with the language's mark between thousands: "1 248".
func (p *Printer) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	var out strings.Builder
	out.WriteString(sign)
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteString(p.speech.numbers.group)
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// Percent returns the share of part in whole, rounded: "86 %". Of nothing it
// is zero.
func (p *Printer) Percent(part, whole int64) string {
	share := int64(0)
	if whole > 0 {
		share = int64(float64(part)/float64(whole)*100 + 0.5)
	}
	return p.speech.numbers.percent.one(p.Number(share))
}

// Bytes returns a size in the unit that keeps it short: "1,2 Mo".
func (p *Printer) Bytes(n int64) string {
	unit, size := 0, float64(n)
	for size >= 999.5 && unit < len(p.speech.numbers.bytes)-1 {
		unit, size = unit+1, size/1000
	}
	text := p.Number(int64(size + 0.5))
	if unit > 0 && size < 9.95 {
		text = strings.Replace(strconv.FormatFloat(size, 'f', 1, 64), ".", p.speech.numbers.decimal, 1)
	}
	return p.speech.numbers.bytes[unit].one(text)
}

// List joins items as a sentence does: "a, b et c".
func (p *Printer) List(items []string) string { return enumerate(p.speech.numbers.last, items) }

// Either joins items of which one is enough: "a, b ou c".
func (p *Printer) Either(items []string) string { return enumerate(p.speech.numbers.either, items) }

func enumerate(last pattern, items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	end := len(items) - 1
	head := strings.Join(items[:end], ", ")
	return last.write(func(name string) string {
		if name == "Last" {
			return items[end]
		}
		return head
	})
}
