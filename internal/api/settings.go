package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// Settings are what an account sets for itself, by the names of
// directory.AccountSettings, and the version.
type Settings map[string]any

// Schema describes an answer, row by row.
func (Settings) Schema(huma.Registry) *huma.Schema {
	s := settingsSchema("The version, for If-Match.")
	s.Required = []string{"version"}
	for _, row := range directory.AccountSettings() {
		s.Required = append(s.Required, row.ID)
	}
	return s
}

// SettingsChange is what is set; the rest stays.
type SettingsChange directory.SettingsChange

// Schema describes a change, row by row.
func (SettingsChange) Schema(huma.Registry) *huma.Schema {
	return settingsSchema("The version the change is made on, when If-Match does not say it.")
}

// mostLanguages is more than any catalogue has.
const mostLanguages = 50

func settingsSchema(version string) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{
		"version": {Type: huma.TypeString, Description: version, Examples: []any{"3"}}}}
	for _, row := range directory.AccountSettings() {
		s.Properties[row.ID] = settingSchema(row)
	}
	return s
}

// settingSchema describes one setting. Its bounds are told, not held here: out of
// them it is refused by its own rule.
func settingSchema(row directory.Setting) *huma.Schema {
	most := mostLanguages
	switch row.Kind {
	case directory.NumberSetting:
		bounds := fmt.Sprintf("From %d to %d", row.Bounds.Least, row.Bounds.Most)
		if row.Bounds.Never {
			bounds += ", or 0 for never"
		}
		return &huma.Schema{Type: huma.TypeInteger, Description: bounds + ". Rule " + row.Rule + ".", Examples: []any{row.Bounds.Least}}
	case directory.ToggleSetting:
		return &huma.Schema{Type: huma.TypeBoolean, Description: "Rule " + row.Rule + "."}
	case directory.LanguagesSetting:
		return &huma.Schema{Type: huma.TypeArray, MaxItems: &most, Items: &huma.Schema{Type: huma.TypeString}, Description: "Some of the catalogue's languages.",
			Examples: []any{[]string{directory.French, directory.English}}}
	case directory.ChoiceSetting:
		s := &huma.Schema{Type: huma.TypeString, Description: "Rule " + row.Rule + "."}
		for _, choice := range row.Choices {
			s.Enum = append(s.Enum, choice)
		}
		return s
	}
	return &huma.Schema{Type: huma.TypeString}
}

type settingsAnswer struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body Settings
}

type editSettings struct {
	InAccount
	Conditional
	Body SettingsChange
}

func (f *Face) settings() {
	tag := []string{"account"}
	operation(f, huma.Operation{OperationID: "get-settings", Method: http.MethodGet, Path: "/accounts/{account}/settings", Tags: tag,
		Summary: "Read the settings", Description: "What holds: what the account set for itself, else what its catalogue says."}, f.getSettings)
	operation(f, huma.Operation{OperationID: "edit-settings", Method: http.MethodPatch, Path: "/accounts/{account}/settings", Tags: tag,
		Summary: "Change settings", Description: "What is absent stays. Where the catalogue asks for something, an account may be stricter, never laxer.",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}}, f.editSettings)
}

func (f *Face) getSettings(ctx context.Context, v visit, _ *InAccount) (*settingsAnswer, error) {
	now, err := f.App.Accounts.Settings(ctx, v.actor, v.id())
	if err != nil {
		return nil, err
	}
	return settingsOf(now.AccountSettings), nil
}

func settingsOf(now app.AccountSettings) *settingsAnswer {
	version := strconv.FormatInt(now.Version, 10)
	answer := &settingsAnswer{ETag: quoted(version), Body: Settings{"version": version}}
	for _, row := range directory.AccountSettings() {
		answer.Body[row.ID] = row.At(&now.Settings)
	}
	return answer
}

func (f *Face) editSettings(ctx context.Context, v visit, in *editSettings) (*settingsAnswer, error) {
	var said string
	if text, ok := in.Body["version"]; ok {
		if err := json.Unmarshal(text, &said); err != nil {
			return nil, directory.InvalidField("version", "request.invalid", nil)
		}
	}
	version, err := f.number(v, in.Conditional, said)
	if err != nil {
		return nil, err
	}
	if err := f.App.Accounts.EditSettings(ctx, v.actor, v.id(), version, directory.SettingsChange(in.Body)); err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return f.getSettings(ctx, v, &in.InAccount)
}
