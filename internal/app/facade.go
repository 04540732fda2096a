package app

import (
	"time"

	"intendant/internal/app/acts"
	"intendant/internal/app/admission"
	"intendant/internal/app/applications"
	"intendant/internal/app/companies"
	"intendant/internal/app/contracts"
	"intendant/internal/app/dashboards"
	"intendant/internal/app/decision"
	"intendant/internal/app/exports"
	"intendant/internal/app/gate"
	"intendant/internal/app/history"
	"intendant/internal/app/identity"
	"intendant/internal/app/imports"
	"intendant/internal/app/library"
	"intendant/internal/app/past"
	"intendant/internal/app/projects"
	"intendant/internal/app/roster"
	"intendant/internal/app/seats"
	"intendant/internal/app/technical"
	"intendant/internal/app/undo"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/sheet"
)

// Faces import this package alone: here are its rooms' names as faces know them.

// Of package acts.
type (
	Deed        = acts.Deed
	Foresight   = acts.Foresight
	Foreseen    = acts.Foreseen
	ForeWindow  = acts.Window
	ActResult   = acts.Result
	ActResults  = acts.ResultPage
	RightsMove  = acts.RightsMove
	RefusedOne  = acts.Refused
	RefusedPage = acts.Page
	Unfinished  = acts.Unfinished
)

// Of package acts.
const (
	JobAct     = acts.Job
	RecentActs = acts.Listed
	UsualWait  = acts.UsualWait
)

// Of package admission.
type (
	KeyLetter       = admission.KeyLetter
	LetterState     = admission.LetterState
	ChosenLetter    = admission.ChosenLetter
	LockedNumber    = admission.LockedNumber
	Rejection       = admission.Rejection
	ShownKeyRequest = admission.ShownKeyRequest
	ShownRequest    = admission.ShownRequest
)

// Of package admission.
const (
	RequestsPerPage = admission.RequestsPerPage
	ToPrint         = admission.ToPrint
	ToShow          = admission.ToShow
)

// Of package applications.
type (
	ApplicationRegistration = applications.Registration
	ListedApplication       = applications.Listed
	MadeCredential          = applications.Made
	NewCredential           = applications.NewCredential
	ApplicationVisit        = applications.Visit
)

// Of package companies.
type (
	CompanyMay     = companies.May
	CompanyMerging = companies.Merging
	CompanyNaming  = companies.Naming
	CompanyPage    = companies.Page
	CompanyPart    = companies.Part
	CompanyPick    = companies.Pick
	CompanyQuery   = companies.Query
	ShownCompany   = companies.Shown
)

// Of package companies.
const (
	CompaniesByMembers = companies.ByMembers
	CompaniesPerPage   = companies.PerPage
	JobCompanyMerge    = companies.JobMerge
	JobCompanyNames    = companies.JobNames
)

// Of package contracts.
type (
	ContractChoice      = contracts.Choice
	ContractDocument    = contracts.Document
	ContractDocuments   = contracts.Documents
	ContractDownload    = contracts.Download
	DocumentWindow      = contracts.DocumentWindow
	ContractNamed       = contracts.Named
	ContractNaming      = contracts.Naming
	ContractNewDocument = contracts.NewDocument
	ContractPage        = contracts.Page
	ContractPart        = directory.Part
	ContractPerson      = contracts.Person
	ContractLine        = contracts.SubscriptionLine
	UnitContract        = contracts.UnitContract
)

// Of package contracts.
const (
	DeputyPart       = directory.DeputyPart
	DocumentsPerPage = contracts.DocumentsPerPage
	ReferentPart     = directory.ReferentPart
)

// Of package decision.
type (
	Answer      = decision.Answer
	Caller      = decision.Caller
	Checks      = decision.Checks
	ReportedUse = decision.ReportedUse
	Entity      = decision.Entity
	Found       = decision.Found
	Giver       = decision.Giver
	HeldRole    = decision.HeldRole
	Paging      = decision.Paging
	Question    = decision.Question
	RightsTree  = decision.RightsTree
	Semantic    = decision.Semantic
	Using       = decision.Using
	Why         = decision.Why
	WhyGiver    = decision.WhyGiver
	WhyQuery    = decision.WhyQuery
	WhyStep     = decision.WhyStep
)

