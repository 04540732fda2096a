// Package docs holds the guides that the program itself serves, so that the text a
// reader finds beside the source and the one that stands in the product are one.
package docs

import "embed"

// Guides are the guides for the administrator of an account, a Markdown file each
// language, and their pictures.
//
//go:embed administrator.md administrateur.md pictures/*.png
var Guides embed.FS
