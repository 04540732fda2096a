package members

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// An act is one thing to do to members, by its name in addresses.
type act struct {
	name, icon string
	loses      bool // asked before, with what goes
	ends       bool // of an administrator it takes one from the account (ACC-5)
	do         func(a *app.App, ctx context.Context, actor authz.Actor, account directory.AccountID, who app.Selection) (app.Verdicts, error)
}

func acts() []act {
	return []act{
		{name: "invite", icon: "send", do: func(a *app.App, ctx context.Context, actor authz.Actor, account directory.AccountID, who app.Selection) (app.Verdicts, error) {
			return a.Invitations.Send(ctx, actor, account, who)
		}},
		{name: "withdraw", icon: "unlink", do: func(a *app.App, ctx context.Context, actor authz.Actor, account directory.AccountID, who app.Selection) (app.Verdicts, error) {
			return a.Invitations.Withdraw(ctx, actor, account, who)
		}},
		{name: "deactivate", icon: "user-off", loses: true, ends: true, do: func(a *app.App, ctx context.Context, actor authz.Actor, account directory.AccountID, who app.Selection) (app.Verdicts, error) {
			return a.Members.Deactivate(ctx, actor, account, who)
		}},
		{name: "reactivate", icon: "user-check", do: func(a *app.App, ctx context.Context, actor authz.Actor, account directory.AccountID, who app.Selection) (app.Verdicts, error) {
			return a.Members.Reactivate(ctx, actor, account, who)
		}},
		{name: "remove", icon: "trash", loses: true, ends: true, do: func(a *app.App, ctx context.Context, actor authz.Actor, account directory.AccountID, who app.Selection) (app.Verdicts, error) {
			return a.Members.Remove(ctx, actor, account, who)
		}},
		{name: "name", icon: "user-shield", loses: true, do: one((*app.Members).NameAdministrator)},
		{name: "exclude", icon: "user-shield", loses: true, ends: true, do: one((*app.Members).ExcludeAdministrator)},
	}
}

// one is an act that is for one member only.
func one(do func(*app.Members, context.Context, authz.Actor, directory.AccountID, string) error) func(a *app.App, ctx context.Context, actor authz.Actor, account directory.AccountID, who app.Selection) (app.Verdicts, error) {
	return func(a *app.App, ctx context.Context, actor authz.Actor, account directory.AccountID, who app.Selection) (app.Verdicts, error) {
		if len(who.Members) != 1 {
			return nil, directory.Refuse(directory.Invalid, "selection.empty")
		}
		return nil, do(a.Members, ctx, actor, account, who.Members[0])
	}
}

func actNamed(name string) (act, bool) {
	i := slices.IndexFunc(acts(), func(a act) bool { return a.name == name })
	if i < 0 {
		return act{}, false
	}
	return acts()[i], true
}

// act does one thing to the member in the address and goes back to where the
// reader was.
func (h Handler) act(a act) page.Handler {
	return func(q *page.Request) error {
		name, err := h.nameOf(q)
		if err != nil {
			return err
		}
		verdicts, err := a.do(h.App, q.Context(), q.Actor(), account(q), app.Of(member(q)))
		if err == nil {
			err = verdicts.FirstRefusal()
		}
		if err != nil {
			return err
		}
		said := q.Printer.T("members.done."+a.name, "Name", name)
		if verdicts.Lacking() > 0 {
			said += " " + q.LacksRole(verdicts[0].Lacks)
		}
		q.Done(said)
		otherwise := q.AccountPath("/members/" + url.PathEscape(member(q)))
		if a.name == "remove" {
			otherwise = q.AccountPath("/members")
		}
		return q.Redirect(q.ReturnTo(otherwise))
	}
}

// nameOf is what the member in the address is called.
func (h Handler) nameOf(q *page.Request) (string, error) {
	p, err := h.App.Members.Profile(q.Context(), q.Actor(), account(q), member(q), app.MemberQuery{Size: 1})
	return p.Name(), err
}

// menu are the acts of a row: those with a loss are asked first.
func (t table) menu(m app.ListedMember) []ui.MenuItem { return t.menuOf(m, true) }

func (t table) menuOf(m app.ListedMember, row bool) []ui.MenuItem {
	at := t.base + "/" + m.UUID
	var items []ui.MenuItem
	post := func(name, label, icon string) {
		items = append(items, ui.MenuItem{Label: t.T("members.act." + label), Icon: icon, Href: at + "/" + name, Post: true,
			Hidden: []ui.Hidden{{Name: "return", Value: t.back(m, row)}}})
	}
	ask := func(name, icon string, danger bool) {
		values := t.view.values()
		values.Set("ask", name)
		items = append(items, ui.MenuItem{Label: t.T("members.act." + name), Icon: icon, Href: at + "?" + values.Encode(), Danger: danger})
	}
	if m.May.Edit && row {
		items = append(items, ui.MenuItem{Label: t.T("members.act.edit"), Icon: "pencil", Href: t.view.at(at + "/edit")})
	}
	if m.May.Edit {
		items = append(items, ui.MenuItem{Label: t.T("members.act.preferences"), Icon: "adjustments", Href: at + "/preferences"})
	}
	if m.May.Seat && t.seated() {
		items = append(items, ui.MenuItem{Label: t.T("members.act.assign"), Icon: "license", Href: t.seatAt(m, "/assign", url.Values{})})
	}
	items = append(items, ui.MenuItem{Label: t.T("members.act.rights"), Icon: "key", Href: at + "/rights"})
	if m.May.Invite && row {
		post("invite", "invite", "send")
	}
	if m.May.Resend && row {
		post("invite", "resend", "send")
	}
	if m.May.Withdraw {
		post("withdraw", "withdraw", "unlink")
	}
	if m.May.Reactivate {
		post("reactivate", "reactivate", "user-check")
	}
	if m.May.Name {
		ask("name", "user-shield", false)
	}
	if m.May.Exclude {
		ask("exclude", "user-shield", true)
	}
	if m.May.Deactivate {
		ask("deactivate", "user-off", true)
	}
	if m.May.Remove {
		ask("remove", "trash", true)
	}
	return items
}

// back is where an act of a row or of the panel leads.
func (t table) back(m app.ListedMember, row bool) string {
	if row && t.open == "" {
		return t.view.at(t.base)
	}
	return t.href(m)
}

func hiddenOf(values url.Values) []ui.Hidden {
	var hidden []ui.Hidden
	for _, field := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[field] {
			hidden = append(hidden, ui.Hidden{Name: field, Value: value})
		}
	}
	return hidden
}
