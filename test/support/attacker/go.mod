module attacker

go 1.19
