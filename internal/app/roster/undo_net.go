package roster

import (
	"strconv"
	"strings"
	"time"

	"intendant/internal/audit"
	"intendant/internal/directory"
)

// A Past is what entries of history say became of one person, newest first.
type Past struct {
	User    directory.UserID
	Entries []audit.Entry
}

// A net is a Past as one step: how it was before the oldest entry, and how it was
// after the newest.
type net struct {
	moments   []time.Time
	until     time.Time // of the newest entry
	came      bool      // the oldest brings the person in
	went      time.Time // the newest takes them out, then
	asked     bool      // an invitation went out
	withdrawn bool      // one was taken back
	fields    []string
	before    map[string]audit.Value
	after     map[string]audit.Value
	grants    []grantNet
	seats     []offerNet
	externals []offerNet
	places    []placeNet
}

// A grantNet is a role at a unit that was given, or ended.
type grantNet struct {
	role   audit.Value
	unit   directory.UnitID
	before bool
	after  bool
	until  time.Time
}

// An offerNet is what somebody had of a product, and has: offers of seats, or that
// they bring a subscription along.
type offerNet struct {
	product       string
	before, after string
	since, until  time.Time // of its oldest entry, and its newest
}

// A placeNet is a place in a project that was given, changed or ended.
type placeNet struct {
	project       directory.UnitID
	before, after bool
	since, until  time.Time
}

// netOf makes one step of entries.
func netOf(p Past) *net {
	n := &net{before: map[string]audit.Value{}, after: map[string]audit.Value{}}
	for i, e := range p.Entries {
		if n.moments = append(n.moments, e.At); i == 0 {
			n.until = e.At
		}
		switch e.Kind {
		case audit.GrantGiven, audit.GrantEnded:
			n.grant(e)
		case audit.SeatAssigned, audit.SeatWithdrawn:
			n.seats = offered(n.seats, e)
		case audit.ExternalStated, audit.ExternalEnded:
			n.externals = offered(n.externals, e)
		case audit.PlaceAdded, audit.PlaceChanged, audit.PlaceRemoved:
			n.place(e)
		case audit.InvitationSent, audit.InvitationResent:
			n.asked = true
		case audit.InvitationWithdrawn:
			n.withdrawn = true
		default:
			n.member(e)
		}
	}
	return n
}

// member takes in an entry about somebody's place in the account.
func (n *net) member(e audit.Entry) {
	switch e.Kind {
	case audit.MemberAdded, audit.MemberReturned:
		n.came = true
	case audit.MemberRemoved:
		if n.came = false; len(n.fields) == 0 {
			n.went = e.At
		}
	default:
		n.came = false
	}
	for _, c := range append(append([]audit.Change{}, e.Facts...), e.Personal...) {
		if c.Field == "email" || c.Field == "user_name" {
			continue // of the person, not of the place
		}
		if _, seen := n.after[c.Field]; !seen {
			n.fields = append(n.fields, c.Field)
			n.after[c.Field] = c.After
		}
		n.before[c.Field] = c.Before
	}
}

func (n *net) grant(e audit.Entry) {
	given := e.Kind == audit.GrantGiven
	value := audit.Nothing
	for _, c := range e.Facts {
		if value = c.After; !given {
			value = c.Before
		}
	}
	for i, g := range n.grants {
		if normal(g.role) == normal(value) && g.unit == e.Unit {
			n.grants[i].before = !given
			return
		}
	}
	n.grants = append(n.grants, grantNet{role: value, unit: e.Unit, before: !given, after: given, until: e.At})
}

func offered(nets []offerNet, e audit.Entry) []offerNet {
	var before, after string
	for _, c := range e.Facts {
		if c.Field == "product" {
			before, after = c.Before.Text(), c.After.Text()
		}
	}
	product := directory.OfferOf(before + after).Product
	for i, o := range nets {
		if o.product == product {
			nets[i].before, nets[i].since = before, e.At
			return nets
		}
	}
	return append(nets, offerNet{product: product, before: before, after: after, since: e.At, until: e.At})
}

func (n *net) place(e audit.Entry) {
	was, is := e.Kind != audit.PlaceAdded, e.Kind != audit.PlaceRemoved
	for i, p := range n.places {
		if p.project == directory.UnitID(e.Object) {
			n.places[i].before, n.places[i].since = was, e.At
			return
		}
	}
	n.places = append(n.places, placeNet{project: directory.UnitID(e.Object), before: was, after: is, since: e.At, until: e.At})
}

// normal is a value by which two are compared: things by their keys, whatever they
// were called.
func normal(v audit.Value) string {
	var parts []string
	for _, one := range v.Values() {
		if ref, ok := one.Ref(); ok {
			parts = append(parts, string(ref.Noun)+" "+strconv.FormatInt(ref.Key, 10))
		} else {
			parts = append(parts, one.Text())
		}
	}
	return strings.Join(parts, "\n")
}

// keysIn are the keys of the things of a noun that a value names.
func keysIn[K ~int64](v audit.Value, noun audit.Noun) []K {
	var keys []K
	for _, ref := range v.Refs() {
		if ref.Noun == noun {
			keys = append(keys, K(ref.Key))
		}
	}
	return keys
}

// Undoes reports whether entries of a kind are about people and their places, roles,
// seats and places in projects: what PlanUndo takes back.
func Undoes(k audit.Kind) bool {
	switch k {
	case audit.MemberAdded, audit.MemberChanged, audit.MemberDeactivated, audit.MemberReactivated, audit.MemberRemoved, audit.MemberReturned,
		audit.AdministratorNamed, audit.AdministratorExcluded, audit.InvitationSent, audit.InvitationResent, audit.InvitationWithdrawn,
		audit.GrantGiven, audit.GrantEnded, audit.SeatAssigned, audit.SeatWithdrawn, audit.ExternalStated, audit.ExternalEnded,
		audit.PlaceAdded, audit.PlaceChanged, audit.PlaceRemoved:
		return true
	}
	return false
}
