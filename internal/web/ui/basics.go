package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// named gives an icon its name and a disabled act its state.
func named(a Act) templ.Attributes {
	attrs := templ.Attributes{}
	if a.IconOnly {
		attrs["aria-label"] = strings.TrimSpace(a.Label + " " + a.About)
		attrs["title"] = a.Label
	}
	if a.Disabled {
		attrs["disabled"] = true
	}
	if a.Name != "" {
		attrs["name"], attrs["value"] = a.Name, a.Value
	}
	return attrs
}

// opener makes a button open a dialog: by the browser itself where it knows
// commands, else by the script.
func opener(a Act) templ.Attributes {
	if a.Opens == "" {
		return nil
	}
	return templ.Attributes{"command": "show-modal", "commandfor": a.Opens, "data-opens": a.Opens}
}

func cartClass(variant string) string {
	class := "in-cart"
	for _, part := range strings.Fields(variant) {
		class += " in-cart--" + part
	}
	return class
}

// current marks the place one is at.
func current(yes bool, what string) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"aria-current": what}
}
