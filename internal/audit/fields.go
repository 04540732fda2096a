package audit

import (
	"cmp"
	"maps"

	"intendant/internal/directory"
)

// A Saying is how a field's value is put into words.
type Saying uint8

// Ways to say a value. A thing, a moment, a number and yes or no say themselves
// whatever the field; a saying is for texts, which may be codes.
const (
	Plain            Saying = iota // as it stands
	Hidden                         // not at all: it says nothing to people
	Status                         // of a member
	State                          // of what the entry is about
	StaffRole                      // of the vendor's staff
	ApplicationRight               // of the vendor's applications
	Civility                       // as people are addressed
	Purpose                        // of an export or a letter
	Outcome                        // of a request
	RolePlace                      // where a role is offered
	SettingChoice                  // one of the few codes of a setting
	ServiceLevel                   // a code of the catalogue, as those that follow
	AccountType
	UnitLevel
	Product // an offer, as directory.Offer writes it
	Proof   // of an external subscription
	Permission
	RoleName // the code of a role of the account, in old entries
	Preference
	PreferenceValue // "preference/option", or names of units
	Access          // "product/word" of a place, or "product/tool/level"
	Language
	Country
	Day     // a day, in old entries
	LastDay // a moment with which a day is over: that day
	YesNo
	Count
	Names // by language, "fr: Architecte"
)

// A Field is what there is to know of a field of history.
type Field struct {
	Class Class
	Say   Saying
}

// Fields lists every field that an entry may have. Who adds one says here what
// may be kept of it and how it is said; "history.field." or "field." and its
// name is the message key of its label.
func Fields() map[string]Field {
	all := codeFields()
	maps.Copy(all, valueFields())
	maps.Copy(all, textFields())
	maps.Copy(all, settingFields())
	for _, rule := range directory.TextRules() { // what is typed says there what may be kept of it
		name := cmp.Or(rule.History, rule.Field)
		switch rule.Kept {
		case directory.KeptOpen:
			all[name] = Field{Open, all[name].Say}
		case directory.KeptPersonal:
			all[name] = Field{Personal, all[name].Say}
		}
	}
	return all
}

func codeFields() map[string]Field {
	return map[string]Field{
		// States and codes of the program.
		"status":             {Open, Status},
		"state":              {Open, State},
		"staff":              {Open, StaffRole},
		"application_rights": {Open, ApplicationRight},
		"civility":           {Personal, Civility},
		"purpose":            {Open, Purpose},
		"outcome":            {Open, Outcome},
		"place":              {Open, RolePlace},
		// Codes of the catalogue and of the account's roles.
		"service_level":     {Open, ServiceLevel},
		"account_type":      {Open, AccountType},
		"unit_level":        {Open, UnitLevel},
		"products":          {Open, Product},
		"product":           {Open, Product},
		"proof":             {Open, Proof},
		"permissions":       {Open, Permission},
		"access":            {Open, Access},
		"access_level":      {Open, RoleName},
		"functions":         {Open, RoleName},
		"role":              {Open, RoleName},
		"default_level":     {Open, RoleName},
		"preference":        {Open, Preference},
		"preference_ticked": {Open, Plain},
		"preference_value":  {Open, PreferenceValue},
	}
}

func valueFields() map[string]Field {
	return map[string]Field{
		// Things.
		"unit":         {Open, Plain},
		"parent":       {Open, Plain},
		"project_type": {Open, Plain},
		"template":     {Open, Plain},
		"company":      {Open, Plain},
		"places":       {Open, Hidden},
		"portfolio":    {Open, Plain},
		"responsible":  {Open, Hidden},
		"referent":     {Open, Hidden},
		// Languages and countries.
		"language": {Open, Language},
		"country":  {Open, Country},
		// Days and moments.
		"expires":        {Open, Day},
		"ends":           {Open, LastDay},
		"contract_ends":  {Open, Day},
		"project_starts": {Open, Day},
		"project_ends":   {Open, Day},
		"starts":         {Open, Day},
		// Yes or no.
		"auto_approve": {Open, YesNo},
		"verified":     {Open, YesNo},
		"active":       {Open, YesNo},
		"proposed":     {Open, YesNo},
		"all_accounts": {Open, YesNo},
		// Numbers.
		"count":          {Open, Count},
		"quantity":       {Open, Count},
		"tries":          {Open, Count},
		"added":          {Open, Count},
		"changed":        {Open, Count},
		"faulty":         {Open, Count},
		"unchanged":      {Open, Count},
		"rights_changed": {Open, Count},
		"key":            {Open, Plain},
		"version":        {Open, Hidden},
	}
}

// settingFields are those that tell the settings of an account.
func settingFields() map[string]Field {
	sayings := map[directory.SettingKind]Saying{directory.NumberSetting: Count, directory.ToggleSetting: YesNo,
		directory.ChoiceSetting: SettingChoice, directory.LanguageSetting: Language, directory.LanguagesSetting: Language}
	all := map[string]Field{}
	for _, row := range directory.AccountSettings() {
		all[row.HistoryField()] = Field{Open, sayings[row.Kind]}
	}
	return all
}

func textFields() map[string]Field {
	return map[string]Field{
		// Texts about no person.
		"domain":          {Open, Plain},
		"password_policy": {Open, Plain},
		"letter":          {Open, Plain},
		"names":           {Open, Names},
		"logo":            {Open, Plain},
		// Texts about a person.
		"signature":    {Personal, Plain},
		"person":       {Personal, Plain},
		"typed_number": {Personal, Plain},
	}
}

// fields is the table as ClassOf asks it, for each value of each entry.
var fields = Fields()

// FieldOf is the field's row. A field that is not listed is secret.
func FieldOf(name string) Field { return fields[name] }

// ClassOf is the class of a field. One that is not listed is secret.
func ClassOf(name string) Class { return fields[name].Class }
