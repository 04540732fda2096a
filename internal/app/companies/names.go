package companies

import (
	"context"
	"fmt"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// JobNames is the kind of the job that lets what a company's many members sort by
// follow its new name; FoldNames does it.
const JobNames = "company_names"

// atOnce is how many members follow a company in one transaction: with the change
// itself where there are no more, else by a job. The name that is shown is read
// from the company and right at once.
const atOnce = directory.BulkChunk

// Create adds a company to the account's directory (COMP-2). It refuses without
// members.manage anywhere, as whoever brings people in is; with field.required and
// field.too_long; and with company.name_taken and the company that bears the name,
// whatever its case, accents and blanks.
func (s *Companies) Create(ctx context.Context, actor authz.Actor, account directory.AccountID, name string) (directory.Company, error) {
	var made directory.Company
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(creates); err != nil {
			return err
		}
		clean, err := free(ctx, r, account, name, 0)
		if err != nil {
			return err
		}
		ro, err := s.roster.Roster(ctx, r, p)
		if err != nil {
			return err
		}
		made = ro.NewCompany(clean)
		return ro.Settle(ctx, r)
	})
	return made, err
}

// free is a name as it is kept, when no company but one bears it.
func free(ctx context.Context, r *store.Reader, account directory.AccountID, name string, own directory.CompanyID) (string, error) {
	clean, refusal := directory.CompanyName.Required(name)
	if refusal == nil && directory.Fold(clean) == "" {
		refusal = directory.InvalidField("", "field.required", nil)
	}
	if refusal != nil {
		refusal.Field = "name"
		return "", refusal
	}
	other, err := r.NamedCompany(ctx, account, clean)
	if err != nil {
		return "", err
	}
	if other.ID != 0 && other.ID != own {
		return "", &directory.Error{Kind: directory.Conflict, Code: "company.name_taken", Field: "name",
			Args: directory.Args{"Name": other.Name, "Company": other.UUID}}
	}
	return clean, nil
}

// A Naming is what a company is to be called, made on a version of it.
type Naming struct {
	Name    string
	Version int64
}

// Rename gives a company another name, everywhere it is shown (COMP-3). It refuses
// without members.manage at the root; as Create does, where company.name_taken says
// into which company this one could be merged; with company.not_found and
// company.merged; and with stale when somebody renamed it meanwhile.
func (s *Companies) Rename(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, n Naming) (directory.Company, error) {
	var after directory.Company
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(manages, 0); err != nil {
			return err
		}
		rows, err := living(ctx, r, account, []string{id})
		if err != nil {
			return err
		}
		before := rows[0]
		if before.Version != n.Version {
			return gate.Stale(ctx, r, store.LatestQuery{Account: account, Object: int64(before.ID), Kinds: []audit.Kind{audit.CompanyRenamed}})
		}
		after, err = rename(ctx, r, p, before, n.Name)
		return err
	})
	return after, err
}

// rename plans that a company is called otherwise, where its name differs.
func rename(ctx context.Context, r *store.Reader, p *gate.Plan, before directory.Company, name string) (directory.Company, error) {
	after := before
	var err error
	if after.Name, err = free(ctx, r, p.Account, name, before.ID); err != nil || after.Name == before.Name {
		return before, err
	}
	p.Change(store.RenameCompany(after))
	after.Version++
	entry := p.Entry(audit.CompanyRenamed, 0, int64(before.ID))
	entry.Note("name", before.Name, after.Name)
	p.Record(entry)
	return after, refold(ctx, r, p, before, after)
}

// Opposites take back what companies were called (PLAN-2). One that was merged stays in
// the one it went into.
func Opposites() map[audit.Kind]gate.Opposite {
	return map[audit.Kind]gate.Opposite{audit.CompanyRenamed: takeBack}
}

// takeBack plans the opposite of entries about names of companies. It refuses as Rename
// does, with company.merged what is another's name by now, and leaves a name that was
// changed since.
func takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.Require(manages, 0)
	return gate.Opposed(p, entries, gate.ByObject[directory.CompanyID], func(id directory.CompanyID, n *gate.Net) (gate.Verdict, error) {
		if denied != nil {
			return gate.Verdict{}, denied
		}
		before, err := rowOf(ctx, r, p.Account, id)
		if err != nil {
			return gate.Verdict{}, err
		}
		after := before
		err = n.Restore("name", audit.Text(before.Name), func(was audit.Value) (err error) {
			after, err = rename(ctx, r, p, before, was.Text())
			return err
		})
		return n.Verdict(int64(id), after.Name), err
	})
}

// rowOf is a company by its key. It refuses with company.not_found and company.merged.
func rowOf(ctx context.Context, r *store.Reader, account directory.AccountID, id directory.CompanyID) (directory.Company, error) {
	rows, err := r.CompanyRows(ctx, account, []directory.CompanyID{id})
	if err != nil {
		return directory.Company{}, err
	}
	if len(rows) == 0 {
		return directory.Company{}, directory.Refuse(directory.NotFound, "company.not_found")
	}
	living, err := living(ctx, r, account, []string{rows[0].UUID})
	if err != nil {
		return rows[0], err
	}
	return living[0], nil
}

// refold lets what members sort by follow another name of their company.
func refold(ctx context.Context, r *store.Reader, p *gate.Plan, before, after directory.Company) error {
	if directory.Fold(before.Name) == directory.Fold(after.Name) {
		return nil
	}
	members, err := r.MembersOfCompany(ctx, after.ID, 0, atOnce+1)
	if err != nil || len(members) == 0 {
		return err
	}
	if len(members) > atOnce {
		p.Job(directory.Job{Account: p.Account, Kind: JobNames, Subject: int64(after.ID), Unique: fmt.Sprintf("%s %d", JobNames, after.ID)})
		return nil
	}
	p.Change(store.FoldCompanyName{Name: after.Name, Members: members})
	return nil
}

// FoldNames works through all members of the job's company, a transaction for each
// few, with the name as it is then. It may run twice, and beside a second change of
// the name. The members of a company that was merged meanwhile get theirs where
// they go.
func (s *Companies) FoldNames(ctx context.Context, job directory.Job) error {
	company, after := directory.CompanyID(job.Subject), directory.MemberID(0)
	for {
		last := directory.MemberID(0)
		_, err := s.gate.Perform(ctx, gate.SystemActor(), job.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
			p.OpenToAnyone("who renamed the company was asked for the permission then")
			last = 0
			rows, err := r.CompanyRows(ctx, job.Account, []directory.CompanyID{company})
			if err != nil || len(rows) == 0 || rows[0].Merged != 0 {
				return err
			}
			members, err := r.MembersOfCompany(ctx, company, after, atOnce)
			if err != nil || len(members) == 0 {
				return err
			}
			last = members[len(members)-1]
			p.Pending(store.FoldCompanyName{Name: rows[0].Name, Members: members}) // a sort key is no change of the directory
			return nil
		})
		if err != nil {
			return fmt.Errorf("fold name of company %d: %w", job.Subject, err)
		}
		if last == 0 {
			return nil
		}
		after = last
	}
}
