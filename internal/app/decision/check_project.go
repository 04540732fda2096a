package decision

import (
	"intendant/internal/catalogue"
	"intendant/internal/directory"
)

// within reads where a product is to be used and what of it, and says why that is
// nothing: a property that is missing or unreadable, or a project, tool or level that
// there is not.
func (d *desk) within(u *usage, in *Using) (reason string) {
	switch {
	case in.Unreadable != "":
		return in.Unreadable
	case in.Level != "" && in.Tool == "":
		return ToolProperty
	case in.Project == "" && in.Tool != "":
		return ProjectProperty
	case in.Project == "":
		return ""
	}
	var found bool
	if u.project, found = d.project(in.Project); !found {
		return UnknownResource
	}
	if in.Tool == "" {
		return ""
	}
	tool, found := u.product.Tool(in.Tool)
	if !found {
		return UnknownResource
	}
	u.tool = &tool
	if in.Level != "" {
		if u.level = u.tool.Rank(in.Level); u.level < 0 {
			return UnknownResource
		}
	}
	return ""
}

// unreadable reports whether a reason says that a question cannot be understood.
func unreadable(reason string) bool {
	return reason == ProjectProperty || reason == ToolProperty || reason == LevelProperty
}

// refuseProperty refuses a search for want of a property.
func refuseProperty(name string) error {
	return directory.InvalidField("resource.properties."+name, "access.property", directory.Args{"Property": name})
}

// project is the project of a name: its public id, the id that the account's own
// systems know it by, or its number.
func (d *desk) project(name string) (directory.UnitID, bool) {
	if unit, found := d.x.Tree().UnitByUUID(name); found && d.isProject(unit) {
		return unit, true
	}
	if unit, found := d.x.Tree().UnitByExternal(name); found && d.isProject(unit) {
		return unit, true
	}
	unit, found := d.x.Contract().Projects.Numbered(name)
	return unit, found && d.isProject(unit)
}

func (d *desk) isProject(unit directory.UnitID) bool {
	project, inside := d.x.Tree().Project(unit)
	return inside && project == unit
}

// useThere answers for the use of a product in a project: it is switched on there, the
// person's place gives access, and all that use asks anywhere is there (SEAT-12).
// Nobody is in a project without a place, whatever they manage from above (PROJ-11).
func (d *desk) useThere(who *subject, u *usage) Answer {
	if !u.product.OpenTo(d.x.Contract().ServiceLevel) {
		return Answer{Reason: ServiceLevelClosed}
	}
	access, there := d.x.Place(who.place, u.project)
	switch {
	case !there:
		return Answer{Reason: NotInProject}
	case !u.product.Base && !d.x.Contract().Projects.Has(u.project, u.product.ID): // the base product always is (PROJ-5)
		return Answer{Reason: ProductOff}
	}
	given, is := access.Given(u.product.ID, who.rights.AdministersIn(u.project))
	no := d.opens(who, u.product, u.offer)
	switch {
	case !is && wantsSeat(no.Reason):
		return Answer{Reason: NoAccessNoSeat}
	case !is:
		return Answer{Reason: NoAccess}
	case no.Reason != "":
		return no
	case u.tool == nil:
		return Answer{Allowed: true}
	}
	return ofTool(u.tool, given, u.level)
}

// wantsSeat reports whether a reason says that somebody has neither a seat that counts
// nor a subscription of their own that does.
func wantsSeat(reason string) bool {
	switch reason {
	case NoSeat, LapsedSeat, ExternalOver, ExternalUnproved:
		return true
	}
	return false
}

// ofTool answers with the level that a place gives of a tool: yes where it is at least
// the one that is asked for, and gives anything at all (PROJ-12).
func ofTool(tool *catalogue.Tool, given directory.ProductAccess, least int) Answer {
	level := tool.Level(given)
	if level == catalogue.NoLevel || tool.Rank(level) < least && len(tool.Levels) > 0 {
		return Answer{Reason: ToolLevelLow, Level: level}
	}
	return Answer{Allowed: true, Level: level}
}
