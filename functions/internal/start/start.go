// Package start is the beginning that all functions share: a log of JSON lines, one line
// where a function cannot start, and Lambda's loop.
//
// Start at [Run].
package start

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"

	"github.com/aws/aws-lambda-go/lambda"
)

// limitMemory has garbage collected before the function has used up its memory, which is
// given in MiB; what Lambda gives is always a number.
func limitMemory(size string) {
	if mib, err := strconv.ParseInt(size, 10, 64); err == nil {
		debug.SetMemoryLimit(mib << 20 * 7 / 8)
	}
}

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
	limitMemory(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"))
	lambda.Start(handler)
	return 0
}
