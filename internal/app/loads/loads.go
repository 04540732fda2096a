package loads

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Loads are streams of what an account is to have.
type Loads struct {
	gate   *gate.Gate
	roster *roster.Writer
	needs  Needs
}

// Needs are what other rooms do for loads.
type Needs struct {
	// Move plans that a unit hangs under another from now on (UNIT-4), among other changes
	// of the tree; it answers the unit.
	Move func(ctx context.Context, r *store.Reader, p *gate.Plan, unit, to directory.Unit) (directory.Unit, error)
	// Roles plans roles that are made or changed, and answers what became of each, and all
	// that the account then has.
	Roles func(ctx context.Context, r *store.Reader, p *gate.Plan, rows []Role) ([]RoleDone, []directory.Role, error)
	// Ground finds a project for places in it, by its public id.
	Ground roster.Grounds
}

// New makes the operations.
func New(g *gate.Gate, r *roster.Writer, needs Needs) *Loads { return &Loads{g, r, needs} }

// A Line says of one unit, one role, one person or one place what is to be so. What it leaves out
// stays.
type Line struct {
	Number int // in the stream, from 1
	Unit   *Unit
	Role   *Role
	Member *roster.Holding
	Place  *Place
	Fault  *directory.Error // why it cannot be read; it is none of the four then

	double int // the line before that is about the same
}

// A Unit is known by its external id: made where there is none yet.
type Unit struct {
	External string
	Parent   string // external or public id; empty: the root for one that is made
	Level    string // of the catalogue; never changed
	Name     string
}

// A Role is known by its code, or by its names.
type Role struct {
	Kind            directory.RoleKind
	Code            string
	Names           map[string]string
	Permissions     *[]string
	DefaultLevel    *string
	DefaultProducts *[]string
	Place           *string
}

// A Place is a person's in a project that is there.
type Place struct {
	roster.NewPlace
	Project string // external or public id
}

// A RoleDone is what became of a role.
type RoleDone struct {
	gate.Verdict
	Role directory.Role
}

// A Row is what became, or would become, of a line.
type Row struct {
	gate.Verdict
	Line Line
	Unit directory.Unit // of a unit that is done
	Role directory.Role // of a role that is done
}

// Options say how a stream is brought in.
type Options struct {
	Lines   func() (Line, error)   // the next one; io.EOF after the last
	Tell    func(rows []Row) error // some more, in the order of the lines
	Preview bool                   // say what would be, write nothing (PLAN-1)
	Invite  bool                   // everybody added is invited; else those given access levels (ADD-8)
	Silent  bool                   // nobody is invited
	Act     *string                // is told under which id all of it is undone, where it is not nil (PLAN-2)
}

// Load brings in what the lines say, by the rights of the single operations: units
// (UNIT-2, UNIT-4), roles (ROLE-4, ROLE-8), people (ADD-13) and the roles they get at units
// (ROLE-5, ROLE-6), which are added to what they hold, and their places (PROJ-7, PROJ-8). Each line is done whole or refused
// with its reason, which leaves the others done (BULK-3). Lines of one kind that follow
// one another are done together, up to a chunk, in one transaction. A line that says what
// is so already changes nothing: what was broken off is sent again.
//
// It refuses as a whole who may do nothing of this anywhere, before it reads a line. A
// token that opens nothing any more ends it with token.refused before its next
// transaction, as any other error does, after the lines that were told.
func (l *Loads) Load(ctx context.Context, actor authz.Actor, account directory.AccountID, o Options) error {
	if err := l.admit(ctx, actor, account); err != nil {
		return err
	}
	s := &stream{Loads: l, actor: gate.AsOneAct(actor), account: account, o: o, firsts: roster.NewFirsts()}
	if o.Act != nil {
		*o.Act = s.actor.Batch
	}
	if o.Preview {
		s.before = &before{rows: roster.NewRowsBefore().OfPeople()}
	}
	for {
		lines, end := s.gather()
		if len(lines) > 0 {
			if err := s.bringIn(ctx, lines); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(end, io.EOF):
			return nil
		case end != nil:
			return end
		}
	}
}

