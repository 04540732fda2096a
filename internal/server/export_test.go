package server

import (
	"bytes"
	"context"
	"encoding/csv"
	"path/filepath"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// TestExportBeginsAnewAfterKill kills a server in the middle of an export. The next one
// on the same file begins its file anew at once: nothing of it is there twice or half.
func TestExportBeginsAnewAfterKill(t *testing.T) { // REP-2
	t.Parallel()
	flags := map[string]string{"data": filepath.Join(t.TempDir(), "data"), "catalogue": "licences"}
	const many = 20_000
	i := open(t, Options{Config: settings(t, flags), OwnBase: true})
	account := crowded(t, i, many)
	e, err := i.App.Exports.Begin(t.Context(), operator(), account, app.ExportAsk{Kind: directory.ExportHistory, Format: directory.ExportCSV,
		Query: app.HistoryFilter{}, Language: "fr", Wait: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	now := func() directory.Export {
		now, err := i.App.Exports.Find(t.Context(), operator(), account, e.UUID)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	kill := serveApart(t, flags["data"])
	until(t, time.Minute, func() bool { return now().Done > 0 })
	kill()
	before := now()
	if before.State != directory.ExportRunning || before.Run == 0 {
		t.Fatalf("the server was killed too late: %+v", before)
	}
	s, err := Serve(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	until(t, directory.JobLease/2, func() bool { return now().Run > before.Run })
	until(t, time.Minute, func() bool { return now().State != directory.ExportRunning })
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	after := now()
	d, err := i.App.Exports.Download(t.Context(), operator(), account, e.UUID)
	if err != nil {
		t.Fatal(err)
	}
	var file []byte
	for part := []byte{0}; len(part) > 0; file = append(file, part...) {
		if part, err = d.Part(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]int{}
	for _, row := range rows[1:] {
		said[row[1]]++
	}
	if after.State != directory.ExportDone || after.Done != after.Total || after.Bytes != int64(len(file)) || len(said) < many {
		t.Errorf("%s, %d of %d rows, %d bytes of %d, %d sentences", after.State, after.Done, after.Total, len(file), after.Bytes, len(said))
	}
	t.Logf("%d of %d were written when it was killed", before.Done, before.Total)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
