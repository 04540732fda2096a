// Package identity holds people and how they sign in: who somebody is, their
// proved address, password and second factor, their sessions, and the vendor's own
// staff.
package identity
