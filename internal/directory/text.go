package directory

import (
	"strings"
	"sync"
	"unicode/utf8"

	"intendant/internal/plain"
)

// A Text is a kind of text that somebody types: a name, a reason, a message. What
// may stand in one is said once, in its row of TextRules, and asked by every
// door: pages, forms, files, REST, the command line.
type Text uint8

// The kinds of text.
const (
	FirstName Text = iota + 1
	LastName
	UserNameText
	EmailText
	Phone
	JobTitle
	PersonnelNumber
	CompanyName
	AccountName
	CustomerNumber
	AccountExternal
	Street
	PostalCode
	City
	Country
	ContactName
	ContactEmail
	MessageText
	ReasonText
	RejectionText
	TechnicalName
	PurposeText
	TokenName
	ApplicationName
	CredentialName
	UnitName
	UnitExternal
	RoleName
	LanguageCode
	ZoneName
	FileName
	ReferenceText
	PriceNoteText
	SubscriptionExternal
	SearchText
	DocumentNumber
	DocumentAmount
	ProjectNumber
	ProjectAddress
	ProjectTypeName
	TemplateName
	lastText // no kind: the end of them
)

// A Keeping says how history may keep a text.
type Keeping uint8

// What is kept of a text: that it changed and no more; its values, in the chain;
// or its values beside the chain, where they can be erased (HIST-3).
const (
	KeptSecret Keeping = iota
	KeptOpen
	KeptPersonal
)

// A TextRule is what holds for a kind of text. Field is the input's name in forms,
// JSON and refusals, History the field of an entry where it has another. Columns
// are where it is stored. Shapes of their own, such as an address's or a choice of
// the catalogue, are asked beside it.
type TextRule struct {
	Kind    Text
	Field   string
	Most    int  // characters
	Lines   bool // may have several
	Kept    Keeping
	History string
	Columns []string
}

// emailMost is what an address may measure (RFC 5321, 4.5.3.1); what it must look
// like is asked beside it.
const emailMost = 254

// TextRules is the table of all kinds, in their order.
func TextRules() []TextRule { return textRules() }

// ruleOf is the row of a kind.
func ruleOf(kind Text) TextRule { return textRules()[kind-FirstName] }

var textRules = sync.OnceValue(tableOfTexts)

