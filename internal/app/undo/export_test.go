package undo

import (
	"intendant/internal/app/roster"
	"intendant/internal/audit"
)

// Missing are the kinds of which the table says that they have an opposite, and of which
// nothing has; given is whether any family has given its own.
func (s *Undo) Missing() (missing []audit.Kind, given bool) {
	for _, row := range audit.Rows() {
		if row.Undo == audit.Opposite && !s.takesBack(row.Kind) {
			missing = append(missing, row.Kind)
		}
	}
	return missing, len(s.opposites) > 0
}

// Unsaid are the kinds that something takes back although the table does not say so.
func (s *Undo) Unsaid() (unsaid []audit.Kind) {
	for _, row := range audit.Rows() {
		if _, thing := s.opposites[row.Kind]; row.Undo != audit.Opposite && (thing || roster.Undoes(row.Kind)) {
			unsaid = append(unsaid, row.Kind)
		}
	}
	return unsaid
}
