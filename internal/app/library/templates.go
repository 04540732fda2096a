package library

import (
	"context"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A ListedTemplate is a template without its places, with how many members a project
// begins with, and its type.
type ListedTemplate struct {
	directory.Template
	Of      directory.ProjectType // zero: none
	Members int64
}

// Templates lists the account's templates by name, archived ones too. It refuses
// without library.manage at the root.
func (s *Library) Templates(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]ListedTemplate, error) {
	var found []ListedTemplate
	err := s.view(ctx, actor, account, func(r *store.Reader, _ authz.Rights) (err error) {
		found, err = listed(ctx, r, account)
		return err
	})
	return found, err
}

func listed(ctx context.Context, r *store.Reader, account directory.AccountID) ([]ListedTemplate, error) {
	lines, err := r.Templates(ctx, account)
	if err != nil {
		return nil, err
	}
	types, err := r.ProjectTypes(ctx, account)
	if err != nil {
		return nil, err
	}
	found := make([]ListedTemplate, len(lines))
	for i, l := range lines {
		found[i] = ListedTemplate{Template: l.Template, Members: l.Members}
		if at := slices.IndexFunc(types, func(t directory.ProjectType) bool { return t.ID == l.Type }); at >= 0 {
			found[i].Of = types[at]
		}
	}
	return found, nil
}

// A ShownTemplate is a template with whom a project begins with.
type ShownTemplate struct {
	ListedTemplate
	People []TemplatePerson // by name
}

// A TemplatePerson is a member's place in a template.
type TemplatePerson struct {
	Member    string // public id
	Name      string
	Company   string
	Level     directory.Role // zero: none
	Functions []directory.Role
	Access    directory.Access
	LeftOut   bool // switched off: a project begins without them
}

// Template shows a template: who has left the account is not in it any more. It
// refuses without library.manage at the root, and with template.not_found.
func (s *Library) Template(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (ShownTemplate, error) {
	var shown ShownTemplate
	err := s.view(ctx, actor, account, func(r *store.Reader, _ authz.Rights) error {
		all, err := listed(ctx, r, account)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(t ListedTemplate) bool { return t.UUID == id })
		if i < 0 {
			return templateNotFound()
		}
		shown.ListedTemplate = all[i]
		shown.People, err = people(ctx, r, account, all[i].ID)
		return err
	})
	return shown, err
}

func templateNotFound() error { return directory.Refuse(directory.NotFound, "template.not_found") }

func people(ctx context.Context, r *store.Reader, account directory.AccountID, template directory.TemplateID) ([]TemplatePerson, error) {
	places, err := r.TemplatePlaces(ctx, template)
	if err != nil {
		return nil, err
	}
	c, err := readCast(ctx, r, account, places)
	if err != nil {
		return nil, err
	}
	var all []TemplatePerson
	for _, p := range places {
		if c.gone(p.Member) {
			continue
		}
		m := c.members[p.Member]
		one := TemplatePerson{Member: m.UUID, Name: roster.ListedMember{Member: m, Person: c.users[m.User]}.Name(), Company: c.companies[p.Company].Name,
			Level: c.roles[p.Level], Access: p.Access, LeftOut: c.leftOut(p.Member)}
		for _, f := range p.Functions {
			if o, there := c.roles[f]; there {
				one.Functions = append(one.Functions, o)
			}
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b TemplatePerson) int { return strings.Compare(directory.Fold(a.Name), directory.Fold(b.Name)) })
	return all, nil
}

func templateList(lines []store.TemplateLine) list {
	l := list{text: directory.TemplateName, taken: "template.name_taken", archived: "template.name_archived"}
	for _, t := range lines {
		l.lines = append(l.lines, line{int64(t.ID), t.Name, !t.Archived.IsZero()})
	}
	return l
}

// A templateEdit is one change of the templates of an account.
type templateEdit struct {
	*Library
	r       *store.Reader
	plan    *gate.Plan
	account directory.Account
	lines   []store.TemplateLine
	types   []directory.ProjectType
}

