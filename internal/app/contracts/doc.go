// Package contracts holds who looks after the contract of each unit, its referent
// and the deputies (SEAT-7), and what they see: the invoices that the vendor puts
// there (SEAT-8).
package contracts
