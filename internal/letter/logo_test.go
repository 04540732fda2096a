package letter

import (
	"bytes"
	"image"
	"image/png"
	"testing"
)

func TestWriteLogo(t *testing.T) { // KEY-5, ACC-1
	with, without := batisoft(), batisoft()
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewNRGBA(image.Rect(0, 0, 400, 100))); err != nil {
		t.Fatal(err)
	}
	with.Logo = logo.Bytes()
	var one, two bytes.Buffer
	for out, brand := range map[*bytes.Buffer]Brand{&one: with, &two: without} {
		if err := Write(out, brand, []Letter{maraval(t, "fr"), maraval(t, "de")}); err != nil {
			t.Fatal(err)
		}
	}
	if got := bytes.Count(one.Bytes(), []byte("/Subtype /Image")); got == 0 || bytes.Contains(two.Bytes(), []byte("/Subtype /Image")) {
		t.Errorf("%d pictures with a logo, want it, and none without", got)
	}
}