// Of package decision.
const (
	ArchivedUnit        = decision.ArchivedUnit
	ClosedAccount       = decision.ClosedAccount
	DenyOnFirstDeny     = decision.DenyOnFirstDeny
	ExecuteAll          = decision.ExecuteAll
	LevelProperty       = decision.LevelProperty
	NoAccess            = decision.NoAccess
	NoAccessNoSeat      = decision.NoAccessNoSeat
	NoAccount           = decision.NoAccount
	NotInProject        = decision.NotInProject
	PermitOnFirstPermit = decision.PermitOnFirstPermit
	ExternalOver        = decision.ExternalOver
	ExternalUnproved    = decision.ExternalUnproved
	LapsedSeat          = decision.LapsedSeat
	NoSeat              = decision.NoSeat
	ProductOff          = decision.ProductOff
	ProjectProperty     = decision.ProjectProperty
	RequiresProduct     = decision.RequiresProduct
	ServiceLevelClosed  = decision.ServiceLevelClosed
	ToolLevelLow        = decision.ToolLevelLow
	ToolProperty        = decision.ToolProperty
	UnknownAccount      = decision.UnknownAccount
	UnknownAction       = decision.UnknownAction
	UnknownResource     = decision.UnknownResource
	UnknownSubject      = decision.UnknownSubject
)

// Of package gate.
type (
	Client      = gate.Client
	UndoBecause = gate.Because
	Effect      = gate.Effect
	Lack        = gate.Lack
	Outcome     = gate.Outcome
	Source      = gate.Source
	Verdict     = gate.Verdict
	Verdicts    = gate.Verdicts
	Window      = gate.Window
)

// Of package gate.
const (
	Added     = gate.Added
	Changed   = gate.Changed
	Refused   = gate.Refused
	Unchanged = gate.Unchanged
)

// Of package history.
type (
	AccessFilter  = history.AccessFilter
	ChainCheck    = history.ChainCheck
	EntryPage     = history.EntryPage
	History       = history.History
	HistoryFilter = history.Filter
	HistoryGroup  = history.Group
	Shown         = history.Shown
	ShownAccess   = history.ShownAccess
)

// Of package history.
const (
	EndMissing   = history.EndMissing
	EntryChanged = history.EntryChanged
	EntryMissing = history.EntryMissing
	Whole        = history.Whole
)

// Of package identity.
type (
	Confirmation    = identity.Confirmation
	Confirmed       = identity.Confirmed
	ConfirmedFactor = identity.ConfirmedFactor
	Credentials     = identity.Credentials
	FactorConfirm   = identity.FactorConfirm
	FactorState     = identity.FactorState
	FoundUser       = identity.FoundUser
	NewStaff        = identity.NewStaff
	OwnAccount      = identity.OwnAccount
	PasswordChange  = identity.PasswordChange
	ProfileChange   = identity.ProfileChange
	Registering     = identity.Registering
	SessionLimits   = identity.SessionLimits
	SignedIn        = identity.SignedIn
	Standing        = identity.Standing
	StaffChange     = identity.StaffChange
	StaffMember     = identity.StaffMember
	Started         = identity.Started
	Typed           = identity.Typed
)

// Of package identity.
const (
	EntryLasts      = identity.EntryLasts
	PictureBytes    = identity.PictureBytes
	PurposeEnrol    = identity.PurposeEnrol
	PurposeFactor   = identity.PurposeFactor
	PurposeFull     = identity.PurposeFull
	PurposePassword = identity.PurposePassword
)

// Of package imports.
type (
	DraftChange   = imports.DraftChange
	DraftLine     = imports.DraftLine
	DraftView     = imports.DraftView
	ImportFilter  = imports.ImportFilter
	ImportWords   = imports.Words
	ImportSetting = imports.ImportSetting
	ImportedRow   = imports.ImportedRow
	ImportMending = imports.Mending
	Pasting       = imports.Pasting
	ResultRow     = imports.ResultRow
)

// Of package imports.
const (
	DraftPageRows, JobImport = imports.DraftPageRows, imports.JobImport
	Invalid                  = imports.Invalid
)

