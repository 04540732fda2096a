package library_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/internal/app"
	"intendant/internal/app/library"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A house is a builder's account with an administrator and somebody who administers
// its standards, and does nothing else.
type house struct {
	*apptest.World
	account          directory.Account
	admin, standards authz.Actor
}

func newHouse(w *apptest.World) house {
	h := house{World: w, account: w.AccountOf("204817", "construction")}
	h.admin = w.Administrator(h.account, "helene.castaing@maraval.example")
	h.standards = h.levelled("nora.belkacem@maraval.example", "standards-administrator")
	return h
}

// levelled is somebody with an access level of the account.
func (h house) levelled(email, level string) authz.Actor {
	h.T.Helper()
	actor, m := h.Member(h.account, email)
	h.Must(apptest.ErrOf(h.Members.EditMembers(h.Context(), h.admin, h.account.ID, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels(level)})))
	return actor
}

// refused holds a refusal against its code and the field at fault.
func (h house) refused(what string, err error, code, field string) {
	h.T.Helper()
	var refusal *directory.Error
	got, at := h.Code(err), ""
	if errors.As(err, &refusal) {
		at = refusal.Field
	}
	if got != code || at != field {
		h.T.Errorf("%s: %q at %q, want %q at %q", what, got, at, code, field)
	}
}

// types are the names of the list, archived ones in brackets.
func (h house) types() []string {
	h.T.Helper()
	all, err := h.Library.Types(h.Context(), h.standards, h.account.ID)
	h.Must(err)
	names := []string{}
	for _, t := range all {
		if t.Archived.IsZero() {
			names = append(names, t.Name)
		} else {
			names = append(names, "("+t.Name+")")
		}
	}
	return names
}

// kinds are the kinds of the account's entries of a group, in their order.
func (h house) kinds(group string) (kinds []audit.Kind) {
	h.T.Helper()
	h.Must(h.DB.View(h.Context(), func(r *store.Reader) error {
		all, err := r.Entries(h.Context(), store.EntryFilter{Accounts: []directory.AccountID{h.account.ID}}, store.EntryPlace{}, 10_000)
		for _, e := range all {
			if e.Kind.Group() == group {
				kinds = append(kinds, e.Kind)
			}
		}
		return err
	}))
	slices.Reverse(kinds)
	return kinds
}

func TestTypes(t *testing.T) { // ACC-13, PROJ-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		ctx, id := w.Context(), h.account.ID
		housing, err := w.Library.CreateType(ctx, h.standards, id, "  Logement neuf ")
		w.Must(err)
		_, err = w.Library.CreateType(ctx, h.standards, id, "logement  NEUF")
		h.refused("the same name in other letters", err, "project_type.name_taken", "name")
		renovation, err := w.Library.CreateType(ctx, h.admin, id, "Rénovation")
		w.Must(err)
		_, err = w.Library.RenameType(ctx, h.standards, id, renovation.UUID, app.LibraryNaming{Name: "Logement neuf", Version: 1})
		h.refused("another's name", err, "project_type.name_taken", "name")
		after, err := w.Library.RenameType(ctx, h.standards, id, renovation.UUID, app.LibraryNaming{Name: "RÉNOVATION", Version: 1})
		w.Must(err)
		if after.Version != 2 || after.Name != "RÉNOVATION" {
			t.Errorf("renamed %+v", after)
		}
		_, err = w.Library.RenameType(ctx, h.admin, id, renovation.UUID, app.LibraryNaming{Name: "Réhabilitation", Version: 1})
		h.refused("a version that is over", err, "stale", "")
		w.Must(lost(w.Library.ArchiveType(ctx, h.standards, id, housing.UUID)))
		w.Must(lost(w.Library.ArchiveType(ctx, h.standards, id, housing.UUID))) // again changes nothing
		_, err = w.Library.CreateType(ctx, h.standards, id, "Logement neuf")
		h.refused("the name of one that can come back", err, "project_type.name_archived", "name")
		if diff := cmp.Diff([]string{"(Logement neuf)", "RÉNOVATION"}, h.types()); diff != "" {
			t.Error(diff)
		}
		w.Must(lost(w.Library.RestoreType(ctx, h.standards, id, housing.UUID)))
		_, err = w.Library.ArchiveType(ctx, h.standards, id, "nowhere")
		h.refused("none", err, "project_type.not_found", "")
		if diff := cmp.Diff([]string{"Logement neuf", "RÉNOVATION"}, h.types()); diff != "" {
			t.Error(diff)
		}
		want := []audit.Kind{audit.ProjectTypeCreated, audit.ProjectTypeCreated, audit.ProjectTypeRenamed, audit.ProjectTypeArchived, audit.ProjectTypeRestored}
		if diff := cmp.Diff(want, h.kinds("project_type")); diff != "" {
			t.Errorf("HIST-1 %s", diff)
		}
	})
}

