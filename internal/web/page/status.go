package page

import (
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/web/ui"
)

// Shape is the sign of a status.
func Shape(s directory.Status) string {
	switch s {
	case directory.Active:
		return "active"
	case directory.Invited:
		return "invited"
	case directory.NotInvited:
		return "none"
	}
	return "off"
}

// MemberShares are the members of an account by status. Members is the address of
// their list, empty for a reader who has none.
func MemberShares(p *i18n.Printer, counts [5]int64, members string) []ui.Share {
	var shares []ui.Share
	for s := directory.Active; s <= directory.Inactive; s++ {
		share := ui.Share{Class: Shape(s), Label: p.T("overview.status." + s.String()), Count: counts[s]}
		if members != "" {
			share.Href = members + "?status=" + s.String()
		}
		shares = append(shares, share)
	}
	return shares
}
