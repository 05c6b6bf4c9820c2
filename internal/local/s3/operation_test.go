package s3_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
)

// ask makes one request and returns the status and the body.
func (st *stack) ask(t *testing.T, method, path, body string, header map[string]string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, st.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestASubresourceThatIsNotKeptNeverTouchesTheObject(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	st.put(t, "k", "content")
	for _, subresource := range []string{"acl", "tagging", "policy", "retention", "legal-hold", "attributes", "torrent", "restore", "select&select-type=2",
		"cors", "lifecycle", "encryption", "website", "object-lock", "replication", "never-heard-of", "tagging&versionId=null", "tagging=", "TAGGING"} {
		for _, method := range []string{"GET", "HEAD", "PUT", "POST", "DELETE"} {
			for _, path := range []string{"/" + bucket + "/k", "/" + bucket} {
				status, body := st.ask(t, method, path+"?"+subresource, "<Tagging/>", nil)
				notThere := status == 501 || status == 405 && method != "PUT" && method != "GET"
				if !notThere || method != "HEAD" && status == 501 && !strings.Contains(body, "<Code>NotImplemented</Code>") {
					t.Errorf("%s %s?%s: %d %s", method, path, subresource, status, body)
				}
			}
		}
	}
	if got := st.read(t, "k", object.Pin{}); got != "content" {
		t.Errorf("the object holds %q", got)
	}
	versions, err := st.client.ListObjectVersions(t.Context(), &awss3.ListObjectVersionsInput{Bucket: aws.String(bucket)})
	if err != nil || len(versions.Versions) != 1 || len(versions.DeleteMarkers) != 0 {
		t.Errorf("versions: %v, %v", versions, err)
	}
}

func TestWhatIsNotUnderstoodIsNotServed(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	st.put(t, "k", "content")
	for _, c := range []struct {
		name, method, query string
		want                int
	}{
		{"a query that is malformed may name a sub-resource", "PUT", "tagging;x", 400},
		{"the same, by a percent sign", "DELETE", "tagging&%zz", 400},
		{"an empty upload id is no put of the object", "PUT", "uploadId=&partNumber=1", 404},
		{"an empty version id is no delete of the latest", "DELETE", "versionId=", 400},
		{"the null version is never there", "DELETE", "versionId=null", 204},
		{"nor is it the latest", "GET", "versionId=null", 404},
		{"a version is not written", "PUT", "versionId=null", 501},
		{"an object is one part", "GET", "partNumber=1", 200},
		{"and has no second", "GET", "partNumber=2", 416},
		{"what SDKs add", "GET", "x-id=GetObject", 200},
		{"the signature of a presigned url", "GET", "X-Amz-Signature=1&X-Amz-Expires=9&response-content-type=text%2Fplain", 200},
		{"a POST of the object", "POST", "", 501},
		{"a method that is none", "PATCH", "", 405},
	} {
		if status, body := st.ask(t, c.method, "/"+bucket+"/k?"+c.query, "x", nil); status != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, status, c.want, body)
		}
	}
	if got := st.read(t, "k", object.Pin{}); got != "content" {
		t.Errorf("the object holds %q", got)
	}
}

func TestAConfigurationOfNotificationsIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := start(t, dir, s3.Config{})
	get := func(st *stack) *awss3.GetBucketNotificationConfigurationOutput {
		out, err := st.client.GetBucketNotificationConfiguration(context.Background(),
			&awss3.GetBucketNotificationConfigurationInput{Bucket: aws.String(bucket)})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := get(st); got.EventBridgeConfiguration != nil || len(got.QueueConfigurations) != 0 {
		t.Errorf("without one: %+v", got)
	}
	_, err := st.client.PutBucketNotificationConfiguration(t.Context(), &awss3.PutBucketNotificationConfigurationInput{
		Bucket: aws.String(bucket), NotificationConfiguration: &types.NotificationConfiguration{
			EventBridgeConfiguration: &types.EventBridgeConfiguration{},
			QueueConfigurations: []types.QueueConfiguration{{QueueArn: aws.String("arn:aws:sqs:eu-west-1:123456789012:q"),
				Events: []types.Event{types.EventS3ObjectCreated}}},
		}})
	if err != nil {
		t.Fatal(err)
	}
	for name, st := range map[string]*stack{"at once": st, "after a restart": start(t, dir, s3.Config{})} {
		got := get(st)
		if got.EventBridgeConfiguration == nil || len(got.QueueConfigurations) != 1 ||
			aws.ToString(got.QueueConfigurations[0].QueueArn) != "arn:aws:sqs:eu-west-1:123456789012:q" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if status, _ := st.ask(t, "PUT", "/"+bucket+"?notification", "no xml", nil); status != 400 {
		t.Errorf("no XML: %d", status)
	}
	if status, _ := st.ask(t, "PUT", "/never?notification", "<NotificationConfiguration/>", nil); status != 404 {
		t.Errorf("no bucket: %d", status)
	}
}

func TestNothingIsForcedAndNothingIsEndless(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	st.put(t, "k", "content")
	if status, _ := st.ask(t, "DELETE", "/"+bucket, "", map[string]string{"x-minio-force-delete": "true"}); status != 409 {
		t.Errorf("forced delete of a bucket that holds an object: %d", status)
	}
	request := func(keys int) string {
		return "<Delete><Object><Key>k</Key></Object>" + strings.Repeat("<Object><Key>n</Key></Object>", keys-1) + "</Delete>"
	}
	if status, body := st.ask(t, "POST", "/"+bucket+"?delete", request(1001), nil); status != 400 || !strings.Contains(body, "MalformedXML") {
		t.Errorf("1,001 keys: %d %s", status, body)
	}
	huge := "<Delete>" + strings.Repeat(" ", 9<<20) + "</Delete>"
	if status, _ := st.ask(t, "POST", "/"+bucket+"?delete", huge, nil); status != 400 {
		t.Errorf("9 MB of nothing: %d", status)
	}
	if got := st.read(t, "k", object.Pin{}); got != "content" {
		t.Errorf("the object holds %q", got)
	}
	if status, _ := st.ask(t, "POST", "/"+bucket+"?delete", request(1000), nil); status != 200 {
		t.Errorf("1,000 keys: %d", status)
	}
	if keys := st.keys(t); keys != nil {
		t.Errorf("left: %v", keys)
	}
}

func TestNoPageMayReadAResponse(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	st.put(t, "k", "content")
	for _, path := range []string{"/", "/" + bucket, "/" + bucket + "/k", "/" + bucket + "/none", "/" + bucket + "/k?acl"} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE"} {
			request, _ := http.NewRequestWithContext(t.Context(), method, st.url+path, nil)
			request.Header.Set("Origin", "https://example.org")
			request.Header.Set("Access-Control-Request-Method", "PUT")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			for name := range response.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s: %s: %s", method, path, name, response.Header.Get(name))
				}
			}
		}
	}
}

func TestReservedObjectsAreForTheStackAlone(t *testing.T) {
	t.Parallel()
	const reserved = "_own/"
	st := start(t, t.TempDir(), s3.Config{Reserved: s3.Reserved{Bucket: bucket, Prefix: reserved}})
	st.put(t, "k", "content")
	own := st.throughOwn(t)
	own.put(t, reserved+"a", "secret")
	for _, c := range []struct{ method, path, body string }{
		{"GET", reserved + "a", ""}, {"HEAD", reserved + "a", ""}, {"PUT", reserved + "a", "x"}, {"DELETE", reserved + "a", ""},
		{"POST", reserved + "b?uploads", ""}, {"GET", "_own%2Fa", ""},
	} {
		if status, body := st.ask(t, c.method, "/"+bucket+"/"+c.path, c.body, nil); status != 403 || strings.Contains(body, "secret") {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, body)
		}
	}
	from := map[string]string{"x-amz-copy-source": url.PathEscape("/" + bucket + "/" + reserved + "a")}
	if status, _ := st.ask(t, "PUT", "/"+bucket+"/copy", "", from); status != 403 {
		t.Errorf("a copy of it: %d", status)
	}
	deletion := "<Delete><Object><Key>" + reserved + "a</Key></Object></Delete>"
	if _, body := st.ask(t, "POST", "/"+bucket+"?delete", deletion, nil); !strings.Contains(body, "AccessDenied") {
		t.Errorf("a delete among many: %s", body)
	}
	for _, list := range []string{"", "?prefix=_own/", "?list-type=2&delimiter=/", "?versions", "?uploads"} {
		status, body := st.ask(t, "GET", "/"+bucket+list, "", nil)
		if status != 200 || strings.Contains(body, reserved+"a") || strings.Contains(body, "<CommonPrefixes>") {
			t.Errorf("list %s: %d %s", list, status, body)
		}
	}
	if got := own.read(t, reserved+"a", object.Pin{}); got != "secret" {
		t.Errorf("the stack itself reads %q", got)
	}
}
