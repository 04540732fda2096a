package entry

import (
	"net/url"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
)

// A choice is one account to open.
type choice struct {
	Href, Name, Number   string
	Shield, ServiceLevel string
	Role                 string
	State                string // empty while the account is open
}

func accountPath(one app.OwnAccount) string {
	return "/accounts/" + url.PathEscape(directory.CleanNumber(one.Account.Number))
}

// startPath is what opens first in an account: the screen the person chose. Of
// an account that is not open it is the overview, which says so (PREF-1).
func startPath(one app.OwnAccount) string {
	if one.Screen.ID == "" || one.Account.State != directory.AccountOpen {
		return accountPath(one)
	}
	if link := one.Screen.ScreenLink(directory.CleanNumber(one.Account.Number)); link != "" {
		return link
	}
	return accountPath(one) + "/start"
}

func (h Handler) choices(q *page.Request, own []app.OwnAccount) []choice {
	c, t := h.Catalogue(), q.Printer.T
	var choices []choice
	for _, one := range own {
		level, _ := c.ServiceLevel(one.Account.ServiceLevel)
		at := choice{Href: startPath(one), Name: one.Account.Name, Number: one.Account.Number,
			Shield: level.Sign, ServiceLevel: level.Label.In(q.Printer.Lang()), Role: t("shell.role.member")}
		if len(one.Levels) > 0 {
			at.Role = page.LevelNames(q.Printer, one.Levels)
		}
		if one.Account.State != directory.AccountOpen {
			at.State = t("account.state." + string(one.Account.State))
		}
		choices = append(choices, at)
	}
	return choices
}
