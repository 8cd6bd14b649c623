module filter-asker

go 1.19
