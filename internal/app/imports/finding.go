package imports

import (
	"cmp"
	"context"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A finding is what a preview comes upon beside the outcomes of its rows. None,
// outside of previews, keeps nothing and remarks on nothing.
type finding struct {
	unknown   unknownWords
	likeness  likeness
	addresses int64
	remarked  int64
	doubtful  []directory.DoubtfulRow
}

// findingOf begins the preview of a file, with the domains that its addresses may be
// taken for.
func (s *Imports) findingOf(ctx context.Context, i directory.Import) (*finding, error) {
	f := &finding{unknown: unknownWords{at: map[[2]string]int{}, more: map[[2]string]bool{}}}
	if i.Brings() != directory.ImportMembers || i.Pasted() {
		return f, nil
	}
	var known []string
	err := s.gate.View(ctx, starterOf(i), i.Account, func(r *store.Reader, _ authz.Rights) error {
		domains, err := r.Domains(ctx, i.Account)
		if err != nil {
			return err
		}
		for _, d := range domains {
			if !d.Verified.IsZero() {
				known = append(known, d.Name)
			}
		}
		addresses, err := r.SomeAddresses(ctx, i.Account, sampledMembers)
		known = append(known, frequentDomains(addresses)...)
		return err
	})
	f.likeness = likenessTo(append(known, i.Choices.Read.Domains...))
	return f, err
}

func (f *finding) words() *unknownWords {
	if f == nil {
		return nil
	}
	return &f.unknown
}

// remarks are what is doubtful about somebody: names and addresses that look like
// others.
func (f *finding) remarks(m roster.NewMember) []*directory.Error {
	if f == nil {
		return nil
	}
	var found []*directory.Error
	if roster.Readable(m.Email) {
		f.addresses++
		if domain, like := f.likeness.of(m.Email); like != "" {
			found = append(found, directory.InvalidField(columnEmail, "import.lookalike", directory.Args{"Domain": domain, "Like": like}))
		}
	}
	if word := mixedScripts(m.Name()); word != "" {
		found = append(found, directory.InvalidField(columnLast, "import.mixed_scripts", directory.Args{"Value": directory.Excerpt(word)}))
	}
	if len(found) > 0 {
		f.remarked++
	}
	for _, remark := range found {
		if len(f.doubtful) < directory.MaxDoubtfulRows {
			f.doubtful = append(f.doubtful, directory.DoubtfulRow{Line: m.Row, Who: directory.Excerpt(cmp.Or(m.Name(), m.Email)), Why: remark})
		}
	}
	return found
}

// found is what the preview of an import found.
func (f *finding) found(hidden int) directory.ImportFound {
	return directory.ImportFound{Hidden: hidden, Unknown: f.unknown.words, Words: len(f.unknown.words) + len(f.unknown.more), Remarked: f.remarked, Doubtful: f.doubtful, Addresses: f.addresses}
}

// noteFound keeps what a preview found, unless the draft was read anew meanwhile.
func (s *Imports) noteFound(ctx context.Context, i directory.Import, found directory.ImportFound) error {
	return s.gate.Note(ctx, func(tx *store.Tx) error {
		now, err := tx.Import(ctx, i.ID)
		if err != nil {
			return err
		}
		if now.Batch != i.Batch || now.State != directory.ImportDraft {
			return errSuperseded
		}
		now.Choices.Found = found
		return tx.UpdateImport(ctx, now)
	})
}
