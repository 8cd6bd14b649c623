package main

const (
	numberSeccomp = 354
	numberSocket  = 359
)

var unfiltered map[int]bool
