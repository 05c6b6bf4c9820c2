package httpscript

import (
	"fmt"
	"regexp"
	"strconv"
)

// step of a path: .name, [0] or ["name"].
var pathStep = regexp.MustCompile(`^(?:\.([A-Za-z0-9_]+)|\[(\d+)\]|\["([^"]*)"\])`)

// splitPath parts "$.a[0] = 1" into path and check.
func splitPath(line string) (path, check string) {
	end := 1
	for {
		found := pathStep.FindString(line[end:])
		if found == "" {
			break
		}
		end += len(found)
	}
	if end < len(line) && line[end] == ' ' {
		return line[:end], line[end+1:]
	}
	return line[:end], line[end:]
}

// value finds the value at a path of the last answer's body.
func (s *script) value(path string) (value any, found bool, err error) {
	value, err = decode(s.last.body)
	if err != nil {
		return nil, false, fmt.Errorf("the body is no JSON: %w", err)
	}
	for rest := path[1:]; rest != ""; {
		step := pathStep.FindStringSubmatch(rest)
		if step == nil {
			return nil, false, fmt.Errorf("malformed path %q", path)
		}
		if value, found = member(value, step); !found {
			return nil, false, nil
		}
		rest = rest[len(step[0]):]
	}
	return value, true, nil
}

func member(value any, step []string) (any, bool) {
	if step[2] != "" {
		array, _ := value.([]any)
		index, err := strconv.Atoi(step[2])
		if err != nil || index >= len(array) {
			return nil, false
		}
		return array[index], true
	}
	object, _ := value.(map[string]any)
	inner, found := object[step[1]+step[3]]
	return inner, found
}
