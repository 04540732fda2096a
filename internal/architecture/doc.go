// Package architecture holds the tests that keep the shape of the whole
// program: who may import whom, where time, SQL and sentences may enter, how
// long a file and a function may be, and what must be documented. It has no
// code of its own.
//
// A rule that stands in the way is argued with in docs/adr, not worked around.
package architecture
