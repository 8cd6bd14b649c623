package picture

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"slipway/beneath"
)

const (
	// maxDescription is more than the engine writes of one container, in bytes.
	maxDescription = 256 << 10
	// maxContainers bounds how many names are remembered.
	maxContainers = 64
	// maxCgroup is more than the kernel writes of a process's control groups, in bytes.
	maxCgroup = 4 << 10
)

// ofEngine is a control group that the engine made, by the id of its container.
var ofEngine = regexp.MustCompile(`(?m):/(?:.*/)?docker/([0-9a-f]{64})(?:/|$)`)

// containers tells what the engine calls its containers. It reads the engine's own files, so that an engine is neither
// started by that nor kept awake.
type containers struct {
	// folder is the engine's, open since the sandbox's start; -1: there is none.
	folder int
	known  map[string]*Container
}

// of tells which container a process is in; nil: none of the engine's, or it cannot be told.
func (c *containers) of(proc, number int) *Container {
	if c.folder < 0 {
		return nil
	}
	groups, err := beneath.Read(proc, strconv.Itoa(number)+"/cgroup", maxCgroup)
	if err != nil {
		return nil
	}
	found := ofEngine.FindSubmatch(groups)
	if found == nil {
		return nil
	}
	id := string(found[1])
	if known := c.known[id]; known != nil {
		return known
	}
	read := c.read(id)
	if read != nil {
		if len(c.known) >= maxContainers {
			c.known = map[string]*Container{}
		}
		c.known[id] = read
	}
	return read
}

func (c *containers) read(id string) *Container {
	text, err := beneath.Read(c.folder, "containers/"+id+"/config.v2.json", maxDescription)
	if err != nil {
		return nil
	}
	var described struct {
		Name   string
		Config struct{ Image string }
	}
	if json.Unmarshal(text, &described) != nil {
		return nil
	}
	name := printable(strings.TrimPrefix(described.Name, "/"), 64)
	if name == "" {
		return nil
	}
	return &Container{Name: name, Image: printable(described.Config.Image, 128)}
}
