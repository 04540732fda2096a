package store

import (
	"context"
	"encoding/json"
	"fmt"

	"intendant/internal/directory"
)

// preferenceValue is a value as it is stored.
type preferenceValue struct {
	Choice string   `json:"choice,omitempty"`
	Unit   string   `json:"unit,omitempty"`
	Order  []string `json:"order,omitempty"`
	Ticked []string `json:"ticked,omitempty"`
}

// Preferences reads what is set for members, by member and id.
func (r *Reader) Preferences(ctx context.Context, members []directory.MemberID) (map[directory.MemberID]map[string]directory.Preference, error) {
	found := map[directory.MemberID]map[string]directory.Preference{}
	if len(members) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT member_key, id, value, set_by, set_at, version FROM preference WHERE member_key` + inKeys(r, members, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var p directory.Preference
		var text string
		var at micros
		if err := row.Scan(&p.Member, &p.ID, &text, &p.By, &at, &p.Version); err != nil {
			return err
		}
		var v preferenceValue
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return fmt.Errorf("preference %s of member %d: %w", p.ID, p.Member, err)
		}
		p.Value, p.At = directory.PreferenceValue(v), at.Time
		if found[p.Member] == nil {
			found[p.Member] = map[string]directory.Preference{}
		}
		found[p.Member][p.ID] = p
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read preferences: %w", err)
	}
	return found, nil
}

// PutPreference writes what is set for a member over what was.
type PutPreference struct {
	Preference directory.Preference
}

func (c PutPreference) apply(ctx context.Context, tx *Tx) error {
	p := c.Preference
	value, err := json.Marshal(preferenceValue(p.Value))
	if err != nil {
		return fmt.Errorf("write preference: %w", err)
	}
	row := []any{p.Member, p.ID, string(value), p.By, tx.Now, p.Version + 1}
	columns := []string{"member_key", "id", "value", "set_by", "set_at", "version"}
	_, err = tx.bulkInsert(ctx, "preference", columns, [][]any{row}, `ON CONFLICT (member_key, id) DO UPDATE SET
		value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at, version = excluded.version`)
	if err != nil {
		return fmt.Errorf("write preference: %w", err)
	}
	return nil
}
