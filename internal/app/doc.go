// Package app holds every operation of Intendant. What a person, a program or
// an operator can do is one method here; the pages and the command line only
// translate to and from it.
//
// An operation plans and applies: the plan reads, asks for permission, applies
// the rules of package directory and says which rows, history entries and mails
// follow; gate.Perform applies it in one transaction. A preview is the plan alone.
// No other package opens a write transaction, and outside it only gate.Note
// writes: sessions, throttles, the access log, leases of mails and jobs — rows
// that say nothing about a customer's directory and leave no history.
//
// Operations know no HTTP, JSON, HTML or language. A refusal is a
// *directory.Error with a code and values; the face puts it into words.
//
// The map: a family of nouns is a package below this one, or still files here;
// facade.go gives faces the names of the packages, which import none of each
// other. Each noun has a file in package directory with its rules and one in
// package store with its SQL.
package app
