package deploy_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What each function does: which of the adapters its use cases reach.
//
//	reads    reads records
//	writes   writes records
//	sources  reads documents and looks for locks
//	blobs    keeps bodies that are too big for an item
//	answers  reads snapshots, keeps answers and lends urls to them
//	digests  reads the digest key
//	jobs     sends jobs
//	work     receives them
//	fail     leaves events that it could not take
var does = map[string][]string{
	"import-sources":  {"reads", "writes", "blobs", "jobs"},
	"rescan":          {"reads", "writes", "sources", "blobs", "digests", "jobs"},
	"describe-stacks": {"reads", "answers"},
	"drift-proposals": {"reads", "writes", "blobs"},
	"environments":    {"reads", "writes", "blobs", "jobs"},
	"entity-types":    {"reads", "writes"},
	"entities":        {"reads", "writes", "blobs"},
	"docs":            {},
	"authorizer":      {},
	"token-claims":    {},
	"rescan-upload":   {"reads", "writes", "sources", "blobs", "digests", "jobs", "fail"},
	"rescan-schedule": {"reads", "writes", "jobs"},
	"rescan-queue":    {"reads", "writes", "sources", "blobs", "digests", "jobs", "work"},
}

// always is what every function has: its own log, and traces.
var always = []string{"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}

// needs are the permissions behind each of these, by the calls that the adapters make.
func needs(t *testing.T) map[string][]string {
	t.Helper()
	table := permitted(t, "internal/table/dynamo", map[string][]string{
		"GetItem": {"dynamodb:GetItem"}, "BatchGetItem": {"dynamodb:BatchGetItem"}, "Query": {"dynamodb:Query"},
		"PutItem": {"dynamodb:PutItem"}, "DeleteItem": {"dynamodb:DeleteItem"},
		"TransactWriteItems": {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"},
		"BatchWriteItem":     {}, // made by BulkPut alone, which no use case calls
	})
	objects := permitted(t, "internal/object", map[string][]string{
		"HeadObject": {"s3:GetObject"}, "GetObject": {"s3:GetObject", "s3:GetObjectVersion"}, "ListObjectsV2": {"s3:ListBucket"},
		"PutObject": {"s3:PutObject"}, "DeleteObject": {"s3:DeleteObject"}, "PresignGetObject": {"s3:GetObject"},
		"CreateMultipartUpload": {"s3:PutObject"}, "UploadPart": {"s3:PutObject"}, "CompleteMultipartUpload": {"s3:PutObject"},
		"AbortMultipartUpload": {"s3:AbortMultipartUpload"},
	})
	readsItem := func(action string) bool {
		return action == "dynamodb:GetItem" || action == "dynamodb:BatchGetItem" || action == "dynamodb:Query"
	}
	writesItem := func(action string) bool { return !readsItem(action) }
	writes := func(action string) bool {
		return action == "s3:PutObject" || action == "s3:DeleteObject" || action == "s3:AbortMultipartUpload"
	}
	return map[string][]string{
		"reads":   slices.DeleteFunc(slices.Clone(table), writesItem),
		"writes":  slices.DeleteFunc(slices.Clone(table), readsItem),
		"sources": append(slices.DeleteFunc(slices.Clone(objects), writes), "kms:Decrypt"),
		"blobs":   {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"},
		"answers": {"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"},
		"jobs":    permitted(t, "internal/lambdarun/jobs", map[string][]string{"SendMessage": {"sqs:SendMessage"}}),
		"digests": permitted(t, "functions/internal/cloud", map[string][]string{"GetSecretValue": {"secretsmanager:GetSecretValue"}}),
		"work":    {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
		"fail":    {"sqs:SendMessage"},
	}
}

var clientCall = regexp.MustCompile(`\bclient\.([A-Z]\w+)\(|New(\w+)Paginator\(|client\)\.(Presign\w+)|\bq\.(SendMessage)\(`)

// permitted maps the calls that a package makes of an AWS client to permissions; a call
// that is not in the map fails the test.
func permitted(t *testing.T, folder string, actions map[string][]string) []string {
	t.Helper()
	found := map[string]bool{}
	for _, text := range code(t, folder) {
		for _, match := range clientCall.FindAllStringSubmatch(text, -1) {
			call := strings.Join(match[1:], "")
			of, known := actions[call]
			if !known {
				t.Errorf("%s calls %s, for which this test knows no permission", folder, call)
			}
			for _, action := range of {
				found[action] = true
			}
		}
	}
	if len(found) == 0 {
		t.Errorf("%s makes no call", folder)
	}
	return slices.Sorted(maps.Keys(found))
}

// code gives the texts of a folder's files that are no tests.
func code(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

func TestAFunctionMayDoWhatItDoesAndNoMore(t *testing.T) {
	t.Parallel()
	tmpl, needs := loadTemplate(t), needs(t)
	for name, id := range tmpl.functions() {
		uses, ok := does[name]
		if !ok {
			t.Errorf("nothing says what %s does", name)
		}
		want := slices.Clone(always)
		for _, use := range uses {
			want = append(want, needs[use]...)
		}
		slices.Sort(want)
		if diff := cmp.Diff(slices.Compact(want), tmpl.grants(id)); diff != "" {
			t.Errorf("%s (-does +may):\n%s", name, diff)
		}
	}
}

func TestNoUseCaseStoresInBulk(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"store", "scan", "review", "registry", "report", "service"} {
		for _, text := range code(t, "internal/"+folder) {
			if strings.Contains(text, ".BulkPut(") {
				t.Errorf("internal/%s calls BulkPut, which needs dynamodb:BatchWriteItem", folder)
			}
		}
	}
}

func TestNothingIsAllowedOnEverything(t *testing.T) {
	t.Parallel()
	for id, r := range loadTemplate(t).Resources {
		for _, s := range statements(r.Properties) {
			if s.effect != "Allow" {
				continue
			}
			if slices.Contains(s.resources, "*") && id != "Tracing" {
				t.Errorf("%s allows %v on everything", id, s.actions)
			}
			for _, action := range s.actions {
				if strings.Contains(action, "*") || action == "dynamodb:Scan" {
					t.Errorf("%s allows %s", id, action)
				}
			}
		}
	}
}
