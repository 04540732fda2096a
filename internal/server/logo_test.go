package server

import (
	"bytes"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"intendant/internal/config"
)

// TestLogo: the file beside the catalogue is drawn anew; what is no picture, lies
// elsewhere or is not there is none.
func TestLogo(t *testing.T) { // ACC-1
	folder := t.TempDir()
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewNRGBA(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	drawn.WriteString("<script>behind the picture</script>")
	for name, content := range map[string][]byte{"logo.png": drawn.Bytes(), "text.png": []byte("no picture")} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	logos := newLogos(config.Config{Catalogue: filepath.Join(folder, "mine.yaml")}, slog.New(slog.DiscardHandler))
	if got := logos.of("logo.png"); got == nil || bytes.Contains(got, []byte("script")) || !bytes.HasPrefix(got, []byte("\x89PNG")) {
		t.Errorf("logo: %d bytes, want the picture drawn anew", len(got))
	}
	if got := logos.inMail("logo.png"); got == nil || bytes.Contains(got.PNG, []byte("script")) || got.Width != 40 || got.Height != 40 {
		t.Errorf("logo of mails: %+v, want the picture drawn anew", got)
	}
	for _, name := range []string{"", "text.png", "none.png", "../" + filepath.Base(folder) + "/logo.png"} {
		if got := logos.of(name); got != nil {
			t.Errorf("%q is a logo of %d bytes", name, len(got))
		}
		if got := logos.inMail(name); got != nil {
			t.Errorf("%q is a logo of mails", name)
		}
	}
}
