package authzen

import "intendant/internal/app"

// properties reads those of them that are understood: the account that a resource is
// in (APP-3), and where and what of a product is to be used (SEAT-12, PROJ-12). Whatever
// else they say is passed.
func (r *reader) properties(into *part) (ok bool, err error) {
	if r.next() != '{' {
		return r.object()
	}
	return true, r.members(func(name string) (bit uint16, err error) {
		switch name {
		case "account":
			if !r.null() {
				var text bool
				into.account, text, err = r.text()
				into.noName = !text
			}
			return 1, err
		case app.ProjectProperty:
			bit = 2
		case app.ToolProperty:
			bit = 4
		case app.LevelProperty:
			bit = 8
		default:
			return 0, nil
		}
		if r.null() {
			return bit, nil
		}
		return bit, r.using(name, into)
	})
}

// using reads one property of a product's use. What other resources mean by it is not
// ours: that it is no text, or an empty one, is said where a product is asked about.
func (r *reader) using(name string, into *part) error {
	if into.in == nil {
		into.in = &app.Using{}
	}
	value, text, err := r.text()
	switch {
	case !text || value == "":
		into.in.Unreadable = name
	case name == app.ProjectProperty:
		into.in.Project = value
	case name == app.ToolProperty:
		into.in.Tool = value
	default:
		into.in.Level = value
	}
	return err
}
