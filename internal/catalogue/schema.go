package catalogue

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"intendant/internal/i18n/messages"
)

//go:embed schema.json
var schemaJSON []byte

// compiled is the schema, compiled once. The schema is part of the program; a
// mistake in it is found by every test.
var compiled = sync.OnceValue(func() *jsonschema.Schema {
	const location = "https://intendant.invalid/catalogue.json"
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON))
	if err != nil {
		panic(fmt.Sprintf("catalogue schema: %v", err))
	}
	speak(document)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(location, document); err != nil {
		panic(fmt.Sprintf("catalogue schema: %v", err))
	}
	return compiler.MustCompile(location)
})

// speak puts the languages of the program into the schema, which says itself only
// that there are some: a text is in these and no other, and people choose among
// these.
func speak(document any) {
	defs := document.(map[string]any)["$defs"].(map[string]any)
	text, language := defs["text"].(map[string]any), defs["language"].(map[string]any)
	texts, codes := map[string]any{}, []any{}
	for _, code := range messages.Languages() {
		texts[code] = map[string]any{"$ref": "#/$defs/words"}
		codes = append(codes, code)
	}
	text["properties"], text["additionalProperties"] = texts, false
	language["enum"] = codes
}

// matchSchema holds the value of the whole file against the schema.
func (t *tree) matchSchema(value any) Faults {
	err := compiled().Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return Faults{t.at("", "schema", map[string]any{"Detail": err.Error()})}
	}
	return t.violations(invalid, nil)
}

// violations collects the faults of the innermost violations under e.
func (t *tree) violations(e *jsonschema.ValidationError, faults Faults) Faults {
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			faults = t.violations(cause, faults)
		}
		return faults
	}
	path := join("", e.InstanceLocation...)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		for _, key := range k.Properties {
			faults = append(faults, t.atKey(join(path, key), "unknown_key", map[string]any{"Key": key}))
		}
		return faults
	case *kind.Required:
		for _, key := range k.Missing {
			code := "missing"
			if strings.HasSuffix(e.SchemaURL, "/$defs/text") {
				code = "text_language"
			}
			faults = append(faults, t.at(path, code, map[string]any{"Key": key}))
		}
		return faults
	case *kind.UniqueItems:
		return append(faults, t.at(join(path, strconv.Itoa(k.Duplicates[1])), "duplicate_item", nil))
	}
	code, args := violation(e.ErrorKind)
	return append(faults, t.at(path, code, args))
}

// violation gives the code and values of a violation of a single value.
func violation(e jsonschema.ErrorKind) (string, map[string]any) {
	switch k := e.(type) {
	case *kind.Type:
		return "want_" + k.Want[0], nil
	case *kind.Enum:
		return "not_one_of", map[string]any{"Allowed": list(k.Want)}
	case *kind.Pattern:
		return "form", map[string]any{"Value": k.Got}
	case *kind.Minimum:
		return "too_small", map[string]any{"Limit": k.Want.RatString()}
	case *kind.Maximum:
		return "too_large", map[string]any{"Limit": k.Want.RatString()}
	case *kind.MaxLength:
		return "too_long", map[string]any{"Limit": k.Want}
	case *kind.MinItems:
		return "too_few", map[string]any{"Limit": k.Want}
	case *kind.MaxItems:
		return "too_many", map[string]any{"Limit": k.Want}
	}
	return "schema", map[string]any{"Detail": fmt.Sprintf("%T", e)}
}

func list(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}
