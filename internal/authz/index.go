package authz

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"time"

	"intendant/internal/directory"
)

// Names by which an Index finds somebody.
const (
	ByID              = "id" // the public id of the member or of the user
	ByUserName        = "user_name"
	ByEmail           = "email"
	ByPersonnelNumber = "personnel_number"
)

// A Resident is one member as an Index holds them, with the names they go by.
type Resident struct {
	Standing
	UUID   string            // of the member
	Holds  []Product         // what they use products by
	Places []PlaceAccess     // what they may use in projects
	Names  map[string]string // by ByID and so on, as they are compared: folded where case does not count
}

// A Product is what a member uses a product by: a seat of a pool, or what they
// bring along, as who says so.
type Product struct {
	Name  string
	Pool  directory.PoolID // of the seat, 0: none
	Proof directory.Proof  // of a subscription they bring along
	Ends  int64            // of that one, in microseconds, 0: no end
}

// A Contract is what an account has bought and may use, and where, beside its people.
type Contract struct {
	ServiceLevel string
	Stock        *directory.Stock // as far as pools and subscriptions go; what is held is not kept up
	Projects     *Projects
}

// An Index holds the standings of all members of one account over its Tree, so
// that a question needs no database. It is no safer for concurrent use than a
// map; package app keeps it and knows when it is right.
type Index struct {
	tree     *Tree
	state    directory.AccountState
	contract Contract
	accesses accesses
	rows     []row
	byMember map[directory.MemberID]int32
	byUser   map[directory.UserID]int32
	byName   map[digest]int32
	shared   map[digest][]int32 // who claims a name that several claim
	empty    []int32            // places of those who are gone
}

// A row is kept small: there are as many as members.
type row struct {
	member  directory.MemberID // 0: gone
	user    directory.UserID
	home    directory.UnitID
	ends    int64 // microseconds, 0: no end
	uuid    string
	names   []digest
	holds   []hold // never changed, only replaced
	uses    []Product
	places  []placed // in the order of the tree
	status  directory.Status
	off     bool
	answers directory.UserID // for a program; 0: a person
}

// A digest stands for a name; two names do not share one, but two members may
// share a name.
type digest [16]byte

func digestOf(by, name string) digest {
	var space [96]byte // most names fit
	sum := sha256.Sum256(append(append(append(space[:0], by...), 0), name...))
	return digest(sum[:16])
}

// NewIndex starts an index over a tree, with room for n members.
func NewIndex(t *Tree, state directory.AccountState, n int) *Index {
	return &Index{tree: t, state: state, rows: make([]row, 0, n), byMember: make(map[directory.MemberID]int32, n),
		byUser: make(map[directory.UserID]int32, n), byName: make(map[digest]int32, 4*n)}
}

// Put writes a member, new or known, with what the Resident says they have.
func (x *Index) Put(m Resident) {
	i, known := x.byMember[m.Member]
	if known {
		x.forget(i)
	} else {
		i = x.place()
	}
	r := row{member: m.Member, user: m.User, home: m.Home, uuid: m.UUID, status: m.Status, off: m.SwitchedOff, answers: m.Answers}
	if !m.Ends.IsZero() {
		r.ends = m.Ends.UnixMicro()
	}
	x.byMember[m.Member], x.byUser[m.User] = i, i
	r.names = make([]digest, 0, len(m.Names)+1)
	x.rows[i] = r
	x.take(i, digestOf(ByID, m.UUID))
	for by, name := range m.Names {
		if name != "" {
			x.take(i, digestOf(by, name))
		}
	}
	if len(m.Held)+len(m.Places)+len(m.Holds) > 0 {
		g := Gather(x.tree)
		g.take(m)
		x.Lay(g)
	}
}

// place is a free one.
func (x *Index) place() int32 {
	if n := len(x.empty); n > 0 {
		i := x.empty[n-1]
		x.empty = x.empty[:n-1]
		return i
	}
	x.rows = append(x.rows, row{})
	return int32(len(x.rows) - 1)
}

