package deploy_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/registry"
	"plumbline/internal/scan"
	"plumbline/internal/scan/scantest"
	"plumbline/internal/service"
	"plumbline/internal/service/readers"
	"plumbline/internal/setting"
	"plumbline/internal/table/memory"
)

func TestAFailedScanIsCountedWhereverScansRun(t *testing.T) {
	t.Parallel()
	tmpl, line := loadTemplate(t), lineOfAFailedScan(t)
	var want, got []string
	for name, id := range tmpl.functions() {
		if slices.Contains(does[name], "sources") {
			want = append(want, id+"Log")
		}
	}
	for id, filter := range tmpl.of("AWS::Logs::MetricFilter") {
		metric := filter.Properties["MetricTransformations"].([]any)[0].(map[string]any)
		if metric["MetricName"] != "FailedScans" {
			continue
		}
		if metric["MetricValue"] != "1" || metric["MetricNamespace"] != "AWS::StackName" {
			t.Errorf("%s counts %v", id, metric)
		}
		if pattern := filter.Properties["FilterPattern"].(string); !matches(t, pattern, line) {
			t.Errorf("%s with %s does not match %v", id, pattern, line)
		}
		got = append(got, filter.Properties["LogGroupName"].(string))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("logs of functions that scan (-code +template):\n%s", diff)
	}
	alarm := maps.Clone(tmpl.Resources["FailedScansAlarm"].Properties)
	maps.DeleteFunc(alarm, func(property string, _ any) bool {
		return !slices.Contains([]string{"Namespace", "MetricName", "Statistic", "Threshold", "ComparisonOperator"}, property)
	})
	if diff := cmp.Diff(map[string]any{"Namespace": "AWS::StackName", "MetricName": "FailedScans", "Statistic": "Sum", "Threshold": 0,
		"ComparisonOperator": "GreaterThanThreshold"}, alarm); diff != "" {
		t.Errorf("alarm (-want +got):\n%s", diff)
	}
}

// lineOfAFailedScan is what the functions log of a scan whose object is missing.
func lineOfAFailedScan(t *testing.T) map[string]any {
	t.Helper()
	client, _ := startS3(t, nil)
	objects := object.New(client)
	var log bytes.Buffer
	built, err := service.New(service.Ports{Readers: readers.All(), Table: memory.New(time.Now), Objects: objects, Queue: &scantest.Queue{}, Now: time.Now,
		Blobs: object.Blobs{Store: objects, Bucket: bucket, Prefix: service.BlobPrefix}, Log: slog.New(slog.NewJSONHandler(&log, nil))},
		setting.Settings{Bucket: bucket, DigestKey: digestKey, Prefixes: place.Prefixes{Own: bucket}, MaxDocument: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := built.Registry.CreateEnvironment(t.Context(), "acme", "shop", "prod"); err != nil {
		t.Fatal(err)
	}
	source, _, err := built.Registry.Register(t.Context(), registry.Registration{
		Organisation: "acme", Project: "shop", Environment: "prod", Kind: drift.KindTFState, URI: "s3://" + bucket + "/acme/missing.tfstate"})
	if err != nil {
		t.Fatal(err)
	}
	done, err := built.Scanner.Run(t.Context(), scan.Request{Job: scan.Job{Source: source.Ref(), Trigger: drift.TriggerAPI}})
	if err != nil || done.Status != drift.ScanFailed {
		t.Fatalf("scan of what is not there: %s, %v", done.Status, err)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(oneLine(t, log.String())), &line); err != nil {
		t.Fatal(err)
	}
	return line
}

// equality is the one form of filter pattern that the template uses.
// Source: Amazon CloudWatch Logs user guide, "Filter pattern syntax for metric filters".
var equality = regexp.MustCompile(`^\{ \$\.(\w+) = "([^"]*)" \}$`)

// matches reports whether a filter pattern matches a line of JSON.
func matches(t *testing.T, pattern string, line map[string]any) bool {
	t.Helper()
	parts := equality.FindStringSubmatch(pattern)
	if parts == nil {
		t.Fatalf("%s is not of the form that this test knows", pattern)
	}
	return line[parts[1]] == parts[2]
}
