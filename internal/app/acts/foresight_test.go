package acts_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/app/gate"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// A yard is an account with divisions, projects, seats that run out, and people of every
// status, whose rights are compared before and after acts.
type yard struct {
	*apptest.World
	account   directory.Account
	admin     authz.Actor
	chief     authz.Actor // manages one division only
	units     []string
	projects  []string
	members   []string
	keys      []directory.MemberID // of the same, also once they are removed
	addresses []string
}

const company = "Maraval Travaux"

func newYard(w *apptest.World) yard {
	y := yard{World: w, account: w.AccountOf("204 817", "construction")}
	y.admin = w.Administrator(y.account, "helene.castaing@maraval.example")
	for _, name := range []string{"Nord", "Sud"} {
		u, err := w.Units.Add(w.Context(), y.admin, y.account.ID, app.NewUnit{Name: name, Level: "division"})
		w.Must(err)
		y.units = append(y.units, u.UUID)
		project := name + " un"
		made, _, err := w.Projects.Create(w.Context(), y.admin, y.account.ID, app.NewProject{Change: app.ProjectChange{Name: &project}})
		w.Must(err)
		y.projects = append(y.projects, made.UUID)
	}
	for _, product := range []string{"plans", "budget"} {
		_, err := w.Subscriptions.Add(w.Context(), w.Operator(), y.account.ID, app.NewSubscription{Offer: directory.Offer{Product: product}, Term: app.SubscriptionTerm{Quantity: 4}})
		w.Must(err)
	}
	chief, m := w.Member(y.account, "chef@maraval.example")
	y.chief = chief
	given, err := w.Grants.Give(w.Context(), y.admin, y.account.ID, app.Giving{Who: app.Of(m.UUID), Role: "manager", Units: y.units[:1]})
	w.Must(err)
	if given[0].Refusal != nil {
		w.Must(given[0].Refusal)
	}
	w.Must(w.Seats.MakeRule(w.Context(), y.admin, y.account.ID, app.NewSeatRule{Offer: directory.Offer{Product: "budget"}, Function: "architect"}))
	for i := range 8 {
		email := fmt.Sprintf("m%d@maraval.example", i)
		y.addresses = append(y.addresses, email)
		if i < 4 {
			_, m := w.Member(y.account, email)
			y.members = append(y.members, m.UUID)
			continue
		}
		verdicts, err := w.Members.Add(w.Context(), y.admin, y.account.ID, []app.NewMember{{Row: 1, Email: email, Home: y.units[i%2]}}, app.AddOptions{Silent: i%2 == 0, Invite: true})
		w.Must(apptest.ErrOf(verdicts, err))
		y.members = append(y.members, verdicts[0].Member.UUID)
	}
	w.Must(w.DB.Peek(func(r *store.Reader) error {
		keys, err := r.MemberKeysByUUID(w.Context(), y.account.ID, y.members)
		y.keys = slices.Sorted(maps.Values(keys))
		return err
	}))
	return y
}

// A ledger is what people hold, which seats they have and which mails were made.
type ledger struct {
	rights map[string]map[string][]string // by member and unit, the permissions that they hold or will
	seats  map[string]int64               // by product
	mails  map[directory.MailID]directory.MailKind
	status map[string]directory.Status
}

// now reads the database, as nothing that previews does.
func (y yard) now() ledger {
	l := ledger{rights: map[string]map[string][]string{}, seats: map[string]int64{}, mails: map[directory.MailID]directory.MailKind{}, status: map[string]directory.Status{}}
	admin, err := y.Rights(y.Context(), y.admin, y.account.ID)
	y.Must(err)
	tree := admin.Tree()
	y.Must(y.DB.Peek(func(r *store.Reader) error {
		all := y.keys
		members, err := r.Members(y.Context(), y.account.ID, all)
		if err != nil {
			return err
		}
		grants, err := r.GrantsOfAll(y.Context(), all)
		if err != nil {
			return err
		}
		seats, err := r.SeatsOf(y.Context(), all)
		if err != nil {
			return err
		}
		for _, m := range members {
			standing := authz.Standing{Member: m.ID, Status: directory.Active}
			if m.Removed.IsZero() && m.Status != directory.Inactive {
				for _, role := range append(slices.Clone(m.Functions), m.Levels()...) {
					standing.Held = append(standing.Held, authz.Held{Role: role, Unit: tree.Root()})
				}
				for _, g := range grants[m.ID] {
					standing.Held = append(standing.Held, authz.Held{Role: g.Role, Unit: g.Unit})
				}
				placed, err := r.HeldInProjects(y.Context(), m.ID)
				if err != nil {
					return err
				}
				standing.Held = append(standing.Held, placed...)
			}
			l.rights[m.UUID], l.status[m.UUID] = map[string][]string{}, m.Status
			rights := authz.Decide(authz.Actor{Kind: authz.Person, User: m.User}, tree, standing, time.Time{})
			for _, u := range tree.Units() {
				for _, p := range rights.At(u.ID) {
					l.rights[m.UUID][u.UUID] = append(l.rights[m.UUID][u.UUID], string(p))
				}
			}
			for _, s := range seats[m.ID] {
				l.seats[s.Product]++
			}
			mails, err := r.MailsTo(y.Context(), m.User)
			if err != nil {
				return err
			}
			for _, mail := range mails {
				l.mails[mail.ID] = mail.Kind
			}
		}
		return nil
	}))
	return l
}

