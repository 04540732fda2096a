package directory

import "time"

// A KeyCount is how often a wrong admin key was entered for a customer number,
// whoever entered it and whether the number exists or not (KEY-9, KEY-14).
type KeyCount struct {
	Number   string // as CleanNumber writes it
	Tries    int
	Locked   time.Time // zero: open
	LockedBy UserID
}

// Open refuses with key.locked while entry for the number is locked, even for a
// right key (KEY-9).
func (c KeyCount) Open() *Error {
	if c.Locked.IsZero() {
		return nil
	}
	return &Error{Kind: Conflict, Code: "key.locked", Args: Args{"Number": c.Number}}
}

// Wrong counts a wrong entry by a person. The one that reaches the limit locks
// the number (KEY-9).
func (c KeyCount) Wrong(by UserID, limit int, now time.Time) KeyCount {
	c.Tries++
	if c.Tries >= limit {
		c.Locked, c.LockedBy = now, by
	}
	return c
}

// Cleared is the count at zero: after a success, an unlock, or the approval of
// the locked person's join request (KEY-10).
func (c KeyCount) Cleared() KeyCount { return KeyCount{Number: c.Number} }

// Limits of one person's key entries (KEY-14).
const (
	KeyTriesPerHour  = 5
	KeyTriesWindow   = time.Hour
	KeyLocksPerDay   = 1
	KeyLockingWindow = 24 * time.Hour
)

// MayTryKey refuses with key.too_many_tries a person who has entered too many
// wrong keys within the hour, or has locked a number within the day.
func MayTryKey(wrongThisHour int64, lockedToday bool) *Error {
	if wrongThisHour >= KeyTriesPerHour || lockedToday {
		return &Error{Kind: Limited, Code: "key.too_many_tries"}
	}
	return nil
}
