// Package picture looks at a sandbox from its process 1: which processes there are, in which namespaces, and what they
// use. It starts nothing, writes nothing, and asks no program: all of it is read from the kernel, and the names of an
// engine's containers from the engine's own files.
package picture

// Picture is what a page shows as its live figure. Everything in it is bounded, and names are printable.
type Picture struct {
	// Kernel is the release of the machine's one kernel.
	Kernel   string `json:"kernel"`
	Hostname string `json:"hostname"`
	Use      Use    `json:"use"`
	// Engine is null where the image has none.
	Engine *Engine `json:"engine"`
	Box    Box     `json:"box"`
}

// Use of the sandbox as a whole. A limit of 0 is none.
type Use struct {
	MemoryBytes    int64 `json:"memoryBytes"`
	MemoryLimit    int64 `json:"memoryLimit"`
	Processes      int64 `json:"processes"`
	ProcessesLimit int64 `json:"processesLimit"`
	// CPU is how many hundredths of one processor were used lately.
	CPU int64 `json:"cpu"`
}

// Engine is the sandbox's Docker Engine.
type Engine struct {
	// Since is when it was started, in milliseconds since 1970; null while it does not run.
	Since *int64 `json:"since"`
}

// Box is a group of processes that are in the same namespaces.
type Box struct {
	// Own are the namespaces that are others than those of the box around it, by kind; those of the outermost are all.
	Own map[string]uint64 `json:"own"`
	// Container is what the engine calls it, where it is one of the engine's.
	Container *Container `json:"container,omitempty"`
	Processes []Process  `json:"processes"`
	// More is how many processes are not listed.
	More  int   `json:"more,omitempty"`
	Boxes []Box `json:"boxes"`
	// MoreBoxes is how many boxes are not listed, with all that is in them.
	MoreBoxes int `json:"moreBoxes,omitempty"`
}

// Container is one of the engine's.
type Container struct {
	Name  string `json:"name"`
	Image string `json:"image"`
}

// Process is one that runs, or has ended and was not waited for.
type Process struct {
	// Number is its process id as the sandbox sees it, Inside as its own pid namespace does.
	Number int    `json:"number"`
	Inside int    `json:"inside"`
	Parent int    `json:"parent"`
	User   string `json:"user"`
	// Command is the name that the kernel has for it.
	Command string `json:"command"`
	Ended   bool   `json:"ended,omitempty"`
	// Unknown: nobody here may read which namespaces it is in. It is listed with its parent.
	Unknown bool `json:"unknown,omitempty"`
}

const (
	// maxBoxes and maxDepth bound the boxes in the outermost; what is deeper stands beside the deepest.
	maxBoxes = 24
	maxDepth = 4
	// maxOutermost and maxInBox bound the processes that are listed of a box.
	maxOutermost = 40
	maxInBox     = 12
)
