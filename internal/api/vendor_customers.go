package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// putCustomer makes the customer that its address names, where there is none.
const putCustomer = "put-customer"

// A Customer is an account as the vendor's programs keep it.
type Customer struct {
	External     string     `json:"external_id" doc:"The id by which the vendor's programs know it, or empty." example:"ERP-10442"`
	ID           string     `json:"id" doc:"Public id of the account; products may name it so." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Number       string     `json:"number" doc:"Customer number." example:"204 817"`
	Name         string     `json:"name" example:"Groupe Maraval"`
	Type         string     `json:"type" doc:"Account type of the catalogue." example:"fleet"`
	ServiceLevel string     `json:"service_level" doc:"Service level of the catalogue." example:"contract"`
	State        string     `json:"state" enum:"open,suspended,closed" example:"open"`
	StateReason  string     `json:"state_reason" doc:"Why it is suspended or closed; its administrators read it." example:""`
	Address      Address    `json:"address" doc:"Where its letters go."`
	Contact      ContactOn  `json:"contact" doc:"The contact on file: the only mail address a key may go to."`
	Language     string     `json:"language" example:"fr"`
	TimeZone     string     `json:"time_zone" example:"Europe/Paris"`
	ContractEnds *time.Time `json:"contract_ends_at,omitempty"`
	Claimed      *time.Time `json:"claimed_at,omitempty" doc:"Since when it has an administrator; absent: it waits for an admin key."`
	Created      time.Time  `json:"created_at"`
	Version      string     `json:"version" example:"3"`
}

// An Address is where letters go.
type Address struct {
	Street     string `json:"street" required:"false" example:"18 quai des Tanneurs"`
	PostalCode string `json:"postal_code" required:"false" example:"44000"`
	City       string `json:"city" required:"false" example:"Nantes"`
	Country    string `json:"country" required:"false" doc:"Two letters (ISO 3166)." example:"FR"`
}

// A ContactOn is the contact on file.
type ContactOn struct {
	Name  string `json:"name" required:"false" example:"Hélène Castaing"`
	Email string `json:"email" required:"false" example:"contact@maraval.example"`
}

// A CustomerBuyer is who bought: administrator and referent of a new customer.
type CustomerBuyer struct {
	Email    string `json:"email" example:"helene.castaing@maraval.example"`
	First    string `json:"first_name,omitempty" example:"Hélène"`
	Last     string `json:"last_name,omitempty" example:"Castaing"`
	Civility string `json:"civility,omitempty" enum:"mrs,mr" example:"mrs"`
	Language string `json:"language,omitempty" doc:"Absent: the customer's." example:"fr"`
}

func customerOf(a directory.Account) Customer {
	return Customer{External: a.External, ID: a.UUID, Number: a.Number, Name: a.Name, Type: a.Type, ServiceLevel: a.ServiceLevel, State: string(a.State),
		StateReason: a.StateReason, Address: Address(a.Address), Contact: ContactOn(a.Contact), Language: a.Language, TimeZone: a.TimeZone,
		ContractEnds: moment(a.ContractEnds), Claimed: moment(a.Claimed), Created: a.Created.UTC(), Version: strconv.FormatInt(a.Version, 10)}
}

type customerAnswer struct {
	Status   int
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a customer just made: where it is."`
	Body     Customer
}

func answerCustomer(a directory.Account) *customerAnswer {
	return &customerAnswer{Status: http.StatusOK, ETag: quoted(strconv.FormatInt(a.Version, 10)), Body: customerOf(a)}
}

// CustomerList is one page of customers.
type CustomerList struct {
	Items []Customer `json:"items" nullable:"false"`
	Next  string     `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
	Since string     `json:"since,omitempty" doc:"Cursor to come back with: it finds the customers made since."`
}

type customersQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page."`
	Cursor string `query:"cursor" maxLength:"64" doc:"\"next\" of the page before, or \"since\" of the last one."`
}

type customersAnswer struct{ Body CustomerList }

type customerRecord struct {
	OfCustomer
	Conditional
	Body struct {
		AtVersion
		Number       *string        `json:"number,omitempty" doc:"Customer number; needed for a new customer. A number changed is remembered." example:"204 817"`
		Name         *string        `json:"name,omitempty" doc:"Needed for a new customer." example:"Groupe Maraval"`
		Type         *string        `json:"type,omitempty" maxLength:"64" doc:"Account type of the catalogue; needed for a new customer, and then fixed." example:"fleet"`
		ServiceLevel *string        `json:"service_level,omitempty" maxLength:"64" doc:"Needed for a new customer." example:"contract"`
		Language     *string        `json:"language,omitempty" doc:"Needed for a new customer." example:"fr"`
		TimeZone     *string        `json:"time_zone,omitempty" example:"Europe/Paris"`
		Address      *Address       `json:"address,omitempty" doc:"Whole: what it leaves out is empty."`
		Contact      *ContactOn     `json:"contact,omitempty" doc:"Whole: what it leaves out is empty."`
		ContractEnds *string        `json:"contract_ends_at,omitempty" doc:"A day or a moment; empty takes it away." example:"2027-03-31"`
		Buyer        *CustomerBuyer `json:"buyer,omitempty" doc:"Who becomes administrator and referent of a new customer; of one there is, it changes nothing."`
	}
}

