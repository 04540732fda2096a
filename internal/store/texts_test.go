package store_test

import (
	"slices"
	"strings"
	"testing"

	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// notTyped are the columns of text that nobody types: what the program makes, what
// is chosen from a list or folded from another column, and what has a shape and a
// bound of its own.
func notTyped() []string {
	return []string{
		"made: *.uuid *.batch *.token *.password_hash mailed_link.* session.* session_next.* registration.password_hash mail.facts mail.path mail.message_id mail.kind mail.topic",
		"made: entry.* job.* repeatable.* throttle.* catalogue.* account.settings import.choices import.format import.noun import_row.facts api_token.scope",
		"made: bulk_act.asker bulk_act.change bulk_act.request bulk_act.stopped bulk_part.items bulk_refusal.facts export.*",
		"cut: access_log.* mail.last_error mail.address mailbox_message.*",
		"folded: *_folded *.folded *.search *.unique_name",
		"chosen: *.state *.kind *.outcome *.purpose *.level *.more_levels *.type *.service_level *.civility *.functions *.function *.access *.products *.permissions *.place " +
			"*.code *.default_level *.default_products *.password_state *.staff *.product *.edition *.proof *.part application.rights preference.* " +
			"import_row.outcome",
		"of a shape: domain.name contract_document.issued_on",
	}
}

// TestTypedTextsAreInTheTable reads the columns of text and holds them against the
// table of texts: who adds one says what may stand in it.
func TestTypedTextsAreInTheTable(t *testing.T) { // DOOR-6
	t.Parallel()
	inTable := map[string]bool{}
	for _, rule := range directory.TextRules() {
		for _, column := range rule.Columns {
			inTable[column] = true
		}
	}
	var exempt []string
	for _, line := range notTyped() {
		_, columns, _ := strings.Cut(line, ": ")
		exempt = append(exempt, strings.Fields(columns)...)
	}
	there := map[string]bool{}
	for _, line := range describe(t, storetest.Open(t, "sqlite"), sqliteColumns) {
		name, kind, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(kind, "text") {
			continue
		}
		there[name] = true
		matches := func(pattern string) bool {
			begin, end, wild := strings.Cut(pattern, "*")
			return !wild && pattern == name || wild && strings.HasPrefix(name, begin) && strings.HasSuffix(name, end)
		}
		if !inTable[name] && !slices.ContainsFunc(exempt, matches) {
			t.Errorf("%s is in no row of directory.TextRules, and nothing says why", name)
		}
	}
	for column := range inTable {
		if !there[column] {
			t.Errorf("directory.TextRules names %s, which is no column", column)
		}
	}
}
