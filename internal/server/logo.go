package server

import (
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/config"
	"intendant/internal/mail"
)

// logos reads the vendor's logo: the file that the catalogue in force names, beside the
// catalogue file of the configuration, else in the data folder. Each is read once and
// drawn anew as PNG, so that nothing of the file but its picture is served; what is
// missing or no picture is logged once, and the drawn mark stands in its place.
type logos struct {
	folders []string
	log     *slog.Logger

	mu   sync.Mutex
	read map[string]vendorLogo
}

// A vendorLogo is one file, as pages and letters show it and as mails do.
type vendorLogo struct {
	picture []byte
	inMail  *mail.Logo
}

func newLogos(c config.Config, log *slog.Logger) *logos {
	l := &logos{log: log, read: map[string]vendorLogo{}}
	if _, shipped := catalogue.BuiltinFile(c.Catalogue); !shipped {
		l.folders = append(l.folders, filepath.Dir(c.Catalogue))
	}
	if c.Data != "" {
		l.folders = append(l.folders, c.Data)
	}
	return l
}

// of is the logo of a name as pages and letters show it, nil without.
func (l *logos) of(name string) []byte { return l.named(name).picture }

// inMail is the logo of a name as mails show it, nil without.
func (l *logos) inMail(name string) *mail.Logo { return l.named(name).inMail }

func (l *logos) named(name string) vendorLogo {
	if name == "" || filepath.Base(name) != name {
		return vendorLogo{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	logo, known := l.read[name]
	if !known {
		logo = l.draw(name)
		l.read[name] = logo
	}
	return logo
}

func (l *logos) draw(name string) vendorLogo {
	err := os.ErrNotExist
	for _, folder := range l.folders {
		file, failed := os.ReadFile(filepath.Join(folder, name))
		if failed != nil {
			err = failed
			continue
		}
		picture, failed := app.Redrawn("logo", file)
		if failed != nil {
			err = failed
			continue
		}
		small, failed := mail.NewLogo(picture)
		if failed == nil {
			return vendorLogo{picture, small}
		}
		err = failed
	}
	l.log.Warn("the catalogue's logo is not shown", "file", name, "error", err)
	return vendorLogo{}
}
