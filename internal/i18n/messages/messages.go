// Package messages holds the words of the program: one file for each language
// it speaks. Which languages there are is which files lie here; whatever must
// list them asks Languages.
package messages

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"intendant/internal/directory"
)

//go:embed *.json
var files embed.FS

// First is the language of who asked for none that is here.
const First = directory.French

// Languages returns the codes of the languages: French and English, which every
// text of a catalogue has, and the others in the order of their codes.
func Languages() []string { return slices.Clone(listed()) }

var listed = sync.OnceValue(func() []string {
	codes := []string{First, directory.English}
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("list message files: %v", err)) // they are part of the program
	}
	for _, entry := range entries {
		if code := strings.TrimSuffix(entry.Name(), ".json"); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
})

// Read returns the file of a language.
func Read(code string) (string, error) {
	content, found := contents()[code]
	if !found {
		return "", fmt.Errorf("read messages of %s: there are none", code)
	}
	return content()
}

// contents are the files as texts, each read once, by whoever needs it first: a start
// reads them twice.
var contents = sync.OnceValue(func() map[string]func() (string, error) {
	all := map[string]func() (string, error){}
	for _, code := range listed() {
		all[code] = sync.OnceValues(func() (string, error) {
			var text strings.Builder
			file, err := files.Open(code + ".json")
			if err == nil {
				_, err = io.Copy(&text, file)
			}
			if err != nil {
				return "", fmt.Errorf("read messages of %s: %w", code, err)
			}
			return text.String(), file.Close()
		})
	}
	return all
})

// Under returns the messages whose keys begin with a prefix, by key and by
// language, for packages that put no sentence together and so need no printer.
// Messages with plural forms are left out. A file that cannot be read is a
// mistake in the program, found by every test: Under panics.
func Under(prefix string) map[string]map[string]string {
	found := map[string]map[string]string{}
	for _, code := range listed() {
		err := Visit(code, func(key string, m Message) {
			if !strings.HasPrefix(key, prefix) || m.One != "" {
				return
			}
			if found[key] == nil {
				found[key] = map[string]string{}
			}
			found[key][code] = m.Other
		})
		if err != nil {
			panic(err.Error())
		}
	}
	return found
}
