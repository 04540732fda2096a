package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// An AppliedCatalogue is one the vendor put in force.
type AppliedCatalogue struct {
	Version int64
	Text    string
	At      time.Time
	By      directory.UserID
}

// LatestCatalogue reads the catalogue that was applied last; version 0 when
// none was.
func (r *Reader) LatestCatalogue(ctx context.Context) (AppliedCatalogue, error) {
	query := `SELECT version, text, applied_at, applied_by FROM catalogue ORDER BY version DESC LIMIT 1`
	c, err := one(ctx, r, query, nil, func(row scanner) (AppliedCatalogue, error) {
		var c AppliedCatalogue
		var at micros
		err := row.Scan(&c.Version, &c.Text, &at, &c.By)
		c.At = at.Time
		return c, err
	})
	if isNoRows(err) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read catalogue: %w", err)
	}
	return c, nil
}

// CatalogueVersion is the version that was applied last, 0 when none was.
func (r *Reader) CatalogueVersion(ctx context.Context) (int64, error) {
	n, err := one(ctx, r, `SELECT coalesce(max(version), 0) FROM catalogue`, nil, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("read catalogue version: %w", err)
	}
	return n, nil
}

// InsertCatalogue keeps a catalogue that is put in force.
type InsertCatalogue struct {
	Version int64
	Text    string
	By      directory.UserID
}

func (c InsertCatalogue) apply(ctx context.Context, tx *Tx) error {
	columns := []string{"version", "text", "applied_at", "applied_by"}
	if _, err := tx.bulkInsert(ctx, "catalogue", columns, [][]any{{c.Version, c.Text, tx.Now, c.By}}, ""); err != nil {
		return fmt.Errorf("keep catalogue: %w", err)
	}
	return nil
}

// AccountsBy counts accounts by a column of theirs: "type" or "service_level".
func (r *Reader) AccountsBy(ctx context.Context, column string) (map[string]int64, error) {
	counts := map[string]int64{}
	if column != "type" && column != "service_level" {
		return nil, fmt.Errorf("count accounts by %s", column)
	}
	err := each(ctx, r, `SELECT `+column+`, count(*) FROM account GROUP BY `+column, nil, func(row scanner) error {
		var value string
		var n int64
		err := row.Scan(&value, &n)
		counts[value] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count accounts by %s: %w", column, err)
	}
	return counts, nil
}

// RolesOfAccounts reads all roles of several accounts, by account.
func (r *Reader) RolesOfAccounts(ctx context.Context, accounts []directory.AccountID) (map[directory.AccountID][]directory.Role, error) {
	var a args
	query := `
		SELECT key, uuid, kind, code, place, names, permissions, default_level, default_products, proposed, shipped,
			changed_by_account, archived_at, version
		FROM role WHERE account_key` + inKeys(r, accounts, &a) + ` ORDER BY key`
	found := make(map[directory.AccountID][]directory.Role, len(accounts))
	err := each(ctx, r, query, a, func(row scanner) error {
		o, err := scanRole(row)
		account := o.ID.Account()
		found[account] = append(found[account], o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return found, nil
}

const projectTypeColumns = `key, uuid, name, archived_at, version`

func scanProjectType(row scanner) (directory.ProjectType, error) {
	var t directory.ProjectType
	var archived micros
	err := row.Scan(&t.ID, &t.UUID, &t.Name, &archived, &t.Version)
	t.Archived = archived.Time
	return t, err
}

// ProjectTypes reads the list of project types of an account, archived ones too, by
// name.
func (r *Reader) ProjectTypes(ctx context.Context, account directory.AccountID) ([]directory.ProjectType, error) {
	var a args
	query := `SELECT ` + projectTypeColumns + ` FROM project_type WHERE account_key = ` + a.add(account) + ` ORDER BY name_folded, key`
	types, err := collect(ctx, r, query, a, scanProjectType)
	if err != nil {
		return nil, fmt.Errorf("read project types: %w", err)
	}
	return types, nil
}

// ProjectsOfTypes counts the projects of an account that are not archived, by their
// type; those of none are left out.
func (r *Reader) ProjectsOfTypes(ctx context.Context, account directory.AccountID) (map[directory.ProjectTypeID]int64, error) {
	counts := map[directory.ProjectTypeID]int64{}
	var a args
	query := `SELECT j.type_key, count(*)` + ofProjects + `j.account_key = ` + a.add(account) +
		` AND j.type_key IS NOT NULL AND u.archived_at IS NULL GROUP BY j.type_key`
	err := each(ctx, r, query, a, func(row scanner) error {
		var key directory.ProjectTypeID
		var n int64
		err := row.Scan(&key, &n)
		counts[key] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count projects by type: %w", err)
	}
	return counts, nil
}

// InsertProjectType adds a type to the list of an account.
type InsertProjectType struct {
	Account directory.AccountID
	directory.ProjectType
}

func (c InsertProjectType) apply(ctx context.Context, tx *Tx) error {
	columns := []string{"key", "uuid", "account_key", "name", "name_folded", "version"}
	row := []any{c.ID, c.UUID, c.Account, c.Name, directory.Fold(c.Name), 1}
	if _, err := tx.bulkInsert(ctx, "project_type", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("add project type: %w", err)
	}
	return nil
}

// UpdateProjectType writes a type's name and end over the version it was read in.
type UpdateProjectType directory.ProjectType

func (c UpdateProjectType) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE project_type SET name = ` + a.add(c.Name) + `, name_folded = ` + a.add(directory.Fold(c.Name)) + `, archived_at = ` + a.add(c.Archived) +
		`, version = version + 1 WHERE key = ` + a.add(c.ID) + ` AND version = ` + a.add(c.Version)
	return wrote(ctx, tx, query, a, 1)
}

// A TemplateLine is a template without its places, with how many of them are of
// members who are there and not switched off.
type TemplateLine struct {
	directory.Template
	Members int64
}

// Templates reads the templates of an account, archived ones too, by name.
func (r *Reader) Templates(ctx context.Context, account directory.AccountID) ([]TemplateLine, error) {
	var a args
	asleep := a.add(directory.Inactive)
	query := `SELECT t.key, t.uuid, t.name, coalesce(t.type_key, 0), t.products, t.archived_at, t.version,
			(SELECT count(*) FROM template_place p JOIN member m ON m.key = p.member_key JOIN "user" u ON u.key = m.user_key
				WHERE p.template_key = t.key AND m.removed_at IS NULL AND m.status <> ` + asleep + ` AND u.switched_off_at IS NULL AND u.erased_at IS NULL)
		FROM project_template t WHERE t.account_key = ` + a.add(account) + ` ORDER BY t.name_folded, t.key`
	lines, err := collect(ctx, r, query, a, func(row scanner) (TemplateLine, error) {
		var l TemplateLine
		var products string
		var archived micros
		if err := row.Scan(&l.ID, &l.UUID, &l.Name, &l.Type, &products, &archived, &l.Version, &l.Members); err != nil {
			return l, err
		}
		l.Archived = archived.Time
		return l, json.Unmarshal([]byte(products), &l.Products)
	})
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	return lines, nil
}

// TemplatePlaces reads all places of a template, those of members who left or are
// switched off too.
func (r *Reader) TemplatePlaces(ctx context.Context, template directory.TemplateID) ([]directory.Place, error) {
	var a args
	query := `SELECT p.member_key, coalesce(p.company_key, 0), coalesce(p.level_key, 0), p.functions, p.access
		FROM template_place p WHERE p.template_key = ` + a.add(template) + ` ORDER BY p.member_key`
	places, err := collect(ctx, r, query, a, func(row scanner) (directory.Place, error) {
		var p directory.Place
		var functions, access string
		if err := row.Scan(&p.Member, &p.Company, &p.Level, &functions, &access); err != nil {
			return p, err
		}
		return p, readPlaceTexts(&p, functions, access)
	})
	if err != nil {
		return nil, fmt.Errorf("read places of a template: %w", err)
	}
	return places, nil
}

// InsertTemplate writes a new template of an account with its places.
type InsertTemplate struct {
	Account directory.AccountID
	directory.Template
}

func (c InsertTemplate) apply(ctx context.Context, tx *Tx) error {
	products, err := jsonText(c.Products, "[]")
	if err != nil {
		return err
	}
	columns := []string{"key", "uuid", "account_key", "name", "name_folded", "type_key", "products", "version"}
	row := []any{c.ID, c.UUID, c.Account, c.Name, directory.Fold(c.Name), orNull(c.Type), products, 1}
	if _, err := tx.bulkInsert(ctx, "project_template", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("add template: %w", err)
	}
	return InsertTemplatePlaces{Template: c.ID, Places: c.Places}.apply(ctx, tx)
}

// InsertTemplatePlaces writes places of members who are not in the template.
type InsertTemplatePlaces struct {
	Template directory.TemplateID
	Places   []directory.Place
}

func (c InsertTemplatePlaces) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Places))
	for i, p := range c.Places {
		functions, access, err := placeTexts(p)
		if err != nil {
			return err
		}
		rows[i] = []any{c.Template, p.Member, orNull(p.Company), orNull(p.Level), functions, access}
	}
	columns := []string{"template_key", "member_key", "company_key", "level_key", "functions", "access"}
	if _, err := tx.bulkInsert(ctx, "template_place", columns, rows, ""); err != nil {
		return fmt.Errorf("add places of a template: %w", err)
	}
	return nil
}

// UpdateTemplate writes a template's name, type, products and end over the version it
// was read in. Its places stay.
type UpdateTemplate directory.Template

func (c UpdateTemplate) apply(ctx context.Context, tx *Tx) error {
	products, err := jsonText(c.Products, "[]")
	if err != nil {
		return err
	}
	var a args
	query := `UPDATE project_template SET name = ` + a.add(c.Name) + `, name_folded = ` + a.add(directory.Fold(c.Name)) + `, type_key = ` + a.add(orNull(c.Type)) +
		`, products = ` + a.add(products) + `, archived_at = ` + a.add(c.Archived) + `, version = version + 1
		WHERE key = ` + a.add(c.ID) + ` AND version = ` + a.add(c.Version)
	return wrote(ctx, tx, query, a, 1)
}

// DeleteTemplatePlace takes a member out of a template.
type DeleteTemplatePlace struct {
	Template directory.TemplateID
	Member   directory.MemberID
}

func (c DeleteTemplatePlace) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `DELETE FROM template_place WHERE template_key = ` + a.add(c.Template) + ` AND member_key = ` + a.add(c.Member)
	return wrote(ctx, tx, query, a, 1)
}
