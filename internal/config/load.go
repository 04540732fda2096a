package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"intendant/internal/directory"
)

// prefix begins the names of our environment variables.
const prefix = "INTENDANT_"

// elsewhere lists our environment variables that are no settings: where the
// file is, and what the tests need.
func elsewhere(name string) bool {
	return name == "INTENDANT_CONFIG" || strings.HasPrefix(name, "INTENDANT_TEST_")
}

// Load reads the file at path (none when path is empty), then environ (in the
// form of os.Environ), then flags (by the name of the setting), the later
// winning, and checks the whole.
//
// It refuses, with Refusals, a name that is no setting, a value of the wrong
// form, and settings that contradict each other; every refusal names its
// setting in Field.
func Load(path string, environ []string, flags map[string]string) (Config, error) {
	var c Config
	l := loader{config: &c, fields: map[string]field{}}
	c.origins = map[string]Origin{}
	for _, f := range fields(&c) {
		l.fields[f.key] = f
		l.keys = append(l.keys, f.key)
		l.set(f.key, f.fallback, FromDefault)
	}
	if path != "" {
		if err := l.file(path); err != nil {
			return Config{}, err
		}
	}
	l.environment(environ)
	for _, key := range slices.Sorted(maps.Keys(flags)) {
		l.set(key, flags[key], FromFlag)
	}
	if err := l.secret(); err != nil {
		return Config{}, err
	}
	l.check()
	if len(l.refusals) > 0 {
		return Config{}, l.refusals
	}
	return c, nil
}

// A loader fills a Config from one source after the other.
type loader struct {
	config   *Config
	fields   map[string]field
	keys     []string // in the order of the struct
	refusals Refusals
}

func (l *loader) refuse(key, code string, args directory.Args) {
	all := directory.Args{"Key": key}
	for name, value := range args {
		all[name] = value
	}
	l.refusals = append(l.refusals, directory.InvalidField(key, code, all))
}

// set gives a setting its value from one source.
func (l *loader) set(key, value string, from Origin) {
	f, ok := l.fields[key]
	if !ok {
		l.unknown(key)
		return
	}
	if f.take(value, l.refuse) {
		l.config.origins[key] = from
	}
}

func (l *loader) unknown(name string) {
	l.refuse(name, "config.unknown", nil)
}

// file reads the YAML file, whose groups and keys join to the settings' names.
func (l *loader) file(path string) error {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Refusals{directory.InvalidField("config", "config.no_file", directory.Args{"Key": "config", "Path": path})}
	}
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		reason := strings.TrimPrefix(err.Error(), "yaml: ")
		return Refusals{directory.InvalidField("config", "config.syntax", directory.Args{"Path": path, "Reason": reason})}
	}
	if len(document.Content) == 0 {
		return nil // only comments
	}
	l.group("", document.Content[0])
	return nil
}

// group takes a mapping of the file; keys of nested ones join with a dot.
func (l *loader) group(name string, node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		if node.Tag != "!!null" {
			l.refuse(name, "config.not_group", nil)
		}
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, node.Content[i+1]
		if name != "" {
			key = name + "." + key
		}
		isGroup := slices.ContainsFunc(l.keys, func(k string) bool { return strings.HasPrefix(k, key+".") })
		f, known := l.fields[key]
		switch {
		case isGroup:
			l.group(key, value)
		case !known:
			l.unknown(key)
		case value.Tag == "!!null":
			// a key without a value keeps its default
		case value.Kind == yaml.ScalarNode:
			l.set(key, value.Value, FromFile)
		case value.Kind == yaml.SequenceNode && f.list():
			var items []string
			for _, item := range value.Content {
				items = append(items, item.Value)
			}
			l.set(key, strings.Join(items, ","), FromFile)
		default:
			l.refuse(key, "config.not_value", nil)
		}
	}
}

// environment takes the variables that begin with our prefix.
func (l *loader) environment(environ []string) {
	names := map[string]string{}
	for _, key := range l.keys {
		names[variable(key)] = key
	}
	for _, line := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, prefix) || elsewhere(name) {
			continue
		}
		if key, ok := names[name]; ok {
			l.set(key, value, FromEnvironment)
		} else {
			l.unknown(name)
		}
	}
}

// variable returns the environment's name of a setting.
func variable(key string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// secret reads the file that holds the installation's secret.
func (l *loader) secret() error {
	c := l.config
	if c.SecretFile == "" {
		return nil
	}
	if c.Secret != "" {
		l.refuse("secret_file", "config.two_secrets", nil)
		return nil
	}
	content, err := os.ReadFile(c.SecretFile)
	if errors.Is(err, fs.ErrNotExist) {
		l.refuse("secret_file", "config.no_file", directory.Args{"Path": c.SecretFile})
		return nil
	}
	if err != nil {
		return fmt.Errorf("read secret: %w", err)
	}
	c.Secret = strings.TrimSpace(string(content))
	c.origins["secret"] = c.origins["secret_file"]
	if c.Secret == "" {
		l.refuse("secret_file", "config.secret_short", directory.Args{"Least": leastSecret})
	}
	return nil
}
