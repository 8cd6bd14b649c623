module lookout

go 1.19
