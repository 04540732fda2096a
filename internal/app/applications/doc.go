// Package applications holds the vendor's own programs: what each is, which
// accounts it sees, what it may do there, and the credentials it comes with
// (APP-1, APP-2). What it asks as a product is answered by package decision.
package applications
