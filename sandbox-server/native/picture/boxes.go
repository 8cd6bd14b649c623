package picture

import "sort"

// group is a box with what it is made from.
type group struct {
	in      namespaces
	outer   *group
	members []*process
	inner   []*group
	depth   int
}

// boxes puts processes that are in the same namespaces into one group, and each group into that whose own namespaces it
// has all of, with more of its own: who leaves some namespaces and not others stands inside of those that they stayed in.
// The first process is process 1, whose namespaces are the sandbox's.
func boxes(all []*process) *group {
	root := &group{in: all[0].in}
	groups := []*group{root}
	byNamespaces := map[namespaces]*group{root.in: root}
	where := map[int]*group{}
	for _, one := range all {
		in := one.in
		for i := range in {
			if in[i] == 0 {
				in[i] = root.in[i] // a kernel without this kind, or a process that is ending
			}
		}
		home := byNamespaces[in]
		// The namespaces of a process that has ended are gone.
		if one.Ended || one.Unknown {
			if home = where[one.Parent]; home == nil {
				home = root
			}
		} else if home == nil {
			home = &group{in: in}
			byNamespaces[in] = home
			groups = append(groups, home)
		}
		home.members = append(home.members, one)
		where[one.Number] = home
	}
	nest(root, groups[1:])
	return root
}

// nest puts each group into the one that it shares most of with.
func nest(root *group, others []*group) {
	// Those that left least come first, so that what they may stand in has its place already.
	sort.SliceStable(others, func(a, b int) bool { return others[a].left(root) < others[b].left(root) })
	for i, one := range others {
		one.outer = root
		for _, candidate := range others[:i] {
			if candidate.depth < maxDepth && candidate.left(root) < one.left(root) && one.within(candidate, root) &&
				candidate.left(root) > one.outer.left(root) {
				one.outer = candidate
			}
		}
		one.depth = one.outer.depth + 1
		one.outer.inner = append(one.outer.inner, one)
	}
}

// left counts the namespaces that are not the root's.
func (g *group) left(root *group) int {
	n := 0
	for i := range g.in {
		if g.in[i] != root.in[i] {
			n++
		}
	}
	return n
}

// within tells whether it shares every namespace that the other does not have from the root.
func (g *group) within(other, root *group) bool {
	for i := range g.in {
		if other.in[i] != root.in[i] && g.in[i] != other.in[i] {
			return false
		}
	}
	return true
}

// drawn makes the box of it. `room` is how many more boxes there may be.
func (g *group) drawn(room *int, container func(*process) *Container) Box {
	box := Box{Own: g.own(), Processes: []Process{}, Boxes: []Box{}}
	most := maxInBox
	if g.outer == nil {
		most = maxOutermost
	} else if len(g.members) > 0 {
		box.Container = container(g.members[0])
	}
	for _, one := range g.members {
		if len(box.Processes) < most {
			box.Processes = append(box.Processes, one.Process)
		} else {
			box.More++
		}
	}
	sort.SliceStable(g.inner, func(a, b int) bool { return g.inner[a].first() < g.inner[b].first() })
	for _, inner := range g.inner {
		if *room <= 0 {
			box.MoreBoxes++
			continue
		}
		*room--
		box.Boxes = append(box.Boxes, inner.drawn(room, container))
	}
	return box
}

func (g *group) first() int {
	return g.members[0].Number
}

func (g *group) own() map[string]uint64 {
	own := map[string]uint64{}
	for i, kind := range Kinds {
		if g.in[i] != 0 && (g.outer == nil || g.in[i] != g.outer.in[i]) {
			own[kind] = g.in[i]
		}
	}
	return own
}
