package identity

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

const (
	// PictureBytes is the most a picture may measure when it comes in.
	PictureBytes  = 2 << 20
	picturePixels = 16_000_000 // more is never decoded
	pictureWidth  = 800
	pictureHeight = 300
)

// Redrawn decodes a PNG or JPEG and draws it anew as a PNG of at most 800 by
// 300 points: nothing of the file but its picture is kept. It refuses with
// picture.unreadable and picture.too_large.
func Redrawn(field string, file []byte) ([]byte, error) {
	if len(file) > PictureBytes {
		return nil, directory.InvalidField(field, "picture.too_large", directory.Args{"Limit": PictureBytes >> 20})
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || (kind != "png" && kind != "jpeg") || size.Width <= 0 || size.Height <= 0 {
		return nil, directory.InvalidField(field, "picture.unreadable", nil)
	}
	if size.Width*size.Height > picturePixels || size.Width > picturePixels || size.Height > picturePixels {
		return nil, directory.InvalidField(field, "picture.too_large", directory.Args{"Limit": PictureBytes >> 20})
	}
	decoded, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, directory.InvalidField(field, "picture.unreadable", nil)
	}
	scale := min(1, min(float64(pictureWidth)/float64(size.Width), float64(pictureHeight)/float64(size.Height)))
	to := image.Rect(0, 0, max(int(float64(size.Width)*scale), 1), max(int(float64(size.Height)*scale), 1))
	drawn := image.NewNRGBA(to)
	draw.CatmullRom.Scale(drawn, to, decoded, decoded.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// SetSignature keeps the actor's signature, which nobody else sets (PREF-3). It
// refuses with picture.unreadable and picture.too_large.
func (u *Users) SetSignature(ctx context.Context, actor authz.Actor, file []byte) error {
	picture, err := Redrawn("signature", file)
	if err != nil {
		return err
	}
	return u.putSignature(ctx, actor, picture)
}

// RemoveSignature takes the actor's signature away.
func (u *Users) RemoveSignature(ctx context.Context, actor authz.Actor) error {
	return u.putSignature(ctx, actor, nil)
}

func (u *Users) putSignature(ctx context.Context, actor authz.Actor, picture []byte) error {
	_, err := u.gate.Perform(ctx, actor, directory.Installation, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(actor.User); err != nil {
			return err
		}
		p.Record(p.Entry(audit.UserSignatureChanged, actor.User, 0))
		p.Change(store.PutPicture{PictureKey: signatureOf(actor.User), PNG: picture})
		return nil
	})
	return err
}

// Signature is the actor's own signature as PNG. It refuses with
// picture.not_found.
func (u *Users) Signature(ctx context.Context, actor authz.Actor) ([]byte, error) {
	var picture []byte
	err := u.gate.Read(ctx, func(r *store.Reader) (err error) {
		picture, err = r.Picture(ctx, signatureOf(actor.User))
		return err
	})
	return picture, err
}

func signatureOf(user directory.UserID) store.PictureKey {
	return store.PictureKey{User: user, Purpose: "signature"}
}
