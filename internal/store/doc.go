// Package store keeps the nouns of package directory in one of two databases:
// SQLite, inside the process, or PostgreSQL. There is one SQL text for both;
// what cannot be equal is a method of dialect.
//
// A View reads one snapshot. An Update locks the ledger rows of the accounts it
// changes, in the order of their numbers, so that one account has one writer at
// a time: seats, last administrator, keys and the history chain need no further
// thought about races. A Write is short, locks nothing and is for what no rule
// counts: a session's last use, the sign-in log, a job's lease, a mail's state.
// Both may run their function more than once.
//
// Nothing is decided here. Package app decides and hands over rows; a named
// constraint that is broken all the same answers the refusal of its rule (see
// constraint.go). Whatever else goes wrong is a fault.
//
// Times are microseconds UTC in BIGINT columns, no time is NULL. Keys are
// BIGINT: account << 32 | number. Statements name their columns and bind $1, $2
// by number.
//
// Weaknesses, known and accepted:
//
//   - SQLite has one writer for all accounts, so a Write waits there for a
//     running Update. Long work is cut into chunks to keep that wait short.
//   - Two processes must not migrate the same SQLite file at once; one process
//     owns the file.
//   - SQLite does not name the foreign key that was broken. A broken foreign
//     key is a fault on both databases and never the guard of a rule.
//   - A View, Update or Write inside another one takes a second connection and
//     can wait for itself. Do not nest them.
package store
