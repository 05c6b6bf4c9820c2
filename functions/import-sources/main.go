// The function import-sources answers API Gateway for the API's group of that name.
package main

import (
	"os"

	"plumbline/functions/internal/cloud"
	"plumbline/internal/setting"
)

func main() {
	os.Exit(cloud.Run(setting.API, nil, func(s *cloud.Stack) (any, error) {
		return s.API("import-sources")
	}))
}
