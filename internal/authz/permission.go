// Package authz decides who may do what: actors, the permissions they hold and
// where, and the scope a list may show. It is pure; package app loads what it
// needs and asks here. There is no other place that decides rights.
package authz

// A Permission is one thing that may be done in an account.
type Permission string

// The permissions that guard Intendant's own operations. A catalogue adds its
// products' own; nothing else is known to code.
const (
	ViewAccount          Permission = "account.view"
	ManageAccount        Permission = "account.manage"
	ViewMembers          Permission = "members.view"
	ManageMembers        Permission = "members.manage"
	DecideRequests       Permission = "requests.decide"
	ManageAdministrators Permission = "administrators.manage"
	ManageRoles          Permission = "roles.manage"
	ManageUnits          Permission = "units.manage"
	ManageProjects       Permission = "projects.manage"
	AssignSeats          Permission = "seats.assign"
	ViewHistory          Permission = "history.view"
	RunExports           Permission = "export.run"
	ViewDashboards       Permission = "dashboards.view"
	ManageLibrary        Permission = "library.manage"
	// CheckAccess lets a product ask who may do what in the whole account, and
	// nothing else: it neither lists members nor tells their names (CHECK-1).
	CheckAccess Permission = "access.check"
)

// Permissions lists the built-in permissions, in the order they are shown.
func Permissions() []Permission {
	return []Permission{
		ViewAccount, ManageAccount, ViewMembers, ManageMembers, DecideRequests, ManageAdministrators,
		ManageRoles, ManageUnits, ManageProjects, AssignSeats, ViewHistory, RunExports, ViewDashboards, ManageLibrary, CheckAccess,
	}
}

// A Duty is one thing the vendor's staff may do in the console.
type Duty string

// The duties of the vendor's staff.
const (
	ViewAccounts    Duty = "accounts.view"
	CreateAccounts  Duty = "accounts.create"
	ChangeAccounts  Duty = "accounts.change"
	HandleKeys      Duty = "keys.handle" // make, revoke, print, answer requests, unlock
	EnterAccounts   Duty = "accounts.enter"
	WatchMail       Duty = "mail.watch"
	ApplyCatalogue  Duty = "catalogue.apply"
	ReadAllHistory  Duty = "history.read"
	SwitchUsersOff  Duty = "users.switch_off"
	NameStaff       Duty = "staff.name"
	ErasePeople     Duty = "users.erase"
	ImportCustomers Duty = "accounts.import"
	// ManageSubscriptions is to say what a customer has bought, until when.
	ManageSubscriptions Duty = "subscriptions.manage"
	// ManageApplications is registering the vendor's own programs and making their
	// credentials; the operator's alone (APP-1).
	ManageApplications Duty = "applications.manage"
)

// A StaffRole is a set of duties (VEND-3).
type StaffRole string

// The roles of the vendor's staff. An operator may do everything.
const (
	Operator StaffRole = "operator"
	Support  StaffRole = "support"
	Sales    StaffRole = "sales"
	Auditor  StaffRole = "auditor"
)

// StaffRoles lists the roles a staff member may have.
func StaffRoles() []StaffRole { return []StaffRole{Operator, Support, Sales, Auditor} }

// Has reports whether the role includes the duty. An unknown role includes
// none.
func (r StaffRole) Has(d Duty) bool {
	switch r {
	case Operator:
		return true
	case Support:
		switch d {
		case ViewAccounts, HandleKeys, EnterAccounts, WatchMail, ReadAllHistory:
			return true
		}
	case Sales:
		switch d {
		case ViewAccounts, CreateAccounts, ChangeAccounts, ImportCustomers, ManageSubscriptions:
			return true
		}
	case Auditor:
		return d == ViewAccounts || d == ReadAllHistory || d == WatchMail
	}
	return false
}
