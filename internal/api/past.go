package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A PastMember is somebody of the account at the end of a day, by the name of today.
type PastMember struct {
	ID              string     `json:"id" doc:"Public id; it never changes." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Kind            string     `json:"kind" enum:"person,technical" example:"person"`
	Status          string     `json:"status" enum:"active,invited,not_invited,inactive" example:"active"`
	UserName        string     `json:"user_name" doc:"As today." example:"k.haddad"`
	Email           string     `json:"email" doc:"As today; empty for a technical user, and for who was erased." example:"karim.haddad@maraval.example"`
	FirstName       string     `json:"first_name" doc:"As today." example:"Karim"`
	LastName        string     `json:"last_name" doc:"As today." example:"Haddad"`
	Company         string     `json:"company" doc:"As it was called on that day; empty for none." example:"Maraval Travaux"`
	Functions       []string   `json:"functions" nullable:"false" doc:"Codes." example:"[\"site-manager\"]"`
	AccessLevels    []string   `json:"access_levels" nullable:"false" doc:"Codes." example:"[\"executive\"]"`
	Products        []string   `json:"products" nullable:"false" doc:"Products of which a seat was held." example:"[\"planner\"]"`
	External        []string   `json:"external_products" nullable:"false" doc:"Products to which the member brought a subscription of their own." example:"[]"`
	Phone           string     `json:"phone" example:"+33 2 40 00 00 00"`
	JobTitle        string     `json:"job_title" example:"Chef de chantier"`
	PersonnelNumber string     `json:"personnel_number" example:"4711"`
	HomeUnit        string     `json:"home_unit" doc:"Public id." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Ends            *time.Time `json:"ends_at,omitempty" doc:"When the place was to end by itself."`
	Erased          bool       `json:"erased,omitempty" doc:"The person was erased since: their names and texts are gone for all days."`
}

// PastMemberList is one page of the members of a day.
type PastMemberList struct {
	Items []PastMember `json:"items" nullable:"false"`
	Next  string       `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
}

// A PastRight is a role that a member held, as it counted at the end of a day.
type PastRight struct {
	Member      string     `json:"member" doc:"Public id."`
	Name        string     `json:"name" doc:"Of the member, as today." example:"Karim Haddad"`
	Role        string     `json:"role" doc:"Code." example:"manager"`
	Kind        string     `json:"kind" enum:"function,level,rights" example:"rights"`
	HeldAt      string     `json:"held_at" doc:"Public id of the unit at which it was held."`
	Unit        string     `json:"unit" doc:"Public id of the unit at which it counted."`
	Inherited   bool       `json:"inherited" doc:"It came from a unit above." example:"false"`
	Permissions []string   `json:"permissions" nullable:"false" doc:"What it gave at the unit." example:"[\"members.view\"]"`
	Bar         string     `json:"bar,omitempty" enum:"not_member,switched_off,not_active,ended,suspended" doc:"Why nothing that the member held counted; absent: it counted."`
	From        *time.Time `json:"from,omitempty"`
	GivenBy     string     `json:"given_by,omitempty" doc:"Name of who gave it, where known." example:"Hélène Castaing"`
}

// PastRightList is one page of the rights of a day.
type PastRightList struct {
	Items []PastRight `json:"items" nullable:"false"`
	Next  string      `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
}

// A Difference is one thing that was otherwise at the end of the later day.
type Difference struct {
	Member string   `json:"member,omitempty" doc:"Public id of whom it is about."`
	Name   string   `json:"name,omitempty" doc:"Of the member, as today." example:"Karim Haddad"`
	Unit   string   `json:"unit,omitempty" doc:"Public id of the unit that it is about, where it is about no member."`
	What   string   `json:"what" doc:"came, left, status, unit, company, levels, functions, ends, job_title, phone, personnel_number, grant, place, seat or external of a member; made, moved, renamed, archived or restored of a unit." example:"grant"`
	Before PastFact `json:"before" doc:"Empty: it was not there."`
	After  PastFact `json:"after" doc:"Empty: it was there no more."`
}