// Of package past.
type (
	Past             = past.Past
	PastChange       = past.Change
	PastFact         = past.Fact
	PastMember       = past.Member
	PastPage         = past.Page
	PastQuery        = past.Query
	PastTable        = past.TableQuery
	PastPerson       = past.Person
	PastHolding      = past.Holding
	PastPlace        = past.Place
	PastUnit         = past.Unit
	PastUnitQuery    = past.UnitQuery
	PastHolder       = past.Holder
	Differences      = past.Differences
	DifferenceQuery  = past.DifferenceQuery
	PersonDifference = past.PersonChange
	UnitDifference   = past.UnitChange
	PastRight        = past.Right
	PastRightsQuery  = past.RightsQuery
	PastRightsPage   = past.RightsPage
)

// Of package past.
const (
	PastCame         = past.Came
	PastLeft         = past.Left
	PastStatus       = past.StatusChanged
	PastHome         = past.HomeChanged
	PastCompany      = past.CompanyOf
	PastLevels       = past.LevelsOf
	PastFunctions    = past.FunctionsOf
	PastEnds         = past.EndOf
	PastGrant        = past.GrantOf
	PastPlaced       = past.PlaceOf
	PastSeat         = past.SeatOf
	PastExternal     = past.ExternalOf
	PastUnitMade     = past.UnitMade
	PastUnitMoved    = past.UnitMoved
	PastUnitRenamed  = past.UnitRenamed
	PastUnitArchived = past.UnitArchived
	PastUnitRestored = past.UnitRestored
)

// Of package projects.
type (
	NewProject         = projects.NewProject
	Project            = projects.Shown
	ProjectAbove       = projects.Above
	ProjectAt          = projects.At
	ProjectBlank       = projects.Blank
	ProjectChange      = projects.Change
	ProjectCopying     = projects.Copying
	ProjectChoices     = projects.Choices
	ProjectChosen      = projects.Chosen
	ProjectEditing     = projects.Editing
	ProjectEmployer    = projects.Employer
	ProjectMay         = projects.May
	ProjectMember      = projects.Member
	ProjectMemberPage  = projects.MemberPage
	ProjectMemberQuery = projects.MemberQuery
	PlacesAct          = projects.PlacesAct
	ProjectPage        = projects.Page
	ProjectPut         = projects.Put
	ProjectProfile     = projects.Profile
	ProjectQuery       = projects.Query
	ProjectRow         = projects.Row
	ProjectSelection   = projects.Selection
	ProjectUsage       = projects.Usage
	ProjectUse         = projects.Use
	ProjectSources     = projects.Sources
	ProjectSourceQuery = projects.SourceQuery
	ExportedProject    = projects.Exported
)

// Of package projects.
const (
	MostCopied      = projects.MostCopied
	NoCompany       = projects.NoCompany
	ProjectsPerPage = projects.PerPage
)

// Of package library.
type (
	LibraryNaming      = library.Naming
	ListedProjectType  = library.ListedType
	ListedTemplate     = library.ListedTemplate
	NewProjectTemplate = library.NewTemplate
	ProjectSaving      = library.Saving
	ShownTemplate      = library.ShownTemplate
	TemplateChange     = library.TemplateChange
	TemplatePerson     = library.TemplatePerson
)

// Of package exports.
type (
	ExportAsk      = exports.Ask
	ExportDownload = exports.Download
	ExportFile     = exports.File
	ListedExport   = exports.Listed
	ExportLines    = exports.Lines
	ExportWords    = exports.Words
)

// Of package exports.
const (
	JobExport     = exports.JobExport
	RecentExports = exports.RecentMost
)

