package jobs_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/lambdarun/jobs"
	"plumbline/internal/scan"
)

func TestAJobComesBackAsItWasSent(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("0190f0e0-0000-7000-8000-000000000001")
	want := scan.Job{
		Source:  drift.SourceRef{Organisation: "acme", Project: "shop", ProjectID: id, ID: uuid.MustParse("0190f0e0-0000-7000-8000-000000000002")},
		Trigger: drift.TriggerUpload, Actor: "upload of s3://estate/acme/vpc.tfstate",
	}
	whole := want
	whole.ScanID, whole.Force, whole.Full = id, id, true
	for _, job := range []scan.Job{want, whole} {
		body, url, group := "", "", ""
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var sent struct{ MessageBody, QueueUrl, MessageGroupId string }
			if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
				t.Error(err)
			}
			body, url, group = sent.MessageBody, sent.QueueUrl, sent.MessageGroupId
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			_, _ = io.WriteString(w, `{"MessageId":"1"}`)
		}))
		defer server.Close()
		queue := jobs.Queue{URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", SendMessage: sqs.New(sqs.Options{
			Region: "eu-west-1", BaseEndpoint: &server.URL, DisableMessageChecksumValidation: true,
			Credentials: credentials.NewStaticCredentialsProvider("id", "key", ""),
		}).SendMessage}
		if err := queue.Send(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		got, err := jobs.Decode(body)
		if err != nil || url != queue.URL || group != "acme" {
			t.Fatalf("queue %s, group %q, body %s: %v", url, group, body, err)
		}
		if diff := cmp.Diff(job, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestWhatIsNoJob(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `{}`, `{"version":1}`, `{"version":2,"source":"0190f0e0-0000-7000-8000-000000000001"}`, `{"version":1,"source":"x"}`, `null`} {
		if job, err := jobs.Decode(body); err == nil {
			t.Errorf("%q is %+v", body, job)
		}
	}
}
