package api_test

// actExchanges are those about acts on many, and about what is undone.
func actExchanges() map[string]exchange {
	return map[string]exchange{
		"load":         {"POST", "/loads?invite=none", `{"unit":{"external_id":"S","level":"[level]","name":"Sud"}}`, 200, false},
		"list-acts":    {"GET", "/acts", "", 200, false},
		"get-act":      {"GET", "/acts/[act]", "", 200, false},
		"list-refused": {"GET", "/acts/[act]/refused?limit=2", "", 200, false},
		"stop-act":     {"POST", "/acts/[act]/stop", "", 200, false},
		"list-results": {"GET", "/acts/[act]/results?outcome=refused&limit=2", "", 200, false},
		"repeat-act":   {"POST", "/acts/[act]/again", "", 409, false},
		"undo":         {"POST", "/undo", `{"entry":[entry],"preview":true}`, 200, false},
	}
}

// pastExchanges are those about past days; the stand was made on that day.
func pastExchanges() map[string]exchange {
	return map[string]exchange{
		"list-past-members": {"GET", "/past/members?on=2026-03-02&status=active&search=ha", "", 200, false},
		"list-past-rights":  {"GET", "/past/rights?on=2026-03-02&unit=[unit]", "", 200, false},
		"list-differences":  {"GET", "/past/differences?from=2026-03-02&to=2026-03-02&limit=5", "", 200, false},
	}
}
