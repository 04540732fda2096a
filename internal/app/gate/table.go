package gate

import (
	"context"
	"encoding/json"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A TableSource is what exports of one kind are made of (REP-2). Its family makes it and
// knows the nouns; whoever runs exports knows none.
type TableSource struct {
	Kind    directory.ExportKind
	Purpose string // of the entry that says so (HIST-4)
	Columns []directory.ExportColumn
	Sees    authz.Permission // that whoever looks at somebody else's export holds beside export.run

	// Scope is what the rights let export: of the account, or of the project. The
	// zero scope is nothing.
	Scope func(rights authz.Rights, over directory.UnitID) authz.Scope
	// Open finds what was asked for. It refuses who may not export it, and what is
	// asked wrongly, with the field at fault.
	Open func(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, asked json.RawMessage) (Table, error)
}

// A Table is an export while it is read. It outlives the reader it was opened with.
type Table struct {
	Over  directory.UnitID                                          // the project; 0: the account
	Count func(ctx context.Context, r *store.Reader) (int64, error) // of the rows at this moment
	// Next reads the next rows, with as many statements for a part of any size, and
	// says whether more may come; the rows are nil where there are none. A row that stood
	// throughout comes once. It may call onward when it knows where the next part begins:
	// then more do come, and Next is called again beside it, with a reader and rights of
	// that moment.
	Next func(ctx context.Context, r *store.Reader, rights authz.Rights, columns []string, onward func()) (rows directory.ExportRows, more bool, err error)
}
