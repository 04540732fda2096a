package directory

import "time"

// How much the library of an account holds: lists that are read and shown whole.
const (
	ProjectTypesMost   = 500
	TemplatesMost      = 500
	TemplatePlacesMost = BulkChunk // a project begins with all of them in one transaction
)

// A Template is what new projects can begin with: a type, products, and members with
// their company, level, functions and products (PROJ-9). Its places name members of
// the account and no project.
type Template struct {
	ID       TemplateID
	UUID     string
	Name     string
	Type     ProjectTypeID // 0: none
	Products []string      // switched on, by id
	Places   []Place
	Version  int64
	Archived time.Time
}

// Sleeps reports whether nobody gives the member a place any more: who has left the
// account, or is switched off in it.
func (m Member) Sleeps() bool { return !m.Removed.IsZero() || m.Status == Inactive }