// lost leaves out what an operation answers beside its refusal.
func lost[T any](_ T, err error) error { return err }

// TestTypesInUse counts the projects of each type, archived ones left out.
func TestTypesInUse(t *testing.T) { // ACC-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		kind, err := w.Library.CreateType(w.Context(), h.admin, h.account.ID, "Logement neuf")
		w.Must(err)
		facts := directory.ProjectFacts{Type: kind.ID}
		w.Project(h.account, directory.Project{Unit: directory.Unit{Name: "Îlot"}, ProjectFacts: facts})
		w.Project(h.account, directory.Project{Unit: directory.Unit{Name: "Quai"}, ProjectFacts: facts})
		w.Project(h.account, directory.Project{Unit: directory.Unit{Name: "Pont"}})
		all, err := w.Library.Types(w.Context(), h.standards, h.account.ID)
		w.Must(err)
		if len(all) != 1 || all[0].Projects != 2 {
			t.Errorf("%+v", all)
		}
	})
}

// TestOneNameAtOnce lets many create a type, and a template, of one name in the same
// moment: exactly one of each is made, the others are told.
func TestOneNameAtOnce(t *testing.T) { // ACC-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		const people = 12
		for what, create := range map[string]func(name string) error{
			"project_type.name_taken": func(name string) error {
				return lost(w.Library.CreateType(w.Context(), h.standards, h.account.ID, name))
			},
			"template.name_taken": func(name string) error {
				return lost(w.Library.CreateTemplate(w.Context(), h.admin, h.account.ID, app.NewProjectTemplate{Name: name}))
			},
		} {
			var wg sync.WaitGroup
			errs := make([]error, people)
			for i := range people {
				wg.Go(func() { errs[i] = create([]string{"Rénovation", "renovation", "  RENOVATION  "}[i%3]) })
			}
			wg.Wait()
			made := 0
			for _, err := range errs {
				switch code := w.Code(err); code {
				case "":
					made++
				case what:
				default:
					t.Errorf("told %q, want %q", code, what)
				}
			}
			if made != 1 {
				t.Errorf("%s: %d were made", what, made)
			}
		}
	})
}

// TestHostileNames types what nobody should into every name of the library: it is
// cleaned or refused at its field, and never a fault.
func TestHostileNames(t *testing.T) { // DOOR-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		for _, test := range []struct{ name, want, code string }{
			{"", "", "field.required"},
			{" \t\u00a0\u2003 ", "", "field.required"},
			{"\u202e\u200b", "", "text.broken"},
			{"a\x00b", "", "text.broken"},
			{"a\nb", "a b", ""},
			{"\xff\xfe", "", "text.broken"},
			{strings.Repeat("é", 121), "", "field.too_long"},
			{strings.Repeat("x", 1<<20), "", "field.too_long"},
			{"'; DROP TABLE project_type; --", "'; DROP TABLE project_type; --", ""},
			{"100 % _ \\ {{.Name}}", "100 % _ \\ {{.Name}}", ""},
			{"<script>alert(1)</script>", "<script>alert(1)</script>", ""},
			{"=HYPERLINK(1)", "=HYPERLINK(1)", ""},
			{"工事 🏗️", "工事 🏗️", ""},
		} {
			kind, err := w.Library.CreateType(w.Context(), h.standards, h.account.ID, test.name)
			if code := w.Code(err); code != test.code && !(test.code == "text.broken" && code == "field.required") || kind.Name != test.want {
				t.Errorf("type %.40q: %q, %q", test.name, code, kind.Name)
			}
			template, err := w.Library.CreateTemplate(w.Context(), h.standards, h.account.ID, app.NewProjectTemplate{Name: test.name})
			if code := w.Code(err); code != test.code && !(test.code == "text.broken" && code == "field.required") || template.Name != test.want {
				t.Errorf("template %.40q: %q, %q", test.name, code, template.Name)
			}
		}
	})
}

