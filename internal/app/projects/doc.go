// Package projects has the projects of an account and who works in them: for which
// company, in which role, at which level, with which products (PROJ-1 to PROJ-12).
//
// A project is a unit with a wall (ADR 0020): who has no place in it and does not
// manage projects above it does not learn that it exists, and is answered with
// project.not_found.
package projects
