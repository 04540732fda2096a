// Package catalogues holds the catalogues that ship with Intendant: standard,
// the default, and one for each kind of system Intendant stands in for.
package catalogues

import "embed"

// Files are the catalogues, one YAML file each.
//
//go:embed *.yaml
var Files embed.FS
