package roster

import (
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// parts take back what somebody was given or lost besides their place: roles at units,
// seats, what they brought along, places in projects. With a place that comes back, all
// comes back that ended with it.
func (s *restoring) parts(d *doing) error {
	for _, do := range []func(*doing) error{s.grantsBack, s.seatsBack, s.externalsBack, s.placesBack} {
		if err := do(d); err != nil {
			return err
		}
	}
	return nil
}

// grantsBack gives roles at units back that ended, and ends those that were given.
func (s *restoring) grantsBack(d *doing) error {
	nets := slices.Clone(d.grants)
	if !d.went.IsZero() {
		for _, g := range s.ended.Grants {
			if g.Member == d.m.ID && g.To.Equal(d.went) {
				nets = append(nets, grantNet{role: s.RoleValue(g.Role), unit: g.Unit, before: true, until: d.went})
			}
		}
	}
	for _, n := range nets {
		if n.before == n.after {
			continue
		}
		role, known := s.role(directory.RoleID(firstKey(n.role, audit.Role)))
		name := role.Name(s.Account.Language)
		if !known {
			if err := d.because("role", name, archivedSince(name)); err != nil {
				return err
			}
			continue
		}
		if err := d.because("role", name, s.grantBack(d, n, role)); err != nil {
			return err
		}
	}
	return nil
}

func (s *restoring) grantBack(d *doing, n grantNet, role directory.Role) error {
	if !InSight(s.Rights, d.m, s.granting.live[d.m.ID]) {
		return directory.Refuse(directory.NotFound, "member.not_found")
	}
	grant, has := s.granting.held(d.m.ID, role.ID, n.unit)
	switch {
	case has == n.before:
		return nil
	case has && grant.From.After(n.until): // ended, and given again since
		d.left("role")
		return nil
	case has:
		if refusal := MayEnd(s.Rights, role, n.unit, ""); refusal != nil {
			return refusal
		}
		s.granting.end(d.m, grant)
		return nil
	case !role.Archived.IsZero():
		return archivedSince(role.Name(s.Account.Language))
	}
	if refusal := s.granting.MayGive(role, n.unit, ""); refusal != nil {
		return refusal
	}
	s.granting.give(d.m, role, n.unit)
	return nil
}

// seatsBack gives seats back that ended, where one is free, and ends those that were
// assigned.
func (s *restoring) seatsBack(d *doing) error {
	for _, n := range d.seats {
		if n.before == n.after {
			continue // it followed them to another unit
		}
		err := s.ReachBy(authz.AssignSeats, d.m)
		if err == nil {
			err = s.seatBack(d, n)
		}
		if err := d.because("product", s.offerName(n), err); err != nil {
			return err
		}
	}
	return nil
}

func (s *restoring) offerName(n offerNet) string {
	text := n.before
	if text == "" {
		text = n.after
	}
	return s.seats.declared.OfferName(directory.OfferOf(text), s.Account.Language)
}

func (s *restoring) seatBack(d *doing, n offerNet) error {
	held, err := s.seatsLike(d.m, directory.Offer{Product: n.product})
	if err != nil {
		return err
	}
	now, since := "", time.Time{}
	if len(held) > 0 {
		pool, _ := s.seats.stock.Pool(held[0].Pool)
		now, since = pool.Offer.String(), held[0].From
	}
	switch {
	case now == n.before:
		return nil
	case now != n.after || since.After(n.until):
		d.left("product")
		return nil
	case n.before != "" && d.m.Status == directory.Inactive:
		return Inactive(d.u, d.m)
	}
	free := s.asIfFree(d.m.ID, held)
	var chosen pick
	if n.before != "" {
		chosen, err = s.pickSeat(d.m, directory.OfferOf(n.before))
	}
	free()
	if err != nil {
		return err
	}
	for _, seat := range held {
		s.giveBack(d.u, d.m, seat)
	}
	if n.before != "" {
		s.takeSeat(d.u, d.m, chosen)
	}
	return nil
}

// externalsBack lets people bring along again what they did, and takes back what they
// were said to.
func (s *restoring) externalsBack(d *doing) error {
	nets := slices.Clone(d.externals)
	if !d.went.IsZero() {
		for _, e := range s.ended.Externals {
			if e.Member == d.m.ID && e.To.Equal(d.went) {
				nets = append(nets, offerNet{product: e.Product, before: e.Product, since: d.went, until: d.went})
			}
		}
	}
	for _, n := range nets {
		if n.before == n.after {
			continue
		}
		err := s.ReachBy(authz.AssignSeats, d.m)
		if err == nil {
			err = s.externalBack(d, n)
		}
		if err := d.because("product", s.offerName(n), err); err != nil {
			return err
		}
	}
	return nil
}

func (s *restoring) externalBack(d *doing, n offerNet) error {
	of := func(all []directory.External, fits func(directory.External) bool) (directory.External, bool) {
		i := slices.IndexFunc(all, func(e directory.External) bool { return e.Member == d.m.ID && e.Product == n.product && fits(e) })
		if i < 0 {
			return directory.External{}, false
		}
		return all[i], true
	}
	now, has := of(s.open.Externals, func(directory.External) bool { return true })
	switch {
	case has == (n.before != ""):
		return nil
	case has && now.From.After(n.until):
		d.left("product")
		return nil
	case has:
		s.over = append(s.over, now.ID)
		RecordExternal(s.Plan, audit.ExternalEnded, d.m, now)
		return nil
	}
	was, found := of(s.ended.Externals, func(e directory.External) bool { return e.To.Equal(n.since) })
	if !found || was.Over(s.Plan.Now) {
		return directory.Refuse(directory.Conflict, "undo.external_over")
	}
	if was.Proof == directory.Entered && d.went.IsZero() && !s.Actor.MayDuty(authz.ManageSubscriptions) {
		return directory.Refuse(directory.Denied, "undo.external_entered") // the vendor's to say
	}
	was.ID, was.From, was.By = directory.ExternalID(s.Plan.NewKey()), s.Plan.Now, s.Actor.User
	s.brought = append(s.brought, was)
	RecordExternal(s.Plan, audit.ExternalStated, d.m, was)
	return nil
}

// RecordExternal tells the history that somebody brings a subscription along, or does
// no more.
func RecordExternal(p *gate.Plan, kind audit.Kind, m directory.Member, e directory.External) {
	entry := p.Entry(kind, m.User, int64(m.ID))
	entry.Unit = m.Unit
	before, after := "", e.Product
	if kind == audit.ExternalEnded {
		before, after = after, before
	}
	entry.Note("product", before, after)
	entry.Note("proof", "", string(e.Proof))
	if kind == audit.ExternalStated && !e.Ends.IsZero() {
		entry.NoteValue("ends", audit.Nothing, audit.Time(e.Ends))
	}
	p.Record(entry)
}

// placesBack gives places in projects back, as they were, and ends those that were
// given.
func (s *restoring) placesBack(d *doing) error {
	nets := slices.Clone(d.places)
	if !d.went.IsZero() {
		for _, p := range s.ended.Places {
			if p.Member == d.m.ID && p.To.Equal(d.went) {
				nets = append(nets, placeNet{project: p.Project, before: true, since: d.went, until: d.went})
			}
		}
	}
	for _, n := range nets {
		if !n.before && !n.after {
			continue
		}
		project, _ := s.Rights.Tree().Unit(n.project)
		name := ""
		if s.Rights.SeesProject(n.project) {
			name = project.Name
		}
		err := s.mayAt(authz.ManageMembers, n.project)
		if refusal := ArchivedAt(s.Rights.Tree(), n.project); err == nil && refusal != nil {
			err = archivedSince(name)
		}
		if err == nil {
			err = s.placeBack(d, n)
		}
		if err := d.because("access", name, err); err != nil {
			return err
		}
	}
	return nil
}

// placeAt is the place of somebody in a project that fits; the last of them.
func placeAt(all []directory.Place, m directory.MemberID, n placeNet, fits func(directory.Place) bool) (directory.Place, bool) {
	var last directory.Place
	for _, p := range all {
		if p.Member == m && p.Project == n.project && fits(p) {
			last = p
		}
	}
	return last, last.ID != 0
}

// placeBack compares the place that there is with the one that the entries left behind,
// and gives back what is still so.
func (s *restoring) placeBack(d *doing, n placeNet) error {
	now, has := placeAt(s.open.Places, d.m.ID, n, func(directory.Place) bool { return true })
	was, had := placeAt(s.ended.Places, d.m.ID, n, func(p directory.Place) bool { return p.To.Equal(n.since) && p.From.Before(n.since) })
	switch {
	case n.before && !had:
		d.left("access")
		return nil
	case has && !n.after || !has && n.after:
		if has == n.before && (!has || s.samePlace(now, was)) {
			return nil
		}
		d.left("access")
		return nil
	case !n.before:
		if now.From.After(n.until) {
			d.left("access")
			return nil
		}
		s.endPlace(d.u, now)
		return nil
	case !has:
		return s.startPlace(d, was)
	}
	became := now
	if then, found := placeAt(slices.Concat(s.open.Places, s.ended.Places), d.m.ID, n, func(p directory.Place) bool { return p.From.Equal(n.until) }); found {
		became = then
	}
	return s.changePlace(d, now, s.mergedPlace(d, now, was, became))
}

// samePlace reports whether two places give the same.
func (s *restoring) samePlace(a, b directory.Place) bool {
	return a.Company == b.Company && a.Level == b.Level && slices.Equal(a.Functions, b.Functions) && a.Access.Equal(b.Access)
}

// mergedPlace is a place with what it was where it is still what it became; what was
// changed since is named and left.
func (s *restoring) mergedPlace(d *doing, now, was, became directory.Place) directory.Place {
	after := now
	field := func(name string, changed, same, still bool, put func()) {
		switch {
		case !changed || same:
		case still:
			put()
		default:
			d.left(name)
		}
	}
	field("company", was.Company != became.Company, now.Company == was.Company, now.Company == became.Company, func() { after.Company = was.Company })
	field("functions", !slices.Equal(was.Functions, became.Functions), slices.Equal(now.Functions, was.Functions), slices.Equal(now.Functions, became.Functions),
		func() { after.Functions = was.Functions })
	field("access_level", was.Level != became.Level, now.Level == was.Level, now.Level == became.Level, func() { after.Level = was.Level })
	field("access", !was.Access.Equal(became.Access), now.Access.Equal(was.Access), now.Access.Equal(became.Access), func() { after.Access = was.Access })
	return after
}

// givesThere refuses roles of a place that the actor may not give there (ROLE-6), or
// that are archived since.
func (s *restoring) givesThere(p directory.Place, has []directory.RoleID) *directory.Error {
	for _, id := range append([]directory.RoleID{p.Level}, p.Functions...) {
		role, known := s.role(id)
		switch {
		case id == 0 || slices.Contains(has, id):
			continue
		case !known || !heldInProjects(role):
			return archivedSince(role.Name(s.Account.Language))
		}
		if refusal := (Gift{role, p.Project, ""}).Refusal(s.Rights, s.Account.Language); refusal != nil {
			return refusal
		}
	}
	return nil
}

func (s *restoring) startPlace(d *doing, p directory.Place) error {
	if d.m.Status == directory.Inactive && d.went.IsZero() {
		return &directory.Error{Kind: directory.Conflict, Code: "place.inactive", Args: directory.Args{"Name": NameOf(d.u, d.m)}}
	}
	if refusal := s.givesThere(p, nil); refusal != nil {
		return refusal
	}
	p = s.newPlace(p)
	s.Plan.Record(s.placeEntry(audit.PlaceAdded, d.u, directory.Place{Project: p.Project}, p))
	return nil
}

// newPlace begins a place now.
func (s *restoring) newPlace(p directory.Place) directory.Place {
	p.ID, p.From, p.To = directory.PlaceID(s.Plan.NewKey()), s.Plan.Now, time.Time{}
	s.starts = append(s.starts, p)
	return p
}

func (s *restoring) endPlace(u directory.User, p directory.Place) {
	s.ends = append(s.ends, p)
	s.Plan.Record(s.placeEntry(audit.PlaceRemoved, u, p, directory.Place{Project: p.Project}))
	s.unsaid = append(s.unsaid, directory.MailTopic(directory.TopicProject, s.Account.ID, p.About(u.ID)))
}

func (s *restoring) changePlace(d *doing, before, after directory.Place) error {
	if s.samePlace(before, after) {
		return nil
	}
	if refusal := s.givesThere(after, append([]directory.RoleID{before.Level}, before.Functions...)); refusal != nil {
		return refusal
	}
	s.ends = append(s.ends, before)
	s.Plan.Record(s.placeEntry(audit.PlaceChanged, d.u, before, s.newPlace(after)))
	return nil
}
