package i18n

import (
	"slices"
	"strings"
	"testing"

	"intendant/internal/directory"
)

// TestSettingsHaveWords holds the table of settings against the messages of all
// languages, and the messages against the table.
func TestSettingsHaveWords(t *testing.T) {
	t.Parallel()
	var may []string
	need := map[string]bool{}
	for _, group := range directory.SettingGroups() {
		key := "settings.group." + string(group)
		need[key] = true
		may = append(may, key+".note", key+".lead")
	}
	for _, row := range directory.AccountSettings() {
		key := "settings.field." + row.ID
		need[key] = true
		may = append(may, key+".hint")
		for _, choice := range row.Choices {
			need[row.Word(choice)] = true
		}
	}
	for code := range pluralForms() {
		texts := entries(t, code)
		for key := range need {
			if texts[key] == nil {
				t.Errorf("%s: there is no message %s", code, key)
			}
		}
		for _, row := range directory.AccountSettings() {
			if texts["history.field."+row.HistoryField()] == nil && texts["field."+row.HistoryField()] == nil {
				t.Errorf("%s: history has no word for %s", code, row.HistoryField())
			}
		}
		for key := range texts {
			ours := strings.HasPrefix(key, "settings.field.") || strings.HasPrefix(key, "settings.group.")
			if ours && !need[key] && !slices.Contains(may, key) {
				t.Errorf("%s: no setting uses %s", code, key)
			}
		}
	}
}
