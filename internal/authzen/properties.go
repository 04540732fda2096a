package authzen

// properties reads the one of them that is understood: the account that a resource
// is in (APP-3). Whatever else they say is passed.
func (r *reader) properties() (account string, noName, ok bool, err error) {
	if r.next() != '{' {
		ok, err = r.object()
		return "", false, ok, err
	}
	err = r.members(func(name string) (bit uint16, err error) {
		if name != "account" {
			return 0, nil
		}
		if r.null() {
			return 1, nil
		}
		var text bool
		account, text, err = r.text()
		noName = !text
		return 1, err
	})
	return account, noName, true, err
}