// forget takes the names and places of a row away.
func (x *Index) forget(i int32) {
	x.unsettle(i)
	for _, d := range x.rows[i].names {
		x.letGo(i, d)
	}
}

// Drop takes a member out.
func (x *Index) Drop(id directory.MemberID) {
	i, known := x.byMember[id]
	if !known {
		return
	}
	x.forget(i)
	delete(x.byMember, id)
	delete(x.byUser, x.rows[i].user)
	x.rows[i] = row{}
	x.empty = append(x.empty, i)
}

// Replant puts the members over another tree and state of the same account.
// Rights that were taken from the index before stay what they were.
func (x *Index) Replant(t *Tree, state directory.AccountState) {
	before := x.tree
	x.tree, x.state = t, state
	for i := range x.rows {
		holds := make([]hold, 0, len(x.rows[i].holds))
		for _, h := range x.rows[i].holds {
			n, found := t.byUnit[before.nodes[h.node].unit.ID]
			role, known := t.byRole[before.roles[h.role].ID]
			if found && known {
				holds = append(holds, hold{n, role, h.grant})
			}
		}
		slices.SortStableFunc(holds, func(a, b hold) int { return cmp.Compare(a.node, b.node) })
		x.rows[i].holds = holds
		x.resettle(i, before)
	}
}

// Buy says what the account has bought and may use from now on.
func (x *Index) Buy(c Contract) { x.contract = c }

// Contract is what the account has bought and may use.
func (x *Index) Contract() Contract { return x.contract }

// Uses are what the member at a place uses products by.
func (x *Index) Uses(i int) []Product { return x.rows[i].uses }

// Tree is what the index stands on.
func (x *Index) Tree() *Tree { return x.tree }

// State is the account's.
func (x *Index) State() directory.AccountState { return x.state }

// Len is how many places the index has; some may be empty (see Standing).
func (x *Index) Len() int { return len(x.rows) }

// Living is how many members there are.
func (x *Index) Living() int { return len(x.rows) - len(x.empty) }

// Find is the place of the one who goes by a name.
func (x *Index) Find(by, name string) (int, bool) {
	i, found := x.byName[digestOf(by, name)]
	return int(i), found && i != several
}

// OfMember is the place of a member.
func (x *Index) OfMember(id directory.MemberID) (int, bool) {
	i, found := x.byMember[id]
	return int(i), found
}

// OfUser is the place of a user.
func (x *Index) OfUser(id directory.UserID) (int, bool) {
	i, found := x.byUser[id]
	return int(i), found
}

// Standing is who stands at a place, without holdings: Rights has those. An
// empty place has no member.
func (x *Index) Standing(i int) Standing {
	r := &x.rows[i]
	s := Standing{Account: r.member.Account(), State: x.state, Member: r.member, User: r.user, Status: r.status, Home: r.home,
		SwitchedOff: r.off, Answers: r.answers}
	if r.ends != 0 {
		s.Ends = time.UnixMicro(r.ends)
	}
	return s
}

// Home is the unit that the member at a place belongs to.
func (x *Index) Home(i int) directory.UnitID { return x.rows[i].home }

// UUID is the public id of the member at a place.
func (x *Index) UUID(i int) string { return x.rows[i].uuid }

// Rights are what the person at a place may do now. They are the same as Decide
// makes of the database's rows, and stay what they are when the index moves on.
func (x *Index) Rights(i int, now time.Time) Rights {
	r := rightsOf(x.tree, x.Standing(i), x.rows[i].holds, nil, now)
	if who := x.rows[i].answers; who != 0 {
		under := Rights{tree: x.tree, state: x.state, bar: NotMember}
		if j, there := x.byUser[who]; there && x.rows[j].answers == 0 {
			under = x.Rights(int(j), now)
		}
		r.under = &under
	}
	return r
}
