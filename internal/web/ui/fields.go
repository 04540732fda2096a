package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// meterAttrs make a password field ask for its strength a moment after the
// last key.
func meterAttrs(f Field, meter string) templ.Attributes {
	return templ.Attributes{
		"hx-post": meter, "hx-trigger": "input changed delay:250ms",
		"hx-target": "#" + f.id() + "-meter", "hx-swap": "innerHTML",
	}
}

func digit(n int) string { return strconv.Itoa(n) }

// identified is the id of something, where it has one.
func identified(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": id}
}
