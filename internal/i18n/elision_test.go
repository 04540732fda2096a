package i18n

import (
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

func TestElision(t *testing.T) { // PREF-2, MAIL-1
	t.Parallel()
	p := load(t).Printer("fr", nil)
	for _, test := range []struct{ message, name, want string }{
		{"L’accès de {{.Name}} est coupé.", "Albane Keller", "L’accès d’Albane Keller est coupé."},
		{"L’accès de {{.Name}}", "Élise Morel", "L’accès d’Élise Morel"},
		{"L’accès de {{.Name}}", "Œnone", "L’accès d’Œnone"},
		{"L’accès de {{.Name}}", "Hélène", "L’accès d’Hélène"},
		{"L’accès de {{.Name}}", "Hugo", "L’accès d’Hugo"},
		{"L’accès de {{.Name}}", "Hubert Henry", "L’accès d’Hubert Henry"},
		{"L’accès de {{.Name}}", "Hassan", "L’accès de Hassan"},
		{"L’accès de {{.Name}}", "HADDAD Karim", "L’accès de HADDAD Karim"},
		{"les membres de {{.Name}}", "Hauts-de-France Habitat", "les membres de Hauts-de-France Habitat"},
		{"les membres de {{.Name}}", "Hambourg", "les membres de Hambourg"},
		{"les membres de {{.Name}}", "Habitat 44", "les membres d’Habitat 44"},
		{"les membres de {{.Name}}", "Hôtel Central", "les membres d’Hôtel Central"},
		{"les membres de {{.Name}}", "Hotte et fils", "les membres de Hotte et fils"},
		{"les membres de {{.Name}}", "Héros", "les membres de Héros"},
		{"les membres de {{.Name}}", "Héroïnes", "les membres d’Héroïnes"},
		{"les membres de {{.Name}}", "H&M", "les membres de H&M"},
		{"plus de {{.Name}}", "onze", "plus de onze"},
		{"plus de {{.Name}}", "huit", "plus de huit"},
		{"afin que {{.Name}}", "Hall B", "afin que Hall B"},
		{"L’accès de {{.Name}}", "Yves", "L’accès d’Yves"},
		{"L’accès de {{.Name}}", "Yannick", "L’accès de Yannick"},
		{"L’accès de {{.Name}}", "Bruno", "L’accès de Bruno"},
		{"L’accès de {{.Name}}", "", "L’accès de "},
		{"De {{.Name}} à une autre", "Inès", "D’Inès à une autre"},
		{"avant que {{.Name}} accepte", "Omar", "avant qu’Omar accepte"},
		{"la banque {{.Name}}", "Alpha", "la banque Alpha"},
		{"de «\u202f{{.Name}}\u202f»", "Atlas", "de «\u202fAtlas\u202f»"},
	} {
		p.speech.forms["test"] = newForms(&i18n.Message{Other: test.message})
		if got := p.T("test", "Name", test.name); got != test.want {
			t.Errorf("%q with %q = %q, want %q", test.message, test.name, got, test.want)
		}
	}
	for _, text := range []struct{ name, want string }{{"Hélène Castaing", "À l’attention d’Hélène Castaing"}, {"Karim Haddad", "À l’attention de Karim Haddad"},
		{"Hakim Bel", "À l’attention de Hakim Bel"}, {"Inès Ott", "À l’attention d’Inès Ott"}} {
		if got := load(t).Printer("fr", nil).T("letter.attention", "Name", text.name); got != text.want {
			t.Errorf("KEY-5 a letter says %q, want %q", got, text.want)
		}
	}
	english := load(t).Printer("en", nil)
	english.speech.forms["test"] = newForms(&i18n.Message{Other: "tour de {{.Name}}"})
	if got := english.T("test", "Name", "Albi"); got != "tour de Albi" {
		t.Errorf("English = %q", got)
	}
}
