package app_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// crashRows is how many rows the import has that is killed: five chunks.
const crashRows = 10_000

// What tells the test binary to be the process that is killed: the database,
// and the import to run.
const (
	crashDatabase = "INTENDANT_TEST_CRASH_DATABASE"
	crashImport   = "INTENDANT_TEST_CRASH_IMPORT"
)

// TestRunToBeKilled is the process that is killed.
func TestRunToBeKilled(t *testing.T) {
	address := os.Getenv(crashDatabase)
	if address == "" {
		t.Skip("run by TestImportSurvivesKill")
	}
	id, err := strconv.ParseInt(os.Getenv(crashImport), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	w := apptest.On(t, address)
	fmt.Println("running")
	w.Must(w.Imports.RunImport(w.Context(), directory.Job{Subject: id}))
}

// rowsTogether is how many rows an import writes in one transaction.
const rowsTogether = 500

// TestImportSurvivesKill kills the process that runs an import at random
// moments. After each the rows that are in are whole chunks, counted and with
// their verdicts, and the next run goes on exactly there.
func TestImportSurvivesKill(t *testing.T) { // ADD-13
	kills := 25
	if testing.Short() {
		kills = 4
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			address := storetest.Address(t, kind)
			w := apptest.On(t, address)
			account := w.Account("204817")
			var file strings.Builder
			file.WriteString("E-mail;Prénom;Société\n")
			for i, email := range apptest.Addresses(crashRows, "maraval.example") {
				fmt.Fprintf(&file, "%s;Prénom %d;Société %d\n", email, i, i%70)
			}
			midway := 0
			for killed := 0; killed < kills; {
				i := startedImport(t, w, account, file.String())
				for i.State == directory.ImportRunning && killed < kills {
					kill(t, address, i, time.Duration(rand.N(900))*time.Millisecond)
					killed++
					if i = wholeSoFar(t, w, i); 0 < i.Counts.Done && i.Counts.Done < crashRows {
						midway++
					}
				}
				i, err := w.Imports.Finish(w.Context(), w.Operator(), account.ID, i.UUID)
				w.Must(err)
				if c := i.Counts; i.State != directory.ImportDone || c.Done != crashRows || c.Added+c.Unchanged != crashRows || c.Faulty != 0 {
					t.Fatalf("after %d kills: %s %+v", killed, i.State, c)
				}
				if n := headcount(t, w, account); n != crashRows {
					t.Fatalf("after %d kills: %d members, want %d", killed, n, crashRows)
				}
				account = w.Account(fmt.Sprint(300_000 + killed))
			}
			if midway == 0 && !testing.Short() {
				t.Error("no kill left an import half done")
			}
			t.Logf("%d of %d kills left an import half done", midway, kills)
		})
	}
}

// startedImport is an import that is confirmed and has brought in nothing yet.
func startedImport(t *testing.T, w *apptest.World, account directory.Account, file string) directory.Import {
	t.Helper()
	i, err := w.Imports.Upload(w.Context(), w.Operator(), account.ID, "a.csv", strings.NewReader(file))
	w.Must(err)
	i, err = w.Imports.Finish(w.Context(), w.Operator(), account.ID, i.UUID)
	w.Must(err)
	i, err = w.Imports.Start(w.Context(), w.Operator(), account.ID, i.UUID)
	w.Must(err)
	return i
}

// kill runs the import in a process of its own and kills it after a while.
func kill(t *testing.T, address string, i directory.Import, after time.Duration) {
	t.Helper()
	apptest.Killed(t, "TestRunToBeKilled", after, crashDatabase+"="+address, fmt.Sprintf("%s=%d", crashImport, i.ID))
}

// wholeSoFar fails the test unless members, verdicts and counts agree.
func wholeSoFar(t *testing.T, w *apptest.World, i directory.Import) directory.Import {
	t.Helper()
	i, err := w.Imports.Find(w.Context(), w.Operator(), i.Account, i.UUID)
	w.Must(err)
	var verdicts int64
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		counts, err := r.CountImportRows(w.Context(), i.ID)
		for _, n := range counts {
			verdicts += n
		}
		return err
	}))
	members := headcount(t, w, directory.Account{ID: i.Account})
	if i.Counts.Done%rowsTogether != 0 || verdicts != i.Counts.Done || members != i.Counts.Added+i.Counts.Unchanged {
		t.Fatalf("half a row: %d done, %d verdicts, %d members", i.Counts.Done, verdicts, members)
	}
	return i
}
