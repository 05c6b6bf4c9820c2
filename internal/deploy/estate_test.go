package deploy_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/local/s3"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/registry"
	"plumbline/internal/scan"
	"plumbline/internal/scan/scantest"
	"plumbline/internal/service"
	"plumbline/internal/service/readers"
	"plumbline/internal/setting"
	"plumbline/internal/table/dynamo"
	"plumbline/internal/table/dynamo/dynamotest"
)

const (
	bucket    = "estate"
	digestKey = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
)

// estate is the service on a real DynamoDB table and an S3 in this process, with what
// the table has cost.
type estate struct {
	*service.Service
	t       *testing.T
	objects *object.Store
	meter   *meter
	jobs    *scantest.Queue
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	client := dynamotest.Client(t)
	s3Client, _ := startS3(t, nil)
	e := &estate{t: t, meter: &meter{}, jobs: &scantest.Queue{}, objects: object.New(s3Client)}
	e.meter.Table = dynamo.New(dynamo.Config{Client: client, Name: dynamotest.Create(t, client), Observe: e.meter.observe})
	ports := service.Ports{
		Table:   e.meter,
		Objects: e.objects, Blobs: object.Blobs{Store: e.objects, Bucket: bucket, Prefix: service.BlobPrefix},
		Queue: e.jobs, Readers: readers.All(), Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	var err error
	e.Service, err = service.New(ports, setting.Settings{
		Bucket: bucket, DigestKey: digestKey, Prefixes: place.Prefixes{Own: bucket}, MaxDocument: 512 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// startS3 serves a bucket in this process; notify may be nil.
func startS3(t *testing.T, notify func(s3.Event)) (client *awss3.Client, url string) {
	t.Helper()
	server, err := s3.Open(t.TempDir(), s3.Config{Buckets: []string{bucket}, Notify: notify})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server.Handler())
	t.Cleanup(listener.Close)
	return awss3.New(awss3.Options{
		BaseEndpoint: &listener.URL, Region: "eu-west-1", UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
	}), listener.URL
}

// upload writes a tf-state of n instances, of which the first changed have another
// size than those before.
func (e *estate) upload(key string, serial, n, changed int) {
	e.t.Helper()
	at := place.Location{Bucket: bucket, Key: key}
	body := bytes.NewReader([]byte(stateOf(serial, n, changed)))
	if _, err := e.objects.Put(e.t.Context(), at, body, object.PutOptions{}); err != nil {
		e.t.Fatal(err)
	}
}

func (e *estate) register(uri string, policy drift.Policy) drift.Source {
	e.t.Helper()
	source, _, err := e.Registry.Register(e.t.Context(), registry.Registration{
		Organisation: "acme", Project: "shop", Environment: "prod", Kind: drift.KindTFState, URI: uri,
		Changes: registry.Changes{Policy: &policy},
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return source
}

func (e *estate) rescan(source drift.Source) drift.Scan {
	e.t.Helper()
	done, err := e.Scanner.Run(e.t.Context(), scan.Request{Job: scan.Job{Source: source.Ref(), Trigger: drift.TriggerAPI, Actor: "alice"}})
	if err != nil {
		e.t.Fatal(err)
	}
	return done
}

// stateOf renders a tf-state: web[0] to web[n-1], each with 12 attributes.
func stateOf(serial, n, changed int) string {
	var instances []string
	for i := range n {
		size := "small"
		if i < changed {
			size = fmt.Sprintf("medium-%d", serial)
		}
		instances = append(instances, fmt.Sprintf(`{"index_key":%d,"schema_version":1,"attributes":{"id":"i-%08x","instance_type":%q,
"ami":"ami-0123456789abcdef0","arn":"arn:aws:ec2:eu-west-1:123456789012:instance/i-%08x","availability_zone":"eu-west-1a","monitoring":false,
"private_ip":"10.0.%d.%d","subnet_id":"subnet-0123456789abcdef0","tenancy":"default","ebs_optimized":true,
"vpc_security_group_ids":["sg-0123456789abcdef0"],"tags":{"Name":"web-%d","Team":"shop"}},"sensitive_attributes":[]}`, i, i, size, i, i/256, i%256, i))
	}
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":"l-1","outputs":{},"resources":[{"mode":"managed",
"type":"aws_instance","name":"web","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[%s]}],"check_results":null}`,
		serial, strings.Join(instances, ","))
}

func (e *estate) pending(source drift.Source) []uuid.UUID {
	e.t.Helper()
	list, _, err := e.Store.Proposals(e.t.Context(), source.ID, drift.Pending, "", 100)
	if err != nil {
		e.t.Fatal(err)
	}
	var ids []uuid.UUID
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}
