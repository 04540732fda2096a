// Package loads brings a whole account in: units, roles, and people with what they hold,
// one line after the other (API-4). It writes nothing of its own: roster, units and roles
// plan what they always do.
package loads
