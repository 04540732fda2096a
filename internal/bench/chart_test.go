package bench_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"intendant/internal/bench"
)

func TestChart(t *testing.T) {
	drawn := string(bench.Chart([]bench.Figure{
		{Name: "http-list", Members: 10_000, P50: 900, P99: 2_000},
		{Name: "http-list", Members: 200_000, P50: 1_000, P99: 3_000},
		{Name: "a<b", Members: 200_000, P50: 1_000_000_000},
		{Name: "memory", Members: 200_000, Bytes: 1},
	}))
	reader := xml.NewDecoder(strings.NewReader(drawn))
	for {
		_, err := reader.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, drawn)
		}
	}
	if n := strings.Count(drawn, "<circle"); n != 3 {
		t.Errorf("%d figures drawn, want 3", n)
	}
	if strings.Contains(drawn, "memory") {
		t.Error("a figure without a time is drawn")
	}
	// 1 ms stands two of seven tens from the left, what takes longer than the scale at its end.
	for _, at := range []string{`cx="370"`, `cx="770"`} {
		if !strings.Contains(drawn, at) {
			t.Errorf("nothing stands at %s", at)
		}
	}
}
