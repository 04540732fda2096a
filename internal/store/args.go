package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// args are the values of a statement, in the order of their numbers.
type args []any

// add appends v and returns its place in the statement, "$1" for the first.
func (a *args) add(v any) string {
	*a = append(*a, bindable(v))
	return "$" + strconv.Itoa(len(*a))
}

// bindable turns v into what both drivers store alike: a time into
// microseconds, the zero time and a nil pointer into NULL, an identifier or
// another named kind into its plain kind, a pointer into what it points at.
func bindable(v any) any {
	switch v := v.(type) {
	case nil, int64, string, bool, float64, []byte:
		return v
	case int:
		return int64(v)
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.UnixMicro()
	case driver.Valuer:
		return v
	}
	value := reflect.ValueOf(v)
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return nil
		}
		return bindable(value.Elem().Interface())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return value.Int()
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(value.Uint())
	case reflect.String:
		return value.String()
	case reflect.Bool:
		return value.Bool()
	case reflect.Float32, reflect.Float64:
		return value.Float()
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return value.Bytes()
		}
	}
	return v // the driver refuses what it cannot store
}

// inKeys is the right side of "column" for a row whose key is one of keys. They
// are one parameter, however many there are.
func inKeys[K ~int64](r *Reader, keys []K, a *args) string {
	if r.dialect == postgres {
		return ` = ANY(` + a.addKeys(r, plainKeys(keys)) + `)`
	}
	return ` IN (SELECT value FROM json_each(` + a.addKeys(r, plainKeys(keys)) + `))`
}

// keyTable is a table "k" of keys, to be named after FROM.
func keyTable[K ~int64](r *Reader, keys []K, a *args) string {
	if r.dialect == postgres {
		return `unnest(` + a.addKeys(r, plainKeys(keys)) + `) k (key)`
	}
	return `(SELECT value AS key FROM json_each(` + a.addKeys(r, plainKeys(keys)) + `)) k`
}

func plainKeys[K ~int64](keys []K) []int64 {
	plain := make([]int64, len(keys))
	for i, key := range keys {
		plain[i] = int64(key)
	}
	return plain
}

// addKeys appends keys as the list that the database takes, and returns its place.
func (a *args) addKeys(r *Reader, keys []int64) string {
	if r.dialect == postgres {
		*a = append(*a, keys)
		return fmt.Sprintf("$%d::bigint[]", len(*a))
	}
	text, _ := json.Marshal(keys) // numbers always marshal
	return a.add(string(text))
}

// numbersIn are the numbers of a text in which blanks part them: many of them come
// quicker in one value than in a row each.
func numbersIn(text string) ([]int64, error) {
	numbers := make([]int64, 0, strings.Count(text, " ")+1)
	for word := range strings.FieldsSeq(text) {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read numbers: %w", err)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// micros scans a BIGINT of microseconds into a UTC time; NULL is the zero time.
type micros struct{ time.Time }

// Scan implements sql.Scanner.
func (m *micros) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		m.Time = time.Time{}
	case int64:
		m.Time = time.UnixMicro(value).UTC()
	default:
		return fmt.Errorf("scan time: %T is not microseconds", value)
	}
	return nil
}

// momentIn reads microseconds; no text is the zero time.
func momentIn(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return time.UnixMicro(n).UTC(), err
}

// atMost ends a list after limit rows. The number is written, not bound: SQLite plans by
// what a bound one holds, and so prepares the statement anew each time it runs.
func atMost[N ~int | ~int64](limit N) string {
	return ` LIMIT ` + strconv.FormatInt(int64(limit), 10)
}
