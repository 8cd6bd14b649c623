module multi-git

go 1.19
