package companies

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Companies are the employers in an account's directory.
type Companies struct {
	gate   *gate.Gate
	roster *roster.Writer
}

// New makes the operations on companies.
func New(g *gate.Gate, r *roster.Writer) *Companies { return &Companies{g, r} }

// PerPage is how many companies one page of the list holds; mostPerPage, how many
// may be asked for.
const (
	PerPage     = 50
	mostPerPage = 200
)

// ByMembers sorts companies by how many members they have.
const ByMembers = "members"

// byName sorts companies by name.
const byName = "name"

// A Query is a view of an account's companies, as it stands in an address. After
// and Before are cursors.
type Query struct {
	Search        string
	Sort          string // ByMembers; else by name
	Descending    bool
	After, Before string
	Size          int // rows of a page; 0: PerPage
}

// settled is the query with what it leaves open.
func (q Query) settled() Query {
	if q.Size <= 0 {
		q.Size = PerPage
	}
	if q.Sort != ByMembers {
		q.Sort = byName
	}
	q.Size = min(q.Size, mostPerPage)
	return q
}

// A May is what the reader may do with companies.
type May struct {
	Create bool
	Manage bool // rename and merge
}

// A Page is one page of an account's companies.
type Page struct {
	Rows  []directory.Company
	Found int64 // exactly (LIST-9)
	All   int64 // without any search
	gate.Span
	May May
}

// List shows the companies of an account with how many members each has, one page
// from a cursor on (COMP-1). It refuses without members.view at the root, with
// field.unknown_choice another order, and with list.bad_cursor.
func (s *Companies) List(ctx context.Context, actor authz.Actor, account directory.AccountID, q Query) (Page, error) {
	var page Page
	if q.Sort != "" && q.Sort != byName && q.Sort != ByMembers {
		return page, directory.InvalidField("sort", "field.unknown_choice", directory.Args{"Value": directory.Short(q.Sort, directory.Quoted)})
	}
	q = q.settled()
	at, err := q.cursor()
	if err != nil {
		return page, err
	}
	list := store.CompanyList{Account: account, Search: directory.Sought(q.Search), ByMembers: q.Sort == ByMembers, Descending: q.Descending,
		Back: q.Before != "", Size: q.Size + 1}
	if q.After+q.Before != "" {
		list.From = &at.CompanyPlace
	}
	err = s.view(ctx, actor, account, func(r *store.Reader, may May) error {
		page.May = may
		all := list
		all.Search = ""
		if page.All, err = r.CompanyTotal(ctx, all); err != nil {
			return err
		}
		if page.Found = page.All; list.Search != "" {
			if page.Found, err = r.CompanyTotal(ctx, list); err != nil {
				return err
			}
		}
		lines, err := r.CompanyPage(ctx, list)
		if err != nil {
			return err
		}
		lines, page.Span = gate.Cut(gate.Turn{After: q.After, Before: q.Before, Size: q.Size, Position: at.Position}, lines,
			func(l store.CompanyLine, position int64) string { return q.to(l.Place, position) })
		for _, l := range lines {
			page.Rows = append(page.Rows, l.Company)
		}
		return nil
	})
	return page, err
}

// A listCursor is where a page begins or ends (LIST-6).
type listCursor struct {
	store.CompanyPlace
	Column     string
	Descending bool  `json:",omitempty"`
	Position   int64 // in the list, from 1
}

func (q Query) to(p store.CompanyPlace, position int64) string {
	return gate.CursorText(listCursor{p, q.Sort, q.Descending, position})
}

// cursor reads the cursor of a query, none at the beginning. Whatever else is there
// is refused with list.bad_cursor.
func (q Query) cursor() (listCursor, error) {
	var c listCursor
	if q.After+q.Before == "" {
		return c, nil
	}
	if err := gate.ReadCursor(q.After+q.Before, &c); err != nil {
		return listCursor{}, err
	}
	if c.Column != q.Sort || c.Descending != q.Descending || c.Position < 0 || c.Key < 0 || strings.ContainsRune(c.Name, 0) {
		return listCursor{}, gate.BadCursor()
	}
	return c, nil
}

