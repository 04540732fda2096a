package identity

import (
	"context"
	"maps"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Export gathers all that is held about a person, for themselves or for the
// vendor's answer to them; the history says that it was (HIST-4).
func (u *Users) Export(ctx context.Context, actor authz.Actor, user directory.UserID) (Export, error) {
	u.gate.KeepRefused(ctx)
	var all Export
	_, err := u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := selfOrEraser(p, user); err != nil {
			return err
		}
		all = Export{}
		for _, part := range []func(context.Context, *store.Reader, directory.UserID) error{
			all.person, all.memberships, all.requests, all.sessions, all.signIns, all.mails,
			func(ctx context.Context, r *store.Reader, user directory.UserID) error {
				return all.history(ctx, r, store.EntryFilter{Subject: user})
			},
			func(ctx context.Context, r *store.Reader, user directory.UserID) error {
				return all.history(ctx, r, store.EntryFilter{Actor: user})
			},
			all.signature,
		} {
			if err := part(ctx, r, user); err != nil {
				return err
			}
		}
		p.Record(p.Entry(audit.UserExported, user, 0))
		return nil
	})
	return all, err
}

func (e *Export) person(ctx context.Context, r *store.Reader, user directory.UserID) error {
	u, err := r.User(ctx, user)
	e.Person = ExportedPerson{ID: u.UUID, UserName: u.UserName, Email: u.Email, Civility: u.Civility, First: u.First, Last: u.Last,
		Language: u.Language, Phone: u.Phone, Staff: u.Staff, Password: string(u.Password), PasswordSet: maybe(u.PasswordSet),
		SwitchedOff: maybe(u.SwitchedOff), LastSignIn: maybe(u.LastSignIn), Created: u.Created}
	return err
}

func (e *Export) memberships(ctx context.Context, r *store.Reader, user directory.UserID) error {
	members, err := r.MembershipsEver(ctx, user)
	if err != nil {
		return err
	}
	companies, err := r.CompaniesByKey(ctx, roster.CompaniesOf(members))
	if err != nil {
		return err
	}
	preferences, err := preferencesOf(ctx, r, members)
	if err != nil {
		return err
	}
	contracts, err := contractsOf(ctx, r, members)
	if err != nil {
		return err
	}
	projects, err := placesOf(ctx, r, members)
	if err != nil {
		return err
	}
	for _, m := range members {
		account, err := r.Account(ctx, m.Account())
		if err != nil {
			return err
		}
		roles, err := r.Roles(ctx, m.Account())
		if err != nil {
			return err
		}
		one := ExportedMembership{Account: account.Name, Number: account.Number, Status: m.Status.String(),
			Company: companies[m.Company].Name, Phone: m.Phone, JobTitle: m.JobTitle, PersonnelNumber: m.PersonnelNumber,
			SuggestedFirst: m.Suggested.First, SuggestedLast: m.Suggested.Last, Roles: []string{},
			Added: m.Added, LastSeen: maybe(m.LastSeen), Ends: maybe(m.Ends), Removed: maybe(m.Removed),
			Preferences: preferences[m.ID], Contracts: contracts[m.ID]}
		one.Levels = directory.RoleNames(m.LevelsOf(roles), account.Language)
		for _, role := range roles {
			if slices.Contains(m.Functions, role.ID) {
				one.Roles = append(one.Roles, role.Name(account.Language))
			}
		}
		one.Projects = named(projects[m.ID], roles, account.Language)
		e.Memberships = append(e.Memberships, one)
	}
	return nil
}

// A pastPlace is a place in a project with its roles still by key.
type pastPlace struct {
	ExportedPlace
	level     directory.RoleID
	functions []directory.RoleID
}

// placesOf are the places that members had and have in projects.
func placesOf(ctx context.Context, r *store.Reader, members []directory.Member) (map[directory.MemberID][]pastPlace, error) {
	keys := make([]directory.MemberID, len(members))
	for i, m := range members {
		keys[i] = m.ID
	}
	places, err := r.PlacesEver(ctx, keys)
	if err != nil {
		return nil, err
	}
	companies := make([]directory.CompanyID, len(places))
	for i, p := range places {
		companies[i] = p.Company
	}
	named, err := r.CompaniesByKey(ctx, companies)
	all := map[directory.MemberID][]pastPlace{}
	for _, p := range places {
		one := pastPlace{level: p.Level, functions: p.Functions, ExportedPlace: ExportedPlace{Project: p.Name, Company: named[p.Company].Name,
			Roles: []string{}, Access: map[string]string{}, From: p.From, To: maybe(p.To)}}
		for _, product := range p.Access.Products() {
			one.Access[product] = p.Access.Of(product)
		}
		all[p.Member] = append(all[p.Member], one)
	}
	return all, err
}

