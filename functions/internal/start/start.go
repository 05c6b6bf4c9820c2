// Package start is the beginning that all functions share: a log of JSON lines, one line
// where a function cannot start, and Lambda's loop.
//
// Start at [Run].
package start

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

// Run starts the function whose handler build makes, with the log at the level that it
// gives, and returns the code to exit with where it cannot start; else it does not return.
func Run(build func(ctx context.Context, log *slog.Logger) (handler any, level slog.Level, err error)) (code int) {
	level := new(slog.LevelVar)
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	handler, wanted, err := build(context.Background(), log)
	if err != nil {
		log.Error("start", "err", err)
		return 1
	}
	level.Set(wanted)
	lambda.Start(handler)
	return 0
}
