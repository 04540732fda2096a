package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// invite asks somebody into an account as its administrator does.
func invite(t *testing.T, w *apptest.World, by authz.Actor, account directory.Account, email string) directory.Member {
	t.Helper()
	verdicts, err := w.Members.Add(w.Context(), by, account.ID, []app.NewMember{{Row: 1, Email: email}}, app.AddOptions{Invite: true})
	w.Must(err)
	w.Must(verdicts.FirstRefusal())
	var m directory.Member
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
		m, err = r.Member(w.Context(), directory.MemberID(verdicts[0].Subject))
		return err
	}))
	return m
}

// edit changes the person behind a member as the panel does.
func edit(w *apptest.World, by authz.Actor, account directory.Account, m directory.Member, change app.PersonChange) error {
	form, err := w.Members.Editing(w.Context(), by, account.ID, m.UUID)
	if err != nil {
		return err
	}
	return w.Members.EditMember(w.Context(), by, account.ID, m.UUID, app.MemberEdit{MemberChange: app.MemberChange{Person: change}, Version: form.Version})
}

func userOf(t *testing.T, w *apptest.World, id directory.UserID) directory.User {
	t.Helper()
	var u directory.User
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
		u, err = r.User(w.Context(), id)
		return err
	}))
	return u
}

func TestTakeOver(t *testing.T) { // USER-1, USER-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		mine, theirs := w.Account("204817"), w.Account("163918")
		admin, other := w.Administrator(mine, "helene.castaing@maraval.example"), w.Administrator(theirs, "p.domange@domaines.example")
		fresh := invite(t, w, admin, mine, "nouveau@maraval.example")
		shared := invite(t, w, admin, mine, "partage@maraval.example")
		invite(t, w, other, theirs, "partage@maraval.example")
		owner := registered(t, w, "l.garrec@garrec.example")
		known := invite(t, w, admin, mine, owner.Email)
		mine2 := "ailleurs@attaquant.example"
		name := "Autre"
		for _, test := range []struct {
			name string
			m    directory.Member
			by   app.PersonChange
			want string
		}{
			{"USER-1 nobody else's yet: e-mail", fresh, app.PersonChange{Email: &mine2}, ""},
			{"USER-1 nobody else's yet: provisional password", fresh, app.PersonChange{Provisional: "Duvaki-negezu-47"}, ""},
			{"USER-1 invited elsewhere too: e-mail", shared, app.PersonChange{Email: &mine2}, "person.not_yours"},
			{"USER-1 invited elsewhere too: language", shared, app.PersonChange{Language: new("de")}, "person.not_yours"},
			{"USER-1 invited elsewhere too: provisional password", shared, app.PersonChange{Provisional: "Duvaki-negezu-47"}, "person.not_yours"},
			{"USER-4 has a password: e-mail", known, app.PersonChange{Email: &mine2}, "person.not_yours"},
			{"USER-4 has a password: first name", known, app.PersonChange{First: &name}, "person.not_yours"},
			{"USER-4 has a password: provisional password", known, app.PersonChange{Provisional: "Duvaki-negezu-47"}, "person.not_yours"},
		} {
			t.Run(test.name, func(t *testing.T) {
				before := userOf(t, w, test.m.User)
				err := edit(w, admin, mine, test.m, test.by)
				if got := w.Code(err); got != test.want {
					t.Fatalf("code %q, want %q", got, test.want)
				}
				if after := userOf(t, w, test.m.User); test.want != "" && after != before {
					t.Errorf("a refused edit changed the person: %+v, was %+v", after, before)
				}
			})
		}
		t.Run("USER-4 an invitation never sets an existing password", func(t *testing.T) {
			due := mails(t, w)
			for _, d := range append(due["invitation_known"], due["invitation"]...) {
				if d.Mail.User != owner.ID {
					continue
				}
				_, err := w.Invitations.Accept(w.Context(), here(), app.Acceptance{Token: d.Mail.Secret, First: "X", Last: "Y", Language: "fr",
					Password: "Tuile-bleue-orage-58"}, limits())
				if got := w.Code(err); got != "invitation.sign_in" {
					t.Errorf("code %q, want invitation.sign_in", got)
				}
			}
			if _, err := signIn(w, owner.Email, goodPassword); err != nil {
				t.Errorf("the password was replaced: %v", err)
			}
			if _, err := w.Accounts.Open(w.Context(), person(owner), mine.Number); w.Code(err) != "account.not_found" {
				t.Errorf("USER-4 asked in is not in: code %q, want account.not_found", w.Code(err))
			}
		})
	})
}

