// Package imports brings files and pasted lists in: as a draft that is looked at
// and mended, checked by the rules of the run itself, and run in chunks that a
// crash does not lose or repeat.
package imports
