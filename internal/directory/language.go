package directory

// The two languages that every text of a catalogue has. Who reads a text in
// another, and finds it missing there, reads the English, then the French one;
// what is written or sorted once for readers of all languages is the French one.
// Which languages the program speaks is not said here but by its message files.
const (
	French  = "fr"
	English = "en"
)

// InLanguage returns a text in the first of some languages that it has, else in
// English or French, else empty.
func InLanguage(text map[string]string, languages ...string) string {
	for _, l := range languages {
		if words := text[l]; words != "" {
			return words
		}
	}
	if words := text[English]; words != "" {
		return words
	}
	return text[French]
}
