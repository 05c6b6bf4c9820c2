package atmos

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

const maxConfigImports = 10

// configNames are tried in this order at the root of the estate.
var configNames = []string{"atmos.yaml", "atmos.yml", ".atmos.yaml", ".atmos.yml"}

// withoutConfig holds where there is no atmos.yaml at all.
const withoutConfig = `
base_path: .
stacks: {base_path: stacks, included_paths: ["orgs/**/*"], excluded_paths: ["**/_defaults.yaml"], name_pattern: "{tenant}-{environment}-{stage}"}
components: {terraform: {base_path: components/terraform}, helmfile: {base_path: components/helmfile}, packer: {base_path: components/packer, command: packer}}
templates: {settings: {enabled: true, sprig: {enabled: true}, gomplate: {enabled: true}}}
`

// loadConfig finds and merges what configures the estate. From the lowest: what
// atmos.yaml imports, the file, the files of atmos.d, the profile, the variables that
// Atmos reads, the settings of the source.
func (r *run) loadConfig() (config, error) {
	name, err := r.configName()
	if err != nil {
		return config{}, err
	}
	var layers []value.Map
	dir := "."
	switch {
	case name != "":
		dir = path.Dir(name)
		if layers, err = r.configLayers(name, 0); err != nil {
			return config{}, err
		}
	case r.estate.Settings == nil:
		doc, err := value.Decode([]byte(withoutConfig), "")
		if err != nil {
			return config{}, err
		}
		layers = append(layers, doc.Value.(value.Map))
	}
	folders := []string{"atmos.d/**/*", ".atmos.d/**/*"}
	base := merge.Rules{}.Maps(layers...)
	if profile := orText(r.estate.Profile, value.Text(base, "profiles", "default")); profile != "" {
		folders = append(folders, "profiles/"+profile+"/**/*")
	}
	last := 0 // how many files the last folder has
	for _, folder := range folders {
		found, err := r.configFolder(path.Join(dir, folder))
		if err != nil {
			return config{}, err
		}
		last = len(found)
		layers = append(layers, found...)
	}
	if r.estate.Profile != "" && last == 0 { // as Atmos: names of stacks may depend on it
		return config{}, faultf(path.Join(dir, "profiles", r.estate.Profile), 0, "the profile that the source names is not there")
	}
	layers = append(layers, variables(r.estate.Env), lowered(r.estate.Settings))
	return newConfig(merge.Rules{}.Maps(layers...), dir)
}

func (r *run) configName() (string, error) {
	if r.estate.Config != "" {
		name := clean(r.estate.Config)
		_, err := fs.Stat(r.estate.FS, name)
		return name, err
	}
	for _, name := range configNames {
		if _, err := fs.Stat(r.estate.FS, name); err == nil {
			return name, nil
		}
	}
	return "", nil
}

// configLayers gives a configuration file after those that it imports.
func (r *run) configLayers(name string, depth int) ([]value.Map, error) {
	if depth > maxConfigImports {
		return nil, faultf(name, 0, "imports nested more than %d levels", maxConfigImports)
	}
	tree, err := r.configFile(name)
	if err != nil {
		return nil, err
	}
	var layers []value.Map
	for _, pattern := range texts(tree, "import") {
		if isRemote(pattern) {
			continue
		}
		if path.Ext(pattern) == "" {
			pattern += ".yaml"
		}
		matches, err := doublestar.Glob(r.estate.FS, path.Join(path.Dir(name), pattern))
		if err != nil {
			return nil, faultf(name, 0, "import pattern is malformed")
		}
		for _, match := range matches {
			inner, err := r.configLayers(match, depth+1)
			if err != nil {
				return nil, err
			}
			layers = append(layers, inner...)
		}
	}
	return append(layers, tree), nil
}

func (r *run) configFolder(pattern string) ([]value.Map, error) {
	matches, err := doublestar.Glob(r.estate.FS, pattern, doublestar.WithFilesOnly())
	if err != nil {
		return nil, faultf(pattern, 0, "pattern is malformed")
	}
	slices.Sort(matches)
	var layers []value.Map
	for _, match := range matches {
		if ext := path.Ext(match); ext != ".yaml" && ext != ".yml" {
			continue
		}
		tree, err := r.configFile(match)
		if err != nil {
			return nil, err
		}
		layers = append(layers, tree)
	}
	return layers, nil
}

func (r *run) configFile(name string) (value.Map, error) {
	f, err := r.open(name)
	if err != nil {
		return nil, inFile(name, err)
	}
	if f.err != nil {
		return nil, inFile(name, f.err)
	}
	if f.root() == nil {
		return nil, faultf(name, 1, "not a mapping")
	}
	return value.Rewrite(lowered(f.root()), r.configFunction).(value.Map), nil
}

// variables are the settings that Atmos takes from its environment.
func variables(env map[string]string) value.Map {
	stacks := value.Map{}
	for name, key := range map[string]string{
		"ATMOS_STACKS_BASE_PATH": "base_path", "ATMOS_STACKS_NAME_PATTERN": "name_pattern", "ATMOS_STACKS_NAME_TEMPLATE": "name_template",
		"ATMOS_STACKS_INCLUDED_PATHS": "included_paths", "ATMOS_STACKS_EXCLUDED_PATHS": "excluded_paths",
	} {
		text, ok := env[name]
		if !ok {
			continue
		}
		if stacks[key] = text; strings.HasSuffix(key, "_paths") {
			stacks[key] = anys(strings.Split(text, ","))
		}
	}
	out := value.Map{}
	if len(stacks) > 0 {
		out["stacks"] = stacks
	}
	if text, ok := env["ATMOS_BASE_PATH"]; ok {
		out["base_path"] = text
	}
	return out
}

// configFunction evaluates what may stand in atmos.yaml: variables that the source
// sets, and the root; the rest of the functions name nothing that is known here.
func (r *run) configFunction(_ []string, v any) (any, bool) {
	text, ok := v.(string)
	if !ok || !strings.HasPrefix(text, "!") {
		return nil, false
	}
	name, argument, _ := strings.Cut(text, " ")
	switch name {
	case "!env":
		key, fallback, _ := strings.Cut(strings.TrimSpace(argument), " ")
		if found, ok := r.estate.Env[key]; ok {
			return found, true
		}
		return strings.TrimSpace(fallback), true
	case "!cwd", "!repo-root":
		return "", true
	}
	return nil, false
}

// caseKept are the sections whose keys are names of the user.
var caseKept = []string{"env", "identities"}

// lowered is the tree with its keys in lower case, as atmos.yaml is read.
func lowered(tree value.Map) value.Map {
	out := make(value.Map, len(tree))
	for key, v := range tree {
		low := strings.ToLower(key)
		if m, ok := v.(value.Map); ok && !slices.Contains(caseKept, low) {
			v = lowered(m)
		}
		out[low] = v
	}
	return out
}
