package authzen

import (
	"strconv"

	"intendant/internal/app"
)

// mostQuestions is how many questions one request may ask.
const mostQuestions = 1000

// What is wrong with a request, as a message key says it below
// access.error.
const (
	noJSON        = "json"
	notAnObject   = "object"
	wrongSubject  = "subject"
	wrongAction   = "action"
	wrongResource = "resource"
	wrongContext  = "context"
	wrongList     = "evaluations"
	tooMany       = "too_many"
	wrongOptions  = "options"
	wrongSemantic = "semantic"
	wrongPage     = "page"
	twice         = "twice"
)

// A shape says how one of the things a request names was found.
type shape uint8

const (
	absent  shape = iota
	partial       // an object without a member it needs
	wrong         // no object, or a member that is no text
	whole
)

// A part is a subject, resource or action as it was read; an action's name is
// its id.
type part struct {
	entity  app.Entity
	shape   shape
	typed   bool   // it has a type
	account string // of a resource: what its properties say
	noName  bool   // they say it, and it is no text
	in      *app.Using
}

// parts are what a question is made of.
type parts struct {
	subject, action, resource part
	language                  string // what the context says
	badContext                bool
	noObject                  bool // of evaluations: an item that is none
}

// A batch is a request of one or more questions.
type batch struct {
	parts
	list     []parts // of evaluations
	semantic app.Semantic
}

// A search is a request for what would be answered by yes.
type search struct {
	parts
	token string
	limit int // -1: none asked
}

// A fault is why a request is not answered, a word of those above.
type fault string

// Error is the word.
func (f fault) Error() string { return string(f) }

// A reader reads one request.
type reader struct{ scanner }

// members reads an object, calling member for each; member reads the value, or
// answers false when it does not know the name. A name that is known and stands
// twice is refused: nobody should have to guess which one counts.
func (r *reader) members(member func(name string) (bit uint16, err error)) error {
	if err := r.enter('{'); err != nil {
		return err
	}
	var seen uint16
	first := true
	for {
		more, err := r.more(&first, '}')
		if !more || err != nil {
			return err
		}
		name, err := r.name()
		if err != nil {
			return err
		}
		bit, err := member(name)
		if err != nil {
			return err
		}
		if bit == 0 {
			if err := r.skip(); err != nil {
				return err
			}
		}
		if seen&bit != 0 {
			return fault(twice)
		}
		seen |= bit
	}
}

// text reads a value that should be a text; the second value is false, and the
// value passed, when it is none.
func (r *reader) text() (string, bool, error) {
	if r.next() != '"' {
		return "", false, r.skip()
	}
	text, err := r.string()
	return text, true, err
}

// entity reads a subject or resource; an action has a name where they have an
// id, and no type.
func (r *reader) entity(action bool) (part, error) {
	if r.next() != '{' {
		return part{shape: wrong}, r.skip()
	}
	p := part{shape: partial, typed: action}
	id, found := "id", false
	if action {
		id = "name"
	}
	bad := false
	err := r.members(func(name string) (bit uint16, err error) {
		ok := true
		switch {
		case name == id:
			p.entity.ID, ok, err = r.text()
			bit, found = 1, ok
		case name == "type" && !action:
			p.entity.Type, ok, err = r.text()
			bit, p.typed = 2, ok
		case name == "properties":
			ok, err = r.properties(&p)
			bit = 4
		}
		bad = bad || !ok
		return bit, err
	})
	switch {
	case bad:
		p.shape = wrong
	case found && p.typed:
		p.shape = whole
	}
	return p, err
}

// object passes a value that should be an object, or null for none.
func (r *reader) object() (bool, error) {
	ok := r.next() == '{' || r.next() == 'n'
	return ok, r.skip()
}

// context reads the one thing of it that is understood: the language of reasons.
func (r *reader) context(into *parts) error {
	if r.null() {
		return nil
	}
	if r.next() != '{' {
		into.badContext = true
		return r.skip()
	}
	return r.members(func(name string) (bit uint16, err error) {
		if name != "language" {
			return 0, nil
		}
		into.language, _, err = r.text()
		return 1, err
	})
}

// asked reads the member of a question, if it is one.
func (r *reader) asked(name string, into *parts) (bit uint16, err error) {
	switch name {
	case "subject":
		into.subject, err = r.entity(false)
		return 1, err
	case "action":
		into.action, err = r.entity(true)
		return 2, err
	case "resource":
		into.resource, err = r.entity(false)
		return 4, err
	case "context":
		return 8, r.context(into)
	}
	return 0, nil
}

// readRequest reads a body that must be one object and nothing more.
func readRequest(body string, member func(r *reader, name string) (uint16, error)) error {
	r := &reader{scanner{text: body}}
	if r.next() != '{' {
		if err := r.skip(); err != nil || !r.end() {
			return fault(noJSON)
		}
		return fault(notAnObject)
	}
	err := r.members(func(name string) (uint16, error) { return member(r, name) })
	switch {
	case err == errSyntax:
		return fault(noJSON)
	case err != nil:
		return err
	case !r.end():
		return fault(noJSON)
	}
	return nil
}

// readQuestion reads the request of one evaluation.
func readQuestion(body string) (parts, error) {
	var p parts
	err := readRequest(body, func(r *reader, name string) (uint16, error) { return r.asked(name, &p) })
	if err == nil {
		err = p.complete()
	}
	return p, err
}

// complete refuses a question that lacks something or has it in a wrong form.
func (p *parts) complete() error {
	if word := p.broken(); word != "" {
		return fault(word)
	}
	return nil
}

