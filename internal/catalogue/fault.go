package catalogue

import (
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing wrong with a catalogue and where. Its sentence is the
// message "catalogue.fault." + Code with Args.
type Fault struct {
	File   string
	Line   int // from 1
	Column int // from 1
	Path   string
	Code   string
	Args   map[string]any
}

// String says the fault for logs; people read the sentence of its code.
func (f Fault) String() string {
	text := fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Code)
	if f.Path != "" {
		text += " " + f.Path
	}
	return text
}

// MessageKey returns the key of the fault's sentence.
func (f Fault) MessageKey() string { return "catalogue.fault." + f.Code }

// Faults are what is wrong with a catalogue, in the order of the file.
type Faults []Fault

// String lists the faults, one a line.
func (f Faults) String() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// sort puts the faults into the order of the file and drops doubles.
func (f Faults) sort() Faults {
	slices.SortStableFunc(f, func(a, b Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Column != b.Column {
			return a.Column - b.Column
		}
		return strings.Compare(a.Code, b.Code)
	})
	return slices.CompactFunc(f, func(a, b Fault) bool { return a.String() == b.String() })
}
