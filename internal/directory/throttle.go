package directory

import "time"

// A Throttle counts how often something was tried. Since is the last try where
// a wait grows, and the beginning of the hour where an hour is rationed.
type Throttle struct {
	Since time.Time
	Count int64
}

const (
	throttleForgets = time.Hour
	throttleLongest = 15 * time.Minute
)

// Wait is how long after the last of Count failed tries the next one has to
// wait: nothing for the first free ones, then a second, two, four, up to a
// quarter of an hour. After an hour without a try the count is forgotten. It
// slows whoever guesses and never shuts anybody out for good (SIGN-6).
func (t Throttle) Wait(free int64, now time.Time) time.Duration {
	if t.Count < free || now.Sub(t.Since) >= throttleForgets {
		return 0
	}
	wait := throttleLongest
	if over := t.Count - free; over < 10 {
		wait = min(wait, time.Second<<over)
	}
	return max(wait-now.Sub(t.Since), 0)
}

// Tried is the count after one more failed try.
func (t Throttle) Tried(now time.Time) Throttle {
	if now.Sub(t.Since) >= throttleForgets {
		t.Count = 0
	}
	return Throttle{Since: now, Count: t.Count + 1}
}

// Ration is the count after one more of something of which an hour holds only
// most. It refuses with limit.hourly when the hour is used up.
func (t Throttle) Ration(most int64, now time.Time) (Throttle, *Error) {
	if t.Count == 0 || now.Sub(t.Since) >= throttleForgets {
		return Throttle{Since: now, Count: 1}, nil
	}
	if t.Count >= most {
		return t, &Error{Kind: Limited, Code: "limit.hourly", Args: Args{"Minutes": Minutes(throttleForgets - now.Sub(t.Since))}}
	}
	t.Count++
	return t, nil
}

// Minutes is a wait in whole minutes, at least one, as people are told it.
func Minutes(d time.Duration) int {
	return max(int((d+time.Minute-1)/time.Minute), 1)
}
