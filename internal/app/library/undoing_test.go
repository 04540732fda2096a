package library_test

import (
	"reflect"
	"testing"

	"intendant/internal/app"
	"intendant/internal/app/library"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// backing takes entries back as somebody; act are those that something leaves.
func (h house) backing() (want func(what, got, want string), back func(by authz.Actor, entries []audit.Entry) string, act func(do func()) []audit.Entry) {
	want = func(what, got, want string) {
		h.T.Helper()
		if got != want {
			h.T.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
		}
	}
	back = func(by authz.Actor, entries []audit.Entry) string {
		h.T.Helper()
		return h.TakenBack(library.Opposites(h.Library), by, entries...)
	}
	return want, back, func(do func()) []audit.Entry { return h.Written(h.account.ID, do) }
}

func TestTypesTakenBack(t *testing.T) { // PLAN-2, ACC-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		want, back, act := h.backing()
		ctx, id := w.Context(), h.account.ID
		var made directory.ProjectType
		created := act(func() {
			var err error
			made, err = w.Library.CreateType(ctx, h.standards, id, "Pont")
			w.Must(err)
		})
		now := func() directory.ProjectType {
			types, err := w.Library.Types(ctx, h.standards, id)
			w.Must(err)
			for _, o := range types {
				if o.UUID == made.UUID {
					return o.ProjectType
				}
			}
			return made
		}
		rename := func(to string) []audit.Entry {
			return act(func() {
				w.Must(lost(w.Library.RenameType(ctx, h.standards, id, made.UUID, library.Naming{Name: to, Version: now().Version})))
			})
		}
		renamed := rename("Viaduc")
		undone := act(func() { want("renamed", back(h.standards, renamed), "changed") })
		want("again", back(h.standards, renamed), "unchanged")
		want("undo of undo", back(h.standards, undone), "changed")
		since := rename("Passerelle")
		want("renamed since", back(h.standards, renamed), "refused name undo.changed_since")
		want("both", back(h.standards, append(since, renamed...)), "changed")
		want("its name", now().Name, "Pont")
		renamed = rename("Viaduc")
		w.Must(lost(w.Library.CreateType(ctx, h.standards, id, "PONT")))
		want("a name taken since", back(h.standards, renamed), "refused name project_type.name_taken")
		archived := act(func() { w.Must(lost(w.Library.ArchiveType(ctx, h.standards, id, made.UUID))) })
		want("archived", back(h.standards, archived), "changed")
		want("created", back(h.standards, created), "changed")
		want("created, again", back(h.standards, created), "unchanged")
		if now().Archived.IsZero() || now().Name != "Viaduc" {
			t.Errorf("PLAN-2 the type is %+v", now())
		}
		restored := act(func() { w.Must(lost(w.Library.RestoreType(ctx, h.standards, id, made.UUID))) })
		want("restored", back(h.standards, restored), "changed")
		plain, _ := w.Member(h.account, "plain@maraval.example")
		want("without the right", back(plain, restored), "refused denied.permission")
		want("a stranger", back(w.Person("passant@exemple.example"), restored), "refused account.not_found")
	})
}

func TestTemplatesTakenBack(t *testing.T) { // PLAN-2, PROJ-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(w)
		want, back, act := s.backing()
		ctx, id := w.Context(), s.account.ID
		var made directory.Template
		created := act(func() { made = s.save("Logement type", true) })
		plain := func() directory.Template {
			is := s.content(made.UUID)
			is.Version, is.Places = 0, nil
			return is
		}
		edit := func(c app.TemplateChange) []audit.Entry {
			t.Helper()
			return act(func() {
				c.Version = s.content(made.UUID).Version
				w.Must(lost(w.Library.EditTemplate(ctx, s.standards, id, made.UUID, c)))
			})
		}
		old := plain()
		name, other, none := "Maison", "Villa", ""
		other2, err := w.Library.CreateType(ctx, s.standards, id, "Maison")
		w.Must(err)
		all := app.TemplateChange{Name: &name, Type: &none, Products: &[]string{"plans", "budget"}}
		for _, test := range []struct {
			field string
			since app.TemplateChange
			keep  func(into *directory.Template, now directory.Template)
		}{
			{"name", app.TemplateChange{Name: &other}, func(o *directory.Template, n directory.Template) { o.Name = n.Name }},
			{"project_type", app.TemplateChange{Type: &other2.UUID}, func(o *directory.Template, n directory.Template) { o.Type = n.Type }},
			{"products", app.TemplateChange{Products: &[]string{"plans"}}, func(o *directory.Template, n directory.Template) { o.Products = n.Products }},
		} {
			edited := edit(all)
			since := edit(test.since)
			wanted := old
			test.keep(&wanted, plain())
			want(test.field+" changed since", back(s.standards, edited), "changed "+test.field)
			if now := plain(); !reflect.DeepEqual(now, wanted) {
				t.Errorf("PLAN-2 %s changed since: the template is %+v, want %+v", test.field, now, wanted)
			}
			want(test.field+" alone", back(s.standards, edited), "refused "+test.field+" undo.changed_since")
			want(test.field+" netted", back(s.standards, append(since, edited...)), "changed")
			if now := plain(); !reflect.DeepEqual(now, old) {
				t.Errorf("PLAN-2 both taken back: the template is %+v, want %+v", now, old)
			}
		}
		s.takenBackPeople(made, want)
		archived := act(func() { w.Must(lost(w.Library.ArchiveTemplate(ctx, s.standards, id, made.UUID))) })
		want("archived", back(s.standards, archived), "changed")
		want("created", back(s.standards, created), "changed")
		want("created, again", back(s.standards, created), "unchanged")
		want("restored", back(s.standards, act(func() { w.Must(lost(w.Library.RestoreTemplate(ctx, s.standards, id, made.UUID))) })), "changed")
	})
}

// takenBackPeople: whoever was taken out of a template has exactly their place again.
func (s site) takenBackPeople(made directory.Template, want func(what, got, want string)) {
	s.T.Helper()
	_, back, act := s.backing()
	before := s.content(made.UUID).Places
	removed := act(func() {
		s.Must(s.Library.RemoveMember(s.Context(), s.standards, s.account.ID, made.UUID, s.karim.UUID))
	})
	undone := act(func() { want("a place", back(s.standards, removed), "changed") })
	if now := s.content(made.UUID).Places; !reflect.DeepEqual(now, before) {
		s.T.Errorf("PLAN-2 the places are %+v, want %+v", now, before)
	}
	want("a place again", back(s.standards, removed), "unchanged")
	want("undo of undo", back(s.standards, undone), "changed")
	if now := s.content(made.UUID).Places; len(now) != len(before)-1 {
		s.T.Errorf("PLAN-2 the places are %+v", now)
	}
	old := removed[0]
	old.Facts = nil
	want("an entry of an earlier version", back(s.standards, []audit.Entry{old}), "refused state undo.not_kept")
	s.Must(apptest.ErrOf(s.Members.Remove(s.Context(), s.admin, s.account.ID, app.Of(s.karim.UUID))))
	want("who has gone", back(s.standards, removed), "refused template.member_not_found")
}
