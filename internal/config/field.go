package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/directory"
	"intendant/internal/i18n/messages"
)

// A field is one setting of a Config, with what its tags say.
type field struct {
	key, fallback, doc, class string
	oneOf                     []string
	least, most               int
	value                     reflect.Value
}

// fields returns the settings of c in the order of the struct.
func fields(c *Config) []field {
	return walk(reflect.ValueOf(c).Elem())
}

func walk(group reflect.Value) []field {
	var found []field
	for i := range group.NumField() {
		tag := group.Type().Field(i).Tag
		switch {
		case tag.Get("key") == "":
		case group.Field(i).Kind() == reflect.Struct:
			found = append(found, walk(group.Field(i))...)
		default:
			f := field{
				key: tag.Get("key"), fallback: tag.Get("default"), doc: tag.Get("doc"), class: tag.Get("class"),
				oneOf: offered(tag.Get("oneof")),
				value: group.Field(i),
			}
			f.least, _ = strconv.Atoi(tag.Get("min"))
			f.most, _ = strconv.Atoi(tag.Get("max"))
			found = append(found, f)
		}
	}
	return found
}

// offered are the values a tag offers; "languages" are those the program speaks.
func offered(tag string) []string {
	if tag == "languages" {
		return messages.Languages()
	}
	return strings.Fields(tag)
}

func (f field) list() bool { return f.value.Kind() == reflect.Slice }

// take reads a value into the field; it reports whether it could. No refusal
// repeats a secret.
func (f field) take(text string, refuse func(key, code string, args directory.Args)) bool {
	text = strings.TrimSpace(text)
	switch f.value.Kind() {
	case reflect.Bool:
		on, err := strconv.ParseBool(text)
		if err != nil {
			refuse(f.key, "config.not_boolean", directory.Args{"Value": text})
			return false
		}
		f.value.SetBool(on)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil || n < f.least || n > f.most {
			refuse(f.key, "config.out_of_range", directory.Args{
				"Value": text, "Least": strconv.Itoa(f.least), "Most": strconv.Itoa(f.most),
			})
			return false
		}
		f.value.SetInt(int64(n))
	case reflect.Slice:
		items := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
		f.value.Set(reflect.ValueOf(items))
	default:
		if len(f.oneOf) > 0 && !slices.Contains(f.oneOf, text) {
			refuse(f.key, "config.not_offered", directory.Args{"Value": text, "Choices": strings.Join(f.oneOf, ", ")})
			return false
		}
		f.value.SetString(text)
	}
	return true
}

// text writes the value as it would stand in the environment.
func (f field) text() string {
	switch f.value.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(f.value.Bool())
	case reflect.Int:
		return strconv.FormatInt(f.value.Int(), 10)
	case reflect.Slice:
		return strings.Join(f.value.Interface().([]string), ",")
	}
	return f.value.String()
}
