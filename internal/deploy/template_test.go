package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/service"
	"plumbline/internal/setting"
	"plumbline/internal/table/dynamo"
)

func TestEveryFolderIsAFunction(t *testing.T) {
	t.Parallel()
	tmpl := loadTemplate(t)
	entries, err := os.ReadDir(root + "/functions")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, entry := range entries {
		if entry.Name() != "internal" {
			folders = append(folders, entry.Name())
		}
	}
	ids := tmpl.functions()
	if diff := cmp.Diff(folders, slices.Sorted(maps.Keys(ids))); diff != "" {
		t.Errorf("functions of the template (-folders +template):\n%s", diff)
	}
	makefile, err := os.ReadFile(root + "/Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range ids {
		if !slices.Contains(strings.Fields(string(makefile)), id+":"+name) {
			t.Errorf("the Makefile does not build %s of functions/%s", id, name)
		}
		if tmpl.Resources[id].Metadata["BuildMethod"] != "makefile" {
			t.Errorf("%s is not built by make: %s", id, name)
		}
	}
}

func TestRoutesAreThoseOfTheCode(t *testing.T) {
	t.Parallel()
	tmpl := loadTemplate(t)
	ids := tmpl.functions()
	built, err := service.New(service.Ports{}, setting.Settings{Bucket: bucket, DigestKey: digestKey})
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range built.Groups() {
		var want, got []string
		for _, route := range group.Routes() {
			want = append(want, route.Method+" "+route.Path)
		}
		events, _ := tmpl.Resources[ids[group.Name]].Properties["Events"].(map[string]any)
		for _, event := range events {
			properties := event.(map[string]any)["Properties"].(map[string]any)
			got = append(got, strings.ToUpper(properties["Method"].(string))+" "+properties["Path"].(string))
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("routes of %s (-code +template):\n%s", group.Name, diff)
		}
	}
}

func TestVariablesAreTheSettings(t *testing.T) {
	t.Parallel()
	var want []string
	for _, s := range setting.All() {
		if s.Groups&(setting.API|setting.Scan|setting.Token) != 0 {
			want = append(want, s.Name)
		}
	}
	slices.Sort(want)
	tmpl := loadTemplate(t)
	environment := tmpl.Globals.Function["Environment"].(map[string]any)["Variables"].(map[string]any)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(environment))); diff != "" {
		t.Errorf("variables (-code +template):\n%s", diff)
	}
	for name, id := range tmpl.functions() {
		own := fmt.Sprint(tmpl.Resources[id].Properties["Environment"])
		if reads := strings.Contains(own, setting.DigestKeySecret); reads != slices.Contains(does[name], "digests") {
			t.Errorf("%s is told where the digest key is: %t", name, reads)
		}
	}
}

func TestTheAPIIsGuarded(t *testing.T) {
	t.Parallel()
	api := fmt.Sprint(loadTemplate(t).Resources["Api"].Properties)
	for _, guard := range []string{"DefaultAuthorizer:Token", "FunctionArn:Authorizer.Arn", "ThrottlingRateLimit:RateLimit", "ThrottlingBurstLimit:BurstLimit",
		"ACCESS_DENIED:map[ResponseParameters:map[Headers:map[WWW-Authenticate:'Bearer']] ResponseTemplates:map[application/json:{\"error\":\"unauthenticated\",\"code\":\"unauthenticated\"}] StatusCode:401]"} {
		if !strings.Contains(api, guard) {
			t.Errorf("the API has no %s: %s", guard, api)
		}
	}
	for name, id := range loadTemplate(t).functions() {
		events, _ := loadTemplate(t).Resources[id].Properties["Events"].(map[string]any)
		for event, properties := range events {
			if open := strings.Contains(fmt.Sprint(properties), "Authorizer:NONE"); open != (name == "docs") {
				t.Errorf("%s of %s may be asked without a token: %t", event, name, open)
			}
		}
	}
}

func TestTheTableIsTheAdapters(t *testing.T) {
	t.Parallel()
	table := loadTemplate(t).Resources["Table"]
	want := map[string]any{
		"BillingMode": "PAY_PER_REQUEST",
		"AttributeDefinitions": []any{
			map[string]any{"AttributeName": dynamo.PartitionKey, "AttributeType": "B"},
			map[string]any{"AttributeName": dynamo.SortKey, "AttributeType": "B"},
		},
		"KeySchema": []any{
			map[string]any{"AttributeName": dynamo.PartitionKey, "KeyType": "HASH"},
			map[string]any{"AttributeName": dynamo.SortKey, "KeyType": "RANGE"},
		},
		"TimeToLiveSpecification":          map[string]any{"AttributeName": dynamo.Expiry, "Enabled": true},
		"PointInTimeRecoverySpecification": map[string]any{"PointInTimeRecoveryEnabled": true},
		"SSESpecification":                 map[string]any{"SSEEnabled": true},
		"DeletionProtectionEnabled":        true,
	}
	if diff := cmp.Diff(want, table.Properties); diff != "" {
		t.Errorf("table (-adapter +template):\n%s", diff)
	}
	if table.DeletionPolicy != "Retain" || table.UpdateReplacePolicy != "Retain" {
		t.Error("the table does not outlive the stack")
	}
}

