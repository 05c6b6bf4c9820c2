// The function rescan-queue works the scans in the queue.
package main

import (
	"os"

	"plumbline/functions/internal/cloud"
	"plumbline/internal/service/readers"
	"plumbline/internal/setting"
)

func main() {
	os.Exit(cloud.Run(setting.Scan|setting.Read, readers.All(), func(s *cloud.Stack) (any, error) {
		return s.Jobs().Handle, nil
	}))
}
