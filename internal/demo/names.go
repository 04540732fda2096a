package demo

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"intendant/internal/directory"
)

// Names invents people who look French. The same seed
// invents the same ones in the same order.
type Names struct {
	words  words
	random *rand.Rand
	taken  map[string]int // local parts of addresses, by domain
}

// NewNames starts a row of inventions.
func NewNames(seed uint64) *Names {
	return &Names{words: newWords(), random: rand.New(rand.NewPCG(seed, 0x1e7a)), taken: map[string]int{}}
}

// A Person is an invented one.
type Person struct {
	Civility, First, Last, Email string
}

// User is the person as a user who has no password yet.
func (p Person) User(language string) directory.User {
	return directory.User{Civility: p.Civility, First: p.First, Last: p.Last, Email: p.Email, UserName: p.Email, Language: language}
}

// Person invents somebody with an address at the domain that nobody else has
// got from these names.
func (n *Names) Person(domain string) Person {
	p := Person{Civility: "mrs", First: pick(n.random, n.words.women)}
	if n.random.IntN(2) == 0 {
		p.Civility, p.First = "mr", pick(n.random, n.words.men)
	}
	p.Last = pick(n.random, n.words.last)
	if n.random.IntN(20) == 0 {
		p.Last += "-" + pick(n.random, n.words.last)
	}
	p.Email = n.address(p.First+"."+p.Last, domain)
	return p
}

// address makes an address of a name, with a number when it was given before.
func (n *Names) address(name, domain string) string {
	local := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\'', '’':
			return -1
		}
		return r
	}, directory.Fold(name))
	n.taken[local+"@"+domain]++
	if count := n.taken[local+"@"+domain]; count > 1 {
		local += strconv.Itoa(count)
	}
	return local + "@" + domain
}

// JobTitle invents what somebody does.
func (n *Names) JobTitle() string { return pick(n.random, n.words.jobs) }

// Phone invents a telephone number from the range kept for inventions.
func (n *Names) Phone() string {
	digits := strconv.Itoa(10000 + n.random.IntN(90000))
	return "01 99 0" + digits[:1] + " " + digits[1:3] + " " + digits[3:]
}

func pick(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }
