package page

import (
	"net/url"

	"intendant/internal/web/ui"
)

// The pages of one member, as they end their address.
const (
	MemberData        = "/edit"
	MemberRights      = "/rights"
	MemberPreferences = "/preferences"
)

// MemberTabs lead to the pages of a member that the reader may open, and to the
// invitation until there is one (INV-5); here is the page that is shown.
func (q *Request) MemberTabs(member, here string) (ui.MemberTabsView, error) {
	may, err := q.Site.App.Members.Pages(q.Context(), q.Actor(), q.Frame.Account.ID, member)
	if err != nil {
		return ui.MemberTabsView{}, err
	}
	base := q.AccountPath("/members/" + url.PathEscape(member))
	v := ui.MemberTabsView{Return: base + here}
	if may.Invite {
		v.Invite = base + "/invite"
	}
	for _, tab := range []struct {
		key, end string
		opens    bool
	}{
		{"members.tab.data", MemberData, may.Data}, {"members.act.rights", MemberRights, may.Rights},
		{"members.act.preferences", MemberPreferences, may.Preferences},
	} {
		if tab.opens || tab.end == here {
			v.Tabs = append(v.Tabs, ui.Tab{Label: q.Printer.T(tab.key), Href: base + tab.end, Current: tab.end == here})
		}
	}
	return v, nil
}
