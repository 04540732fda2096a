package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A Member is one place in the account: a person's, or a technical user's.
type Member struct {
	ID              string     `json:"id" doc:"Public id; it never changes." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Kind            string     `json:"kind" enum:"person,technical" doc:"A technical user is a program: it has no address and never signs in." example:"person"`
	Status          string     `json:"status" enum:"active,invited,not_invited,inactive" example:"active"`
	UserName        string     `json:"user_name" example:"k.haddad"`
	Email           string     `json:"email" doc:"Empty for a technical user." example:"karim.haddad@maraval.example"`
	Civility        string     `json:"civility" enum:",mrs,mr" doc:"Empty when unknown." example:"mr"`
	FirstName       string     `json:"first_name" example:"Karim"`
	LastName        string     `json:"last_name" example:"Haddad"`
	Language        string     `json:"language" example:"fr"`
	Company         string     `json:"company" doc:"Employer, by name; empty for none." example:"Maraval Travaux"`
	Functions       []string   `json:"functions" nullable:"false" doc:"Codes of the functions held." example:"[\"site-manager\"]"`
	AccessLevel     string     `json:"access_level" doc:"Code of the first access level, the administrator's if it is held; empty for none." example:"administrator"`
	AccessLevels    []string   `json:"access_levels" nullable:"false" doc:"Codes of all access levels, the administrator's first." example:"[\"administrator\", \"executive\"]"`
	Products        []string   `json:"products" nullable:"false" doc:"Products of which a seat is held." example:"[\"planner\"]"`
	External        []string   `json:"external_products" nullable:"false" doc:"Products to which the member brings a subscription of their own." example:"[]"`
	Phone           string     `json:"phone" example:"+33 2 40 00 00 00"`
	JobTitle        string     `json:"job_title" example:"Chef de chantier"`
	PersonnelNumber string     `json:"personnel_number" example:"4711"`
	HomeUnit        string     `json:"home_unit" doc:"Public id of the unit the member belongs to." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Added           time.Time  `json:"added_at" doc:"When the member was added."`
	LastSeen        *time.Time `json:"last_seen_at,omitempty" doc:"Last sign-in; absent when there was none."`
	Ends            *time.Time `json:"ends_at,omitempty" doc:"The place ends by itself then; absent when it does not."`
	LacksRoleAt     []Lack     `json:"lacks_role_at" nullable:"false" doc:"Levels at which the account requires a role of everybody and the member holds none; none where no role is required."`
	Version         string     `json:"version" doc:"For If-Match or \"version\" of a change." example:"3.5"`
}

// A Lack is a level at which the account requires a role of everybody, and the
// member holds none.
type Lack struct {
	Level string `json:"level" doc:"The level of unit: \"account\" for the account itself." example:"group"`
	Unit  string `json:"unit,omitempty" doc:"Public id of the unit of that level above the home unit, or of it; absent where there is none in sight."`
	Name  string `json:"name,omitempty" doc:"Its name." example:"Nord"`
}

func lacksOf(lacks []app.Lack) []Lack {
	all := make([]Lack, len(lacks))
	for i, one := range lacks {
		all[i] = Lack{Level: one.Level, Unit: one.Unit, Name: one.Name}
	}
	return all
}

// offersOf are the offers that somebody holds a seat of.
func offersOf(held []directory.HeldProduct) []string {
	offers := []string{}
	for _, h := range held {
		if h.Own {
			offers = append(offers, h.Offer.String())
		}
	}
	return offers
}

// externalOf are the products to which somebody brings a subscription along.
func externalOf(held []directory.HeldProduct) []string {
	products := []string{}
	for _, h := range held {
		if h.External {
			products = append(products, h.Offer.Product)
		}
	}
	return products
}

func holdings(names []string) []directory.Holding {
	var all []directory.Holding
	for _, name := range names {
		all = append(all, directory.Holding(name))
	}
	return all
}

