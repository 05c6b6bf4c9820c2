package dynamo

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"plumbline/internal/table"
)

// busy are the codes of errors after which nothing was written, of a call or of one
// action in a canceled transaction. The client has retried most of them already.
var busy = map[string]bool{
	"ProvisionedThroughputExceededException": true,
	"ProvisionedThroughputExceeded":          true,
	"RequestLimitExceeded":                   true,
	"ThrottlingException":                    true,
	"ThrottlingError":                        true,
	"TransactionInProgressException":         true,
}

// errDisturbed says that another transaction was under way on one of the items.
var errDisturbed = errors.New("another transaction is under way")

// fail names what was attempted and translates the errors that the port has.
func fail(attempted string, err error) error {
	var api smithy.APIError
	if errors.As(err, &api) && busy[api.ErrorCode()] {
		return fmt.Errorf("%s: %w: %w", attempted, table.ErrBusy, err)
	}
	return fmt.Errorf("%s: %w", attempted, err)
}

// canceledBy reads the reasons of a canceled transaction, which stand in the order of
// its ops. A condition that does not hold outweighs all else: no retry mends it.
func canceledBy(canceled *types.TransactionCanceledException, ops []table.Op) error {
	var conflict table.ConflictError
	var other error
	for i, reason := range canceled.CancellationReasons {
		if reason.Code == nil || i >= len(ops) {
			continue
		}
		switch code := *reason.Code; {
		case code == "ConditionalCheckFailed":
			conflict.Failed = append(conflict.Failed, ops[i].Item.Key)
		case code == "TransactionConflict":
			other = errDisturbed
		case busy[code]:
			other = fmt.Errorf("%w: %s at %s", table.ErrBusy, code, ops[i].Item.Key)
		}
	}
	switch {
	case conflict.Failed != nil:
		return &conflict
	case other != nil:
		return other
	}
	return canceled
}
