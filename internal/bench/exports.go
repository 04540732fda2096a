package bench

import (
	"fmt"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// exports measures the file of all members, as text and as a workbook, from the first
// row until it can be downloaded, and how large it is (REP-2).
func (r *run) exports() error {
	for _, format := range directory.ExportFormats() {
		var e directory.Export
		err := r.rate("export-"+string(format), int(r.members), func() (err error) {
			if e, err = r.exported(format); err == nil && e.State != directory.ExportDone {
				err = fmt.Errorf("the export is %s: %v", e.State, e.Stopped)
			}
			return err
		})
		if err != nil {
			return err
		}
		if name := "export-" + string(format) + "-file"; e.ID != 0 && r.wanted("export-"+string(format)) {
			r.tell(Figure{Name: name, Database: r.Database, Members: r.members, Bytes: e.Bytes})
		}
	}
	return nil
}

func (r *run) exported(format directory.ExportFormat) (directory.Export, error) {
	e, err := r.App.Exports.Begin(r.ctx, r.actor, r.account.ID, app.ExportAsk{Kind: directory.ExportMembers, Format: format, Query: app.MemberQuery{}, Language: r.account.Language})
	if err != nil {
		return e, err
	}
	if err := r.App.Exports.RunExport(r.ctx, directory.Job{Subject: int64(e.ID)}); err != nil {
		return e, err
	}
	return r.App.Exports.Find(r.ctx, r.actor, r.account.ID, e.UUID)
}