func tableOfTexts() []TextRule {
	return []TextRule{
		{Kind: FirstName, Field: "first_name", Most: 100, Kept: KeptPersonal, Columns: []string{"user.first_name",
			"registration.first_name", "draft_row.first_name", "member.suggested_first_name"}},
		{Kind: LastName, Field: "last_name", Most: 100, Kept: KeptPersonal, Columns: []string{"user.last_name",
			"registration.last_name", "draft_row.last_name", "member.suggested_last_name"}},
		{Kind: UserNameText, Field: "user_name", Most: emailMost, Kept: KeptPersonal, Columns: []string{"user.user_name"}},
		{Kind: EmailText, Field: "email", Most: emailMost, Kept: KeptPersonal, Columns: []string{"user.email", "registration.email",
			"draft_row.email", "mailed_link.email"}},
		{Kind: Phone, Field: "phone", Most: 100, Kept: KeptPersonal, Columns: []string{"user.phone", "member.phone"}},
		{Kind: JobTitle, Field: "job_title", Most: 200, Kept: KeptPersonal, Columns: []string{"member.job_title"}},
		{Kind: PersonnelNumber, Field: "personnel_number", Most: 100, Kept: KeptPersonal, Columns: []string{"member.personnel_number"}},
		{Kind: CompanyName, Field: "company", Most: 200, Kept: KeptOpen, Columns: []string{"company.name", "draft_row.company"}},
		{Kind: AccountName, Field: "name", Most: 200, Kept: KeptOpen, Columns: []string{"account.name"}},
		{Kind: CustomerNumber, Field: "number", Most: 40, Kept: KeptOpen, Columns: []string{"account.number", "registration.number",
			"join_request.number", "key_request.number"}},
		{Kind: AccountExternal, Field: "external_id", Most: 100, Kept: KeptOpen, Columns: []string{"account.external_id"}},
		{Kind: Street, Field: "street", Most: 200, Kept: KeptPersonal, History: "address", Columns: []string{"account.street"}},
		{Kind: PostalCode, Field: "postal_code", Most: 20, Kept: KeptPersonal, History: "address", Columns: []string{"account.postal_code"}},
		{Kind: City, Field: "city", Most: 100, Kept: KeptPersonal, History: "address", Columns: []string{"account.city"}},
		{Kind: Country, Field: "country", Most: 60, Kept: KeptOpen, Columns: []string{"account.country"}},
		{Kind: ContactName, Field: "contact", Most: 200, Kept: KeptPersonal, Columns: []string{"account.contact_name"}},
		{Kind: ContactEmail, Field: "contact_email", Most: emailMost, Kept: KeptPersonal, Columns: []string{"account.contact_email"}},
		{Kind: MessageText, Field: "message", Most: LongestMessage, Lines: true, Kept: KeptPersonal, Columns: []string{
			"registration.message", "join_request.message", "key_request.message"}},
		{Kind: ReasonText, Field: "reason", Most: 300, Lines: true, Kept: KeptPersonal, Columns: []string{"account.state_reason",
			"admin_key.reason", "staff_entry.reason", "key_request.answer"}},
		{Kind: RejectionText, Field: "reason", Most: LongestMessage, Lines: true, Kept: KeptPersonal, Columns: []string{"join_request.reason"}},
		{Kind: TechnicalName, Field: "name", Most: 100, Kept: KeptOpen},
		{Kind: PurposeText, Field: "purpose", Most: 500, Lines: true, Kept: KeptOpen, Columns: []string{"technical_user.purpose"}},
		{Kind: TokenName, Field: "token_name", Most: 100, Kept: KeptOpen, History: "name", Columns: []string{"api_token.name"}},
		{Kind: ApplicationName, Field: "name", Most: 100, Kept: KeptOpen},
		{Kind: CredentialName, Field: "credential_name", Most: 100, Kept: KeptOpen, History: "name", Columns: []string{"credential.name"}},
		{Kind: UnitName, Field: "name", Most: UnitNameMost, Kept: KeptOpen, Columns: []string{"unit.name"}},
		{Kind: UnitExternal, Field: "external", Most: UnitExternalMost, Kept: KeptOpen, History: "external_id", Columns: []string{"unit.external_id"}},
		{Kind: RoleName, Field: "name", Most: RoleNameMost, Kept: KeptOpen, Columns: []string{"role.names"}},
		{Kind: LanguageCode, Field: "language", Most: 35, Kept: KeptOpen, Columns: []string{"user.language", "account.language",
			"registration.language", "mail.language"}},
		{Kind: ZoneName, Field: "time_zone", Most: 64, Kept: KeptOpen, Columns: []string{"account.time_zone", "project.time_zone"}},
		{Kind: FileName, Field: "file", Most: 120, Kept: KeptPersonal, Columns: []string{"import.file_name", "contract_document.file_name"}},
		{Kind: ReferenceText, Field: "reference", Most: 100, Kept: KeptOpen, Columns: []string{"subscription.reference"}},
		{Kind: PriceNoteText, Field: "price_note", Most: 500, Lines: true, Kept: KeptOpen, Columns: []string{"subscription.price_note"}},
		{Kind: SubscriptionExternal, Field: "external_id", Most: 100, Kept: KeptOpen, Columns: []string{"subscription.external_id"}},
		{Kind: SearchText, Field: "q", Most: 200, Kept: KeptSecret},
		{Kind: DocumentNumber, Field: "document_number", Most: 60, Kept: KeptOpen, Columns: []string{"contract_document.number"}},
		{Kind: DocumentAmount, Field: "amount", Most: 60, Kept: KeptSecret, Columns: []string{"contract_document.amount"}},
		{Kind: ProjectNumber, Field: "number", Most: 40, Kept: KeptOpen, Columns: []string{"project.number"}},
		{Kind: ProjectAddress, Field: "address", Most: 500, Lines: true, Kept: KeptOpen, History: "project_address", Columns: []string{"project.address"}},
		{Kind: ProjectTypeName, Field: "name", Most: 100, Kept: KeptOpen, Columns: []string{"project_type.name"}},
		{Kind: TemplateName, Field: "name", Most: 120, Kept: KeptOpen, Columns: []string{"project_template.name"}},
	}
}