func (s *Library) templateEdit(ctx context.Context, r *store.Reader, p *gate.Plan) (e templateEdit, err error) {
	if err = p.Require(manages, 0); err != nil {
		return e, err
	}
	if err = s.gate.FollowCatalogue(ctx, r); err != nil {
		return e, err
	}
	e = templateEdit{Library: s, r: r, plan: p}
	if e.account, err = r.Account(ctx, p.Account); err != nil {
		return e, err
	}
	if e.types, err = r.ProjectTypes(ctx, p.Account); err != nil {
		return e, err
	}
	e.lines, err = r.Templates(ctx, p.Account)
	return e, err
}

// ofType is a type that is chosen: none, what was chosen before, or one that is on the
// list. It refuses at the field type with project_type.not_found and
// project_type.archived.
func (e templateEdit) ofType(id string, before directory.ProjectTypeID) (directory.ProjectTypeID, error) {
	if id == "" {
		return 0, nil
	}
	i := slices.IndexFunc(e.types, func(t directory.ProjectType) bool { return t.UUID == id })
	switch {
	case i < 0:
		return 0, directory.InvalidField("type", "project_type.not_found", nil)
	case !e.types[i].Archived.IsZero() && e.types[i].ID != before:
		return 0, directory.InvalidField("type", "project_type.archived", directory.Args{"Name": e.types[i].Name})
	}
	return e.types[i].ID, nil
}

// products are those that are switched on, in the order of the catalogue, the base
// product always (PROJ-5); what was on before and is declared no more comes last. It
// refuses at the field products with field.unknown_choice.
func (e templateEdit) products(chosen, before []string) ([]string, error) {
	declared := e.gate.Catalogue().ProductsOf(e.account.Type)
	of := func(id string) bool {
		return slices.ContainsFunc(declared, func(p catalogue.Product) bool { return p.ID == id })
	}
	var on []string
	for _, p := range declared {
		if p.Base || slices.Contains(chosen, p.ID) {
			on = append(on, p.ID)
		}
	}
	for _, id := range chosen {
		switch {
		case of(id), slices.Contains(on, id):
		case slices.Contains(before, id):
			on = append(on, id)
		default:
			return nil, directory.InvalidField("products", "field.unknown_choice", directory.Args{"Value": directory.Short(id, directory.Quoted)})
		}
	}
	return on, nil
}

// add writes a new template and its history. Faults that were found of it already are
// refused with its name's.
func (e templateEdit) add(t directory.Template, faults directory.Faults) (directory.Template, error) {
	var err error
	t.Name, err = templateList(e.lines).free(t.Name, 0)
	if err := faults.With(err); err != nil {
		return t, err
	}
	if err := full("template.too_many", len(e.lines), directory.TemplatesMost); err != nil {
		return t, err
	}
	t.ID, t.UUID, t.Version = directory.TemplateID(e.plan.NewKey()), roster.PublicID(), 1
	e.plan.Change(store.InsertTemplate{Account: e.account.ID, Template: t})
	entry := e.entry(audit.TemplateCreated, directory.Template{}, t)
	entry.NoteValue("count", audit.Nothing, audit.Number(len(t.Places)))
	e.plan.Record(entry)
	return t, nil
}

// entry tells what becomes of a template.
func (e templateEdit) entry(kind audit.Kind, before, after directory.Template) audit.Entry {
	entry := e.plan.Entry(kind, 0, int64(after.ID))
	entry.Note("name", before.Name, after.Name)
	entry.NoteValue("project_type", e.typeValue(before.Type), e.typeValue(after.Type))
	entry.NoteValue("products", audit.Texts(before.Products), audit.Texts(after.Products))
	return entry
}

func (e templateEdit) typeValue(id directory.ProjectTypeID) audit.Value {
	i := slices.IndexFunc(e.types, func(t directory.ProjectType) bool { return t.ID == id })
	if i < 0 {
		return audit.Nothing
	}
	return audit.Thing(audit.ProjectType, id, e.types[i].Name)
}