// Of package roster.
type (
	NewPlace      = roster.NewPlace
	PlaceChange   = roster.PlaceChange
	PlaceOptions  = roster.PlaceOptions
	AddChoices    = roster.AddChoices
	AddOptions    = roster.AddOptions
	GrantVerdict  = roster.GrantVerdict
	HomeChoice    = roster.HomeChoice
	Invited       = roster.Invited
	ListedMember  = roster.ListedMember
	MemberChange  = roster.MemberChange
	IntoPlace     = roster.IntoPlace
	RoleAt        = roster.RoleAt
	Several       = roster.Several
	MemberEdit    = roster.MemberEdit
	MemberQuery   = roster.MemberQuery
	NewMember     = roster.NewMember
	Person        = roster.Person
	PersonChange  = roster.PersonChange
	ProductChoice = roster.ProductChoice
	RoleStep      = roster.RoleStep
	SeedMember    = roster.SeedMember
	Selection     = roster.Selection
)

// Of package dashboards.
type (
	Board      = dashboards.Board
	Dashboards = dashboards.Dashboards
)

// Of package seats.
type (
	Allotment          = seats.Allotment
	ExternalClaim      = seats.ExternalClaim
	Externals          = seats.Externals
	NewSeatRule        = seats.NewRule
	AllotmentChoice    = seats.AllotmentChoice
	AllotmentQuery     = seats.AllotmentQuery
	Allottable         = seats.Allottable
	NewSubscription    = seats.NewSubscription
	OfferChoice        = seats.OfferChoice
	PoolLine           = seats.PoolLine
	ProductPools       = seats.ProductPools
	SeatTakerQuery     = seats.TakerQuery
	SeatTakers         = seats.Takers
	SeatChoices        = seats.Choices
	SeatContract       = seats.Contract
	SeatHanding        = seats.Handing
	SeatPanel          = seats.Panel
	SeatLine           = seats.Line
	SeatReport         = seats.Report
	SeatReportLine     = seats.ReportLine
	SeatRule           = seats.Rule
	SeatRuleChoices    = seats.RuleChoices
	Seats              = seats.Seats
	SubscriptionChange = seats.SubscriptionChange
	SubscriptionRecord = seats.SubscriptionRecord
	SubscriptionEnd    = seats.Ending
	SubscriptionLonger = seats.Extension
	SubscriptionLine   = seats.SubscriptionLine
	SubscriptionState  = seats.SubscriptionState
	SubscriptionTerm   = seats.Term
	Subscriptions      = seats.Subscriptions
	ListedSubscription = seats.ListedSubscription
	SubscriptionList   = seats.SubscriptionList
	SubscriptionQuery  = seats.SubscriptionQuery
)

// Of package seats.
const (
	SubscriptionComing  = seats.Coming
	SubscriptionRunning = seats.Running
	SubscriptionOver    = seats.Over
)

// SubscriptionViews lists ready-made views of all subscriptions, that of all left out.
func SubscriptionViews() []string { return seats.Views() }

// SeatReportDays are for how long the report counts a seat as unused (REP-3).
func SeatReportDays() []int { return seats.ReportDays() }

// Of package technical.
type (
	Bearing             = technical.Bearing
	Claim               = technical.Claim
	ListedTechnicalUser = technical.ListedTechnicalUser
	MadeToken           = technical.MadeToken
	NewTechnicalUser    = technical.NewTechnicalUser
	NewToken            = technical.NewToken
	Repeatable          = technical.Repeatable
	TechnicalEdit       = technical.Edit
)

// KnowsAllHolders reports whether somebody sees who holds any seat (REP-3).
func KnowsAllHolders(rights authz.Rights) bool { return roster.RequireAllHolders(rights) == nil }

// ZoneOf is the time zone in which an account counts its days.
func ZoneOf(a directory.Account) *time.Location { return roster.ZoneOf(a) }

// Of selects one member.
func Of(member string) Selection { return roster.Of(member) }

// StepField names the roles at a unit in a refusal.
func StepField(unit directory.Unit) string { return roster.StepField(unit) }

// MemberFields are the columns an import of members knows.
func MemberFields() []sheet.Field { return imports.MemberFields() }

// SystemActor acts for the program itself, through a job.
func SystemActor() authz.Actor { return gate.SystemActor() }

// AsBroken is the act, done all or nothing, of which something was refused, or nil.
func AsBroken(err error) *acts.Broken { return acts.AsBroken(err) }

// Of package undo.
type (
	UndoTarget  = undo.Target
	UndoPreview = undo.Preview
)

const UndoPreviewed = undo.Previewed // how many people a preview of an undo judges
