package page

import "slices"

// Zones are the time zones that forms offer: those of Europe and of France overseas,
// and the one there is already.
func Zones(own string) []string {
	offered := []string{"Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest",
		"Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Lisbon", "Europe/London", "Europe/Luxembourg", "Europe/Madrid",
		"Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Sofia", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw",
		"Europe/Zurich", "America/Cayenne", "America/Guadeloupe", "America/Martinique", "America/Miquelon", "Indian/Mayotte", "Indian/Reunion",
		"Pacific/Noumea", "Pacific/Tahiti", "UTC"}
	if !slices.Contains(offered, own) {
		offered = append(offered, own)
	}
	return offered
}
