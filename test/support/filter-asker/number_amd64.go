package main

const (
	numberSeccomp = 317
	numberSocket  = 41
)

// unfiltered are uretprobe and uprobe, which the kernel makes for itself in a program that is being traced. It asks no
// filter about them, and ends whoever else makes them.
var unfiltered = map[int]bool{335: true, 336: true}