func TestProvisionalPassword(t *testing.T) { // SIGN-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "helene.castaing@maraval.example")
		m := invite(t, w, admin, account, "nouveau@maraval.example")
		w.Must(edit(w, admin, account, m, app.PersonChange{Provisional: "Duvaki-negezu-bipaha-47"}))
		if got := mail(t, w, "credentials").Mail.Secret; got != "Duvaki-negezu-bipaha-47" {
			t.Errorf("the mail carries %q", got)
		}
		started, err := signIn(w, "nouveau@maraval.example", "Duvaki-negezu-bipaha-47")
		w.Must(err)
		if started.Purpose != app.PurposePassword {
			t.Errorf("SIGN-1 a provisional password opens %q, want only its change", started.Purpose)
		}
		actor := authz.Actor{Kind: authz.Person, User: m.User, Door: authz.DoorPage}
		_, err = w.Users.ChangePassword(w.Context(), actor, app.PasswordChange{Token: started.Token, New: "Duvaki-negezu-bipaha-47"}, limits())
		if got := w.Code(err); got != "password.same" {
			t.Errorf("SIGN-1 kept as own: code %q, want password.same", got)
		}
		next, err := w.Users.ChangePassword(w.Context(), actor, app.PasswordChange{Token: started.Token, New: goodPassword}, limits())
		w.Must(err)
		if next.Purpose != app.PurposeFull {
			t.Errorf("after the change the session opens %q, want everything", next.Purpose)
		}
		_, err = signIn(w, "nouveau@maraval.example", "Duvaki-negezu-bipaha-47")
		if got := w.Code(err); got != "sign_in.wrong" {
			t.Errorf("SIGN-1 works once: code %q, want sign_in.wrong", got)
		}
		own, err := w.Users.Accounts(w.Context(), actor)
		w.Must(err)
		if len(own) != 1 || own[0].Member.Status != directory.Active {
			t.Errorf("LIST-2 not active after signing in: %+v", own)
		}
	})
}

func TestProvisionalPasswordDies(t *testing.T) { // SIGN-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "helene.castaing@maraval.example")
		for name, end := range map[string]func(m directory.Member){
			"withdrawn": func(m directory.Member) {
				w.Must(apptest.ErrOf(w.Invitations.Withdraw(w.Context(), admin, account.ID, app.Of(m.UUID))))
			},
			"over": func(directory.Member) { w.Pass(7 * 24 * time.Hour) },
		} {
			t.Run("SIGN-1 with an invitation that is "+name, func(t *testing.T) {
				email := name + "@maraval.example"
				m := invite(t, w, admin, account, email)
				w.Must(edit(w, admin, account, m, app.PersonChange{Provisional: "Duvaki-negezu-bipaha-47"}))
				_, err := signIn(w, email, "Duvaki-negezu-bipaha-47")
				w.Must(err)
				end(m)
				if _, err := signIn(w, email, "Duvaki-negezu-bipaha-47"); w.Code(err) != "sign_in.wrong" {
					t.Errorf("code %q, want sign_in.wrong", w.Code(err))
				}
			})
		}
	})
}

func TestChangeEmail(t *testing.T) { // USER-1, USER-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := registered(t, w, "l.garrec@garrec.example")
		other := registered(t, w, "soizic@garrec.example")
		session, err := signIn(w, u.Email, goodPassword)
		w.Must(err)
		w.Must(w.Users.Forgot(w.Context(), here(), u.Email))
		reset := mail(t, w, "password_reset").Mail.Secret
		t.Run("USER-3 a taken address is answered alike", func(t *testing.T) {
			w.Must(w.Users.ChangeEmail(w.Context(), person(u), strings.ToUpper(other.Email), goodPassword))
			if told := mail(t, w, "registration_known"); told.Mail.User != other.ID {
				t.Errorf("told user %d, want %d", told.Mail.User, other.ID)
			}
		})
		t.Run("API-3 address and password are told of at once, and nothing of whose the address is", func(t *testing.T) {
			for _, test := range []struct {
				email string
				codes []string
			}{
				{"no address", []string{"email.character", "password.wrong_old"}}, {u.Email, []string{"email.same", "password.wrong_old"}},
				{other.Email, []string{"password.wrong_old"}}, {"nobody@garrec.example", []string{"password.wrong_old"}},
			} {
				var refusal *directory.Error
				var codes []string
				if errors.As(w.Users.ChangeEmail(w.Context(), person(u), test.email, "x"), &refusal) {
					for _, fault := range refusal.All() {
						codes = append(codes, fault.Code)
					}
				}
				if !slices.Equal(codes, test.codes) {
					t.Errorf("%s: %v, want %v", test.email, codes, test.codes)
				}
			}
		})
		w.Must(w.Users.ChangeEmail(w.Context(), person(u), "ludivine@garrec.example", goodPassword))
		link := mail(t, w, "email_confirm")
		if link.Mail.Address != "ludivine@garrec.example" || userOf(t, w, u.ID).Email != u.Email {
			t.Errorf("USER-1 the link goes to %s and the address is %s before it is confirmed", link.Mail.Address, userOf(t, w, u.ID).Email)
		}
		_, err = w.Users.ConfirmEmail(w.Context(), person(u), link.Mail.Secret, "")
		w.Must(err)
		if told := mail(t, w, "email_changed"); told.Mail.Address != u.Email {
			t.Errorf("USER-1 %s is told, want the old address", told.Mail.Address)
		}
		if got := w.Code(w.Users.Reset(w.Context(), here(), reset, "Tuile-bleue-orage-58")); got != "link.dead" {
			t.Errorf("USER-1 a link mailed before still works: code %q", got)
		}
		if _, err := w.Sessions.Resolve(w.Context(), session.Token, here(), limits()); w.Code(err) != "sign_in.required" {
			t.Errorf("SIGN-7 a session outlives the address: %v", err)
		}
		if _, err := signIn(w, "ludivine@garrec.example", goodPassword); err != nil {
			t.Errorf("sign in with the new address: %v", err)
		}
	})
}

