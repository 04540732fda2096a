package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// An UndoVerdict is what becomes of one person or thing that an undo is about.
type UndoVerdict struct {
	Verdict
	Left []Left `json:"left,omitempty" nullable:"false" doc:"What is left as it is, and why; the rest is as it was."`
}

// A Left is a field of history that an undo leaves.
type Left struct {
	Field  string `json:"field" doc:"Name of the field, as history has it." example:"company"`
	Of     string `json:"of,omitempty" doc:"Which one, of roles and products: its name." example:"Plans"`
	Reason string `json:"reason" doc:"Code of the reason; \"undo.changed_since\": changed by somebody meanwhile." example:"undo.changed_since"`
}

// UndoVerdicts answer an undo.
type UndoVerdicts struct {
	Verdicts []UndoVerdict `json:"verdicts" nullable:"false"`
	Total    int           `json:"total" doc:"How many people and things it is about; a preview looks at the first 2,000." example:"2"`
	Done     int           `json:"done" doc:"How many are as they were again." example:"2"`
	Refused  int           `json:"refused" doc:"How many were refused." example:"0"`
}

type undoAnswer struct{ Body UndoVerdicts }

type undoRequest struct {
	InAccount
	Body struct {
		Entry   int64  `json:"entry,omitempty" minimum:"1" doc:"Number of an entry of the history. With it goes what was written beside it about the same person or thing." example:"1042"`
		Act     string `json:"act,omitempty" maxLength:"64" doc:"Or an act on many, by its public id." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
		Preview bool   `json:"preview,omitempty" doc:"Say what would be, write nothing."`
	}
}

func (f *Face) undo() {
	operation(f, huma.Operation{OperationID: "undo", Method: http.MethodPost, Path: "/accounts/{account}/undo", Tags: []string{"acts"},
		Errors: []int{http.StatusAccepted}, Summary: "Take back what was done",
		Description: "One entry of the history or a whole act, days later too. What was changed since, or cannot be given back, is named and left; nobody is given what the technical user may not give. Undoing an undo does what it took back again. More than 500 people may take longer than the answer: it is 202 then."}, f.takeBack)
}

func (f *Face) takeBack(ctx context.Context, v visit, in *undoRequest) (*undoAnswer, error) {
	t := app.UndoTarget{Entry: in.Body.Entry, Act: in.Body.Act, Wait: f.Wait}
	if (t.Entry == 0) == (t.Act == "") {
		return nil, directory.InvalidField("entry", "field.required", nil)
	}
	var verdicts app.Verdicts
	total := 0
	var err error
	if in.Body.Preview {
		var p app.UndoPreview
		p, err = f.App.Undo.Preview(ctx, v.actor, v.id(), t)
		verdicts, total = p.Verdicts, p.Total
	} else {
		verdicts, err = f.App.Undo.Do(ctx, v.actor, v.id(), t)
		total = len(verdicts)
	}
	if err != nil {
		return nil, err
	}
	return f.undone(v, verdicts, total), nil
}

func (f *Face) undone(v visit, verdicts app.Verdicts, total int) *undoAnswer {
	verdicts = slices.Clone(verdicts)
	for i := range verdicts {
		verdicts[i].Row = i + 1
	}
	plain := f.verdicts(v, verdicts, false).Body
	body := UndoVerdicts{Verdicts: make([]UndoVerdict, len(verdicts)), Total: total, Done: plain.Done, Refused: plain.Refused}
	for i, one := range verdicts {
		body.Verdicts[i].Verdict = plain.Verdicts[i]
		for _, field := range one.Left {
			body.Verdicts[i].Left = append(body.Verdicts[i].Left, Left{Field: field, Reason: "undo.changed_since"})
		}
		for _, b := range one.Because {
			body.Verdicts[i].Left = append(body.Verdicts[i].Left, Left{Field: b.Field, Of: b.What, Reason: b.Why.Code})
		}
	}
	return &undoAnswer{Body: body}
}
