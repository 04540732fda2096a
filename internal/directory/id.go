package directory

// An AccountID is the small number of an account, below 2^31. Zero is the
// installation itself: the vendor's own people, settings and history.
type AccountID int64

// Installation is the account of the vendor's own rows.
const Installation AccountID = 0

// Every identifier below is a key: the account's number in the upper half, the
// row's number within the account in the lower half. A key therefore says whose
// row it names, and the rows of one account lie together in every index.
type (
	UserID         int64 // a person who can sign in
	MemberID       int64 // a person in an account
	UnitID         int64 // a node of the account's tree
	CompanyID      int64 // a company taking part in an account
	RoleID         int64 // a role of an account's own
	GrantID        int64 // a role given at a unit
	PlaceID        int64 // a membership of one project
	AdminKeyID     int64 // a posted key that claims an account
	InvitationID   int64 // a mailed invitation
	JoinRequestID  int64 // a request to be let in
	KeyRequestID   int64 // a request for an admin key
	SubscriptionID int64 // seats bought of one product
	PoolID         int64 // the seats of one product that a unit assigns from
	SeatRuleID     int64 // that people of a role or a unit get seats
	ExternalID     int64 // a subscription that somebody brings along
	SeatID         int64 // one seat held by a member
	MailID         int64 // a mail to be sent or sent
	JobID          int64 // long work to be done or done
	ImportID       int64 // a file of members being taken in
	BulkActID      int64 // an act on many that goes on by itself
	ReferentID     int64 // somebody who looks after a unit's contract
	DocumentID     int64 // a document of a contract
	ProjectTypeID  int64 // a type in an account's list of project types
	TemplateID     int64 // a template of projects
	ExportID       int64 // a table that somebody asked for
)

// NewKey composes the key of row number n of account.
func NewKey(account AccountID, n int64) int64 { return int64(account)<<32 | n }

// Account returns the account the key belongs to.
func (id UserID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id MemberID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id UnitID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id CompanyID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id RoleID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id GrantID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id PlaceID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id AdminKeyID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id InvitationID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id JoinRequestID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id KeyRequestID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id SubscriptionID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id PoolID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id ExternalID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id SeatID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id MailID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id JobID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id ImportID) Account() AccountID { return AccountID(id >> 32) }

// Account returns the account the key belongs to.
func (id BulkActID) Account() AccountID { return AccountID(id >> 32) }