func (f *Face) customers() {
	vendor(f, huma.Operation{OperationID: "list-customers", Method: http.MethodGet, Path: "/vendor/customers", Summary: "List customers",
		Description: "Those the application sees, in the order they were made. Needs the right \"customers\", \"subscriptions\" or \"keys\"."}, f.listCustomers)
	vendor(f, huma.Operation{OperationID: "get-customer", Method: http.MethodGet, Path: "/vendor/customers/{external_id}", Summary: "Read one customer"}, f.getCustomer)
	vendor(f, huma.Operation{OperationID: putCustomer, Method: http.MethodPut, Path: "/vendor/customers/{external_id}", Summary: "Create or update a customer",
		Description: "Makes the customer of that id (201), or changes the one there is (200); what is absent stays. A customer of the number that no program " +
			"knows yet becomes it. Sent again it changes nothing. Three admin keys of a new customer wait in a letter. Needs the right \"customers\".",
		Errors: []int{http.StatusPreconditionFailed}}, f.putCustomer)
	f.describeMade("/vendor/customers/{external_id}")
	vendor(f, huma.Operation{OperationID: "set-referent", Method: http.MethodPost, Path: "/vendor/customers/{external_id}/referent", Summary: "Name the contract's contact",
		Description: "The referent looks after the contract; that gives and takes no right. Needs the right \"customers\".",
		Errors:      []int{http.StatusPreconditionFailed}}, f.setReferent)
}

// describeMade says that a PUT may have made what it names.
func (f *Face) describeMade(path string) {
	of := f.api.OpenAPI().Paths[path].Put.Responses
	made := *of[strconv.Itoa(http.StatusOK)]
	made.Description = "It was made; Location says where it is."
	of[strconv.Itoa(http.StatusCreated)] = &made
}

func (f *Face) customerStates() {
	for _, one := range []struct {
		id, path, summary string
		state             directory.AccountState
	}{{"suspend-customer", "suspend", "Suspend a customer", directory.AccountSuspended}, {"close-customer", "close", "Close a customer", directory.AccountClosed},
		{"reopen-customer", "reopen", "Reopen a customer", directory.AccountOpen}} {
		vendor(f, huma.Operation{OperationID: one.id, Method: http.MethodPost, Path: "/vendor/customers/{external_id}/" + one.path, Summary: one.summary,
			Description: "In a suspended account nobody uses products; a closed one is kept, read-only. Its administrators read the reason. Needs the right \"customers\"."},
			func(ctx context.Context, v visit, in *withReason) (*customerAnswer, error) {
				if err := f.App.Accounts.SetState(ctx, v.actor, v.account.ID, one.state, in.reason()); err != nil {
					return nil, err
				}
				return f.customer(ctx, v, in.External)
			})
	}
}

type setReferent struct {
	OfCustomer
	Conditional
	Body struct {
		AtVersion
		Person string `json:"person" doc:"User name or address of somebody with a place in the account; empty: nobody." example:"helene.castaing@maraval.example"`
	}
}

// setReferent names the contract's contact. Without a version it holds whatever
// stands.
func (f *Face) setReferent(ctx context.Context, v visit, in *setReferent) (*customerAnswer, error) {
	version, err := f.given(v, in.Conditional, in.Body.Version)
	if err != nil {
		return nil, err
	}
	if err := f.App.Contracts.SetReferent(ctx, v.actor, v.account.ID, in.Body.Person, version); err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.customer(ctx, v, in.External)
}

// WithReason is a body that says why.
type WithReason struct {
	Reason string `json:"reason,omitempty" doc:"Needed, but for reopening." example:"Contract ended"`
}

type withReason struct {
	OfCustomer
	Body *WithReason `required:"false"`
}

func (in withReason) reason() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.Reason
}

func (f *Face) listCustomers(ctx context.Context, v visit, in *customersQuery) (*customersAnswer, error) {
	found, err := f.App.Accounts.InOrder(ctx, v.actor, in.Cursor, in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := CustomerList{Items: []Customer{}, Since: in.Cursor}
	for i, a := range found {
		if i == in.Limit {
			page.Next = page.Since
			break
		}
		page.Items, page.Since = append(page.Items, customerOf(a)), a.UUID
	}
	return &customersAnswer{Body: page}, nil
}

func (f *Face) getCustomer(_ context.Context, v visit, _ *OfCustomer) (*customerAnswer, error) {
	return answerCustomer(v.account), nil
}

// customer answers a customer as it is now.
func (f *Face) customer(ctx context.Context, v visit, external string) (*customerAnswer, error) {
	a, err := f.App.Accounts.Named(ctx, v.actor, external)
	if err != nil {
		return nil, err
	}
	return answerCustomer(a), nil
}

func (f *Face) putCustomer(ctx context.Context, v visit, in *customerRecord) (*customerAnswer, error) {
	b := in.Body
	record := app.CustomerRecord{Number: b.Number, Name: b.Name, Type: b.Type, ServiceLevel: b.ServiceLevel, Language: b.Language, TimeZone: b.TimeZone,
		Address: (*directory.PostalAddress)(b.Address), Contact: (*directory.Contact)(b.Contact)}
	var err error
	if record.Version, err = f.given(v, in.Conditional, b.Version); err != nil {
		return nil, err
	}
	if b.ContractEnds != nil {
		ends, err := day("contract_ends_at", *b.ContractEnds)
		if err != nil {
			return nil, err
		}
		record.ContractEnds = &ends
	}
	if buyer := b.Buyer; buyer != nil {
		record.Buyer = &app.Buyer{Email: buyer.Email, First: buyer.First, Last: buyer.Last, Civility: buyer.Civility, Language: buyer.Language}
	}
	made, fresh, err := f.App.Accounts.Put(ctx, v.actor, in.External, record)
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	answer := answerCustomer(made)
	if fresh {
		answer.Status, answer.Location = http.StatusCreated, f.BaseURL+Base+"/vendor/customers/"+url.PathEscape(made.External)
	}
	return answer, nil
}
