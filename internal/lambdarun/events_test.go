package lambdarun_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"plumbline/internal/lambdarun"
	"plumbline/internal/scan"
)

func TestUploads(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]string{
		"s3-notification": {"estate acme/my states/ä+b.tfstate", "estate acme/prod/vpc.tfstate",
			"removed estate acme/prod/old.tfstate", "removed estate acme/prod/older.tfstate"},
		"s3-test":             nil,
		"eventbridge-created": {"theirs acme/100%25+b/ä.tfstate"},
		"eventbridge-deleted": {"removed theirs acme/vpc.tfstate"},
		"eventbridge-other":   nil,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			var got []string
			var log bytes.Buffer
			uploads := lambdarun.Uploads{Log: slog.New(slog.NewJSONHandler(&log, nil)), Upload: func(_ context.Context, bucket, key string, removed bool) error {
				change := bucket + " " + key
				if removed {
					change = "removed " + change
				}
				got = append(got, change)
				return nil
			}}
			if err := uploads.Handle(t.Context(), event[json.RawMessage](t, file)); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(want, got); diff != "" || log.Len() > 0 {
				t.Errorf("log %s, changes (-want +got):\n%s", log.String(), diff)
			}
		})
	}
}

func TestAnUploadThatFailsDoesNotHideOthers(t *testing.T) {
	t.Parallel()
	busy := errors.New("busy")
	calls := 0
	uploads := lambdarun.Uploads{Log: slog.New(slog.DiscardHandler), Upload: func(context.Context, string, string, bool) error {
		calls++
		if calls == 2 {
			return busy
		}
		return nil
	}}
	err := uploads.Handle(t.Context(), event[json.RawMessage](t, "s3-notification"))
	if !errors.Is(err, busy) || calls != 4 || !strings.Contains(err.Error(), "s3://estate/acme/prod/vpc.tfstate") {
		t.Errorf("error %v after %d calls", err, calls)
	}
}

func TestAnEventOfNoShapeIsLoggedAndDropped(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{}`, `[]`, `"x"`, `{"Records":[{"s3":{"object":{"key":"%zz"}}}]}`, `{"scheduledTime":"now"}`} {
		var log bytes.Buffer
		uploads := lambdarun.Uploads{Log: slog.New(slog.NewJSONHandler(&log, nil))}
		if err := uploads.Handle(t.Context(), json.RawMessage(text)); err != nil || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%s: %v, log %s", text, err, log.String())
		}
	}
}

func TestInlineStopsBeforeTheFunctionMust(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	ctx, cancel := context.WithDeadline(t.Context(), now.Add(time.Hour))
	defer cancel()
	var got time.Time
	inline := lambdarun.Inline{Now: func() time.Time { return now }, Work: func(_ context.Context, _ scan.Job, deadline time.Time) error {
		got = deadline
		return nil
	}}
	if err := inline.Send(ctx, scan.Job{}); err != nil {
		t.Fatal(err)
	}
	if want := now.Add(time.Hour - 15*time.Second); !got.Equal(want) {
		t.Errorf("deadline %s, want %s", got, want)
	}
	if err := inline.Send(t.Context(), scan.Job{}); err != nil || !got.IsZero() {
		t.Errorf("deadline %s, %v, want none", got, err)
	}
}

func TestATickGoesOnUntilNothingIsDue(t *testing.T) {
	t.Parallel()
	left := []int{100, 100, 7, 0, 5}
	calls := 0
	schedule := lambdarun.Schedule{Tick: func(context.Context, int) (int, error) {
		calls++
		return left[calls-1], nil
	}}
	if err := schedule.Handle(t.Context()); err != nil || calls != 4 {
		t.Errorf("%d calls, %v, want 4", calls, err)
	}
	down := errors.New("down")
	schedule.Tick = func(context.Context, int) (int, error) { return 3, down }
	if err := schedule.Handle(t.Context()); !errors.Is(err, down) {
		t.Errorf("error %v, want %v", err, down)
	}
}

func TestJobsThatFailComeAgainAlone(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	var worked []string
	var log bytes.Buffer
	handler := lambdarun.Jobs{
		Now: func() time.Time { return now }, Log: slog.New(slog.NewJSONHandler(&log, nil)),
		Work: func(_ context.Context, job scan.Job, deadline time.Time) error {
			id := job.Source.ID.String()
			worked = append(worked, id[len(id)-1:])
			if !deadline.Equal(now.Add(5 * time.Minute)) {
				t.Errorf("deadline %s", deadline)
			}
			if strings.HasSuffix(id, "4") {
				panic("broken")
			}
			return nil
		},
	}
	answer, err := handler.Handle(t.Context(), event[events.SQSEvent](t, "sqs"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1", "4", "5"}, worked); diff != "" {
		t.Errorf("worked (-want +got):\n%s", diff)
	}
	var failed []string
	for _, failure := range answer.BatchItemFailures {
		failed = append(failed, failure.ItemIdentifier[35:])
	}
	if diff := cmp.Diff([]string{"2", "3", "4"}, failed); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 3 {
		t.Errorf("%d lines in the log, want 3: %s", lines, log.String())
	}
}

func TestJobsWhoseTurnDoesNotComeAreNotWorked(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	calls := 0
	handler := lambdarun.Jobs{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
		Work: func(context.Context, scan.Job, time.Time) error {
			calls++
			now = now.Add(6 * time.Minute)
			return nil
		}}
	answer, err := handler.Handle(t.Context(), event[events.SQSEvent](t, "sqs"))
	if err != nil || calls != 1 || len(answer.BatchItemFailures) != 4 {
		t.Errorf("%d calls, failures %v, %v", calls, answer.BatchItemFailures, err)
	}
}

func TestAJobThatEndedItsFunctionIsParkedAfterItsLastTry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		received string
		died     bool
		want     string
	}{{"1", true, "worked"}, {"2", true, "worked"}, {"3", false, "worked"}, {"3", true, "parked"}, {"5", true, "parked"}, {"", true, "worked"}} {
		got := ""
		handler := lambdarun.Jobs{Log: slog.New(slog.DiscardHandler), Now: time.Now,
			Work: func(context.Context, scan.Job, time.Time) error { got += "worked"; return nil },
			Died: func(context.Context, scan.Job) (bool, error) { return c.died, nil },
			Park: func(context.Context, scan.Job, time.Time) error { got += "parked"; return nil }}
		e := event[events.SQSEvent](t, "sqs")
		e.Records = e.Records[:1]
		e.Records[0].Attributes["ApproximateReceiveCount"] = c.received
		if answer, err := handler.Handle(t.Context(), e); err != nil || len(answer.BatchItemFailures) > 0 || got != c.want {
			t.Errorf("received %s times, died %t: %s, want %s; %v, %v", c.received, c.died, got, c.want, answer, err)
		}
	}
}
