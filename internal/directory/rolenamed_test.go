package directory_test

import (
	"testing"

	"intendant/internal/directory"
)

func TestRoleNamed(t *testing.T) { // ROLE-8, API-4
	noon := directory.Role{}.Archived.AddDate(1, 0, 0)
	roles := []directory.Role{
		{ID: 1, Kind: directory.RightsRole, Code: "own-1", Names: map[string]string{"": "Gérant", "en": "Manager"}},
		{ID: 2, Kind: directory.RightsRole, Code: "own-2", Names: map[string]string{"": "Lecteur"}},
		{ID: 3, Kind: directory.Function, Code: "own-3", Names: map[string]string{"": "Métreur"}},
		{ID: 4, Kind: directory.RightsRole, Code: "own-4", Names: map[string]string{"": "Ancien"}, Archived: noon},
	}
	for name, c := range map[string]struct {
		names map[string]string
		want  directory.RoleID
		code  string
	}{
		"one of its names, in another case and without accents": {map[string]string{"de": "GERANT"}, 1, ""},
		"two of its names":           {map[string]string{"": "gérant", "en": "manager"}, 1, ""},
		"nobody's":                   {map[string]string{"": "Sorcier"}, 0, ""},
		"a name of another kind":     {map[string]string{"": "Métreur"}, 0, ""},
		"none":                       {nil, 0, ""},
		"an empty one":               {map[string]string{"": " "}, 0, ""},
		"names of two roles":         {map[string]string{"": "Gérant", "en": "Lecteur"}, 1, "role.name_taken"},
		"a name of an archived role": {map[string]string{"": "ancien"}, 0, "role.name_archived"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := directory.RoleNamed(roles, directory.RightsRole, c.names)
			code := ""
			if refusal, is := err.(*directory.Error); is {
				code = refusal.Code
			}
			if got.ID != c.want || code != c.code {
				t.Errorf("%d %q, want %d %q", got.ID, code, c.want, c.code)
			}
		})
	}
}
