module slipway

go 1.19
