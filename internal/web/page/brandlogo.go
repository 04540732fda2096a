package page

import (
	"crypto/sha256"
	"encoding/hex"

	"intendant/internal/directory"
)

// BrandLogoPath is where the vendor's logo is read.
const BrandLogoPath = "/brand/logo.png"

// BrandLogo is the vendor's logo as PNG, nil where there is none.
func (s *Site) BrandLogo() []byte {
	if s.Logo == nil {
		return nil
	}
	return s.Logo(s.Catalogue().Branding.Logo)
}

// brandLogo is the address of the vendor's logo, another one of another picture, or
// empty.
func (s *Site) brandLogo() string {
	picture := s.BrandLogo()
	if picture == nil {
		return ""
	}
	sum := sha256.Sum256(picture)
	return BrandLogoPath + "?v=" + hex.EncodeToString(sum[:6])
}

// ShowBrandLogo answers the vendor's logo, to anybody: the page of signing in shows it.
func (q *Request) ShowBrandLogo() error {
	picture := q.Site.BrandLogo()
	if picture == nil {
		return directory.Refuse(directory.NotFound, "picture.not_found")
	}
	q.W.Header().Set("Content-Type", "image/png")
	q.W.Header().Set("Cache-Control", "public, max-age=86400")
	if _, err := q.W.Write(picture); err != nil {
		q.Site.Log.DebugContext(q.Context(), "reader left", "error", err)
	}
	return nil
}