func TestSwitchOff(t *testing.T) { // USER-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := registered(t, w, "l.garrec@garrec.example")
		session, err := signIn(w, u.Email, goodPassword)
		w.Must(err)
		if got := w.Code(w.Users.SwitchOff(w.Context(), person(u), u.ID)); got != "not_found" {
			t.Errorf("USER-2 not the vendor: code %q, want not_found", got)
		}
		w.Must(w.Users.SwitchOff(w.Context(), w.Operator(), u.ID))
		if _, err := w.Sessions.Resolve(w.Context(), session.Token, here(), limits()); w.Code(err) != "sign_in.required" {
			t.Errorf("a session outlives it: %v", err)
		}
		meanwhile := w.Session(person(u), app.PurposeFull) // a sign-in that was under way
		if _, err := w.Sessions.Resolve(w.Context(), meanwhile, here(), limits()); w.Code(err) != "sign_in.required" {
			t.Errorf("a session begins after it: %v", err)
		}
		_, right := signIn(w, u.Email, goodPassword)
		_, wrong := signIn(w, u.Email, "wrong")
		if w.Code(right) != "user.switched_off" || w.Code(wrong) != "sign_in.wrong" {
			t.Errorf("codes %q and %q, want user.switched_off only for the right password", w.Code(right), w.Code(wrong))
		}
		w.Must(w.Users.SwitchOn(w.Context(), w.Operator(), u.ID))
		if _, err := signIn(w, u.Email, goodPassword); err != nil {
			t.Errorf("switched on again: %v", err)
		}
	})
}

func TestEraseAndExport(t *testing.T) { // USER-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "helene.castaing@maraval.example")
		if got := w.Code(w.Users.EraseSelf(w.Context(), admin, apptest.Password)); got != "administrator.last" {
			t.Errorf("ACC-5 the last administrator erases themselves: code %q, want administrator.last", got)
		}
		actor, m := w.Member(account, "ludivine.garrec@garrec.example")
		w.Must(w.Users.UpdateProfile(w.Context(), actor, app.ProfileChange{First: "Ludivine", Last: "Garrec", Phone: "+33 2 40 00 00 00", Language: "fr"}))
		w.Must(w.Users.SetSignature(w.Context(), actor, picture(t, 2000, 500)))
		if _, err := w.Users.Export(w.Context(), admin, actor.User); w.Code(err) != "not_found" {
			t.Errorf("USER-7 another person exports: code %q, want not_found", w.Code(err))
		}
		all, err := w.Users.Export(w.Context(), actor, actor.User)
		w.Must(err)
		text, err := json.Marshal(all)
		w.Must(err)
		for _, want := range []string{"Ludivine", "+33 2 40 00 00 00", "204817", "signature_png"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("USER-7 the export lacks %q", want)
			}
		}
		w.Must(w.Users.EraseSelf(w.Context(), actor, apptest.Password))
		gone := userOf(t, w, actor.User)
		if gone.Erased.IsZero() || gone.Email+gone.First+gone.Last+gone.Phone+gone.PasswordHash != "" {
			t.Errorf("USER-7 left of the person: %+v", gone)
		}
		w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
			left, err := r.Member(w.Context(), m.ID)
			if left.Removed.IsZero() {
				t.Errorf("USER-7 still a member: %+v", left)
			}
			return err
		}))
		rest, err := w.Users.Export(w.Context(), w.Operator(), actor.User)
		w.Must(err)
		text, err = json.Marshal(rest)
		w.Must(err)
		for _, trace := range []string{"Ludivine", "ludivine", "Garrec", "40 00"} {
			if strings.Contains(string(text), trace) {
				t.Errorf("USER-7 %q is still held: %s", trace, text)
			}
		}
		w.Must(w.History.Verify(w.Context(), w.Operator(), nil, func(c app.ChainCheck) error { return nil }))
	})
}

