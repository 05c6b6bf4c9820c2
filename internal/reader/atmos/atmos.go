// Package atmos reads an estate of Atmos manifests as Atmos itself does: atmos.yaml,
// stacks, imports, inheritance, down to each component's sections. It reads an fs.FS
// and nothing else: no disk, no network, no process, no clock.
//
// Its one invariant: the same objects give the same result, byte for byte, whatever
// the order in which they are read; and whatever they hold, it ends within bounds:
// those of its parts, and the budget of the reading.
//
//	fs.FS ── open ──> file ── instantiate ──> tree ── imports ──> merged manifest
//	        cache.go          context.go              manifest.go       │
//	                                                       assemble.go, builder.go
//	                                                                    ▼
//	 declarations <── declare.go ── Section <── render.go, function.go ── Component
//	 JSON         <── describe.go ──┘           when it is asked for
//
// The output of `atmos describe stacks` is read to the same end by [ReadDescribed].
//
// Start at [Engine.Resolve], then manifest.go (one file and its imports) and builder.go
// (one component). Values are plain and never changed (package value), maps merge by
// sharing (package merge), templates run in bounds (package sandbox), and listed objects
// are a file system (package listing).
//
// Three things make it fast: an object is decoded once a version ([Engine] keeps it), a
// file imported without context is merged once an estate, and a merge copies only what
// its inputs have in common. A string without a delimiter never meets a template.
//
// # Choices
//
// Where Atmos is odd, the configuration that results counts. Copied:
//
//   - a date in a manifest prints as {}, one that a template makes as RFC 3339 text;
//   - `!append` is resolved by the first merge that it passes, and a mapping with a key
//     that is no string delays that by one merge;
//   - a file with locals replaces the root vars, settings and env of what it imports;
//   - overrides of an import reach the imports that follow it;
//   - command, backend_type and remote_state_backend_type of the base folded last count
//     even when it has none;
//   - under list strategy merge, the earlier of two elements that are no maps stays;
//   - `component` ignores an inherited metadata.component; sections still have it;
//   - tokens of terraform_workspace_pattern stay empty unless stacks have a name_pattern;
//   - what other layers have at the place of a function is merged with its value, and the
//     lowest of them says how;
//   - a disabled component gets nothing of the components that its templates ask for;
//   - required_version and required_providers of the type are not merged;
//   - literals that look like `!cwd`, `!random` and `!cel` are text.
//
// Put right, in [Component], while the printed section keeps Atmos's value:
//
//   - Workspace is the one that Terraform is given, with the component's name where the
//     component has a base; the section says what `describe stacks` prints;
//   - Path is the folder that Terraform runs in, by the same rule.
//
// Otherwise than Atmos:
//
//   - a broken manifest or component is a [Problem], and the rest is read;
//   - a component that several manifests define is that of the last manifest in byte
//     order, and a Problem where they differ; Atmos takes one at random;
//   - import cycles end in a Problem that names them;
//   - a stack without name_template and name_pattern is named by its manifest;
//   - a base named by `component` that is not defined is accepted: there is no folder
//     to look for;
//   - what cannot be evaluated without a cloud, a clock, a store or a process stays as
//     its expression and is listed ([Unresolved]); Atmos stops;
//   - remote imports are recorded ([Stack.Remote]) and never fetched.
//
// The rules themselves are in rules.go, whose words comments name.
package atmos
