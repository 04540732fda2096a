package profile_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/web/webtest"
)

func TestProfilePage(t *testing.T) {
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	c := site.SignedIn(t, w.Person("ludivine.garrec@garrec.example"))
	form := c.Get("/profile")
	if saved := form.Submit("/profile", "first_name", "Ludivine", "last_name", "Garrec", "civility", "mrs"); saved.Location != "/profile" {
		t.Fatalf("status %d: %s", saved.Status, saved.Text())
	}
	t.Run("PLAN-4 an edit made on an older version is told", func(t *testing.T) {
		if stale := form.Submit("/profile", "first_name", "Autre"); stale.Status != http.StatusConflict {
			t.Errorf("status %d, want 409", stale.Status)
		}
	})
	t.Run("USER-7 export", func(t *testing.T) {
		file := c.Post("/profile/export")
		if file.Status != http.StatusOK || !strings.Contains(file.Body, `"first_name": "Ludivine"`) {
			t.Errorf("status %d: %s", file.Status, file.Body)
		}
	})
	t.Run("SIGN-6 sessions are listed and ended", func(t *testing.T) {
		if page := c.Get("/profile/sessions"); page.Status != http.StatusOK {
			t.Errorf("status %d", page.Status)
		}
		if page := c.Post("/profile/sessions/others"); page.Location != "/profile/sessions" {
			t.Errorf("leads to %q", page.Location)
		}
	})
	t.Run("USER-7 erase asks, then ends everything", func(t *testing.T) {
		if gone := c.Get("/profile/erase").Submit("/profile/erase", "proof", apptest.Password); gone.Location != "/sign-in" {
			t.Fatalf("status %d to %q", gone.Status, gone.Location)
		}
		if got := c.Get("/profile").Location; !strings.HasPrefix(got, "/sign-in") {
			t.Errorf("still signed in: %q", got)
		}
	})
}

// TestDeadConfirmation: a link that confirms no address any more leads to one that does.
func TestDeadConfirmation(t *testing.T) { // USER-1, USER-8
	w := apptest.New(t, "sqlite")
	c := webtest.New(t, w).SignedIn(t, w.Person("ophelie.tardieu@tardieu.example"))
	dead := c.Get("/email/confirm/no-such-token").Submit("/email/confirm/no-such-token")
	if dead.Status != http.StatusNotFound || !strings.Contains(dead.Text(), "Faites-vous en envoyer un nouveau ici") {
		t.Fatalf("status %d: %.400s", dead.Status, dead.Text())
	}
	action := "/profile/email"
	if dead.Has(`form[action="/profile/email/prove"]`) {
		action = "/profile/email/prove"
	}
	again := dead.Submit(action, "email", "o.tardieu@tardieu.example", "old", "faux")
	if action == "/profile/email" && again.Status != http.StatusUnprocessableEntity || action != "/profile/email" && again.Location != "/profile/email?sent=1" {
		t.Errorf("%s: status %d to %q", action, again.Status, again.Location)
	}
}

func TestSignaturePage(t *testing.T) { // PREF-3
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	c := site.SignedIn(t, w.Person("ludivine.garrec@garrec.example"))
	var drawn bytes.Buffer
	w.Must(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 64, 20))))
	send := func(fields map[string]string, file []byte) *webtest.Page {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for name, value := range fields {
			w.Must(form.WriteField(name, value))
		}
		if file != nil {
			part, err := form.CreateFormFile("signature_file", "signature.png")
			w.Must(err)
			_, err = part.Write(file)
			w.Must(err)
		}
		w.Must(form.Close())
		return c.Send("/profile/signature", form.FormDataContentType(), body.String())
	}
	for _, test := range []struct {
		name   string
		fields map[string]string
		file   []byte
		want   int
	}{
		{"drawn", map[string]string{"signature": "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawn.Bytes())}, nil, http.StatusSeeOther},
		{"uploaded, without a script", map[string]string{"signature": ""}, drawn.Bytes(), http.StatusSeeOther},
		{"nothing", map[string]string{"signature": ""}, nil, http.StatusUnprocessableEntity},
		{"no picture", nil, []byte("<svg onload=alert(1)>"), http.StatusUnprocessableEntity},
	} {
		t.Run(test.name, func(t *testing.T) {
			if page := send(test.fields, test.file); page.Status != test.want {
				t.Errorf("status %d, want %d: %s", page.Status, test.want, page.Text())
			}
		})
	}
	if picture := c.Get("/profile/signature.png"); picture.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the owner sees %q", picture.Header.Get("Content-Type"))
	}
	other := site.SignedIn(t, w.Person("autre@garrec.example"))
	if page := other.Get("/profile/signature.png"); page.Status != http.StatusNotFound {
		t.Errorf("another person gets %d, want 404", page.Status)
	}
	if page := c.Get("/profile/signature").Submit("/profile/signature/remove"); page.Location != "/profile/signature" {
		t.Errorf("removed: %d", page.Status)
	}
}