func memberOf(m app.MemberRecord) Member {
	one := Member{ID: m.UUID, Kind: string(directory.PersonKind), Status: m.Status.String(), UserName: m.Person.UserName, Email: m.Person.Email,
		Civility: m.Person.Civility, Language: m.Person.Language, Company: m.Company, Products: offersOf(m.Products), External: externalOf(m.Products),
		Phone: m.Phone, JobTitle: m.JobTitle, PersonnelNumber: m.PersonnelNumber, HomeUnit: m.Home.UUID, Added: m.Added.UTC(),
		LastSeen: moment(m.LastSeen), Ends: moment(m.Ends), LacksRoleAt: lacksOf(m.Lacks), Version: m.Version, Functions: []string{}, AccessLevels: []string{}}
	if m.Person.Technical() {
		one.Kind = string(directory.TechnicalKind)
	}
	one.FirstName, one.LastName = m.Person.First, m.Person.Last
	if one.FirstName == "" && one.LastName == "" {
		one.FirstName, one.LastName = m.Suggested.First, m.Suggested.Last
	}
	for _, function := range m.ListedMember.Functions {
		one.Functions = append(one.Functions, function.Code)
	}
	for _, level := range m.ListedMember.Levels {
		one.AccessLevels = append(one.AccessLevels, level.Code)
	}
	if len(one.AccessLevels) > 0 {
		one.AccessLevel = one.AccessLevels[0]
	}
	return one
}

// MemberFilter is the part of a query that says which members are meant.
type MemberFilter struct {
	Search    string    `query:"search" maxLength:"1000" doc:"A part of first name, last name, user name or address; case and accents do not matter." example:"haddad"`
	Status    []string  `query:"status" enum:"active,invited,not_invited,inactive" maxItems:"4" doc:"One of these." example:"active,invited"`
	Company   []string  `query:"company" maxItems:"100" doc:"Public ids of companies, or \"none\"."`
	Function  []string  `query:"function" maxItems:"100" doc:"Codes of functions." example:"site-manager"`
	Level     []string  `query:"access_level" maxItems:"100" doc:"Who holds one of these access levels, alone or beside others, by codes; \"none\" for who holds none." example:"administrator"`
	Product   []string  `query:"product" maxItems:"100" doc:"Products that are held, in any edition or in one." example:"plans,fleet/complete"`
	Held      []string  `query:"held" enum:"own,external,both" maxItems:"3" doc:"By what products are held: a seat of the account alone, a subscription of their own alone, or both."`
	Unit      []string  `query:"unit" maxItems:"100" doc:"Public ids of units; those below are meant too."`
	HomeUnit  []string  `query:"home_unit" maxItems:"100" doc:"Public ids of home units, without those below."`
	AddedFrom time.Time `query:"added_from" doc:"Added at that moment or later." example:"2026-01-01T00:00:00Z"`
	AddedTo   time.Time `query:"added_to" doc:"Added before that moment." example:"2027-01-01T00:00:00Z"`
	Email     []string  `query:"email" maxItems:"100" doc:"Whole addresses, as they compare." example:"karim.haddad@maraval.example"`
	UserName  []string  `query:"user_name" maxItems:"100" doc:"Whole user names." example:"k.haddad"`
	Personnel []string  `query:"personnel_number" maxItems:"100" doc:"Whole personnel numbers." example:"4711"`
	LacksRole bool      `query:"lacks_role" doc:"Only who lacks a role that the account requires of everybody; nobody where none is required."`
}

func (q MemberFilter) query() app.MemberQuery {
	asked := app.MemberQuery{Search: q.Search, Companies: q.Company, Functions: q.Function, Levels: q.Level, Products: q.Product,
		Held: holdings(q.Held), Units: q.Unit, Homes: q.HomeUnit, AddedFrom: q.AddedFrom, AddedTo: q.AddedTo, LacksRole: q.LacksRole,
		Emails: q.Email, UserNames: q.UserName, PersonnelNumbers: q.Personnel}
	for _, name := range q.Status {
		if status, ok := directory.ParseStatus(name); ok {
			asked.Statuses = append(asked.Statuses, status)
		}
	}
	return asked
}

// Paging is how a list is read on.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page."`
	Cursor string `query:"cursor" maxLength:"2000" doc:"\"next\" of the page before."`
	Total  bool   `query:"total" doc:"Say exactly how many there are."`
}

type membersQuery struct {
	InAccount
	MemberFilter
	Paging
	Sort string `query:"sort" enum:"name,email,status,company,functions,level,products,added,seen,-name,-email,-status,-company,-functions,-level,-products,-added,-seen" default:"name" doc:"A column; with a minus the other way round."`
}

// MemberList is one page of members.
type MemberList struct {
	Items []Member `json:"items" nullable:"false"`
	Next  string   `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
	Total *int64   `json:"total,omitempty" doc:"Exactly how many were found, when asked for."`
}

type membersAnswer struct{ Body MemberList }

type memberAnswer struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a member just made: where they are."`
	Body     Member
}

