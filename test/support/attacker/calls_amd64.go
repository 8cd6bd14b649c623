package main

// Numbers of system calls that Go does not name, or that other architectures do not have.
const (
	numberKcmp           = 312
	numberFinitModule    = 313
	numberBpf            = 321
	numberUserfaultfd    = 323
	numberOpenByHandleAt = 304
	numberSetns          = 308
	numberKexecFileLoad  = 320
	numberClockAdjtime   = 305
	numberIoperm         = 173
	numberIopl           = 172
)
