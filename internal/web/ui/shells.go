package ui

import (
	"github.com/a-h/templ"

	"intendant/internal/i18n"
)

// htmxConfig keeps htmx from adding a stylesheet of its own and from following
// addresses of another origin.
const htmxConfig = `{"includeIndicatorCSS":false,"mode":"same-origin","defaultTimeout":30000}`

// A HeadView is the head of a page. Total is the number found, already written
// as the language does; Acts stand at the end, the main one last.
type HeadView struct {
	Title, Total, Sub string
	Crumbs            []Link
	Acts              []Act
}

// themed sets the ground a person chose; without a choice the system decides.
func themed(t Theme) templ.Attributes {
	if t == System {
		return nil
	}
	return templ.Attributes{"data-bs-theme": string(t)}
}

type themeOption struct {
	theme     Theme
	icon, key string
}

func themes() []themeOption {
	return []themeOption{
		{System, "device-desktop", "ui.theme.system"},
		{Light, "sun", "ui.theme.light"},
		{Dark, "moon", "ui.theme.dark"},
	}
}

func pressed(yes bool) string {
	if yes {
		return "true"
	}
	return "false"
}

// placeWord tells the customer's pages from the vendor's console.
func placeWord(p *i18n.Printer, vendor bool) string {
	if vendor {
		return p.T("ui.place.vendor")
	}
	return p.T("ui.place.account")
}
