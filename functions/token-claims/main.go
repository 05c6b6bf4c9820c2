// The function token-claims tells a Cognito user pool what its tokens say of a caller.
package main

import (
	"context"
	"log/slog"
	"os"

	"plumbline/functions/internal/start"
	"plumbline/internal/lambdarun/claims"
)

func main() {
	os.Exit(start.Run(func(context.Context, *slog.Logger) (any, slog.Level, error) {
		return claims.Handle, slog.LevelInfo, nil
	}))
}
