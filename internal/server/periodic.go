package server

import (
	"context"
	"time"

	"intendant/internal/app"
	"intendant/internal/jobs"
)

// handlers do the jobs that changes leave behind, by kind.
func (i *Installation) handlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{
		app.JobImport:    i.App.Imports.RunImport,
		app.JobAct:       i.App.Acts.Run,
		app.JobExport:    i.App.Exports.RunExport,
		app.JobRoles:     i.App.Catalogue.RunUpdate,
		app.JobRoleNames: i.App.Roles.FoldNames,

		app.JobCompanyNames: i.App.Companies.FoldNames,
		app.JobCompanyMerge: i.App.Companies.MoveMerged,
	}
}

// periodic is the work at intervals. Each finds nothing to do the second time:
// it runs on every node.
func (i *Installation) periodic() []jobs.Periodic {
	a := i.App
	// counted drops how much was done.
	counted := func(do func(context.Context) (int, error)) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := do(ctx)
			return err
		}
	}
	return []jobs.Periodic{
		{Name: "catalogue applied by another node", Every: 15 * time.Second, Run: a.Catalogue.Follow},
		{Name: "refused attempts into the access log", Every: 10 * time.Second, Run: a.KeepRefused},
		{Name: "external subscriptions that end", Every: 10 * time.Minute, Run: a.Seats.EndExternals},
		{Name: "uses of products", Every: 10 * time.Second, Run: a.Checks.WriteUses},
		{Name: "receipts of changes", Every: 10 * time.Minute, Run: a.PurgeReceipts},
		{Name: "places that end", Every: 10 * time.Minute, Run: counted(a.Members.EndPlaces)},
		{Name: "join requests that lapse", Every: time.Hour, Run: counted(a.JoinRequests.Lapse)},
		{Name: "reminders of join requests", Every: time.Hour, Run: a.JoinRequests.Remind},
		{Name: "subscriptions that end", Every: time.Hour, Run: a.Subscriptions.Notices},
		{Name: "passwords that end", Every: 6 * time.Hour, Run: a.Users.RenewalNotices},
		{Name: "retention of people's data", Every: 6 * time.Hour, Run: a.Users.Purge},
		{Name: "retention of printed letters", Every: time.Hour, Run: a.Keys.PurgeLetters},
		{Name: "retention of mails and jobs", Every: 6 * time.Hour, Run: a.Mails.Purge},
		{Name: "retention of the access log", Every: 6 * time.Hour, Run: a.History.PurgeAccess},
		{Name: "retention of imports", Every: 6 * time.Hour, Run: a.Imports.Purge},
		{Name: "retention of acts on many", Every: 6 * time.Hour, Run: a.Acts.Purge},
		{Name: "retention of exports", Every: time.Hour, Run: a.Exports.Purge},
	}
}