// picture is a PNG of that size.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSignature(t *testing.T) { // PREF-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		actor := w.Person("ludivine.garrec@garrec.example")
		w.Must(w.Users.SetSignature(w.Context(), actor, picture(t, 2000, 500)))
		stored, err := w.Users.Signature(w.Context(), actor)
		w.Must(err)
		size, err := png.DecodeConfig(bytes.NewReader(stored))
		w.Must(err)
		if size.Width != 800 || size.Height != 200 {
			t.Errorf("drawn %d by %d, want 800 by 200", size.Width, size.Height)
		}
		for name, file := range map[string][]byte{"no picture": []byte("<svg/>"), "too many points": picture(t, 16_001, 1000)} {
			err := w.Users.SetSignature(w.Context(), actor, file)
			if got := w.Code(err); got != "picture.unreadable" && got != "picture.too_large" {
				t.Errorf("%s: code %q, want a refusal", name, got)
			}
		}
		if _, err := w.Users.Signature(w.Context(), w.Person("autre@garrec.example")); w.Code(err) != "picture.not_found" {
			t.Errorf("another person sees it: %v", err)
		}
		w.Must(w.Users.RemoveSignature(w.Context(), actor))
		if _, err := w.Users.Signature(w.Context(), actor); w.Code(err) != "picture.not_found" {
			t.Errorf("still there after its removal: %v", err)
		}
	})
}

func TestPurge(t *testing.T) { // USER-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := registered(t, w, "l.garrec@garrec.example")
		_, err := signIn(w, u.Email, goodPassword)
		w.Must(err)
		w.Must(w.Users.Register(w.Context(), here(), registering("jamais@garrec.example")))
		w.Pass(400 * 24 * time.Hour)
		w.Must(w.Users.Purge(w.Context()))
		all, err := w.Users.Export(w.Context(), w.Operator(), u.ID)
		w.Must(err)
		if len(all.Sessions) != 0 {
			t.Errorf("%d sessions are left, want none", len(all.Sessions))
		}
	})
}

func TestRenewalNotices(t *testing.T) { // SIGN-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		// The fleet type asks for another password after some time.
		account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "500100", Name: "Flotte", Type: renewing(t, w),
			ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "1 rue du Port", PostalCode: "44000", City: "Nantes", Country: "FR"}})
		w.Must(err)
		u := registered(t, w, "l.garrec@garrec.example")
		_, err = w.App.Keys.Enter(w.Context(), person(u), account.Number, w.Keys(account)[0])
		w.Must(err)
		policy, err := w.Users.PasswordRules(w.Context(), person(u))
		w.Must(err)
		days := time.Duration(policy.RenewalDays) * 24 * time.Hour
		mails(t, w)
		w.Pass(days - 8*24*time.Hour)
		w.Must(w.Users.RenewalNotices(w.Context()))
		if early := mails(t, w); len(early["password_renewal"]) != 0 {
			t.Error("SIGN-3 told more than a week before")
		}
		w.Pass(2 * 24 * time.Hour)
		w.Must(w.Users.RenewalNotices(w.Context()))
		w.Must(w.Users.RenewalNotices(w.Context()))
		mail(t, w, "password_renewal")
		started, err := signIn(w, u.Email, goodPassword)
		w.Must(err)
		if started.Purpose != app.PurposeFull {
			t.Errorf("SIGN-3 a week before the end the session opens %q", started.Purpose)
		}
		w.Pass(7 * 24 * time.Hour)
		started, err = signIn(w, u.Email, goodPassword)
		w.Must(err)
		if started.Purpose != app.PurposePassword {
			t.Errorf("SIGN-3 after the end the session opens %q, want only the change", started.Purpose)
		}
	})
}

// renewing is an account type whose passwords end.
func renewing(t *testing.T, w *apptest.World) string {
	t.Helper()
	c := w.Catalogue.InForce()
	for _, declared := range c.AccountTypes {
		if c.EffectivePolicies(declared.ID).Password.RenewalDays > 0 {
			return declared.ID
		}
	}
	t.Fatal("no account type of the catalogue renews passwords")
	return ""
}