// TestLibraryIsBounded: no list grows without end.
func TestLibraryIsBounded(t *testing.T) { // LIST-9
	w := apptest.New(t, "sqlite")
	h := newHouse(w)
	w.Must(w.DB.Update(w.Context(), []directory.AccountID{h.account.ID}, func(tx *store.Tx) error {
		key, err := tx.NextKeys(w.Context(), h.account.ID, directory.ProjectTypesMost+directory.TemplatesMost)
		if err != nil {
			return err
		}
		var changes []store.Change
		for i := range directory.ProjectTypesMost {
			changes = append(changes, store.InsertProjectType{Account: h.account.ID, ProjectType: directory.ProjectType{ID: directory.ProjectTypeID(key + int64(i)),
				UUID: uuid.NewString(), Name: fmt.Sprint("Type ", i)}})
		}
		key += directory.ProjectTypesMost
		for i := range directory.TemplatesMost {
			changes = append(changes, store.InsertTemplate{Account: h.account.ID, Template: directory.Template{ID: directory.TemplateID(key + int64(i)),
				UUID: uuid.NewString(), Name: fmt.Sprint("Modèle ", i)}})
		}
		return tx.Apply(w.Context(), store.Write{Changes: changes})
	}))
	h.refused("one type more", lost(w.Library.CreateType(w.Context(), h.admin, h.account.ID, "Un de plus")), "project_type.too_many", "")
	h.refused("one template more", lost(w.Library.CreateTemplate(w.Context(), h.admin, h.account.ID, app.NewProjectTemplate{Name: "Un de plus"})), "template.too_many", "")
}

