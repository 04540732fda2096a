package authz

// Kept is how many different accesses an index keeps for its places.
func (x *Index) Kept() int { return len(x.accesses.byText) }
