// Package i18n puts messages, numbers and dates into the reader's language. It
// is the only place that knows words: every sentence for people is a key of
// the files messages/{fr,en,de,nl}.json, one file a language, all four with
// the same keys and the same placeholders.
//
// A message is a string, or one string for each plural form of its language
// (one, many and other in French; one and other in the three others), chosen
// by the value named Count. Placeholders are written {{.Name}}.
//
// Load reads the files once; a Printer is a small value made for each request.
// Both may be used by many goroutines at once.
package i18n
