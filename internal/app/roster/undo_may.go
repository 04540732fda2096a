package roster

import (
	"slices"

	"intendant/internal/audit"
	"intendant/internal/authz"
)

// MayTakeBack reports whether somebody may take back entries of a kind somewhere: they
// hold what its opposite asks for, the vendor's duty for what only the vendor changes.
// The history offers no undo to anybody else (PLAN-2); the operation asks for each entry.
func MayTakeBack(actor authz.Actor, rights authz.Rights, k audit.Kind) bool {
	switch {
	case k.Row().Undo != audit.Opposite || rights.Closed():
		return false
	case Undoes(k):
		return mayRestorePeople(rights)
	}
	switch k.Group() {
	case "account":
		return actor.MayDuty(authz.ChangeAccounts)
	case "subscription":
		return actor.MayDuty(authz.ManageSubscriptions)
	case "application":
		return actor.MayDuty(authz.ManageApplications)
	case "referent":
		return actor.MayDuty(authz.ChangeAccounts) || rights.MayAnywhere(authz.ManageAccount) || rights.MayAnywhere(authz.ManageMembers)
	case "deputy", "preference":
		return rights.Member() // the referent names deputies, and everybody chooses for themselves
	case "project":
		return rights.MayAnywhere(authz.ManageProjects) || rights.AdministersProjects()
	}
	asked, known := map[string]authz.Permission{"role": authz.ManageRoles, "seat": authz.AssignSeats, "settings": authz.ManageAccount,
		"unit": authz.ManageUnits, "project_type": authz.ManageLibrary, "template": authz.ManageLibrary}[k.Group()]
	if !known {
		asked = authz.ManageMembers // people's own data, programs, companies
	}
	return rights.MayAnywhere(asked)
}

// mayRestorePeople reports whether somebody could take back anything about people: in
// the account or in a project.
func mayRestorePeople(rights authz.Rights) bool {
	return slices.ContainsFunc([]authz.Permission{authz.ManageMembers, authz.AssignSeats}, rights.MayAnywhere) ||
		rights.Member() && rights.AdministersProjects()
}
