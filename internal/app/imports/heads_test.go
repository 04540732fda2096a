package imports_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app/imports"
	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
	"intendant/internal/sheet"
)

// proposedBy are the titles that are proposed to the columns of a member, by field.
func proposedBy(t *testing.T, head, row string, separator string) map[string]string {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := imports.NewDictionary(imports.Words{Of: bundle.ImportWords, Languages: bundle.LanguageNames(), Countries: bundle.CountryNames})
	fields := d.Titled("member", imports.MemberFields())
	titles := strings.Split(head, separator)
	found := map[string]string{}
	for n, column := range sheet.Match(titles, [][]string{strings.Split(row, separator)}, fields) {
		if column >= 0 {
			found[fields[n].ID] = titles[column]
		}
	}
	return found
}

// TestHeadsOfUsualExports: what other programs write is proposed to the right
// column, and nothing by half of a title.
func TestHeadsOfUsualExports(t *testing.T) {
	for _, test := range []struct{ name, head, row, want string }{
		{"Entra ID users", "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,alternateEmailAddress,companyName,creationType",
			"ida@c.example,Ida Berg,Berg,ida.berg@c.example,Ida,5e0c,Member,Geo,Nord,True,FR,,,,,,,,+33 6 12 34 56 78,,Bergbau,",
			"company=companyName email=mail first_name=givenName full_name=displayName job_title=jobTitle last_name=surname phone=mobilePhone"},
		{"Entra ID users without mailbox", "userPrincipalName,displayName,surname,givenName,id,userType", "ida@c.example,Ida Berg,Berg,Ida,5e0c,Member",
			"email=userPrincipalName first_name=givenName full_name=displayName last_name=surname"},
		{"Google Workspace", "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Recovery Email,Home Secondary Email,Work Secondary Email,Recovery Phone [MUST BE IN THE E.164 FORMAT],Employee ID,Employee Title,Manager Email,Department,Cost Center",
			"Nia,Okoro,nia@c.example,****,,/,,rec@c.example,,,+33612345678,0042,Surveyor,boss@c.example,,",
			"email=Email Address [Required] first_name=First Name [Required] job_title=Employee Title last_name=Last Name [Required] personnel_number=Employee ID"},
		{"Okta", "login,firstName,lastName,middleName,honorificPrefix,honorificSuffix,email,title,displayName,nickName,profileUrl,secondEmail,mobilePhone,primaryPhone,city,preferredLanguage,locale,userType,employeeNumber,costCenter,organization,division,department,managerId,manager",
			"nia@c.example,Nia,Okoro,,Ms.,,nia@c.example,Surveyor,Nia Okoro,,,x@y.example,+33612345678,,Paris,fr-FR,en_US,,0042,,Bergbau,,,,",
			"civility=honorificPrefix company=organization email=email first_name=firstName full_name=displayName job_title=title language=preferredLanguage last_name=lastName personnel_number=employeeNumber phone=mobilePhone user_name=login"},
		{"Autodesk members", "Name,Email,First name,Last name,Phone,Company,Role(s),Access level,Status,Added on",
			"Nia Okoro,nia@c.example,Nia,Okoro,+33612345678,Bergbau,Surveyor,Member,Active,2026-01-01",
			"access_level=Access level company=Company email=Email first_name=First name full_name=Name function=Role(s) last_name=Last name phone=Phone"},
		{"Moodle", "id,username,email,firstname,lastname,idnumber,institution,department,phone1,phone2,city,country,lang,course1",
			"7,nia,nia@c.example,Nia,Okoro,0042,Bergbau,,+33612345678,,,FR,fr,",
			"company=institution email=email first_name=firstname language=lang last_name=lastname personnel_number=idnumber phone=phone1 user_name=username"},
		{"Outlook in English", "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Phone,Home Phone,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address",
			"Mrs.,Nia,,Okoro,,Bergbau,,Surveyor,+33612345678,,nia@c.example,SMTP,Nia Okoro,n@y.example",
			"civility=Title company=Company email=E-mail Address first_name=First Name job_title=Job Title last_name=Last Name phone=Business Phone"},
		{"Outlook in French", "Titre,Prénom,Deuxième prénom,Nom,Suffixe,Société,Service,Profession,Téléphone (bureau),Adresse de messagerie,Nom complet de l'adresse de messagerie",
			"Mme,Nia,,Okoro,,Bergbau,,Géomètre,+33612345678,nia@c.example,Nia Okoro",
			"civility=Titre company=Société email=Adresse de messagerie first_name=Prénom job_title=Profession last_name=Nom phone=Téléphone (bureau)"},
		{"Google contacts", "First Name,Middle Name,Last Name,Phonetic First Name,Organization Name,Organization Title,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value",
			"Ida,,Berg,,Bergbau,Geo,* Work,ida@c.example,Home,ida.home@c.example,Mobile,+49 151 000",
			"company=Organization Name email=E-mail 1 - Value first_name=First Name job_title=Organization Title last_name=Last Name phone=Phone 1 - Value"},
		{"a title is a position where no civility stands below it", "E-mail,Name,Title", "nia@c.example,Nia Okoro,Surveyor", "email=E-mail full_name=Name job_title=Title"},
		{"half of a title", "E-mail,Nom du service,Niveau d'études,Titre du diplôme", "nia@c.example,Nord,Master,Géomètre", "email=E-mail"},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			found := proposedBy(t, test.head, test.row, ",")
			want := map[string]string{}
			field := ""
			for part := range strings.SplitSeq(test.want, " ") {
				if name, title, named := strings.Cut(part, "="); named {
					field, part = name, title
					want[field] = part
					continue
				}
				want[field] += " " + part
			}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHeadsOfOwnExport: what this program exports comes back into the columns it
// came from, in every language.
func TestHeadsOfOwnExport(t *testing.T) {
	row := "Mme\tOkoro\tNia\tnia@c.example\tnia\tactif\tBergbau\tMétreur\tMembre\tPlans\tNord\t2026-01-01\t2026-01-01\t2027-12-31\tGéomètre\t+33 6 12 34 56 78\t0042\tFrançais\t5e0c"
	columns := strings.Split("civility last_name first_name email user_name status company functions levels products unit added seen ends job_title phone personnel_number language id", " ")
	field := map[string]string{"functions": "function", "levels": "access_level", "status": "", "added": "", "seen": "", "id": ""}
	said := messages.Under("export.column.")
	for _, language := range messages.Languages() {
		titles, want := make([]string, len(columns)), map[string]string{}
		for n, column := range columns {
			titles[n] = said["export.column."+column][language]
			into, other := field[column]
			if !other {
				into = column
			}
			if into != "" {
				want[into] = titles[n]
			}
		}
		if diff := cmp.Diff(want, proposedBy(t, strings.Join(titles, "\t"), row, "\t")); diff != "" {
			t.Errorf("ADD-13 %s (-want +got):\n%s", language, diff)
		}
	}
}
