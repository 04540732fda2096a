package api_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
)

// exportExchanges are those of exports.
func exportExchanges() map[string]exchange {
	return map[string]exchange{
		"export":          {"POST", "/exports", `{"members":{"status":["active"],"sort":"-name"},"columns":["email"]}`, 202, false},
		"list-exports":    {"GET", "/exports", "", 200, false},
		"get-export":      {"GET", "/exports/[export]", "", 200, false},
		"get-export-file": {"GET", "/exports/[export]/file", "", 200, false},
		"drop-export":     {"DELETE", "/exports/[export]", "", 204, false},
	}
}

func TestExportsByAPI(t *testing.T) { // REP-2, API-4
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStandWith(t, w, api.Options{PerMinute: 1_000_000})
		s.crowd(30)
		path := s.path("/exports")
		t.Run("REP-2 members, filtered and sorted, in the language asked for", func(t *testing.T) {
			got := s.ask("POST", path, `{"members":{"search":"ardoises","sort":"-email"},"columns":["email"]}`, "Accept-Language", "en").is(202, "")
			if got.text("state") != "done" || got.text("rows") != "30" || got.text("kind") != "members" || got.text("format") != "csv" {
				t.Fatalf("%s", got.body)
			}
			file := s.get(s.path("/exports/" + got.text("id") + "/file"))
			lines := strings.Split(strings.TrimSpace(strings.TrimPrefix(string(file.body), "\ufeff")), "\r\n")
			if len(lines) != 31 || lines[0] != "E-mail" || lines[1] < lines[30] || file.header.Get("Content-Length") != strconv.Itoa(len(file.body)) ||
				got.text("bytes") != strconv.Itoa(len(file.body)) || !strings.Contains(file.header.Get("Content-Disposition"), "members-204817-") {
				t.Errorf("%d lines, %v: %.200s", len(lines), file.header, file.body)
			}
		})
		t.Run("REP-2 a workbook, and the history", func(t *testing.T) {
			for _, body := range []string{`{"members":{},"format":"xlsx"}`, `{"history":{"group":"member"},"format":"xlsx"}`} {
				got := s.post(path, body).is(202, "")
				file := s.get(s.path("/exports/" + got.text("id") + "/file"))
				if file.status != 200 || !strings.HasPrefix(string(file.body), "PK") || !strings.Contains(file.header.Get("Content-Type"), "spreadsheetml") {
					t.Errorf("%s: %d %.40q", body, file.status, file.body)
				}
			}
		})
		t.Run("REP-2 what is asked wrongly is refused with the field", func(t *testing.T) {
			for body, code := range map[string]string{
				`{}`:                             "export.one_list",
				`{"members":{},"history":{}}`:    "export.one_list",
				`{"members":{},"columns":["x"]}`: "field.unknown_choice",
				`{"project_members":{"project":"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"}}`: "project.not_found",
			} {
				if got := s.post(path, body); got.text("code") != code {
					t.Errorf("%s: %s", body, got.body)
				}
			}
		})
		t.Run("HIST-4 each is in the history", func(t *testing.T) {
			page, err := w.History.List(w.Context(), s.admin, s.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.ExportRun}}, app.Window{})
			w.Must(err)
			if page.Total != 3 {
				t.Errorf("%d entries, want 3", page.Total)
			}
		})
	})
}

func TestExportByAPIGoesOn(t *testing.T) { // REP-2, API-4
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStandWith(t, w, api.Options{PerMinute: 1_000_000, Wait: time.Nanosecond})
		got := s.post(s.path("/exports"), `{"members":{}}`).is(202, "")
		at := s.path("/exports/" + got.text("id"))
		if got.text("state") != "running" {
			t.Fatalf("%s", got.body)
		}
		s.get(at+"/file").is(409, "export.no_file")
		list := s.get(s.path("/exports")).is(200, "")
		e, err := s.Exports.Find(s.Context(), w.Operator(), s.account.ID, got.text("id"))
		s.Must(err)
		s.Must(s.Exports.RunExport(s.Context(), directory.Job{Subject: int64(e.ID)}))
		if now := s.at(got).is(200, ""); now.text("state") != "done" || list.text("items.0.id") != got.text("id") {
			t.Errorf("%s after %s", now.body, list.body)
		}
		s.get(at+"/file").is(200, "")
		s.ask("DELETE", at, "").is(204, "")
		s.get(at).is(404, "export.not_found")
	})
}
