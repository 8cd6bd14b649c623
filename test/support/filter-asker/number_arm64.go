package main

const (
	numberSeccomp = 277
	numberSocket  = 198
)

var unfiltered map[int]bool
