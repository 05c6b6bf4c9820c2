// The function rescan-schedule queues the scans that are due, on each call of EventBridge Scheduler.
package main

import (
	"os"

	"plumbline/functions/internal/cloud"
	"plumbline/internal/setting"
)

func main() {
	os.Exit(cloud.Run(setting.Scan, nil, func(s *cloud.Stack) (any, error) {
		return s.Schedule().Handle, nil
	}))
}
