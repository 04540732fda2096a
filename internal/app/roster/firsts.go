package roster

import (
	"hash/maphash"
)

// Firsts remembers the line each key stood in first, by 128 bits of hash: a
// million addresses take a few dozen megabytes.
type Firsts struct {
	a, b  maphash.Seed
	lines map[[2]uint64]int32
}

// NewFirsts knows no key yet.
func NewFirsts() *Firsts {
	return &Firsts{a: maphash.MakeSeed(), b: maphash.MakeSeed(), lines: map[[2]uint64]int32{}}
}

// has reports whether the key stood before.
func (f *Firsts) has(key string) bool {
	_, seen := f.lines[f.hash(key)]
	return seen
}

func (f *Firsts) hash(key string) [2]uint64 {
	return [2]uint64{maphash.String(f.a, key), maphash.String(f.b, key)}
}

// Line is where the key stood before, or 0.
func (f *Firsts) Line(key string, line int) int {
	if key == "" {
		return 0
	}
	hash := f.hash(key)
	if before, seen := f.lines[hash]; seen {
		return int(before)
	}
	f.lines[hash] = int32(line)
	return 0
}
