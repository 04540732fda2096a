package catalogue

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A place is where a value or a key stands in the file.
type place struct{ line, column int }

// A tree remembers where each value of a file stands, by its path such as
// "roles/2/label", and what in it is no plain data.
type tree struct {
	values map[string]place
	keys   map[string]place
	faults Faults
}

func newTree() *tree {
	return &tree{values: map[string]place{}, keys: map[string]place{}}
}

// at makes a fault at the value of path, or at the nearest one above it.
func (t *tree) at(path, code string, args map[string]any) Fault {
	for p := path; ; p = parent(p) {
		if where, ok := t.values[p]; ok || p == "" {
			return Fault{Line: max(where.line, 1), Column: max(where.column, 1), Path: path, Code: code, Args: args}
		}
	}
}

// atKey makes a fault at the key of path.
func (t *tree) atKey(path, code string, args map[string]any) Fault {
	where, ok := t.keys[path]
	if !ok {
		return t.at(path, code, args)
	}
	return Fault{Line: where.line, Column: where.column, Path: path, Code: code, Args: args}
}

func (t *tree) refuse(n *yaml.Node, path, code string, args map[string]any) {
	t.faults = append(t.faults, Fault{Line: n.Line, Column: n.Column, Path: path, Code: code, Args: args})
}

// value turns a node into maps, lists, strings, numbers and booleans. Anchors,
// aliases, merges and tags of one's own are refused: a catalogue says
// everything once, and nothing in it can grow when read.
func (t *tree) value(n *yaml.Node, path string, depth int) any {
	t.values[path] = place{n.Line, n.Column}
	if depth > maxDepth || len(t.values) > maxValues {
		t.refuse(n, path, "too_deep", nil)
		return nil
	}
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		t.refuse(n, path, "alias", nil)
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		return t.mapping(n, path, depth)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = t.value(item, join(path, strconv.Itoa(i)), depth+1)
		}
		return t.plain(n, path, "!!seq", list)
	default:
		return t.scalar(n, path)
	}
}

func (t *tree) mapping(n *yaml.Node, path string, depth int) any {
	object := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" || key.Anchor != "" || len(key.Value) > maxKey {
			code := "key"
			if key.ShortTag() == "!!merge" || key.Kind == yaml.AliasNode || key.Anchor != "" {
				code = "alias"
			}
			t.refuse(key, path, code, nil)
			continue
		}
		inner := join(path, key.Value)
		if _, double := object[key.Value]; double {
			t.refuse(key, inner, "duplicate_key", map[string]any{"Key": key.Value})
			continue
		}
		t.keys[inner] = place{key.Line, key.Column}
		object[key.Value] = t.value(n.Content[i+1], inner, depth+1)
	}
	return t.plain(n, path, "!!map", object)
}

func (t *tree) scalar(n *yaml.Node, path string) any {
	switch n.ShortTag() {
	case "!!str", "!!timestamp", "!!float": // no number of a catalogue has a fraction
		return n.Value
	case "!!null":
		return nil
	case "!!int", "!!bool":
		var v any
		if err := n.Decode(&v); err == nil {
			return v
		}
	}
	t.refuse(n, path, "tag", map[string]any{"Tag": n.Tag})
	return nil
}

// plain returns v unless the node has a tag of its own.
func (t *tree) plain(n *yaml.Node, path, tag string, v any) any {
	if n.ShortTag() != tag {
		t.refuse(n, path, "tag", map[string]any{"Tag": n.Tag})
		return nil
	}
	return v
}

func join(path string, parts ...string) string {
	for _, part := range parts {
		if path != "" {
			path += "/"
		}
		path += part
	}
	return path
}

func parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return ""
}
