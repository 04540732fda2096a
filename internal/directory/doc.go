// Package directory holds the nouns of Intendant and their rules: account,
// user, member, company, role, admin key, join request, invitation and the
// rest. It is pure: no input or output, no clock, no language, only the
// standard library. A rule that is broken answers a *Error, which a face puts
// into the reader's words.
package directory
