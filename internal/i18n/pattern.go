package i18n

import "strings"

// A pattern is a message cut once at its placeholders: texts at even places,
// names at odd ones. Dates and numbers stand in every row of every table, and
// a pattern writes them without executing a template.
type pattern []string

func newPattern(message string) pattern {
	p := make(pattern, 0, 2*strings.Count(message, "{{.")+1)
	for {
		text, rest, found := strings.Cut(message, "{{.")
		p = append(p, text)
		if !found {
			return p
		}
		name, after, _ := strings.Cut(rest, "}}")
		p = append(p, name)
		message = after
	}
}

// write fills the pattern; value is asked for each name.
func (p pattern) write(value func(name string) string) string {
	var out strings.Builder
	for i, part := range p {
		if i%2 == 1 {
			part = value(part)
		}
		out.WriteString(part)
	}
	return out.String()
}

// fill is write, with each text before a value joined to it as the language does.
func (p pattern) fill(value func(name string) string, e elisions) string {
	var out strings.Builder
	for i := 0; i+1 < len(p); i += 2 {
		v := value(p[i+1])
		out.WriteString(e.join(p[i], v))
		out.WriteString(v)
	}
	out.WriteString(p[len(p)-1])
	return out.String()
}

// one fills a pattern whose placeholders all take the same value.
func (p pattern) one(value string) string {
	return p.write(func(string) string { return value })
}
