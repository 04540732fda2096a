package audit

// ClassOf is the class of a field. A field that is not listed is secret: who
// adds one says here what may be kept of it.
func ClassOf(field string) Class {
	switch field {
	case "status", "state", "service_level", "number", "account_type", "access_level", "functions", "company",
		"unit", "role", "permissions", "language", "time_zone", "country", "expires", "ends", "contract_ends",
		"count", "invitation_days", "quick_add_limit", "password_policy", "languages", "reminders", "domain",
		"auto_approve", "verified", "active", "version", "tries", "key", "letter", "outcome", "staff", "name",
		"added", "changed", "faulty", "unchanged", "referent", "products", "default_level", "portfolio", "purpose", "logo",
		"parent", "external_id", "unit_level", "rights_changed", "preference", "preference_value", "names", "place":
		return Open
	case "first_name", "last_name", "civility", "email", "user_name", "phone", "job_title", "personnel_number",
		"message", "reason", "signature", "contact", "contact_email", "address", "person", "file", "typed_number":
		return Personal
	}
	return Secret
}
