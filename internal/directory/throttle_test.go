package directory

import (
	"testing"
	"time"
)

func TestThrottleWait(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		count int64
		after time.Duration
		want  time.Duration
	}{
		{"SIGN-6 the first tries wait for nothing", 4, 0, 0},
		{"SIGN-6 the sixth waits a second", 5, 0, time.Second},
		{"SIGN-6 the wait grows", 9, 0, 16 * time.Second},
		{"SIGN-6 time counts", 9, 10 * time.Second, 6 * time.Second},
		{"SIGN-6 never longer than a quarter of an hour", 500, 0, 15 * time.Minute},
		{"SIGN-6 an hour of rest forgets", 500, time.Hour, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := (Throttle{Since: noon, Count: test.count}).Wait(5, noon.Add(test.after)); got != test.want {
				t.Errorf("Wait = %v, want %v", got, test.want)
			}
		})
	}
}

func TestThrottleRation(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var count Throttle
	var err *Error
	for range 3 {
		if count, err = count.Ration(3, noon); err != nil {
			t.Fatalf("refused within the ration: %v", err)
		}
	}
	if _, err = count.Ration(3, noon.Add(59*time.Minute)); err == nil || err.Code != "limit.hourly" {
		t.Errorf("the fourth in an hour: %v, want limit.hourly", err)
	}
	if _, err = count.Ration(3, noon.Add(time.Hour)); err != nil {
		t.Errorf("in the next hour: %v, want none", err)
	}
}
