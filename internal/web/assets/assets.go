// Package assets holds every file a page loads: Tabler, htmx, the icon sprite,
// the face, our own stylesheet and script. They are part of the binary; nothing comes
// from another origin.
//
// A file's address carries a hash of its content, so that browsers may keep it
// for ever and still see a new version at once. The vendor's colour is the one
// thing that differs between installations: it has a stylesheet and a mark of its
// own, whose address is the colour, because pages carry no inline style.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed files
var embedded embed.FS

// Prefix is where Handler is to be mounted.
const Prefix = "/assets/"

// VendorColour is the colour of an installation whose catalogue names none.
const VendorColour = "#0b5d66"

const (
	forEver    = "public, max-age=31536000, immutable"
	brandStart = "brand-"
	fontType   = "font/woff2" // packed already
)

// A file is one embedded file ready to be sent.
type file struct {
	content []byte
	hash    string
	kind    string
	packed  func() []byte
}

// files reads the embedded files once, at the first page.
var files = sync.OnceValue(load)

// load cannot fail: the files are compiled in, and a test asks for every one.
// Stylesheets come last, because they name other files and need their addresses.
func load() map[string]*file {
	all := make(map[string]*file)
	var styles, addresses []string
	entries, _ := embedded.ReadDir("files")
	for _, entry := range entries {
		name := entry.Name()
		if path.Ext(name) == ".css" {
			styles = append(styles, name)
			continue
		}
		all[name] = newFile(name, read(name))
		addresses = append(addresses, "url("+name+")", "url("+Prefix+all[name].hash+"/"+name+")")
	}
	for _, name := range styles {
		style := strings.NewReplacer(addresses...).Replace(string(read(name)))
		all[name] = newFile(name, []byte(style))
	}
	return all
}

func read(name string) []byte {
	content, _ := embedded.ReadFile(path.Join("files", name))
	return content
}

func newFile(name string, content []byte) *file {
	sum := sha256.Sum256(content)
	f := &file{content: content, hash: hex.EncodeToString(sum[:6]), kind: kindOf(name)}
	f.packed = sync.OnceValue(func() []byte { return nil })
	if f.kind != fontType {
		f.packed = sync.OnceValue(func() []byte { return pack(content) })
	}
	return f
}

func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return fontType
	}
	return "application/octet-stream"
}

// pack compresses once and as well as it can: the result is sent many times.
func pack(content []byte) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(content); err != nil {
		return nil
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return packed.Bytes()
}

// Path is the address of the file called name, such as "app.js". A name that
// does not exist gives an address that answers 404; a test of the pages finds it.
func Path(name string) string {
	f, ok := files()[name]
	if !ok {
		return Prefix + "none/" + name
	}
	return Prefix + f.hash + "/" + name
}

// Icon is the address of one icon of the sprite.
func Icon(name string) string { return Path("icons.svg") + "#" + name }

// ValidColour says whether colour is written #rrggbb, the only form a vendor's
// colour may have: it becomes part of a stylesheet.
func ValidColour(colour string) bool {
	if len(colour) != 7 || colour[0] != '#' {
		return false
	}
	_, err := strconv.ParseUint(colour[1:], 16, 32)
	return err == nil
}

// BrandPath is the address of the stylesheet that sets the vendor's colour. A
// colour that is not valid counts as VendorColour.
func BrandPath(colour string) string { return brandPath(colour, ".css") }

// BrandIconPath is the address of the mark in the vendor's colour, for the
// browser's tab.
func BrandIconPath(colour string) string { return brandPath(colour, ".svg") }

func brandPath(colour, ending string) string {
	if !ValidColour(colour) {
		colour = VendorColour
	}
	return Prefix + brandStart + strings.ToLower(colour[1:]) + ending
}

// Handler serves the files under Prefix to GET and HEAD. An address with a hash
// that is not the file's own is unknown: a page of an older version must not
// keep a newer file under the old address for a year.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		hash, name, found := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		if !found {
			serveBrand(w, r, hash)
			return
		}
		f, known := files()[name]
		if !known || f.hash != hash {
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("Cache-Control", forEver)
	body := f.content
	packed := f.packed()
	if packed != nil {
		header.Set("Vary", "Accept-Encoding")
	}
	if packed != nil && acceptsGzip(r) {
		header.Set("Content-Encoding", "gzip")
		body = packed
	}
	send(w, r, body)
}

func serveBrand(w http.ResponseWriter, r *http.Request, name string) {
	ending := path.Ext(name)
	colour := "#" + strings.TrimSuffix(strings.TrimPrefix(name, brandStart), ending)
	if !ValidColour(colour) || brandPath(colour, ending) != Prefix+name {
		http.NotFound(w, r)
		return
	}
	var body string
	switch ending {
	case ".css":
		body = ":root{--vendor:" + colour + "}\n"
	case ".svg":
		body = strings.ReplaceAll(string(files()["favicon.svg"].content), VendorColour, colour)
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kindOf(name))
	w.Header().Set("Cache-Control", forEver)
	send(w, r, []byte(body))
}

func send(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		// A reader that hangs up is not our fault to report.
		_, _ = w.Write(body)
	}
}

func acceptsGzip(r *http.Request) bool {
	for offer := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if coding == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}
