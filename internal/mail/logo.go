package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"strings"

	"golang.org/x/image/draw"
)

// The most a logo measures in a mail, and how much finer its picture is than that, for
// screens with small points.
const (
	logoWidth  = 220
	logoHeight = 40
	logoFine   = 2
)

// logoAddress is where the layout finds the logo: in the mail itself, so that it shows
// where pictures from elsewhere are not fetched, and tells nobody that a mail was read.
const logoAddress = "logo@intendant"

// A Logo is the vendor's logo as mails show it, Width by Height.
type Logo struct {
	PNG           []byte
	Width, Height int
}

// NewLogo is a picture as the logo of mails, no larger than they need it. None is nil.
func NewLogo(picture []byte) (*Logo, error) {
	if len(picture) == 0 {
		return nil, nil
	}
	drawn, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("logo of mails: %w", err)
	}
	size := drawn.Bounds().Size()
	scale := min(1, min(float64(logoWidth)/float64(size.X), float64(logoHeight)/float64(size.Y)))
	logo := &Logo{PNG: picture, Width: max(int(float64(size.X)*scale+.5), 1), Height: max(int(float64(size.Y)*scale+.5), 1)}
	fine := image.Rect(0, 0, logo.Width*logoFine, logo.Height*logoFine)
	if fine.Dx() >= size.X || fine.Dy() >= size.Y {
		return logo, nil
	}
	smaller := image.NewNRGBA(fine)
	draw.CatmullRom.Scale(smaller, fine, drawn, drawn.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, smaller); err != nil {
		return nil, fmt.Errorf("logo of mails: %w", err)
	}
	logo.PNG = out.Bytes()
	return logo, nil
}

// Whole is the HTML part of the mail with its logo inside, for whoever shows it
// without what stands beside.
func (e Envelope) Whole() string {
	if e.Logo == nil {
		return e.HTML
	}
	return strings.Replace(e.HTML, "cid:"+logoAddress, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(e.Logo.PNG), 1)
}
