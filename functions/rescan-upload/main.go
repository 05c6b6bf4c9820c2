// The function rescan-upload scans what an upload to S3 changes.
package main

import (
	"os"

	"plumbline/functions/internal/cloud"
	"plumbline/internal/service/readers"
	"plumbline/internal/setting"
)

func main() {
	os.Exit(cloud.Run(setting.Scan|setting.Read, readers.All(), func(s *cloud.Stack) (any, error) {
		uploads, err := s.Uploads()
		if err != nil {
			return nil, err
		}
		return uploads.Handle, nil
	}))
}
