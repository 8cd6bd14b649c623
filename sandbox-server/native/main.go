// Slipway's native program: one static executable with two faces.
//
// Inside every sandbox it is process 1 (init) and, for an instant, each process that init starts (child). Outside it
// makes a sandbox's mounts and calls the container runtime (launch), connects a sandbox to the internet (network), stores
// what a sandbox wrote (layer), and tells what the host can do (probe).
// It uses the standard library alone, so that it runs in any image.
package main

import (
	"fmt"
	"os"

	"slipway/child"
	"slipway/launch"
	"slipway/network"
	"slipway/pid1"
	"slipway/urgent"
)

func main() {
	name := ""
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	switch name {
	case "init":
		pid1.Main()
	case child.Command:
		child.Main(os.Args[2:])
	case "launch":
		launch.Main()
	case "layer":
		launch.LayerMain()
	case "network":
		network.Main()
	case network.NamespaceCommand:
		network.NamespaceMain()
	case network.KeepCommand:
		network.KeepMain()
	case "runtime":
		launch.RuntimeMain(os.Args[2:])
	case "true":
		// What the supervisor runs in an empty container to find out whether the runtime works here.
	case "wait":
		launch.WaitMain()
	case launch.UserNamespaceCommand:
		launch.UserNamespaceMain(os.Args[2:])
	case urgent.Command:
		urgent.Main(os.Args[2:])
	case "hold":
		launch.HoldMain(os.Args[2:])
	case launch.ProbeNestingCommand:
		launch.ProbeNestingMain()
	case "probe":
		launch.ProbeMain(os.Args[2:])
	default:
		fmt.Fprintln(os.Stderr, "slipway-native is run by Slipway itself: init | child | launch | layer | network | runtime | hold | probe")
		os.Exit(2)
	}
}
