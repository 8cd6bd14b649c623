// Lookout tells two things that programs count on and rarely bring along.
package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"time"
)

func main() {
	missing := false

	roots, err := x509.SystemCertPool()
	if err == nil && len(roots.Subjects()) > 0 {
		fmt.Println("certificates:", len(roots.Subjects()), "authorities to trust")
	} else {
		fmt.Println("certificates: none, so no HTTPS server can be trusted")
		missing = true
	}

	zone, err := time.LoadLocation("Asia/Tokyo")
	if err == nil {
		fmt.Println("time in Tokyo:", time.Now().In(zone).Format("15:04"))
	} else {
		fmt.Println("time in Tokyo:", err)
		missing = true
	}

	if missing {
		os.Exit(1)
	}
}