// TestTypesAgainstAModel does random acts on the list of types, as several people
// would, and holds it against a plain model after each.
func TestTypesAgainstAModel(t *testing.T) { // ACC-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		random := rand.New(rand.NewPCG(7, 13))
		names := []string{"Logement", "LOGEMENT", "Pont", "Pönt", "Route", "Tunnel", "tunnel "}
		type known struct {
			name     string
			archived bool
			version  int64
		}
		model := map[string]known{}
		taken := func(name, own string) bool {
			for id, k := range model {
				if id != own && directory.Fold(k.name) == directory.Fold(name) {
					return true
				}
			}
			return false
		}
		pick := func() string {
			ids := slices.Sorted(func(yield func(string) bool) {
				for id := range model {
					if !yield(id) {
						return
					}
				}
			})
			if len(ids) == 0 {
				return "none"
			}
			return ids[random.IntN(len(ids))]
		}
		for range 150 {
			name, id := names[random.IntN(len(names))], pick()
			k, there := model[id]
			switch random.IntN(4) {
			case 0:
				made, err := w.Library.CreateType(w.Context(), h.standards, h.account.ID, name)
				if (w.Code(err) == "") == taken(name, "") {
					t.Fatalf("create %q: %v", name, err)
				}
				if err == nil {
					model[made.UUID] = known{made.Name, false, made.Version}
				}
			case 1:
				version := k.version - int64(random.IntN(2))
				after, err := w.Library.RenameType(w.Context(), h.admin, h.account.ID, id, app.LibraryNaming{Name: name, Version: version})
				want := there && version == k.version && !taken(name, id)
				if (w.Code(err) == "") != want {
					t.Fatalf("rename %q to %q: %v, want %v", k.name, name, err, want)
				}
				if want {
					model[id] = known{after.Name, k.archived, after.Version}
				}
			default:
				act, archived := w.Library.ArchiveType, true
				if random.IntN(2) == 0 {
					act, archived = w.Library.RestoreType, false
				}
				after, err := act(w.Context(), h.admin, h.account.ID, id)
				if (w.Code(err) == "") != there {
					t.Fatalf("archive %v: %v", archived, err)
				}
				if there {
					model[id] = known{k.name, archived, after.Version}
				}
			}
			got := map[string]known{}
			all, err := w.Library.Types(w.Context(), h.standards, h.account.ID)
			w.Must(err)
			for _, o := range all {
				got[o.UUID] = known{o.Name, !o.Archived.IsZero(), o.Version}
			}
			if diff := cmp.Diff(model, got, cmp.AllowUnexported(known{})); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// TestAnothersLibrary: by ids of another account nothing is found, read or changed.
func TestAnothersLibrary(t *testing.T) { // USER-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		elsewhere := w.AccountOf("117402", "construction")
		other := w.Administrator(elsewhere, "blanche.ferriere@ardoises.example")
		ctx, there := w.Context(), elsewhere.ID
		kind, err := w.Library.CreateType(ctx, other, there, "Logement")
		w.Must(err)
		template, err := w.Library.CreateTemplate(ctx, other, there, app.NewProjectTemplate{Name: "Standard"})
		w.Must(err)
		project := w.Project(elsewhere, directory.Project{Unit: directory.Unit{Name: "Îlot"}})
		_, stranger := w.Member(elsewhere, "camille@ardoises.example")
		own, err := w.Library.CreateTemplate(ctx, h.admin, h.account.ID, app.NewProjectTemplate{Name: "Standard"}) // its own name all the same
		w.Must(err)
		id, name := h.account.ID, "Autre"
		for what, try := range map[string]struct {
			err         error
			code, field string
		}{
			"rename type":   {lost(w.Library.RenameType(ctx, h.admin, id, kind.UUID, app.LibraryNaming{Name: name, Version: 1})), "project_type.not_found", ""},
			"archive type":  {lost(w.Library.ArchiveType(ctx, h.admin, id, kind.UUID)), "project_type.not_found", ""},
			"choose type":   {lost(w.Library.CreateTemplate(ctx, h.admin, id, app.NewProjectTemplate{Name: name, Type: kind.UUID})), "project_type.not_found", "type"},
			"show":          {lost(w.Library.Template(ctx, h.admin, id, template.UUID)), "template.not_found", ""},
			"edit":          {lost(w.Library.EditTemplate(ctx, h.admin, id, template.UUID, app.TemplateChange{Version: 1, Name: &name})), "template.not_found", ""},
			"archive":       {lost(w.Library.ArchiveTemplate(ctx, h.admin, id, template.UUID)), "template.not_found", ""},
			"save":          {lost(w.Library.SaveTemplate(ctx, h.admin, id, app.ProjectSaving{Name: name, Project: project.UUID})), "project.not_found", ""},
			"source":        {lost(w.Library.Source(ctx, h.admin, id, project.UUID)), "project.not_found", ""},
			"remove member": {w.Library.RemoveMember(ctx, h.admin, id, own.UUID, stranger.UUID), "template.member_not_found", ""},
			"another's":     {lost(w.Library.Types(ctx, other, id)), "account.not_found", ""},
		} {
			h.refused(what, try.err, try.code, try.field)
		}
		w.Must(w.DB.View(ctx, func(r *store.Reader) error {
			_, err := library.Content(ctx, r, id, template.UUID)
			h.refused("content", err, "template.not_found", "template")
			_, err = library.Type(ctx, r, id, kind.UUID)
			h.refused("type", err, "project_type.not_found", "type")
			return nil
		}))
	})
}
