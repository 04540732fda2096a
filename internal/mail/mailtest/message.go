package mailtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A Message is one mail as its reader would see it.
type Message struct {
	From    string // of the envelope
	To      string
	Subject string // decoded
	Header  mail.Header
	Text    string
	HTML    string
	Links   []string          // addresses the HTML part links to, each once, in order
	TLS     bool              // whether the way was protected
	Inline  map[string][]byte // what the HTML part shows, by Content-ID
	Raw     []byte
}

// Link is the first link whose address contains part, or "".
func (m Message) Link(part string) string {
	for _, link := range m.Links {
		if strings.Contains(link, part) {
			return link
		}
	}
	return ""
}

// read takes a mail apart.
func (m *Message) read(raw []byte) error {
	m.Raw = raw
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	m.Header = parsed.Header
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		return err
	}
	kind, parameters, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	if kind != "multipart/alternative" && kind != "multipart/related" {
		return fmt.Errorf("content type is %s, want multipart/alternative, or multipart/related around it", kind)
	}
	if err := m.readParts(parsed.Body, parameters["boundary"]); err != nil {
		return err
	}
	m.Links, err = links(m.HTML)
	return err
}

func (m *Message) readParts(body io.Reader, boundary string) error {
	parts := multipart.NewReader(body, boundary)
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.readPart(part); err != nil {
			return err
		}
	}
}

func (m *Message) readPart(part *multipart.Part) error {
	kind, parameters, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
	if kind == "multipart/alternative" {
		return m.readParts(part, parameters["boundary"])
	}
	var body io.Reader = part
	switch part.Header.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(part)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, part)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	switch kind {
	case "text/plain":
		m.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
	case "text/html":
		m.HTML = string(text)
	default:
		if m.Inline == nil {
			m.Inline = map[string][]byte{}
		}
		m.Inline[strings.Trim(part.Header.Get("Content-ID"), "<>")] = text
	}
	return nil
}

// links lists the addresses an HTML text links to.
func links(text string) ([]string, error) {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	var found []string
	for node := range root.Descendants() {
		if node.Type != html.ElementNode || node.Data != "a" {
			continue
		}
		for _, attribute := range node.Attr {
			if attribute.Key == "href" && !slices.Contains(found, attribute.Val) {
				found = append(found, attribute.Val)
			}
		}
	}
	return found, nil
}