// drawn is an act on many as chance has it.
func (y yard) drawn(rt *rapid.T) (app.Selection, app.MembersAct) {
	who := app.Selection{Members: rapid.SliceOfNDistinct(rapid.SampledFrom(y.members), 2, 8, rapid.ID[string]).Draw(rt, "who")}
	kind := rapid.SampledFrom([]directory.BulkKind{directory.BulkSeveral, directory.BulkSeveral, directory.BulkSeveral, directory.BulkDeactivate, directory.BulkReactivate,
		directory.BulkInvite, directory.BulkWithdraw, directory.BulkAssign, directory.BulkTakeBack, directory.BulkRemove}).Draw(rt, "kind")
	act := app.MembersAct{Kind: kind}
	if kind == directory.BulkAssign || kind == directory.BulkTakeBack {
		act.Offer = directory.Offer{Product: rapid.SampledFrom([]string{"plans", "budget"}).Draw(rt, "product")}
	}
	if kind != directory.BulkSeveral {
		return who, act
	}
	maybe := func(name string) bool { return rapid.Bool().Draw(rt, name) }
	if maybe("company") {
		act.Company = new(rapid.SampledFrom([]string{"", company, "Kestner Bau"}).Draw(rt, "company of"))
	}
	if maybe("functions") {
		act.Functions = &[]string{rapid.SampledFrom([]string{"architect", "engineer"}).Draw(rt, "function")}
	}
	if maybe("levels") {
		act.Levels = &[]string{}
		if maybe("administrator") {
			act.Levels = &[]string{directory.AdminLevel}
		}
	}
	if maybe("home") {
		act.Unit = &y.units[rapid.IntRange(0, 1).Draw(rt, "unit")]
	}
	if maybe("seat") {
		act.Assign = []string{"plans"}
	}
	if maybe("back") {
		act.TakeBack = []string{rapid.SampledFrom([]string{"budget", "plans"}).Draw(rt, "of")}
	}
	role := rapid.SampledFrom([]string{"manager", "basic-user"}).Draw(rt, "role")
	units := y.units[:rapid.IntRange(1, 2).Draw(rt, "units")]
	if maybe("give") {
		act.Give = []app.RoleAt{{Role: role, Units: units}}
	} else if maybe("end") {
		act.End = []app.RoleAt{{Role: role, Units: units}}
	}
	if maybe("project") {
		act.Project = &app.IntoPlace{Project: rapid.SampledFrom(y.projects).Draw(rt, "project")}
	}
	return who, act
}

