package dynamo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"plumbline/internal/table"
)

// attempts bounds how often a call is repeated that DynamoDB neither refused nor
// carried out.
const attempts = 10

// undisturbed repeats a write while other transactions are in its way: the client
// leaves that to its caller. In the end it is a conflict that names no key.
func undisturbed(ctx context.Context, attempted string, write func() error) error {
	for attempt := 0; ; attempt++ {
		err := write()
		var disturbed *types.TransactionConflictException
		var conflict *table.ConflictError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &conflict), errors.Is(err, table.ErrBusy):
			return fmt.Errorf("%s: %w", attempted, err)
		case !errors.Is(err, errDisturbed) && !errors.As(err, &disturbed):
			return fail(attempted, err)
		}
		switch err := pause(ctx, attempt); {
		case errors.Is(err, table.ErrBusy):
			return fmt.Errorf("%s: %w", attempted, &table.ConflictError{})
		case err != nil:
			return fmt.Errorf("%s: %w", attempted, err)
		}
	}
}

// pause waits for a random time that grows with the attempts, counted from 0, to at
// most half a second; after the last of them it gives [table.ErrBusy] at once.
func pause(ctx context.Context, attempt int) error {
	if attempt+1 >= attempts {
		return fmt.Errorf("%w: given up after %d attempts", table.ErrBusy, attempts)
	}
	limit := min(500*time.Millisecond, 10*time.Millisecond<<attempt)
	timer := time.NewTimer(time.Millisecond + rand.N(limit))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
