package roster

import (
	"context"
	"maps"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// start gives somebody a place in the project, and records it.
func (s *placing) start(u directory.User, p directory.Place) {
	s.begin(p)
	s.Plan.Record(s.placeEntry(audit.PlaceAdded, u, directory.Place{Project: p.Project}, p))
	if s.quiet(u) {
		return
	}
	s.Plan.Mail(directory.Mail{Account: s.Account.ID, User: u.ID, Address: u.Email, Kind: directory.MailProjectAdded, About: p.About(u.ID),
		Due: s.Plan.Now.Add(directory.UndoWindow), Path: directory.MailProjectAdded.Path(s.Account.Number) + "/" + s.ground.Project.UUID,
		Language: LanguageOf(u, s.Account), Facts: map[string]string{directory.FactActor: s.Plan.By, directory.FactProject: s.ground.Project.Name}})
}

// quiet reports whether nobody is told of a place: who gives it to themselves, who is
// asked into the account anyhow and learns it there, and where the form says so.
func (s *placing) quiet(u directory.User) bool {
	return s.o.Silent || u.ID == s.Plan.Actor.User || u.Technical() || s.places[u.ID].Status != directory.Active
}

// begin is start without its record.
func (s *placing) begin(p directory.Place) {
	p.ID, p.From = directory.PlaceID(s.Plan.NewKey()), s.Plan.Now
	s.starts = append(s.starts, p)
	s.there[p.Member] = p
}

// end ends a place that was there, without a record; one of the same plan was never
// written.
func (s *placing) end(p directory.Place) {
	delete(s.there, p.Member)
	if i := slices.IndexFunc(s.starts, func(o directory.Place) bool { return o.ID == p.ID }); i >= 0 {
		s.starts = slices.Delete(s.starts, i, i+1)
		return
	}
	s.ends = append(s.ends, p)
}

// settlePlaces hands the places to the plan, those that end first.
func (s *placing) settlePlaces() {
	if len(s.ends) > 0 {
		s.Plan.Change(store.EndPlaces{Account: s.Account.ID, Places: s.ends})
	}
	if len(s.starts) > 0 {
		s.Plan.Change(store.InsertPlaces{Account: s.Account.ID, Places: s.starts})
	}
}

func (s *placing) placeChanges(u directory.User, before, after directory.Place) []audit.Change {
	e := s.placeEntry(audit.PlaceChanged, u, before, after)
	return append(e.Facts, e.Personal...)
}

// placeEntry records a place as it was and as it is; of one that begins there was
// nothing.
func (ro *Roster) placeEntry(kind audit.Kind, u directory.User, before, after directory.Place) audit.Entry {
	e := ro.Plan.Entry(kind, u.ID, int64(after.Project))
	e.Unit = after.Project
	if before.Company != after.Company {
		e.NoteValue("company", ro.companyValue(before.Company), ro.companyValue(after.Company))
	}
	if !slices.Equal(before.Functions, after.Functions) {
		e.NoteValue("functions", ro.rolesValue(before.Functions), ro.rolesValue(after.Functions))
	}
	if before.Level != after.Level {
		e.NoteValue("access_level", ro.RoleValue(before.Level), ro.RoleValue(after.Level))
	}
	if !before.Access.Equal(after.Access) {
		e.NoteValue("access", AccessValue(before.Access), AccessValue(after.Access))
	}
	return e
}

// AccessValue is an access as history keeps it: "product/word", and
// "product/tool/level" for what was set by hand.
func AccessValue(access directory.Access) audit.Value {
	var values []audit.Value
	for _, product := range access.Products() {
		values = append(values, audit.Text(product+"/"+access.Of(product)))
		tools := access[product].Tools
		for _, tool := range slices.Sorted(maps.Keys(tools)) {
			values = append(values, audit.Text(product+"/"+tool+"/"+tools[tool]))
		}
	}
	if len(values) == 0 {
		return audit.Nothing
	}
	return audit.List(values...)
}

// AccessIn is what AccessValue made of an access.
func AccessIn(v audit.Value) directory.Access {
	access := directory.Access{}
	for _, one := range v.Values() {
		product, word, _ := strings.Cut(one.Text(), "/")
		tool, level, byHand := strings.Cut(word, "/")
		if !byHand {
			access = access.With(product, word)
			continue
		}
		given := access[product]
		if given.Tools == nil {
			given.Tools = map[string]string{}
		}
		given.Tools[tool] = level
		access[product] = given
	}
	return access
}

// A PlaceChange is what becomes of places in a project. What is nil stays.
type PlaceChange struct {
	Company   *string                      // a name; empty: none
	Functions *[]string                    // codes; they set level and access too, where those are not said (ADD-4)
	Level     *string                      // code
	Access    map[string]string            // by product, in the words of directory.Access.Of
	Tools     map[string]map[string]string // by product and tool, the level; empty: as usual (PROJ-12)
	// Leave confirms that whoever loses the base product by the change leaves the
	// project with it (PROJ-5).
	Leave bool
	// Seen is the place that the change was made on (PLAN-4); 0: whatever it is.
	Seen directory.PlaceID
	// SeenEach are those of an act on many; who is not in it, or with 0, has whatever
	// place they have.
	SeenEach map[directory.MemberID]directory.PlaceID `json:"-"`
}

// Check cleans the company's name, and refuses one that is too long or no text.
func (c *PlaceChange) Check() *directory.Error {
	if c.Company == nil {
		return nil
	}
	clean, refusal := directory.CompanyName.Clean(*c.Company)
	c.Company = &clean // the asker's own stays as it was typed
	return refusal
}

// ChangePlaces plans a change of the places that members of these keys have in a
// project, in a plan that has asked for managing its members. It refuses at a member
// with place.not_found, place.base_off without the confirmation, and
// place.administrator_has_all where a product is taken from a project administrator,
// with stale where the place is another one than was seen, and otherwise as PlaceRows
// does; as a whole a company's name that is none.
func (w *Writer) ChangePlaces(ctx context.Context, at OnGround, keys []directory.MemberID, c PlaceChange) error {
	if refusal := c.Check(); refusal != nil {
		return refusal
	}
	return w.eachPlace(ctx, at, keys, func(s *placing, v gate.Verdict, u directory.User, before directory.Place) (gate.Verdict, error) {
		if c.Seen != 0 && c.Seen != before.ID {
			refusal, fault := gate.AsRefusal(gate.Stale(ctx, at.Reader, store.LatestQuery{Account: at.Plan.Account, Subject: u.ID, Object: int64(before.Project),
				Kinds: []audit.Kind{audit.PlaceAdded, audit.PlaceChanged}}))
			return v.Refused(refusal), fault
		}
		after, refusal := s.changed(before, v.Name, c)
		switch {
		case refusal == errLeaves:
			return s.left(v, u, before), nil
		case refusal != nil:
			return v.Refused(refusal), nil
		}
		return s.turn(v, u, before, after), nil
	}, c.names()...)
}

// RemovePlaces plans that members of these keys leave a project; they stay in the
// account (PROJ-6).
//
// It refuses with stale a member who has another place than was seen.
func (w *Writer) RemovePlaces(ctx context.Context, at OnGround, keys []directory.MemberID, seen map[directory.MemberID]directory.PlaceID) error {
	return w.eachPlace(ctx, at, keys, func(s *placing, v gate.Verdict, u directory.User, before directory.Place) (gate.Verdict, error) {
		if isAnother(seen, before) {
			return v.Refused(directory.Refuse(directory.Conflict, "stale")), nil
		}
		return s.left(v, u, before), nil
	})
}

// isAnother reports whether a place is another one than was seen (PLAN-4).
func isAnother(seen map[directory.MemberID]directory.PlaceID, place directory.Place) bool {
	id := seen[place.Member]
	return id != 0 && id != place.ID
}

// InvitePlaces plans that members of these keys who have a place in a project and have
// not accepted their invitation are asked again: the old link dies (INV-3, INV-8).
func (w *Writer) InvitePlaces(ctx context.Context, at OnGround, keys []directory.MemberID) error {
	return w.eachPlace(ctx, at, keys, func(s *placing, v gate.Verdict, u directory.User, _ directory.Place) (gate.Verdict, error) {
		s.hands.invited = false
		err := s.hands.Invite(v.Member, u)
		refusal, fault := gate.AsRefusal(err)
		if refusal != nil {
			return v.Refused(refusal), nil
		}
		v.Outcome, v.Invited = gate.Changed, s.hands.invited
		return v, fault
	})
}

// names are the companies that a change names.
func (c PlaceChange) names() []string {
	if c.Company == nil || directory.Fold(*c.Company) == "" {
		return nil
	}
	return []string{*c.Company}
}

// A placeAct does something to one place, and answers its verdict.
type placeAct func(s *placing, v gate.Verdict, u directory.User, before directory.Place) (gate.Verdict, error)

// eachPlace plans an act on the places of members in a project.
func (w *Writer) eachPlace(ctx context.Context, at OnGround, keys []directory.MemberID, do placeAct, companies ...string) error {
	r, p := at.Reader, at.Plan
	s, err := w.placing(ctx, at, nil, PlaceOptions{Change: true})
	if err != nil {
		return err
	}
	if s.named, err = r.CompaniesByName(ctx, p.Account, companies); err != nil {
		return err
	}
	for _, c := range s.named {
		s.Companies[c.ID] = c
	}
	if s.there, err = r.PlacesIn(ctx, at.Project.ID, keys); err != nil {
		return err
	}
	if err := s.companiesOf(ctx, r); err != nil {
		return err
	}
	members, users, err := peopleOf(ctx, r, p.Account, keys)
	if err != nil {
		return err
	}
	s.hands = w.Hands(ctx, r, s.Roster, keys)
	maps.Copy(s.People, users)
	for _, m := range members {
		u := users[m.User]
		v := gate.Verdict{Subject: int64(m.ID), Name: NameOf(u, m), Email: u.Email, Member: m, Outcome: gate.Unchanged}
		place, is := s.there[m.ID]
		if !is {
			p.Verdicts = append(p.Verdicts, v.Refused(directory.Refuse(directory.NotFound, "place.not_found")))
			continue
		}
		if v, err = do(s, v, u, place); err != nil {
			return err
		}
		p.Verdicts = append(p.Verdicts, v)
	}
	if err := s.Settle(ctx, r); err != nil {
		return err
	}
	s.settlePlaces()
	if len(s.hands.Invitees) > 0 {
		return w.PlanInvitation(p, s.Roster, s.hands.Invitees...)
	}
	return nil
}

// peopleOf reads members and who they are.
func peopleOf(ctx context.Context, r *store.Reader, account directory.AccountID, keys []directory.MemberID) ([]directory.Member, map[directory.UserID]directory.User, error) {
	members, err := r.Members(ctx, account, keys)
	if err != nil {
		return nil, nil, err
	}
	people := make([]directory.UserID, len(members))
	for i, m := range members {
		people[i] = m.User
	}
	users, err := r.Users(ctx, people)
	return members, users, err
}

// left ends a place for good.
func (s *placing) left(v gate.Verdict, u directory.User, before directory.Place) gate.Verdict {
	s.end(before)
	e := s.placeEntry(audit.PlaceRemoved, u, before, directory.Place{Project: before.Project})
	s.Plan.Record(e)
	s.unsaid = append(s.unsaid, directory.MailTopic(directory.TopicProject, s.Account.ID, before.About(u.ID)))
	v.Outcome, v.Changes = gate.Changed, append(e.Facts, e.Personal...)
	return v
}

// errLeaves says that a change takes somebody out of the project (PROJ-5).
var errLeaves = &directory.Error{Kind: directory.Conflict}

// changed is a place as a change leaves it.
func (s *placing) changed(before directory.Place, name string, c PlaceChange) (directory.Place, *directory.Error) {
	after := before
	if isAnother(c.SeenEach, before) {
		return after, directory.Refuse(directory.Conflict, "stale")
	}
	if c.Company != nil {
		if refusal := s.mayName(*c.Company); refusal != nil {
			return after, refusal
		}
	}
	if c.Access[s.ground.Base] == directory.NoAccess && s.ground.Base != "" {
		if !c.Leave {
			return after, &directory.Error{Kind: directory.Conflict, Code: "place.base_off", Field: "access",
				Args: directory.Args{"Name": name, "Product": s.productName(s.ground.Base)}}
		}
		return after, errLeaves
	}
	if refusal := s.changedRoles(&after, c); refusal != nil {
		return after, refusal
	}
	if refusal := s.changedAccess(&after, name, c); refusal != nil {
		return after, refusal
	}
	if c.Company != nil {
		after.Company, _ = s.employer(*c.Company, 0)
	}
	return after, nil
}

// changedRoles puts functions and level into a place, and what they bring along
// where nothing else is said (ADD-4).
func (s *placing) changedRoles(after *directory.Place, c PlaceChange) *directory.Error {
	level := ""
	if c.Functions != nil {
		functions, keys := []directory.Role{}, []directory.RoleID{}
		for _, code := range *c.Functions {
			role, refusal := s.stays(after.Functions, directory.Function, code, "function")
			if refusal != nil {
				return refusal
			}
			if !slices.Contains(keys, role.ID) { // one that is said twice is held once
				functions, keys = append(functions, role), append(keys, role.ID)
			}
		}
		if !slices.Equal(keys, after.Functions) {
			after.Functions = keys
			if c.Level == nil && len(keys) > 0 {
				level = s.ground.UsualLevel(functions).Code
			}
			if c.Access == nil && len(keys) > 0 {
				after.Access = s.keepTools(after.Access, s.ground.Usual(functions))
			}
		}
	}
	if c.Level != nil {
		level = *c.Level
	}
	if level == "" && c.Level == nil {
		return nil
	}
	role, refusal := s.stays([]directory.RoleID{after.Level}, directory.Level, level, "access_level")
	if refusal == nil {
		after.Level = role.ID
	}
	return refusal
}

// stays is a role that somebody has already, whatever became of it, or one that the
// actor may give.
func (s *placing) stays(has []directory.RoleID, kind directory.RoleKind, code, field string) (directory.Role, *directory.Error) {
	if role, known := s.RoleByCode(kind, code); known && slices.Contains(has, role.ID) {
		return role, nil
	}
	return s.giveableThere(kind, code, field)
}

// keepTools is access with the levels of tools that were set by hand before.
func (s *placing) keepTools(before, after directory.Access) directory.Access {
	for product, given := range after {
		given.Tools = before[product].Tools
		after[product] = given
	}
	return after
}

// changedAccess puts access and levels of tools into a place.
func (s *placing) changedAccess(after *directory.Place, name string, c PlaceChange) *directory.Error {
	access, refusal := s.accessOf(after.Access, c.Access)
	if refusal != nil {
		return refusal
	}
	if s.administers(*after) {
		for product, word := range c.Access {
			if word != directory.AdministratorAccess && access.Of(product) != after.Access.Of(product) {
				return &directory.Error{Kind: directory.Conflict, Code: "place.administrator_has_all", Field: "access", Args: directory.Args{"Name": name}}
			}
		}
	}
	for product, tools := range c.Tools {
		if access, refusal = s.toolsOf(access, product, tools); refusal != nil {
			return refusal
		}
	}
	after.Access = access
	return nil
}

// administers reports whether a place manages the project.
func (s *placing) administers(p directory.Place) bool {
	return slices.ContainsFunc(append([]directory.RoleID{p.Level}, p.Functions...), func(id directory.RoleID) bool {
		role, known := s.role(id)
		return known && AdministersProject(role)
	})
}

// toolsOf sets levels of a product's tools by hand (PROJ-12). It refuses with
// field.unknown_choice a tool or a level there is not, and with place.no_product
// where the product is not given.
func (s *placing) toolsOf(access directory.Access, product string, levels map[string]string) (directory.Access, *directory.Error) {
	declared, refusal := s.ground.product(s.declared, product, s.Account.Language)
	if refusal != nil {
		return nil, refusal
	}
	given, is := access[product]
	if !is {
		return nil, directory.InvalidField("tools", "place.no_product", directory.Args{"Product": s.productName(product)})
	}
	given.Tools = maps.Clone(given.Tools)
	for id, level := range levels {
		tool, known := declared.Tool(id)
		if !known || level != "" && tool.Rank(level) < 0 {
			return nil, directory.InvalidField("tools", "field.unknown_choice", directory.Args{"Value": directory.Short(id+" "+level, directory.Quoted)})
		}
		if given.Tools == nil {
			given.Tools = map[string]string{}
		}
		given.Tools[id] = level
		if level == "" {
			delete(given.Tools, id)
		}
	}
	access = maps.Clone(access)
	access[product] = given
	return access, nil
}

func (s *placing) productName(id string) string {
	p, _ := s.declared.Product(id)
	return p.Label.In(s.Account.Language)
}
