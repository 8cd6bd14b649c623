package main

// Numbers of system calls that Go does not name, or that other architectures do not have.
const (
	numberKcmp           = 272
	numberFinitModule    = 273
	numberBpf            = 280
	numberUserfaultfd    = 282
	numberOpenByHandleAt = 265
	numberSetns          = 268
	numberKexecFileLoad  = 294
	numberClockAdjtime   = 266
	numberIoperm         = missing
	numberIopl           = missing
)
