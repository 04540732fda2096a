package gate

import (
	"slices"

	"intendant/internal/audit"
	"intendant/internal/directory"
)

// ChangedSince refuses to take back what is another since, so that nothing of it is left
// to restore (PLAN-2).
func ChangedSince() *directory.Error {
	return directory.Refuse(directory.Conflict, "undo.changed_since")
}

// NotKept refuses to take back what no history keeps: a picture, and what was erased with
// a person (USER-7).
func NotKept() *directory.Error {
	return directory.Refuse(directory.Conflict, "undo.not_kept")
}

// A Net is what entries about one thing say together: of each field what stood before
// the oldest of them and what stands after the newest (PLAN-2). Restore compares that
// with today, field by field; Verdict says what came of it.
type Net struct {
	Entries []audit.Entry // newest first

	fields  []audit.Change
	done    []audit.Change
	left    []string
	refusal *directory.Error // the first, of a field that can not be as it was
}

// StateField is the field under which a net keeps whether a thing is archived, or over:
// entries say it by their kind.
const StateField = "state"

// Opposed takes back entries of things, those about one at once, and leaves a verdict for
// each entry in their order. What a thing's plan refuses is the verdict on its entries;
// it refuses before it plans anything, and asks for its right before all else.
func Opposed[K comparable](p *Plan, entries []audit.Entry, about func(audit.Entry) K, plan func(K, *Net) (Verdict, error)) error {
	var order []K
	nets := map[K]*Net{}
	for _, e := range entries {
		key := about(e)
		if nets[key] == nil {
			nets[key], order = &Net{}, append(order, key)
		}
		nets[key].add(e)
	}
	verdicts := make(map[K]Verdict, len(order))
	for _, key := range order {
		v, err := plan(key, nets[key])
		refusal, fault := AsRefusal(err)
		if fault != nil {
			return fault
		}
		if refusal != nil {
			v = v.Refused(refusal)
			v.Changes = nil
		}
		verdicts[key] = v
	}
	for i, e := range entries {
		v := verdicts[about(e)]
		v.Row = i + 1
		p.Verdicts = append(p.Verdicts, v)
	}
	return nil
}

// Kept is what the calls of opposites in one plan share, which do not see in the database
// what the plan is to write: a table by a key, empty at first.
func Kept[K comparable, V any](p *Plan, name any) map[K]V {
	if p.kept == nil {
		p.kept = map[any]any{}
	}
	table, is := p.kept[name].(map[K]V)
	if !is {
		table = map[K]V{}
		p.kept[name] = table
	}
	return table
}

// ByObject tells entries apart by the row they are about.
func ByObject[K ~int64](e audit.Entry) K { return K(e.Object) }

// add takes an older entry in.
func (n *Net) add(e audit.Entry) {
	n.Entries = append(n.Entries, e)
	for _, changes := range [][]audit.Change{e.Facts, e.Personal} {
		for _, c := range changes {
			n.note(c)
		}
	}
}

func (n *Net) note(c audit.Change) {
	for i := range n.fields {
		if n.fields[i].Field == c.Field {
			n.fields[i].Before = c.Before
			return
		}
	}
	n.fields = append(n.fields, c)
}

// Turns reads the kind that archives a thing, or ends it, and those that begin it or bring
// it back, as changes of its state: true where it is off.
func (n *Net) Turns(off audit.Kind, on ...audit.Kind) {
	for _, e := range n.Entries {
		if begins := slices.Contains(on, e.Kind); begins || e.Kind == off {
			n.note(audit.Change{Field: StateField, Before: audit.Bool(begins), After: audit.Bool(!begins)})
		}
	}
}

// Has is the entry of a kind, and whether there is one.
func (n *Net) Has(kind audit.Kind) (audit.Entry, bool) {
	for _, e := range n.Entries {
		if e.Kind == kind {
			return e, true
		}
	}
	return audit.Entry{}, false
}

// Stands reports whether a field is what the entries left there, or is in none of them.
func (n *Net) Stands(field string, now audit.Value) bool {
	for _, c := range n.fields {
		if c.Field == field {
			return now.Same(c.After)
		}
	}
	return true
}

// Before is what stood in a field before the oldest entry; nothing where none has it.
func (n *Net) Before(field string) audit.Value {
	for _, c := range n.fields {
		if c.Field == field {
			return c.Before
		}
	}
	return audit.Nothing
}

// Restore gives a field what stood in it before, by set, where now is what the entries
// left there; what is another since is left. A field that set refuses is left too: what
// it was may be somebody else's by now, while the others come back.
func (n *Net) Restore(field string, now audit.Value, set func(before audit.Value) error) error {
	for _, c := range n.fields {
		if c.Field != field || c.Before.Same(c.After) || now.Same(c.Before) {
			continue
		}
		if !now.Same(c.After) {
			n.left = append(n.left, field)
			return nil
		}
		refusal, fault := AsRefusal(set(c.Before))
		switch {
		case fault != nil:
			return fault
		case refusal != nil:
			n.left = append(n.left, field)
			if n.refusal == nil {
				n.refusal = refusal
			}
		default:
			n.done = append(n.done, audit.Change{Field: field, Before: now, After: c.Before})
		}
	}
	return nil
}

// Back reports whether anything is restored.
func (n *Net) Back() bool { return len(n.done) > 0 }

// Verdict says what came of it for a thing: changed with what is left of it; refused with
// why the first could not be as it was, or with undo.changed_since, where nothing came
// back; unchanged where all is as it was already.
func (n *Net) Verdict(subject int64, name string) Verdict {
	v := Verdict{Subject: subject, Name: name, Outcome: Unchanged, Left: n.left, Changes: n.done}
	switch {
	case n.Back():
		v.Outcome = Changed
	case n.refusal != nil:
		return v.Refused(n.refusal)
	case len(n.left) > 0:
		return v.Refused(ChangedSince())
	}
	return v
}
