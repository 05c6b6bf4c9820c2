// The function rescan answers API Gateway for the API's group of that name.
package main

import (
	"os"

	"plumbline/functions/internal/cloud"
	"plumbline/internal/service/readers"
	"plumbline/internal/setting"
)

func main() {
	os.Exit(cloud.Run(setting.API|setting.Read, readers.All(), func(s *cloud.Stack) (any, error) {
		return s.API("rescan")
	}))
}
