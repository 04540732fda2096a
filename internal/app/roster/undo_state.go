package roster

import (
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// state takes back what became of somebody's place in the account.
func (s *restoring) state(d *doing) error {
	switch removed := !d.m.Removed.IsZero(); {
	case !d.went.IsZero() && d.came:
		return nil // came and went in what is undone
	case !d.went.IsZero() && removed && d.m.Removed.Equal(d.went):
		return s.comesBack(d)
	case d.came && removed:
		d.settled = true // gone already
		return nil
	case d.came:
		d.settled = true
		return s.leaves(d)
	case removed:
		return directory.Refuse(directory.Conflict, "undo.gone")
	case !d.went.IsZero(): // back since, by another door
		d.left("status")
		d.settled = true
		return nil
	case len(d.fields) > 0:
		return s.edited(d)
	case d.asked:
		return s.unsent(d)
	}
	return nil
}

// comesBack gives somebody who was removed their place as it was.
func (s *restoring) comesBack(d *doing) error {
	after := d.m
	after.Removed = time.Time{}
	if err := s.Reach(after); err != nil {
		return err
	}
	for _, field := range d.fields {
		s.put(d, &after, field, d.before[field])
	}
	if err := s.mayLive(after); err != nil {
		return err
	}
	if err := s.MayHand(after, Opens); err != nil {
		return err
	}
	if d.u.Technical() {
		d.v.Because = append(d.v.Because, gate.Because{Field: "token", Why: directory.Refuse(directory.Conflict, audit.TokenRevoked.NeverMessage())})
	}
	s.Restore(d.u, after)
	s.counts(d.m, after)
	if after.Status == directory.Invited {
		s.reopened = append(s.reopened, after.ID)
	}
	d.m = after
	return nil
}

// mayLive refuses a home unit that is archived, and an end that is past.
func (s *restoring) mayLive(m directory.Member) error {
	if refusal := ArchivedAt(s.Rights.Tree(), m.Unit); refusal != nil {
		refusal.Field = "unit"
		return refusal
	}
	if !m.Ends.IsZero() && !m.Ends.After(s.Plan.Now) {
		return directory.InvalidField("ends", "member.end_past", nil)
	}
	return nil
}

// leaves takes somebody who was brought in out again, unless they have accepted, or
// were changed or given something since.
func (s *restoring) leaves(d *doing) error {
	if err := s.Reach(d.m); err != nil {
		return err
	}
	for _, field := range comingFields() {
		if s.value(d.m, field) != s.normal(field, d.after[field]) {
			d.left(field)
		}
	}
	if err := s.givenSince(d); err != nil || len(d.v.Left) > 0 {
		return err
	}
	after := d.m
	after.Removed = s.Plan.Now
	if err := s.Leave(d.m, d.u); err != nil {
		return err
	}
	d.m = after
	return nil
}

// comingFields are those that an entry about somebody who comes tells whole: one that it
// does not name was empty. Names may be the person's own, and are left out.
func comingFields() []string {
	fields := []string{"status", "unit", "company", "functions", "access_level", "ends"}
	for _, text := range directory.PlaceTextKinds() {
		fields = append(fields, text.Field())
	}
	return fields
}

// givenSince names what somebody was given since they came.
func (s *restoring) givenSince(d *doing) error {
	for _, g := range s.open.Grants {
		if g.Member == d.m.ID && g.From.After(d.until) {
			d.left("role")
		}
	}
	for _, p := range s.open.Places {
		if p.Member == d.m.ID && p.From.After(d.until) {
			d.left("access")
		}
	}
	for _, e := range s.open.Externals {
		if e.Member == d.m.ID && e.From.After(d.until) {
			d.left("product")
		}
	}
	seats, err := s.seats.of(d.m.ID)
	for _, seat := range seats {
		if seat.From.After(d.until) {
			d.left("product")
		}
	}
	return err
}

// edited gives fields of somebody's place back what they were, those that are still
// what they became.
func (s *restoring) edited(d *doing) error {
	if err := s.Reach(d.m); err != nil {
		return err
	}
	after := d.m
	for _, field := range d.fields {
		now := s.value(d.m, field)
		switch {
		case now == s.normal(field, d.before[field]):
		case now == s.normal(field, d.after[field]) && !(field == "status" && d.offAnew()):
			s.put(d, &after, field, d.before[field])
		default:
			d.left(field)
		}
	}
	if len(s.differences(d.m, after)) == 0 {
		return nil
	}
	if err := s.mayEdit(d.m, after); err != nil {
		return err
	}
	kind := s.kindOf(d.m, after)
	if err := s.Change(kind, d.u, d.m, after); err != nil {
		return err
	}
	before := d.m
	d.m = after
	return s.followStatus(d, before)
}

// offAnew reports whether somebody is switched off who was something else meanwhile than
// before the entries.
func (d *doing) offAnew() bool {
	return d.m.Status == directory.Inactive && d.m.Resumes.String() != d.before["status"].Text()
}

// mayEdit refuses what the actor may not set: a home unit, an end that is past, and
// what the change gives (ROLE-6).
func (s *restoring) mayEdit(before, after directory.Member) error {
	if before.Unit != after.Unit {
		u, found := s.Rights.Tree().Unit(after.Unit)
		if !found {
			return directory.InvalidField("unit", "unit.not_found", nil)
		}
		if err := s.mayHome(u); err != nil {
			return err
		}
	}
	if !before.Ends.Equal(after.Ends) {
		if err := s.mayLive(after); err != nil {
			return err
		}
	}
	had := RolesOf(before)
	for _, id := range RolesOf(after) {
		role, _ := s.role(id)
		if slices.Contains(had, id) {
			continue
		}
		if refusal := s.mayGive(role, ""); refusal != nil {
			return refusal
		}
	}
	if opens(before.Status, after.Status) {
		return s.MayHand(after, Opens)
	}
	return nil
}

// opens reports whether what somebody holds begins to count, or can be accepted, by
// another status.
func opens(before, after directory.Status) bool {
	closed := func(s directory.Status) bool { return s == directory.Inactive || s == directory.NotInvited }
	return closed(before) && !closed(after)
}

// kindOf is the kind of entry that tells of a change.
func (s *restoring) kindOf(before, after directory.Member) audit.Kind {
	level := s.AdministratorLevel()
	switch {
	case before.Level != level && after.Level == level:
		return audit.AdministratorNamed
	case before.Level == level && after.Level != level:
		return audit.AdministratorExcluded
	case before.Status != directory.Inactive && after.Status == directory.Inactive:
		return audit.MemberDeactivated
	case before.Status == directory.Inactive && after.Status != directory.Inactive:
		return audit.MemberReactivated
	}
	return audit.MemberChanged
}

// followStatus does what goes with another status: seats of whoever is switched off
// are free, an invitation ends with it, or stands again.
func (s *restoring) followStatus(d *doing, before directory.Member) error {
	after := d.m
	if before.Status == after.Status {
		return nil
	}
	if before.Status == directory.Invited {
		s.Withdraw(d.u, before)
	}
	switch {
	case after.Status == directory.Inactive:
		s.freed = append(s.freed, after.ID)
		return s.vacate(d.u, before)
	case before.Status == directory.Inactive:
		s.Unsay(d.u, directory.TopicPlace)
	}
	if after.Status == directory.Invited {
		s.reopened = append(s.reopened, after.ID)
	}
	return nil
}

// unsent takes an invitation back that was sent again, as long as it has not left: the
// one before stands again.
func (s *restoring) unsent(d *doing) error {
	if err := s.Reach(d.m); err != nil {
		return err
	}
	if d.m.Status != directory.Invited {
		d.left("status")
		return nil
	}
	if n := s.mails[store.MailMoment{User: d.u.ID, At: d.until}]; n.Waiting == 0 {
		return directory.Refuse(directory.Conflict, "undo.mail_gone")
	}
	s.Withdraw(d.u, d.m)
	s.reopened = append(s.reopened, d.m.ID)
	return nil
}

// value is a field of a member as values are compared.
func (s *restoring) value(m directory.Member, field string) string {
	switch field {
	case "status":
		return m.Status.String()
	case "unit":
		return normal(audit.Thing(audit.Unit, m.Unit, ""))
	case "company":
		return normal(audit.Thing(audit.Company, m.Company, ""))
	case "functions":
		return normal(s.rolesValue(m.Functions))
	case "access_level":
		return normal(s.levelsValue(m.Levels()))
	case "first_name":
		return m.Suggested.First
	case "last_name":
		return m.Suggested.Last
	case "ends":
		return audit.Time(m.Ends).Text()
	}
	for _, text := range m.PlaceTexts.Each() {
		if text.Kind.Field() == field {
			return *text.Value
		}
	}
	return ""
}

// normal is a value of an entry as value is: a company that was merged since is the one
// that it went into, and no home unit is the root.
func (s *restoring) normal(field string, v audit.Value) string {
	switch field {
	case "company":
		if keys := keysIn[directory.CompanyID](v, audit.Company); len(keys) == 1 && s.Companies[keys[0]].ID != 0 {
			return normal(audit.Thing(audit.Company, s.Companies[keys[0]].ID, ""))
		}
	case "unit":
		if v.IsZero() {
			return normal(audit.Thing(audit.Unit, s.Account.Root, ""))
		}
	}
	return normal(v)
}

// put sets a field of a member to what it was. Roles that are archived since, or gone,
// are named and left.
func (s *restoring) put(d *doing, m *directory.Member, field string, v audit.Value) {
	switch field {
	case "status":
		s.putStatus(m, v)
	case "unit":
		if m.Unit = s.Account.Root; !v.IsZero() {
			m.Unit = directory.UnitID(firstKey(v, audit.Unit))
		}
	case "company":
		m.Company = 0
		if key := directory.CompanyID(firstKey(v, audit.Company)); key != 0 {
			m.Company = s.Companies[key].ID
		}
	case "functions":
		m.Functions = s.standing(d, field, v)
	case "access_level":
		*m = s.leveled(*m, s.standing(d, field, v)...)
	case "first_name":
		m.Suggested.First = v.Text()
	case "last_name":
		m.Suggested.Last = v.Text()
	case "ends":
		m.Ends, _ = v.Time()
	default:
		for _, text := range m.PlaceTexts.Each() {
			if text.Kind.Field() == field {
				*text.Value = v.Text()
			}
		}
	}
}

// putStatus gives somebody a status back. Who is switched off again goes back on
// reactivation to what they are now.
func (s *restoring) putStatus(m *directory.Member, v audit.Value) {
	status, known := directory.ParseStatus(v.Text())
	if !known || status == m.Status {
		return
	}
	resumes := directory.Status(0)
	if status == directory.Inactive {
		resumes = m.Status
	}
	m.Status, m.Resumes = status, resumes
}

// firstKey is the key of the thing that a value names, or 0.
func firstKey(v audit.Value, noun audit.Noun) int64 {
	if keys := keysIn[int64](v, noun); len(keys) > 0 {
		return keys[0]
	}
	return 0
}

// standing are the roles that a value names, without those that are archived since.
func (s *restoring) standing(d *doing, field string, v audit.Value) []directory.RoleID {
	var roles []directory.RoleID
	for _, id := range keysIn[directory.RoleID](v, audit.Role) {
		role, known := s.role(id)
		if known && role.Archived.IsZero() {
			roles = append(roles, id)
			continue
		}
		d.v.Because = append(d.v.Because, gate.Because{Field: field, What: role.Name(s.Account.Language), Why: archivedSince(role.Name(s.Account.Language))})
	}
	return roles
}

// archivedSince refuses what is archived since, by its name.
func archivedSince(name string) *directory.Error {
	return &directory.Error{Kind: directory.Conflict, Code: "undo.archived", Args: directory.Args{"Name": name}}
}

// mayAt refuses with denied.permission, where the person is not of the plan's own act.
func (s *restoring) mayAt(permission authz.Permission, unit directory.UnitID) error {
	s.Plan.Relies(store.Asked{Permission: string(permission), Unit: unit})
	return gate.Require(s.Rights, permission, unit)
}
