// Package jobs sends scans to SQS, and reads them from its messages.
//
// Its one invariant: a message says its version, and one of another version is an
// error, never half understood; so functions of two deployments can share the queue.
//
// The group of a message is its organisation. On a standard queue that orders nothing:
// SQS then serves the other organisations first while one of them has a backlog.
// Source: Amazon SQS developer guide, "Amazon SQS fair queues".
//
// Start at [Queue] and [Decode].
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
)

// version is of the message's body.
const version = 1

// message is the body of version 1. Ids that are zero are left out.
type message struct {
	Version      int           `json:"version"`
	Organisation string        `json:"organisation"`
	Project      string        `json:"project"`
	ProjectID    uuid.UUID     `json:"projectId"`
	Source       uuid.UUID     `json:"source"`
	Trigger      drift.Trigger `json:"trigger"`
	Actor        string        `json:"actor"`
	ScanID       uuid.UUID     `json:"scanId,omitzero"`
	Force        uuid.UUID     `json:"force,omitzero"`
	Full         bool          `json:"full,omitzero"`
}

// Queue implements [scan.Queue] on an SQS queue. Safe for concurrent use.
type Queue struct {
	// SendMessage is the client's. The queue does not hold the client itself, all whose
	// methods a program would keep in which templates run.
	SendMessage func(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
	URL         string
}

var _ scan.Queue = (*Queue)(nil)

// Send implements [scan.Queue]: the job is in the queue when it returns.
func (q *Queue) Send(ctx context.Context, job scan.Job) error {
	body, err := Encode(job)
	if err == nil {
		_, err = q.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.URL, MessageBody: &body, MessageGroupId: &job.Source.Organisation})
	}
	if err != nil {
		return fmt.Errorf("send job of source %s: %w", job.Source.ID, err)
	}
	return nil
}

// Encode gives the body of a job's message.
func Encode(job scan.Job) (string, error) {
	body, err := json.Marshal(message{
		Version: version, Organisation: job.Source.Organisation, Project: job.Source.Project,
		ProjectID: job.Source.ProjectID, Source: job.Source.ID, Trigger: job.Trigger, Actor: job.Actor,
		ScanID: job.ScanID, Force: job.Force, Full: job.Full,
	})
	return string(body), err
}

// Decode reads the body of a message.
func Decode(body string) (scan.Job, error) {
	var m message
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return scan.Job{}, fmt.Errorf("parse job: %w", err)
	}
	switch {
	case m.Version != version:
		return scan.Job{}, fmt.Errorf("parse job: version %d, known is %d", m.Version, version)
	case m.Source == uuid.Nil || m.ProjectID == uuid.Nil:
		return scan.Job{}, errors.New("parse job: it names no source")
	}
	source := drift.SourceRef{Organisation: m.Organisation, Project: m.Project, ProjectID: m.ProjectID, ID: m.Source}
	return scan.Job{Source: source, Trigger: m.Trigger, Actor: m.Actor, ScanID: m.ScanID, Force: m.Force, Full: m.Full}, nil
}