// admit refuses who may neither manage units, nor roles, nor people anywhere.
func (l *Loads) admit(ctx context.Context, actor authz.Actor, account directory.AccountID) error {
	return l.gate.View(ctx, actor, account, func(_ *store.Reader, rights authz.Rights) error {
		for _, one := range []authz.Permission{authz.ManageUnits, authz.ManageRoles, authz.ManageLibrary} {
			if rights.MayAnywhere(one) {
				return nil
			}
		}
		return gate.RequireSomewhere(rights, authz.ManageMembers)
	})
}

// A stream is brought in.
type stream struct {
	*Loads
	actor   authz.Actor
	account directory.AccountID
	o       Options
	firsts  *roster.Firsts
	ahead   *Line   // read, and not of the kind of those before
	before  *before // of a preview
}

// before is what earlier chunks of a preview would have made.
type before struct {
	rows   *roster.RowsBefore
	tree   *authz.Tree // none: as it is
	number int64       // of the next key
}

// beyond is how far the keys of what is only previewed lie behind those that the account
// has: others write to it meanwhile.
const beyond = 1 << 20

// gather reads the next lines that are done together: of one kind, at most a chunk.
func (s *stream) gather() ([]Line, error) {
	lines, kind := make([]Line, 0, roster.Chunk), ""
	for len(lines) < roster.Chunk {
		line, err := s.next()
		if err != nil {
			return lines, err
		}
		if of := line.group(); of != "" {
			if kind != "" && of != kind {
				s.ahead = &line
				return lines, nil
			}
			kind = of
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (s *stream) next() (Line, error) {
	if ahead := s.ahead; ahead != nil {
		s.ahead = nil
		return *ahead, nil
	}
	line, err := s.o.Lines()
	if err == nil && line.Fault == nil {
		for _, key := range line.keys() {
			if first := s.firsts.Line(key, line.Number); first != 0 && line.double == 0 {
				line.double = first
			}
		}
	}
	return line, err
}

// group is what lines have in common that are done together.
func (l Line) group() string {
	if l.Place != nil {
		return l.Kind() + " " + l.Place.Project
	}
	return l.Kind()
}

// Kind is what a line is about: "unit", "role", "member", "place", or nothing that can be
// read.
func (l Line) Kind() string {
	switch {
	case l.Fault != nil:
		return ""
	case l.Unit != nil:
		return "unit"
	case l.Role != nil:
		return "role"
	case l.Place != nil:
		return "place"
	}
	return "member"
}

// keys are what a line is about, so that two lines are told from one said twice.
func (l Line) keys() []string {
	switch l.Kind() {
	case "unit":
		if external, refusal := directory.CleanUnitExternal(l.Unit.External); refusal == nil && external != "" {
			return []string{"unit " + external}
		}
		return nil
	case "role":
		keys := make([]string, 0, len(l.Role.Names)+1)
		if l.Role.Code != "" {
			return append(keys, "role "+string(l.Role.Kind)+" code "+l.Role.Code)
		}
		named := map[string]bool{}
		for _, name := range l.Role.Names {
			if key := "role " + string(l.Role.Kind) + " " + directory.Fold(name); !named[key] {
				named[key] = true
				keys = append(keys, key)
			}
		}
		return keys
	case "place":
		return []string{"place " + l.Place.Project + " " + roster.AddressKey(l.Place.Email)}
	}
	return []string{"member " + roster.AddressKey(l.Member.Email)}
}

// bringIn does lines of one kind and tells what became of each.
func (s *stream) bringIn(ctx context.Context, lines []Line) error {
	rows := make([]Row, 0, len(lines))
	err := roster.Parted(lines, func(part []Line) error {
		done, err := s.chunk(ctx, part)
		rows = append(rows, done...)
		return err
	}, func(line Line, fault error) error {
		rows = append(rows, refusedRow(line, s.roster.FoundBroken(ctx, fault)))
		return nil
	})
	if err != nil {
		return err
	}
	return s.o.Tell(rows)
}

func refusedRow(line Line, refusal *directory.Error) Row {
	row := Row{Verdict: gate.Verdict{Row: line.Number}.Refused(refusal), Line: line}
	if line.Member != nil {
		row.Name, row.Email = line.Member.Name(), line.Member.Email
	}
	if line.Place != nil {
		row.Name, row.Email = line.Place.Name(), line.Place.Email
	}
	return row
}

// chunk is bringIn in one transaction. A refusal of the whole is one of each line.
func (s *stream) chunk(ctx context.Context, lines []Line) ([]Row, error) {
	var sound []Line
	for _, line := range lines {
		if line.refusal() == nil {
			sound = append(sound, line)
		}
	}
	var done []Row
	var whole *directory.Error
	var shut error
	if len(sound) > 0 {
		act := s.gate.Perform
		if s.o.Preview {
			act = s.gate.Previewed
		}
		_, err := act(ctx, s.actor, s.account, func(ctx context.Context, r *store.Reader, p *gate.Plan) (err error) {
			if shut = s.opens(ctx, r, p.Now); shut == nil {
				done, err = s.plan(ctx, r, p, sound)
			}
			return cmp.Or(shut, err)
		})
		if shut != nil {
			return nil, shut
		}
		var fault error
		if whole, fault = gate.AsRefusal(err); fault != nil {
			return nil, fault
		}
	}
	rows := make([]Row, len(lines))
	at := 0
	for i, line := range lines {
		switch refusal := line.refusal(); {
		case refusal != nil:
			rows[i] = refusedRow(line, refusal)
			continue
		case whole != nil:
			rows[i] = refusedRow(line, whole)
		default:
			rows[i] = done[at]
			rows[i].Line, rows[i].Row = line, line.Number
		}
		at++
	}
	return rows, nil
}

// opens asks again whether a program's token opens anything: it was asked when the
// stream began, which may be long ago (CHECK-2).
func (s *stream) opens(ctx context.Context, r *store.Reader, now time.Time) error {
	if s.actor.Kind != authz.Technical {
		return nil
	}
	_, err := acts.Bearer(ctx, r, s.actor.Token, now)
	return err
}

// refusal is why a line is not looked at: it cannot be read, or says anew what is said
// already, of which the first stands (ADD-2).
func (l Line) refusal() *directory.Error {
	switch {
	case l.Fault != nil:
		return l.Fault
	case l.double == 0:
		return nil
	case l.Member != nil, l.Place != nil:
		return directory.InvalidField("email", "member.double_row", directory.Args{"Row": l.double})
	}
	return directory.InvalidField("", "load.double", directory.Args{"Row": l.double})
}

// plan plans lines of one kind, over what a preview's earlier chunks would have made.
func (s *stream) plan(ctx context.Context, r *store.Reader, p *gate.Plan, lines []Line) ([]Row, error) {
	if s.before != nil {
		p.NumberFrom(max(s.before.number, p.NextNumber()+beyond))
		if s.before.tree != nil {
			if err := s.gate.Restructure(ctx, r, p, s.before.tree); err != nil {
				return nil, err
			}
		}
	}
	var rows []Row
	var err error
	switch lines[0].Kind() {
	case "unit":
		rows, err = s.planUnits(ctx, r, p, lines)
	case "role":
		rows, err = s.planRoles(ctx, r, p, lines)
	case "place":
		rows, err = s.planPlaces(ctx, r, p.Upon(), lines)
	default:
		rows, err = s.planMembers(ctx, r, p.Upon(), lines)
	}
	if s.before != nil && err == nil {
		s.before.number = p.NextNumber()
		if upon := p.Upon(); upon != p {
			s.before.tree = upon.Rights.Tree()
		}
	}
	return rows, err
}