// Most is how many characters a text may have.
func (t Text) Most() int { return ruleOf(t).Most }

// Field is the input's name in forms, JSON, files and refusals; "field." and it is
// the message key of its label.
func (t Text) Field() string { return ruleOf(t).Field }

// A Typed is a text somebody typed, by its kind. It is cleaned where it stands;
// nil is none. Field is the input's name where it is not the kind's.
type Typed struct {
	Kind  Text
	Value *string
	Field string
}

// CleanTexts cleans each text where it stands, and answers all refusals together.
func CleanTexts(texts ...Typed) *Error {
	var refusals []*Error
	for _, text := range texts {
		if text.Value == nil {
			continue
		}
		clean, refusal := text.Kind.Clean(*text.Value)
		if refusal != nil {
			if text.Field != "" {
				refusal.Field = text.Field
			}
			refusals = append(refusals, refusal)
			continue
		}
		*text.Value = clean
	}
	return Together(refusals...)
}

// Clean is a text as it is stored and compared: composed, without blanks around
// it and doubled ones inside, and without marks that turn the direction of what
// stands beside it or show nothing. What makes names of any language, apostrophes,
// hyphens, marks of letters and joiners, stays.
//
// It refuses with text.broken what is no text, has control characters, or shows
// nothing at all, and with field.too_long; Field is the kind's.
func (t Text) Clean(text string) (string, *Error) {
	rule := ruleOf(t)
	clean, ok := plain.Text(text, rule.Lines)
	switch {
	case !ok:
		return "", InvalidField(rule.Field, "text.broken", nil)
	case utf8.RuneCountInString(clean) > rule.Most:
		return "", InvalidField(rule.Field, "field.too_long", Args{"Max": rule.Most})
	}
	return clean, nil
}

// Required is Clean for a text that must not stay empty: it refuses that with
// field.required.
func (t Text) Required(text string) (string, *Error) {
	clean, refusal := t.Clean(text)
	if refusal == nil && clean == "" {
		refusal = InvalidField(ruleOf(t).Field, "field.required", nil)
	}
	return clean, refusal
}

// Readable reports whether s is text at all: valid UTF-8 without NUL, which no
// field can mean and PostgreSQL cannot store.
func Readable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Sought is as much of what somebody looks for as is sought: names are shorter.
func Sought(text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\x00", ""))
	if most := SearchText.Most(); utf8.RuneCountInString(text) > most || !utf8.ValidString(text) {
		text = strings.TrimSuffix(Short(text, most+1), "…")
	}
	return strings.TrimSpace(text)
}

// Quoted is how many characters are said back of something that was typed.
const Quoted = 80

// Short keeps at most so many characters of a text for a sentence, a log or a
// column, and says that there was more. What is no text is left out.
func Short(text string, most int) string {
	if len(text) > most*utf8.UTFMax {
		text = text[:most*utf8.UTFMax] // enough, whatever the letters are
	}
	text = strings.ToValidUTF8(text, "")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	runes := []rune(text)[:max(most-1, 0)]
	return string(runes) + "…"
}

// Cut is a text of at most so many bytes, cut between characters: what is looked up or kept as
// it was typed, where Short is for reading.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := 0
	for at := range text {
		if at > most {
			break
		}
		end = at
	}
	return text[:end]
}
