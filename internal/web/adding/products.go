package adding

import "intendant/internal/directory"

// offerNames are what offers are called.
func offerNames(t task, offers []string) []string {
	names := make([]string, len(offers))
	for i, offer := range offers {
		names[i] = t.catalogue.OfferName(directory.OfferOf(offer), t.Printer.Lang())
	}
	return names
}
