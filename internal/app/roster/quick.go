package roster

import "intendant/internal/directory"

// CheckQuick refuses with add.too_many, with the count, more addresses than a quick
// form takes (ADD-10), and with addresses.empty none.
func CheckQuick(list directory.AddressList, limit int) *directory.Error {
	switch n := len(list.Addresses); {
	case n > limit:
		return directory.InvalidField("addresses", "add.too_many", directory.Args{"Count": n, "Limit": limit})
	case n == 0 && len(list.Faults) == 0:
		return directory.InvalidField("addresses", "addresses.empty", nil)
	}
	return nil
}

// FaultRows are the pieces of a paste that are no address, as rows that are refused
// with their line (ADD-2).
func FaultRows(faults []directory.AddressFault) []NewMember {
	rows := make([]NewMember, len(faults))
	for i, f := range faults {
		rows[i] = NewMember{Row: f.Line, Email: directory.Excerpt(f.Text),
			Fault: directory.InvalidField("addresses", f.Code, directory.Args{"Text": directory.Excerpt(f.Text)})}
	}
	return rows
}