// view runs a read of companies with what the reader may do. It refuses without
// members.view at the root.
func (s *Companies) view(ctx context.Context, actor authz.Actor, account directory.AccountID, read func(r *store.Reader, may May) error) error {
	return s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.Require(rights, authz.ViewMembers, 0); err != nil {
			return err
		}
		var may May
		if !rights.Closed() {
			may = May{Create: gate.RequireSomewhere(rights, creates) == nil, Manage: rights.May(manages, 0)}
		}
		return read(r, may)
	})
}

// What creating a company takes somewhere, as bringing somebody in does who has a
// new one (ADD-6), and what renaming and merging take at the root: they change what
// is read of everybody.
const (
	creates = authz.ManageMembers
	manages = authz.ManageMembers
)

// A Shown is one company with what the reader may do.
type Shown struct {
	directory.Company
	May May
}

// Show reads a company of the account. It refuses as List does, with
// company.not_found, and with company.merged one that went into another, which it
// names.
func (s *Companies) Show(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (Shown, error) {
	var shown Shown
	err := s.view(ctx, actor, account, func(r *store.Reader, may May) error {
		rows, err := living(ctx, r, account, []string{id})
		if err != nil {
			return err
		}
		shown = Shown{Company: rows[0], May: may}
		return nil
	})
	return shown, err
}

// Like are the companies whose names are like that of one, the likest first:
// doubles, perhaps. It refuses as Show does.
func (s *Companies) Like(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) ([]directory.Company, error) {
	var like []directory.Company
	err := s.view(ctx, actor, account, func(r *store.Reader, _ May) error {
		rows, err := living(ctx, r, account, []string{id})
		if err != nil {
			return err
		}
		like, err = nearTo(ctx, r, account, rows[0].Name)
		like = slices.DeleteFunc(like, func(c directory.Company) bool { return c.ID == rows[0].ID })
		return err
	})
	return like, err
}

// shownNear is how many like names are shown; comparedNames, among how many they
// are looked for.
const (
	shownNear     = 5
	comparedNames = 20_000
)

// Near are the companies of an account whose names are like one that somebody is
// about to create, the likest first (COMP-2). It refuses as List does, and as Create
// whoever may create none.
func (s *Companies) Near(ctx context.Context, actor authz.Actor, account directory.AccountID, name string) ([]directory.Company, error) {
	var near []directory.Company
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if err = gate.Require(rights, authz.ViewMembers, 0); err != nil {
			return err
		}
		if err = gate.RequireSomewhere(rights, creates); err != nil {
			return err
		}
		near, err = nearTo(ctx, r, account, name)
		return err
	})
	return near, err
}

func nearTo(ctx context.Context, r *store.Reader, account directory.AccountID, name string) ([]directory.Company, error) {
	if directory.Fold(name) == "" {
		return nil, nil
	}
	all, err := r.Companies(ctx, account, comparedNames)
	return directory.NearCompanies(directory.Short(name, directory.CompanyName.Most()), all, shownNear), err
}

// living are the companies of public ids, in their order. It refuses with
// company.not_found, and with company.merged and the name of the company it went
// into one that is none any more.
func living(ctx context.Context, r *store.Reader, account directory.AccountID, ids []string) ([]directory.Company, error) {
	found, err := r.CompanyRowsByUUID(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]directory.Company, len(ids))
	for i, id := range ids {
		row, there := found[id]
		if !there {
			return nil, directory.Refuse(directory.NotFound, "company.not_found")
		}
		if row.Merged != 0 {
			into, err := r.CompaniesByKey(ctx, []directory.CompanyID{row.ID})
			if err != nil {
				return nil, err
			}
			return nil, &directory.Error{Kind: directory.Conflict, Code: "company.merged",
				Args: directory.Args{"Name": row.Name, "Into": into[row.ID].Name, "Company": into[row.ID].UUID}}
		}
		rows[i] = row
	}
	return rows, nil
}