// A NewTemplate is a template that begins with nobody. Type is a public id, or empty.
type NewTemplate struct {
	Name     string
	Type     string
	Products []string
}

// CreateTemplate makes a template without members: a type and products, the base
// product among them. It refuses without library.manage at the root; at the field name
// with field.required, field.too_long, text.broken, template.name_taken, and
// template.name_archived where one that could be restored bears it; at the field type
// with project_type.not_found and project_type.archived; at products with
// field.unknown_choice; and with template.too_many.
func (s *Library) CreateTemplate(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewTemplate) (directory.Template, error) {
	var made directory.Template
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		e, err := s.templateEdit(ctx, r, p)
		if err != nil {
			return err
		}
		t := directory.Template{Name: n.Name}
		var faults directory.Faults
		t.Type, err = e.ofType(n.Type, 0)
		if err := faults.Note(err); err != nil {
			return err
		}
		t.Products, err = e.products(n.Products, nil)
		if err := faults.Note(err); err != nil {
			return err
		}
		made, err = e.add(t, faults)
		return err
	})
	return made, err
}

// A TemplateChange is what a template is to be from now on. What is nil stays. Version
// is the one the change was made on.
type TemplateChange struct {
	Version  int64
	Name     *string
	Type     *string // public id; empty: none
	Products *[]string
}

// EditTemplate changes what projects begin with from now on; those that have begun
// stay as they are. It refuses as CreateTemplate does, with template.not_found, and
// with stale when somebody changed it meanwhile.
func (s *Library) EditTemplate(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, c TemplateChange) (directory.Template, error) {
	return s.changeTemplate(ctx, actor, account, id, func(e templateEdit, before directory.Template) (audit.Kind, directory.Template, error) {
		after := before
		if before.Version != c.Version {
			return "", after, stale(ctx, e.r, account, before.ID, audit.TemplateChanged, audit.TemplateRenamed, audit.TemplateArchived, audit.TemplateRestored)
		}
		err := e.describe(&after, c)
		if after.Type == before.Type && slices.Equal(after.Products, before.Products) {
			return audit.TemplateRenamed, after, err
		}
		return audit.TemplateChanged, after, err
	})
}

// describe puts into a template what a change says. It refuses all fields at fault.
func (e templateEdit) describe(t *directory.Template, c TemplateChange) (err error) {
	before := *t
	var faults directory.Faults
	if c.Name != nil {
		t.Name, err = templateList(e.lines).free(*c.Name, int64(before.ID))
		if err := faults.Note(err); err != nil {
			return err
		}
	}
	if c.Type != nil {
		t.Type, err = e.ofType(*c.Type, before.Type)
		if err := faults.Note(err); err != nil {
			return err
		}
	}
	if c.Products != nil {
		t.Products, err = e.products(*c.Products, before.Products)
		if err := faults.Note(err); err != nil {
			return err
		}
	}
	return faults.Err()
}

// ArchiveTemplate takes a template off the list that new projects are begun from. One
// that is archived stays so. It refuses without library.manage at the root, and with
// template.not_found.
func (s *Library) ArchiveTemplate(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Template, error) {
	return s.changeTemplate(ctx, actor, account, id, func(e templateEdit, before directory.Template) (audit.Kind, directory.Template, error) {
		after := before
		if before.Archived.IsZero() {
			after.Archived = e.plan.Now
		}
		return audit.TemplateArchived, after, nil
	})
}

// RestoreTemplate puts a template back on the list. It refuses as ArchiveTemplate does.
func (s *Library) RestoreTemplate(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Template, error) {
	return s.changeTemplate(ctx, actor, account, id, func(_ templateEdit, before directory.Template) (audit.Kind, directory.Template, error) {
		after := before
		after.Archived = time.Time{}
		return audit.TemplateRestored, after, nil
	})
}

