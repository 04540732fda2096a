package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
)

// Password is everybody's in the example: it satisfies every policy of the
// standard catalogue.
const Password = "Chantier-2026-bleu"

// A SignIn is one way into the example.
type SignIn struct {
	As       string `json:"as"` // vendor, vendor-support, vendor-sales, administrator, second-administrator, executive, standards-administrator, project-administrator, unit-manager, member, prospect
	Name     string `json:"name"`
	Login    string `json:"login"`
	Password string `json:"password"`
	// OneTimeSecret is what an authenticator of theirs knows; empty for who
	// signs in by the password alone.
	OneTimeSecret string `json:"one_time_secret,omitempty"`
}

// A Claimable account has keys that nobody has used.
type Claimable struct {
	Number     string   `json:"number"`
	UnusedKeys []string `json:"unused_keys"`
	// APIToken is a technical user's, empty where there is none.
	APIToken string `json:"api_token,omitempty"`
}

// A World is what there is to try.
type World struct {
	People    []SignIn
	Account   Claimable // the large one, with administrators
	Unclaimed Claimable // one that waits for its first administrator
	// Application is the credential of a program of the vendor's, which asks about
	// every account and reads it.
	Application string
}

// Options are what an example is built with.
type Options struct {
	App   *app.App
	Clock *Clock
}

// Build fills an empty installation.
func Build(ctx context.Context, o Options) (World, error) {
	hash, err := secret.NewPasswords(1).Hash(ctx, Password)
	if err != nil {
		return World{}, fmt.Errorf("build the example: %w", err)
	}
	b := &builder{Options: o, ctx: ctx, now: o.Clock.Now(), hash: hash, names: NewNames(7), users: map[string]authz.Actor{}}
	b.tell()
	slices.SortStableFunc(b.events, func(x, y event) int { return x.at.Compare(y.at) })
	defer o.Clock.run()
	for _, e := range b.events {
		o.Clock.stand(e.at)
		if err := e.do(); err != nil {
			return World{}, fmt.Errorf("build the example: %s: %w", e.what, err)
		}
	}
	order := []string{"vendor", "vendor-support", "vendor-sales", "administrator", "second-administrator", "executive", "standards-administrator", "project-administrator", "unit-manager", "member", "prospect"}
	slices.SortStableFunc(b.world.People, func(x, y SignIn) int { return slices.Index(order, x.As) - slices.Index(order, y.As) })
	return b.world, nil
}

// A builder gathers what happens, then lets it happen in order.
type builder struct {
	Options
	ctx    context.Context
	now    time.Time
	hash   string
	names  *Names
	events []event
	users  map[string]authz.Actor // by address
	portal app.Caller             // the application that reports what was used
	world  World
}

// An event is one thing that happens.
type event struct {
	at   time.Time
	what string
	do   func() error
}

// ago plans an event so many days before the present.
func (b *builder) ago(days float64, what string, do func() error) {
	b.events = append(b.events, event{b.now.Add(-time.Duration(days * 24 * float64(time.Hour))), what, do})
}

// operator is the vendor's own command line, which set everything up.
func operator() authz.Actor {
	return authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
}

// person makes somebody who signs in by themselves and belongs to no account
// yet.
func (b *builder) person(first, last, email, language string) (authz.Actor, error) {
	user, err := b.App.Users.Seed(b.ctx, b.user(first, last, email, language))
	if err != nil {
		return authz.Actor{}, err
	}
	actor := authz.Actor{Kind: authz.Person, User: user.ID, Door: authz.DoorPage, Address: "192.0.2.41"}
	b.users[email] = actor
	return actor, nil
}

// user is somebody with the example's password, set lately: some policies ask
// for another one from time to time.
func (b *builder) user(first, last, email, language string) directory.User {
	return directory.User{First: first, Last: last, Email: email, UserName: email, Language: language,
		Password: directory.PasswordOwn, PasswordHash: b.hash, PasswordSet: b.now.AddDate(0, 0, -20), Proved: b.now.AddDate(0, 0, -20), LastSignIn: b.now.AddDate(0, 0, -1)}
}

func (b *builder) signIn(as, first, last, email string) {
	b.world.People = append(b.world.People, SignIn{As: as, Name: first + " " + last, Login: email, Password: Password})
}

// tell says what happens to whom.
func (b *builder) tell() {
	b.tellVendor()
	for _, c := range customers() {
		b.tellCustomer(c)
	}
	b.tellMaraval()
	b.tellApplications()
	b.tellNotices()
	b.ago(3, "a prospect", func() error {
		_, err := b.person("Ophélie", "Tardieu", "ophelie.tardieu@atelier-tardieu.example", "fr")
		b.signIn("prospect", "Ophélie", "Tardieu", "ophelie.tardieu@atelier-tardieu.example")
		return err
	})
}

func (b *builder) tellVendor() {
	b.ago(1000, "the vendor's staff", func() error {
		for _, s := range []struct {
			first, last, email string
			role               authz.StaffRole
			as, secret         string
		}{
			{"Maëlle", "Corvaisier", "maelle.corvaisier@batisoft.example", authz.Operator, "vendor", "MAELLE2CORVAISIER2BATISOFT2222AA"},
			{"Bastien", "Rouvière", "bastien.rouviere@batisoft.example", authz.Support, "vendor-support", "BASTIEN2ROUVIERE22BATISOFT2222AA"},
			{"Solène", "Quesnel", "solene.quesnel@batisoft.example", authz.Sales, "vendor-sales", "SOLENE2QUESNEL2222BATISOFT2222AA"},
		} {
			user, err := b.App.Users.CreateStaff(b.ctx, operator(), app.NewStaff{Email: s.email, First: s.first, Last: s.last,
				Language: "fr", Role: s.role, Password: Password})
			if err != nil {
				return err
			}
			if err := b.App.Users.SeedFactor(b.ctx, user.ID, s.secret); err != nil {
				return err
			}
			b.world.People = append(b.world.People, SignIn{As: s.as, Name: user.Name(), Login: s.email, Password: Password, OneTimeSecret: s.secret})
			b.users[s.email] = authz.Actor{Kind: authz.Staff, User: user.ID, Staff: s.role, Door: authz.DoorPage}
		}
		return nil
	})
}

// staff is who of the vendor does what is done in the console.
func (b *builder) staff() authz.Actor { return b.users["maelle.corvaisier@batisoft.example"] }
