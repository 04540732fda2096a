package directory_test

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/directory"
)

func TestCleanRoleNames(t *testing.T) { // ROLE-4
	t.Parallel()
	languages := []string{"fr", "en"}
	for _, test := range []struct {
		name  string
		names map[string]string
		field string
		code  string
	}{
		{"one name for all", map[string]string{"": "Référent sécurité"}, "", ""},
		{"one in each language", map[string]string{"fr": "Métreur", "en": "Quantity surveyor"}, "", ""},
		{"none", map[string]string{"": " ", "fr": ""}, "name", "field.required"},
		{"nothing that shows", map[string]string{"": "\u200b\u200b"}, "name", "text.broken"},
		{"70,000 characters", map[string]string{"en": strings.Repeat("x", 70_000)}, "name_en", "field.too_long"},
		{"NUL", map[string]string{"": "Chef\x00"}, "name", "text.broken"},
		{"no text", map[string]string{"fr": "\xff"}, "name_fr", "text.broken"},
		{"a language there is not", map[string]string{"xx": "Chef"}, "name", "field.unknown_choice"},
		{"as long as may be", map[string]string{"": strings.Repeat("é", directory.RoleNameMost)}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			clean, refusal := directory.CleanRoleNames(test.names, languages)
			if refusal == nil {
				if test.code != "" || len(clean) == 0 {
					t.Errorf("clean %q, want refused with %q", clean, test.code)
				}
				return
			}
			if refusal.Code != test.code || refusal.Field != test.field {
				t.Errorf("refused with %s at %s, want %q at %q", refusal.Code, refusal.Field, test.code, test.field)
			}
		})
	}
	clean, _ := directory.CleanRoleNames(map[string]string{"": "  Chef \n d’agence "}, languages)
	if clean[""] != "Chef d’agence" {
		t.Errorf("white space is kept: %q", clean[""])
	}
}

func TestCheckRoleName(t *testing.T) { // ROLE-4
	t.Parallel()
	role := func(id int64, kind directory.RoleKind, code, name string) directory.Role {
		return directory.Role{ID: directory.RoleID(id), Kind: kind, Code: code, Names: map[string]string{"fr": name}}
	}
	archived := role(3, directory.Function, "own-3", "Grutier")
	archived.Archived = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	others := []directory.Role{role(1, directory.Function, "surveyor", "Métreur"), role(2, directory.RightsRole, "manager", "Gestionnaire"), archived}
	for _, test := range []struct{ name, called, want string }{
		{"another name", "Conducteur de travaux", ""},
		{"the same, written otherwise", "METREUR", "role.name_taken"},
		{"the code of another", "Surveyor", "role.name_taken"},
		{"of another kind", "Gestionnaire", ""},
		{"of one that is archived", "grutier", "role.name_archived"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if refusal := directory.CheckRoleName(directory.Role{}, role(9, directory.Function, "own-9", test.called), others); refusal != nil {
				got = refusal.Code
			}
			if got != test.want {
				t.Errorf("code %q, want %q", got, test.want)
			}
		})
	}
	twins := append(others, role(4, directory.Function, "surveyor-2", "Métreur"))
	if refusal := directory.CheckRoleName(twins[3], twins[3], twins); refusal != nil {
		t.Errorf("a name it had is refused: %v", refusal)
	}
}