// A PastFact is what something was; which fields there are depends on what it is about.
type PastFact struct {
	Status string   `json:"status,omitempty" example:"active"`
	Unit   string   `json:"unit,omitempty" doc:"Public id."`
	Text   string   `json:"text,omitempty" doc:"A name, a text, or a product." example:"Maraval Travaux"`
	Roles  []string `json:"roles,omitempty" nullable:"false" doc:"Codes." example:"[\"manager\"]"`
	Day    string   `json:"day,omitempty" format:"date" example:"2027-06-30"`
}

// DifferenceList is one page of what became otherwise, units first.
type DifferenceList struct {
	Items []Difference `json:"items" nullable:"false"`
	Next  string       `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
}

// PastPaging is which page of a past day is asked for.
type PastPaging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page; of differences, people or units."`
	Cursor string `query:"cursor" maxLength:"2000" doc:"\"next\" of the page before."`
}

type pastMembersQuery struct {
	InAccount
	PastPaging
	On     string   `query:"on" required:"true" maxLength:"10" doc:"The day, in the account's time zone: what is answered is its end." example:"2026-03-12"`
	Search string   `query:"search" maxLength:"1000" doc:"A part of what the member is found by today." example:"haddad"`
	Status []string `query:"status" enum:"active,invited,not_invited,inactive" maxItems:"4" doc:"One of these, on that day." example:"active"`
	Unit   []string `query:"unit" maxItems:"100" doc:"Public ids of home units; those below on that day are meant too."`
}

type pastMembersAnswer struct{ Body PastMemberList }

type pastRightsQuery struct {
	InAccount
	PastPaging
	On     string `query:"on" required:"true" maxLength:"10" doc:"The day, in the account's time zone: what is answered is its end." example:"2026-03-12"`
	Member string `query:"member" maxLength:"64" doc:"Public id: what this member held. One of member and unit is required."`
	Unit   string `query:"unit" maxLength:"64" doc:"Public id: who held what at this unit and above it; with member, what counted there."`
}

type pastRightsAnswer struct{ Body PastRightList }

type differencesQuery struct {
	InAccount
	PastPaging
	From   string `query:"from" required:"true" maxLength:"10" doc:"The earlier day." example:"2026-03-01"`
	To     string `query:"to" required:"true" maxLength:"10" doc:"The later day." example:"2026-03-12"`
	Member string `query:"member" maxLength:"64" doc:"Public id: only what became otherwise for this member."`
	Unit   string `query:"unit" maxLength:"64" doc:"Public id: only in this unit and below it."`
}

type differencesAnswer struct{ Body DifferenceList }

func (f *Face) past() {
	tag := []string{"past days"}
	operation(f, huma.Operation{OperationID: "list-past-members", Method: http.MethodGet, Path: "/accounts/{account}/past/members", Tags: tag,
		Summary: "List the members of a past day", Description: "Who was in the account at the end of a day, as far as the technical user reads the history. Reading on beyond the first page is recorded in the history, once an hour."}, f.listPastMembers)
	operation(f, huma.Operation{OperationID: "list-past-rights", Method: http.MethodGet, Path: "/accounts/{account}/past/rights", Tags: tag,
		Summary: "List rights of a past day", Description: "Of one member or at one unit, direct and inherited, with where they came from."}, f.listPastRights)
	operation(f, huma.Operation{OperationID: "list-differences", Method: http.MethodGet, Path: "/accounts/{account}/past/differences", Tags: tag,
		Summary: "What became otherwise between two days", Description: "Compares the ends of both days; what came and went in between stands in the history."}, f.listDifferences)
}

// pastDay reads a day of an address.
func pastDay(field, text string) (directory.Day, error) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return directory.Day{}, directory.InvalidField(field, "field.bad_date", nil)
	}
	return directory.DayOf(at, time.UTC), nil
}

