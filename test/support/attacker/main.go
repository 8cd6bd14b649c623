// What a hostile learner might run, as one static program that needs nothing of an image. `attacker NAME [NUMBER]`
// does it, prints one line of JSON when it is done or has all that it could get, and then holds what it got until it is
// killed. It harms nothing: whatever it asks for that should be refused is asked for with arguments that do nothing.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

var attacks = map[string]func(number int) any{
	"system-calls": systemCalls,
	"descriptors":  descriptors,
	"memory":       memory,
	"zombies":      zombies,
	"shm":          sharedMemory,
	"ptys":         pseudoTerminals,
	"aio":          asynchronousIO,
	"pipes":        pipes,
	"unix":         unixSockets,
	"tcp":          tcpSockets,
	"udp":          udpSockets,
	"netlink":      netlinkSockets,
	"lines":        lines,
	"abstract":     abstractSocket,
	"open-device":  openDevice,
}

func main() {
	if len(os.Args) < 2 || attacks[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "attacker: no such attack")
		os.Exit(2)
	}
	number := 0
	if len(os.Args) > 2 {
		number, _ = strconv.Atoi(os.Args[2])
	}
	_ = json.NewEncoder(os.Stdout).Encode(attacks[os.Args[1]](number))
	if len(os.Args) > 3 && os.Args[3] == "hold" {
		time.Sleep(time.Hour)
	}
}
