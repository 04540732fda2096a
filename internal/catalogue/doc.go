// Package catalogue reads, checks and compares catalogues: the vendor's
// declaration of unit levels, permissions, roles, products, service levels,
// preferences, policies and branding. Everything that differs between one
// installation and another is said there; Go code knows by name only the
// permissions that guard Intendant's own operations.
//
// Read takes YAML of one document, without anchors and of at most one MiB,
// holds it against the JSON schema beside this file, then against what a
// schema cannot say: references, doubles, cycles, levels that stand nowhere.
// Each fault names line, column and path; a catalogue with a fault is not
// returned. Read never panics, whatever it is given.
//
// The package is pure: it reads from the reader it is handed and from the five
// catalogues that ship with the program, and knows no database, no clock and no
// account.
package catalogue
