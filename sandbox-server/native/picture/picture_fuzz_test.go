package picture

import (
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// shown tells whether a text may stand in a picture.
func shown(text string, most int) bool {
	return len(text) <= most && utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return r != utf8.RuneError && !unicode.IsPrint(r) }) < 0
}

// A process gives itself any name that it likes.
func FuzzStatus(f *testing.F) {
	f.Add([]byte("Name:\tbash\nState:\tS (sleeping)\nPPid:\t1\nUid:\t1000\t1000\t1000\t1000\nNSpid:\t7\t1\n"))
	f.Add([]byte("Name:\ta\\nb\\\\\x1b]0;\xff\nState:\nPPid:\t99999999999999999999\nUid:\t1\nNSpid:\tx\n"))
	f.Add([]byte("Name\n:\n\t:\nName:" + strings.Repeat("ä", 100)))
	f.Fuzz(func(t *testing.T, status []byte) {
		one := parseStatus(7, status)
		if one.Number != 7 || !shown(one.Command, 64) {
			t.Errorf("%+v", one.Process)
		}
	})
}

// Whoever makes namespaces as they like: each process that is read is drawn, counted, or in a box that is counted, and
// there are no more and no deeper boxes than a picture has.
func FuzzBoxes(f *testing.F) {
	f.Add([]byte{0, 1, 1, 3, 2, 7, 3, 255, 128, 4})
	f.Add([]byte(strings.Repeat("\x01\x02\x04\x08\x10\x20\x40\x80", 12)))
	f.Add([]byte(strings.Repeat("\xff\x01", 60)))
	f.Add([]byte("\x01\x03\x07\x0f\x1f\x3f\x7f\xff"))
	f.Fuzz(func(t *testing.T, kinds []byte) {
		if len(kinds) > maxRead {
			return
		}
		all := []*process{at(1, 0, "init", nil)}
		for n, bits := range kinds {
			one := at(n+2, 1+n/2, "p", nil)
			for i := range Kinds {
				// Bits tell which namespaces are not the sandbox's; those that are near share them.
				if bits>>(i%8)&1 == 1 {
					one.in[i] = uint64(1000*i + n/16)
				}
			}
			one.Ended, one.Unknown = bits == 77, bits == 78
			all = append(all, one)
		}
		box := draw(all...)
		drawn, counted, hidden, number, depth := 0, 0, 0, 0, 0
		var walk func(box Box, deep int)
		walk = func(box Box, deep int) {
			drawn, counted, hidden = drawn+len(box.Processes), counted+box.More, hidden+box.MoreBoxes
			if deep > depth {
				depth = deep
			}
			for _, inner := range box.Boxes {
				number++
				walk(inner, deep+1)
			}
		}
		walk(box, 0)
		if number > maxBoxes || depth > maxDepth {
			t.Errorf("%d boxes, %d deep", number, depth)
		}
		if drawn+counted > len(all) || hidden == 0 && drawn+counted != len(all) {
			t.Errorf("%d drawn, %d counted, %d boxes hidden, of %d", drawn, counted, hidden, len(all))
		}
	})
}

// Root in a sandbox writes the engine's files as they like, and names control groups.
func FuzzContainers(f *testing.F) {
	id := strings.Repeat("0123456789abcdef", 4)
	f.Add("0::/docker/"+id+"\n", `{"Name":"/web","Config":{"Image":"box"}}`)
	f.Add("3:pids:/x/docker/"+id+"/init\n", "{\"Name\":\"\\u001b]0;\",\"Config\":null}")
	f.Add("0::/docker/../../"+id, `{"Name":7}`)
	f.Add("", "[")
	folder := f.TempDir()
	engine := openFolder(f, folder)
	f.Fuzz(func(t *testing.T, groups, config string) {
		proc := t.TempDir()
		for _, err := range []error{
			os.MkdirAll(proc+"/7", 0o755), os.WriteFile(proc+"/7/cgroup", []byte(groups), 0o600),
			os.MkdirAll(folder+"/containers/"+id, 0o755), os.WriteFile(folder+"/containers/"+id+"/config.v2.json", []byte(config), 0o600),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		c := containers{folder: engine, known: map[string]*Container{}}
		found := c.of(openFolder(t, proc), 7)
		if found != nil && (found.Name == "" || !shown(found.Name, 64) || !shown(found.Image, 128)) {
			t.Errorf("%+v", found)
		}
		for known := range c.known {
			if known != id {
				t.Errorf("container %q", known)
			}
		}
	})
}

// What a control group's files say is a number, or nothing.
func FuzzUse(f *testing.F) {
	f.Add("max\n", "usage_usec 12\nuser_usec 9\n")
	f.Add("9223372036854771712\n", "9223372036854775808")
	f.Add("-5", "usage_usec\n")
	f.Fuzz(func(t *testing.T, memory, cpu string) {
		folder := t.TempDir()
		_ = os.WriteFile(folder+"/memory.max", []byte(memory), 0o600)
		_ = os.WriteFile(folder+"/cpu.stat", []byte(cpu), 0o600)
		m := openMeters(folder + "/")
		defer m.memoryLimit.Close()
		defer m.cpu.Close()
		if limit := number(m.memoryLimit); limit != 0 && !strings.ContainsAny(memory, "0123456789") {
			t.Errorf("%q is %d", memory, limit)
		}
		if used := cpuNanoseconds(m.cpu); used != 0 && !strings.ContainsAny(cpu, "0123456789") {
			t.Errorf("%q is %d", cpu, used)
		}
	})
}
