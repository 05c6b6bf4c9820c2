package store

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// records has every struct that is stored, or stands in one.
var records = []any{
	attributesRecord{}, basisRecord{}, changeRecord{}, claimRecord{}, claimantRec{}, componentRecord{}, contentRecord{}, countsRecord{}, declarerRecord{},
	deltaCountsRecord{}, deltaListsRecord{}, deltaPatchRecord{}, deltaRecord{}, deltaTallyRecord{}, deltasRecord{},
	documentRecord{}, documentResultRecord{}, entityRecord{}, environmentRecord{}, eventRecord{}, headRecord{}, holdRecord{},
	idRecord{}, identityRecord{}, leaseRecord{}, nameRecord{}, namedRecord{}, noteRecord{}, patchRecord{}, projectRecord{},
	proposalRecord{}, quietRecord{}, refRecord{}, relationshipRecord{}, releaseRecord{}, scanRecord{}, schemaNameRecord{}, schemaRecord{},
	scopeRecord{}, secretRecord{}, sourceRecord{}, stateRecord{}, summaryRecord{}, totalsRecord{},
}

var recordType = regexp.MustCompile(`(?m)^type (\w+Rec(?:ord)?) struct`)

func TestEveryStoredFieldIsNamedAndOurOwn(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, record := range records {
		is := reflect.TypeOf(record)
		listed[is.Name()] = true
		for i := range is.NumField() {
			field := is.Field(i)
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "" {
				t.Errorf("%s.%s is stored under the name of its field, which a rename would lose", is.Name(), field.Name)
			}
			if strings.Contains(options, "omitempty") {
				t.Errorf(`%s.%s is "omitempty": a value that is {}, [] or "" would be stored as none`, is.Name(), field.Name)
			}
			if of := domainStruct(field.Type); of != nil {
				t.Errorf("%s.%s stores a %s: a change of the domain would change what is stored", is.Name(), field.Name, of)
			}
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("files: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range recordType.FindAllStringSubmatch(string(text), -1) {
			if !listed[found[1]] {
				t.Errorf("%s: %s is not in the list of this test", file, found[1])
			}
		}
	}
}

// domainStruct is a struct of another package in a type, nil for none.
func domainStruct(is reflect.Type) reflect.Type {
	switch is.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return domainStruct(is.Elem())
	case reflect.Map:
		if of := domainStruct(is.Key()); of != nil {
			return of
		}
		return domainStruct(is.Elem())
	case reflect.Struct:
		if !strings.HasSuffix(is.PkgPath(), "internal/store") {
			return is
		}
	}
	return nil
}
