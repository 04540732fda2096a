// Command directorysync brings the people of an account in step with a file of the
// company's own directory. It is an example of a program on the REST API, with
// Go's own library alone: docs/rest.md says what each request does.
//
//	INTENDANT_TOKEN=int_… go run ./examples/directorysync -url https://clients.example.com -account 204817 -file people.csv
//
// The file is CSV with the columns personnel_number, email, first_name, last_name,
// job_title, unit (the id by which the company knows a unit) and active (yes or no).
// Who is in it is added or changed; who is marked as gone is switched off, and
// switched on again when they are back. Whoever the file does not name stays as they
// are. It may be interrupted and started again at any time, with the same file: each
// request carries a key of its own, so nothing is done twice.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	var s sync
	file := flag.String("file", "people.csv", "the people, as CSV")
	flag.StringVar(&s.base, "url", "http://127.0.0.1:8080", "address of the installation")
	flag.StringVar(&s.account, "account", "", "customer number")
	flag.Parse()
	s.token, s.wait = os.Getenv("INTENDANT_TOKEN"), time.Sleep
	done, err := s.run(*file)
	fmt.Println(done)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A sync is one run of the program.
type sync struct {
	base, account, token string
	wait                 func(time.Duration)
}

// A person is a line of the file.
type person struct {
	Personnel string `json:"personnel_number,omitempty"`
	Email     string `json:"email"`
	First     string `json:"first_name,omitempty"`
	Last      string `json:"last_name,omitempty"`
	Job       string `json:"job_title,omitempty"`
	Unit      string `json:"home_unit,omitempty"`

	gone bool
}

// counts are what became of the people.
type counts map[string]int

func (c counts) String() string {
	var all []string
	for _, outcome := range []string{"added", "changed", "unchanged", "refused"} {
		all = append(all, strconv.Itoa(c[outcome])+" "+outcome)
	}
	return strings.Join(all, ", ")
}

// piece is how many people one request is about: the API takes 500, and finds a
// hundred at once by their addresses.
const piece = 100

func (s *sync) run(file string) (counts, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	people, err := read(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	id, err := runID(file + ".run")
	if err != nil {
		return nil, err
	}
	done := counts{}
	for i, part := range slices.Collect(slices.Chunk(people, piece)) {
		// The same piece of the same run has the same key: sent again within a day, after
		// whatever interruption, it is answered as before and done once.
		key := fmt.Sprintf("directory-sync %s %d", id, i)
		if err := s.bring(part, key, done); err != nil {
			return done, err
		}
		if err := s.switchOff(part, key, done); err != nil {
			return done, err
		}
	}
	return done, os.Remove(file + ".run")
}

// runID is the id of a run, kept in a file until the run is over: a run that was
// interrupted goes on as the same one. (The file of people will not do: one that says
// again what it said the day before means it.)
func runID(path string) (string, error) {
	id, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		id = []byte(rand.Text())
		err = os.WriteFile(path, id, 0o600)
	}
	return string(id), err
}

// read reads the people of a file, by the names of its columns.
func read(text []byte) ([]person, error) {
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, errors.Join(errors.New("no table"), err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	for _, name := range []string{"personnel_number", "email", "first_name", "last_name", "job_title", "unit", "active"} {
		if _, there := column[name]; !there {
			return nil, fmt.Errorf("no column %s", name)
		}
	}
	var people []person
	for _, line := range lines[1:] {
		at := func(name string) string { return strings.TrimSpace(line[column[name]]) }
		people = append(people, person{Personnel: at("personnel_number"), Email: at("email"), First: at("first_name"), Last: at("last_name"),
			Job: at("job_title"), Unit: at("unit"), gone: at("active") == "no"})
	}
	return people, nil
}

// A verdict is what became of one row of a request.
type verdict struct {
	Row     int    `json:"row"`
	Outcome string `json:"outcome"`
	Problem struct {
		Detail string `json:"detail"`
	} `json:"problem"`
}

// bring adds who is new and changes who is there, each row with its own values. Who
// is gone is not brought in.
func (s *sync) bring(people []person, key string, done counts) error {
	people = slices.DeleteFunc(slices.Clone(people), func(p person) bool { return p.gone })
	if len(people) == 0 {
		return nil
	}
	var answer struct{ Verdicts []verdict }
	body := map[string]any{"members": people, "change": true, "invite": "none"}
	if err := s.ask("POST", "/members/batch", key+" rows", body, &answer); err != nil {
		return err
	}
	for _, v := range answer.Verdicts {
		done[v.Outcome]++
		if v.Outcome == "refused" {
			fmt.Printf("%s: %s\n", people[v.Row-1].Email, v.Problem.Detail)
		}
	}
	return nil
}

// switchOff switches off who is gone and on who is back, by their ids, which it finds
// by their addresses.
func (s *sync) switchOff(people []person, key string, done counts) error {
	gone, emails := map[string]bool{}, make([]string, len(people))
	for i, p := range people {
		gone[strings.ToLower(p.Email)], emails[i] = p.gone, p.Email
	}
	var found struct {
		Items []struct{ ID, Email, Status string }
	}
	if err := s.ask("GET", "/members?limit=200&email="+url.QueryEscape(strings.Join(emails, ",")), "", nil, &found); err != nil {
		return err
	}
	todo := map[string][]string{}
	for _, m := range found.Items {
		switch is := gone[strings.ToLower(m.Email)]; {
		case is && m.Status != "inactive":
			todo["deactivate"] = append(todo["deactivate"], m.ID)
		case !is && m.Status == "inactive":
			todo["reactivate"] = append(todo["reactivate"], m.ID)
		}
	}
	for act, members := range todo {
		var answer struct{ Verdicts []verdict }
		// No key: who is switched off already would be left as they are.
		if err := s.ask("POST", "/members/acts", "", map[string]any{"act": act, "members": members}, &answer); err != nil {
			return err
		}
		for _, v := range answer.Verdicts {
			done[v.Outcome]++
		}
	}
	return nil
}

// tries is how often a request is sent before the program gives up; started again,
// it goes on where it was.
const tries = 5

// ask sends a request and reads the answer. It waits where it is told to, and sends
// again what may not have arrived: with a key that is done once.
func (s *sync) ask(method, path, key string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		again, err := s.send(method, path, key, text, answer)
		if err == nil || again < 0 || try == tries {
			return err
		}
		s.wait(max(again, time.Duration(try)*time.Second))
	}
}

// send sends a request once. Of one that may be sent again it says after how long;
// -1: never.
func (s *sync) send(method, path, key string, body []byte, answer any) (time.Duration, error) {
	r, err := http.NewRequest(method, s.base+"/api/v1/accounts/"+s.account+path, bytes.NewReader(body))
	if err != nil {
		return -1, err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		return 0, err
	}
	if got.StatusCode < http.StatusMultipleChoices {
		return -1, json.Unmarshal(text, answer)
	}
	var problem struct{ Detail, Code string }
	_ = json.Unmarshal(text, &problem) // a proxy's answer is none
	err = fmt.Errorf("%s %s: %d %s %s", method, path, got.StatusCode, problem.Code, problem.Detail)
	if got.StatusCode == http.StatusTooManyRequests || got.StatusCode >= 500 {
		seconds, _ := strconv.Atoi(got.Header.Get("Retry-After"))
		return time.Duration(seconds) * time.Second, err
	}
	return -1, err
}