func (f *Face) members() {
	tag := []string{"members"}
	operation(f, huma.Operation{OperationID: "list-members", Method: http.MethodGet, Path: "/accounts/{account}/members", Tags: tag,
		Summary: "List members", Description: "Members whose home unit the technical user sees, with the filters of the members' table: several values of one filter are \"or\", filters among each other \"and\". Reading on beyond the first page is recorded in the history, once an hour."}, f.listMembers)
	operation(f, huma.Operation{OperationID: "get-member", Method: http.MethodGet, Path: "/accounts/{account}/members/{member}", Tags: tag,
		Summary: "Read one member"}, f.getMember)
	operation(f, huma.Operation{OperationID: "create-member", Method: http.MethodPost, Path: "/accounts/{account}/members", Tags: tag, DefaultStatus: http.StatusCreated,
		Summary: "Add one person", Description: "Somebody who is in the account already is refused with member.already (409). Where the account requires a general role, the one proposed for everybody is given if the technical user may give it; \"lacks_role_at\" says what is lacked all the same."}, f.createMember)
	operation(f, huma.Operation{OperationID: "create-members", Method: http.MethodPost, Path: "/accounts/{account}/members/batch", Tags: tag,
		Summary: "Add or change many people", Description: "Each row, with values of its own, is added, changed where \"change\" says so, left as it is, or refused with the reason; a refusal leaves the others done. Required roles are proposed and told as for one."}, f.createMembers)
	operation(f, huma.Operation{OperationID: "edit-member", Method: http.MethodPatch, Path: "/accounts/{account}/members/{member}", Tags: tag,
		Summary: "Change one member", Description: "What is absent stays; an empty text takes the value away. Names, address and language can be set only while the person is the account's alone.",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.editMember)
}

func (f *Face) listMembers(ctx context.Context, v visit, in *membersQuery) (*membersAnswer, error) {
	q := in.query()
	q.Size, q.After = in.Limit, in.Cursor
	q.Sort, q.Descending = strings.CutPrefix(in.Sort, "-")
	found, err := f.App.Members.Records(ctx, v.actor, v.id(), q, in.Total)
	if err != nil {
		return nil, err
	}
	page := MemberList{Items: make([]Member, len(found.Rows)), Next: found.Next}
	for i, row := range found.Rows {
		page.Items[i] = memberOf(row)
	}
	if in.Total {
		page.Total = &found.Total
	}
	return &membersAnswer{Body: page}, nil
}

func (f *Face) getMember(ctx context.Context, v visit, in *OfMember) (*memberAnswer, error) {
	return f.member(ctx, v, in.Member)
}

// member answers a member as they are now.
func (f *Face) member(ctx context.Context, v visit, id string) (*memberAnswer, error) {
	record, err := f.App.Members.Record(ctx, v.actor, v.id(), id)
	if err != nil {
		return nil, err
	}
	return memberAnswered(record), nil
}

// seen answers a member who was read in the change of them, or says why the technical
// user does not see them.
func (f *Face) seen(ctx context.Context, v visit, record app.MemberRecord, id string) (*memberAnswer, error) {
	if record.UUID == "" {
		return f.member(ctx, v, id)
	}
	return memberAnswered(record), nil
}

func memberAnswered(record app.MemberRecord) *memberAnswer {
	return &memberAnswer{ETag: quoted(record.Version), Body: memberOf(record)}
}

// A NewMember is one person to add.
type NewMember struct {
	Email           string   `json:"email" maxLength:"254" example:"karim.haddad@maraval.example"`
	FirstName       string   `json:"first_name,omitempty" doc:"A suggestion until the person has a profile." example:"Karim"`
	LastName        string   `json:"last_name,omitempty" example:"Haddad"`
	Civility        string   `json:"civility,omitempty" enum:",mrs,mr" example:"mr"`
	UserName        string   `json:"user_name,omitempty" doc:"Unique in the installation, never changed; absent: the address." example:"k.haddad"`
	Language        string   `json:"language,omitempty" doc:"Absent: the account's." example:"fr"`
	Company         string   `json:"company,omitempty" doc:"By name; one that is not there is made." example:"Maraval Travaux"`
	Functions       []string `json:"functions,omitempty" nullable:"false" maxItems:"50" doc:"Codes of functions." example:"[\"site-manager\"]"`
	AccessLevels    []string `json:"access_levels,omitempty" nullable:"false" maxItems:"50" doc:"Codes of access levels." example:"[\"executive\"]"`
	AccessLevel     string   `json:"access_level,omitempty" doc:"One access level by its code, in place of access_levels; both are refused." example:"executive"`
	Phone           string   `json:"phone,omitempty" example:"+33 2 40 00 00 00"`
	JobTitle        string   `json:"job_title,omitempty" example:"Chef de chantier"`
	PersonnelNumber string   `json:"personnel_number,omitempty" example:"4711"`
	Ends            string   `json:"ends_at,omitempty" doc:"The place ends by itself: a date, whose day still counts in the account's time zone, or a moment." example:"2027-06-30"`
	Products        []string `json:"products,omitempty" nullable:"false" maxItems:"50" doc:"Products of which they get a seat, with the edition behind a slash; without one whichever is free. Who cannot get all of them is not added." example:"[\"plans\", \"fleet/complete\"]"`
	HomeUnit        string   `json:"home_unit,omitempty" doc:"Public id or external id of a unit; absent: the account itself." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (n NewMember) row(number int) (app.NewMember, error) {
	ends, err := endOf(n.Ends)
	levels := n.AccessLevels
	switch {
	case n.AccessLevel == "":
	case levels != nil:
		err = levelTwice()
	default:
		levels = []string{n.AccessLevel}
	}
	return app.NewMember{Row: number, Email: n.Email, First: n.FirstName, Last: n.LastName, Civility: n.Civility, UserName: n.UserName,
		Language: n.Language, Company: n.Company, Functions: n.Functions, Levels: levels, Products: n.Products,
		PlaceTexts: directory.PlaceTexts[string]{JobTitle: n.JobTitle, Phone: n.Phone, PersonnelNumber: n.PersonnelNumber}, Ends: ends, Home: n.HomeUnit}, err
}

// levelTwice refuses one access level beside a list of them.
func levelTwice() *directory.Error {
	return directory.InvalidField("access_level", "member.level_twice", nil)
}

// endOf reads when a place ends.
func endOf(text string) (directory.End, error) {
	at, err := day("ends_at", text)
	if err != nil || len(text) != len(time.DateOnly) {
		return directory.End{Moment: at}, err
	}
	return directory.End{Day: directory.DayOf(at, time.UTC)}, nil
}

// Whom an addition invites.
const (
	inviteByLevel = "by_level"
	inviteAll     = "all"
	inviteNone    = "none"
)

func addOptions(invite string, preview, change bool) app.AddOptions {
	return app.AddOptions{Invite: invite == inviteAll, Silent: invite == inviteNone, Preview: preview, Change: change}
}

type createMember struct {
	InAccount
	Body struct {
		NewMember
		Invite string `json:"invite,omitempty" enum:"by_level,all,none" default:"by_level" doc:"Whom the mail goes to: those given an access level, everybody, nobody."`
	}
}

func (f *Face) createMember(ctx context.Context, v visit, in *createMember) (*memberAnswer, error) {
	row, err := in.Body.row(1)
	if err != nil {
		return nil, err
	}
	verdict, record, err := f.App.Members.AddOne(ctx, v.actor, v.id(), row, addOptions(in.Body.Invite, false, false))
	if err != nil {
		return nil, err
	}
	if verdict.Outcome == app.Unchanged {
		return nil, &directory.Error{Kind: directory.Conflict, Code: "member.already", Field: "email", Args: directory.Args{"Email": in.Body.Email}}
	}
	made, err := f.seen(ctx, v, record, verdict.Public())
	if err != nil {
		return nil, err
	}
	made.Location = f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/members/" + made.Body.ID
	return made, nil
}

// mostRows is how many people one request brings in.
const mostRows = 500

type createMembers struct {
	InAccount
	Body struct {
		Members []NewMember `json:"members" nullable:"false" minItems:"1" maxItems:"500" doc:"At most 500."`
		Invite  string      `json:"invite,omitempty" enum:"by_level,all,none" default:"by_level" doc:"Whom mails go to: those given an access level, everybody, nobody."`
		Change  bool        `json:"change,omitempty" doc:"Who is in the account already, found by address, gets what the row says; what it leaves out stays. Without it they are left as they are."`
		Preview bool        `json:"preview,omitempty" doc:"Say what would be, and write nothing."`
	}
}

func (f *Face) createMembers(ctx context.Context, v visit, in *createMembers) (*verdictsAnswer, error) {
	rows := make([]app.NewMember, 0, min(len(in.Body.Members), mostRows))
	for i, n := range in.Body.Members {
		row, err := n.row(i + 1)
		if err != nil && !errors.As(err, &row.Fault) {
			return nil, err
		}
		rows = append(rows, row)
	}
	verdicts, err := f.App.Members.Add(ctx, v.actor, v.id(), rows, addOptions(in.Body.Invite, in.Body.Preview, in.Body.Change))
	if err != nil {
		return nil, err
	}
	return f.verdicts(v, verdicts, in.Body.Preview), nil
}

// A MemberEdit is what a change sets.
type MemberEdit struct {
	Version         string    `json:"version,omitempty" doc:"The version the change is made on, when If-Match does not say it." example:"3.5"`
	Civility        *string   `json:"civility,omitempty" enum:",mrs,mr"`
	FirstName       *string   `json:"first_name,omitempty" example:"Karim"`
	LastName        *string   `json:"last_name,omitempty" example:"Haddad"`
	Email           *string   `json:"email,omitempty" maxLength:"254" example:"karim.haddad@maraval.example"`
	Language        *string   `json:"language,omitempty" example:"fr"`
	Company         *string   `json:"company,omitempty" doc:"By name; empty for none." example:"Maraval Travaux"`
	Functions       *[]string `json:"functions,omitempty" nullable:"false" maxItems:"50" doc:"Codes of functions, all of them."`
	AccessLevels    *[]string `json:"access_levels,omitempty" nullable:"false" maxItems:"50" doc:"Codes of access levels, all of them; an empty list for none."`
	AccessLevel     *string   `json:"access_level,omitempty" doc:"Exactly this access level by its code, in place of access_levels; empty for none. Both are refused." example:"executive"`
	Phone           *string   `json:"phone,omitempty" example:"+33 2 40 00 00 00"`
	JobTitle        *string   `json:"job_title,omitempty" example:"Chef de chantier"`
	PersonnelNumber *string   `json:"personnel_number,omitempty" example:"4711"`
	Ends            *string   `json:"ends_at,omitempty" doc:"A date, whose day still counts in the account's time zone, or a moment; empty for no end." example:"2027-06-30"`
	HomeUnit        *string   `json:"home_unit,omitempty" doc:"Public id of a unit." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (e MemberEdit) change() (app.MemberChange, error) {
	c := app.MemberChange{Company: e.Company, Functions: e.Functions, Levels: e.AccessLevels,
		PlaceTexts: directory.PlaceTexts[*string]{JobTitle: e.JobTitle, Phone: e.Phone, PersonnelNumber: e.PersonnelNumber}, Unit: e.HomeUnit,
		Person: app.PersonChange{Civility: e.Civility, First: e.FirstName, Last: e.LastName, Email: e.Email, Language: e.Language}}
	switch {
	case e.AccessLevel == nil:
	case e.AccessLevels != nil:
		return c, levelTwice()
	case *e.AccessLevel == "":
		c.Levels = &[]string{}
	default:
		c.Levels = &[]string{*e.AccessLevel}
	}
	if e.Ends != nil {
		ends, err := endOf(*e.Ends)
		if err != nil {
			return c, err
		}
		c.Ends = &ends
	}
	return c, nil
}

// forMany is the change for many at once, which cannot be of the people behind.
func (e MemberEdit) forMany() (app.MemberChange, error) {
	for _, person := range []struct {
		field string
		value *string
	}{{"civility", e.Civility}, {"first_name", e.FirstName}, {"last_name", e.LastName}, {"email", e.Email}, {"language", e.Language}} {
		if person.value != nil {
			return app.MemberChange{}, directory.InvalidField(person.field, "member.one_at_a_time", nil)
		}
	}
	return e.change()
}

type editMember struct {
	OfMember
	Conditional
	Body MemberEdit
}

func (f *Face) editMember(ctx context.Context, v visit, in *editMember) (*memberAnswer, error) {
	version, err := f.version(v, in.Conditional, in.Body.Version)
	if err != nil {
		return nil, err
	}
	change, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	record, err := f.App.Members.EditRecord(ctx, v.actor, v.id(), in.Member, app.MemberEdit{MemberChange: change, Version: version})
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.seen(ctx, v, record, in.Member)
}