// changeTemplate changes one template. Nothing changed writes nothing.
func (s *Library) changeTemplate(ctx context.Context, actor authz.Actor, account directory.AccountID, id string,
	change func(e templateEdit, before directory.Template) (audit.Kind, directory.Template, error)) (directory.Template, error) {
	var after directory.Template
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		e, err := s.templateEdit(ctx, r, p)
		if err != nil {
			return err
		}
		before, err := e.named(id)
		if err != nil {
			return err
		}
		var kind audit.Kind
		if kind, after, err = change(e, before); err != nil {
			return err
		}
		if after.Name == before.Name && after.Type == before.Type && after.Archived.Equal(before.Archived) && slices.Equal(after.Products, before.Products) {
			return nil
		}
		p.Change(store.UpdateTemplate(after))
		after.Version++
		p.Record(e.entry(kind, before, after))
		return nil
	})
	return after, err
}

// named is the template of a public id. It refuses with template.not_found.
func (e templateEdit) named(id string) (directory.Template, error) {
	i := slices.IndexFunc(e.lines, func(l store.TemplateLine) bool { return l.UUID == id })
	if i < 0 {
		return directory.Template{}, templateNotFound()
	}
	return e.lines[i].Template, nil
}

// RemoveMember takes a member out of a template; projects that began with it keep
// them. It refuses without library.manage at the root, with template.not_found, and
// with template.member_not_found whom it has not.
func (s *Library) RemoveMember(ctx context.Context, actor authz.Actor, account directory.AccountID, template, member string) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		e, err := s.templateEdit(ctx, r, p)
		if err != nil {
			return err
		}
		t, err := e.named(template)
		if err != nil {
			return err
		}
		m, err := r.MemberByUUID(ctx, account, member)
		if gate.RefusedWith(err, "member.not_found") {
			return memberNotFound()
		} else if err != nil {
			return err
		}
		places, err := r.TemplatePlaces(ctx, t.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(places, func(o directory.Place) bool { return o.Member == m.ID })
		if i < 0 {
			return memberNotFound()
		}
		return e.takeOut(ctx, t, m, places[i])
	})
	return err
}

// takeOut plans that a member is in a template no more.
func (e templateEdit) takeOut(ctx context.Context, t directory.Template, m directory.Member, place directory.Place) error {
	e.plan.Change(store.DeleteTemplatePlace{Template: t.ID, Member: m.ID})
	return e.recordPlace(ctx, e.plan.Entry(audit.TemplateMemberRemoved, m.User, int64(t.ID)), place, directory.Place{})
}

// recordPlace records what becomes of somebody's place in a template.
func (e templateEdit) recordPlace(ctx context.Context, entry audit.Entry, before, after directory.Place) error {
	c, err := readCast(ctx, e.r, e.account.ID, []directory.Place{before, after})
	if err != nil {
		return err
	}
	c.note(&entry, before, after, e.account.Language)
	e.plan.Record(entry)
	return nil
}

// note tells what place somebody had or has again, so that they can (HIST-6).
func (c cast) note(entry *audit.Entry, before, after directory.Place, language string) {
	role := func(id directory.RoleID) audit.Value { return audit.Thing(audit.Role, id, c.roles[id].Name(language)) }
	functions := func(p directory.Place) audit.Value {
		values := make([]audit.Value, len(p.Functions))
		for i, id := range p.Functions {
			values[i] = role(id)
		}
		return audit.List(values...)
	}
	company := func(id directory.CompanyID) audit.Value { return audit.Thing(audit.Company, id, c.companies[id].Name) }
	entry.NoteValue("company", company(before.Company), company(after.Company))
	entry.NoteValue("functions", functions(before), functions(after))
	entry.NoteValue("access_level", role(before.Level), role(after.Level))
	entry.NoteValue("access", roster.AccessValue(before.Access), roster.AccessValue(after.Access))
}

func memberNotFound() error { return directory.Refuse(directory.NotFound, "template.member_not_found") }
