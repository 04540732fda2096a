package roster

import (
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
)

// refused is the verdict on a row with all that is wrong with it, so that it is
// mended once (ADD-13): the first fault, and of each other field the first.
func (a *adding) refused(v gate.Verdict, n NewMember, first *directory.Error) gate.Verdict {
	v = v.Refused(first)
	for _, fault := range n.Faults {
		if fault != first {
			v.Also = append(v.Also, fault)
		}
	}
	for _, fault := range a.faults(n) {
		told := func(other *directory.Error) bool { return other.Field == fault.Field }
		if !told(first) && !slices.ContainsFunc(v.Also, told) {
			v.Also = append(v.Also, fault)
		}
	}
	return v
}

// faults are what is wrong with the fields of a row, each looked at for itself.
func (a *adding) faults(n NewMember) []*directory.Error {
	var found []*directory.Error
	add := func(fault *directory.Error) {
		if fault != nil {
			found = append(found, fault)
		}
	}
	email, fault := directory.CleanEmail("email", n.Email)
	add(fault)
	if fault == nil && n.UserName != "" {
		_, fault = directory.CleanUserName(n.UserName, email)
		add(fault)
	}
	for _, text := range n.texts() {
		if text.Kind != directory.UserNameText {
			add(directory.CleanTexts(text))
		}
	}
	add(a.checkLanguage(&n))
	add(directory.CheckCivility("civility", n.Civility))
	if n.Home != "" {
		_, fault = a.homes.of(n.Home)
		add(fault)
	}
	_, fault = a.place(NewMember{Ends: n.Ends}, time.Time{})
	add(fault)
	_, fault = a.place(NewMember{Functions: n.Functions}, time.Time{})
	add(fault)
	_, fault = a.place(NewMember{Levels: n.Levels}, time.Time{})
	add(fault)
	return found
}

// texts are what was typed of a row beside its address.
func (n *NewMember) texts() []directory.Typed {
	texts := []directory.Typed{{Kind: directory.FirstName, Value: &n.First}, {Kind: directory.LastName, Value: &n.Last},
		{Kind: directory.UserNameText, Value: &n.UserName}, {Kind: directory.CompanyName, Value: &n.Company}}
	for _, text := range n.PlaceTexts.Each() {
		texts = append(texts, directory.Typed{Kind: text.Kind, Value: text.Value})
	}
	return texts
}