func TestTheBucketIsKeptAndClosed(t *testing.T) {
	t.Parallel()
	tmpl := loadTemplate(t)
	kept := tmpl.Resources["Bucket"]
	if kept.DeletionPolicy != "Retain" || kept.UpdateReplacePolicy != "Retain" {
		t.Error("the bucket does not outlive the stack")
	}
	closed := map[string]any{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}
	if diff := cmp.Diff(closed, kept.Properties["PublicAccessBlockConfiguration"]); diff != "" {
		t.Errorf("public access (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"Status": "Enabled"}, kept.Properties["VersioningConfiguration"]); diff != "" {
		t.Errorf("versioning (-want +got):\n%s", diff)
	}
	for _, property := range []string{"BucketEncryption", "LifecycleConfiguration"} {
		if kept.Properties[property] == nil {
			t.Errorf("the bucket has no %s", property)
		}
	}
	if fmt.Sprint(kept.Properties["LoggingConfiguration"]) != "map[DestinationBucketName:BucketLog]" {
		t.Error("nobody knows who has read the bucket")
	}
}

func TestQueuesAndBucketsTakeTLSAlone(t *testing.T) {
	t.Parallel()
	tmpl := loadTemplate(t)
	closed := map[string]bool{}
	for _, kind := range []string{"AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"} {
		for id, policy := range tmpl.of(kind) {
			if text := fmt.Sprint(policy.Properties); !strings.Contains(text, "Condition:map[Bool:map[aws:SecureTransport:false]] Effect:Deny Principal:*") {
				t.Errorf("%s does not refuse what comes without TLS: %s", id, text)
			}
			for _, on := range append(texts(policy.Properties["Queues"]), texts(policy.Properties["Bucket"])...) {
				closed[on] = true
			}
		}
	}
	for _, kind := range []string{"AWS::SQS::Queue", "AWS::S3::Bucket"} {
		for id := range tmpl.of(kind) {
			if !closed[id] {
				t.Errorf("%s may be used without TLS", id)
			}
		}
	}
}

func TestWhatLintersDoNotJudge(t *testing.T) {
	t.Parallel()
	tmpl := loadTemplate(t)
	for id, log := range tmpl.of("AWS::Logs::LogGroup") {
		if log.Properties["RetentionInDays"] == nil {
			t.Errorf("log group %s is kept for ever", id)
		}
	}
	if tmpl.Globals.Function["Tracing"] != "Active" || tmpl.Resources["Api"].Properties["TracingEnabled"] != true || tmpl.Resources["Api"].Properties["AccessLogSetting"] == nil {
		t.Error("functions or API without tracing, or API without access log")
	}
	for name, id := range tmpl.functions() {
		f := tmpl.Resources[id].Properties
		if f["Role"] != id+"Role.Arn" || fmt.Sprint(f["LoggingConfig"]) != "map[LogGroup:"+id+"Log]" {
			t.Errorf("%s has role %v and logs to %v", name, f["Role"], f["LoggingConfig"])
		}
	}
	visibility, _ := tmpl.Resources["Jobs"].Properties["VisibilityTimeout"].(int)
	timeout, _ := tmpl.Resources["RescanQueue"].Properties["Timeout"].(int)
	redrive, _ := tmpl.Resources["Jobs"].Properties["RedrivePolicy"].(map[string]any)
	if timeout == 0 || visibility < 6*timeout || redrive["deadLetterTargetArn"] != "DeadJobs.Arn" || redrive["maxReceiveCount"].(int) < 5 {
		t.Errorf("jobs: visibility %d for a timeout of %d, redrive %v", visibility, timeout, redrive)
	}
	mapping := tmpl.Resources["JobsMapping"].Properties
	if diff := cmp.Diff([]any{"ReportBatchItemFailures"}, mapping["FunctionResponseTypes"]); diff != "" {
		t.Errorf("a failed job returns its neighbours:\n%s", diff)
	}
	for _, id := range []string{"UploadRule", "Tick", "RescanUpload"} {
		if !strings.Contains(fmt.Sprint(tmpl.Resources[id].Properties), "DeadEvents.Arn") {
			t.Errorf("%s loses what cannot be delivered", id)
		}
	}
	alarmed := fmt.Sprint(tmpl.of("AWS::CloudWatch::Alarm"))
	for _, what := range []string{"DeadJobs.QueueName", "DeadEvents.QueueName", "5XXError", "FailedScans", "FailedJobs", "WriteThrottleEvents", "Throttles"} {
		if !strings.Contains(alarmed, what) {
			t.Errorf("no alarm looks at %s", what)
		}
	}
}