// broken is what is wrong with a question, or nothing.
func (p *parts) broken() string {
	switch {
	case p.noObject:
		return notAnObject
	case p.subject.shape != whole:
		return wrongSubject
	case p.action.shape != whole:
		return wrongAction
	case p.resource.shape != whole || p.resource.noName:
		return wrongResource
	case p.badContext:
		return wrongContext
	}
	return ""
}

// question is what is asked of the operations.
func (p *parts) question() app.Question {
	return app.Question{Subject: p.subject.entity, Action: p.action.entity.ID, Resource: p.resource.entity,
		Account: p.resource.account, In: p.resource.in, Broken: p.broken()}
}

// readBatch reads the request of several evaluations. Without any it is that of
// one, whose parts stand at the top.
func readBatch(body string) (batch, error) {
	b := batch{semantic: app.ExecuteAll}
	err := readRequest(body, func(r *reader, name string) (uint16, error) {
		switch name {
		case "evaluations":
			return 16, r.evaluations(&b)
		case "options":
			return 32, r.options(&b)
		}
		return r.asked(name, &b.parts)
	})
	if err != nil {
		return b, err
	}
	if len(b.list) == 0 {
		return b, b.complete()
	}
	for _, top := range []struct {
		is   part
		word string
	}{{b.subject, wrongSubject}, {b.action, wrongAction}, {b.resource, wrongResource}} {
		if top.is.shape == wrong {
			return b, fault(top.word)
		}
	}
	if b.badContext {
		return b, fault(wrongContext)
	}
	return b, nil
}

func (r *reader) evaluations(b *batch) error {
	if r.null() {
		return nil
	}
	if r.next() != '[' {
		return fault(wrongList)
	}
	if err := r.enter('['); err != nil {
		return err
	}
	first := true
	for {
		more, err := r.more(&first, ']')
		if !more || err != nil {
			return err
		}
		if len(b.list) == mostQuestions {
			return fault(tooMany)
		}
		var p parts
		if p.noObject = r.next() != '{'; p.noObject {
			err = r.skip()
		} else {
			err = r.members(func(name string) (uint16, error) { return r.asked(name, &p) })
		}
		if err != nil {
			return err
		}
		if b.list == nil {
			b.list = make([]parts, 0, 64)
		}
		b.list = append(b.list, p)
	}
}

func (r *reader) options(b *batch) error {
	if r.null() {
		return nil
	}
	if r.next() != '{' {
		return fault(wrongOptions)
	}
	return r.members(func(name string) (uint16, error) {
		if name != "evaluations_semantic" {
			return 0, nil
		}
		word, ok, err := r.text()
		if err != nil {
			return 1, err
		}
		switch b.semantic = app.Semantic(word); b.semantic {
		case app.ExecuteAll, app.DenyOnFirstDeny, app.PermitOnFirstPermit:
		default:
			ok = false
		}
		if !ok {
			return 1, fault(wrongSemantic)
		}
		return 1, nil
	})
}

// questions are those of the batch, each with what it leaves out taken whole
// from the top.
func (b *batch) questions() []app.Question {
	questions := make([]app.Question, len(b.list))
	for i := range b.list {
		p := &b.list[i]
		if p.subject.shape == absent {
			p.subject = b.subject
		}
		if p.action.shape == absent {
			p.action = b.action
		}
		if p.resource.shape == absent {
			p.resource = b.resource
		}
		if p.resource.account == "" { // one for all of the batch (APP-3)
			p.resource.account = b.resource.account
		}
		questions[i] = p.question()
	}
	return questions
}

// What a search is for.
const (
	forSubjects  = "subject"
	forResources = "resource"
	forActions   = "action"
)

// readSearch reads the request of a search. Of what is searched for only the
// type counts; of actions, nothing.
func readSearch(body, what string) (search, error) {
	s := search{limit: -1}
	err := readRequest(body, func(r *reader, name string) (uint16, error) {
		if name == "page" {
			return 16, r.page(&s)
		}
		if what == forActions && name == forActions {
			return 0, nil
		}
		if what == name {
			p, err := r.sought()
			if what == forSubjects {
				s.subject = p
			} else {
				s.resource = p
			}
			return 64, err
		}
		return r.asked(name, &s.parts)
	})
	if err != nil {
		return s, err
	}
	if what == forActions {
		s.action.shape = whole
	}
	return s, s.complete()
}

// sought reads what is searched for: a type, and of a resource the account. An id
// is passed over, whatever it is.
func (r *reader) sought() (part, error) {
	if r.next() != '{' {
		return part{shape: wrong}, r.skip()
	}
	p := part{shape: partial}
	err := r.members(func(name string) (bit uint16, err error) {
		ok := true
		switch name {
		case "type":
			var text string
			if text, ok, err = r.text(); ok {
				p.entity.Type, p.shape = text, whole
			}
			return 1, err
		case "properties":
			_, err = r.properties(&p)
			return 2, err
		}
		return 0, nil
	})
	return p, err
}

func (r *reader) page(s *search) error {
	if r.null() {
		return nil
	}
	if r.next() != '{' {
		return fault(wrongPage)
	}
	return r.members(func(name string) (bit uint16, err error) {
		ok := true
		switch name {
		case "token":
			if bit = 1; !r.null() {
				s.token, ok, err = r.text()
			}
		case "limit":
			if bit = 2; !r.null() {
				ok, err = r.limit(s)
			}
		case "properties":
			bit = 4
			ok, err = r.object()
		}
		if err == nil && !ok {
			err = fault(wrongPage)
		}
		return bit, err
	})
}

// limit reads a whole number that is not negative.
func (r *reader) limit(s *search) (bool, error) {
	if b := r.next(); b != '-' && (b < '0' || b > '9') {
		return false, r.skip()
	}
	text, err := r.number()
	if err != nil {
		return false, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	s.limit = int(min(n, 1<<30))
	return err == nil && n >= 0, nil
}
