// Package roster is the only writer of members, their places, grants and what
// hangs on them: who comes in, by whichever door; what is changed about them; who
// goes, and what must not happen by it. Rules that several doors share have their
// one text here: who is in sight, what giving is, which roles are required, who
// must remain an administrator.
package roster
