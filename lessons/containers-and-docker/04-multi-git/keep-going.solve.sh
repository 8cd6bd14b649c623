cd ~/multi-git
cp testdata/keep_going_test.go .
# Take away the loop and all below it, and what you may have begun.
sed -i '/keepGoing :=/d; /^	status :=/d; /^	for _, repository/,$d' main.go
# Declare the flag.
sed -i '/flags.SetOutput/a\	keepGoing := flags.Bool("keep-going", false, "go on in the other repositories after git failed in one")' main.go
# Write the loop anew: it remembers a failure, and stops only without the flag.
cat >> main.go << 'END'
	status := 0
	for _, repository := range repositories {
		fmt.Fprintf(stdout, "== %s\n", repository.name)
		if err := repository.git(flags.Args(), stdout, stderr); err != nil {
			fmt.Fprintf(stderr, "multi-git: %s: %v\n", repository.name, err)
			status = 1
			if !*keepGoing {
				break
			}
		}
	}
	return status
}
END
go test && go build
