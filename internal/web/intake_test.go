package web_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/apptest"
	"intendant/internal/web/page"
	"intendant/internal/web/webtest"
)

// A sent form has a field with a value, and a file of some size in another.
type sent struct {
	field, value string
	file, name   string
	size         int
}

// encoded is the form as browsers send it.
func (s sent) encoded(t testing.TB) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField(s.field, s.value); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile(s.file, s.name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(bytes.Repeat([]byte("a"), s.size))
	_ = form.Close()
	return form.FormDataContentType(), b.String()
}

// address is the route's, with something in place of each wildcard.
func (f *fortress) address(route page.Route) (method, path string) {
	method, pattern, _ := strings.Cut(route.Pattern, " ")
	return method, wildcard.ReplaceAllStringFunc(pattern, func(name string) string {
		before, _, _ := strings.Cut(pattern, name)
		if value, ok := f.values[before+name]; ok {
			return value
		}
		return f.values[strings.Trim(name, "{}")]
	})
}

// TestEveryRouteSaysWhatItTakes: a form with a file is read where a file is
// expected and nowhere else, whatever the method; forms have a bound everywhere,
// and a stranger's is small. Nothing of them stays on the disk.
func TestEveryRouteSaysWhatItTakes(t *testing.T) { // DOOR-1, DOOR-2
	f := newFortress(t)
	disk := t.TempDir()
	t.Setenv("TMPDIR", disk)
	kind, body := sent{"x", "y", "anything", "a.png", 100_000}.encoded(t)
	for _, route := range f.site.Routes() {
		method, path := f.address(route)
		takes := route.Takes
		if method == http.MethodPost && (takes.Form == 0 || takes.Form > page.PasteForm) || method != http.MethodPost && takes != (page.Takes{}) {
			t.Errorf("%s takes %+v", route.Pattern, takes)
		}
		if method == http.MethodPost && route.Reach == page.Anyone && takes.Form > page.StrangerForm {
			t.Errorf("%s takes %d bytes of strangers", route.Pattern, takes.Form)
		}
		as := reader("administrator")
		if route.Reach == page.StaffOnly {
			as = "staff"
		}
		got := f.clients[as].Ask(method, path, kind, body)
		if want := http.StatusUnsupportedMediaType; takes.File == "" && got.Status != want && got.Status != http.StatusSeeOther {
			t.Errorf("DOOR-1 %s with a file: %d, want %d", route.Pattern, got.Status, want)
		}
		if route.Reach == page.Anyone && method == http.MethodPost {
			large := f.clients["stranger"].Post(path, "name", strings.Repeat("a", page.StrangerForm))
			if large.Status != http.StatusRequestEntityTooLarge {
				t.Errorf("DOOR-2 %s with a large form: %d, want 413", route.Pattern, large.Status)
			}
		}
		if method == http.MethodPost && route.Reach != page.Anyone {
			stranger := f.clients["stranger"].Ask(method, path, kind, body)
			if stranger.Status != http.StatusSeeOther {
				t.Errorf("DOOR-2 a stranger's file for %s: %d, want to be led to the sign-in", route.Pattern, stranger.Status)
			}
		}
	}
	for _, address := range []string{"/", "/nowhere", "/assets/none", "/vendor/customers"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
			f.clients["stranger"].Ask(method, address, kind, body)
		}
	}
	left, err := os.ReadDir(disk)
	if err != nil || len(left) > 0 {
		t.Errorf("DOOR-2 on the disk remain %v, %v", left, err)
	}
}

// TestUploadsLeaveNothing sends files where they are taken, whole, broken off in
// the middle, and too large.
func TestUploadsLeaveNothing(t *testing.T) { // DOOR-2
	f := newFortress(t)
	disk := t.TempDir()
	t.Setenv("TMPDIR", disk)
	for _, route := range f.site.Routes() {
		if route.Takes.File == "" {
			continue
		}
		_, path := f.address(route)
		as := reader("administrator")
		if route.Reach == page.StaffOnly {
			as = "staff"
		}
		kind, body := sent{"text", "words", route.Takes.File, "a.txt", 1_000_000}.encoded(t)
		if got := f.clients[as].Send(path, kind, body); got.Status >= 500 || got.Status == http.StatusUnsupportedMediaType {
			t.Errorf("%s: %d", route.Pattern, got.Status)
		}
		for _, cookie := range f.clients[as].Cookies() {
			hangUp(t, f.site.URL, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nCookie: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
				path, cookie, kind, len(body), body[:len(body)/2]))
		}
		if route.Takes.Bytes > 10<<20 {
			continue
		}
		kind, body = sent{"text", "words", route.Takes.File, "a.txt", int(route.Takes.Form + route.Takes.Bytes)}.encoded(t)
		if got := f.clients[as].Send(path, kind, body); got.Status != http.StatusRequestEntityTooLarge && got.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s, too large: %d", route.Pattern, got.Status)
		}
	}
	left, err := os.ReadDir(disk)
	if err != nil || len(left) > 0 {
		t.Errorf("DOOR-2 on the disk remain %v, %v", left, err)
	}
}

// hangUp sends the beginning of a request and leaves.
func hangUp(t *testing.T, url, request string) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(connection, request)
	time.Sleep(20 * time.Millisecond)
	_ = connection.Close()
}

// TestManyLargeForms holds what strangers make the server keep: each of them begins
// a form as large as a paste may be, on every address of theirs, and does not end it.
func TestManyLargeForms(t *testing.T) { // DOOR-2
	w := apptest.New(t, "sqlite")
	s := webtest.New(t, w)
	piece := strings.Repeat("a", 60<<10)
	send := func(path string) net.Conn {
		connection, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\nname=", path, 15<<20)
		_ = connection.SetWriteDeadline(time.Now().Add(3 * time.Second))
		for range 200 {
			if _, err := io.WriteString(connection, piece); err != nil {
				break // it was hung up on
			}
		}
		return connection
	}
	before := held()
	var sending sync.WaitGroup
	var connections [48]net.Conn
	paths := []string{"/sign-in", "/register", "/password/strength", "/accounts/204817/members/add"}
	for i := range connections {
		sending.Go(func() { connections[i] = send(paths[i%len(paths)]) })
	}
	sending.Wait()
	if grown := held() - before; grown > 64<<20 {
		t.Errorf("DOOR-2 %d forms of strangers hold %d MB", len(connections), grown>>20)
	}
	for _, c := range connections {
		_ = c.Close()
	}
}

func held() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}