func (f *Face) listPastMembers(ctx context.Context, v visit, in *pastMembersQuery) (*pastMembersAnswer, error) {
	day, err := pastDay("on", in.On)
	if err != nil {
		return nil, err
	}
	q := app.PastQuery{Day: day, Search: in.Search, Units: in.Unit, After: in.Cursor, Size: in.Limit}
	for _, name := range in.Status {
		status, _ := directory.ParseStatus(name)
		q.Statuses = append(q.Statuses, status)
	}
	found, err := f.App.Past.State(ctx, v.actor, v.id(), q)
	if err != nil {
		return nil, err
	}
	page := PastMemberList{Items: make([]PastMember, len(found.Members)), Next: found.Next}
	for i, m := range found.Members {
		page.Items[i] = pastMemberOf(m)
	}
	return &pastMembersAnswer{Body: page}, nil
}

func pastMemberOf(m app.PastMember) PastMember {
	of := memberOf(app.MemberRecord{ListedMember: m.ListedMember, Home: m.Home})
	return PastMember{ID: of.ID, Kind: of.Kind, Status: of.Status, UserName: of.UserName, Email: of.Email, FirstName: of.FirstName, LastName: of.LastName,
		Company: of.Company, Functions: of.Functions, AccessLevels: of.AccessLevels, Products: of.Products, External: of.External, Phone: of.Phone,
		JobTitle: of.JobTitle, PersonnelNumber: of.PersonnelNumber, HomeUnit: of.HomeUnit, Ends: of.Ends, Erased: m.Erased}
}

func (f *Face) listPastRights(ctx context.Context, v visit, in *pastRightsQuery) (*pastRightsAnswer, error) {
	day, err := pastDay("on", in.On)
	if err != nil {
		return nil, err
	}
	q := app.PastRightsQuery{Day: day, Member: in.Member, After: in.Cursor, Size: in.Limit}
	if in.Unit != "" {
		q.Units = []string{in.Unit}
	}
	found, err := f.App.Past.Rights(ctx, v.actor, v.id(), q)
	if err != nil {
		return nil, err
	}
	page := PastRightList{Items: make([]PastRight, len(found.Rights)), Next: found.Next}
	for i, r := range found.Rights {
		page.Items[i] = PastRight{Member: r.Member.UUID, Name: r.Member.Name(), Role: r.Role.Code, Kind: string(r.Role.Kind), HeldAt: r.At.UUID, Unit: r.Unit.UUID,
			Inherited: r.Inherited, Permissions: []string{}, Bar: r.Bar, From: moment(r.From), GivenBy: r.By.Name}
		for _, p := range r.Gave {
			page.Items[i].Permissions = append(page.Items[i].Permissions, string(p))
		}
	}
	return &pastRightsAnswer{Body: page}, nil
}

func (f *Face) listDifferences(ctx context.Context, v visit, in *differencesQuery) (*differencesAnswer, error) {
	q := app.DifferenceQuery{Member: in.Member, Unit: in.Unit, After: in.Cursor, Size: in.Limit}
	var err error
	if q.From, err = pastDay("from", in.From); err != nil {
		return nil, err
	}
	if q.To, err = pastDay("to", in.To); err != nil {
		return nil, err
	}
	found, err := f.App.Past.Difference(ctx, v.actor, v.id(), q)
	if err != nil {
		return nil, err
	}
	page := DifferenceList{Items: []Difference{}, Next: found.Next}
	for _, u := range found.Units {
		for _, c := range u.Changes {
			page.Items = append(page.Items, Difference{Unit: u.Unit.UUID, What: c.What, Before: factOf(c.Before), After: factOf(c.After)})
		}
	}
	for _, p := range found.People {
		for _, c := range p.Changes {
			page.Items = append(page.Items, Difference{Member: p.Member.UUID, Name: p.Member.Name(), What: c.What, Before: factOf(c.Before), After: factOf(c.After)})
		}
	}
	return &differencesAnswer{Body: page}, nil
}

func factOf(fact app.PastFact) PastFact {
	of := PastFact{Unit: fact.Unit.UUID, Text: fact.Text, Day: fact.Day.ISO()}
	if fact.Status != 0 {
		of.Status = fact.Status.String()
	}
	for _, o := range fact.Roles {
		of.Roles = append(of.Roles, o.Code)
	}
	return of
}
