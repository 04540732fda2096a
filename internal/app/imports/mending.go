package imports

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Mending is every piece of a paste that is no address, whole and each on a line, to be
// mended and pasted again; last is the line of the last of them, for Pasting.Mended
// (ADD-2). Where a row of a table said more, all of it is the table again, under the
// titles of the columns: address, first and last name, company, role, level, products.
func (s *Imports) Mending(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, titles []string) (text string, last int64, err error) {
	i, err := s.draft(ctx, actor, account, id)
	if err != nil {
		return "", 0, err
	}
	var pieces []RowFacts
	more := false
	for {
		found, err := s.pieces(ctx, i.ID, last, roster.Chunk)
		if err != nil {
			return "", 0, err
		}
		if len(found) == 0 {
			break
		}
		for _, piece := range found {
			pieces = append(pieces, piece.RowFacts)
			more = more || piece.besides()
			last = piece.Line
		}
	}
	var lines strings.Builder
	if more {
		lines.WriteString(strings.Join(titles, "\t") + "\n")
	}
	for _, p := range pieces {
		if lines.WriteString(p.Email); more {
			for _, cell := range []string{p.First, p.Last, p.Beside.Company, p.Beside.Function, p.Beside.Level, p.Beside.Products} {
				lines.WriteString("\t" + strings.Join(strings.Fields(cell), " "))
			}
		}
		lines.WriteString("\n")
	}
	return strings.TrimSuffix(lines.String(), "\n"), last, nil
}

// besides reports whether the row of a piece said more than the piece.
func (f RowFacts) besides() bool {
	return f.First != "" || f.Last != "" || f.Beside != directory.Beside{}
}

// pieces are those of a draft that are no address, after a line.
func (s *Imports) pieces(ctx context.Context, id directory.ImportID, after int64, limit int) ([]ImportedRow, error) {
	var rows []store.ImportRow
	if err := s.gate.Peek(func(r *store.Reader) (err error) {
		rows, err = r.ImportRows(ctx, id, store.ImportRowFilter{Outcome: string(Invalid), After: after, Limit: limit})
		return err
	}); err != nil {
		return nil, err
	}
	return importedRows(rows)
}

// MendDraft takes what was typed for pieces that are no address, by their lines. What is
// an address now becomes the row of the draft that its piece would have been, with what
// stood beside it; several become several rows; what is none yet stays at its place, as
// it is now; what was emptied is dropped (ADD-2). It refuses as Paste does.
func (s *Imports) MendDraft(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, typed map[int64]string) error {
	if len(typed) == 0 {
		return nil
	}
	i, counts, err := s.pasteInto(ctx, actor, account, Pasting{Draft: id})
	if err != nil {
		return err
	}
	lines := make([]int64, 0, len(typed))
	for line := range typed {
		lines = append(lines, line)
	}
	found, err := s.pieces(ctx, i.ID, slices.Min(lines)-1, shownFaults)
	if err != nil {
		return err
	}
	m := mended{last: max(counts.Last, counts.lastInvalid)}
	for _, piece := range found {
		text, is := typed[piece.Line]
		if text = strings.TrimSpace(text); is && text != piece.Email {
			m.mend(piece, text)
		}
	}
	if len(m.gone)+len(m.left) == 0 {
		return nil
	}
	reader, err := s.pasteReader(ctx, actor, i, "")
	if err != nil {
		return err
	}
	if total := int(counts.Rows) + len(m.addresses); total > reader.limit {
		return directory.InvalidField("addresses", "addresses.too_many", directory.Args{"count": total, "limit": reader.limit})
	}
	return s.writeMended(ctx, reader, i, m)
}

// A mended is what became of pieces that were no address.
type mended struct {
	last      int64 // line of the draft
	addresses []directory.PastedAddress
	lines     []int64 // of the addresses
	left      []store.ImportRow
	gone      []int64
	read      int   // pieces more than before
	err       error // of writing what is left
}

// mend reads what was typed for one piece.
func (m *mended) mend(piece ImportedRow, text string) {
	said := directory.PastedAddress{First: piece.First, Last: piece.Last, Beside: piece.Beside, Line: piece.At, Position: piece.Position}
	if text == "" {
		m.gone, m.read = append(m.gone, piece.Line), m.read-1
		return
	}
	list, _ := directory.ParseAddresses(text, len(text))
	if len(list.Addresses) == 0 || len(list.Faults) > 0 {
		_, code := directory.ReadAddress(text)
		m.leave(piece.Line, directory.AddressFault{Text: text, Line: piece.At, Position: piece.Position, Code: code, Row: said})
		return
	}
	m.gone = append(m.gone, piece.Line)
	m.read += list.Read - 1
	for n, a := range list.Addresses {
		line := piece.Line
		if n > 0 {
			m.last++
			line, said = m.last, directory.PastedAddress{Line: piece.At, Position: piece.Position}
		}
		said.Email = a.Email
		if said.First == "" && said.Last == "" {
			said.First, said.Last = a.First, a.Last
		}
		m.addresses, m.lines = append(m.addresses, said), append(m.lines, line)
	}
}

func (m *mended) leave(line int64, f directory.AddressFault) {
	row, err := faultRow(line, f)
	if err != nil {
		m.err = err
	}
	m.left = append(m.left, row)
}

func (s *Imports) writeMended(ctx context.Context, reader pasteReader, i directory.Import, m mended) error {
	if m.err != nil {
		return m.err
	}
	added, err := s.insertPasted(ctx, reader, i, pastedPart{addresses: m.addresses, lines: m.lines, with: func(tx *store.Tx) error {
		if err := tx.DeleteImportRows(ctx, i.ID, m.gone); err != nil {
			return err
		}
		return tx.PutImportRows(ctx, i.ID, m.left)
	}})
	if err != nil {
		return err
	}
	i.Choices.Addresses += m.read
	i.Choices.Doubles += len(m.addresses) - int(added)
	_, err = s.touched(ctx, i, i.Counts.Total+added)
	return err
}
