package assets

import (
	"bufio"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func get(t *testing.T, path, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestEveryFileIsServed(t *testing.T) {
	for _, test := range []struct{ name, kind string }{
		{"tabler.min.css", "text/css; charset=utf-8"},
		{"intendant.css", "text/css; charset=utf-8"},
		{"htmx.min.js", "text/javascript; charset=utf-8"},
		{"app.js", "text/javascript; charset=utf-8"},
		{"icons.svg", "image/svg+xml"},
		{"favicon.svg", "image/svg+xml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			plain, packed := get(t, Path(test.name), ""), get(t, Path(test.name), "gzip, br")
			if plain.StatusCode != 200 || plain.Header.Get("Content-Type") != test.kind {
				t.Fatalf("status %d, type %q", plain.StatusCode, plain.Header.Get("Content-Type"))
			}
			if got := plain.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
				t.Errorf("Cache-Control = %q", got)
			}
			unpacked, err := gzip.NewReader(packed.Body)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(unpacked)
			if err != nil {
				t.Fatal(err)
			}
			want, err := io.ReadAll(plain.Body)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) || len(want) == 0 {
				t.Errorf("packed %d bytes, plain %d", len(got), len(want))
			}
		})
	}
}

// The stylesheet names the face by the address with its hash.
func TestFace(t *testing.T) {
	style, err := io.ReadAll(get(t, Path("intendant.css"), "").Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"inter-latin.woff2", "inter-latin-ext.woff2"} {
		if !strings.Contains(string(style), "url("+Path(name)+")") {
			t.Errorf("the stylesheet does not name %s", Path(name))
		}
		answer := get(t, Path(name), "gzip")
		if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "font/woff2" || answer.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: status %d, %v", name, answer.StatusCode, answer.Header)
		}
	}
}

func TestUnknownAddresses(t *testing.T) {
	for _, path := range []string{
		"/assets/", "/assets/app.js", "/assets/000000000000/app.js", "/assets/none/nothing.css",
		"/assets/brand-red.css", "/assets/brand-0b5d66.js", "/assets/brand-0b5d66", "/assets/brand-0b5d6.css", "/assets/brand-0B5D66.css", "/assets/brand-+b5d66.css",
		"/assets/brand-0b5d66}body{.css", Path("nothing.js"),
	} {
		if got := get(t, path, "").StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, got)
		}
	}
}

func TestBrandStylesheet(t *testing.T) {
	for _, test := range []struct{ colour, want string }{
		{"#7A1FA2", ":root{--vendor:#7a1fa2}\n"},
		{"", ":root{--vendor:" + VendorColour + "}\n"},
		{"red;}", ":root{--vendor:" + VendorColour + "}\n"},
	} {
		body, err := io.ReadAll(get(t, BrandPath(test.colour), "").Body)
		if err != nil {
			t.Fatal(err)
		}
		if string(body) != test.want {
			t.Errorf("BrandPath(%q) answers %q, want %q", test.colour, body, test.want)
		}
	}
}

func TestBrandIcon(t *testing.T) {
	answer := get(t, BrandIconPath("#7A1FA2"), "")
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(string(body), `fill="#7a1fa2"`) {
		t.Errorf("%v %s", answer.Header, body)
	}
}

// The sprite holds exactly the icons that icons.txt names.
func TestSprite(t *testing.T) {
	sprite, err := os.ReadFile("files/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	names, err := os.Open("icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer names.Close()
	want := 0
	for lines := bufio.NewScanner(names); lines.Scan(); want++ {
		if !strings.Contains(string(sprite), `<symbol id="`+lines.Text()+`"`) {
			t.Errorf("no icon %q in the sprite; run scripts/icons.sh", lines.Text())
		}
	}
	if got := strings.Count(string(sprite), "<symbol "); got != want {
		t.Errorf("%d icons in the sprite, %d named", got, want)
	}
}

func TestOnlyRead(t *testing.T) {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest("POST", Path("app.js"), nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("status %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}