// named are places with their roles as an account calls them.
func named(places []pastPlace, roles []directory.Role, language string) []ExportedPlace {
	var all []ExportedPlace
	for _, p := range places {
		for _, role := range roles {
			switch {
			case role.ID == p.level:
				p.Level = role.Name(language)
			case slices.Contains(p.functions, role.ID):
				p.Roles = append(p.Roles, role.Name(language))
			}
		}
		all = append(all, p.ExportedPlace)
	}
	return all
}

// contractsOf is what members were and are for the contracts of units.
func contractsOf(ctx context.Context, r *store.Reader, members []directory.Member) (map[directory.MemberID][]ExportedPart, error) {
	keys := make([]directory.MemberID, len(members))
	for i, m := range members {
		keys[i] = m.ID
	}
	parts, err := r.PartsEver(ctx, keys)
	all := map[directory.MemberID][]ExportedPart{}
	for _, p := range parts {
		all[p.Member] = append(all[p.Member], ExportedPart{Unit: p.Unit, Part: string(p.Part), From: p.From, To: maybe(p.To)})
	}
	return all, err
}

// preferencesOf is what is set for members, by the names the catalogue uses.
func preferencesOf(ctx context.Context, r *store.Reader, members []directory.Member) (map[directory.MemberID][]ExportedPreference, error) {
	keys := make([]directory.MemberID, len(members))
	for i, m := range members {
		keys[i] = m.ID
	}
	stored, err := r.Preferences(ctx, keys)
	all := map[directory.MemberID][]ExportedPreference{}
	for _, key := range keys {
		for _, id := range slices.Sorted(maps.Keys(stored[key])) {
			p := stored[key][id]
			all[key] = append(all[key], ExportedPreference{Preference: id, Choice: p.Value.Choice, Unit: p.Value.Unit,
				Order: p.Value.Order, Ticked: p.Value.Ticked, Set: p.At})
		}
	}
	return all, err
}

func (e *Export) requests(ctx context.Context, r *store.Reader, user directory.UserID) error {
	requests, err := r.JoinRequestsOf(ctx, user)
	for _, j := range requests {
		e.Requests = append(e.Requests, ExportedRequest{Number: j.Number, Message: j.Message, State: string(j.State),
			Reason: j.Reason, Created: j.Created, Decided: maybe(j.Decided)})
	}
	return err
}

func (e *Export) sessions(ctx context.Context, r *store.Reader, user directory.UserID) error {
	sessions, err := r.SessionsOf(ctx, user)
	for _, s := range sessions {
		e.Sessions = append(e.Sessions, ExportedSession{s.Created, s.Seen, s.Expires, s.Agent, s.Address})
	}
	return err
}

// exportPage is how many rows of a long list are read at a time.
const exportPage = 500

func (e *Export) signIns(ctx context.Context, r *store.Reader, user directory.UserID) error {
	before := int64(0)
	for {
		lines, _, err := r.AccessLog(ctx, store.AccessFilter{User: user}, before, exportPage)
		if err != nil {
			return err
		}
		for _, l := range lines {
			e.SignIns = append(e.SignIns, ExportedSignIn{l.At, l.Outcome, l.Name, l.Address, l.Agent})
			before = l.Key
		}
		if len(lines) < exportPage {
			return nil
		}
	}
}

func (e *Export) mails(ctx context.Context, r *store.Reader, user directory.UserID) error {
	mails, err := r.MailsTo(ctx, user)
	for _, m := range mails {
		e.Mails = append(e.Mails, ExportedMail{string(m.Kind), m.Address, string(m.State), m.Created, maybe(m.Sent)})
	}
	return err
}

// history adds the entries of a filter. What the person did to somebody else
// comes without the other's values.
func (e *Export) history(ctx context.Context, r *store.Reader, of store.EntryFilter) error {
	place := store.EntryPlace{}
	for {
		entries, err := r.Entries(ctx, of, place, exportPage)
		if err != nil {
			return err
		}
		for _, h := range entries {
			place = store.EntryPlace{At: h.At, Account: h.Account, N: h.N}
			if of.Subject == 0 && h.Subject == of.Actor {
				continue // among those about the person already
			}
			one := ExportedEntry{At: h.At, Kind: string(h.Kind), By: "other", About: "other", Facts: h.Facts}
			if of.Subject != 0 {
				one.About, one.Personal = "self", h.Personal
			}
			if h.Actor == of.Actor+of.Subject {
				one.By = "self"
			}
			e.History = append(e.History, one)
		}
		if len(entries) < exportPage {
			return nil
		}
	}
}

func (e *Export) signature(ctx context.Context, r *store.Reader, user directory.UserID) (err error) {
	if e.Signature, err = r.Picture(ctx, signatureOf(user)); gate.RefusedWith(err, "picture.not_found") {
		return nil
	}
	return err
}
