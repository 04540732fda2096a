package api

import "testing"

func TestStrict(t *testing.T) { // DOOR-4
	t.Parallel()
	for _, test := range []struct{ name, body, code, field string }{
		{"one of each", `{"email":"a","names":{"":"x","fr":"y"},"rows":[{"email":"b"},{"email":"c"}]}`, "", ""},
		{"twice", `{"email":"a","email":"b"}`, "request.member_twice", "email"},
		{"twice, once escaped", `{"email":"a","\u0065mail":"b"}`, "request.member_twice", "email"},
		{"twice, within a list", `{"rows":[{"email":"a","email":"b"}]}`, "request.member_twice", "email"},
		{"another case", `{"email":"a","Last_Name":"b"}`, "request.member_unknown", "Last_Name"},
		{"a letter that folds to one of ours", `{"laſt_name":"b"}`, "request.member_unknown", "laſt_name"},
		{"the same name in two objects", `{"a":{"b":1},"c":{"b":1}}`, "", ""},
		{"no JSON is left to its reader", `{"a":`, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := strict([]byte(test.body))
			switch {
			case got == nil && test.code != "":
				t.Errorf("nothing refused, want %s", test.code)
			case got != nil && (got.Code != test.code || got.Field != test.field):
				t.Errorf("%s at %q, want %s at %q", got.Code, got.Field, test.code, test.field)
			}
		})
	}
}

func TestBrokenEscape(t *testing.T) { // DOOR-3
	t.Parallel()
	for body, want := range map[string]bool{
		`{"a":"b"}`: false, `{"a":"\u0000"}`: true, `{"a":"\\u0000"}`: false, `{"a":"\\\u0000"}`: true,
		`{"a":"\ud83d\ude00"}`: false, `{"a":"\ud83d"}`: true, `{"a":"\ude00\ud83d"}`: true, `{"a":"\ud83dx"}`: true,
		`{"a":"\ud83d\\ude00"}`: true, `\`: false, `\u12`: false, `{"a":"\n\t\u00e9"}`: false,
	} {
		if got := brokenEscape([]byte(body)); got != want {
			t.Errorf("brokenEscape(%s) = %v, want %v", body, got, want)
		}
	}
}
