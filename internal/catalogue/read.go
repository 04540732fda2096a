package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const (
	maxSize   = 1 << 20 // bytes of a catalogue
	maxDepth  = 10      // mappings and lists within each other
	maxKey    = 64      // bytes of a key
	maxValues = 50_000  // values of a catalogue
	maxFaults = 100     // more are counted, not named
)

// Read reads and checks a catalogue; name stands in its faults. With a fault
// the catalogue is nil. A file that is no YAML gets one fault; one that breaks
// the schema gets all faults of that kind, and only one that keeps it is checked
// for references and cycles.
func Read(name string, r io.Reader) (*Catalogue, Faults) {
	c, faults := read(r, (*tree).matchSchema)
	faults = faults.sort()
	if rest := len(faults) - maxFaults; rest > 0 {
		last := faults[maxFaults-1]
		faults = append(faults[:maxFaults:maxFaults],
			Fault{Line: last.Line, Column: last.Column, Code: "more", Args: map[string]any{"Count": rest}})
	}
	for i := range faults {
		faults[i].File = name
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return c, nil
}

// read reads a catalogue; match holds it against the schema.
func read(r io.Reader, match func(t *tree, value any) Faults) (*Catalogue, Faults) {
	content, faults := load(r)
	if len(faults) > 0 {
		return nil, faults
	}
	node, faults := parse(content)
	if len(faults) > 0 {
		return nil, faults
	}
	tree := newTree()
	value := tree.value(node, "", 0)
	if len(tree.faults) > 0 {
		return nil, tree.faults
	}
	if faults := match(tree, value); len(faults) > 0 {
		return nil, faults
	}
	var c Catalogue
	if err := node.Decode(&c); err != nil {
		return nil, syntaxFault(err)
	}
	if err := c.choosePolicies(); err != nil {
		return nil, syntaxFault(err)
	}
	if faults := check(&c, tree); len(faults) > 0 {
		return nil, faults
	}
	c.complete()
	return &c, nil
}

// load reads the whole file, which must be UTF-8 without NUL and not too large.
func load(r io.Reader) ([]byte, Faults) {
	content, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, Faults{{Line: 1, Column: 1, Code: "unreadable", Args: map[string]any{"Detail": err.Error()}}}
	}
	if len(content) > maxSize {
		return nil, Faults{{Line: 1, Column: 1, Code: "size", Args: map[string]any{"Limit": maxSize >> 10}}}
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		return nil, Faults{faultAtByte(content, firstInvalid(content), "encoding")}
	}
	if i := bytes.IndexByte(content, 0); i >= 0 {
		return nil, Faults{faultAtByte(content, i, "nul")}
	}
	return content, nil
}

// faultAtByte turns an offset into line and column.
func faultAtByte(content []byte, offset int, code string) Fault {
	before := content[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return Fault{
		Line:   bytes.Count(before, []byte("\n")) + 1,
		Column: utf8.RuneCount(before[start:]) + 1,
		Code:   code,
	}
}

// firstInvalid returns the offset of the first byte that is not UTF-8.
func firstInvalid(content []byte) int {
	for i := 0; i < len(content); {
		r, size := utf8.DecodeRune(content[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(content)
}

// parse reads the one document of a file. The parser is not ours and reads what
// anybody may send, so a panic in it is a fault of the file.
func parse(content []byte) (root *yaml.Node, faults Faults) {
	defer func() {
		if p := recover(); p != nil {
			root, faults = nil, syntaxFault(fmt.Errorf("yaml: %v", p))
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, Faults{{Line: 1, Column: 1, Code: "empty"}}
	case err != nil:
		return nil, syntaxFault(err)
	case len(document.Content) != 1:
		return nil, Faults{{Line: 1, Column: 1, Code: "empty"}}
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, Faults{{Line: second.Line, Column: second.Column, Code: "documents"}}
	case !errors.Is(err, io.EOF):
		return nil, syntaxFault(err)
	}
	return document.Content[0], nil
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntaxFault takes the line out of the parser's error, which has no field for
// it, and keeps the rest as detail. The parser counts lines from 0 where it
// misses something and from 1 elsewhere.
func syntaxFault(err error) Faults {
	detail, line := err.Error(), 1
	if at := yamlLine.FindStringSubmatchIndex(detail); at != nil {
		n, err := strconv.Atoi(detail[at[2]:at[3]])
		detail = detail[at[1]:]
		if strings.HasPrefix(detail, "did not find expected") {
			n++
		}
		if err == nil && n > 0 {
			line = n
		}
	}
	return Faults{{Line: line, Column: 1, Code: "syntax", Args: map[string]any{"Detail": detail}}}
}
