package mail_test

import (
	"bytes"
	"image"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"intendant/internal/directory"
	"intendant/internal/mail"
	"intendant/internal/mail/mailtest"
)

func drawn(t *testing.T, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestLogoSize: a logo is no larger than mails show it, and its picture as fine as
// screens need.
func TestLogoSize(t *testing.T) { // MAIL-1
	for _, test := range []struct{ width, height, shownWidth, shownHeight, fineWidth int }{
		{800, 300, 107, 40, 214}, {800, 20, 220, 6, 440}, {30, 20, 30, 20, 30}, {60, 60, 40, 40, 60},
	} {
		logo, err := mail.NewLogo(drawn(t, test.width, test.height))
		if err != nil {
			t.Fatal(err)
		}
		fine, err := png.DecodeConfig(bytes.NewReader(logo.PNG))
		if err != nil {
			t.Fatal(err)
		}
		if logo.Width != test.shownWidth || logo.Height != test.shownHeight || fine.Width != test.fineWidth {
			t.Errorf("MAIL-1 %d by %d is shown %d by %d and sent %d wide, want %d by %d and %d", test.width, test.height, logo.Width, logo.Height, fine.Width,
				test.shownWidth, test.shownHeight, test.fineWidth)
		}
	}
	if _, err := mail.NewLogo([]byte("no picture")); err == nil {
		t.Error("MAIL-1 what is no picture is a logo")
	}
}

// TestLogo: the logo goes with the mail, the HTML shows exactly that, and what cannot
// show it reads the vendor's name; without one nothing is shown and nothing goes.
func TestLogo(t *testing.T) { // ACC-1, MAIL-1
	r := mailtest.Start(t)
	logo, err := mail.NewLogo(drawn(t, 400, 100))
	if err != nil {
		t.Fatal(err)
	}
	for _, with := range []*mail.Logo{logo, nil} {
		r.Clear()
		e := envelope()
		if e.HTML, e.Text, err = mail.Render(mail.Brand{Name: `B"âti<soft`, Logo: with}, "fr", mail.Content{Kind: directory.MailPasswordReset, Paragraphs: []string{"x"}}); err != nil {
			t.Fatal(err)
		}
		e.Logo = with
		if err := sender(r, nil).Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		got := r.Wait(t, 1)[0]
		shown := regexp.MustCompile(`<img [^>]*src="cid:([^"]+)" width="160" height="40" alt="B&#34;âti&lt;soft"`).FindStringSubmatch(got.HTML)
		switch {
		case with == nil:
			if strings.Contains(got.HTML, "<img") || len(got.Inline) > 0 || strings.Contains(string(got.Raw), "multipart/related") {
				t.Error("ACC-1 without a logo a mail carries a picture")
			}
			if !strings.Contains(got.HTML, "font-weight:600;color:#171c1f\">B&#34;âti&lt;soft</td>") {
				t.Error("ACC-1 without a logo the name is missing")
			}
		case shown == nil:
			t.Errorf("ACC-1 the mail shows no logo with the vendor's name:\n%s", got.HTML)
		case !bytes.Equal(got.Inline[shown[1]], logo.PNG):
			t.Errorf("ACC-1 the mail shows %s and carries %d pictures", shown[1], len(got.Inline))
		}
		if got.Text == "" || strings.Contains(got.Text, "cid:") {
			t.Errorf("MAIL-1 the text part is %q", got.Text)
		}
		if whole := e.Whole(); strings.Contains(whole, "cid:") || (with != nil) != strings.Contains(whole, `src="data:image/png;base64,iVBOR`) {
			t.Error("MAIL-3 the whole HTML does not hold its picture")
		}
	}
}
