// Package companies holds an account's directory of companies, the employers of its
// members: listing, creating and renaming them, and merging doubles (COMP-1 to
// COMP-4). Which company a member has is written by package roster.
package companies
