package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// leveled gives the stand's account two access levels of its own, and answers the codes
// of all there are.
func (s *stand) leveled() []string {
	s.t.Helper()
	codes := []string{directory.AdminLevel}
	for name, permission := range map[string]authz.Permission{"Direction": authz.ViewDashboards, "Normes": authz.ManageLibrary} {
		made, err := s.Roles.Create(s.Context(), s.admin, s.account.ID, app.NewRole{Kind: directory.Level,
			Names: map[string]string{directory.EveryLanguage: name}, Permissions: []string{string(permission)}})
		s.Must(err)
		codes = append(codes, made.Code)
	}
	slices.Sort(codes)
	return codes
}

// list is a list of texts of a JSON body.
func (r reply) list(way string) []string {
	r.t.Helper()
	var list []string
	if err := json.Unmarshal([]byte(r.text(way)), &list); err != nil {
		r.t.Fatalf("%s of %s: %v", way, r.body, err)
	}
	return list
}

func quotedList(list []string) string {
	text, _ := json.Marshal(list)
	return string(text)
}

// TestLevelsByAPI sends random sets of access levels, as a list, as one code, and in
// place of others, and reads back what a plain set says.
func TestLevelsByAPI(t *testing.T) { // ADD-8, API-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		codes := s.leveled()
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			given := rapid.SliceOfN(rapid.SampledFrom(codes), 0, 4).Draw(rt, "levels")
			email := fmt.Sprintf("n%d@ardoises.example", n)
			made := s.post(s.path("/members"), fmt.Sprintf(`{"email":%q,"access_levels":%s}`, email, quotedList(given))).is(http.StatusCreated, "")
			s.holds(rt, made, given)
			id := made.text("id")
			for range rapid.IntRange(0, 3).Draw(rt, "edits") {
				given = rapid.SliceOfN(rapid.SampledFrom(codes), 0, 4).Draw(rt, "levels")
				body := `"access_levels":` + quotedList(given)
				switch rapid.IntRange(0, 2).Draw(rt, "as") {
				case 1:
					given = given[:min(1, len(given))]
					body = fmt.Sprintf(`"access_level":%q`, strings.Join(given, ""))
				case 2: // something else leaves them alone
					given = s.get(s.path("/members/" + id)).list("access_levels")
					body = fmt.Sprintf(`"job_title":"Chef %d"`, n)
				}
				version := s.get(s.path("/members/" + id)).text("version")
				s.holds(rt, s.ask("PATCH", s.path("/members/"+id), fmt.Sprintf(`{"version":%q,%s}`, version, body)).is(http.StatusOK, ""), given)
			}
			s.holds(rt, s.get(s.path("/members/"+id)), given)
			for _, code := range codes {
				found := s.get(s.path("/members?search="+email+"&access_level="+code)).text("items.0.id") == id
				if found != slices.Contains(given, code) {
					rt.Fatalf("%v are found by %s: %t", given, code, found)
				}
			}
		})
	})
}

// holds holds the levels that an answer says against those that were given.
func (s *stand) holds(rt *rapid.T, got reply, given []string) {
	set := map[string]bool{}
	for _, code := range given {
		set[code] = true
	}
	all, first := got.list("access_levels"), got.text("access_level")
	if !slices.Equal(slices.Sorted(slices.Values(all)), slices.Sorted(maps.Keys(set))) {
		rt.Fatalf("given %v, holds %v", given, all)
	}
	if len(all) == 0 && first != "" || len(all) > 0 && first != all[0] || set[directory.AdminLevel] && first != directory.AdminLevel {
		rt.Fatalf("holds %v, %q first", all, first)
	}
}

func TestLevelOrLevels(t *testing.T) { // ADD-8, API-6
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		codes := s.leveled()
		both := fmt.Sprintf(`"access_level":%q,"access_levels":%s`, codes[0], quotedList(codes))
		s.post(s.path("/members"), `{"email":"a@ardoises.example",`+both+`}`).is(http.StatusUnprocessableEntity, "member.level_twice")
		batch := s.post(s.path("/members/batch"), fmt.Sprintf(`{"members":[{"email":"a@ardoises.example",%s},{"email":"b@ardoises.example","access_level":%q},
			{"email":"c@ardoises.example","access_levels":%s},{"email":"d@ardoises.example","access_levels":["no-such"]}]}`, both, codes[1], quotedList(codes[1:]))).is(http.StatusOK, "")
		for i, want := range []string{"refused", "added", "added", "refused"} {
			if got := batch.text(fmt.Sprintf("verdicts.%d.outcome", i)); got != want {
				t.Errorf("row %d: %s, want %s: %s", i, got, want, batch.body)
			}
		}
		c := s.get(s.path("/members?search=c@ardoises.example"))
		if got := c.list("items.0.access_levels"); len(got) != 2 {
			t.Errorf("c holds %v", got)
		}
		id := c.text("items.0.id")
		s.ask("PATCH", s.path("/members/"+id), fmt.Sprintf(`{"version":%q,%s}`, c.text("items.0.version"), both)).is(http.StatusUnprocessableEntity, "member.level_twice")
		many := s.post(s.path("/members/acts"), fmt.Sprintf(`{"act":"edit","members":[%q],"change":{"access_levels":%s}}`, id, quotedList(codes)))
		if got := s.get(s.path("/members/" + id)).list("access_levels"); many.status >= 300 || len(got) != 3 {
			t.Errorf("an act on many: %d %s, holds %v", many.status, many.body, got)
		}
		if got := s.get(s.path("/members?total=true&access_level=none&search=ardoises")).text("total"); got != "0" {
			t.Errorf("without a level: %s", got)
		}
	})
}