// TestForesightAgrees: what a preview says is what then happens: the verdicts, who gains
// and loses which permission where, the seats, the mails; and it writes nothing (PLAN-1).
func TestForesightAgrees(t *testing.T) {
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			y := newYard(apptest.New(t, kind))
			rapid.Check(t, func(rt *rapid.T) {
				actor := rapid.SampledFrom([]authz.Actor{y.admin, y.admin, y.chief}).Draw(rt, "actor")
				who, act := y.drawn(rt)
				before := y.now()
				act.Window = app.ForeWindow{Limit: 200}
				seen, refused := y.Members.Foresee(y.Context(), actor, y.account.ID, who, act)
				if still := y.now(); fmt.Sprint(still) != fmt.Sprint(before) {
					rt.Fatalf("PLAN-1 a preview wrote something")
				}
				who.Whole = rapid.Bool().Draw(rt, "whole")
				verdicts, err := y.Members.Do(y.Context(), actor, y.account.ID, who, act)
				after := y.now()
				if broken := app.AsBroken(err); broken != nil {
					if fmt.Sprint(after) != fmt.Sprint(before) {
						rt.Fatalf("BULK-3 all or nothing, and something was done")
					}
					verdicts, err = broken.Verdicts, nil
					y.agree(rt, seen, verdicts)
					return
				}
				if fmt.Sprint(err) != fmt.Sprint(refused) {
					rt.Fatalf("the act says %v, its preview %v", err, refused)
				}
				if err == nil {
					y.agree(rt, seen, verdicts)
					y.sameRights(rt, actor, seen, before, after)
					y.sameSeatsAndMails(rt, seen, before, after)
				}
			})
		})
	}
}

func (y yard) agree(rt *rapid.T, seen app.Foresight, verdicts app.Verdicts) {
	said, done := map[string]string{}, map[string]string{}
	for _, one := range seen.People {
		said[one.Member] = fmt.Sprint(one.Outcome, one.Refusal, one.Invited)
	}
	for _, v := range verdicts {
		done[v.Public()] = fmt.Sprint(v.Outcome, v.Refusal, v.Invited)
	}
	if !maps.Equal(said, done) {
		rt.Fatalf("PLAN-1 the verdicts of the preview are %v, of the act %v", said, done)
	}
	if seen.Refused != int64(verdicts.Count(gate.Refused)) || seen.Total != int64(len(verdicts)) {
		rt.Fatalf("PLAN-1 the preview counts %+v", seen)
	}
}

// sameRights compares what each really gained and lost, at each unit that the foresight
// names for them and, for who sees all, nowhere else.
func (y yard) sameRights(rt *rapid.T, actor authz.Actor, seen app.Foresight, before, after ledger) {
	for _, one := range seen.People {
		if one.Member == "" {
			continue
		}
		for _, m := range one.Rights {
			had, has := before.rights[one.Member][m.Unit.UUID], after.rights[one.Member][m.Unit.UUID]
			if want := minus(has, had); !slices.Equal(want, texts(m.Gain)) {
				rt.Fatalf("PLAN-1 %s gains %v at %s, the preview said %v", one.Email, want, m.Unit.Name, m.Gain)
			}
			if want := minus(had, has); !slices.Equal(want, texts(m.Lose)) {
				rt.Fatalf("PLAN-1 %s loses %v at %s, the preview said %v", one.Email, want, m.Unit.Name, m.Lose)
			}
		}
		if changed := len(one.Rights) > 0; actor.User == y.admin.User && !changed && fmt.Sprint(before.rights[one.Member]) != fmt.Sprint(after.rights[one.Member]) {
			rt.Fatalf("PLAN-1 the preview leaves out that the rights of %s change: %v to %v", one.Email, before.rights[one.Member], after.rights[one.Member])
		}
	}
}

func minus(of, among []string) []string {
	left := slices.DeleteFunc(slices.Clone(of), func(p string) bool { return slices.Contains(among, p) })
	return slices.Sorted(slices.Values(left))
}

func texts(ps []authz.Permission) []string {
	var all []string
	for _, p := range ps {
		all = append(all, string(p))
	}
	return slices.Sorted(slices.Values(all))
}

func (y yard) sameSeatsAndMails(rt *rapid.T, seen app.Foresight, before, after ledger) {
	moved := map[string]int64{}
	for _, s := range seen.Seats {
		moved[s.Offer.Product] += s.Used - s.Freed
	}
	for _, product := range []string{"plans", "budget"} {
		if got := after.seats[product] - before.seats[product]; got != moved[product] {
			rt.Fatalf("PLAN-1 %d seats of %s moved, the preview said %d", got, product, moved[product])
		}
	}
	mails := map[directory.MailKind]int64{}
	for _, m := range seen.Mails {
		mails[m.Kind] = m.Count
	}
	made := map[directory.MailKind]int64{}
	for id, kind := range after.mails {
		if _, known := before.mails[id]; !known { // one that waited and is no longer true is gone (MAIL-5)
			made[kind]++
		}
	}
	if !maps.Equal(mails, made) {
		rt.Fatalf("PLAN-1 the mails %v were made, the preview said %v", made, mails)
	}
}
