package server

import (
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"intendant/internal/app"
	"intendant/internal/catalogue"
)

// logos reads the vendor's logo: the file that the catalogue in force names, beside the
// catalogue file of the configuration, else in the data folder. Each is read once and
// drawn anew as PNG, so that nothing of the file but its picture is served; what is
// missing or no picture is logged once, and the drawn mark stands in its place.
type logos struct {
	folders []string
	log     *slog.Logger

	mu   sync.Mutex
	read map[string][]byte
}

func (i *Installation) logos() *logos {
	l := &logos{log: i.log, read: map[string][]byte{}}
	if _, shipped := catalogue.BuiltinFile(i.config.Catalogue); !shipped {
		l.folders = append(l.folders, filepath.Dir(i.config.Catalogue))
	}
	if i.config.Data != "" {
		l.folders = append(l.folders, i.config.Data)
	}
	return l
}

// of is the logo of a name, nil without.
func (l *logos) of(name string) []byte {
	if name == "" || filepath.Base(name) != name {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	picture, known := l.read[name]
	if !known {
		picture = l.draw(name)
		l.read[name] = picture
	}
	return picture
}

func (l *logos) draw(name string) []byte {
	err := os.ErrNotExist
	for _, folder := range l.folders {
		file, failed := os.ReadFile(filepath.Join(folder, name))
		if failed != nil {
			err = failed
			continue
		}
		picture, failed := app.Redrawn("logo", file)
		if failed == nil {
			return picture
		}
		err = failed
	}
	l.log.Warn("the catalogue's logo is not shown", "file", name, "error", err)
	return nil
}
