package api_test

import (
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestSettingsByAPI reads and changes what the account sets for itself.
func TestSettingsByAPI(t *testing.T) { // API-1, API-3, SIGN-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		path := s.path("/settings")
		now := s.get(path).is(200, "")
		for _, row := range directory.AccountSettings() {
			if now.text(row.ID) == "" && row.Kind != directory.ChoiceSetting {
				t.Errorf("no %s: %s", row.ID, now.body)
			}
		}
		s.ask("PATCH", path, `{"invitation_days":3}`).is(428, "version.required")
		changed := s.ask("PATCH", path, `{"invitation_days":3,"languages":["en","fr"],"reminders":false}`, "If-Match", now.header.Get("ETag")).is(200, "")
		if changed.text("invitation_days") != "3" || changed.text("languages") != `["fr","en"]` || changed.text("reminders") != "false" ||
			changed.text("quick_add_limit") != now.text("quick_add_limit") {
			t.Errorf("%s", changed.body)
		}
		s.ask("PATCH", path, `{"invitation_days":4}`, "If-Match", now.header.Get("ETag")).is(412, "stale")
		for body, code := range map[string]string{`"invitation_days":31`: "settings.out_of_range", `"min_length":8`: "settings.too_lax",
			`"renewal_days":29`: "password_policy.renewal", `"time_zone":"Mars/Olympus"`: "field.unknown_choice", `"classes":"three"`: "request.invalid",
			`"height":3`: "request.invalid", `"second_factor":"some"`: "request.invalid", `"languages":["de"]`: "settings.language_left_out"} {
			refused := s.ask("PATCH", path, `{"version":"`+changed.text("version")+`",`+body+`}`).is(422, code)
			if field := refused.text("field"); field == "" || body[1:1+len(field)] != field {
				t.Errorf("%s: at %q", body, field)
			}
		}
	})
}
