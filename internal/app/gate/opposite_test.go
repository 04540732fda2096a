package gate

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/audit"
	"intendant/internal/directory"
)

// TestNetRestores draws what some people do to the fields of a thing and others do in
// between, and takes the entries of the first back: what nobody else changed after them
// is exactly as before their first, what others changed last is as they left it and
// named, and nothing is named that is as it was (PLAN-2).
func TestNetRestores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fields := []string{"name", "external_id", "number"}
		is := map[string]string{}
		before, last := map[string]string{}, map[string]bool{} // as it stood before ours; others changed it last
		touched := map[string]bool{}
		var entries []audit.Entry
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			field := rapid.SampledFrom(fields).Draw(t, "field")
			to := rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "to")
			if to == is[field] {
				continue
			}
			ours := rapid.Bool().Draw(t, "ours")
			if ours {
				if !touched[field] {
					touched[field], before[field] = true, is[field]
				}
				var e audit.Entry
				e.Note(field, is[field], to)
				entries = slices.Insert(entries, 0, e)
			}
			is[field], last[field] = to, !ours
		}
		var net Net
		after := map[string]string{}
		for _, e := range entries {
			for _, c := range e.Facts {
				if _, newer := after[c.Field]; !newer {
					after[c.Field] = c.After.Text()
				}
			}
			net.add(e)
		}
		now := map[string]string{}
		for _, field := range fields {
			now[field] = is[field]
			err := net.Restore(field, audit.Text(is[field]), func(was audit.Value) error {
				now[field] = was.Text()
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			moved := touched[field] && before[field] != after[field]
			wanted, left := is[field], false
			switch {
			case moved && is[field] == after[field]:
				wanted = before[field]
			case moved && is[field] != before[field]:
				left = true
			}
			if now[field] != wanted || slices.Contains(net.Verdict(1, "x").Left, field) != left {
				t.Fatalf("%s is %q, want %q; left %v, want %t", field, now[field], wanted, net.Verdict(1, "x").Left, left)
			}
			if touched[field] && !last[field] && now[field] != before[field] {
				t.Fatalf("%s, which nobody else changed after, is %q and was %q", field, now[field], before[field])
			}
		}
	})
}

// TestNetLeavesWhatIsRefused: what a rule refuses is left beside what comes back, and is
// the reason where nothing does.
func TestNetLeavesWhatIsRefused(t *testing.T) { // PLAN-2
	taken := directory.Refuse(directory.Conflict, "unit.name_taken")
	restored := func(refuse ...string) Verdict {
		var n Net
		var e audit.Entry
		e.Note("name", "a", "b")
		e.Note("number", "1", "2")
		n.add(e)
		for field, now := range map[string]string{"name": "b", "number": "2"} {
			err := n.Restore(field, audit.Text(now), func(audit.Value) error {
				if slices.Contains(refuse, field) {
					return taken
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return n.Verdict(1, "x")
	}
	if v := restored(); v.Outcome != Changed || len(v.Left) != 0 || len(v.Changes) != 2 {
		t.Errorf("PLAN-2 nothing refused: %+v", v)
	}
	if v := restored("name"); v.Outcome != Changed || !slices.Equal(v.Left, []string{"name"}) || len(v.Changes) != 1 || v.Refusal != nil {
		t.Errorf("PLAN-2 one refused: %+v", v)
	}
	if v := restored("name", "number"); v.Outcome != Refused || v.Refusal != taken || len(v.Left) != 2 {
		t.Errorf("PLAN-2 all refused: %+v", v)
	}
}
